"""The villages that a survey asks, with the households it was published with and what was corrected since."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.fieldwork import names
from survey_app.fieldwork.models import FrameCorrection, FrameRow, SealedUnit
from survey_app.fieldwork.queries import SurveyNotFound
from survey_app.units import queries as units
from survey_app.units.lists.saving import NumberTaken
from survey_app.units.models import Unit
from survey_app.units.queries import UnitView


@dataclass(frozen=True, slots=True)
class Correction:
    """A change of the frame after publishing."""

    households_before: int
    households: int
    reason: str
    corrected_at: datetime
    #: As the audit log names people.
    corrected_by: str


@dataclass(frozen=True, slots=True)
class FrameLine:
    """Households of one village that are asked, with what was corrected, oldest first."""

    unit: UnitView
    households: int
    source: str
    as_of: date
    corrections: tuple[Correction, ...]


def frame(session: Session, survey_id: str) -> tuple[FrameLine, ...]:
    """The villages asked, by name."""
    corrections: dict[int, list[Correction]] = {}
    for row in session.scalars(
        select(FrameCorrection).where(FrameCorrection.survey_id == survey_id).order_by(FrameCorrection.id)
    ):
        corrections.setdefault(row.unit_id, []).append(
            Correction(row.households_before, row.households, row.reason, row.corrected_at, row.corrected_by)
        )
    rows = session.execute(
        select(FrameRow, Unit, *names.COLUMNS)
        .join(Unit, Unit.id == FrameRow.unit_id)
        .outerjoin(SealedUnit, names.of(FrameRow.survey_id))
        .where(FrameRow.survey_id == survey_id)
        .order_by(Unit.id)
    )
    lines = (
        FrameLine(
            names.called(units.view(row.Unit), row),
            row.FrameRow.households,
            row.FrameRow.source,
            row.FrameRow.as_of,
            tuple(corrections.get(row.Unit.id, ())),
        )
        for row in rows
    )
    return tuple(sorted(lines, key=lambda line: line.unit.in_order))


def frame_line(session: Session, survey_id: str, village_code: str) -> FrameLine:
    """One village of the frame by its code. Raises SurveyNotFound when the survey does not ask there."""
    found = next((line for line in frame(session, survey_id) if line.unit.code == village_code), None)
    if found is None:
        raise SurveyNotFound
    return found


def uses_numbers(session: Session, numbers: Iterable[NumberTaken]) -> bool:
    """Whether the frame of any survey has one of these numbers, with its source and day, so that none is taken back."""
    wanted = {(one.unit_id, one.households, one.source, one.as_of) for one in numbers}
    rows = session.execute(
        select(FrameRow.unit_id, FrameRow.households, FrameRow.source, FrameRow.as_of)
        .where(FrameRow.unit_id.in_({unit_id for unit_id, *_rest in wanted}))
        .order_by(FrameRow.unit_id, FrameRow.survey_id)
    )
    return any(tuple(row) in wanted for row in rows)
