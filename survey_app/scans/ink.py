"""What is dark on a slip that lies flat and was not printed there.

Darkness is 0 for the paper around a box and 1 for its printed outline, whatever the device and the light. Shadows of
folds are taken off, and each box is looked for by its own outline.
"""

from dataclasses import dataclass

import numpy as np

from survey_app.scans.placing import FINE, Array, found_at

#: Ink is at least so dark.
INK = 0.30
#: The most that is taken for the shadow of a fold: a stroke of a pen is darker.
_DEEPEST_FOLD = 0.25
#: Darkness on the blank page from which on a sample is printed.
_PRINTED = 0.08
#: How far the outline of a box may lie from where the page says, in millimetres.
_OUTLINE_REACH = 0.9
#: How far around the middle of a box the page is taken to have moved with it.
_MOVED = 2.5


@dataclass(frozen=True, slots=True)
class Ink:
    """Darkness everywhere, and where it is `dark` and not `printed`; of each box its middle and its outline's darkness.

    `contrast` lies between paper and outlines, in grey values of 255.
    """

    darkness: Array
    dark: Array
    printed: Array
    middles: Array
    outlines: Array
    contrast: float


def of_page(flat: Array, blank: Array, expected: Array, side: float) -> Ink:
    """The ink on a straightened picture; `blank` is the darkness of the printed page there.

    `expected` are the middles of the boxes in samples, x before y, `side` is a box's in millimetres.
    """
    paper = _paper(flat)
    middles = expected + _outline_shifts(flat, blank, expected, side)
    outline = _outline_mask(side)
    levels = [_outline_level(flat, paper, middle, outline) for middle in middles]
    drawn = float(np.median(levels))
    darkness = _without_folds(_smooth((1 - flat / paper) / max(1 - drawn, 1e-3)))
    printed = spread(blank > _PRINTED, 2)
    _move_with_boxes(printed, expected, middles)
    return Ink(
        darkness,
        (darkness > INK) & ~printed,
        printed,
        middles,
        np.array([np.median(cut(darkness, middle, outline.shape[0])[outline]) for middle in middles]),
        float(np.median(paper)) * (1 - drawn),
    )


def cut(values: Array, middle: Array, wide: int, high: int | None = None) -> Array:
    """This many samples around a point, a square without `high`; what lies beyond the edge repeats the edge."""
    high = high or wide
    top, left = round(float(middle[1]) - high / 2), round(float(middle[0]) - wide / 2)
    if top >= 0 and left >= 0 and top + high <= values.shape[0] and left + wide <= values.shape[1]:
        return values[top : top + high, left : left + wide]
    rows = np.clip(np.arange(top, top + high), 0, values.shape[0] - 1)
    columns = np.clip(np.arange(left, left + wide), 0, values.shape[1] - 1)
    return values[np.ix_(rows, columns)]


def length(dark: Array) -> float:
    """How far ink reaches, in millimetres."""
    rows, columns = np.nonzero(dark)
    if not len(rows):
        return 0.0
    return float(np.hypot(np.ptp(rows) + 1, np.ptp(columns) + 1)) / FINE


def spread(mask: Array, reach: int) -> Array:
    """The mask grown by this many samples on each side."""
    grown = mask.copy()
    for step in range(1, reach + 1):
        grown[step:] |= mask[:-step]
        grown[:-step] |= mask[step:]
    wide = grown.copy()
    for step in range(1, reach + 1):
        wide[:, step:] |= grown[:, :-step]
        wide[:, :-step] |= grown[:, step:]
    return wide


def _move_with_boxes(printed: Array, expected: Array, middles: Array) -> None:
    """Lay what is printed around each box where that box was found."""
    size = round(2 * _MOVED * FINE)
    around = [cut(printed, place, size).copy() for place in expected]
    for found, (x, y) in zip(around, middles, strict=True):
        top, left = round(float(y) - size / 2), round(float(x) - size / 2)
        if top >= 0 and left >= 0:
            here = printed[top : top + size, left : left + size]
            here[:] = found[: here.shape[0], : here.shape[1]]


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
    tiles = np.stack([cut(blank, middle, size) for middle in middles])
    windows = np.stack([255.0 - cut(flat, middle, size + 2 * reach) for middle in middles])
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
        np.median((cut(flat, middle, outline.shape[0]) / cut(paper, middle, outline.shape[0]))[outline])
    )


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
