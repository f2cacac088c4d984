"""What was ticked on a slip that lies flat: every box alone, then line by line, and which lines a person must decide.

The limits held on thousands of simulated slips (docs/performance.md); between an empty box and a marked one lies what
only a person can say.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from survey_app.scans import ink as inks
from survey_app.scans import traces
from survey_app.scans.ink import INK, Ink, cut, length
from survey_app.scans.placing import FINE, Area, Array
from survey_app.scans.traces import LEAST_INK, Traces

#: The darkest fiftieth of an empty box is no darker.
MOST_OF_EMPTY = 0.15
#: On the whole an empty box is no darker than n times the usual empty one of its slip, and a little: what is more
#: may be a faint pencil.
_TIMES_EMPTY, _FAINT = 3, 0.02
#: A mark has its darkest fiftieth at least so dark, covers so much of the inner square with ink, and is so long there.
LEAST_OF_MARK, LEAST_COVER, LEAST_LENGTH = 0.38, 0.10, 1.6
#: Or its ink, outside the square too, reaches so far and lies so near to the middle of the box, in millimetres.
_LEAST_ACROSS, _MOST_OFF_CENTRE = 2.2, 1.5
#: Where its ink fills so much of the square that it takes up, it has to reach so far.
_SOLID, _LEAST_OF_SOLID = 0.7, 2.8
#: Ink that is nobody's is looked at so far around the middle of a box.
_ABOUT = 2.4
#: It enters the box where it reaches so far within this many millimetres of the middle.
_LEAST_ENTERED, _ENTERED = 1.2, 1.4
#: It goes about the box where it reaches this many millimetres past the middle on every side.
_PAST = 0.8
#: A ring leaves no side of the box open for this many degrees, and keeps this many millimetres away from its middle.
_LEAST_OPEN, _RING = 70, 0.8
#: Or it is so round: how much the distance from the middle differs, as a share of it.
_ROUND = 0.15
#: A mark that covers more than this within this many millimetres of the middle, and so much more than the others of its
#: slip, may be one that was blacked out.
FULL, FULLER, _FILLED = 0.85, 1.25, 1.25
#: Grey values, of 255, between the paper and the outlines of a slip that can be read.
LEAST_CONTRAST = 35
#: The part of a box that is looked at, inside its outline.
_INSIDE = 1.6
#: An outline that is found has at least this darkness along it.
_LEAST_OUTLINE = 0.45
#: In a line for words, a pen's short stroke, in square millimetres.
_INK_OF_WORDS = 1.0
#: How far to the side of an empty box, and above and below it, ink is looked for.
_BESIDE, _ABOVE = 4.2, 2.6
#: How far a mark reaches around the middle of its box: pieces of it lie there.
_REACH = 3.1
#: How much around the middle of a box is looked at: a large mark reaches so far.
_SEEN = 4.5
#: Boxes of one column lie no further from a plumb line.
_SAME_COLUMN = 1.5
#: A stroke comes so near to the middle of a box, in millimetres, and leaves so much of its way inked.
_THROUGH, _LEAST_JOINED = 1.4, 0.95
#: So much of the ink in a box that it runs through lies within this many millimetres of it.
_LEAST_ALONG, _STROKE = 0.85, 0.8
#: Another box's ink is taken away with this many samples around it, which are half dark.
_EDGE = 3


class Mark(StrEnum):
    """What a box says."""

    EMPTY = "empty"
    MARKED = "marked"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True)
class PrintedBox:
    """A printed box: which answer it stands for, and its middle in millimetres on the page."""

    option: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """One question on paper: its row and its boxes, none where words are written. Several may be ticked if `many`."""

    key: str
    row: Area
    boxes: tuple[PrintedBox, ...]
    many: bool = False


@dataclass(frozen=True, slots=True)
class LineReading:
    """What a line says: the options ticked. `clear` is False where a person must decide."""

    key: str
    ticked: tuple[str, ...]
    clear: bool


@dataclass(frozen=True, slots=True)
class PartReading:
    """The lines of a part of the page; `legible` is False where nothing in it may be taken for clear."""

    lines: tuple[LineReading, ...]
    legible: bool


def read(flat: Array, blank: Array, area: Area, lines: Sequence[PrintedLine], side: float) -> PartReading:
    """What is ticked on a straightened picture of `area`; `blank` is the darkness of the printed page there.

    A line is taken for clear by itself alone: what is beside it is for `with_neighbours`.
    """
    boxes = [box for line in lines for box in line.boxes]
    if not boxes:
        return PartReading(tuple(LineReading(line.key, (), clear=False) for line in lines), legible=True)
    expected = np.array([[box.x - area.left, box.y - area.top] for box in boxes]) * FINE
    ink = inks.of_page(flat, blank, expected, side)
    found = traces.of_boxes(ink)
    views = [_Box.of(ink, found, place, side) for place in range(len(boxes))]
    marks = _without_faint(views, _without_full(views, [view.mark() for view in views]))
    marks = [
        mark if drawn >= _LEAST_OUTLINE else Mark.DOUBTFUL
        for mark, drawn in zip(marks, ink.outlines, strict=True)
    ]
    legible = ink.contrast >= LEAST_CONTRAST and (ink.outlines >= _LEAST_OUTLINE).mean() >= 0.9
    return PartReading(tuple(_lines(area, lines, marks, ink, found)), bool(legible))


def with_neighbours(lines: Sequence[LineReading]) -> tuple[LineReading, ...]:
    """What is beside a line that cannot be told is not taken for clear either: a mark may be meant for it."""
    unclear = [not line.clear for line in lines]
    return tuple(
        LineReading(line.key, line.ticked, clear=not any(unclear[max(0, place - 1) : place + 2]))
        for place, line in enumerate(lines)
    )


@dataclass(frozen=True, slots=True)
class _Box:
    """A box as the reader sees it, without the ink that belongs to others.

    `inside` is the darkness of its inner square, `about` its own and nobody's ink around it, `own` its own ink, `cover`
    the share of nearly all of it that is ink.
    """

    inside: Array
    about: Array
    own: Array
    cover: float

    @classmethod
    def of(cls, ink: Ink, found: Traces, place: int, side: float) -> "_Box":
        middle, inner, reach = ink.middles[place], (side - _INSIDE) / 2, round(2 * _SEEN * FINE)
        owners = cut(found.owners, middle, reach)
        own = owners == place + 1
        others = inks.spread((owners > 0) & ~own, _EDGE) & ~own
        darkness = np.where(others, 0, cut(ink.darkness, middle, reach))
        cover = float((_middle_of(darkness, _FILLED) > INK).mean())
        return cls(_middle_of(darkness, inner), own | (owners == 0), own, cover)

    def mark(self) -> Mark:
        """What the box says, by its inner square and the ink around its middle.

        A mark may be so large that it passes by the square: then its ink enters the box and lies about its middle. The
        end of a mark that was meant for the next line comes from the edge, a circle does not enter, a dot is too small.
        """
        values = np.sort(self.inside, axis=None)
        darkest = values[-max(1, len(values) // 50)]
        dark = self.inside > INK
        has_own = self.own.sum() >= LEAST_INK * FINE**2
        near = self.own if has_own else _middle_of(self.about, _ABOUT)
        if not _is_dot(near) and not _is_ring(near):
            if darkest >= LEAST_OF_MARK and dark.mean() >= LEAST_COVER and length(dark) > LEAST_LENGTH:
                return Mark.MARKED
            enters = darkest >= LEAST_OF_MARK or length(_middle_of(near, _ENTERED)) >= _LEAST_ENTERED
            if has_own and (enters or _is_around(near)):
                return Mark.MARKED
            if enters and _off_centre(near) <= _MOST_OFF_CENTRE:
                return Mark.MARKED
        return Mark.DOUBTFUL if has_own or darkest > MOST_OF_EMPTY else Mark.EMPTY


def _middle_of(values: Array, reach: float) -> Array:
    """This many millimetres around the middle of a square."""
    edge = max(0, (len(values) - round(2 * reach * FINE)) // 2)
    return values[edge : len(values) - edge, edge : len(values) - edge]


def _is_dot(dark: Array) -> bool:
    """Whether ink is too small for a mark, or small and solid as a blot of a thick pen is."""
    across = length(dark)
    if across < _LEAST_ACROSS or across >= _LEAST_OF_SOLID:
        return across < _LEAST_ACROSS
    rows, columns = np.nonzero(dark)
    return bool(len(rows) >= _SOLID * (np.ptp(rows) + 1) * (np.ptp(columns) + 1))


def _is_around(dark: Array) -> bool:
    """Whether ink reaches past the middle on every side, as a large tick does."""
    rows, columns = np.nonzero(dark)
    middle, past = (len(dark) - 1) / 2, _PAST * FINE
    return all(at.min() < middle - past and at.max() > middle + past for at in (rows, columns))


def _is_ring(dark: Array) -> bool:
    """Whether ink keeps away from the middle and lies all around it or, where lines hide some, always as far off."""
    rows, columns = (at - (size - 1) / 2 for at, size in zip(np.nonzero(dark), dark.shape, strict=True))
    away = np.hypot(rows, columns)
    if away.min() < _RING * FINE:
        return False
    angles = np.sort(np.degrees(np.arctan2(rows, columns)))
    open_side = np.diff(angles, append=angles[0] + 360).max()
    return bool(open_side < _LEAST_OPEN or away.std() < _ROUND * away.mean())


def _off_centre(dark: Array) -> float:
    """How far the middle of the ink lies from the middle of the box, in millimetres."""
    rows, columns = np.nonzero(dark)
    middle = (np.array(dark.shape) - 1) / 2
    return float(np.hypot(rows.mean() - middle[0], columns.mean() - middle[1])) / FINE


def _without_faint(boxes: Sequence[_Box], marks: Sequence[Mark]) -> list[Mark]:
    """Boxes that look empty by themselves, and are much darker than the slip's other empty ones, are doubtful."""
    shades = [float(box.inside.mean()) for box in boxes]
    empty = [shade for shade, mark in zip(shades, marks, strict=True) if mark is Mark.EMPTY]
    most = _TIMES_EMPTY * float(np.median(empty)) + _FAINT if empty else 0.0
    return [
        Mark.DOUBTFUL if mark is Mark.EMPTY and shade > most else mark
        for shade, mark in zip(shades, marks, strict=True)
    ]


