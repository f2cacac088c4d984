"""What units are called in a survey: once it is sealed as they were called then, whatever the register says today."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, select
from sqlalchemy.orm import Session

from survey_app.fieldwork.models import SealedUnit
from survey_app.units import queries as units
from survey_app.units.models import Level, Unit
from survey_app.units.queries import UnitView

#: Columns that a statement about a survey's unit reads beside it, from the table joined by `of`; for `called`.
COLUMNS = (
    SealedUnit.kind.label("sealed_kind"),
    SealedUnit.name.label("sealed_name"),
    SealedUnit.old_unit.label("sealed_old_unit"),
    SealedUnit.printed.label("sealed_printed"),
)


def of(survey_id: ColumnElement[str] | Any) -> ColumnElement[bool]:
    """The condition that joins, from outside, what the unit was called in that survey."""
    return and_(SealedUnit.survey_id == survey_id, SealedUnit.unit_id == Unit.id)


def called(unit: UnitView, row: Row[*tuple[Any, ...]]) -> UnitView:
    """The unit as it is called in the survey, from a row with `COLUMNS`."""
    if row.sealed_printed is None:
        return unit
    return replace(
        unit,
        kind=row.sealed_kind,
        name=row.sealed_name,
        old_unit=row.sealed_old_unit,
        printed=row.sealed_printed,
    )


def keep(session: Session, survey_id: str, asked: Iterable[UnitView]) -> None:
    """Write down what these units are called today, for good; part of sealing."""
    for unit in asked:
        session.add(
            SealedUnit(
                survey_id=survey_id,
                unit_id=unit.id,
                kind=unit.kind,
                name=unit.name,
                old_unit=unit.old_unit,
                printed=unit.full_name,
            )
        )


def communes(session: Session, survey_ids: Iterable[str]) -> Mapping[str, UnitView]:
    """The communes of sealed surveys as they were called, by number of the survey, in one statement."""
    rows = session.execute(
        select(SealedUnit.survey_id, *units.COLUMNS, *COLUMNS)
        .join(Unit, Unit.id == SealedUnit.unit_id)
        .where(SealedUnit.survey_id.in_(set(survey_ids)), Unit.level == Level.COMMUNE)
        .order_by(SealedUnit.survey_id, Unit.id)
    )
    return {row.survey_id: called(UnitView(*row[1 : 1 + len(units.COLUMNS)]), row) for row in rows}
