"""Acts on a survey that two bodies must agree on: one asks, the other decides, and only then the act is done.

What each of them checks, does and is called is its row of `agreed.TABLE`.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from survey_app.access import Identity
from survey_app.approvals import registry
from survey_app.approvals import requests as approvals
from survey_app.approvals.approval import ApprovalView, Refusal
from survey_app.fieldwork import agreed, calendar, drafting, operations
from survey_app.fieldwork.agreed import Act, Agreed, Until
from survey_app.fieldwork.drafting import Asked, SurveyDraft
from survey_app.fieldwork.models import Purpose
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.refusals import CannotPublish, ReasonNeeded
from survey_app.i18n import gettext as _
from survey_app.keys import KeyStore


def subject(survey_id: str) -> str:
    """How approvals and the audit log name a survey."""
    return f"survey:{survey_id}"


def survey_of(approval: ApprovalView) -> str:
    """The survey that the request is about."""
    return approval.subject.removeprefix(subject(""))


def requests(session: Session, survey_id: str) -> tuple[ApprovalView, ...]:
    """Every request that the survey's page lists, oldest first."""
    listed = {key for key, act in registry.acts().items() if act.is_on_survey_page}
    return tuple(
        found for found in approvals.approvals_of(session, subject(survey_id)) if found.act in listed
    )


def new_last_day(approval: ApprovalView) -> date | None:
    """The last day that an extension or a shortening asks for; None for other acts."""
    closes_at = _asked(approval, Until.LAST_DAY)
    return None if closes_at is None else calendar.last_day(closes_at)


def new_end(approval: ApprovalView) -> datetime | None:
    """The new end of phones or of keying that is asked for; None for acts that change neither."""
    until = agreed.until(approval.act)
    return None if until is None else _asked(approval, until)


def new_end_of_counting(approval: ApprovalView) -> date | None:
    """The last day of keying paper that is asked for; None for other acts."""
    ends_at = _asked(approval, Until.END_OF_KEYING)
    return None if ends_at is None else calendar.last_day(ends_at)


def open_until(approval: ApprovalView) -> datetime | None:
    """Until which hour the phones are to be open again; None for other acts."""
    return _asked(approval, Until.HOUR)


def _asked(approval: ApprovalView, until: Until) -> datetime | None:
    return agreed.moment(approval.payload, until) if agreed.until(approval.act) is until else None


def request(
    session: Session,
    survey: SurveyView,
    act: Act,
    *,
    payload: dict[str, object],
    reason: str,
    by: Identity,
    now: datetime,
) -> int:
    """Ask the other body; the number of the request.

    Raises CannotPublish, ReasonNeeded, WrongState for a day that cannot be, and what `approvals` refuses.
    """
    row = agreed.TABLE[act]
    if row.needs_reason:
        require_reason(reason)
    row.check(session, survey, payload, now)
    return ask(session, survey, act, payload=payload, reason=reason, by=by, now=now)


def require_reason(reason: str) -> None:
    """Raises ReasonNeeded."""
    if not reason.strip():
        raise ReasonNeeded(_("Please give the reason: it is printed on the papers."))


def ask(
    session: Session,
    survey: SurveyView,
    act: str,
    *,
    payload: dict[str, object],
    reason: str,
    by: Identity,
    now: datetime,
) -> int:
    """Ask for what its own room has checked, on the survey as it is now. Raises what `approvals` refuses."""
    return approvals.request_approval(
        session,
        act=act,
        subject=subject(survey.id),
        unit_id=survey.unit.id,
        payload=payload | {"revision": survey.revision},
        reason=reason,
        by=by,
        now=now,
    )


def publish_alone(
    session: Session, survey: SurveyView, *, by: Identity, now: datetime, keys: KeyStore
) -> None:
    """Publish a survey in which nothing is scored: one body alone may. Raises what `operations.publish` refuses.

    What the other body was asked to agree to before is withdrawn, because it is done.
    """
    if needs_two_to_publish(survey):
        raise CannotPublish(_("This survey is scored, so two bodies publish it: ask the other one."))
    stand_ins = (by.role,) if by.is_provincial else ()
    operations.require_revision(session, survey.id, survey.revision)
    operations.publish(session, survey.id, actor=by.actor, now=now, keys=keys, stand_ins=stand_ins)
    why = _("Nothing in it is scored, so one body published it alone.")
    approvals.withdraw_requests(session, subject(survey.id), actor=by.actor, why=why, now=now)


def refused_to_publish(session: Session, survey: SurveyView, person: Identity) -> Refusal | None:
    """The commune's refusal of this draft as it is, where the person may ask the other Front to go on without it."""
    payload = {"revision": survey.revision}
    return approvals.standing_refusal(session, Act.PUBLISH, subject(survey.id), person.role, payload)


def needs_two_to_publish(survey: SurveyView) -> bool:
    """Whether two bodies publish it: only what an open link collects is never scored (law 3).

    The purpose alone says so, for every form has questions that could be scored (`questions.rules`).
    """
    return survey.purpose is Purpose.DECISION


def change_draft(
    session: Session,
    survey_id: str,
    draft: SurveyDraft,
    frame: Sequence[Asked],
    *,
    by: Identity,
    now: datetime,
) -> None:
    """Save a draft again. What the other body was asked to agree to is then another thing: the request is withdrawn."""
    drafting.change_draft(session, survey_id, draft, actor=by.actor, now=now)
    drafting.set_frame(session, survey_id, frame, actor=by.actor, now=now)
    approvals.withdraw_requests(
        session,
        subject(survey_id),
        actor=by.actor,
        why=_("The draft was changed after the request."),
        now=now,
    )


def carry_out(session: Session, approval: ApprovalView, *, actor: str, now: datetime, keys: KeyStore) -> None:
    """Do what was agreed to. Raises SurveyChanged when the survey is no longer what the request was about."""
    survey_id = survey_of(approval)
    operations.require_revision(session, survey_id, int(str(approval.payload["revision"])))
    agreed.TABLE[Act(approval.act)].do(session, Agreed(survey_id, approval, actor, now, keys))
