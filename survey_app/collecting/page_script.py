"""The script of the respondents' pages, once in each language, under a name that tells what is in it.

What it does is in `web/`; here are the words that it says. It comes after the page, which works without it.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app
from flask.typing import ResponseReturnValue

from survey_app import access, compressing
from survey_app.config import LANGUAGES
from survey_app.i18n import current_language, force_locale
from survey_app.i18n import gettext as _

bp = Blueprint("page_script", __name__)

_KEPT, _SOURCE = "page_scripts", "villager.js"


@dataclass(frozen=True, slots=True)
class Script:
    """The script in one language."""

    address: str
    packed: dict[str | None, bytes]


@dataclass(frozen=True, slots=True)
class Kept:
    """What the script does, and the scripts that were put together of it, by language."""

    source: str
    scripts: dict[str, Script]


def init_app(app: Flask) -> None:
    """Put words and script together, and let pages name the one of their language."""
    source = (Path(str(app.static_folder)) / _SOURCE).read_text(encoding="utf-8")
    app.extensions[_KEPT] = Kept(source, {})
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
    response = Response(script.packed[encoding], mimetype="text/javascript")
    named = script.address.endswith(f"/{language}.{digest}.js")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if named else "no-cache"
    return compressing.mark(response, encoding)


def _script() -> Script:
    kept: Kept = current_app.extensions[_KEPT]
    language = current_language()
    if language not in kept.scripts:
        content = f"var W={json.dumps(_words(), ensure_ascii=False)};{kept.source}".encode()
        digest = hashlib.sha256(content).hexdigest()[:12]
        packed: dict[str | None, bytes] = {None: content}
        for name in compressing.ENCODINGS:
            packed[name] = compressing.pack(content, name, smallest=True)
        kept.scripts[language] = Script(f"/phieu/{language}.{digest}.js", packed)
    return kept.scripts[language]


def _words() -> dict[str, str]:
    """What the script says, in the language of this request."""
    return {
        "review": _("Look over my answers"),
        "press": _("Press a line to change it. Sending is below."),
        "blank": _("Left blank"),
        "others": _("Other answers"),
        "once": _("Like dropping a slip into the ballot box: once sent, it cannot be changed."),
        "send": _("Send my answers"),
        "sending": _("Sending…"),
        "again": _("No reply yet. Press once more: however often it is sent, the slip counts once."),
        "empty": _("You have not answered any question."),
        "emptyMeans": _(
            "If you send it like this, nothing that you think is counted, and it cannot be sent again."
        ),
        "answer": _("Go back and answer"),
        "meant": _("I want to send a blank slip."),
        "sendBlank": _("Send the blank slip"),
    }
