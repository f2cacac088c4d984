"""Taking a written opinion out of a sealed or annulled answer, because it names somebody.

The text and its salt go, their hash stays: the leaf, and with it the seal, can still be checked, and nobody can find
the text again by trying words.
"""

from datetime import datetime
from http import HTTPStatus

from sqlalchemy.orm import Session

from survey_app import audit, db
from survey_app.collecting import leaves
from survey_app.collecting.models import AnnulledResponse, SealedResponse
from survey_app.errors import DomainError
from survey_app.fieldwork import queries as surveys
from survey_app.i18n import gettext as _
from survey_app.privacy.models import TextReview
from survey_app.privacy.permits import permitted

REDACT = "results.redact"


class NoTextToRedact(DomainError):
    """No sealed answer of that number holds a written opinion under that question."""

    code = "khong-co-van-ban"
    status = HTTPStatus.NOT_FOUND

    def __init__(self) -> None:
        super().__init__(
            _("There is no such written opinion in a sealed answer: check survey, submission and question.")
        )


class NoReason(DomainError):
    """Who takes a text out says why."""

    code = "thieu-ly-do"

    def __init__(self) -> None:
        super().__init__(
            _("Say why the text is taken out, in at most 500 characters and without the name itself.")
        )


def redact(
    session: Session,
    survey_id: str,
    submission_id: str,
    question: str,
    reason: str,
    *,
    actor: str,
    now: datetime,
) -> None:
    """Drop one written opinion and its salt, in the caller's transaction with the note of it.

    `erasing.erase_owed` erases what stays on the disk. Raises SurveyNotFound, NoReason and NoTextToRedact.
    """
    survey = surveys.survey(session, survey_id)
    if not 0 < len(reason.strip()) <= 500:
        raise NoReason
    key = (survey.id, submission_id)
    row = db.hold(session, SealedResponse, key) or db.hold(session, AnnulledResponse, key)
    text = row.answers.get(question) if row else None
    if row is None or not isinstance(text, dict) or "text" not in text:
        raise NoTextToRedact
    digest = leaves.text_digest(text)
    with permitted(session, survey.id):
        row.answers = {**row.answers, question: {"sha256": digest}}
    review = session.get(TextReview, (survey.id, question, digest))
    if review is not None:
        review.tag = ""  # Papers count tags, and this one belongs to a text that nobody can read any more.
    audit.record(
        session,
        actor,
        REDACT,
        f"survey:{survey.id}",
        at=now,
        submission=submission_id,
        question=question,
        reason=reason.strip(),
    )
