"""Outlines of units for a map, as far as they come with a reform: for reference, never a record of a border.

An outline belongs to a unit with its first day, because codes are given again. A province without such a file has none.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from survey_app.units import register
from survey_app.units.queries import UnitView
from survey_app.units.register import UnitKey


@dataclass(frozen=True, slots=True)
class Outlines:
    """Paths of SVG by id of the unit, within one frame of that size."""

    width: int
    height: int
    paths: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class _MapSheet:
    """The outlines that come with one reform."""

    width: int
    height: int
    paths: Mapping[UnitKey, str]


def outlines(units: Iterable[UnitView]) -> Outlines | None:
    """The outlines of those of the units that have one; None where none has."""
    keys = {unit.id: (unit.code, unit.valid_from) for unit in units}
    for sheet in _sheets():
        found = {number: sheet.paths[key] for number, key in keys.items() if key in sheet.paths}
        if found:
            return Outlines(sheet.width, sheet.height, found)
    return None


@cache
def _sheets() -> tuple[_MapSheet, ...]:
    """Every sheet that comes with the product, that of the newest reform first."""
    return tuple(_read(path, day) for day, path in sorted(register.boundaries().items(), reverse=True))


def _read(path: Path, day: date) -> _MapSheet:
    document = json.loads(path.read_text(encoding="utf-8"))
    arcs = document["arcs"]
    paths = {
        (code, day): "".join(_ring([_arc(arcs, number) for number in ring]) for ring in rings)
        for code, rings in document["units"].items()
    }
    return _MapSheet(document["width"], document["height"], paths)


def _arc(arcs: Sequence[Sequence[int]], number: int) -> Sequence[int]:
    """An arc: its first point, then the way from each point to the next; ~n is arc n from its end to its beginning."""
    if number >= 0:
        return arcs[number]
    x, y, *steps = arcs[~number]
    end = (x + sum(steps[::2]), y + sum(steps[1::2]))
    back = [(-dx, -dy) for dx, dy in zip(steps[::2], steps[1::2], strict=True)]
    return (*end, *(value for step in reversed(back) for value in step))


def _ring(arcs: Sequence[Sequence[int]]) -> str:
    """A closed path along the arcs; each begins where the one before ended."""
    x, y = arcs[0][:2]
    steps = [value for arc in arcs for value in arc[2:]]
    return f"M{x} {y}l{' '.join(map(str, steps))}z".replace(" -", "-")
