"""Printed slips ticked and scanned, as a clerk's copier gives them: `bench.ticked` and `bench.copied` do the hand's work."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

import pypdfium2
from PIL import Image

from bench import copied, ticked
from bench.ticked import Ticked
from survey_app import drawing
from survey_app.config import Settings
from survey_app.fieldwork.queries import SurveyView
from survey_app.printing import blank_pages, slips
from survey_app.printing.blank_pages import KeptPage
from survey_app.scans import reading
from survey_app.scans.reading import Layout, PrintedPage
from survey_app.units.queries import UnitView

#: Samples to the millimetre: 200 to the inch.
_FLAT = 200 / 25.4


@dataclass(frozen=True)
class Paper:
    """The slips of some codes as they were printed: one picture of each inside, and of the outside they share."""

    insides: tuple[Image.Image, ...]
    outside: Image.Image
    layout: Layout
    blank: PrintedPage
    kept: KeptPage

    def ticked(self, number: int, chance: Random, *, odd: str = "") -> Ticked:
        """That slip filled in by somebody; `odd` names something strange that they did."""
        lines, side = self.layout.lines, self.layout.side
        return ticked.tick(self.insides[number], lines, side, chance, odd=odd)

    def with_code(self, text: str) -> "Paper":
        """The first slip as if it had been printed with a QR that says `text`."""
        symbol = next(iter(drawing.qr_symbols([text])))
        dots = Image.new("L", (len(symbol), len(symbol)), 255)
        dots.putdata([0 if dark else 255 for row in symbol for dark in row])
        left, top, side = (
            round(millimetres * ticked.DENSE)
            for millimetres in (self.layout.qr.left, self.layout.qr.top, self.layout.qr.width)
        )
        inside = self.insides[0].copy()
        inside.paste(dots.resize((side, side), Image.Resampling.NEAREST), (left, top))
        return replace(self, insides=(inside,))

    def scanned(self, slip: Ticked, chance: Random) -> bytes:
        """A JPEG of it from a copier."""
        back = self.outside.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        return copied.copier(slip.picture, back, chance).jpeg


def flat(slip: Ticked) -> bytes:
    """A JPEG of it from a perfect scanner, for tests that are not about reading: an imperfect one is slow to simulate."""
    wide, high = (round(side * _FLAT / ticked.DENSE) for side in slip.picture.size)
    file = io.BytesIO()
    slip.picture.resize((wide, high), Image.Resampling.BOX).save(file, "JPEG", quality=85)
    return file.getvalue()


def printed(survey: SurveyView, village: UnitView, codes: Sequence[str], settings: Settings) -> Paper:
    """Print slips and keep what a reader of scans needs."""
    pages = pypdfium2.PdfDocument(slips.pdf(survey, village, codes, settings))
    halves = [half for page in pages for half in _halves(page)]
    kept = blank_pages.drawn(survey, settings)
    layout = reading.layout_of(kept.layout)
    return Paper(
        insides=tuple(halves[4 * (number // 2) + 2 + number % 2] for number in range(len(codes))),
        outside=halves[0],
        layout=layout,
        blank=PrintedPage(kept.pdf, layout),
        kept=kept,
    )


def stack(pages: Sequence[bytes]) -> bytes:
    """One PDF of scanned pages, as a copier with a feeder makes it."""
    first, *others = (Image.open(io.BytesIO(page)) for page in pages)
    file = io.BytesIO()
    first.save(file, "PDF", save_all=True, append_images=others, resolution=200)
    return file.getvalue()


def _halves(page: pypdfium2.PdfPage) -> list[Image.Image]:
    """The two slips of a printed sheet."""
    drawn = page.render(scale=ticked.DENSE * 25.4 / 72, grayscale=True).to_pil().convert("L")
    high = round(148.5 * ticked.DENSE)
    return [drawn.crop((0, top, drawn.width, top + high)) for top in (0, high)]
