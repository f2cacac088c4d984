"""Which numbers of households surveys have taken into their frames; asked before such a number is taken back."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.fieldwork.models import FrameRow
from survey_app.units.lists.saving import NumberTaken


def uses_numbers(session: Session, numbers: Iterable[NumberTaken]) -> bool:
    """Whether the frame of any survey has one of these numbers, with its source and day."""
    wanted = {(one.unit_id, one.households, one.source, one.as_of) for one in numbers}
    rows = session.execute(
        select(FrameRow.unit_id, FrameRow.households, FrameRow.source, FrameRow.as_of)
        .where(FrameRow.unit_id.in_({unit_id for unit_id, *_rest in wanted}))
        .order_by(FrameRow.unit_id, FrameRow.survey_id)
    )
    return any(tuple(row) in wanted for row in rows)
