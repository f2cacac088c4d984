"""One scanned slip read: its QR, where it lies, what is ticked, and the picture a person sees beside the reading."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Any

import numpy as np
import pypdfium2
import zxingcpp
from PIL import Image

from survey_app.scans import marks, placing
from survey_app.scans.marks import LineReading, PrintedBox, PrintedLine
from survey_app.scans.placing import FINE, Area, BlankPage, Picture, Placed, Placement

#: Samples to a millimetre of the picture that is kept for a person to look at.
SHOWN = 6
#: Tiles that have to be where the fitted page says, of all.
LEAST_FITTING = 0.8
#: Millimetres at the edges of the page and along the fold that are not compared: paper is cut, torn and worn there.
_EDGE = 3.0
#: White modules around the symbol, on each side, as it is printed.
_QUIET_MODULES = 4
#: Millimetres around the boxes in which marks are looked for.
_LOOKED_AT = 12.0
#: Millimetres above the first and below the last line that a person sees too.
_ABOVE, _BELOW = 13.5, 2.0
#: A whole page as it is shown, pixels across and down at most.
_WHOLE_PAGE = (1400, 1400)


@dataclass(frozen=True, slots=True)
class Layout:
    """What is where on a printed page, in millimetres."""

    width: float
    height: float
    fold: float
    qr: Area
    code: Area
    #: Of a box, outline included.
    side: float
    lines: tuple[PrintedLine, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """What was found in one place of a picture.

    `lines` is empty where the page was not found there. `shown` is what a person looks at, without QR and code, and
    `rows` says where in it each line is, from its upper edge to its lower one.
    """

    text: str
    lines: tuple[LineReading, ...]
    shown: Image.Image
    rows: Mapping[str, tuple[int, int]]


class PrintedPage:
    """A printed page with nothing on it, drawn once for a whole stack."""

    def __init__(self, pdf: bytes, layout: Layout) -> None:
        self.layout = layout
        page = pypdfium2.PdfDocument(pdf)[0]
        drawn = page.render(scale=FINE * 25.4 / 72, grayscale=True).to_pil().convert("L")
        self.page = BlankPage(drawn)
        high = layout.height - 2 * _EDGE
        self.halves = (
            Area(_EDGE, _EDGE, layout.fold - 2 * _EDGE, high),
            Area(layout.fold + _EDGE / 2, _EDGE, layout.width - layout.fold - 1.5 * _EDGE, high),
        )
        self.parts = tuple(self._lines_of(half) for half in self.halves)
        self.looked_at = tuple(map(_about_boxes, self.halves, self.parts))

    def _lines_of(self, half: Area) -> tuple[PrintedLine, ...]:
        return tuple(
            line
            for line in self.layout.lines
            if half.left <= line.row.left + line.row.width / 2 <= half.right
        )

    def shown(self) -> Iterator[tuple[int, Area]]:
        """The parts of the page that a person sees, one below the other, with the number of the half."""
        for number, (half, lines) in enumerate(zip(self.halves, self.parts, strict=True)):
            if lines:
                top = max(min(line.row.top for line in lines) - _ABOVE, 0.0)
                bottom = min(
                    max(line.row.top + line.row.height for line in lines) + _BELOW, self.layout.height
                )
                yield number, Area(half.left, top, half.width, bottom - top)


def _about_boxes(half: Area, lines: Sequence[PrintedLine]) -> Area:
    """The part of a half that is looked at for marks: around its boxes, or all of it where words may be written."""
    boxes = [box for line in lines for box in line.boxes]
    if not boxes or not all(line.boxes for line in lines):
        return half
    # Whole millimetres, so that samples of the blank page and of the picture fall together.
    left = max(half.left, floor(min(box.x for box in boxes) - _LOOKED_AT))
    top = max(half.top, floor(min(box.y for box in boxes) - _LOOKED_AT))
    right = min(half.right, ceil(max(box.x for box in boxes) + _LOOKED_AT))
    bottom = min(half.bottom, ceil(max(box.y for box in boxes) + _LOOKED_AT))
    return Area(left, top, right - left, bottom - top)


def layout_of(document: Mapping[str, Any]) -> Layout:
    """A layout as it is kept with the print run."""
    return Layout(
        document["width"],
        document["height"],
        document["fold"],
        Area(*document["qr"]),
        Area(*document["code"]),
        document["side"],
        tuple(
            PrintedLine(
                line["key"],
                Area(*line["row"]),
                tuple(PrintedBox(*box) for box in line["boxes"]),
                line["many"],
            )
            for line in document["lines"]
        ),
    )


def read_page(page: Image.Image, blanks: Sequence[PrintedPage]) -> list[Read]:
    """Every slip on a grey picture; none where there is no QR at all."""
    symbols = zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    picture = Picture(page)
    return [_read(picture, symbol, blanks) for symbol in symbols]


def _read(picture: Picture, symbol: Any, blanks: Sequence[PrintedPage]) -> Read:
    """A slip by its QR, on the first blank page that fits."""
    for blank in blanks:
        placed = placing.place(
            picture,
            blank.page,
            _guesses(symbol, blank.layout),
            blank.halves,
            (blank.layout.qr, blank.layout.code),
        )
        if placed is not None and min(half.fitting for half in placed) >= LEAST_FITTING:
            return _ticked(picture, symbol.text, blank, placed)
    return Read(symbol.text, (), shrunk(picture.picture), {})


def _ticked(picture: Picture, text: str, blank: PrintedPage, placed: Sequence[Placed]) -> Read:
    parts = []
    for area, lines, where in zip(blank.looked_at, blank.parts, placed, strict=True):
        flat = picture.straightened(where.placement, area, FINE).astype(np.float32)
        parts.append(marks.read(flat, blank.page.part(area, FINE), area, lines, blank.layout.side))
    read = marks.with_neighbours([line for part in parts for line in part.lines])
    if not all(part.legible for part in parts):
        read = tuple(LineReading(line.key, line.ticked, clear=False) for line in read)
    shown, rows = _shown(picture, blank, placed)
    return Read(text, read, shown, rows)


def _shown(
    picture: Picture, blank: PrintedPage, placed: Sequence[Placed]
) -> tuple[Image.Image, dict[str, tuple[int, int]]]:
    """The lines as they lie flat, part below part; and where each row is in it."""
    pieces, rows, down = [], {}, 0
    for number, area in blank.shown():
        piece = picture.straightened(placed[number].placement, area, SHOWN)
        for line in blank.parts[number]:
            top = down + round((line.row.top - area.top) * SHOWN)
            rows[line.key] = (top, top + round(line.row.height * SHOWN))
        pieces.append(piece)
        down += piece.shape[0]
    wide = max(piece.shape[1] for piece in pieces)
    filled = [np.pad(piece, ((0, 0), (0, wide - piece.shape[1])), constant_values=255) for piece in pieces]
    return Image.fromarray(np.concatenate(filled)), rows


def _guesses(symbol: Any, layout: Layout) -> tuple[Placement, ...]:
    """What the corners of the symbol say of where the page lies."""
    modules = 17 + 4 * int(symbol.extra["Version"])
    quiet = layout.qr.width * _QUIET_MODULES / (modules + 2 * _QUIET_MODULES)
    left, top = layout.qr.left + quiet, layout.qr.top + quiet
    right, bottom = layout.qr.right - quiet, layout.qr.bottom - quiet
    seen = symbol.position
    corners = (seen.top_left, seen.top_right, seen.bottom_right, seen.bottom_left)
    return placing.from_corners(
        np.array([[left, top], [right, top], [right, bottom], [left, bottom]]),
        np.array([[corner.x, corner.y] for corner in corners], dtype=float),
    )


def shrunk(page: Image.Image) -> Image.Image:
    """A whole page for a person to look at."""
    small = page.copy()
    small.thumbnail(_WHOLE_PAGE)
    return small
