"""Setting aside what a wronged village answered, so that it can be asked again within the same survey.

Two bodies agree, with a reason, before the seal. One survey keeps one seal and one total: nothing is published twice
that could be subtracted. The answers stay on record and count for nothing; that a code was used stays true.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from survey_app import audit
from survey_app.access import Identity
from survey_app.approvals.approval import ApprovalView
from survey_app.collecting.models import (
    AnnulledResponse,
    DeskCounter,
    InvalidPaper,
    NetworkCounter,
    PaperSlip,
    Response,
    SecondKeyingRow,
    TenMinuteCounter,
)
from survey_app.errors import DomainError
from survey_app.fieldwork import acts, answering, frames, operations, rounds
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.calendar import Keying
from survey_app.fieldwork.frames import FrameLine
from survey_app.fieldwork.models import TAKING_ANSWERS, WITH_SEAL, AbsentHouseholds, Purpose, State
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.refusals import SurveyChanged
from survey_app.fieldwork.rounds import AnnulmentView
from survey_app.i18n import gettext as _
from survey_app.sealing import shuffling
from survey_app.sealing.models import ReceiptList

#: As approvals and the audit log name it; never changed.
ACT = "results.annul_village"
#: What is known of the time of asking that ends, besides its answers: it would be mixed with that of the next.
_OF_THE_ROUND = (
    AbsentHouseholds, InvalidPaper, PaperSlip, DeskCounter, TenMinuteCounter, NetworkCounter, SecondKeyingRow,
    ReceiptList,
)  # fmt: skip


class CannotAnnul(DomainError):
    """The answers of one village cannot be set aside now; the message says why and what can be done."""

    code = "khong-the-huy-thon"


@dataclass(frozen=True, slots=True)
class Situation:
    """What somebody reads before asking or agreeing. Nothing of the answers is in it."""

    line: FrameLine
    #: As of the last full hour, like every screen while a survey runs; `as_of` is None before the first.
    answered: int
    as_of: datetime | None
    #: Slips whose batches are not void, used or not.
    slips: int
    earlier: tuple[AnnulmentView, ...]
    #: When keying would end; None while the phones are open.
    counting_ends_at: datetime | None
    #: Why it is not possible now; empty when it is.
    obstacle: str


def situation(
    session: Session, survey: SurveyView, village_code: str, *, now: datetime, keying: Keying
) -> Situation:
    """Raises SurveyNotFound when the survey does not ask there."""
    line = frames.frame_line(session, survey.id, village_code)
    answered, as_of = answering.answered_hourly(session, survey.id)
    return Situation(
        line=line,
        answered=answering.answered_by_village(answered).get(line.unit.id, 0),
        as_of=as_of,
        slips=surveys.live_slips(surveys.batches(session, survey.id), line.unit.id),
        earlier=rounds.of_village(rounds.annulments(session, survey.id), line.unit.id),
        counting_ends_at=_keying_until(survey, now, keying),
        obstacle=_obstacle(survey),
    )


def request(
    session: Session, survey: SurveyView, line: FrameLine, *, reason: str, by: Identity, now: datetime
) -> int:
    """Ask the other body; the number of the request. Raises CannotAnnul, ReasonNeeded and what `accounts` refuses."""
    obstacle = _obstacle(survey)
    if obstacle:
        raise CannotAnnul(obstacle)
    acts.require_reason(reason)
    payload: dict[str, object] = {
        "unit": line.unit.id,
        "village": line.unit.code,
        "round": rounds.present_round(session, survey.id, line.unit.id),
        "state": survey.state.value,
    }
    return acts.ask(session, survey, ACT, payload=payload, reason=reason, by=by, now=now)


def set_aside(session: Session, approval: ApprovalView, *, actor: str, now: datetime, keying: Keying) -> None:
    """Do what was agreed to, in the transaction of the decision; `erasing.erase_owed` erases what it leaves.

    Raises CannotAnnul, and SurveyChanged when the survey or the village is no longer what the request was about.
    """
    payload, survey_id = approval.payload, acts.survey_of(approval)
    operations.require_revision(session, survey_id, int(str(payload["revision"])))
    survey = operations.hold(session, survey_id)
    obstacle = _obstacle(surveys.survey(session, survey_id))
    if obstacle:
        raise CannotAnnul(obstacle)
    unit_id = int(str(payload["unit"]))
    present = (survey.state, rounds.present_round(session, survey_id, unit_id))
    if present != (payload["state"], payload["round"]):
        raise SurveyChanged(_("The survey was changed after you opened it. Read it again before you decide."))
    answers = shuffling.move(session, Response, AnnulledResponse, survey_id, unit_id)
    for table in _OF_THE_ROUND:
        session.execute(delete(table).where(table.survey_id == survey_id, table.unit_id == unit_id))
    ended = rounds.end_round(
        session,
        survey,
        unit_id,
        answers=answers,
        reason=approval.reason,
        approval_id=approval.id,
        now=now,
        keying=keying,
    )
    audit.record(
        session,
        actor,
        ACT,
        approval.subject,
        at=now,
        village=payload["village"],
        round=ended.round,
        answers=ended.answers,
        slips=ended.slips,
        reason=ended.reason,
        approval=approval.id,
    )


def _obstacle(survey: SurveyView) -> str:
    if survey.purpose is not Purpose.DECISION:
        return _("A feedback survey asks no villages.")
    if survey.state in TAKING_ANSWERS:
        return ""
    if survey.state in WITH_SEAL:
        return _(
            "The result is sealed, so the answers of one village can no longer be set aside alone: two results that "
            "differ by one village would give that village's answers away. The whole survey can be cancelled and "
            "asked again."
        )
    if survey.state is State.ANNULLED:
        return _("The whole survey is cancelled already.")
    return _("Nobody has been asked yet. If slips went astray, void their batch.")


def _keying_until(survey: SurveyView, now: datetime, keying: Keying) -> datetime | None:
    if survey.state is not State.COUNTING:
        return None
    again = keying.ends(now)
    return max(survey.counting_ends_at or again, again)
