"""Slips ticked by hand, simulated: strokes of pens and pencils on the printed page, and the odd marks people make.

Nothing here is real paper. How people tick is taken from what they were seen to do, not from what reads well: marks
leave their boxes, pens differ, and four slips in a hundred carry something odd.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

import numpy as np
from PIL import Image, ImageDraw

from survey_app.scans.marks import PrintedLine

#: Samples to a millimetre of a simulated slip.
DENSE = 10
_FINER = 4

#: How people tick, and how many of a hundred do so on a slip that asks for an X.
STYLES = {"X": 70, "V": 18, "stroke": 12}
ODD = (
    "both", "corrected", "struck line", "circle", "circle and other", "faint pencil", "blacked out", "dot",
    "beside", "note", "column stroke",
)  # fmt: skip

Stroke = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Pen:
    """What a person writes with: millimetres, darkness from 0 to 1, and whether it leaves gaps like a pencil."""

    width: float
    darkness: float
    grainy: bool


@dataclass(slots=True)
class Ticked:
    """A ticked slip and the truth about it."""

    picture: Image.Image
    style: str
    odd: str
    #: What each line says; None for blank, "?" where nobody could say, so that calling it clear is wrong.
    truth: dict[str, str | None] = field(default_factory=dict)


def tick(
    clean: Image.Image, lines: Sequence[PrintedLine], side: float, chance: Random, *, odd: str = ""
) -> Ticked:
    """A copy of the printed slip, ticked; `odd` is one of ODD. `clean` has DENSE samples to a millimetre."""
    style = chance.choices(list(STYLES), weights=list(STYLES.values()))[0]
    slip = Ticked(clean.copy(), style, odd)
    pen, habit = _pen(chance), chance.choice((0.2, 0.5, 0.5, 0.8))
    for line in lines:
        drawn = chance.random()
        answer = None if drawn < 0.1 else line.boxes[0 if drawn < 0.1 + 0.9 * (1 - habit * 0.4) else 1].option
        slip.truth[line.key] = answer
    if slip.odd == "column stroke":
        _column_stroke(slip, lines, side, pen, chance)
        return slip
    strange = chance.sample(range(len(lines)), k=chance.choice((1, 1, 2))) if odd else []
    for place, line in enumerate(lines):
        if place in strange:
            _DRAWN[slip.odd](slip, line, side, pen, chance)
        elif slip.truth[line.key] is not None:
            box = next(box for box in line.boxes if box.option == slip.truth[line.key])
            _mark(slip, (box.x, box.y), side, pen, chance)
    return slip


def _pen(chance: Random) -> Pen:
    kind = chance.choices(("ball", "ink", "pencil", "marker"), weights=(72, 14, 11, 3))[0]
    match kind:
        case "ball":
            return Pen(chance.uniform(0.3, 0.55), chance.uniform(0.62, 0.95), grainy=False)
        case "ink":
            return Pen(chance.uniform(0.45, 0.8), chance.uniform(0.75, 0.98), grainy=False)
        case "pencil":
            return Pen(chance.uniform(0.4, 0.8), chance.uniform(0.45, 0.7), grainy=True)
        case _:
            return Pen(chance.uniform(0.9, 1.3), chance.uniform(0.8, 1.0), grainy=False)


def _mark(slip: Ticked, middle: tuple[float, float], side: float, pen: Pen, chance: Random) -> None:
    """An ordinary mark of this person in one box."""
    x, y = middle[0] + chance.gauss(0, 0.3), middle[1] + chance.gauss(0, 0.3)
    size = side * min(max(chance.lognormvariate(math.log(1.0), 0.22), 0.62), 1.6)
    draw(slip, _strokes(slip.style, x, y, size, chance), pen, chance)


def _strokes(style: str, x: float, y: float, size: float, chance: Random) -> list[Stroke]:
    h, turn = size / 2, chance.gauss(0, 0.12)

    def at(dx: float, dy: float) -> tuple[float, float]:
        dx, dy = dx + chance.gauss(0, 0.05 * size), dy + chance.gauss(0, 0.05 * size)
        return x + dx * math.cos(turn) - dy * math.sin(turn), y + dx * math.sin(turn) + dy * math.cos(turn)

    match style:
        case "X":
            return [[at(-h, -h), at(0, 0), at(h, h)], [at(h, -h), at(0, 0), at(-h, h)]]
        case "V":
            return [[at(-0.7 * h, -0.1 * h), at(-0.15 * h, 0.75 * h), at(1.25 * h, -1.35 * h)]]
        case _:
            return [[at(-0.85 * h, 0.85 * h), at(0.05 * h, 0), at(0.95 * h, -0.95 * h)]]


def draw(slip: Ticked, strokes: Sequence[Stroke], pen: Pen, chance: Random) -> None:
    """Lay strokes on the paper, in a patch of finer samples."""
    points = [point for stroke in strokes for point in stroke]
    left, top = min(x for x, _y in points) - 2, min(y for _x, y in points) - 2
    right, bottom = max(x for x, _y in points) + 2, max(y for _x, y in points) + 2
    left, top = math.floor(left * DENSE) / DENSE, math.floor(top * DENSE) / DENSE
    wide, high = math.ceil((right - left) * DENSE), math.ceil((bottom - top) * DENSE)
    fine = DENSE * _FINER
    patch = Image.new("L", (wide * _FINER, high * _FINER), 0)
    hand = ImageDraw.Draw(patch)
    for stroke in strokes:
        path = [((x - left) * fine, (y - top) * fine) for x, y in _rounded(stroke)]
        hand.line(path, fill=255, width=max(1, round(pen.width * fine)), joint="curve")
        radius = pen.width * fine / 2
        for x, y in (path[0], path[-1]):
            hand.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    ink = np.asarray(patch.reduce(_FINER), dtype=np.float32) / 255
    if pen.grainy:
        grain = np.random.default_rng(chance.getrandbits(32)).random(ink.shape, dtype=np.float32)
        ink *= np.where(grain < 0.3, 0.35, 1.0)
    ink *= pen.darkness * chance.uniform(0.92, 1.0)
    box = (round(left * DENSE), round(top * DENSE), round(left * DENSE) + wide, round(top * DENSE) + high)
    paper = np.asarray(slip.picture.crop(box), dtype=np.float32)
    slip.picture.paste(Image.fromarray((paper * (1 - ink)).clip(0, 255).astype(np.uint8)), box[:2])


def _rounded(stroke: Stroke) -> list[tuple[float, float]]:
    """A stroke of three points or more as a curve through them."""
    if len(stroke) < 3:
        return list(stroke)
    path = []
    for (x0, y0), (x1, y1), (x2, y2) in zip(stroke, stroke[1:], stroke[2:], strict=False):
        for step in range(9):
            t = step / 8
            a, b, c = (1 - t) * (1 - 2 * t), 4 * t * (1 - t), t * (2 * t - 1)
            if len(stroke) == 3 or t <= 0.5:
                path.append((a * x0 + b * x1 + c * x2, a * y0 + b * y1 + c * y2))
    path.append(stroke[-1])
    return path


def _boxes(line: PrintedLine, chance: Random) -> list[tuple[float, float]]:
    boxes = [(box.x, box.y) for box in line.boxes]
    chance.shuffle(boxes)
    return boxes


def _both(slip: Ticked, line: PrintedLine, side: float, pen: Pen, chance: Random) -> None:
    for middle in _boxes(line, chance):
        _mark(slip, middle, side, pen, chance)
    slip.truth[line.key] = "?"


def _corrected(slip: Ticked, line: PrintedLine, side: float, pen: Pen, chance: Random) -> None:
    """One box ticked, then struck out, and the other one ticked."""
    first, second = _boxes(line, chance)[:2]
    _mark(slip, first, side, pen, chance)
    draw(slip, [[(first[0] - 2.5, first[1] - 0.4), (first[0] + 2.5, first[1] + 0.4)]] * 1, pen, chance)
    _mark(slip, second, side, pen, chance)
    slip.truth[line.key] = "?"


def _struck(slip: Ticked, line: PrintedLine, side: float, pen: Pen, chance: Random) -> None:
    _mark(slip, _boxes(line, chance)[0], side, pen, chance)
    y = line.boxes[0].y
    draw(slip, [[(line.boxes[0].x - 60, y), (line.boxes[-1].x + 4, y + chance.gauss(0, 0.5))]], pen, chance)
    slip.truth[line.key] = "?"


def _ring(middle: tuple[float, float], radius: float, chance: Random) -> Stroke:
    start, wobble = chance.uniform(0, 6), chance.uniform(0.9, 1.1)
    return [
        (
            middle[0] + radius * wobble * math.cos(start + a / 4),
            middle[1] + radius / wobble * math.sin(start + a / 4),
        )
        for a in range(27)
    ]


def _circle(slip: Ticked, line: PrintedLine, side: float, pen: Pen, chance: Random) -> None:
    draw(slip, [_ring(_boxes(line, chance)[0], side * chance.uniform(0.6, 0.95), chance)], pen, chance)
    slip.truth[line.key] = "?"


def _circle_and_other(slip: Ticked, line: PrintedLine, side: float, pen: Pen, chance: Random) -> None:
    first, second = _boxes(line, chance)[:2]
    draw(slip, [_ring(first, side * chance.uniform(0.6, 0.95), chance)], pen, chance)
    _mark(slip, second, side, pen, chance)
    slip.truth[line.key] = "?"


def _faint(slip: Ticked, line: PrintedLine, side: float, pen: Pen, chance: Random) -> None:
    """A mark one can see, so reading it rightly is right; reading it as blank is wrong."""
    box = chance.choice(line.boxes)
    _mark(slip, (box.x, box.y), side, Pen(pen.width, chance.uniform(0.15, 0.35), grainy=True), chance)
    slip.truth[line.key] = box.option


def _blacked_out(slip: Ticked, line: PrintedLine, side: float, pen: Pen, chance: Random) -> None:
    middle = _boxes(line, chance)[0]
    _mark(slip, middle, side, pen, chance)
    h = side * 0.45
    scribble = [
        (middle[0] + (h if n % 2 else -h) + chance.gauss(0, 0.2), middle[1] - h + 2 * h * n / 9)
        for n in range(10)
    ]
    draw(
        slip,
        [scribble[n : n + 2] for n in range(9)],
        Pen(max(pen.width, 0.45), pen.darkness, pen.grainy),
        chance,
    )
    slip.truth[line.key] = "?"


def _dot(slip: Ticked, line: PrintedLine, side: float, pen: Pen, chance: Random) -> None:
    x, y = _boxes(line, chance)[0]
    draw(
        slip, [[(x, y), (x + 0.2, y + 0.1)]], Pen(chance.uniform(0.5, 1.0), pen.darkness, pen.grainy), chance
    )
    slip.truth[line.key] = "?"


def _beside(slip: Ticked, line: PrintedLine, side: float, pen: Pen, chance: Random) -> None:
    x, y = _boxes(line, chance)[0]
    _mark(slip, (x + chance.choice((-1, 1)) * chance.uniform(3.2, 4.6), y), side, pen, chance)
    slip.truth[line.key] = "?"


def _note(slip: Ticked, line: PrintedLine, side: float, pen: Pen, chance: Random) -> None:
    """Words written over the line and its boxes."""
    x = line.boxes[0].x - chance.uniform(8, 20)
    while x < line.boxes[-1].x + 4:
        y = line.boxes[0].y + chance.gauss(0, 0.6)
        draw(slip, [[(x, y - 1), (x + 0.8, y + 1), (x + 1.5, y - 1)]], pen, chance)
        x += chance.uniform(1.6, 2.4)
    slip.truth[line.key] = "?"


def _column_stroke(slip: Ticked, lines: Sequence[PrintedLine], side: float, pen: Pen, chance: Random) -> None:
    """One line down a whole column of boxes, meant for all of them or crossing them out; the others stay blank."""
    column = chance.choice((0, 1))
    left = chance.choice(sorted({line.row.left for line in lines}))
    struck = [line for line in lines if line.row.left == left]
    first, last = struck[0].boxes[column], struck[-1].boxes[column]
    path = [(first.x + chance.gauss(0, 0.4), first.y - 1), (last.x + chance.gauss(0, 0.4), last.y + 1)]
    draw(slip, [path], pen, chance)
    for line in lines:
        slip.truth[line.key] = "?" if line in struck else None


_DRAWN: dict[str, Callable[[Ticked, PrintedLine, float, Pen, Random], None]] = {
    "both": _both,
    "corrected": _corrected,
    "struck line": _struck,
    "circle": _circle,
    "circle and other": _circle_and_other,
    "faint pencil": _faint,
    "blacked out": _blacked_out,
    "dot": _dot,
    "beside": _beside,
    "note": _note,
}
