"""What happens to the key of a signed or cancelled survey: complaints, the province's acceptance, destruction.

With the pepper gone, nobody can tell any more whether a slip was used, not even with the slip in hand. Until then the
key answers complaints, so an open one suspends its destruction.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app import audit, db
from survey_app.access import Identity
from survey_app.approvals import requests as approvals
from survey_app.approvals.approval import ApprovalView
from survey_app.collecting import paper
from survey_app.errors import DomainError
from survey_app.fieldwork import operations as fieldwork
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.models import Purpose, State, Survey
from survey_app.fieldwork.queries import SurveyView
from survey_app.i18n import gettext as _
from survey_app.privacy.models import Complaint
from survey_app.sealing import cancelling
from survey_app.sealing.models import Seal
from survey_app.templating import day
from survey_app.units import queries as units

ACCEPT = "results.accept"

#: The key is kept at least so long after sealing or cancelling, and without the province's acceptance so long at most.
_AT_LEAST = timedelta(days=30)
_WITHOUT_ACCEPTANCE = timedelta(days=180)


class KeyKept(DomainError):
    """The key must not be destroyed yet; the message says why."""

    code = "chua-duoc-huy-khoa"


class CannotAccept(DomainError):
    """Only a signed result can be accepted, and only once."""

    code = "khong-the-chap-nhan"

    def __init__(self) -> None:
        super().__init__(_("Only a signed result that is not accepted yet can be accepted. Reload the page."))


class NoSuchComplaint(DomainError):
    """No open complaint of that number about this survey."""

    code = "khong-co-khieu-nai"

    def __init__(self) -> None:
        super().__init__(_("This complaint is closed already. Reload the page."))


@dataclass(frozen=True, slots=True)
class ComplaintView:
    id: int
    note: str
    opened_at: datetime
    outcome: str | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Custody:
    """What may become of a survey's key: None in `obstacle` means that it may be destroyed now."""

    complaints: tuple[ComplaintView, ...]
    requests: tuple[ApprovalView, ...]
    accepted_at: datetime | None
    destroyed_at: datetime | None
    obstacle: str | None


def custody(session: Session, survey_id: str, now: datetime) -> Custody:
    """Raises SurveyNotFound."""
    survey = session.get(Survey, survey_id)
    if survey is None:
        raise surveys.SurveyNotFound
    rows = session.scalars(select(Complaint).where(Complaint.survey_id == survey_id).order_by(Complaint.id))
    asked = _requests(session, survey_id)
    return Custody(
        complaints=tuple(
            ComplaintView(row.id, row.note, row.opened_at, row.outcome, row.closed_at) for row in rows
        ),
        requests=asked,
        accepted_at=_accepted_at(asked),
        destroyed_at=survey.pepper_destroyed_at,
        obstacle=_obstacle(session, survey, _accepted_at(asked), now),
    )


def open_complaint(session: Session, survey_id: str, note: str, *, actor: str, now: datetime) -> None:
    """Record a complaint about a survey, in whatever state."""
    fieldwork.hold(session, survey_id)
    session.add(Complaint(survey_id=survey_id, note=note, opened_by=actor, opened_at=now))
    audit.record(session, actor, "results.open_complaint", f"survey:{survey_id}", at=now, reason=note)


def close_complaint(
    session: Session, survey_id: str, complaint_id: int, outcome: str, *, actor: str, now: datetime
) -> None:
    """Note how a complaint was settled. Raises NoSuchComplaint."""
    found = db.hold(session, Complaint, complaint_id)
    if found is None or found.survey_id != survey_id or found.closed_at is not None:
        raise NoSuchComplaint
    found.outcome, found.closed_by, found.closed_at = outcome, actor, now
    subject = f"survey:{survey_id}"
    audit.record(
        session, actor, "results.close_complaint", subject, at=now, complaint=complaint_id, reason=outcome
    )


def ask_acceptance(session: Session, survey: SurveyView, *, by: Identity, now: datetime) -> int:
    """One provincial body accepts the result and asks the other; a matter of the province, so no commune decides it.

    Raises CannotAccept and what `accounts` refuses.
    """
    if survey.state is not State.SIGNED or _accepted_at(_requests(session, survey.id)):
        raise CannotAccept
    province = units.province_of(session, survey.unit)
    return approvals.request_approval(
        session,
        act=ACCEPT,
        subject=f"survey:{survey.id}",
        unit_id=province.id,
        payload={},
        reason="",
        by=by,
        now=now,
    )


