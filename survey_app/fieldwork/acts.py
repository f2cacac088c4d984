"""Acts on a survey that two bodies must agree on: one asks, the other decides, and only then the act is done."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import assert_never

from sqlalchemy.orm import Session

from survey_app.access import Identity, Role
from survey_app.approvals import requests as approvals
from survey_app.approvals.approval import ApprovalView, Refusal
from survey_app.fieldwork import batches, calendar, counting, drafting, operations, print_sets, readiness
from survey_app.fieldwork.drafting import Asked, SurveyPlan
from survey_app.fieldwork.models import Purpose
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.refusals import CannotPublish, ReasonNeeded
from survey_app.i18n import gettext as _
from survey_app.keys import KeyStore


class Act(StrEnum):
    PUBLISH = "fieldwork.publish"
    EXTEND = "fieldwork.extend"
    SHORTEN = "fieldwork.shorten"
    EXTEND_COUNTING = "fieldwork.extend_counting"
    REOPEN = "fieldwork.reopen"
    ANNUL = "fieldwork.annul"
    VOID_BATCH = "fieldwork.void_batch"
    VOID_SET = "fieldwork.void_set"
    #: Carried out by `sealing`, which may touch answers; it is in the survey's list of requests.
    ANNUL_VILLAGE = "results.annul_village"


def subject(survey_id: str) -> str:
    """How approvals and the audit log name a survey."""
    return f"survey:{survey_id}"


def survey_of(approval: ApprovalView) -> str:
    """The survey that the request is about."""
    return approval.subject.removeprefix(subject(""))


def requests(session: Session, survey_id: str) -> tuple[ApprovalView, ...]:
    """Every request that the survey's page lists, oldest first."""
    return tuple(
        found for found in approvals.approvals_of(session, subject(survey_id)) if found.act in set(Act)
    )


def new_last_day(approval: ApprovalView) -> date | None:
    """The last day that an extension or a shortening asks for; None for other acts."""
    closes_at = None if approval.act == Act.REOPEN else approval.payload.get("closes_at")
    return None if closes_at is None else calendar.last_day(datetime.fromisoformat(str(closes_at)))


def new_end(approval: ApprovalView) -> datetime | None:
    """The new end of phones or of keying that is asked for; None for acts that change neither."""
    moment = approval.payload.get("closes_at") or approval.payload.get("counting_ends_at")
    return None if moment is None else datetime.fromisoformat(str(moment))


def new_end_of_counting(approval: ApprovalView) -> date | None:
    """The last day of keying paper that is asked for; None for other acts."""
    ends_at = approval.payload.get("counting_ends_at")
    return None if ends_at is None else calendar.last_day(datetime.fromisoformat(str(ends_at)))


def open_until(approval: ApprovalView) -> datetime | None:
    """Until which hour the phones are to be open again; None for other acts."""
    return _moment(approval.payload, "closes_at") if approval.act == Act.REOPEN else None


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
    Publishing needs no reason; every other act does.
    """
    if act is Act.PUBLISH:
        missing = readiness.obstacles(session, survey.id, now)
        if missing:
            raise CannotPublish(" ".join(missing))
    elif not reason.strip():
        raise ReasonNeeded(_("Please give the reason: it is printed on the papers."))
    _require_possible_day(survey, act, payload, now)
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


def _require_possible_day(survey: SurveyView, act: Act, payload: Mapping[str, object], now: datetime) -> None:
    """So that nobody is asked to agree to a day that would be refused afterwards."""
    match act:
        case Act.EXTEND:
            operations.require_later_end(survey.closes_at, _moment(payload, "closes_at"), now)
        case Act.SHORTEN:
            closes_at = _moment(payload, "closes_at")
            operations.require_earlier_end(survey.opens_at, survey.closes_at, closes_at, now)
        case Act.EXTEND_COUNTING:
            counting.require_later_end(survey, _moment(payload, "counting_ends_at"), now)
        case Act.REOPEN:
            counting.require_hour_to_come(survey, _moment(payload, "closes_at"), now)
        case Act.PUBLISH | Act.ANNUL | Act.VOID_BATCH | Act.VOID_SET | Act.ANNUL_VILLAGE:
            return
        case _:
            assert_never(act)


def _moment(payload: Mapping[str, object], name: str) -> datetime:
    return datetime.fromisoformat(str(payload[name]))


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
    plan: SurveyPlan,
    frame: Sequence[Asked],
    *,
    by: Identity,
    now: datetime,
) -> None:
    """Save a draft again. What the other body was asked to agree to is then another thing: the request is withdrawn."""
    drafting.change_draft(session, survey_id, plan, actor=by.actor, now=now)
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
    survey_id, payload = survey_of(approval), approval.payload
    operations.require_revision(session, survey_id, int(str(payload["revision"])))
    match Act(approval.act):
        case Act.PUBLISH:
            stand_ins = _stand_ins(approval)
            operations.publish(session, survey_id, actor=actor, now=now, keys=keys, stand_ins=stand_ins)
        case Act.EXTEND:
            closes_at = _moment(payload, "closes_at")
            operations.extend(session, survey_id, closes_at, reason=approval.reason, actor=actor, now=now)
        case Act.SHORTEN:
            closes_at = _moment(payload, "closes_at")
            operations.shorten(session, survey_id, closes_at, reason=approval.reason, actor=actor, now=now)
        case Act.EXTEND_COUNTING:
            ends_at = _moment(payload, "counting_ends_at")
            counting.extend(session, survey_id, ends_at, reason=approval.reason, actor=actor, now=now)
        case Act.REOPEN:
            closes_at = _moment(payload, "closes_at")
            counting.reopen(session, survey_id, closes_at, reason=approval.reason, actor=actor, now=now)
        case Act.ANNUL:
            operations.annul(session, survey_id, reason=approval.reason, actor=actor, now=now)
        case Act.VOID_BATCH:
            batch = int(str(payload["batch"]))
            batches.void_batch(session, survey_id, batch, reason=approval.reason, actor=actor, now=now)
        case Act.VOID_SET:
            print_set = str(payload["print_set"])
            print_sets.void(session, survey_id, print_set, reason=approval.reason, actor=actor, now=now)
        case Act.ANNUL_VILLAGE:
            raise ValueError("the answers of a village are set aside by sealing")
        case _ as unknown:
            assert_never(unknown)


def _stand_ins(approval: ApprovalView) -> tuple[Role, ...]:
    """Roles that acted in place of the commune's own bodies: of the province, or both Fronts without the commune."""
    roles, both = (approval.requested_as, approval.decided_as), approval.is_without_second
    return tuple(role for role in Role if role in roles and (both or approval.stands_in(role)))
