"""The map of a province's year: every unit by how far its survey has come, as outlines and as a list.

Tells the state and nothing else, in five groups that differ by pattern and not by colour alone. Who draws it says
which state the reader may know, and where a unit leads.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from survey_app.fieldwork.models import State
from survey_app.i18n import gettext as _
from survey_app.units import boundaries
from survey_app.units.queries import UnitView


class Stage(StrEnum):
    """How far a unit has come, in the order of the work; its word names the pattern."""

    NOT_ASKED = "not_asked"
    PREPARED = "prepared"
    ASKED = "asked"
    SEALED = "sealed"
    SIGNED = "signed"


@dataclass(frozen=True, slots=True)
class MapPlace:
    """A unit on the map: its stage, and the address that it leads to."""

    unit: UnitView
    stage: Stage
    url: str


@dataclass(frozen=True, slots=True)
class YearMap:
    """The places by name, with their outlines by id of the unit."""

    width: int
    height: int
    places: tuple[MapPlace, ...]
    paths: Mapping[int, str]

    @property
    def drawn(self) -> tuple[MapPlace, ...]:
        """Those that have an outline."""
        return tuple(one for one in self.places if one.unit.id in self.paths)

    @property
    def not_drawn(self) -> tuple[MapPlace, ...]:
        """Those that have none, to be named in words."""
        return tuple(one for one in self.places if one.unit.id not in self.paths)

    @property
    def by_stage(self) -> tuple[tuple[Stage, tuple[MapPlace, ...]], ...]:
        """Every stage with its places, the empty ones too."""
        return tuple((stage, tuple(one for one in self.places if one.stage is stage)) for stage in Stage)


def has_map(units: Iterable[UnitView]) -> bool:
    """Whether any of the units has an outline."""
    return boundaries.outlines(units) is not None


def year_map(places: Iterable[MapPlace]) -> YearMap | None:
    """The map of these places; None where no outline is known."""
    listed = tuple(sorted(places, key=lambda one: one.unit.in_order))
    found = boundaries.outlines(one.unit for one in listed)
    return YearMap(found.width, found.height, listed, found.paths) if found else None


def stage_of(state: State | None) -> Stage:
    """The stage of a unit whose survey is in that state; None where there is none."""
    match state:
        case None | State.ANNULLED:
            return Stage.NOT_ASKED
        case State.DRAFT | State.PUBLISHED:
            return Stage.PREPARED
        case State.OPEN | State.COUNTING:
            return Stage.ASKED
        case State.SEALED:
            return Stage.SEALED
        case State.SIGNED:
            return Stage.SIGNED
        case _:
            assert_never(state)


def stage_name(stage: Stage) -> str:
    """The stage as people read it, within a sentence."""
    match stage:
        case Stage.NOT_ASKED:
            return _("not asked yet")
        case Stage.PREPARED:
            return _("being prepared")
        case Stage.ASKED:
            return _("being asked or counted")
        case Stage.SEALED:
            return _("sealed, not signed yet")
        case Stage.SIGNED:
            return _("signed by both bodies")
        case _:
            assert_never(stage)
