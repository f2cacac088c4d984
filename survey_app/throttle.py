"""Counting failures, so that guessing is slow and a village behind one address is never shut out for long.

Counts failures by the minute, and what has a daily limit by the day, under a key that cannot be turned back into an
address: an HMAC under a secret that changes daily. An answer that was stored leaves no trace here.
"""

import hmac
import math
from datetime import UTC, datetime, time, timedelta
from functools import cache

from flask import request
from sqlalchemy import Select, String, bindparam, delete, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey_app import addresses, db
from survey_app.config import VIETNAM
from survey_app.db import Base, UtcDateTime
from survey_app.keys import store

#: A caller is one address of IPv4. Of IPv6 a caller holds a whole network and a fresh address for each request: a phone
#: 64 bits, a home mostly 56 (RIPE-690). So 56: a village's phones share no count with more than 255 others, which is
#: less than behind an address of IPv4, and who was given 48 bits counts as 256 callers.
_IPV4_BITS, _IPV6_BITS = 32, 56


class Failure(Base):
    """How often one caller or name failed in one minute, under a keyed digest that names neither."""

    __tablename__ = "throttle_failures"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: Start of the minute counted.
    minute: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    failures: Mapped[int]


def address_key(purpose: str, now: datetime) -> str:
    """Key of the caller's address or IPv6 network for `purpose`; the same for one civil day."""
    caller = addresses.network(request.remote_addr, ipv4=_IPV4_BITS, ipv6=_IPV6_BITS)
    return subject_key(purpose, caller or "", now)


def subject_key(purpose: str, subject: str, now: datetime) -> str:
    """Key of any subject (an address, an account name) for `purpose`; the same for one civil day."""
    day = now.astimezone(VIETNAM).date().isoformat()
    secret = hmac.digest(store().session_secret(), f"throttle {day}".encode(), "sha256")
    return hmac.digest(secret, f"{purpose}\0{subject}".encode(), "sha256").hex()


def is_blocked(session: Session, key: str, now: datetime, *, limit: int, minutes: int = 1) -> bool:
    """Whether `limit` failures were counted in the running and the `minutes - 1` minutes before it."""
    return _count(session, window(key, now, minutes=minutes)) >= limit


@cache
def counted() -> Select[int]:
    """One row with the failures of a key since a moment, also to be read beside something else; see `window`."""
    mine = (
        Failure.key == bindparam("throttled"),
        Failure.minute.between(bindparam("since"), bindparam("until")),
    )
    return select(func.coalesce(func.sum(Failure.failures), 0).label("failures")).where(*mine)


def window(key: str, now: datetime, *, minutes: int = 1) -> dict[str, object]:
    """The values that `counted` is run with.

    Minutes to come are not looked at: what was counted under a clock since put back must not shut anybody out.
    """
    until = _minute(now)
    return {"throttled": key, "since": until - timedelta(minutes=minutes - 1), "until": until}


def record_failure(session: Session, key: str, now: datetime) -> None:
    """Count one failure in the caller's transaction."""
    db.count_up(session, Failure, {"key": key, "minute": _minute(now)}, "failures")


def count_of_day(session: Session, key: str, now: datetime) -> int:
    """Count one more in the running civil day, in the caller's transaction; how many that makes.

    All of a day are counted in the minute in which the day ends, so that `forget` leaves them until an hour after it.
    """
    midnight = _midnight(now)
    record_failure(session, key, midnight)
    return _count(session, window(key, midnight))


def seconds_left_of_day(now: datetime) -> int:
    """Seconds until the civil day ends, and with it what was counted under the day's keys; at least 1."""
    return math.ceil((_midnight(now) - now).total_seconds()) or 1


def forget(session: Session, now: datetime) -> int:
    """Delete what is older than an hour, and what a clock since put back left in days to come; how many rows went."""
    hour, days = timedelta(hours=1), timedelta(days=2)
    old = delete(Failure).where(or_(Failure.minute < now - hour, Failure.minute > now + days))
    return session.connection().execute(old).rowcount


def _count(session: Session, values: dict[str, object]) -> int:
    # Asked on the connection, because failures are only ever written there.
    return session.connection().execute(counted(), values).scalar_one()


def _midnight(now: datetime) -> datetime:
    """When the running civil day ends."""
    tomorrow = now.astimezone(VIETNAM).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), VIETNAM).astimezone(UTC)


def _minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0)
