"""Copiers and phones, simulated: what becomes of a slip on its way into a file. No real device was measured for it."""

import io
import math
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import numpy as np
from PIL import Image, ImageFilter

from bench.ticked import DENSE

#: Millimetres of desk or copier lid around the slip.
_AROUND = 40
_PAGE = (210.0, 148.5)
#: Where the sheet is folded, and where its stub is torn off.
_FOLD, _TORN = 98.0, 196.0


@dataclass(frozen=True, slots=True)
class Scan:
    """A file as a device gives it, and which device at how many samples to the inch."""

    jpeg: bytes
    device: str
    dots_per_inch: int


def copier(slip: Image.Image, back: Image.Image, chance: Random) -> Scan:
    """A slip fed through an office copier or laid on its glass, grey, 150 to 300 dots to the inch."""
    dots = chance.choice((150, 200, 200, 200, 240, 300))
    sheet = _sheet(slip, back, chance, surrounding=chance.choice((250, 246, 240)))
    turn = math.radians(max(-5, min(5, chance.gauss(0, 1.7))))
    stretch_x, stretch_y = 1 + chance.gauss(0, 0.004), 1 + chance.gauss(0, 0.006)
    shear, wave, length = chance.gauss(0, 0.002), abs(chance.gauss(0, 0.12)), chance.uniform(60, 160)
    phase = chance.uniform(0, 6)

    def source(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        x, y = x * stretch_x + shear * y, y * stretch_y
        x = x + wave * np.sin(y / length * 6.28 + phase)
        return x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)

    samples = dots / 25.4
    margin = chance.choice((0, 3, 8))
    taken = _taken(sheet, source, (_PAGE[0] + 2 * margin, _PAGE[1] + 2 * margin), samples, surrounding=248)
    taken = taken.filter(ImageFilter.GaussianBlur(samples * abs(chance.gauss(0.05, 0.025))))
    grey = np.asarray(taken, dtype=np.float32)
    grey = _toned(grey, chance, darkest=(15, 70), lightest=(225, 255), gamma=(0.85, 1.2))
    grey += np.random.default_rng(chance.getrandbits(32)).normal(0, chance.uniform(1, 4), grey.shape)
    turned = _turned(_grey(grey), chance.choice((0, 0, 0, 180, 180, 90, 270)))
    return Scan(_jpeg(turned, chance.randint(55, 92)), "copier", dots)


def phone(slip: Image.Image, back: Image.Image, chance: Random) -> Scan:
    """A photo of a slip on a table, from above but not straight, at least 150 dots to the inch across the slip."""
    sheet = _sheet(slip, back, chance, surrounding=chance.randint(60, 190))
    dots = chance.choice((160, 180, 200, 240))
    samples = dots / 25.4
    turn = math.radians(chance.gauss(0, 4))
    lean_x, lean_y = chance.gauss(0, 0.0005), chance.gauss(0, 0.0005)
    bend, barrel = chance.gauss(0, 1.0), chance.gauss(0, 0.004)

    def source(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        radius = (x**2 + y**2) / 105**2
        x, y = x * (1 + barrel * radius), y * (1 + barrel * radius)
        depth = 1 + lean_x * x + lean_y * y
        x, y = x / depth, y / depth
        y = y + bend * (x / 105) ** 2
        return x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)

    taken = _taken(sheet, source, (_PAGE[0] + 44, _PAGE[1] + 44), samples, surrounding=120)
    taken = taken.filter(ImageFilter.GaussianBlur(samples * abs(chance.gauss(0.07, 0.03))))
    grey = np.asarray(taken, dtype=np.float32)
    high, wide = grey.shape
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
    light = 1 - 0.25 * chance.random() * x / wide - 0.25 * chance.random() * y / high
    if chance.random() < 0.4:  # the shadow of a hand
        edge = chance.uniform(0.2, 0.9) * wide + chance.gauss(0, 0.3) * y
        light *= 1 - chance.uniform(0.1, 0.35) / (1 + np.exp((x - edge) / (0.02 * wide)))
    grey = _toned(grey * light, chance, darkest=(20, 60), lightest=(215, 250), gamma=(0.85, 1.15))
    grey += np.random.default_rng(chance.getrandbits(32)).normal(0, chance.uniform(2, 6), grey.shape)
    turned = _turned(_grey(grey), chance.choice((0, 0, 90, 180, 270)))
    return Scan(_jpeg(turned, chance.randint(70, 92)), "phone", dots)


