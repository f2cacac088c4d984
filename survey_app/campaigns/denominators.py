"""How many units a province has, and by which document: the source named under every share of units.

Reads the legal basis from the reforms that come with the product. Knows no survey.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from survey_app.units import register
from survey_app.units.queries import UnitView


@dataclass(frozen=True, slots=True)
class Denominator:
    """Units by kind, in force since `since`; `legal_basis` is "" for a register of other origin."""

    units: Mapping[str, int]
    since: date | None
    legal_basis: str


def denominator(units: Iterable[UnitView]) -> Denominator:
    """The count of the units given, with its source."""
    counted = tuple(units)
    made_by = register.documents()
    bases = dict.fromkeys(made_by.get((unit.code, unit.valid_from), "") for unit in counted)
    return Denominator(
        units=Counter(unit.kind for unit in counted),
        since=max((unit.valid_from for unit in counted), default=None),
        legal_basis="; ".join(basis for basis in bases if basis),
    )
