"""The blank page of a print run, kept with it: where its boxes are, for the reader of scans.

The words on a slip are what a scan is laid upon, so the reader needs the very page that was printed. It is kept when
slips are made, because a later program, other fonts or other days would draw another one. See ADR 46.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app import db, heavy
from survey_app.config import Settings
from survey_app.fieldwork.queries import SurveyView
from survey_app.files import Spot
from survey_app.printing import slips
from survey_app.printing.models import BlankSlipPage
from survey_app.printing.slips import BlankSlip

#: Side of a printed box, outline included, in millimetres; ticks.css has the same.
BOX_MM = 3.5


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A blank page that was kept, and what is where on it."""

    pdf: bytes
    layout: dict[str, Any]


def keep(session: Session, survey: SurveyView, settings: Settings) -> None:
    """Keep the blank page of the slips that are being made, unless one that looks the same is kept already.

    Raises SlipTooFull.
    """
    html = slips.blank_html(survey, settings)
    drawn_by = str(heavy.weasyprint().__version__)
    look = sha256(f"{drawn_by}\0{html}".encode()).hexdigest()
    if session.get(BlankSlipPage, (survey.id, look)) is not None:
        return
    page = drawn(survey, settings)
    row = {"survey_id": survey.id, "look": look, "pdf": page.pdf, "layout": page.layout}
    db.insert_if_new(session, BlankSlipPage, row)


def drawn(survey: SurveyView, settings: Settings) -> KeptPage:
    """The blank page of slips that are printed now. Raises SlipTooFull."""
    blank = slips.blank(survey, settings)
    return KeptPage(blank.pdf, _layout(survey, blank))


def of_survey(session: Session, survey_id: str) -> Sequence[KeptPage]:
    """Every look of a survey's slips; none where they were printed before pages were kept."""
    kept = select(BlankSlipPage).where(BlankSlipPage.survey_id == survey_id).order_by(BlankSlipPage.look)
    return tuple(KeptPage(row.pdf, row.layout) for row in session.scalars(kept))


def _layout(survey: SurveyView, blank: BlankSlip) -> dict[str, Any]:
    """What `scans.reading.layout_of` reads again."""
    lines = []
    for key, row in blank.rows.items():
        question = survey.instrument.question(key)
        boxes = [[box.option, box.x_mm, box.y_mm] for box in blank.boxes if box.question == key]
        many = question is not None and question.kind.row.several
        lines.append({"key": key, "row": _area(row), "boxes": boxes, "many": many})
    return {
        "width": blank.width_mm,
        "height": blank.height_mm,
        "fold": blank.fold_mm,
        "qr": _area(blank.qr),
        "code": _area(blank.code),
        "side": BOX_MM,
        "lines": lines,
    }


def _area(spot: Spot) -> list[float]:
    return [spot.x_mm, spot.y_mm, spot.width_mm, spot.height_mm]
