"""Which units are asked for a target in a year, and whether a unit is one of them."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy.orm import Session

from survey_app import access
from survey_app.criteria.targets import PlanTarget
from survey_app.units import queries as units
from survey_app.units.models import Level
from survey_app.units.queries import UnitView


def day_of(year: int, today: date) -> date:
    """The day whose units a year has: today, the last day of a past year, the first of a coming one."""
    return min(max(today, date(year, 1, 1)), date(year, 12, 31))


def asked(target: PlanTarget, province: UnitView, communes: Iterable[UnitView]) -> tuple[UnitView, ...]:
    """The province as a whole, or those of its communes that are of a kind in scope."""
    if target.is_of_province:
        return (province,)
    return tuple(one for one in communes if one.kind in target.scope)


def is_asked(target: PlanTarget, unit: UnitView) -> bool:
    """Whether the unit tells of this target."""
    if unit.level == Level.PROVINCE:
        return target.is_of_province
    return unit.kind in target.scope


def own_province(session: Session) -> UnitView:
    """The province of the signed-in person."""
    return units.province_of(session, units.unit(session, access.identity().unit_id))
