"""Where the printed page lies in a picture: from the corners of its QR, then from the printed words themselves.

The corners of the QR say it within millimetres. Then tiles of the blank page are looked for in the picture, in three
rounds, each finer than the one before, and a smooth bend is laid through what was found. No mark is printed for it:
the words are the registration, so the blank page has to be the very one that was printed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from PIL import Image

Array: TypeAlias = np.ndarray[Any, Any]

#: Samples of the straightened picture to a millimetre: 203 to an inch.
FINE = 8
#: Millimetres between the points through which a picture is straightened.
_MESH = 14.0
#: A tile with less ink than this share of its area says nothing.
_LEAST_INK = 0.02
#: Fewer tiles than these place nothing.
_FEWEST = 6


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the printed page, in millimetres from its upper left corner."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    def grown(self, by: float) -> "Area":
        """The same with a margin all around."""
        return Area(self.left - by, self.top - by, self.width + 2 * by, self.height + 2 * by)


@dataclass(frozen=True, slots=True)
class Round:
    """One round of looking for tiles: samples and search in millimetres, and how the page may be bent."""

    samples: int
    tile: float
    step: float
    search: float
    degree: int
    #: How far a tile may lie from the smooth bend before it is taken for a mistake.
    tolerance: float


#: The words around the QR come first, where its corners err least.
AROUND_CODE = Round(samples=2, tile=22, step=14, search=6, degree=1, tolerance=2.0)
OTHER_HALF = Round(samples=2, tile=26, step=15, search=8, degree=2, tolerance=2.0)
#: Then each half of the folded sheet for itself.
EACH_HALF = (
    Round(samples=4, tile=18, step=15, search=2.25, degree=3, tolerance=0.5),
    Round(samples=4, tile=18, step=15, search=1, degree=3, tolerance=0.3),
)


@dataclass(frozen=True, slots=True)
class Placement:
    """From millimetres on the printed page to pixels of a picture: a perspective, then a bend."""

    perspective: Array
    bend: Array | None = None
    degree: int = 0
    centre: tuple[float, float] = (0.0, 0.0)

    def pixels(self, points: Array) -> Array:
        """Where points of the page lie in the picture; both as rows of x and y."""
        seen = _projected(self.perspective, points)
        if self.bend is not None:
            seen = seen + _terms(points, self.centre, self.degree) @ self.bend
        return seen

    @property
    def scale(self) -> float:
        """Pixels to a millimetre, about the middle of the page."""
        middle = np.array([[105.0, 74.0], [115.0, 74.0], [105.0, 84.0]])
        origin, right, below = self.pixels(middle)
        return float(np.hypot(*(right - origin)) + np.hypot(*(below - origin))) / 20


@dataclass(frozen=True, slots=True)
class Placed:
    """A placement, and the share of tiles that the picture has where it says."""

    placement: Placement
    fitting: float


def from_corners(corners_mm: Array, corners_px: Array) -> tuple[Placement, Placement]:
    """The page as its QR alone shows it: straight, as a copier sees it, and in perspective, as a phone may."""
    return Placement(_affine(corners_mm, corners_px)), Placement(_perspective(corners_mm, corners_px))


class Picture:
    """A grey picture of a page, with coarser copies of it."""

    def __init__(self, picture: Image.Image) -> None:
        self.picture = picture
        self._reduced = {1: picture}

    def straightened(self, placement: Placement, area: Area, samples: float) -> Array:
        """That area of the page as it would look flat, `samples` to a millimetre."""
        factor = max(1, int(placement.scale / samples + 0.3))
        size = (round(area.width * samples), round(area.height * samples))
        columns, rows = _cuts(size[0], _MESH * samples), _cuts(size[1], _MESH * samples)
        x, y = np.meshgrid(area.left + columns / samples, area.top + rows / samples)
        points = placement.pixels(np.column_stack([x.ravel(), y.ravel()])) / factor
        points = points.reshape(len(rows), len(columns), 2)
        mesh = [
            (
                (int(columns[c]), int(rows[r]), int(columns[c + 1]), int(rows[r + 1])),
                (*points[r, c], *points[r + 1, c], *points[r + 1, c + 1], *points[r, c + 1]),
            )
            for r in range(len(rows) - 1)
            for c in range(len(columns) - 1)
        ]
        flat = self._smaller(factor).transform(
            size, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR, fillcolor=255
        )
        return np.asarray(flat)

    def _smaller(self, factor: int) -> Image.Image:
        if factor not in self._reduced:
            self._reduced[factor] = self.picture.reduce(factor)
        return self._reduced[factor]


class BlankPage:
    """The printed page with nothing on it, at every fineness that is asked for."""

    def __init__(self, picture: Image.Image) -> None:
        """`picture` is grey, with FINE samples to a millimetre."""
        self._fine = picture
        self._darkness: dict[int, Array] = {}

    def darkness(self, samples: int) -> Array:
        """1 for ink, 0 for paper."""
        if samples not in self._darkness:
            smaller = self._fine.reduce(FINE // samples) if samples < FINE else self._fine
            self._darkness[samples] = 1 - np.asarray(smaller, dtype=np.float32) / 255
        return self._darkness[samples]

    def part(self, area: Area, samples: int) -> Array:
        """The darkness of an area of the page."""
        top, left = round(area.top * samples), round(area.left * samples)
        high, wide = round(area.height * samples), round(area.width * samples)
        return self.darkness(samples)[top : top + high, left : left + wide]


def place(
    picture: Picture,
    blank: BlankPage,
    guesses: Sequence[Placement],
    halves: Sequence[Area],
    hidden: Sequence[Area],
) -> tuple[Placed, ...] | None:
    """Where each half of the page lies; None where its words are not found.

    `guesses` are what the QR on the first half says, the likeliest first; `hidden` is what the blank page has not.
    """
    begun = _begun(picture, blank, guesses, halves[0], hidden)
    if begun is None:
        return None
    placement, beside = begun
    for half in halves[1:]:
        found = _matches(picture, blank, placement, half, OTHER_HALF, hidden)
        # What was found around the QR holds the page while its other half is looked for.
        fitted = _fitted(found.likely().joined(beside), OTHER_HALF, placement.scale)
        if fitted is None:
            return None
        placement = fitted[0]
    placed = [_half(picture, blank, placement, half, hidden) for half in halves]
    return tuple(half for half in placed if half is not None) if None not in placed else None


def _half(
    picture: Picture, blank: BlankPage, placement: Placement, half: Area, hidden: Sequence[Area]
) -> Placed | None:
    fitting = 0.0
    for look in EACH_HALF:
        found = _matches(picture, blank, placement, half, look, hidden)
        fitted = _fitted(found.likely(), look, placement.scale)
        if fitted is None:
            return None
        placement, kept = fitted
        fitting = len(kept.points) / max(len(found.points), 1)
    return Placed(placement, fitting)


def _begun(
    picture: Picture, blank: BlankPage, guesses: Sequence[Placement], around: Area, hidden: Sequence[Area]
) -> tuple[Placement, "Matches"] | None:
    """The page by the words around its QR, begun from the first guess under which most of them are found."""
    best = None
    for guess in guesses:
        found = _matches(picture, blank, guess, around, AROUND_CODE, hidden)
        fitted = _fitted(found.likely(), AROUND_CODE, guess.scale)
        if fitted is not None and (best is None or len(fitted[1].points) > len(best[1].points)):
            best = fitted
        if best is not None and len(best[1].points) >= 0.7 * len(found.points):
            break
    return best


@dataclass(frozen=True, slots=True)
class Matches:
    """Middles of tiles on the page, where they were found in the picture, and how alike they are there."""

    points: Array
    seen: Array
    likeness: Array

    def likely(self) -> "Matches":
        """Those that are alike enough to be believed."""
        return self.where(self.likeness > 0.35)

    def where(self, kept: Array) -> "Matches":
        """Some of them."""
        return Matches(self.points[kept], self.seen[kept], self.likeness[kept])

    def joined(self, others: "Matches") -> "Matches":
        """These and others."""
        return Matches(
            np.concatenate([self.points, others.points]),
            np.concatenate([self.seen, others.seen]),
            np.concatenate([self.likeness, others.likeness]),
        )


def _matches(
    picture: Picture, blank: BlankPage, placement: Placement, area: Area, look: Round, hidden: Sequence[Area]
) -> Matches:
    """Every tile with ink, looked for in the picture."""
    margin, samples = look.search, look.samples
    flat = picture.straightened(placement, area.grown(margin), samples).astype(np.float32)
    ink = blank.part(area, samples)
    side, reach = round(look.tile * samples), round(margin * samples)
    corners = [
        (top, left)
        for top in _starts(ink.shape[0], side, look.step * samples)
        for left in _starts(ink.shape[1], side, look.step * samples)
        if ink[top : top + side, left : left + side].mean() > _LEAST_INK
        and not any(
            _meets(one, area.left + left / samples, area.top + top / samples, look.tile) for one in hidden
        )
    ]
    if not corners:
        return Matches(np.empty((0, 2)), np.empty((0, 2)), np.empty(0))
    tiles = np.stack([ink[top : top + side, left : left + side] for top, left in corners])
    wide = side + 2 * reach
    windows = np.stack([255 - flat[top : top + wide, left : left + wide] for top, left in corners])
    shifts, likeness = found_at(tiles, windows)
    middles = np.array([[left + side / 2, top + side / 2] for top, left in corners]) / samples
    middles += [area.left, area.top]
    moved = middles + (shifts - reach) / samples
    return Matches(middles, placement.pixels(moved), likeness)


def _meets(hidden: Area, left: float, top: float, side: float) -> bool:
    """Whether a square shares more than its edge with an area."""
    across = min(left + side, hidden.left + hidden.width) - max(left, hidden.left)
    down = min(top + side, hidden.top + hidden.height) - max(top, hidden.top)
    return across > 0.2 * side and down > 0.2 * side


def found_at(tiles: Array, windows: Array) -> tuple[Array, Array]:
    """Where in its window each tile is most alike, as x and y of its corner, and the correlation there."""
    side, wide = tiles.shape[1], windows.shape[1]
    flat = tiles - tiles.mean(axis=(1, 2), keepdims=True)
    norms = np.sqrt((flat**2).sum(axis=(1, 2))) + 1e-6
    windows = windows - windows.mean(axis=(1, 2), keepdims=True)
    spectrum = np.fft.rfft2(windows) * np.conj(np.fft.rfft2(flat, s=(wide, wide)))
    places = wide - side + 1
    products = np.fft.irfft2(spectrum, s=(wide, wide))[:, :places, :places]
    sums, squares = _box_sums(windows, side), _box_sums(windows**2, side)
    spread = np.sqrt(np.maximum(squares - sums**2 / side**2, 1e-3 * side**2))
    alike = products / (norms[:, None, None] * spread)
    best = alike.reshape(len(alike), -1).argmax(axis=1)
    rows, columns = np.unravel_index(best, alike.shape[1:])
    each = np.arange(len(alike))
    shifts = np.column_stack(
        [
            columns + _between(alike, each, rows, columns, 0, 1),
            rows + _between(alike, each, rows, columns, 1, 0),
        ]
    )
    return shifts, alike[each, rows, columns]


def _between(alike: Array, each: Array, rows: Array, columns: Array, down: int, right: int) -> Array:
    """The top of the parabola through a best place and its two neighbours, as a part of a sample."""
    most = np.array(alike.shape[1:]) - 1
    before = alike[each, np.maximum(rows - down, 0), np.maximum(columns - right, 0)]
    after = alike[each, np.minimum(rows + down, most[0]), np.minimum(columns + right, most[1])]
    here = alike[each, rows, columns]
    curve = before - 2 * here + after
    return np.clip(np.where(curve < -1e-9, (before - after) / (2 * np.minimum(curve, -1e-9)), 0), -0.5, 0.5)


def _box_sums(windows: Array, side: int) -> Array:
    """The sum over every square of that side."""
    added = np.cumsum(np.cumsum(windows, axis=1, dtype=np.float64), axis=2)
    added = np.pad(added, ((0, 0), (1, 0), (1, 0)))
    return (
        added[:, side:, side:] - added[:, :-side, side:] - added[:, side:, :-side] + added[:, :-side, :-side]
    )


def _fitted(found: Matches, look: Round, scale: float) -> tuple[Placement, Matches] | None:
    """A perspective and a bend through the tiles, without those that lie far from it; and which those are."""
    kept = found
    for tolerance in (8 * look.tolerance, 4 * look.tolerance, 2 * look.tolerance, look.tolerance):
        if len(kept.points) < _FEWEST:
            return None
        placement = through(kept.points, kept.seen, look.degree)
        away = np.hypot(*(placement.pixels(found.points) - found.seen).T) / scale
        kept = found.where(away < tolerance)
    if len(kept.points) < _FEWEST:
        return None
    return through(kept.points, kept.seen, look.degree), kept


def through(points: Array, seen: Array, degree: int) -> Placement:
    """A perspective and, with enough tiles, a bend of that degree that differs from it as little as need be."""
    placement = Placement(_perspective(points, seen) if len(points) >= 8 else _affine(points, seen))
    if degree < 2 or len(points) < 12:
        return placement
    centre = (float(points[:, 0].mean()), float(points[:, 1].mean()))
    terms = _terms(points, centre, degree)
    left = seen - placement.pixels(points)
    stiffness = 0.02 * len(points) * np.eye(terms.shape[1])
    bend = np.linalg.solve(terms.T @ terms + stiffness, terms.T @ left)
    return replace(placement, bend=bend, degree=degree, centre=centre)


def _affine(points: Array, seen: Array) -> Array:
    solved, *_rest = np.linalg.lstsq(np.column_stack([points, np.ones(len(points))]), seen, rcond=None)
    return np.vstack([solved.T, [0.0, 0.0, 1.0]])


def _perspective(points: Array, seen: Array) -> Array:
    """The projection that carries points nearest to where they were seen, by the direct linear transform."""
    from_mm, to_px = _normalising(points), _normalising(seen)
    a, b = _projected(from_mm, points), _projected(to_px, seen)
    ones, zeros = np.ones(len(a)), np.zeros(len(a))
    x, y, u, v = a[:, 0], a[:, 1], b[:, 0], b[:, 1]
    rows = np.concatenate(
        [
            np.column_stack([x, y, ones, zeros, zeros, zeros, -u * x, -u * y]),
            np.column_stack([zeros, zeros, zeros, x, y, ones, -v * x, -v * y]),
        ]
    )
    solved, *_rest = np.linalg.lstsq(rows, np.concatenate([u, v]), rcond=None)
    return np.linalg.inv(to_px) @ np.append(solved, 1.0).reshape(3, 3) @ from_mm


def _normalising(points: Array) -> Array:
    middle, size = points.mean(axis=0), points.std() + 1e-9
    return np.array([[1 / size, 0, -middle[0] / size], [0, 1 / size, -middle[1] / size], [0, 0, 1]])


def _projected(matrix: Array, points: Array) -> Array:
    seen = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return seen[:, :2] / seen[:, 2:]


def _terms(points: Array, centre: tuple[float, float], degree: int) -> Array:
    """The powers of x and y up to a degree, about a centre, in units of half the page."""
    x, y = (points[:, 0] - centre[0]) / 60, (points[:, 1] - centre[1]) / 60
    return np.column_stack([x**i * y**j for i in range(degree + 1) for j in range(degree + 1 - i)])


def _cuts(length: int, step: float) -> Array:
    return np.linspace(0, length, max(2, round(length / step) + 1)).round()


def _starts(length: int, side: int, step: float) -> Array:
    return np.linspace(0, length - side, max(1, round((length - side) / step) + 1)).round().astype(int)
