"""The script of the respondents' pages, once in each language, under a name that tells what is in it.

What it does is in `web/`, what it says in `script_words`. It comes after the page, which works without it.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app
from flask.typing import ResponseReturnValue

from survey_app import access, compressing, files
from survey_app.collecting import script_words
from survey_app.config import LANGUAGES
from survey_app.i18n import current_language, force_locale

bp = Blueprint("page_script", __name__)

_KEPT, _SOURCE, _WORKER = "page_scripts", "villager.js", "sw.js"


@dataclass(frozen=True, slots=True)
class Script:
    """The script in one language."""

    address: str
    packed: dict[str | None, bytes]


@dataclass(frozen=True, slots=True)
class Kept:
    """What script and worker do, and what of them was put together and packed so far, scripts by language."""

    source: str
    scripts: dict[str, Script]
    worker: bytes
    packed_worker: dict[str | None, bytes]


def init_app(app: Flask) -> None:
    """Put words and script together, and let pages name the one of their language."""
    source = (Path(str(app.static_folder)) / _SOURCE).read_text(encoding="utf-8")
    worker = (Path(str(app.static_folder)) / _WORKER).read_bytes()
    app.extensions[_KEPT] = Kept(source, {}, worker, {})
    app.jinja_env.globals["page_script"] = lambda: _script().address
    app.register_blueprint(bp)


@bp.get("/phieu/<language>.<digest>.js")
@access.public
def serve(language: str, digest: str) -> ResponseReturnValue:
    """The script; a name of an earlier version gets today's."""
    if language not in LANGUAGES:
        abort(404)
    with force_locale(language):
        script = _script()
    encoding = compressing.accepted()
    response = Response(script.packed[encoding], content_type=files.SCRIPT.content_type)
    named = script.address.endswith(f"/{language}.{digest}.js")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if named else "no-cache"
    return compressing.mark(response, encoding)


@bp.get("/sw.js")
@access.public
def worker() -> ResponseReturnValue:
    """The worker: at the root, because it acts for no address above its own, and always asked for again."""
    kept: Kept = current_app.extensions[_KEPT]
    if not kept.packed_worker:
        kept.packed_worker.update(_packed(kept.worker))
    encoding = compressing.accepted()
    response = Response(kept.packed_worker[encoding], content_type=files.SCRIPT.content_type)
    response.headers["Cache-Control"] = "no-cache"
    # It fetches from here and nowhere else.
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return compressing.mark(response, encoding)


def _script() -> Script:
    kept: Kept = current_app.extensions[_KEPT]
    language = current_language()
    if language not in kept.scripts:
        content = f"var W={json.dumps(script_words.words(), ensure_ascii=False)};{kept.source}".encode()
        digest = hashlib.sha256(content).hexdigest()[:12]
        kept.scripts[language] = Script(f"/phieu/{language}.{digest}.js", _packed(content))
    return kept.scripts[language]


def _packed(content: bytes) -> dict[str | None, bytes]:
    packed: dict[str | None, bytes] = {None: content}
    for name in compressing.ENCODINGS:
        packed[name] = compressing.pack(content, name, smallest=True)
    return packed
