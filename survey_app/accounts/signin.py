"""The staff session: who is signed in, for how long, and from where a printed demo password works.

The cookie holds the account's number, its epoch, a random mark and the moments of signing in; role, unit and whether
the session still runs are read from the database on every request, so that a closed account, a role taken away or an
ended session counts at once. Before the second factor is given the cookie says whom it is waited for, and nobody is
signed in.
"""

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Flask, g, request, session
from flask_login import LoginManager, current_user, login_user

from survey_app import access, config, db
from survey_app.access import Identity, Role
from survey_app.accounts import second_factor, sessions
from survey_app.accounts.cookies import StaffCookies
from survey_app.accounts.sessions import Visit

#: Where people land when nothing safer is known.
HOME = "/can-bo"

#: Between a right password and the second factor; reading a QR code for the first time takes a while.
_HELD = timedelta(minutes=30)

_SIGNED_IN_AT = "signed_in_at"
_CONFIRMED_AT = "confirmed_at"
_MARK = "mark"
_HELD_FOR = "held_for"


@dataclass(frozen=True, slots=True)
class HalfSignedIn:
    """Somebody whose password was right and whose second factor is still to come."""

    user_id: int
    epoch: int
    #: Where they wanted to go.
    target: str


class _Visitor:
    """What Flask-Login carries through a request; only open accounts are ever loaded."""

    is_active = True
    is_authenticated = True
    is_anonymous = False

    def __init__(self, user_id: int, epoch: int, visit: Visit | None) -> None:
        self.key = f"{user_id}.{epoch}"
        self.visit = visit

    def get_id(self) -> str:
        return self.key


def init_app(app: Flask) -> None:
    """Connect Flask-Login and tell the guard who is signed in."""
    # The row ends the session. A reply that changed nothing must not bring back what another one has replaced.
    app.config["PERMANENT_SESSION_LIFETIME"] = sessions.ABSOLUTE
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False
    app.session_interface = StaffCookies()
    manager = LoginManager()
    # Phones change networks all day, and a digest of the address has no business in a cookie.
    manager.session_protection = None
    manager.user_loader(_load)
    manager.init_app(app, add_context_processor=False)
    access.supply_identity(app, _current_identity)
    app.before_request(_note_seen)


def start(
    user_id: int, epoch: int, mark: str, now: datetime, *, confirmed_at: datetime | None = None
) -> None:
    """Begin a session for this account; nothing of an earlier session survives, so none can be planted.

    `mark` names the session's row. `confirmed_at` is given where less was asked for than at signing in.
    """
    session.clear()
    session.permanent = True
    session[_MARK] = mark
    session[_SIGNED_IN_AT] = int(now.timestamp())
    session[_CONFIRMED_AT] = int((confirmed_at or now).timestamp())
    login_user(_Visitor(user_id, epoch, None))
    session.pop("_id", None)


def hold(user_id: int, epoch: int, target: str, now: datetime) -> None:
    """Remember whose password was right; nobody is signed in."""
    session.clear()
    session[_HELD_FOR] = [user_id, epoch, target, int(now.timestamp())]


def held(now: datetime) -> HalfSignedIn | None:
    """Whose second factor is waited for, if anybody's."""
    user_id, epoch, target, since = session.get(_HELD_FOR, (0, 0, HOME, 0))
    if abs(now - datetime.fromtimestamp(since, UTC)) >= _HELD:
        return None
    return HalfSignedIn(user_id, epoch, target)


def end() -> None:
    """Forget everything this browser's session held."""
    session.clear()


def mark() -> str:
    """The random mark of this browser's session; empty when there is none."""
    return str(session.get(_MARK, ""))


def confirm(mark: str, now: datetime) -> None:
    """Note that the person has just shown again who they are; the session goes on under this mark."""
    session[_MARK] = mark
    session[_CONFIRMED_AT] = int(now.timestamp())


def confirmed_at() -> datetime:
    """When the person last showed who they are; long ago when that is not known."""
    return datetime.fromtimestamp(session.get(_CONFIRMED_AT, 0), UTC)


def is_over(signed_in_at: int, now: datetime) -> bool:
    """Whether a session that began at this Unix time has lasted too long."""
    return now - datetime.fromtimestamp(signed_in_at, UTC) >= sessions.ABSOLUTE


def is_second_factor_due(role: Role) -> bool:
    """Whether nobody of this role gets in without a second factor here."""
    return role in second_factor.ROLES and config.settings().second_factor


def is_on_loopback() -> bool:
    """Whether the request comes from this machine and names it: both, since a proxy may be in between."""
    return _is_loopback(urlsplit(f"//{request.host}").hostname) and _is_loopback(request.remote_addr)


def safe_next(target: str | None) -> str:
    """`target` if it is a path on this site, else the first page.

    >>> safe_next("/can-bo/dot?page=2")
    '/can-bo/dot?page=2'
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
    now = datetime.now(UTC)
    if is_over(session.get(_SIGNED_IN_AT, 0), now):
        return None
    visit = sessions.visit(db.session(), int(user_id), int(epoch), mark(), now)
    if visit is None:
        return None
    if is_second_factor_due(visit.identity.role) and not visit.has_second_factor:
        return None  # a role given in mid-session, or a stricter setting, counts at the next request
    return _Visitor(int(user_id), int(epoch), visit)


def _current_identity() -> Identity | None:
    visit: Visit | None = current_user.visit if current_user.is_authenticated else None
    return None if visit is None else visit.identity


def _note_seen() -> None:
    """Once a minute, before the page itself begins its work."""
    if g.get("identity") is None or not current_user.is_authenticated:
        return
    now, visit = datetime.now(UTC), current_user.visit
    if sessions.is_note_due(visit.last_seen_at, now):
        with db.transaction() as current:
            sessions.note_seen(current, mark(), now=now)


def _is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False
