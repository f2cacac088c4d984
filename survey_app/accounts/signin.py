"""The staff session: who is signed in, for how long, and from where a printed demo password works.

The cookie holds the account's number, its epoch and the moment of signing in; role and unit are read from the
database on every request, so that a closed account or an ended session is out at once.
"""

import unicodedata
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Flask, request, session
from flask_login import LoginManager, current_user, login_user

from survey_app import access, db
from survey_app.access import Identity
from survey_app.accounts import queries

#: Where people land when nothing safer is known.
HOME = "/can-bo"

#: Without a request the session ends after this time; Flask renews the cookie with each reply.
_IDLE = timedelta(hours=4)

#: However busy, the session ends after this time: a working day.
_ABSOLUTE = timedelta(hours=12)

_SIGNED_IN_AT = "signed_in_at"


class _Visitor:
    """What Flask-Login carries through a request; only open accounts are ever loaded."""

    is_active = True
    is_authenticated = True
    is_anonymous = False

    def __init__(self, user_id: int, epoch: int, identity: Identity | None) -> None:
        self.key = f"{user_id}.{epoch}"
        self.identity = identity

    def get_id(self) -> str:
        return self.key


def init_app(app: Flask) -> None:
    """Connect Flask-Login and tell the guard who is signed in."""
    app.config["PERMANENT_SESSION_LIFETIME"] = _IDLE
    manager = LoginManager()
    # Phones change networks all day, and a digest of the address has no business in a cookie.
    manager.session_protection = None
    manager.user_loader(_load)
    manager.init_app(app, add_context_processor=False)
    access.supply_identity(app, _current_identity)


def start(user_id: int, epoch: int, now: datetime) -> None:
    """Begin a session for this account; nothing of an earlier session survives, so none can be planted."""
    session.clear()
    session.permanent = True
    session[_SIGNED_IN_AT] = int(now.timestamp())
    login_user(_Visitor(user_id, epoch, None))
    session.pop("_id", None)


def end() -> None:
    """Forget everything this browser's session held."""
    session.clear()


def is_over(signed_in_at: int, now: datetime) -> bool:
    """Whether a session that began at this Unix time has lasted too long."""
    return now - datetime.fromtimestamp(signed_in_at, UTC) >= _ABSOLUTE


def is_on_loopback() -> bool:
    """Whether the request comes from this machine and names it: both, since a proxy may stand in between."""
    return _is_loopback(urlsplit(f"//{request.host}").hostname) and _is_loopback(request.remote_addr)


def safe_next(target: str | None) -> str:
    """`target` if it is a path on this site, else the first page.

    >>> safe_next("/can-bo/dot?trang=2")
    '/can-bo/dot?trang=2'
    >>> [safe_next(bad) for bad in ("//evil", "/\\\\evil", "https:evil", "can-bo", None)]
    ['/can-bo', '/can-bo', '/can-bo', '/can-bo', '/can-bo']
    """
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return HOME
    if any(unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for letter in target):
        return HOME
    return target


def _load(key: str) -> _Visitor | None:
    user_id, _, epoch = key.partition(".")
    if not (user_id.isdecimal() and epoch.isdecimal()):
        return None
    if is_over(session.get(_SIGNED_IN_AT, 0), datetime.now(UTC)):
        return None
    identity = queries.signed_in(db.session(), int(user_id), int(epoch))
    return None if identity is None else _Visitor(int(user_id), int(epoch), identity)


def _current_identity() -> Identity | None:
    return current_user.identity if current_user.is_authenticated else None


def _is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False
