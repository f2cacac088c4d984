"""Households that were away while they were asked, as the head of the village said: a number for each village.

They stay in the frame and are taken off no denominator; the number is beside coverage, on screen and in the papers.
"""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from survey_app import audit
from survey_app.errors import DomainError
from survey_app.fieldwork.models import TAKING_ANSWERS, AbsentHouseholds, FrameRow
from survey_app.fieldwork.operations import hold, require_state
from survey_app.i18n import gettext as _

NOTE = "fieldwork.note_absences"


class MoreThanHouseholds(DomainError):
    """More households are away than there are."""

    code = "vang-nhieu-hon-so-ho"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__(_("More households are said to be away than the village has."))


def absences(session: Session, survey_id: str) -> Mapping[int, int]:
    """Households that are away, by village id; a village of which nobody said anything is absent."""
    rows = session.scalars(
        select(AbsentHouseholds)
        .where(AbsentHouseholds.survey_id == survey_id)
        .order_by(AbsentHouseholds.unit_id)
    )
    return {row.unit_id: row.households for row in rows}


def note_absences(
    session: Session, survey_id: str, counts: Mapping[int, int | None], *, actor: str, now: datetime
) -> None:
    """Keep what was said of these villages, by id; None takes a number back.

    Raises WrongState once the survey no longer asks, MoreThanHouseholds.
    """
    require_state(hold(session, survey_id), *TAKING_ANSWERS)
    before = absences(session, survey_id)
    changed = {unit_id: count for unit_id, count in counts.items() if count != before.get(unit_id)}
    for unit_id, count in changed.items():
        line = session.get_one(FrameRow, (survey_id, unit_id))
        if count is not None and count > line.households:
            raise MoreThanHouseholds
        mine = (AbsentHouseholds.survey_id == survey_id, AbsentHouseholds.unit_id == unit_id)
        session.execute(delete(AbsentHouseholds).where(*mine))
        if count is not None:
            session.add(AbsentHouseholds(survey_id=survey_id, unit_id=unit_id, households=count))
    if changed:
        details = audit.changes(
            _named({unit_id: before.get(unit_id) for unit_id in changed}), _named(changed)
        )
        audit.record(session, actor, NOTE, f"survey:{survey_id}", at=now, **details)


def _named(counts: Mapping[int, int | None]) -> dict[str, object]:
    """As the audit log names fields of villages."""
    return {f"unit:{unit_id}/absent": count for unit_id, count in counts.items() if count is not None}
