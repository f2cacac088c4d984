"""A survey that was cancelled before its seal: its answers are set aside like those of a wronged village.

Cancelling is an act on the survey and touches no answer; the minute job comes behind it. Until then the rows still lie
in the order in which they came.
"""

from datetime import datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from survey_app import audit
from survey_app.audit import AuditEvent
from survey_app.collecting.models import (
    AnnulledResponse,
    NetworkCounter,
    PaperSlip,
    Response,
    ScannedSlip,
    SecondKeyingRow,
    SpentCode,
    TenMinuteCounter,
)
from survey_app.fieldwork import operations
from survey_app.fieldwork.agreed import Act
from survey_app.fieldwork.models import Progress, SlipRow, State, Survey
from survey_app.sealing import shuffling

#: The act under which it is noted.
SET_ASIDE = "results.set_aside"
_REWRITTEN = (SlipRow, SpentCode, Progress)
_DROPPED = (TenMinuteCounter, NetworkCounter, SecondKeyingRow, PaperSlip, ScannedSlip)


def owed(session: Session) -> tuple[str, ...]:
    """Cancelled surveys whose answers still lie where they came in."""
    lying = exists().where(Response.survey_id == Survey.id)
    cancelled = select(Survey.id).where(Survey.state == State.ANNULLED, lying)
    return tuple(session.scalars(cancelled.order_by(Survey.id)))


def set_aside(session: Session, survey_id: str, *, actor: str, now: datetime) -> int:
    """Move the answers in random order to where nothing counts them, and drop what was counted beside them; how many.

    Raises SurveyNotFound, and WrongState unless the survey is cancelled. `erasing.erase_owed` erases what it leaves.
    """
    operations.require_state(operations.hold(session, survey_id), State.ANNULLED)
    answers = shuffling.move(session, Response, AnnulledResponse, survey_id)
    for table in _REWRITTEN:
        shuffling.move(session, table, table, survey_id)
    for counted in _DROPPED:
        session.execute(delete(counted).where(counted.survey_id == survey_id))
    audit.record(session, actor, SET_ASIDE, f"survey:{survey_id}", at=now, answers=answers)
    return answers


def cancelled_at(session: Session, survey_id: str) -> datetime | None:
    """When the survey was cancelled; the audit log is the one place that says so."""
    noted = select(AuditEvent.at).where(
        AuditEvent.subject == f"survey:{survey_id}", AuditEvent.act == Act.ANNUL
    )
    return session.scalars(noted.order_by(AuditEvent.id).limit(1)).first()