def accept(session: Session, decided: ApprovalView, by: Identity, now: datetime) -> None:
    """Accept the result, once both provincial bodies have agreed. Raises CannotAccept where it is no longer signed."""
    survey = fieldwork.hold(session, decided.subject.removeprefix("survey:"))
    if survey.state != State.SIGNED:
        raise CannotAccept
    audit.record(session, by.actor, ACCEPT, decided.subject, at=now, approval=decided.id)


def record_destruction(session: Session, survey_id: str, *, actor: str, now: datetime) -> None:
    """Note that the pepper is being destroyed; the caller commits, then removes it. Repeatable. Raises KeyKept.

    In this order a crash in between leaves a key too many, never one missing that nobody noted.
    """
    survey = fieldwork.hold(session, survey_id)
    if survey.pepper_destroyed_at is not None:
        return
    obstacle = _obstacle(session, survey, _accepted_at(_requests(session, survey_id)), now)
    if obstacle is not None:
        raise KeyKept(obstacle)
    survey.pepper_destroyed_at = now
    paper.keep_only(session, survey_id, ())
    audit.record(session, actor, "results.destroy_pepper", f"survey:{survey_id}", at=now)


def due(session: Session, now: datetime) -> tuple[str, ...]:
    """Decision surveys whose key nothing keeps any more."""
    ended = (Survey.purpose == Purpose.DECISION, Survey.state.in_((State.SIGNED, State.ANNULLED)))
    kept = select(Survey).where(*ended, Survey.pepper_destroyed_at.is_(None)).order_by(Survey.id)
    return tuple(
        survey.id
        for survey in session.scalars(kept)
        if _obstacle(session, survey, _accepted_at(_requests(session, survey.id)), now) is None
    )


def destroyed(session: Session) -> tuple[str, ...]:
    """Surveys whose key was destroyed, as is noted."""
    gone = select(Survey.id).where(Survey.pepper_destroyed_at.is_not(None)).order_by(Survey.id)
    return tuple(session.scalars(gone))


def _obstacle(session: Session, survey: Survey, accepted_at: datetime | None, now: datetime) -> str | None:
    seal = session.get(Seal, survey.id)
    is_cancelled = survey.state == State.ANNULLED
    if not is_cancelled and (survey.state != State.SIGNED or seal is None):
        return _("The result is not signed yet, so its key is kept.")
    complaint = (
        select(Complaint.id).where(Complaint.survey_id == survey.id, Complaint.closed_at.is_(None)).limit(1)
    )
    if session.scalar(complaint) is not None:
        return _("A complaint is open, so the key is kept until it is closed.")
    if is_cancelled or seal is None:
        return _kept_after_annulment(cancelling.cancelled_at(session, survey.id), now)
    until = seal.sealed_at + (_AT_LEAST if accepted_at else _WITHOUT_ACCEPTANCE)
    if now >= until:
        return None
    if accepted_at:
        return _("The key is kept for 30 days after sealing, until %(day)s.", day=day(until))
    return _(
        "The province has not accepted the result; without that the key is kept until %(day)s.",
        day=day(until),
    )


def _kept_after_annulment(annulled_at: datetime | None, now: datetime) -> str | None:
    """A cancelled survey is neither signed nor accepted: its key goes once complaints have had their time."""
    if annulled_at is None:
        return _("It is not on record when the survey was cancelled, so its key is kept.")
    until = annulled_at + _AT_LEAST
    if now >= until:
        return None
    return _("The key is kept for 30 days after the survey was cancelled, until %(day)s.", day=day(until))


def _requests(session: Session, survey_id: str) -> tuple[ApprovalView, ...]:
    found = approvals.approvals_of(session, f"survey:{survey_id}")
    return tuple(request for request in found if request.act == ACCEPT)


def _accepted_at(requests: tuple[ApprovalView, ...]) -> datetime | None:
    return next((request.decided_at for request in requests if request.decision == "approved"), None)
