"""Which units are asked for a target in a year, and whether a unit is one of them."""

from collections.abc import Iterable

from survey_app.criteria.targets import PlanTarget
from survey_app.units.models import Level
from survey_app.units.queries import UnitView


def asked(target: PlanTarget, province: UnitView, communes: Iterable[UnitView]) -> tuple[UnitView, ...]:
    """The province as a whole, or those of its communes that are of a kind in scope."""
    if target.is_of_province:
        return (province,)
    return tuple(one for one in communes if one.kind in target.scope)


def is_asked(target: PlanTarget, unit: UnitView) -> bool:
    """Whether the unit reports on this target."""
    if unit.level == Level.PROVINCE:
        return target.is_of_province
    return unit.kind in target.scope
