"""The surveys that belong to a year, where each stands and how many households answered it.

Rehearsals and annulled surveys count nowhere and are not here. Knows no answer and no verdict.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from survey_app.approvals.models import Approval
from survey_app.campaigns.waits import Step
from survey_app.fieldwork import acts, calendar
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.acts import Act
from survey_app.fieldwork.models import (
    Channel,
    FrameRow,
    HourlyProgress,
    Medium,
    Progress,
    Purpose,
    State,
    Survey,
)
from survey_app.results import speaking
from survey_app.rulebooks.pins import Pin
from survey_app.units.models import Unit

_FINAL = (State.SEALED, State.SIGNED)


@dataclass(frozen=True, slots=True)
class _Counts:
    """Households that answered one survey, and those of them who answered by phone."""

    answered: int = 0
    by_phone: int = 0


@dataclass(frozen=True, slots=True)
class Consultation:
    """A survey of the year that counts: neither a rehearsal nor annulled."""

    id: str
    unit_id: int
    purpose: Purpose
    step: Step
    by_phone: int
    #: The rule book it was published under; None while it is a draft.
    rulebook: Pin | None


def of_year(session: Session, province_path: str, year: int, *, is_live: bool) -> tuple[Consultation, ...]:
    """Surveys of the year that count, oldest first."""
    rows = session.scalars(
        select(Survey)
        .join(Unit, Unit.id == Survey.unit_id)
        .where(
            Unit.path.startswith(province_path, autoescape=True),
            Survey.state != State.ANNULLED,
            Survey.rehearsal.is_(False),
            Survey.opens_at < calendar.opening(date(year + 1, 1, 1)),
            Survey.closes_at > calendar.opening(date(year, 1, 1)),
        )
        .order_by(Survey.opens_at, Survey.id)
    )
    found = tuple(row for row in rows if _is_of_year(row, year))
    households = _households(session, province_path)
    exact = _counts(session, Progress)
    shown = exact if is_live else _counts(session, HourlyProgress)
    counts = {row.id: (exact if row.state in _FINAL else shown)[row.id] for row in found}
    submitted = _submitted(session)
    return tuple(
        Consultation(
            id=row.id,
            unit_id=row.unit_id,
            purpose=Purpose(row.purpose),
            step=Step(
                state=State(row.state),
                opens_at=row.opens_at,
                closes_at=row.closes_at,
                counting_ends_at=row.counting_ends_at,
                is_submitted=acts.subject(row.id) in submitted,
                households=households.get(row.id, 0),
                answered=counts[row.id].answered,
            ),
            by_phone=counts[row.id].by_phone,
            rulebook=surveys.pin_of(row),
        )
        for row in found
    )


def _is_of_year(row: Survey, year: int) -> bool:
    """A finished survey belongs to the year its phones closed in, a running one to every year it touches."""
    if row.state not in _FINAL:
        return True
    return speaking.year_of(row.closes_at, row.phones_closed_at) == year


def _households(session: Session, province_path: str) -> Mapping[str, int]:
    rows = session.execute(
        select(FrameRow.survey_id, func.sum(FrameRow.households))
        .join(Unit, Unit.id == FrameRow.unit_id)
        .where(Unit.path.startswith(province_path, autoescape=True))
        .group_by(FrameRow.survey_id)
        .order_by(FrameRow.survey_id)
    )
    return {survey_id: int(households) for survey_id, households in rows}


def _counts(session: Session, table: type[HourlyProgress] | type[Progress]) -> Mapping[str, _Counts]:
    by_phone = func.sum(case((table.channel.in_(Channel.on(Medium.PHONE)), table.answered), else_=0))
    rows = session.execute(
        select(table.survey_id, func.sum(table.answered), by_phone)
        .group_by(table.survey_id)
        .order_by(table.survey_id)
    )
    found: defaultdict[str, _Counts] = defaultdict(_Counts)
    for survey_id, answered, phones in rows:
        found[survey_id] = _Counts(int(answered), int(phones))
    return found


def _submitted(session: Session) -> frozenset[str]:
    """Subjects that wait for the other body's decision on publishing."""
    waiting = select(Approval.subject).where(Approval.act == Act.PUBLISH, Approval.decision.is_(None))
    return frozenset(session.scalars(waiting.order_by(Approval.id)))