def _sheet(slip: Image.Image, back: Image.Image, chance: Random, *, surrounding: int) -> Image.Image:
    """The sheet as it lies there: its back shining through, the fold's shadow, coffee, the stub mostly torn off."""
    grey = np.asarray(slip, dtype=np.float32)
    through = np.asarray(back, dtype=np.float32)
    grey = grey * (1 - chance.uniform(0, 0.08) * (1 - through / 255))
    x = np.arange(grey.shape[1]) / DENSE
    for fold in (_FOLD, *([chance.uniform(110, 185)] if chance.random() < 0.3 else [])):
        depth, width = chance.uniform(0.03, 0.25), chance.uniform(0.3, 1.6)
        side = np.where(x < fold, 1.0, 0.25)
        grey *= (1 - depth * side * np.exp(-(((x - fold - chance.gauss(0, 0.5)) / width) ** 2)))[None, :]
    if chance.random() < 0.05:
        grey *= _coffee(grey.shape, chance)
    if chance.random() < 0.75:
        edge = _TORN + np.cumsum(np.random.default_rng(chance.getrandbits(32)).normal(0, 0.03, grey.shape[0]))
        grey = np.where(x[None, :] > edge[:, None], surrounding, grey)
    around = _AROUND * DENSE
    padded = np.pad(grey, around, constant_values=surrounding)
    return _grey(padded)


def _coffee(shape: tuple[int, ...], chance: Random) -> np.ndarray:
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32) / DENSE
    away = np.hypot(x - chance.uniform(90, 200), y - chance.uniform(10, 140))
    radius = chance.uniform(12, 35)
    stain: np.ndarray = 1 - 0.12 * np.exp(-(((away - radius) / 1.2) ** 2)) - 0.04 * (away < radius)
    return stain


def _taken(
    sheet: Image.Image,
    source: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]],
    size: tuple[float, float],
    samples: float,
    *,
    surrounding: int,
) -> Image.Image:
    """The sheet as a device sees it; `source` tells from millimetres about the middle where on the sheet that is."""
    wide, high = round(size[0] * samples), round(size[1] * samples)
    columns, rows = np.linspace(0, wide, 41).round(), np.linspace(0, high, 31).round()
    x, y = np.meshgrid(columns / samples - size[0] / 2, rows / samples - size[1] / 2)
    x, y = source(x, y)
    x, y = (x + _PAGE[0] / 2 + _AROUND) * DENSE, (y + _PAGE[1] / 2 + _AROUND) * DENSE
    mesh = [
        (
            (int(columns[c]), int(rows[r]), int(columns[c + 1]), int(rows[r + 1])),
            (
                x[r, c],
                y[r, c],
                x[r + 1, c],
                y[r + 1, c],
                x[r + 1, c + 1],
                y[r + 1, c + 1],
                x[r, c + 1],
                y[r, c + 1],
            ),
        )
        for r in range(30)
        for c in range(40)
    ]
    finer = sheet.filter(ImageFilter.GaussianBlur(0.4 * DENSE / samples)) if samples < DENSE else sheet
    return finer.transform(
        (wide, high), Image.Transform.MESH, mesh, Image.Resampling.BILINEAR, fillcolor=surrounding
    )


def _toned(
    grey: np.ndarray,
    chance: Random,
    *,
    darkest: tuple[int, int],
    lightest: tuple[int, int],
    gamma: tuple[float, float],
) -> np.ndarray:
    low, high = chance.uniform(*darkest), chance.uniform(*lightest)
    toned: np.ndarray = low + (high - low) * (grey.clip(0, 255) / 255) ** chance.uniform(*gamma)
    return toned


def _turned(picture: Image.Image, degrees: int) -> Image.Image:
    return picture.rotate(degrees, expand=True) if degrees else picture


def _grey(values: np.ndarray) -> Image.Image:
    return Image.fromarray(values.clip(0, 255).astype(np.uint8))


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return file.getvalue()
