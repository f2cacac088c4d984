"""A wronged village is asked again within its survey: the slips, the counts and the record of it.

The answers themselves are set aside by `results`; nothing here touches one. Who answered before is as unknown as ever,
so every household of the village draws a new slip.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import Session

from survey_app.fieldwork import names
from survey_app.fieldwork.calendar import Keying
from survey_app.fieldwork.models import (
    PrintBatch,
    Progress,
    SealedUnit,
    State,
    Survey,
    VillageAnnulment,
)
from survey_app.i18n import ngettext
from survey_app.templating import day, number
from survey_app.units import queries as units
from survey_app.units.models import Unit
from survey_app.units.queries import UnitView


@dataclass(frozen=True, slots=True)
class AnnulmentView:
    """Answers of a village that were set aside, as everybody may know it."""

    unit: UnitView
    round: int
    reason: str
    answers: int
    #: Slips whose batches were not void until then.
    slips: int
    annulled_at: datetime


def annulments(session: Session, survey_id: str) -> tuple[AnnulmentView, ...]:
    """Every annulment of a village in this survey, oldest first."""
    rows = session.execute(
        select(VillageAnnulment, Unit, *names.COLUMNS)
        .join(Unit, Unit.id == VillageAnnulment.unit_id)
        .outerjoin(SealedUnit, names.of(VillageAnnulment.survey_id))
        .where(VillageAnnulment.survey_id == survey_id)
        .order_by(VillageAnnulment.annulled_at, VillageAnnulment.unit_id, VillageAnnulment.round)
    )
    return tuple(_view(row.VillageAnnulment, names.called(units.view(row.Unit), row)) for row in rows)


def _view(row: VillageAnnulment, village: UnitView) -> AnnulmentView:
    return AnnulmentView(village, row.round, row.reason, row.answers, row.slips, row.annulled_at)


def of_village(found: Iterable[AnnulmentView], unit_id: int) -> tuple[AnnulmentView, ...]:
    """Those of one village."""
    return tuple(annulment for annulment in found if annulment.unit.id == unit_id)


def is_asked_again(session: Session, survey_id: str, unit_id: int) -> bool:
    """Whether answers of the village were set aside in this survey."""
    annulled = exists().where(VillageAnnulment.survey_id == survey_id, VillageAnnulment.unit_id == unit_id)
    return bool(session.scalar(select(annulled)))


def ended_since(session: Session, survey_id: str, unit_id: int, moment: datetime) -> bool:
    """Whether answers of the village were set aside at that moment or later."""
    annulled = exists().where(
        VillageAnnulment.survey_id == survey_id,
        VillageAnnulment.unit_id == unit_id,
        VillageAnnulment.annulled_at >= moment,
    )
    return bool(session.scalar(select(annulled)))


def present_round(session: Session, survey_id: str, unit_id: int) -> int:
    """Which time the village is being asked: 1 for the first."""
    ended = select(func.max(VillageAnnulment.round)).where(
        VillageAnnulment.survey_id == survey_id, VillageAnnulment.unit_id == unit_id
    )
    return (session.scalar(ended) or 0) + 1


def sentence(annulment: AnnulmentView) -> str:
    """The annulment as every page, paper and file says it."""
    said: str = ngettext(
        "Earlier answers of %(village)s were annulled on %(day)s because: %(reason)s. "
        "%(count)s answer is not counted.",
        "Earlier answers of %(village)s were annulled on %(day)s because: %(reason)s. "
        "%(count)s answers are not counted.",
        annulment.answers,
        village=annulment.unit.full_name,
        day=day(units.civil(annulment.annulled_at)),
        reason=annulment.reason.rstrip(" ."),
        count=number(annulment.answers),
    )
    return said


def end_round(
    session: Session,
    survey: Survey,
    unit_id: int,
    *,
    answers: int,
    reason: str,
    approval_id: int,
    now: datetime,
    keying: Keying,
) -> VillageAnnulment:
    """Void the village's slips, begin its counts at nothing and keep the record. The survey is held by the caller.

    In counting, keying has its full time again, because the village is now asked on paper.
    """
    slips = _void_slips(session, survey.id, unit_id, reason, now)
    # What screens show stays as of the last full hour: the difference would tell how many used phone and paper here.
    session.execute(delete(Progress).where(Progress.survey_id == survey.id, Progress.unit_id == unit_id))
    if survey.state == State.COUNTING:
        again = keying.ends(now)
        survey.counting_ends_at = max(survey.counting_ends_at or again, again)
    ended = VillageAnnulment(
        survey_id=survey.id,
        unit_id=unit_id,
        round=present_round(session, survey.id, unit_id),
        reason=reason,
        answers=answers,
        slips=slips,
        annulled_at=now,
        approval_id=approval_id,
    )
    session.add(ended)
    return ended


def _void_slips(session: Session, survey_id: str, unit_id: int, reason: str, now: datetime) -> int:
    """Make worthless what is unspent of every batch of the village; how many slips these batches hold."""
    unvoided = (
        PrintBatch.survey_id == survey_id,
        PrintBatch.unit_id == unit_id,
        PrintBatch.voided_at.is_(None),
    )
    slips = session.scalar(select(func.sum(PrintBatch.slips)).where(*unvoided)) or 0
    session.execute(update(PrintBatch).where(*unvoided).values(voided_at=now, void_reason=reason))
    return slips