def _without_full(boxes: Sequence[_Box], marks: Sequence[Mark]) -> list[Mark]:
    """Marks that fill their box far more than the others are doubtful: people black out what they take back.

    Who writes with a thick pen fills every box.
    """
    covers = [box.cover for box in boxes]
    marked = [cover for cover, mark in zip(covers, marks, strict=True) if mark is Mark.MARKED]
    most = max(FULL, FULLER * float(np.median(marked))) if marked else 1.0
    return [
        Mark.DOUBTFUL if mark is Mark.MARKED and cover > most else mark
        for cover, mark in zip(covers, marks, strict=True)
    ]


def _lines(
    area: Area, lines: Sequence[PrintedLine], marks: Sequence[Mark], ink: Ink, found: Traces
) -> Iterator[LineReading]:
    """Each line by itself, nobody's ink beside its boxes looked at too."""
    struck = _struck(marks, ink)
    stray = found.nobodys & ~_reached(marks, ink)
    size = round(2 * _BESIDE * FINE), round(2 * _ABOVE * FINE)
    start = 0
    for line in lines:
        places = range(start, start + len(line.boxes))
        start += len(line.boxes)
        if not line.boxes:
            written = _row(ink.dark, line.row, area).sum() > _INK_OF_WORDS * FINE**2
            yield LineReading(line.key, (), clear=not written)
            continue
        own = [marks[place] for place in places]
        options = tuple(box.option for box, mark in zip(line.boxes, own, strict=True) if mark is Mark.MARKED)
        clear = Mark.DOUBTFUL not in own and (line.many or len(options) <= 1) and struck.isdisjoint(places)
        empty = [place for place in places if marks[place] is Mark.EMPTY]
        inked = any(cut(stray, ink.middles[place], *size).sum() > LEAST_INK * FINE**2 for place in empty)
        yield LineReading(line.key, options, clear and not inked)


