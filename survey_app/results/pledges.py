"""What a commune says it will do after a result: its own text, which the notice prints and everybody may read."""

from datetime import datetime
from http import HTTPStatus

from sqlalchemy.orm import Session

from survey_app import audit, db
from survey_app.errors import DomainError
from survey_app.fieldwork.models import WITH_SEAL
from survey_app.fieldwork.queries import SurveyView
from survey_app.i18n import gettext as _
from survey_app.results.models import Pledge

SAVED = "results.pledge"
#: Letters of the text: a notice of one sheet has room for them.
LONGEST = 2000


class NothingToAnswer(DomainError):
    """There is no result yet, or none that counts."""

    code = "chua-co-ket-qua"
    status = HTTPStatus.CONFLICT

    def __init__(self) -> None:
        super().__init__(_("What the commune will do is written once the result is sealed."))


def is_open(survey: SurveyView) -> bool:
    """Whether the survey has a result that a commune can answer."""
    return survey.state in WITH_SEAL


def text_of(session: Session, survey_id: str) -> str:
    """The text; "" while nothing is written."""
    row = session.get(Pledge, survey_id)
    return row.text if row else ""


def save(session: Session, survey: SurveyView, text: str, *, actor: str, now: datetime) -> None:
    """Keep the text; the audit log keeps the old and the new one. Raises NothingToAnswer."""
    if not is_open(survey):
        raise NothingToAnswer
    row = db.hold(session, Pledge, survey.id) or Pledge(survey_id=survey.id, text="")
    changes = audit.changes({"text": row.text}, {"text": text})
    row.text, row.saved_by, row.saved_at = text, actor, now
    session.add(row)
    audit.record(session, actor, SAVED, f"survey:{survey.id}", at=now, **changes)
