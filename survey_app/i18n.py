"""Languages of the interface: which one a request is in, and the words that translate.

Knows nothing of the wording of questionnaires, which carry their own languages.
"""

import flask_babel
from flask import Flask, current_app, g, has_request_context, request
from flask_babel import Babel, force_locale, get_locale, lazy_gettext

from survey_app.config import LANGUAGES

__all__ = [
    "current_language",
    "force_locale",
    "gettext",
    "init_app",
    "language_cookie",
    "lazy_gettext",
    "ngettext",
    "pgettext",
    "use_language",
]

#: Cookie that keeps a staff member's choice; respondents' pages carry theirs in the form instead.
_COOKIE = "ngon_ngu"

babel = Babel()


def init_app(app: Flask) -> None:
    """Vietnamese unless the reader chose otherwise."""
    app.config["BABEL_DEFAULT_LOCALE"] = "vi"
    babel.init_app(
        app,
        locale_selector=_chosen_language,
        default_translation_directories=str(app.config["TRANSLATIONS"]),
        default_timezone="Asia/Ho_Chi_Minh",
    )


def current_language() -> str:
    """Language tag of this request; Vietnamese outside of one."""
    return str(get_locale() or "vi")


def gettext(text: str, /, **values: object) -> str:
    """`text` in the reader's language, with `values` in place of %(name)s."""
    translated: str = flask_babel.gettext(text, **values)
    return translated


def ngettext(one: str, many: str, num: int, /, **values: object) -> str:
    """The form of the sentence that fits `num`, in the reader's language; %(num)d is the number."""
    translated: str = flask_babel.ngettext(one, many, num, **values)
    return translated


def pgettext(context: str, text: str, /, **values: object) -> str:
    """`text` where it means what `context` says, in the reader's language."""
    translated: str = flask_babel.pgettext(context, text, **values)
    return translated


def use_language(tag: str) -> None:
    """Answer this request in `tag` if the interface speaks it."""
    if tag in LANGUAGES:
        g.language = tag


def language_cookie() -> str:
    """The name under which a staff member's choice is kept."""
    name: str = current_app.extensions["settings"].cookie(_COOKIE)
    return name


def _chosen_language() -> str:
    if not has_request_context():
        return "vi"
    chosen = g.get("language") or request.args.get("lang") or request.cookies.get(language_cookie())
    return chosen if chosen in LANGUAGES else "vi"
