"""The paper mode: keying slips on a plain screen for a signed-in clerk, usable by keyboard alone.

A paper slip carries the same code as its QR, so the first valid use wins whichever door it came through. The receipt
is written by hand on the slip, so that the paper and what was keyed can be compared later: nothing else joins them.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, flash, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from survey_app import access, db, throttle
from survey_app.collecting import guessing, held, operations, paper, queries, wording
from survey_app.collecting.held import Held, HeldOutcome, MendedTooLate
from survey_app.collecting.queries import Door
from survey_app.collecting.refusals import (
    CodeUsed,
    CodeVoid,
    KeyedJustNow,
    OtherSurvey,
    TooManyGuesses,
    UnknownCode,
    WrongAnswers,
)
from survey_app.collecting.views import raw_answers, submission_id
from survey_app.errors import DATABASE_AWAY, DomainError
from survey_app.fieldwork import codes
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.codes import MistypedCode
from survey_app.fieldwork.models import Channel
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.scope import own_survey
from survey_app.i18n import gettext as _
from survey_app.keys import KeyMissing, store
from survey_app.questions.answers import read_answers

bp = Blueprint("paper", __name__, template_folder="templates")

#: What is said beside the code, because the code is what has to be looked at.
_OF_CODE = (MistypedCode, UnknownCode, OtherSurvey, CodeUsed, CodeVoid)

KEYING_ROLES = access.KEY_PAPER


def invalid_reasons() -> dict[str, str]:
    """Why a paper slip may be invalid, in words; the keys are stored."""
    return {
        "all_blank": _("Nothing is ticked"),
        "unreadable": _("The marks cannot be read"),
        "both_ticked": _("Both boxes are ticked throughout"),
        "not_official": _("It is not an issued slip or it is torn"),
    }


@bp.get("/can-bo/nhap-phieu")
@access.roles(*KEYING_ROLES)
def choose() -> ResponseReturnValue:
    """Surveys whose paper can be keyed now; straight to the only one."""
    found = _takes_paper(db.session(), access.identity().unit_path)
    if len(found) == 1:
        return redirect(url_for("paper.key_slip", survey_id=found[0].id))
    return render_template("collecting/paper_choose.html", surveys=found)


@bp.get("/can-bo/nhap-phieu/<survey_id>")
@access.roles(*KEYING_ROLES)
def key_slip(survey_id: str) -> ResponseReturnValue:
    """An empty slip."""
    survey = own_survey(survey_id)
    return _slip_page(survey, code="", answers={}, problems={}, message="")


@bp.post("/can-bo/nhap-phieu/<survey_id>/ma")
@access.roles(*KEYING_ROLES)
def look_at_code(survey_id: str) -> ResponseReturnValue:
    """What is wrong with a code, before the answers are keyed; in a post, so that no address holds it.

    A sound code begins the next slip, so the one before is stored and its receipt shown.
    """
    current, now = db.session(), datetime.now(UTC)
    survey = own_survey(survey_id)
    try:
        typed = codes.normalise(request.form.get("_code", ""), survey.id)
        _require_unused(_door(current, survey, typed, now), typed)
        slip, _outcome = _of_clerk()
        mended = slip is not None and slip.submission_id == request.form.get("_id")
        if slip is not None and not mended:
            if slip.code == codes.grouped(typed):
                raise KeyedJustNow
            _store_held(now)
    except DomainError as refusal:
        return jsonify(message=refusal.message)
    if mended:
        return jsonify(message="")
    _slip, outcome = _of_clerk()
    if outcome is None:
        return jsonify(message="", told="", receipt="")
    return jsonify(message="", told=_told(outcome), receipt=outcome.receipt)


@bp.post("/can-bo/nhap-phieu/<survey_id>")
@access.roles(*KEYING_ROLES)
def record_slip(survey_id: str) -> ResponseReturnValue:
    """Hold one keyed slip, mended or new; a refusal shows why and keeps every key stroke."""
    now = datetime.now(UTC)
    current = db.session()
    survey = own_survey(survey_id)
    typed, reason = request.form.get("_code", ""), request.form.get("_invalid", "")
    raw = {} if reason else raw_answers(survey.instrument, request.form)
    try:
        reading = read_answers(survey.instrument, raw)
        if reading.problems and not reason:
            raise WrongAnswers(wording.named(survey.instrument, reading.problems))
        if not reason and not any(reading.answers.values()):
            raise nothing_keyed()
        if reason and reason not in invalid_reasons():
            raise WrongAnswers({"": _("Choose the reason from the list.")})
        code = codes.normalise(typed, survey.id)
        door = _door(current, survey, code, now)
        submission = operations.Submission(
            id=submission_id(),
            answers=reading.answers,
            channel=Channel.PAPER_ENTRY,
            invalid_reason=reason or None,
        )
        is_new = _hold(door, code, submission, now)
    except MendedTooLate as refusal:
        _store_held(now)
        return _kept_page(survey, refusal.message, refusal.status, problems={})
    except DomainError as refusal:
        problems = refusal.problems if isinstance(refusal, WrongAnswers) else {}
        code_problem = refusal.message if isinstance(refusal, _OF_CODE) else ""
        return _kept_page(
            survey, refusal.message, refusal.status, problems=problems, code_problem=code_problem
        )
    except (*DATABASE_AWAY, KeyMissing):
        message = _(
            "The server is busy for a moment. The slip is still here: wait a little, then save it again."
        )
        return _kept_page(survey, message, HTTPStatus.SERVICE_UNAVAILABLE, problems={})
    session["keyed"] = session.get("keyed", 0) + is_new
    return redirect(url_for("paper.key_slip", survey_id=survey_id))


@bp.post("/can-bo/nhap-phieu/<survey_id>/luu")
@access.roles(*KEYING_ROLES)
def store_slip(survey_id: str) -> ResponseReturnValue:
    """Store the held slip at once, so that its receipt can be written on it."""
    own_survey(survey_id)
    _store_held(datetime.now(UTC))
    return redirect(url_for("paper.key_slip", survey_id=survey_id), HTTPStatus.SEE_OTHER)


@bp.post("/can-bo/nhap-phieu/<survey_id>/sua")
@access.roles(*KEYING_ROLES)
def mend_slip(survey_id: str) -> ResponseReturnValue:
    """Begin the minute of the held slip again and show it."""
    own_survey(survey_id)
    now = datetime.now(UTC)
    try:
        with db.transaction() as writing:
            held.renew(writing, access.identity().user_id, now=now)
    except MendedTooLate as refusal:
        _store_held(now)
        flash(refusal.message, "error")
        return redirect(url_for("paper.key_slip", survey_id=survey_id), HTTPStatus.SEE_OTHER)
    return redirect(url_for("paper.mend", survey_id=survey_id), HTTPStatus.SEE_OTHER)


@bp.get("/can-bo/nhap-phieu/<survey_id>/sua")
@access.roles(*KEYING_ROLES)
def mend(survey_id: str) -> ResponseReturnValue:
    """The held slip as it was keyed; saving it replaces it."""
    survey = own_survey(survey_id)
    slip, _outcome = _of_clerk()
    if slip is None or slip.survey_id != survey.id:
        return redirect(url_for("paper.key_slip", survey_id=survey_id))
    return _slip_page(
        survey, code=slip.code, answers=slip.answers, problems={}, message="", mended=slip,
        reason=slip.invalid_reason or "",
    )  # fmt: skip


def _store_held(now: datetime) -> None:
    with db.transaction() as writing:
        held.store_held(writing, access.identity().user_id, now=now, keys=store())


def _of_clerk() -> tuple[Held | None, HeldOutcome | None]:
    """Nothing while a key is away: the page must still open."""
    try:
        return held.of_clerk(db.session(), access.identity().user_id, store())
    except KeyMissing:
        return None, None


def _hold(door: Door, code: str, submission: operations.Submission, now: datetime) -> bool:
    """Hold the slip; whether it is a new one."""
    try:
        with db.transaction() as writing:
            return held.hold(
                writing, door, codes.grouped(code), submission,
                by=access.identity().user_id, now=now, keys=store(),
            )  # fmt: skip
    except CodeUsed as used:
        raise (_used(door, code) if door.spent else used) from used


def nothing_keyed() -> WrongAnswers:
    """The refusal of a slip on which nothing was keyed, though no reason says that it is blank."""
    return WrongAnswers({"": _("Nothing was keyed. If the slip is blank, choose “Nothing is ticked” below.")})


def _door(current: Session, survey: SurveyView, code: str, now: datetime) -> Door:
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


def _require_unused(door: Door, code: str) -> None:
    if door.spent:
        raise _used(door, code)
    if door.voided:
        raise CodeVoid


def _used(door: Door, code: str) -> CodeUsed:
    """Why a spent slip is not keyed; one that a phone was first with is counted."""
    with db.transaction() as writing:
        return paper.note_used(writing, door, code, store())


def _takes_paper(current: Session, unit_path: str) -> list[SurveyView]:
    return [survey for survey in surveys.surveys_under(current, unit_path) if survey.takes_paper]


def _kept_page(
    survey: SurveyView, message: str, status: int, *, problems: Mapping[str, str], code_problem: str = ""
) -> ResponseReturnValue:
    """The slip again with every key stroke, and why it was not stored."""
    keyed = raw_answers(survey.instrument, request.form)
    code = request.form.get("_code", "")
    return _slip_page(
        survey, code=code, answers=keyed, problems=problems, message=message, status=status,
        code_problem=code_problem,
    )  # fmt: skip


def _told(outcome: HeldOutcome) -> str:
    """What became of the slip before, in one sentence."""
    named = {"slip": outcome.slip, "village": outcome.village}
    if outcome.refusal:
        return f"{_('The slip …%(slip)s of %(village)s was not stored. Put it aside.', **named)} {outcome.refusal}"
    return _("The slip …%(slip)s of %(village)s is stored. Write this receipt on it now:", **named)


def _before() -> dict[str, object]:
    """What `held.html` shows: the held slip, and what became of the one before."""
    slip, outcome = _of_clerk()
    return {
        "held": slip,
        "outcome": outcome,
        "reasons": invalid_reasons(),
        "keyed": session.get("keyed", 0),
    }


def _slip_page(
    survey: SurveyView,
    *,
    code: str,
    answers: object,
    problems: object,
    message: str,
    code_problem: str = "",
    status: int = 200,
    reason: str = "",
    mended: Held | None = None,
) -> ResponseReturnValue:
    page = render_template(
        "collecting/paper_slip.html",
        survey=survey,
        code=code,
        answers=answers,
        problems=problems,
        message=message,
        code_problem=code_problem,
        chosen_reason=request.form.get("_invalid", reason),
        submission=submission_id() if mended is None else mended.submission_id,
        mended=mended,
        **_before(),
    )
    return page, status
