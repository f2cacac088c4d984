"""Errors that are the user's to read: what happened, whether anything was lost, what to do next.

Knows no room. A programming mistake is not caught here; it becomes a plain 500 page that shows nothing of the inside.
"""

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from werkzeug.exceptions import HTTPException

from survey_app.i18n import gettext as _
from survey_app.keys import KeyMissing
from survey_app.standby import NotReplicated

#: What says that the database is away, busy or full: the same request may well succeed a moment later.
DATABASE_AWAY = (OperationalError, InterfaceError, NoConnectionFree, NotReplicated)


#: Stable words for machines where no refusal of a room has a word of its own.
CODES = {
    400: "khong-doc-duoc",
    401: "chua-dang-nhap",
    403: "khong-duoc-phep",
    404: "khong-co",
    405: "sai-phuong-thuc",
    413: "qua-lon",
    415: "sai-dinh-dang",
    429: "thu-lai-sau",
    500: "loi-may-chu",
    503: "may-chu-ban",
}
#: After these the same request may well succeed later; after the others never, so the answer is to be looked at.
_LATER = frozenset({429, *range(500, 600)})


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed before an error: kept on the server, or, while the database is away, on the page itself."""

    #: The page it was typed on, where it is put back; None when it could not be kept.
    back: str | None
    #: Names of files that must be chosen again.
    files: tuple[str, ...]
    #: To be sent again as it is, to the same address.
    fields: tuple[tuple[str, str], ...] = ()


class DomainError(Exception):
    """A refusal in the words of the field. Subclasses are named for what happened.

    `code` is stable and Vietnamese without accents, for machines; `message` is for people; `keep` tells a phone whether
    to keep the answer and try again, and `retry_after` in how many seconds, where that is known.
    """

    code = "khong-duoc"
    status = HTTPStatus.CONFLICT
    keep = False
    retry_after: int | None = None

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def init_app(app: Flask) -> None:
    """Every error leaves as a page, or as JSON under /api/."""
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(HTTPException, http_error)
    for away in DATABASE_AWAY:
        app.register_error_handler(away, _database_error)
    app.register_error_handler(DataError, _unstorable)
    app.register_error_handler(KeyMissing, _key_missing)
    app.register_error_handler(500, _crash)
    app.extensions["keep_typed"] = lambda _status: None
    app.log_exception = _log_crash  # type: ignore[assignment,method-assign]  # the path holds a code


def _log_crash(
    crash: tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None],
) -> None:
    """Say where the program failed, by route and line, and nothing of what it was given.

    Neither the path nor the messages of the errors are written: the first may hold a household's code, and databases
    quote the row they refused.
    """
    error, parts = crash[1], []
    while error is not None:
        parts.append(f"{''.join(traceback.format_tb(error.__traceback__))}{type(error).__qualname__}")
        error = error.__cause__ or error.__context__
    report = "\nthe cause of:\n".join(reversed(parts))
    current_app.logger.error(
        "%s %s\nTraceback (most recent call last):\n%s", request.method, request.endpoint, report
    )


def reply(code: str, message: str, status: int, *, keep: bool = False, **more: object) -> Response:
    """The error as the caller can read it: JSON for machines, with `more` in it, or a page for people."""
    if request.path.startswith("/api/"):
        return make_response(jsonify(error=code, message=message, keep=keep, **more), status)
    kept = current_app.extensions["keep_typed"](status)
    return make_response(render_template("error.html", message=message, status=status, kept=kept), status)


def supply_keeper(app: Flask, keep: Callable[[int], Typed | None]) -> None:
    """Tell the error page what becomes of a form that was typed; called once, by `accounts`."""
    app.extensions["keep_typed"] = keep


def say_when(response: Response, error: DomainError) -> Response:
    """The response with the seconds to wait, where the refusal knows them."""
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _domain_error(error: DomainError) -> ResponseReturnValue:
    return say_when(reply(error.code, error.message, error.status, keep=error.keep), error)


def http_error(error: HTTPException) -> ResponseReturnValue:
    """The page of an error that this program did not raise itself."""
    if error.response is not None:
        return error.response
    status = error.code or 500
    code = CODES.get(status, DomainError.code)
    response = reply(code, _message(status), status, keep=status in _LATER)
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(allowed)
    return response


def _database_error(error: Exception) -> ResponseReturnValue:
    return _busy()


def _key_missing(error: KeyMissing) -> ResponseReturnValue:
    return _busy()


def _busy() -> ResponseReturnValue:
    response = reply(CODES[503], _message(503), 503, keep=True)
    response.headers["Retry-After"] = "5"
    return response


def _unstorable(error: DataError) -> ResponseReturnValue:
    """A value that no column can hold, like the character U+0000 on PostgreSQL: the sender's mistake, not ours."""
    return reply(CODES[400], _message(400), 400)


def _crash(error: Exception) -> ResponseReturnValue:
    return reply(CODES[500], _message(500), 500, keep=True)


def _message(status: int) -> str:
    known = {
        400: _("The request could not be read. Nothing was saved. Go back and try once more."),
        401: _("Please sign in first."),
        403: _("Your account may not open this page."),
        404: _("There is no such page, or it does not belong to your unit."),
        405: _("This page cannot be used in that way. Nothing was saved."),
        413: _("What was sent is too large. Nothing was saved. Shorten it, then send it again."),
        415: _("The request has a format that is not accepted. Nothing was saved."),
        429: _("Too many wrong attempts. Please wait one minute, then try again."),
        500: _("Something went wrong on our side. Please try once more; what is already confirmed is safe."),
        503: _("The server is busy for a moment. Nothing is lost: please send again shortly."),
    }
    return known.get(status, _("The request was refused."))
