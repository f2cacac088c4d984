"""The pages of scanned files: a PDF of a copier, a TIFF, or photos; each as a grey picture, or why it is not taken."""

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw
from PIL import Image

from survey_app.opening import FileRefused

#: Pages of one upload: half an hour of looking, and a minute of reading.
MOST_PAGES = 200
#: Samples of one page; an A4 sheet at 300 to the inch has 9 million, a good phone takes 12 million.
MOST_SAMPLES = 60_000_000
#: Samples to the inch at which a page of a PDF is drawn: more tells the reader nothing.
_DOTS = 220
#: The longer side of a photo that the reader looks at.
_LONGEST = 3000
#: Of what is not paper in a grey scan at least this share is neither black nor white.
_LEAST_BETWEEN = 0.06
_BLACK, _WHITE = 60, 200

_PICTURES = {b"\xff\xd8\xff": "JPEG", b"\x89PNG": "PNG", b"II*\x00": "TIFF", b"MM\x00*": "TIFF"}


class PageRefused(Exception):
    """A page that is not read: a word for why."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


def pages(content: bytes) -> Iterator[Image.Image | PageRefused]:
    """Every page of a file, or why that one is not read. Raises FileRefused for the whole file."""
    if b"%PDF-" in content[:1024]:
        yield from _of_pdf(content)
        return
    if content[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypmsf1"):
        raise FileRefused("heic")
    form = next((name for start, name in _PICTURES.items() if content.startswith(start)), None)
    if form is None:
        raise FileRefused("not_a_scan")
    yield from _of_picture(content, form)


def is_black_and_white(grey: np.ndarray[Any, Any]) -> bool:
    """Whether a picture has but black and white, at the fineness at which it was scanned.

    Pencil and pale ink are gone from such a file, and nothing in it tells.
    """
    counts = np.bincount(grey.ravel(), minlength=256)
    if np.count_nonzero(counts) <= 4:
        return True
    dark, between = counts[:_BLACK].sum(), counts[_BLACK:_WHITE].sum()
    return bool(dark > 0 and between < _LEAST_BETWEEN * (dark + between))


def _of_pdf(content: bytes) -> Iterator[Image.Image | PageRefused]:
    try:
        document = pypdfium2.PdfDocument(content)
        count = len(document)
    except pypdfium2.PdfiumError as error:
        raise FileRefused("locked" if "assword" in str(error) else "damaged") from error
    if count > MOST_PAGES:
        raise FileRefused("too_many_pages")
    for number in range(count):
        try:
            page = document[number]
            yield _drawn(page)
            page.close()
        except pypdfium2.PdfiumError:
            yield PageRefused("damaged")


def _drawn(page: Any) -> Image.Image | PageRefused:
    """A page as it looks; copiers put one picture on each, or several strips."""
    across, down = page.get_size()
    if across < 72 or down < 72 or across * down * (_DOTS / 72) ** 2 > MOST_SAMPLES:
        return PageRefused("odd_size")
    finest = 0.0
    for one in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=4):
        about = one.get_metadata()
        finest = max(finest, about.horizontal_dpi, about.vertical_dpi)
        covers = about.width / max(about.horizontal_dpi, 1) * about.height / max(about.vertical_dpi, 1)
        if about.bits_per_pixel == 1 and covers > 0.25 * (across / 72) * (down / 72):
            return PageRefused("black_and_white")
    dots = min(_DOTS, finest) if finest >= 72 else _DOTS
    drawn: Image.Image = page.render(scale=dots / 72, grayscale=True).to_pil().convert("L")
    if dots < _DOTS and is_black_and_white(np.asarray(drawn)):
        return PageRefused("black_and_white")
    return drawn


def _of_picture(content: bytes, form: str) -> Iterator[Image.Image | PageRefused]:
    try:
        picture = Image.open(io.BytesIO(content), formats=[form])
        count = getattr(picture, "n_frames", 1)
        if count > MOST_PAGES:
            raise FileRefused("too_many_pages")
        for number in range(count):
            picture.seek(number)
            yield _grey(picture)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise FileRefused("damaged") from error


def _grey(picture: Image.Image) -> Image.Image | PageRefused:
    """A photo or a frame of a TIFF; its own orientation says nothing, the QR does."""
    across, down = picture.size
    if across * down > MOST_SAMPLES or min(across, down) < 300:
        return PageRefused("odd_size")
    if picture.mode == "1":
        return PageRefused("black_and_white")
    if picture.format == "JPEG":
        picture.draft("L", (_LONGEST // 2, _LONGEST // 2))
    grey = picture.convert("L")
    if is_black_and_white(np.asarray(grey)):
        return PageRefused("black_and_white")
    grey.thumbnail((_LONGEST, _LONGEST), Image.Resampling.BOX)
    return grey
