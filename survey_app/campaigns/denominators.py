"""How many units a province has, and by which document: the source named under every share of units.

Reads the legal basis from the packaged register of units. Knows no survey.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from survey_app.units import kinds
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
    bases = dict.fromkeys(_legal_basis().get(unit.code, "") for unit in counted)
    return Denominator(
        units=Counter(unit.kind for unit in counted),
        since=max((unit.valid_from for unit in counted), default=None),
        legal_basis="; ".join(basis for basis in bases if basis),
    )


@cache
def _legal_basis() -> Mapping[str, str]:
    """The documents by code of the unit they made, as the register of 1 July 2025 gives them."""
    with (kinds.DATA / "gia_lai_units_2025.csv").open(encoding="utf-8", newline="") as lines:
        return {row["code"]: row["legal_basis"] for row in csv.DictReader(lines)}