def _struck(marks: Sequence[Mark], ink: Ink) -> set[int]:
    """Boxes that a stroke down the column runs through: a straight line of ink from one to the next, neither empty."""
    struck: set[int] = set()
    hidden, dark = ink.printed, inks.spread(ink.dark, 1)
    for place, middle in enumerate(ink.middles):
        in_column = np.abs(ink.middles[place + 1 :, 0] - middle[0]) <= _SAME_COLUMN * FINE
        below = place + 1 + int(in_column.argmax()) if in_column.any() else None
        if below is None or Mark.EMPTY in {marks[place], marks[below]}:
            continue
        if _is_joined(dark, hidden, middle, ink.middles[below]):
            struck |= {place, below}
    return struck


def _is_joined(dark: Array, hidden: Array, above: Array, below: Array) -> bool:
    """Whether one straight stroke runs from box to box: its way is ink where it can be seen, and both hold no other."""
    ways = np.arange(-_THROUGH * FINE, _THROUGH * FINE + 1, 2)
    rows = np.arange(round(float(above[1])), round(float(below[1])) + 1)
    part = ((rows - rows[0]) / max(len(rows) - 1, 1))[:, None, None]
    columns = (
        (above[0] + ways)[None, :, None] * (1 - part) + (below[0] + ways)[None, None, :] * part
    ).round()
    columns = np.clip(columns.astype(int), 0, dark.shape[1] - 1)
    seen = ~hidden[rows[:, None, None], columns]
    inked = (dark[rows[:, None, None], columns] & seen).sum(axis=0)
    found = np.argwhere(inked >= _LEAST_JOINED * seen.sum(axis=0))
    if not len(found):
        return False
    start, end = above + [ways[found[:, 0]].mean(), 0], below + [ways[found[:, 1]].mean(), 0]
    return all(_is_along(dark, middle, start, end) for middle in (above, below))


