"""What is different on each slip, its QR and its code, drawn onto sheets that were laid out once.

Everything else of a slip is the same on hundreds of sheets and is in the file a single time. The QR is a picture
of one bit a dot, the code a line of text in a font that holds the letters of codes alone.
"""

import base64
import io
import string
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from survey_app import drawing, files, heavy
from survey_app.files import Spot

#: Where the lower slip of a sheet begins.
HALF_MM = 148.5
#: Dots of the picture for one module of the QR, so that no viewer has to enlarge single dots.
_DOTS = 8
_POINTS_PER_MM = 72 / 25.4
_SHEET_MM = 297.0
#: What codes are made of, those of old surveys too.
_LETTERS = string.digits + string.ascii_uppercase + " -"
_FONT = "Code"


@dataclass(frozen=True, slots=True)
class Own:
    """What one slip has of its own: what its QR says, and its code as printed."""

    qr: str
    code: str


def pdf(layers: str, slips: Sequence[Own], code_points: float) -> bytes:
    """Sheets of two slips each, outside and inside in turn.

    `layers` is a document of four pages: outside and inside of a full sheet, then of one with an upper slip alone.
    """

    def finish(laid_out: Any, made: Any) -> None:
        pydyf = heavy.pydyf()
        pages = [made.objects[number] for number in made.pages["Kids"][::3]]
        made.pages.update(Kids=pydyf.Array(), Count=0)
        save, restore = pydyf.Stream([b"q"]), pydyf.Stream([b"Q"])
        made.add_object(save)
        made.add_object(restore)
        _embed_font(made, pages[0])
        for sheet in _sheets(slips, files.places_of(laid_out), code_points):
            outside, inside = pages[:2] if len(sheet) == 2 else pages[2:]
            made.add_page(pydyf.Dictionary(outside))
            own = pydyf.Stream(sheet, compress=True)
            made.add_object(own)
            parts = (save.reference, inside["Contents"], restore.reference, own.reference)
            made.add_page(pydyf.Dictionary({**inside, "Contents": pydyf.Array(parts)}))

    return files.pdf_finished(layers, finish)


def _sheets(slips: Sequence[Own], places: dict[str, Spot], code_points: float) -> Iterator[list[bytes]]:
    """What is drawn on each inside, slip by slip."""
    symbols = drawing.qr_symbols(slip.qr for slip in slips)
    drawn: list[bytes] = []
    for slip, symbol in zip(slips, symbols, strict=True):
        down = HALF_MM * len(drawn)
        drawn.append(
            _picture(symbol, places["qr"], down) + b"\n" + _line(slip.code, places["code"], down, code_points)
        )
        if len(drawn) == 2:
            yield drawn
            drawn = []
    if drawn:
        yield drawn


def _picture(symbol: Sequence[Sequence[bool]], place: Spot, down_mm: float) -> bytes:
    """The QR as a mask through which black is painted."""
    side = len(symbol)
    picture = heavy.pillow().Image.new("1", (side, side))
    picture.putdata([0 if dark else 1 for row in symbol for dark in row])
    dots = picture.resize((side * _DOTS, side * _DOTS), heavy.pillow().Image.Resampling.NEAREST)
    packed = base64.a85encode(zlib.compress(dots.tobytes())) + b"~>"
    width, left = place.width_mm * _POINTS_PER_MM, place.x_mm * _POINTS_PER_MM
    bottom = (_SHEET_MM - place.y_mm - place.height_mm - down_mm) * _POINTS_PER_MM
    size = f"/W {side * _DOTS} /H {side * _DOTS} /IM true /F [/A85 /Fl]"
    return (
        f"q 0 g {width:.2f} 0 0 {width:.2f} {left:.2f} {bottom:.2f} cm BI {size} ID ".encode()
        + packed
        + b" EI Q"
    )


def _line(code: str, place: Spot, down_mm: float, points: float) -> bytes:
    """The code in the middle of its frame."""
    font = _font()
    wide = sum(font.widths[letter] for letter in code) * points / 1000
    left = (place.x_mm + place.width_mm / 2) * _POINTS_PER_MM - wide / 2
    middle = (_SHEET_MM - place.y_mm - place.height_mm / 2 - down_mm) * _POINTS_PER_MM
    base = middle - font.capital_height * points / 2000
    return f"BT 0.067 g /{_FONT} {points} Tf {left:.2f} {base:.2f} Td ({code}) Tj ET".encode("ascii")


@dataclass(frozen=True, slots=True)
class _Font:
    """A font of a few letters; widths and heights in thousandths of its size."""

    name: str
    file: bytes
    widths: dict[str, int]
    box: tuple[int, int, int, int]
    ascent: int
    descent: int
    capital_height: int


@lru_cache(maxsize=1)
def _font() -> _Font:
    """The bold font of papers, cut down to the letters of codes."""
    tools = heavy.fonttools()
    font = tools.ttLib.TTFont(drawing.font_file(bold=True))
    cut = tools.subset.Subsetter(tools.subset.Options(layout_features=[], hinting=False, name_IDs=[6]))
    cut.populate(text=_LETTERS)
    cut.subset(font)
    written = io.BytesIO()
    font.save(written)
    scale, names = 1000 / font["head"].unitsPerEm, font.getBestCmap()
    head, lines = font["head"], font["OS/2"]
    return _Font(
        name=font["name"].getDebugName(6),
        file=written.getvalue(),
        widths={letter: round(font["hmtx"][names[ord(letter)]][0] * scale) for letter in _LETTERS},
        box=(
            round(head.xMin * scale),
            round(head.yMin * scale),
            round(head.xMax * scale),
            round(head.yMax * scale),
        ),
        ascent=round(font["hhea"].ascent * scale),
        descent=round(font["hhea"].descent * scale),
        capital_height=round(lines.sCapHeight * scale),
    )


def _embed_font(made: Any, page: Any) -> None:
    """Put the font of codes beside those of the laid-out pages, which share one list."""
    pydyf = heavy.pydyf()
    font = _font()
    file = pydyf.Stream([font.file], pydyf.Dictionary({"Length1": len(font.file)}), compress=True)
    made.add_object(file)
    name = f"/CODEAA+{font.name}"
    descriptor = pydyf.Dictionary(
        {
            "Type": "/FontDescriptor",
            "FontName": name,
            "Flags": 32,
            "FontBBox": pydyf.Array(font.box),
            "ItalicAngle": 0,
            "Ascent": font.ascent,
            "Descent": font.descent,
            "CapHeight": font.capital_height,
            "StemV": 120,
            "FontFile2": file.reference,
        }
    )
    made.add_object(descriptor)
    first, last = ord(" "), ord("Z")
    described = pydyf.Dictionary(
        {
            "Type": "/Font",
            "Subtype": "/TrueType",
            "BaseFont": name,
            "Encoding": "/WinAnsiEncoding",
            "FirstChar": first,
            "LastChar": last,
            "Widths": pydyf.Array(font.widths.get(chr(letter), 0) for letter in range(first, last + 1)),
            "FontDescriptor": descriptor.reference,
        }
    )
    made.add_object(described)
    shared = _behind(made, _behind(made, page["Resources"])["Font"])
    shared[_FONT] = described.reference


def _behind(made: Any, reference: bytes) -> Any:
    """The object that a reference ("12 0 R") names."""
    return made.objects[int(reference.split()[0])]
