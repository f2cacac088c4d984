"""Whether notices of villages give their answers by number: what a province's Front set, and what a survey pinned.

Households read on their form which of the two holds, so it is fixed when the survey is published and never changes for
it. It rests on a document of the Front, or notices show bands. Which villages can be shown so is decided by
`scoring.disclosure` alone.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from survey_app import audit, db
from survey_app.fieldwork.models import NoticeCounts, Purpose, Survey
from survey_app.i18n import gettext as _
from survey_app.templating import day
from survey_app.units import queries as units
from survey_app.units.queries import UnitView

SET = "fieldwork.notice_counts"


@dataclass(frozen=True, slots=True)
class NoticeDocument:
    """The document of the Front by which notices give counts."""

    number: str
    dated: date
    body: str

    @property
    def text(self) -> str:
        """As pages and papers name it."""
        return _("%(number)s of %(day)s, %(body)s", number=self.number, day=day(self.dated), body=self.body)


def in_force(session: Session, province_id: int) -> NoticeDocument | None:
    """What surveys of the province pin when they are published now; None: bands."""
    stored = session.get(NoticeCounts, province_id)
    return _document(stored) if stored else None


def pinned(row: Survey | Row[*tuple[Any, ...]]) -> NoticeDocument | None:
    """What a survey's row pins; None for bands, and while it is a draft."""
    return _named(row.notice_number, row.notice_dated, row.notice_body)


def pin(session: Session, survey: Survey, province_id: int) -> NoticeDocument | None:
    """Fix for a survey that is published what its notices will give."""
    found = in_force(session, province_id)
    if found is not None and Purpose(survey.purpose).asks_households:
        survey.notice_number, survey.notice_dated, survey.notice_body = (
            found.number,
            found.dated,
            found.body,
        )
    return pinned(survey)


def of(session: Session, survey_id: str) -> NoticeDocument | None:
    """What the survey pinned, or what a draft would pin if it were published now."""
    survey = session.get_one(Survey, survey_id)
    if survey.published_at is not None:
        return pinned(survey)
    if not Purpose(survey.purpose).asks_households:
        return None
    return in_force(session, units.unit(session, survey.unit_id).province_id)


def change(
    session: Session, province: UnitView, document: NoticeDocument | None, *, actor: str, now: datetime
) -> None:
    """Set it for surveys published from now on; None: bands again."""
    stored = db.hold(session, NoticeCounts, province.id)
    before = _document(stored) if stored else None
    if document == before:
        return
    row = stored or NoticeCounts(province_id=province.id)
    row.number, row.dated, row.body = (
        (document.number, document.dated, document.body) if document else ("", None, "")
    )
    row.saved_by, row.saved_at = actor, now
    session.add(row)
    changes = audit.changes({"notices": _named_as(before)}, {"notices": _named_as(document)})
    audit.record(session, actor, SET, f"unit:{province.id}", at=now, **changes)


def _document(row: NoticeCounts) -> NoticeDocument | None:
    return _named(row.number, row.dated, row.body)


def _named(number: str, dated: date | None, body: str) -> NoticeDocument | None:
    return NoticeDocument(number, dated, body) if number and dated else None


def _named_as(document: NoticeDocument | None) -> str:
    return document.text if document else ""
