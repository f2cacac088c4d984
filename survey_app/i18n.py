"""Languages of the interface: which one a request is in, and the words that translate.

Knows nothing of the wording of questionnaires, which carry their own languages.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import flask_babel
from babel import localedata
from babel.support import NullTranslations, Translations
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, LazyString

from survey_app import config
from survey_app.config import FURTHER_LANGUAGES, LANGUAGES

__all__ = [
    "address_in",
    "carry_language",
    "current_language",
    "for_operator",
    "force_locale",
    "gettext",
    "in_english",
    "init_app",
    "language_cookie",
    "lazy_gettext",
    "ngettext",
    "own_language_name",
    "pgettext",
    "use_language",
    "written_as",
]


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A language with its words."""

    tag: str
    words: NullTranslations
    #: Whose way of writing numbers and dates it has, as Babel knows it.
    written_as: str


#: Cookie that keeps a staff member's choice; respondents' pages carry theirs in the form instead.
_COOKIE = "ngon_ngu"

_VIETNAMESE = "vi"
#: Where a cookie keeps the language.
_OFFICERS = "/can-bo"

_CATALOGUES = Path(__file__).resolve().parent.parent / "translations"

babel = Babel()


def init_app(app: Flask) -> None:
    """Vietnamese unless the reader chose otherwise."""
    app.config["BABEL_DEFAULT_LOCALE"] = "vi"
    babel.init_app(
        app,
        locale_selector=written_as,
        default_translation_directories=str(app.config["TRANSLATIONS"]),
        default_timezone="Asia/Ho_Chi_Minh",
    )
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # of the extension that Babel adds
        gettext=lambda text: _words().ugettext(text),
        ngettext=lambda one, many, num: _words().ungettext(one, many, num),
        pgettext=lambda context, text: _words().upgettext(context, text),
        newstyle=True,
    )
    app.jinja_env.globals["_"] = app.jinja_env.globals["gettext"]


def for_operator(text: str) -> str:
    """`text` in the language of the person who runs the server, where no application could be made."""
    return str(_catalogue("vi").ugettext(text))


def in_english(words: LazyString) -> str:
    """What was said for the one who reads, as machines and the audit log have it."""
    with force_locale("en"):
        return str(words)


@contextmanager
def force_locale(tag: str) -> Iterator[None]:
    """Speak `tag` inside the block, no matter who reads."""
    before = g.pop("spoken", None)
    g.spoken = _spoken_as(tag)
    try:
        with flask_babel.force_locale(written_as()):
            yield
    finally:
        g.spoken = before


def current_language() -> str:
    """Language tag of this request; Vietnamese outside of one."""
    return _spoken().tag if g else "vi"


def written_as() -> str:
    """Whose numbers and dates the reader is shown: Babel's name of a language, Vietnamese outside of a request."""
    return _spoken().written_as if g else _VIETNAMESE


def address_in(tag: str) -> str:
    """The address of this request in another language, with all else that it asks."""
    asked = request.args.to_dict(flat=False) | {"lang": [tag]}
    return f"{quote(request.path)}?{urlencode(asked, doseq=True)}"


def carry_language(_endpoint: str, values: dict[str, Any]) -> None:
    """Have the links of a public page lead on in the language that its own address names, as nothing else keeps it."""
    tag = request.args.get("lang") if has_request_context() else None
    if tag in LANGUAGES and not request.path.startswith(_OFFICERS):
        values.setdefault("lang", tag)


def own_language_name(tag: str) -> str:
    """The language in its own words, for the one who chooses it; a tag without a name stays as it is written."""
    return {**FURTHER_LANGUAGES, **LANGUAGES}.get(tag, tag)


def gettext(text: str, /, **values: object) -> str:
    """`text` in the reader's language, with `values` in place of %(name)s."""
    translated = _words().ugettext(text)
    return translated % values if values else translated


def lazy_gettext(text: str, /, **values: object) -> LazyString:
    """The same for words at the top of a module: translated each time they are shown."""
    return LazyString(gettext, text, **values)


def ngettext(one: str, many: str, num: int, /, **values: object) -> str:
    """The form of the sentence that fits `num`, in the reader's language; %(num)d is the number."""
    return _words().ungettext(one, many, num) % {"num": num, **values}


def pgettext(context: str, text: str, /, **values: object) -> str:
    """`text` where it means what `context` says, in the reader's language."""
    translated = str(_words().upgettext(context, text))
    return translated % values if values else translated


def _words() -> NullTranslations:
    """The catalogue of the reader's language. Outside of any application everything is English, as in the code."""
    return _spoken().words if g else NullTranslations()


def _spoken() -> _Spoken:
    """The reader's language, found once a request: Flask-Babel looks for it at every sentence."""
    found: _Spoken | None = g.get("spoken")
    if found is None:
        found = g.spoken = _spoken_as(_chosen_language())
    return found


@cache
def _spoken_as(tag: str) -> _Spoken:
    """Numbers and dates are Vietnamese where Babel knows nothing of the language, as of Jrai and Bahnar."""
    return _Spoken(tag, _catalogue(tag), tag if localedata.exists(tag) else _VIETNAMESE)


@cache
def _catalogue(tag: str) -> NullTranslations:
    """What is translated into `tag`; the rest is Vietnamese, but for English, in which the code is written."""
    found = Translations.load(_CATALOGUES, [tag])
    if tag not in {_VIETNAMESE, "en"}:
        found.add_fallback(_catalogue(_VIETNAMESE))
    return found


def use_language(tag: str) -> None:
    """Answer this request in `tag` if the interface speaks it."""
    if tag in LANGUAGES:
        g.language = tag
        g.pop("spoken", None)


def language_cookie() -> str:
    """The name under which a staff member's choice is kept."""
    return config.settings().cookie(_COOKIE)


def _chosen_language() -> str:
    if not has_request_context():
        return "vi"
    chosen = g.get("language") or request.args.get("lang") or request.cookies.get(language_cookie())
    return chosen if chosen in LANGUAGES else "vi"
