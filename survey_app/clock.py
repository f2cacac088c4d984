"""Trust in the clock: nothing happens by it while the hour is in doubt, nothing final that was due on one day only.

A server's clock can be wrong for a minute. So each round of the minute job compares it with what the machine itself has
counted since the last round; when they part by more than an hour, nothing opens, closes or ends by the clock until it
is right again or a person says that it is right. What cannot be undone must besides be due in rounds on two days.
Knows no room and nothing of what is due.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from http import HTTPStatus
from pathlib import Path

from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey_app import audit, db
from survey_app.config import VIETNAM
from survey_app.db import Base, UtcDateTime
from survey_app.errors import DomainError
from survey_app.i18n import gettext as _
from survey_app.i18n import lazy_gettext as _l

#: How far the clock and the machine's own count may part between two rounds.
TOLERANCE = timedelta(hours=1)

#: How the audit log names the minute job, and this server as what an act was about.
_JOB, _SERVER = "job", "server"
_BELIEVED, _DOUBTED = "believed", "doubted"
#: Made by systemd-timesyncd when it has set the clock, and gone with the next start (systemd-timesyncd.service(8)).
_SYNCHRONISED = Path("/run/systemd/timesync/synchronized")

WORDS = audit.Words(
    acts={
        "clock.doubt": _l("The server's clock jumped by more than an hour"),
        "clock.right_again": _l("The server's clock is right again"),
        "clock.confirm": _l("Confirmed that the server's clock is right"),
    }
)


class ClockReading(Base):
    """The newest reading that is believed; beside it, while they part, the newest that is not."""

    __tablename__ = "clock_readings"

    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    #: The start of the machine that counts, and the seconds it has counted since then.
    boot: Mapped[str] = mapped_column(String(40))
    uptime: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class DueAct(Base):
    """Something final that was found due by the clock on one day and waits to be found due on another."""

    __tablename__ = "due_acts"

    act: Mapped[str] = mapped_column(String(60), primary_key=True)
    subject: Mapped[str] = mapped_column(String(60), primary_key=True)
    #: The civil day in Vietnam of the first round.
    first_on: Mapped[date]


class ClockDoubted(DomainError):
    """What was asked for depends on the hour, and the hour is in doubt."""

    code = "dong-ho-chua-chac"
    status = HTTPStatus.CONFLICT

    def __init__(self) -> None:
        super().__init__(
            _(
                "The server's clock is in doubt, so nothing is ended or deleted by it. Set the clock right, or confirm "
                "that it is right (page “The server's clock”, or flask fieldwork clock --confirm)."
            )
        )


class ClockMoved(DomainError):
    """The clock was moved once more after somebody looked at it."""

    code = "dong-ho-lai-doi"
    status = HTTPStatus.CONFLICT

    def __init__(self) -> None:
        super().__init__(_("The server's clock was changed again meanwhile. Look at it once more."))


@dataclass(frozen=True, slots=True)
class Machine:
    """What a machine knows of time without its clock: which start it counts from, how long ago that was, and whether
    a time service keeps its clock.
    """

    boot: str
    uptime: int
    is_synchronised: bool


@dataclass(frozen=True, slots=True)
class Doubt:
    """What the clock says and, unless the machine was started again, what it should say by the machine's own count."""

    says: datetime
    expected: datetime | None
    #: When the clock was last believed.
    believed_at: datetime


def machine() -> Machine:
    """This machine now, as Linux says it; time asleep is counted."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    uptime = int(float(Path("/proc/uptime").read_text("ascii").split()[0]))
    return Machine(boot, uptime, is_synchronised=_SYNCHRONISED.exists())


def note(now: datetime) -> bool:
    """The job that runs before all others: compare the clock with the machine; whether it is believed."""
    with db.transaction() as current:
        return compare(current, now, machine())


def compare(session: Session, now: datetime, counted: Machine) -> bool:
    """Keep this round's reading; whether the clock is believed. Doubt begins and ends with a line in the audit log."""
    believed, doubted = session.get(ClockReading, _BELIEVED), session.get(ClockReading, _DOUBTED)
    if believed is None or _agree(believed, now, counted):
        _keep(session, _BELIEVED, believed, now, counted)
        if doubted is not None:
            session.execute(delete(ClockReading).where(ClockReading.kind == _DOUBTED))
            audit.record(session, _JOB, "clock.right_again", _SERVER, at=now)
        return True
    if doubted is None:
        before, after = believed.at.isoformat(), now.isoformat()
        audit.record(session, _JOB, "clock.doubt", _SERVER, at=now, before=before, after=after)
    _keep(session, _DOUBTED, doubted, now, counted)
    return False


