"""The desk at which paper slips come in, keyed or scanned: whose slip a code is, holding it, and what is said of it.

What the views of both share.
"""

from datetime import datetime

from flask import request, session
from sqlalchemy.orm import Session

from survey_app import access, db, throttle
from survey_app.collecting import guessing, held, meeting_batches, operations, paper, queries, scanned
from survey_app.collecting.held import Held, HeldOutcome
from survey_app.collecting.meeting_batches import NoSuchMeeting
from survey_app.collecting.models import KeyingWay
from survey_app.collecting.queries import Door
from survey_app.collecting.refusals import CodeUsed, CodeVoid, OtherSurvey, TooManyGuesses, UnknownCode
from survey_app.fieldwork import codes, frames, meetings
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.meetings import MeetingView
from survey_app.fieldwork.queries import SurveyView
from survey_app.i18n import gettext as _
from survey_app.keys import KeyMissing, store
from survey_app.questions import keyed


def store_held(now: datetime) -> None:
    """Store what this clerk holds, if anything."""
    with db.transaction() as writing:
        held.store_held(writing, access.identity().user_id, now=now, keys=store())


def store_one(submission_id: str, now: datetime) -> None:
    """Store this slip, if this clerk still holds it."""
    with db.transaction() as writing:
        held.store_one(writing, access.identity().user_id, submission_id, now=now, keys=store())


def of_clerk() -> tuple[Held | None, HeldOutcome | None]:
    """Nothing while a key is away: the page must still open."""
    try:
        return held.of_clerk(db.session(), access.identity().user_id, store())
    except KeyMissing:
        return None, None


def hold(
    door: Door,
    code: str,
    submission: operations.Submission,
    way: KeyingWay,
    now: datetime,
    *,
    scan: str | None = None,
) -> bool:
    """Hold the slip; whether it is a new one. The scanned slip that it was read from goes with that."""
    try:
        with db.transaction() as writing:
            is_new = held.hold(
                writing, door, codes.grouped(code), submission, way=way,
                by=access.identity().user_id, now=now, keys=store(),
            )  # fmt: skip
            if scan is not None:  # after the survey is held, in the order in which sealing comes to it
                scanned.forget(writing, door.survey.id, access.identity().user_id, scan)
            return is_new
    except CodeUsed as refusal:
        raise (_used(door, code) if door.spent else refusal) from refusal


def door_of(current: Session, survey: SurveyView, code: str, now: datetime) -> Door:
    """The slip of a keyed code. Who keys codes that do not exist is slowed down like any caller."""
    if codes.survey_of(code) != survey.id:
        raise OtherSurvey(codes.survey_of(code))
    key = throttle.subject_key("keying", str(access.identity().user_id), now)
    if throttle.is_blocked(current, key, now, limit=guessing.GUESSES_PER_MINUTE):
        raise TooManyGuesses
    try:
        return queries.slip_door(current, survey, code, store())
    except UnknownCode:
        with db.transaction() as writing:
            guessing.count_guess(writing, key, None, now)  # a clerk holds the slips and tries nothing
        raise


def require_unused(door: Door, code: str) -> None:
    """Raise why the slip can no longer answer; nothing where it can."""
    if door.spent:
        raise _used(door, code)
    if door.voided:
        raise CodeVoid


def _used(door: Door, code: str) -> CodeUsed:
    """Why a spent slip is not keyed; one that a phone was first with is counted."""
    with db.transaction() as writing:
        return paper.note_used(writing, door, code, store())


def choose_batch(survey: SurveyView, meeting: str) -> None:
    """Remember which meeting the slips in hand came from, or that they came from none."""
    session["keying_meeting"] = [survey.id, meeting]


def batch(survey: SurveyView) -> MeetingView | None:
    """The meeting whose slips this clerk keys or scans, as the form says or as chosen last; none for other paper."""
    chosen_for, chosen = session.get("keying_meeting", ["", ""])
    number = request.form.get("_meeting", chosen if chosen_for == survey.id else "")
    try:
        return meeting_batches.meeting(db.session(), survey.id, number)
    except NoSuchMeeting:
        return None


def batches(survey: SurveyView) -> dict[str, object]:
    """What a page needs to ask which slips the clerk has: the batch chosen, those there are, and their villages."""
    current = db.session()
    return {
        "batch": batch(survey),
        "batches": meetings.counted(current, survey.id),
        "villages": {line.unit.id: line.unit.full_name for line in frames.frame(current, survey.id)},
    }


def outcome_sentence(outcome: HeldOutcome) -> str:
    """What became of the slip before, in one sentence."""
    named = {"slip": outcome.slip, "village": outcome.village}
    if outcome.refusal:
        return f"{_('The slip …%(slip)s of %(village)s was not stored. Put it aside.', **named)} {outcome.refusal}"
    return _("The slip …%(slip)s of %(village)s is stored.", **named)


def before() -> dict[str, object]:
    """What `held.html` shows: the held slip with its answers in counts, and what became of the one before."""
    slip, outcome = of_clerk()
    current = db.session()
    return {
        "held": slip,
        "sides": keyed.sides(surveys.survey(current, slip.survey_id).instrument, slip.answers)
        if slip
        else None,
        "outcome": outcome_sentence(outcome) if outcome else "",
        "refused": bool(outcome and outcome.refusal),
        "keyed": session.get("keyed", 0),
    }
