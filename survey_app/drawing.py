"""QR codes as SVG and the preview picture of a link. Knows nothing of what a code opens or who asks.

Charts are drawn where their figures are known.
"""

import base64
import io
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby
from typing import Any

from survey_app import heavy

#: Light modules around a QR symbol, on each side, that its standard asks for.
QUIET_MODULES = 4

#: Size in pixels that social networks ask of a link's picture (Open Graph).
_PREVIEW = (1200, 630)
_MARGIN = 80
_GREEN = "#1f6b3a"
_GROUND = "#fbfaf5"
_INK = "#1b1b1b"

#: Fonts with every Vietnamese letter: Debian's fonts-noto-core first, fonts-dejavu-core else.
_FONTS = {
    True: ("NotoSans-Bold.ttf", "DejaVuSans-Bold.ttf"),
    False: ("NotoSans-Regular.ttf", "DejaVuSans.ttf"),
}


def qr_svg(text: str) -> bytes:
    """A QR symbol of `text`, level Q, quiet zone included, one SVG path that scales to any size.

    Each run of dark modules in a row is one rectangle, which prints without hairlines between modules.
    """
    (matrix,) = qr_symbols([text])
    path = "".join(_runs(y, row) for y, row in enumerate(matrix))
    side = len(matrix)
    size = f'viewBox="0 0 {side} {side}" width="{side}mm" height="{side}mm"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><path d="{path}"/></svg>'.encode()


def qr_symbols(texts: Iterable[str]) -> Iterator[list[list[bool]]]:
    """The modules of a QR symbol for each of `texts`, dark ones true, level Q, quiet zone included.

    All have the mask that suits the first best: every mask can be read, and choosing it takes longer than all the rest.
    """
    qrcode = heavy.qrcode()
    mask = None
    for text in texts:
        code = qrcode.QRCode(
            error_correction=qrcode.constants.ERROR_CORRECT_Q, border=QUIET_MODULES, mask_pattern=mask
        )
        code.add_data(text, optimize=0)
        code.best_fit()
        if mask is None:
            mask = code.mask_pattern = code.best_mask_pattern()
        code.make(fit=False)
        yield code.get_matrix()


def qr_png(text: str) -> bytes:
    """The same symbol as a picture of dots, for word processors; 8 dots a module."""
    return next(qr_pngs([text]))


def qr_pngs(texts: Iterable[str]) -> Iterator[bytes]:
    """Such a picture for each of `texts`: a PDF of many pages holds it in a tenth of the time that a path takes."""
    pillow = heavy.pillow()
    for matrix in qr_symbols(texts):
        symbol = pillow.Image.new("1", (len(matrix), len(matrix)), 1)
        symbol.putdata([not dark for row in matrix for dark in row])
        buffer = io.BytesIO()
        symbol.resize((8 * len(matrix),) * 2).save(buffer, "PNG", optimize=True)
        yield buffer.getvalue()


def data_uri(picture: bytes, kind: str = "image/svg+xml") -> str:
    """`picture` as an address for <img>, for documents that must hold everything themselves."""
    return f"data:{kind};base64,{base64.b64encode(picture).decode()}"


@lru_cache(maxsize=64)
def preview_png(title: str, organiser: str) -> bytes:
    """The picture of a link, 1200 × 630 pixels: what is asked, and by whom; what is too long is cut."""
    pillow = heavy.pillow()
    picture = pillow.Image.new("RGB", _PREVIEW, _GROUND)
    pen = pillow.ImageDraw.Draw(picture)
    pen.rectangle((0, 0, 28, _PREVIEW[1]), fill=_GREEN)
    below = _write(pen, organiser, bold=False, size=38, lines=2, top=_MARGIN, colour=_GREEN)
    _write(pen, title, bold=True, size=66, lines=4, top=below + 40, colour=_INK)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def font_file(*, bold: bool) -> str:
    """The file of the font with every Vietnamese letter that this machine has."""
    found: str = _font(bold, 10).path
    return found


def _runs(y: int, row: Iterable[bool | None]) -> str:
    """Rectangles, as SVG path commands, over the dark runs of one row of modules."""
    path, x = "", 0
    for dark, modules in groupby(row, key=bool):
        width = len(list(modules))
        if dark:
            path += f"M{x} {y}h{width}v1h-{width}z"
        x += width
    return path


def _write(pen: Any, text: str, *, bold: bool, size: int, lines: int, top: int, colour: str) -> int:
    """Draw `text` in at most `lines` lines from `top` on; where the next text may begin."""
    font = _font(bold, size)
    step = round(size * 1.32)
    for line in _wrapped(text, font, lines):
        pen.text((_MARGIN, top), line, font=font, fill=colour)
        top += step
    return top


def _wrapped(text: str, font: Any, lines: int) -> list[str]:
    """`text` in lines that fit between the margins, the last one ending in … when there was more."""
    wrapped = [""]
    for word in text.split():
        longer = f"{wrapped[-1]} {word}".strip()
        if not wrapped[-1] or _fits(longer, font):
            wrapped[-1] = longer
        else:
            wrapped.append(word)
    if len(wrapped) > lines:
        wrapped = [*wrapped[: lines - 1], f"{wrapped[lines - 1]} …"]
    return [_cut(line, font) for line in wrapped]


def _cut(line: str, font: Any) -> str:
    while line and not _fits(line, font):
        line = f"{line.rstrip('… ')[:-1]}…"
    return line


def _fits(line: str, font: Any) -> bool:
    return font.getlength(line) <= _PREVIEW[0] - 2 * _MARGIN


def _font(bold: bool, size: int) -> Any:
    first, second = _FONTS[bold]
    truetype = heavy.pillow().ImageFont.truetype
    try:
        return truetype(first, size)
    except OSError:
        return truetype(second, size)
