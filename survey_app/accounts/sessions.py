"""The sessions of staff as rows: who is signed in since when, and ending one of them or all.

Keeps the start and the last minute of use, and nothing that tells a device or a place. Knows no cookie: a session is
named by the random mark that its browser holds, of which only a digest is stored.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from survey_app import audit
from survey_app.access import Identity, Role
from survey_app.accounts.models import SecondFactor, StaffSession, User
from survey_app.units.models import Unit

#: Without a request the session ends after this time.
IDLE = timedelta(hours=4)

#: However busy, the session ends after this time: a working day.
ABSOLUTE = timedelta(hours=12)

_MARK_BYTES = 24
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Visit:
    """The person behind a running session, and what the guard has to know of it."""

    identity: Identity
    has_second_factor: bool
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class SessionView:
    """A running session as its owner sees it."""

    id: int
    started_at: datetime
    last_seen_at: datetime
    #: Whether the reader looks at the list from this one.
    is_this_one: bool


def begin(session: Session, user_id: int, *, now: datetime) -> str:
    """A new session of this account; the mark for its cookie, which is in this value and nowhere else."""
    mark = secrets.token_urlsafe(_MARK_BYTES)
    minute = _minute(now)
    session.add(StaffSession(digest=_digest(mark), user_id=user_id, started_at=now, last_seen_at=minute))
    return mark


def visit(session: Session, user_id: int, epoch: int, mark: str, now: datetime) -> Visit | None:
    """The person behind a mark, unless the account was closed or the session ended, here or elsewhere."""
    query = (
        select(User, Unit.path, SecondFactor.user_id, StaffSession.last_seen_at)
        .join(Unit, Unit.id == User.unit_id)
        .join(StaffSession, StaffSession.user_id == User.id)
        .outerjoin(SecondFactor, SecondFactor.user_id == User.id)
        .where(User.id == user_id, User.active, User.session_epoch == epoch)
        .where(
            StaffSession.digest == _digest(mark),
            StaffSession.started_at > now - ABSOLUTE,
            StaffSession.last_seen_at > now - IDLE,
        )
    )
    row = session.execute(query).first()
    if row is None:
        return None
    user, path, enrolled, last_seen_at = row
    person = Identity(
        user_id=user.id, name=user.name, role=Role(user.role), unit_id=user.unit_id, unit_path=path
    )
    return Visit(person, enrolled is not None, last_seen_at)


def running(session: Session, user_id: int, mark: str, now: datetime) -> tuple[SessionView, ...]:
    """The running sessions of an account, the one used last first."""
    query = (
        select(StaffSession)
        .where(StaffSession.user_id == user_id)
        .where(StaffSession.started_at > now - ABSOLUTE, StaffSession.last_seen_at > now - IDLE)
        .order_by(StaffSession.last_seen_at.desc(), StaffSession.id.desc())
    )
    own = _digest(mark)
    return tuple(
        SessionView(row.id, row.started_at, row.last_seen_at, row.digest == own)
        for row in session.scalars(query)
    )


def is_note_due(last_seen_at: datetime, now: datetime) -> bool:
    """Whether another minute has begun since the session was last noted, or the clock was put back since."""
    passed = _minute(now) - last_seen_at
    return passed >= _MINUTE or passed < -_MINUTE


def note_seen(session: Session, mark: str, *, now: datetime) -> None:
    """Note that the session is in use, to the minute.

    One that began under a clock ahead of this one begins now: it must end after its time like every other.
    """
    mine, unread = StaffSession.digest == _digest(mark), {"synchronize_session": False}
    session.execute(
        update(StaffSession).where(mine).values(last_seen_at=_minute(now)), execution_options=unread
    )
    ahead = update(StaffSession).where(mine, StaffSession.started_at > now + _MINUTE)
    session.execute(ahead.values(started_at=now), execution_options=unread)


def renew(session: Session, mark: str) -> str:
    """Another mark for a running session; the one before opens nothing any more."""
    fresh = secrets.token_urlsafe(_MARK_BYTES)
    changed = update(StaffSession).where(StaffSession.digest == _digest(mark)).values(digest=_digest(fresh))
    session.execute(changed, execution_options={"synchronize_session": False})
    return fresh


def end_by_mark(session: Session, mark: str) -> None:
    """Sign one browser out."""
    session.execute(delete(StaffSession).where(StaffSession.digest == _digest(mark)))


def end_one(session: Session, user_id: int, session_id: int, *, now: datetime) -> None:
    """End one of one's own sessions; a number that is not one's own changes nothing."""
    own = delete(StaffSession).where(StaffSession.id == session_id, StaffSession.user_id == user_id)
    if session.connection().execute(own).rowcount:
        audit.record(session, f"user:{user_id}", "accounts.end_session", f"user:{user_id}", at=now)


def end_all(session: Session, user: User) -> None:
    """End every session of an account, also those that sign in at this very moment."""
    user.session_epoch += 1
    session.execute(delete(StaffSession).where(StaffSession.user_id == user.id))


def forget(session: Session, now: datetime) -> int:
    """Delete what is over; how many rows went."""
    over = or_(StaffSession.started_at <= now - ABSOLUTE, StaffSession.last_seen_at <= now - IDLE)
    return session.connection().execute(delete(StaffSession).where(over)).rowcount


def _digest(mark: str) -> str:
    return hashlib.sha256(mark.encode()).hexdigest()


def _minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0)