def is_doubted(session: Session) -> bool:
    """Whether nothing may happen by the clock now."""
    return session.get(ClockReading, _DOUBTED) is not None


def doubt(session: Session) -> Doubt | None:
    """What a person has to decide on; None while the clock is believed."""
    believed, doubted = session.get(ClockReading, _BELIEVED), session.get(ClockReading, _DOUBTED)
    if believed is None or doubted is None:
        return None
    counted = Machine(doubted.boot, doubted.uptime, is_synchronised=False)
    return Doubt(doubted.at, _expected(believed, counted), believed.at)


def confirm(session: Session, shown: datetime, *, actor: str, now: datetime) -> None:
    """Believe the clock as the last round read it, because a person compared it with another.

    `shown` is what that person saw. Raises ClockMoved when the clock was moved since; nothing to do without doubt.
    """
    believed, doubted = session.get(ClockReading, _BELIEVED), session.get(ClockReading, _DOUBTED)
    if believed is None or doubted is None:
        return
    if abs(doubted.at - shown) > TOLERANCE:
        raise ClockMoved
    before, after = believed.at.isoformat(), doubted.at.isoformat()
    believed.boot, believed.uptime, believed.at = doubted.boot, doubted.uptime, doubted.at
    session.execute(delete(ClockReading).where(ClockReading.kind == _DOUBTED))
    audit.record(session, actor, "clock.confirm", _SERVER, at=now, before=before, after=after)


def require_believed(session: Session, now: datetime, counted: Machine) -> None:
    """For commands whose effect depends on the hour. Raises ClockDoubted, also before a round has noticed."""
    believed = session.get(ClockReading, _BELIEVED)
    if is_doubted(session) or (believed is not None and not _agree(believed, now, counted)):
        raise ClockDoubted


def due_on_two_days(session: Session, act: str, due: Iterable[str], now: datetime) -> tuple[str, ...]:
    """Of all subjects that are due now, those that were due in a round on an earlier day as well.

    The others are noted with this day; what is due no more is forgotten. While the clock is in doubt none are due and
    nothing is noted. Writes in the caller's transaction.
    """
    if is_doubted(session):
        return ()
    today, wanted = now.astimezone(VIETNAM).date(), tuple(due)
    known = {row.subject: row for row in session.scalars(select(DueAct).where(DueAct.act == act))}
    gone = known.keys() - set(wanted)
    if gone:
        session.execute(delete(DueAct).where(DueAct.act == act, DueAct.subject.in_(gone)))
    for subject in wanted:
        if subject not in known:
            session.add(DueAct(act=act, subject=subject, first_on=today))
        elif known[subject].first_on > today:  # noted under a clock that has since been put back
            known[subject].first_on = today
    return tuple(subject for subject in wanted if subject in known and known[subject].first_on < today)


def _agree(believed: ClockReading, now: datetime, counted: Machine) -> bool:
    """Whether the clock moved as the machine counted.

    A machine started again has counted nothing of the time between: then a time service must vouch for the clock, or
    hardly any time have passed.
    """
    expected = _expected(believed, counted)
    if expected is None:
        return counted.is_synchronised or abs(now - believed.at) <= TOLERANCE
    return abs(now - expected) <= TOLERANCE


def _expected(believed: ClockReading, counted: Machine) -> datetime | None:
    if counted.boot != believed.boot or counted.uptime < believed.uptime:
        return None
    return believed.at + timedelta(seconds=counted.uptime - believed.uptime)


def _keep(session: Session, kind: str, row: ClockReading | None, now: datetime, counted: Machine) -> None:
    if row is None:
        row = ClockReading(kind=kind)
        session.add(row)
    row.boot, row.uptime, row.at = counted.boot, counted.uptime, now
