"""Pen strokes on a scanned slip: connected dark samples are one stroke, which belongs to the box around which it lies.

A large tick leaves its box and reaches into the next one. There it is no mark: where most of its ink lies says whose it
is. A trace that could be of two boxes, or of none, belongs to nobody.
"""

from dataclasses import dataclass

import numpy as np

from survey_app.scans.ink import Ink, cut, length, spread
from survey_app.scans.placing import FINE, Array

#: How far the middle of a trace may lie from the middle of its box, in millimetres; and that of pieces, some hidden.
_NEAR, _NEAR_IN_PIECES = 2.0, 2.6
#: A trace that is larger is more than one mark, or none.
_LARGEST = 8.0
#: It is in another box as well as a mark would be where it reaches so far within this many millimetres of the middle.
_LEAST_IN, _IN = 1.0, 0.95
#: How far a printed line may hide what hangs together.
_HIDDEN = 0.4
#: Less ink than this, in square millimetres, says nothing.
LEAST_INK = 0.3
#: Pieces so near to the outline of a box may be of one mark that runs along it.
_ALONG = 2.4
#: A box is clearly nearer by this many millimetres.
_NEARER = 1.5
#: How far around the boxes traces are looked for.
_AROUND = 10.0

_NOBODY = -1


@dataclass(frozen=True, slots=True)
class Traces:
    """The number of the box that each sample of ink belongs to: 0 for nobody's ink, -1 where there is none."""

    owners: Array

    def own(self, place: int) -> Array:
        """Where ink of this box lies."""
        return self.owners == place + 1

    @property
    def nobodys(self) -> Array:
        """Where ink lies that belongs to no box."""
        return self.owners == 0


def of_boxes(ink: Ink) -> Traces:
    """The traces around the boxes, and whose they are; ink further away is nobody's."""
    owners = np.where(ink.dark, 0, -1)
    low = np.maximum(np.floor(ink.middles.min(axis=0) - _AROUND * FINE), 0).astype(int)
    high = np.ceil(ink.middles.max(axis=0) + _AROUND * FINE).astype(int)
    here = np.s_[low[1] : high[1], low[0] : high[0]]
    dark, printed, middles = ink.dark[here], ink.printed[here], ink.middles - low
    labels = np.where(dark, labelled(dark | printed & spread(dark, round(_HIDDEN * FINE))), 0)
    shapes = _Shapes(labels)
    whose = _whole(shapes, middles)
    _add_pieces(shapes, middles, whose)
    owners[here] = np.where(dark, whose[labels] + 1, -1)
    return Traces(owners)


class _Shapes:
    """Each trace's ink in samples, its sums of x and y, and its edges."""

    def __init__(self, labels: Array) -> None:
        self.labels = labels
        rows, columns = np.nonzero(labels)
        which = labels[rows, columns]
        self.count = int(labels.max(initial=0)) + 1
        self.sizes = np.bincount(which, minlength=self.count)
        self.sums = np.column_stack(
            [
                np.bincount(which, weights=columns, minlength=self.count),
                np.bincount(which, weights=rows, minlength=self.count),
            ]
        )
        self.least = np.full((self.count, 2), max(labels.shape))
        self.most = np.full((self.count, 2), -1)
        for axis, at in enumerate((columns, rows)):
            np.minimum.at(self.least[:, axis], which, at)
            np.maximum.at(self.most[:, axis], which, at)

    def near(self, middle: Array, millimetres: float) -> set[int]:
        """The traces in a square about a point."""
        return set(np.unique(cut(self.labels, middle, round(2 * millimetres * FINE))).tolist()) - {0}

    def is_of(self, traces: set[int], middle: Array, near: float) -> bool:
        """Whether these together lie about that point and are no larger than a mark."""
        some = list(traces)
        centre = self.sums[some].sum(axis=0) / self.sizes[some].sum()
        span = (self.most[some].max(axis=0) - self.least[some].min(axis=0)).max()
        return bool(np.hypot(*(centre - middle)) <= near * FINE and span <= _LARGEST * FINE)

    def away(self, trace: int, middle: Array) -> float:
        """How many samples the middle of a trace lies from a point."""
        return float(np.hypot(*(self.sums[trace] / self.sizes[trace] - middle)))

    def is_in(self, trace: int, middle: Array) -> bool:
        """Whether a trace could be a mark in the box with that middle."""
        return length(cut(self.labels, middle, round(2 * _IN * FINE)) == trace) >= _LEAST_IN


def _whole(shapes: _Shapes, middles: Array) -> Array:
    """The box of each trace that by itself lies about one and could be a mark in no other."""
    whose = np.full(shapes.count, _NOBODY)
    for place, middle in enumerate(middles):
        for trace in shapes.near(middle, _NEAR + _IN):
            if shapes.is_of({trace}, middle, _NEAR):
                whose[trace] = place
    for place, middle in enumerate(middles):
        for trace in shapes.near(middle, _IN):
            if whose[trace] not in (_NOBODY, place) and shapes.is_in(trace, middle):
                whose[trace] = _NOBODY
    return whose


def _add_pieces(shapes: _Shapes, middles: Array, whose: Array) -> None:
    """Give each box what its outline cut off a mark: pieces that reach the outline and with its own lie about it.

    What two boxes could claim is the nearer one's if it is clearly nearer, else nobody's.
    """
    claims: dict[int, list[tuple[float, int]]] = {}
    for place, middle in enumerate(middles):
        own = set(np.nonzero(whose == place)[0].tolist())
        pieces = {trace for trace in shapes.near(middle, _ALONG) if whose[trace] == _NOBODY}
        if pieces and shapes.is_of(own | pieces, middle, _NEAR_IN_PIECES):
            for trace in pieces:
                claims.setdefault(trace, []).append((shapes.away(trace, middle), place))
    for trace, boxes in claims.items():
        (nearest, place), *others = sorted(boxes)
        if all(away - nearest >= _NEARER * FINE for away, _place in others):
            whose[trace] = place


def labelled(mask: Array) -> Array:
    """Samples that touch, corners too, share a number from 1 on; 0 outside the mask.

    Runs of samples in a row are joined with those they touch in the row above, until no number changes.
    """
    high, wide = mask.shape[0], mask.shape[1] + 2
    flat = np.zeros((high, wide), dtype=np.int8)
    flat[:, 1:-1] = mask
    change = np.diff(flat.ravel(), prepend=0)
    starts, ends = np.nonzero(change == 1)[0], np.nonzero(change == -1)[0]
    first = np.searchsorted(ends, starts - wide, side="left")
    counts = np.maximum(np.searchsorted(starts, ends - wide, side="right") - first, 0)
    below = np.repeat(np.arange(len(starts)), counts)
    above = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts - first, counts)
    numbers = np.arange(len(starts))
    while True:
        least = np.minimum(numbers[below], numbers[above])
        joined = numbers.copy()
        np.minimum.at(joined, numbers[below], least)
        np.minimum.at(joined, numbers[above], least)
        joined = joined[joined]
        if (joined == numbers).all():
            break
        numbers = joined
    steps = np.zeros(high * wide + 1, dtype=np.int32)
    named = np.unique(numbers, return_inverse=True)[1] + 1
    steps[starts] += named
    steps[ends] -= named
    return np.cumsum(steps[:-1]).reshape(high, wide)[:, 1:-1]
