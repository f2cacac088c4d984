"""What was ticked on a slip that lies flat: every box alone, then line by line, and which lines a person must decide.

Darkness is 0 for the paper around a box and 1 for its printed outline. The limits held on thousands of simulated slips
(docs/performance.md); between an empty box and a marked one lies what only a person can say.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from survey_app.scans.placing import FINE, Area, Array, found_at

#: The darkest fiftieth of an empty box is no darker.
MOST_OF_EMPTY = 0.15
#: A mark has its darkest fiftieth at least so dark, covers so much of the inner square with ink, and is so long.
LEAST_OF_MARK, INK, LEAST_COVER, LEAST_LENGTH = 0.38, 0.30, 0.10, 1.6
#: Or its ink, outside the square too, reaches so far and lies so near to the middle of the box, in millimetres.
_LEAST_ACROSS, _MOST_OFF_CENTRE = 2.2, 1.5
#: It enters the box where it reaches so far within so many millimetres of the middle.
_LEAST_ENTERED, _ENTERED = 1.2, 1.4
#: The most that is taken for the shadow of a fold: a stroke of a pen is darker.
_DEEPEST_FOLD = 0.25
#: Darkness on the blank page from which on a sample is printed.
_PRINTED = 0.08
#: A mark that covers more than this, and so much more than the others of its slip, may be one that was blacked out.
FULL, FULLER = 0.7, 1.4
#: Grey values, of 255, between the paper and the outlines of a slip that can be read.
LEAST_CONTRAST = 35
#: The part of a box that is looked at, inside its outline.
_INSIDE = 1.6
#: How far the outline of a box may lie from where the page says.
_OUTLINE_REACH = 0.9
#: An outline that is found has at least this darkness along it.
_LEAST_OUTLINE = 0.45
#: Ink beside the boxes, in square millimetres, that makes a line a person's; in a line for words, a pen's short stroke.
_INK_BESIDE, _INK_OF_WORDS = 0.3, 1.0
#: How far to the side of an empty box, and above and below it, ink is looked for.
_BESIDE, _ABOVE = 4.2, 2.6
#: How far a mark reaches around the middle of its box: ink there belongs to it.
_REACH = 3.1
#: Boxes one below the other that a single stroke runs through.
_STROKE = 4


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

    A line is taken for clear by itself alone: what stands beside it is for `with_neighbours`.
    """
    boxes = [box for line in lines for box in line.boxes]
    if not boxes:
        return PartReading(tuple(LineReading(line.key, (), clear=False) for line in lines), legible=True)
    paper = _paper(flat)
    expected = np.array([[box.x - area.left, box.y - area.top] for box in boxes]) * FINE
    middles = expected + _outline_shifts(flat, blank, expected, side)
    outline = _outline_mask(side)
    ink = float(np.median([_outline_level(flat, paper, middle, outline) for middle in middles]))
    darkness = _without_folds(_smooth((1 - flat / paper) / max(1 - ink, 1e-3)))
    found = np.array([np.median(_cut(darkness, middle, outline.shape[0])[outline]) for middle in middles])
    ink_found = _Ink(darkness > INK, _spread(blank > _PRINTED, 2), expected, middles)
    insides = [_cut(darkness, middle, round((side - _INSIDE) * FINE)) for middle in middles]
    marks = [_mark(inside, ink_found, place) for place, inside in enumerate(insides)]
    marks = _without_full(insides, marks)
    marks = [
        mark if seen >= _LEAST_OUTLINE else Mark.DOUBTFUL for mark, seen in zip(marks, found, strict=True)
    ]
    legible = (
        float(np.median(paper)) * (1 - ink) >= LEAST_CONTRAST and (found >= _LEAST_OUTLINE).mean() >= 0.9
    )
    return PartReading(tuple(_lines(area, lines, marks, ink_found, side)), bool(legible))


def with_neighbours(lines: Sequence[LineReading]) -> tuple[LineReading, ...]:
    """What stands beside a line that cannot be told is not taken for clear either: a mark may be meant for it."""
    unclear = [not line.clear for line in lines]
    return tuple(
        LineReading(line.key, line.ticked, clear=not any(unclear[max(0, place - 1) : place + 2]))
        for place, line in enumerate(lines)
    )


@dataclass(frozen=True, slots=True)
class _Ink:
    """Ink that was not printed: `dark` samples, without those that are `printed` where the page is blank.

    Each box has its own place on the page, `expected`, and in the picture, `middles`.
    """

    dark: Array
    printed: Array
    expected: Array
    middles: Array

    def about(self, place: int, across: float = 2.4, down: float = 2.4) -> Array:
        """Ink so many millimetres around a box."""
        size = round(2 * across * FINE), round(2 * down * FINE)
        return _cut(self.dark, self.middles[place], *size) & ~_cut(self.printed, self.expected[place], *size)

    def beside(self, place: int, taken: Array) -> Array:
        """Ink around an empty box that belongs to no mark in another one."""
        return self.about(place, _BESIDE, _ABOVE) & ~_cut(
            taken, self.middles[place], round(2 * _BESIDE * FINE), round(2 * _ABOVE * FINE)
        )


