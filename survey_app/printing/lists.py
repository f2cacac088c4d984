"""Papers that go with a bundle of slips: the cover for the village head, and the numbered receipt list.

Neither carries a code or a name. The list is kept on paper only: lines are ticked by hand, and its totals
are the cross-check of what the system counted.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from flask import render_template

from survey_app import drawing, files
from survey_app.config import Settings
from survey_app.fieldwork.frames import FrameLine
from survey_app.fieldwork.queries import BatchView, SurveyView
from survey_app.fieldwork.rounds import AnnulmentView
from survey_app.i18n import force_locale
from survey_app.printing import reach

#: Numbered lines in one column of the receipt list; each page has two columns.
_LINES = 32


@dataclass(frozen=True, slots=True)
class Bundle:
    """The slips of one village that may be handed out."""

    line: FrameLine
    batches: tuple[BatchView, ...]

    @property
    def slips(self) -> int:
        return sum(batch.slips for batch in self.batches)

    @property
    def spares(self) -> int:
        """Slips beyond one for each household."""
        return max(self.slips - self.line.households, 0)


def bundle(line: FrameLine, batches: Iterable[BatchView]) -> Bundle:
    """The village's batches that were not voided."""
    return Bundle(
        line, tuple(batch for batch in batches if batch.unit_id == line.unit.id and batch.voided_at is None)
    )


def cover_link(survey: SurveyView, line: FrameLine, public_url: str) -> str:
    """The page that shows how many households of the village answered, and nothing else."""
    return f"{public_url}/bia/{survey.cover_token}/{line.unit.code}"


def cover_pdf(
    survey: SurveyView, held: Bundle, settings: Settings, annulments: Sequence[AnnulmentView]
) -> bytes:
    """The cover of a village's bundle, one A4 page in Vietnamese; `annulments` are the village's."""
    reach.require(survey, settings)
    link = cover_link(survey, held.line, settings.public_url)
    with force_locale("vi"):
        page = render_template(
            "printing/print/cover.html",
            survey=survey,
            held=held,
            annulments=annulments,
            link=link.partition("://")[2],
            qr=drawing.data_uri(drawing.qr_svg(link)),
            settings=settings,
        )
    return files.pdf(page)


def receipt_pdf(
    survey: SurveyView, line: FrameLine, slips: int, annulments: Sequence[AnnulmentView]
) -> bytes:
    """The receipt list with lines 1 to `slips`, in Vietnamese; `annulments` are the village's."""
    with force_locale("vi"):
        page = render_template(
            "printing/print/receipts.html",
            survey=survey,
            line=line,
            slips=slips,
            pages=list(_pages(slips)),
            annulments=annulments,
        )
    return files.pdf(page)


def _pages(slips: int) -> Iterator[Sequence[range]]:
    """The numbers of each page in its two columns, alike in length, so that the last page leaves room for totals."""
    for start in range(1, slips + 1, 2 * _LINES):
        end = min(start + 2 * _LINES, slips + 1)
        middle = start + (end - start + 1) // 2
        yield range(start, middle), range(middle, end)
