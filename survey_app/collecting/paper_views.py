"""Keying paper slips: a plain screen for a signed-in clerk, usable by keyboard alone.

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
from survey_app.collecting import guessing, operations, queries, second_keying, wording
from survey_app.collecting.queries import Door
from survey_app.collecting.refusals import (
    CodeUsed,
    CodeVoid,
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
    survey = surveys.scoped_survey(db.session(), survey_id, access.identity())
    return _slip_page(survey, code="", answers={}, problems={}, message="")


@bp.post("/can-bo/nhap-phieu/<survey_id>/ma")
@access.roles(*KEYING_ROLES)
def look_at_code(survey_id: str) -> ResponseReturnValue:
    """What is wrong with a code, before the answers are keyed; in a post, so that no address holds it."""
    current = db.session()
    survey = surveys.scoped_survey(current, survey_id, access.identity())
    try:
        typed = codes.normalise(request.form.get("_code", ""))
        _require_unused(current, _door(current, survey, typed, datetime.now(UTC)))
    except DomainError as refusal:
        return jsonify(message=refusal.message)
    return jsonify(message="")


@bp.post("/can-bo/nhap-phieu/<survey_id>")
@access.roles(*KEYING_ROLES)
def record_slip(survey_id: str) -> ResponseReturnValue:
    """Store one keyed slip; a refusal shows why and keeps every key stroke."""
    now = datetime.now(UTC)
    current = db.session()
    survey = surveys.scoped_survey(current, survey_id, access.identity())
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
        door = _door(current, survey, codes.normalise(typed), now)
        submission = operations.Submission(
            id=submission_id(),
            answers=reading.answers,
            channel=Channel.PAPER_ENTRY,
            invalid_reason=reason or None,
        )
        with db.transaction() as writing:
            receipt = operations.record_response(writing, door, submission, now=now, keys=store())
            second_keying.note_keyer(writing, survey.id, door.unit_id, access.identity().user_id)
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
    session["keyed"] = keyed = session.get("keyed", 0) + 1
    flash(
        _(
            "Slip of %(village)s stored. Keyed by you since signing in: %(n)s.",
            village=door.unit_name,
            n=keyed,
        ),
        "success",
    )
    flash(_("Write this receipt on the slip now: %(receipt)s", receipt=receipt.printed), "receipt")
    return redirect(url_for("paper.key_slip", survey_id=survey_id))


def nothing_keyed() -> WrongAnswers:
    """The refusal of a slip on which nothing was keyed, though no reason says that it is blank."""
    return WrongAnswers({"": _("Nothing was keyed. If the slip is blank, choose “Nothing is ticked” below.")})


def _door(current: Session, survey: SurveyView, code: str, now: datetime) -> Door:
    """The slip of a keyed code. Whoever keys codes that do not exist is slowed down like any caller."""
    if codes.survey_of(code) != survey.id:
        raise OtherSurvey(codes.survey_of(code))
    key = throttle.subject_key("keying", str(access.identity().user_id), now)
    if throttle.is_blocked(current, key, now, limit=guessing.GUESSES_PER_MINUTE):
        raise TooManyGuesses
    try:
        return queries.slip_door(current, survey, code, store())
    except UnknownCode:
        with db.transaction() as writing:
            guessing.count_guess(writing, key, survey.id, now)
        raise


def _require_unused(current: Session, door: Door) -> None:
    if door.spent:
        raise queries.spent_refusal(current, door)
    if door.voided:
        raise CodeVoid


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


def _slip_page(
    survey: SurveyView,
    *,
    code: str,
    answers: object,
    problems: object,
    message: str,
    code_problem: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    page = render_template(
        "collecting/paper_slip.html",
        survey=survey,
        code=code,
        answers=answers,
        problems=problems,
        message=message,
        code_problem=code_problem,
        reasons=invalid_reasons(),
        chosen_reason=request.form.get("_invalid", ""),
        submission=submission_id(),
    )
    return page, status
