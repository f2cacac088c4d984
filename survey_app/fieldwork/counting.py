"""The counting window: more time for paper, and phones that open once more. Each by two bodies, with a printed reason.

A survey only ever moves towards its end; opening the phones again is the one act that takes a step back (ADR 30), for
phones that closed by mistake or a day of no network. Before the seal alone: nothing that was counted is touched.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from survey_app import audit
from survey_app.fieldwork import operations, readiness
from survey_app.fieldwork.models import State, Survey
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.refusals import WrongState
from survey_app.i18n import gettext as _


def require_later_end(survey: SurveyView | Survey, ends_at: datetime, now: datetime) -> None:
    """Raises WrongState unless paper is being counted and would be keyed for longer than now."""
    _require_counting(survey)
    if ends_at <= max(survey.counting_ends_at or now, now):
        raise WrongState(_("The new last day must be later than the present one."))


def require_hour_to_come(survey: SurveyView | Survey, closes_at: datetime, now: datetime) -> None:
    """Raises WrongState unless the phones are closed, nothing is sealed and the hour lies ahead."""
    _require_counting(survey)
    if closes_at <= now:
        raise WrongState(_("The hour at which the phones close again must lie ahead."))


def extend(
    session: Session, survey_id: str, ends_at: datetime, *, reason: str, actor: str, now: datetime
) -> None:
    """Have paper keyed until `ends_at`. Raises WrongState."""
    survey = operations.hold(session, survey_id)
    require_later_end(survey, ends_at, now)
    before, survey.counting_ends_at = survey.counting_ends_at, ends_at
    audit.record(
        session, actor, "fieldwork.extend_counting", f"survey:{survey_id}", at=now, reason=reason,
        before=before.isoformat() if before else "", after=ends_at.isoformat(),
    )  # fmt: skip


def reopen(
    session: Session, survey_id: str, closes_at: datetime, *, reason: str, actor: str, now: datetime
) -> None:
    """Open the phones of a survey in counting again, until `closes_at`. Raises WrongState.

    They then close by the clock like the first time, and keying has its full time after that. When they had closed
    stays in the audit log; a form opened before counts as one opened now, because the phones are open.
    """
    survey = operations.hold(session, survey_id)
    require_hour_to_come(survey, closes_at, now)
    other = readiness.overlapping(session, survey, closes_at)
    if other is not None:
        raise WrongState(_("Survey %(number)s of this commune runs in the same days.", number=other))
    closed_at = survey.phones_closed_at
    survey.state, survey.closes_at = State.OPEN, closes_at
    survey.phones_closed_at = survey.counting_ends_at = None
    audit.record(
        session, actor, "fieldwork.reopen", f"survey:{survey_id}", at=now, reason=reason,
        before=closed_at.isoformat() if closed_at else "", after=closes_at.isoformat(),
    )  # fmt: skip


def _require_counting(survey: SurveyView | Survey) -> None:
    if survey.state != State.COUNTING:
        raise WrongState(_("This is possible while paper is being counted: phones closed, nothing sealed."))
