"""The surveys that belong to a year, how far each is and how many households answered it.

Rehearsals and cancelled surveys count nowhere and are not here. Knows no answer and no verdict.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from survey_app.access import Body
from survey_app.approvals.models import Approval
from survey_app.campaigns.waits import SurveyStep
from survey_app.fieldwork import acts, calendar
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.agreed import Act
from survey_app.fieldwork.models import (
    WITH_SEAL,
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
from survey_app.scoring import tallies
from survey_app.sealing.models import FeedbackFigure, TallyRow
from survey_app.units.models import Unit

_COLUMNS = (
    Survey.id, Survey.unit_id, Survey.purpose, Survey.state, Survey.opens_at, Survey.closes_at, Survey.counting_ends_at,
    Survey.published_at, Survey.phones_closed_at, Survey.rulebook_key, Survey.rulebook_version, Survey.rulebook_digest,
    Survey.rulebook_chosen,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Consultation:
    """A survey of the year that counts: neither a rehearsal nor cancelled."""

    id: str
    unit_id: int
    purpose: Purpose
    step: SurveyStep
    #: Something was answered by phone, as far as that may be known: see `_heard_by_phone`.
    heard_by_phone: bool
    #: The rule book it was published under; None while it is a draft.
    rulebook: Pin | None
    published_at: datetime | None
    phones_closed_at: datetime | None


def of_year(session: Session, province_path: str, year: int, *, is_live: bool) -> tuple[Consultation, ...]:
    """Surveys of the year that count, oldest first."""
    rows = session.execute(
        select(*_COLUMNS)
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
    counts = {row.id: (exact if row.state in WITH_SEAL else shown)[row.id] for row in found}
    asked = _asked(session)
    heard = _heard_by_phone(session, [row.id for row in found])
    return tuple(
        Consultation(
            id=row.id,
            unit_id=row.unit_id,
            purpose=Purpose(row.purpose),
            step=SurveyStep(
                state=State(row.state),
                opens_at=row.opens_at,
                closes_at=row.closes_at,
                counting_ends_at=row.counting_ends_at,
                asked=asked.get(acts.subject(row.id)),
                households=households.get(row.id, 0),
                answered=counts[row.id],
            ),
            heard_by_phone=row.id in heard,
            rulebook=surveys.pin_of(row),
            published_at=row.published_at,
            phones_closed_at=row.phones_closed_at,
        )
        for row in found
    )


def _is_of_year(row: Any, year: int) -> bool:
    """A finished survey belongs to the year its phones closed in, a running one to every year it touches."""
    if row.state not in WITH_SEAL:
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


def _counts(session: Session, table: type[HourlyProgress] | type[Progress]) -> Mapping[str, int]:
    """Households that answered, by survey; 0 for one that is not there."""
    rows = session.execute(
        select(table.survey_id, func.sum(table.answered)).group_by(table.survey_id).order_by(table.survey_id)
    )
    return defaultdict(int, {survey_id: int(answered) for survey_id, answered in rows})


def _heard_by_phone(session: Session, survey_ids: Sequence[str]) -> frozenset[str]:
    """Surveys in which something was answered by phone, as far as figures that may be known tell it.

    Of a consultation a signed result says it: whether its slips are blank is nobody's business before the seal, and
    what nobody signed counts nowhere. Of open feedback the figure of the day does, or the seal. A blank slip is none.
    """
    valid = (
        select(TallyRow.survey_id)
        .join(Survey, Survey.id == TallyRow.survey_id)
        .where(
            TallyRow.survey_id.in_(survey_ids),
            TallyRow.channel.in_(Channel.on(Medium.PHONE)),
            TallyRow.tally["valid"].as_integer() > 0,
            or_(Survey.state == State.SIGNED, Survey.purpose == Purpose.FEEDBACK),
        )
        .distinct()
        .order_by(TallyRow.survey_id)
    )
    figures = (
        select(FeedbackFigure.survey_id, FeedbackFigure.tally)
        .where(FeedbackFigure.survey_id.in_(survey_ids))
        .order_by(FeedbackFigure.survey_id, FeedbackFigure.day)
    )
    by_figures = (survey_id for survey_id, figure in session.execute(figures) if _tells_anything(figure))
    return frozenset((*session.scalars(valid), *by_figures))


def _tells_anything(figure: Mapping[str, Any]) -> bool:
    """Whether anybody answered anything: a form of one's own may ask for choices, numbers or words alone."""
    tally = tallies.load(figure)
    chosen = any(any(options.values()) for options in tally.options.values())
    closing = tally.closing and (tally.closing.satisfied or tally.closing.dissatisfied)
    counts = (*figure["numbers"].values(), *figure.get("texts", {}).values())
    return bool(tally.valid or closing or chosen or any(counts))


def _asked(session: Session) -> Mapping[str, Body]:
    """By subject, the body that has been asked to agree to publishing and has not decided."""
    waiting = select(Approval.subject, Approval.requested_body)
    waiting = waiting.where(Approval.act == Act.PUBLISH, Approval.decision.is_(None))
    other = {Body.GOVERNMENT: Body.FRONT, Body.FRONT: Body.GOVERNMENT}
    found = session.execute(waiting.order_by(Approval.id))
    return {subject: other[Body(body)] for subject, body in found}
