"""The night's recount: what came of counting every sealed survey again from its stored answers, once a night.

A survey is claimed before it is counted, so that no two jobs count one; a claim that nobody ended within an hour is of
a job that was cut off, and is taken again. It changes nothing that is stored: a difference is named to people.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from survey_app import audit, db
from survey_app.config import VIETNAM
from survey_app.fieldwork.models import WITH_SEAL, Survey
from survey_app.sealing.models import Recount, Seal
from survey_app.units.models import Unit

DIFFERS = "results.recount_differs"
AGREES = "results.recount_agrees"
#: Hours of the Vietnamese day in which is recounted; few answer then.
_NIGHT = range(1, 5)
#: After this time a claim without an outcome is of a job that was cut off.
_CUT_OFF = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class LastRecount:
    """How the newest night went below a path; `night` is None before the first one."""

    night: date | None
    #: Sealed surveys, and how many of them were recounted in that night and agree.
    sealed: int
    agreeing: int
    #: Those whose stored answers did not give what was sealed when they were last recounted.
    differing: tuple[str, ...]


def night_of(now: datetime) -> date | None:
    """The day whose night it is, in Vietnam; None by day."""
    here = now.astimezone(VIETNAM)
    return here.date() if here.hour in _NIGHT else None


def due(session: Session, night: date, now: datetime) -> tuple[str, ...]:
    """Sealed surveys not recounted in that night, those longest ago first."""
    rows = session.scalars(
        select(Seal.survey_id)
        .join(Survey, Survey.id == Seal.survey_id)
        .outerjoin(Recount, Recount.survey_id == Seal.survey_id)
        .where(Survey.state.in_(WITH_SEAL), or_(Recount.survey_id.is_(None), _may_be_claimed(night, now)))
        .order_by(Recount.night.is_not(None), Recount.night, Seal.survey_id)
    )
    return tuple(rows)


def claim(session: Session, survey_id: str, night: date, now: datetime) -> bool:
    """Take the survey's recount of that night; False where it is done, or another job is at it."""
    row = {"survey_id": survey_id, "night": night, "begun_at": now, "ended_at": None, "agrees": None}
    if db.insert_if_new(session, Recount, row):
        return True
    taken = session.execute(
        update(Recount)
        .where(Recount.survey_id == survey_id, _may_be_claimed(night, now))
        .values(night=night, begun_at=now, ended_at=None)
        .returning(Recount.survey_id)
    )
    return taken.first() is not None


def record(session: Session, survey_id: str, *, agrees: bool, actor: str, now: datetime) -> None:
    """Keep what came of it; the audit log has a line when a survey begins to differ and when it agrees again."""
    row = session.get_one(Recount, survey_id)
    did_agree = row.agrees is not False
    row.ended_at, row.agrees = now, agrees
    if did_agree is not agrees:
        audit.record(session, actor, AGREES if agrees else DIFFERS, f"survey:{survey_id}", at=now)


def last(session: Session, path: str) -> LastRecount:
    """How the last night went for the sealed surveys at or below a path; one statement."""
    rows = session.execute(
        select(Seal.survey_id, Recount.night, Recount.ended_at, Recount.agrees)
        .join(Survey, Survey.id == Seal.survey_id)
        .join(Unit, Unit.id == Survey.unit_id)
        .outerjoin(Recount, Recount.survey_id == Seal.survey_id)
        .where(Unit.path.startswith(path, autoescape=True), Survey.state.in_(WITH_SEAL))
        .order_by(Seal.survey_id)
    ).all()
    night = max((row.night for row in rows if row.ended_at is not None), default=None)
    return LastRecount(
        night,
        sealed=len(rows),
        agreeing=sum(row.ended_at is not None and row.night == night and row.agrees for row in rows),
        differing=tuple(row.survey_id for row in rows if row.agrees is False),
    )


def _may_be_claimed(night: date, now: datetime) -> ColumnElement[bool]:
    cut_off = and_(Recount.ended_at.is_(None), Recount.begun_at < now - _CUT_OFF)
    return or_(Recount.night != night, cut_off)