def _lines(
    area: Area, lines: Sequence[PrintedLine], marks: Sequence[Mark], ink: _Ink, side: float
) -> Iterator[LineReading]:
    """Each line by itself, ink beside its boxes looked at too."""
    struck = _strokes(marks, ink, side)
    taken = _reach_of(marks, ink)
    start = 0
    for line in lines:
        places = range(start, start + len(line.boxes))
        start += len(line.boxes)
        if not line.boxes:
            written = _row(ink.dark & ~ink.printed, line.row, area).sum() > _INK_OF_WORDS * FINE**2
            yield LineReading(line.key, (), clear=not written)
            continue
        own = [marks[place] for place in places]
        options = tuple(box.option for box, mark in zip(line.boxes, own, strict=True) if mark is Mark.MARKED)
        clear = Mark.DOUBTFUL not in own and (line.many or len(options) <= 1)
        clear = clear and not any(place in struck for place in places)
        empty = [place for place in places if marks[place] is Mark.EMPTY]
        inked = any(ink.beside(place, taken).sum() > _INK_BESIDE * FINE**2 for place in empty)
        yield LineReading(line.key, options, clear and not inked)


def _mark(inside: Array, ink: _Ink, place: int) -> Mark:
    """What a box says, by its inner square and the ink around its middle.

    A mark may be so large that it passes by the square: then its ink enters the box and lies about its middle. The end
    of a mark that was meant for the next line comes from the edge, a circle does not enter.
    """
    values = np.sort(inside, axis=None)
    darkest = values[-max(1, len(values) // 50)]
    dark = inside > INK
    if darkest >= LEAST_OF_MARK and dark.mean() >= LEAST_COVER and _length(dark) > LEAST_LENGTH:
        return Mark.MARKED
    about = ink.about(place)
    if about.any() and _off_centre(about) <= _MOST_OFF_CENTRE:
        enters = darkest >= LEAST_OF_MARK or _length(ink.about(place, _ENTERED, _ENTERED)) >= _LEAST_ENTERED
        if enters and _length(about) >= _LEAST_ACROSS:
            return Mark.MARKED
    return Mark.EMPTY if darkest <= MOST_OF_EMPTY else Mark.DOUBTFUL


def _off_centre(dark: Array) -> float:
    """How far the middle of the ink lies from the middle of the box, in millimetres."""
    rows, columns = np.nonzero(dark)
    middle = (np.array(dark.shape) - 1) / 2
    return float(np.hypot(rows.mean() - middle[0], columns.mean() - middle[1])) / FINE


def _without_full(insides: Sequence[Array], marks: Sequence[Mark]) -> list[Mark]:
    """Marks that fill their box far more than the others are doubtful: people black out what they take back.

    Whoever writes with a thick pen fills every box.
    """
    covers = [float((inside > INK).mean()) for inside in insides]
    marked = [cover for cover, mark in zip(covers, marks, strict=True) if mark is Mark.MARKED]
    most = max(FULL, FULLER * float(np.median(marked))) if marked else 1.0
    return [
        Mark.DOUBTFUL if mark is Mark.MARKED and cover > most else mark
        for cover, mark in zip(covers, marks, strict=True)
    ]


def _length(dark: Array) -> float:
    """How far ink reaches, in millimetres."""
    rows, columns = np.nonzero(dark)
    if not len(rows):
        return 0.0
    return float(np.hypot(np.ptp(rows) + 1, np.ptp(columns) + 1)) / FINE


def _strokes(marks: Sequence[Mark], ink: _Ink, side: float) -> set[int]:
    """Boxes that one stroke down the column runs through: ink bridges the gaps between several of them."""
    struck: set[int] = set()
    stray, across = ink.dark & ~ink.printed, ink.middles[:, 0] / FINE
    for column in np.unique((ink.expected[:, 0] / FINE).round()):
        places = [place for place in range(len(marks)) if abs(across[place] - column) <= 1.5]
        chain: list[int] = []
        for before, after in zip(places, [*places[1:], None], strict=True):
            bridged = after is not None and Mark.EMPTY not in {marks[before], marks[after]}
            if (
                after is not None
                and bridged
                and _is_bridged(stray, ink.middles[before], ink.middles[after], side)
            ):
                chain = [*chain, after] if chain else [before, after]
                continue
            struck |= set(chain) if len(chain) >= _STROKE else set()
            chain = []
    return struck


def _is_bridged(stray: Array, above: Array, below: Array, side: float) -> bool:
    """Whether ink crosses the gap between two boxes, but for what the printed lines hide."""
    top, bottom = round(above[1] + (side / 2 + 0.5) * FINE), round(below[1] - (side / 2 + 0.5) * FINE)
    left, right = round(above[0] - side / 2 * FINE), round(above[0] + side / 2 * FINE)
    gap = stray[top:bottom, left:right]
    return len(gap) > FINE / 2 and bool(gap.any(axis=1).mean() > 0.5)


def _reach_of(marks: Sequence[Mark], ink: _Ink) -> Array:
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


def _paper(flat: Array) -> Array:
    """The grey of the paper everywhere: the light tenth of each neighbourhood of six millimetres."""
    block = 6 * FINE
    high, wide = -(-flat.shape[0] // block), -(-flat.shape[1] // block)
    padded = np.pad(flat, ((0, high * block - flat.shape[0]), (0, wide * block - flat.shape[1])), mode="edge")
    blocks = padded.reshape(high, block, wide, block).swapaxes(1, 2).reshape(high, wide, -1)[:, :, ::5]
    levels = np.partition(blocks, int(blocks.shape[2] * 0.85), axis=2)[:, :, int(blocks.shape[2] * 0.85)]
    return np.maximum(_enlarged(levels.astype(np.float32), block)[: flat.shape[0], : flat.shape[1]], 1)


def _enlarged(levels: Array, block: int) -> Array:
    """Values at the middles of blocks as a smooth surface over all of them."""
    for axis in (0, 1):
        count = levels.shape[axis]
        at = (np.arange(count * block) + 0.5) / block - 0.5
        low = np.clip(np.floor(at).astype(int), 0, count - 1)
        high = np.minimum(low + 1, count - 1)
        part = np.clip(at - low, 0, 1).astype(np.float32)
        part = part[:, None] if axis == 0 else part[None, :]
        levels = np.take(levels, low, axis) * (1 - part) + np.take(levels, high, axis) * part
    return levels


def _outline_shifts(flat: Array, blank: Array, middles: Array, side: float) -> Array:
    """How far each box lies from where the page says, by its own outline."""
    size, reach = round((side + 0.8) * FINE), round(_OUTLINE_REACH * FINE)
    tiles = np.stack([_cut(blank, middle, size) for middle in middles])
    windows = np.stack([255.0 - _cut(flat, middle, size + 2 * reach) for middle in middles])
    shifts, _likeness = found_at(tiles, windows)
    return shifts - reach


def _outline_mask(side: float) -> Array:
    """Which samples around a box's middle lie on its printed outline."""
    size = round((side + 0.6) * FINE) // 2 * 2
    away = np.abs(np.arange(size) - (size - 1) / 2) / FINE
    reach = np.maximum(away[:, None], away[None, :])
    return np.abs(reach - (side / 2 - 0.175)) <= 0.15


def _outline_level(flat: Array, paper: Array, middle: Array, outline: Array) -> float:
    """The outline's grey as a share of the paper's."""
    return float(
        np.median((_cut(flat, middle, outline.shape[0]) / _cut(paper, middle, outline.shape[0]))[outline])
    )


def _cut(values: Array, middle: Array, wide: int, high: int | None = None) -> Array:
    """So many samples around a point, a square without `high`; what lies beyond the edge repeats the edge."""
    high = high or wide
    rows = np.clip(np.arange(high) + round(float(middle[1]) - high / 2), 0, values.shape[0] - 1)
    columns = np.clip(np.arange(wide) + round(float(middle[0]) - wide / 2), 0, values.shape[1] - 1)
    return values[np.ix_(rows, columns)]


def _without_folds(darkness: Array) -> Array:
    """Darkness without the shadows of folds: what is dark down the whole page, between the lines too."""
    rows = darkness[::4]
    shadow = np.partition(rows, len(rows) // 4, axis=0)[len(rows) // 4]
    return np.clip(darkness - np.clip(shadow, 0, _DEEPEST_FOLD), 0, 2).astype(np.float32)


def _smooth(values: Array) -> Array:
    """Each sample as the mean of itself and its neighbours: grain of paper and camera is no ink."""
    padded = np.pad(values, 1, mode="edge")
    rows = padded[:-2] + padded[1:-1] + padded[2:]
    smooth: Array = (rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]) / 9
    return smooth


def _spread(mask: Array, reach: int) -> Array:
    """The mask grown by so many samples on each side."""
    grown = mask.copy()
    for step in range(1, reach + 1):
        grown[step:] |= mask[:-step]
        grown[:-step] |= mask[step:]
    wide = grown.copy()
    for step in range(1, reach + 1):
        wide[:, step:] |= grown[:, :-step]
        wide[:, :-step] |= grown[:, step:]
    return wide