def _is_along(dark: Array, middle: Array, start: Array, end: Array) -> bool:
    """Whether nearly all ink in the box lies along a line."""
    size = round(2 * _ENTERED * FINE)
    rows, columns = np.nonzero(cut(dark, middle, size))
    rows, columns = rows + round(float(middle[1]) - size / 2), columns + round(float(middle[0]) - size / 2)
    line = start[0] + (rows - start[1]) * (end[0] - start[0]) / (end[1] - start[1])
    return int((np.abs(columns - line) <= _STROKE * FINE).sum()) >= _LEAST_ALONG * max(len(rows), 1)


def _reached(marks: Sequence[Mark], ink: Ink) -> Array:
    """Where the marks in boxes reach."""
    taken = np.zeros_like(ink.dark)
    reach = round(_REACH * FINE)
    for mark, (x, y) in zip(marks, ink.middles, strict=True):
        if mark is not Mark.EMPTY:
            row, column = round(float(y)), round(float(x))
            taken[max(0, row - reach) : row + reach, max(0, column - reach) : column + reach] = True
    return taken


def _row(values: Array, row: Area, area: Area) -> Array:
    top, left = round((row.top - area.top) * FINE), round((row.left - area.left) * FINE)
    return values[max(0, top) : top + round(row.height * FINE), max(0, left) : left + round(row.width * FINE)]
