"""The paper mode: keying slips on a plain screen for a signed-in clerk, usable by keyboard alone.

A paper slip carries the same code as its QR, so the first valid use wins whichever door it came through. It is keyed by
exception or digit by digit, as the clerk chooses; either is said beside the answer (`paper.store_slip`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, flash, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from survey_app import access, db
from survey_app.collecting import desk, held, keyed_forms, meeting_batches, operations, paper
from survey_app.collecting.held import Held, MendedTooLate
from survey_app.collecting.meeting_batches import NotOfTheMeeting
from survey_app.collecting.models import KeyingWay
from survey_app.collecting.queries import Door
from survey_app.collecting.refusals import (
    CodeUsed,
    CodeVoid,
    KeyedJustNow,
    OtherSurvey,
    UnknownCode,
    WrongAnswers,
)
from survey_app.collecting.views import raw_answers, submission_id
from survey_app.errors import DATABASE_AWAY, DomainError
from survey_app.fieldwork import codes, frames
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.codes import MistypedCode
from survey_app.fieldwork.models import Channel
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.scope import own_survey
from survey_app.fieldwork.survey_page import Sentence
from survey_app.i18n import gettext as _
from survey_app.keys import KeyMissing
from survey_app.questions import keyed
from survey_app.questions.keyed import Exceptions

bp = Blueprint("paper", __name__, template_folder="templates")

#: What is said beside the code, because the code is what has to be looked at.
_OF_CODE = (MistypedCode, UnknownCode, OtherSurvey, CodeUsed, CodeVoid, NotOfTheMeeting)

KEYING_ROLES = access.KEY_PAPER
#: What an address calls the ways in which slips are keyed by hand.
WAYS = {"ngoai-le": KeyingWay.EXCEPTIONS, "tung-so": KeyingWay.DIGITS}


@dataclass(frozen=True, slots=True)
class _Keying:
    """What is on the screen of a slip, and what is wrong with it."""

    way: KeyingWay
    code: str = ""
    answers: Mapping[str, object] = field(default_factory=dict)
    numbers: Exceptions = Exceptions("", "", "")
    reason: str = ""
    #: By question, or by field of numbers.
    problems: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    code_problem: str = ""


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
    asked = request.args.get("cach", "")
    if asked in WAYS:
        session["keying_way"] = WAYS[asked]
    if "hop" in request.args:
        desk.choose_batch(survey, request.args["hop"])
    return _slip_page(survey, _Keying(way=_way(survey)))


@bp.post("/can-bo/nhap-phieu/<survey_id>/ma")
@access.roles(*KEYING_ROLES)
def look_at_code(survey_id: str) -> ResponseReturnValue:
    """What is wrong with a code, before the answers are keyed; in a post, so that no address holds it.

    A sound code begins the next slip, so the one before is stored and what became of it is said.
    """
    current, now = db.session(), datetime.now(UTC)
    survey = own_survey(survey_id)
    try:
        typed = codes.normalise(request.form.get("_code", ""), survey.id)
        door = desk.door_of(current, survey, typed, now)
        desk.require_unused(door, typed)
        _channel(door)
        slip, _outcome = desk.of_clerk()
        mended = slip is not None and slip.submission_id == request.form.get("_id")
        if slip is not None and not mended:
            if slip.code == codes.grouped(typed):
                raise KeyedJustNow
            desk.store_one(slip.submission_id, now)
    except DomainError as refusal:
        return jsonify(message=refusal.message)
    if mended:
        return jsonify(message="")
    _slip, outcome = desk.of_clerk()
    if outcome is None:
        return jsonify(message="", outcome="")
    return jsonify(message="", outcome=desk.outcome_sentence(outcome), refused=bool(outcome.refusal))


@bp.post("/can-bo/nhap-phieu/<survey_id>")
@access.roles(*KEYING_ROLES)
def record_slip(survey_id: str) -> ResponseReturnValue:
    """Hold one keyed slip, mended or new; a refusal shows why and keeps every key stroke."""
    now = datetime.now(UTC)
    current = db.session()
    survey = own_survey(survey_id)
    try:
        slip = keyed_forms.read(survey.instrument, request.form)
        code = codes.normalise(request.form.get("_code", ""), survey.id)
        door = desk.door_of(current, survey, code, now)
        submission = operations.Submission(
            id=submission_id(),
            answers=slip.answers,
            channel=_channel(door),
            invalid_reason=slip.invalid_reason or None,
        )
        is_new = desk.hold(door, code, submission, slip.way, now)
    except MendedTooLate as refusal:
        desk.store_held(now)
        return _kept_page(survey, refusal.message, refusal.status)
    except DomainError as refusal:
        problems = refusal.problems if isinstance(refusal, WrongAnswers) else {}
        code_problem = refusal.message if isinstance(refusal, _OF_CODE) else ""
        return _kept_page(survey, refusal.message, refusal.status, problems, code_problem)
    except (*DATABASE_AWAY, KeyMissing):
        message = _(
            "The server is busy for a moment. The slip is still here: wait a little, then save it again."
        )
        return _kept_page(survey, message, HTTPStatus.SERVICE_UNAVAILABLE)
    session["keyed"] = session.get("keyed", 0) + is_new
    return redirect(url_for("paper.key_slip", survey_id=survey_id))


@bp.post("/can-bo/nhap-phieu/<survey_id>/luu")
@access.roles(*KEYING_ROLES)
def store_slip(survey_id: str) -> ResponseReturnValue:
    """Store the held slip at once."""
    own_survey(survey_id)
    desk.store_held(datetime.now(UTC))
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
        desk.store_held(now)
        flash(refusal.message, "error")
        return redirect(url_for("paper.key_slip", survey_id=survey_id), HTTPStatus.SEE_OTHER)
    return redirect(url_for("paper.mend", survey_id=survey_id), HTTPStatus.SEE_OTHER)


@bp.get("/can-bo/nhap-phieu/<survey_id>/sua")
@access.roles(*KEYING_ROLES)
def mend(survey_id: str) -> ResponseReturnValue:
    """The held slip as it was keyed; saving it replaces it."""
    survey = own_survey(survey_id)
    slip, _outcome = desk.of_clerk()
    if slip is None or slip.survey_id != survey.id:
        return redirect(url_for("paper.key_slip", survey_id=survey_id))
    return _slip_page(
        survey,
        _Keying(
            code=slip.code,
            way=keyed_forms.way(survey.instrument, slip.way),
            answers=keyed_forms.marked(slip.answers),
            numbers=keyed.exceptions(survey.instrument, slip.answers),
            reason=slip.invalid_reason or "",
        ),
        mended=slip,
    )


def sentences(session: Session, survey: SurveyView) -> Iterator[Sentence]:
    """Paper slips that came although a phone was first, for the survey's page."""
    counted = paper.answered_by_phone(session, survey.id)
    if not counted or not survey.takes_paper:
        return
    villages = "; ".join(
        f"{line.unit.full_name} {counted[line.unit.id]}"
        for line in frames.frame(session, survey.id)
        if line.unit.id in counted
    )
    yield Sentence(
        _(
            "Paper slips of households that had answered by phone: %(n)s (%(villages)s).",
            n=sum(counted.values()),
            villages=villages,
        )
    )


def _channel(door: Door) -> Channel:
    """How the slip in hand came: by the batch that the form names; one that is mended stays in its own."""
    slip, _outcome = desk.of_clerk()
    if slip is not None and slip.submission_id == request.form.get("_id"):
        return slip.channel
    batch = meeting_batches.meeting(db.session(), door.survey.id, request.form.get("_meeting", ""))
    return meeting_batches.channel(door, batch)


def _takes_paper(current: Session, unit_path: str) -> list[SurveyView]:
    return [survey for survey in surveys.surveys_under(current, unit_path) if survey.takes_paper]


def _way(survey: SurveyView) -> KeyingWay:
    """How this clerk keys: as chosen last, at first by exception."""
    return keyed_forms.way(survey.instrument, session.get("keying_way", ""))


def _kept_page(
    survey: SurveyView,
    message: str,
    status: int,
    problems: Mapping[str, str] | None = None,
    code_problem: str = "",
) -> ResponseReturnValue:
    """The slip again with every key stroke, and why it was not stored."""
    typed = _Keying(
        code=request.form.get("_code", ""),
        way=keyed_forms.way(survey.instrument, request.form.get("_way", "")),
        answers=raw_answers(survey.instrument, request.form),
        numbers=keyed_forms.typed(request.form),
        reason=request.form.get("_invalid", ""),
        problems=problems or {},
        message=message,
        code_problem=code_problem,
    )
    return _slip_page(survey, typed, status=status)


def _slip_page(
    survey: SurveyView, typed: _Keying, *, status: int = 200, mended: Held | None = None
) -> ResponseReturnValue:
    by_phone = paper.answered_by_phone(db.session(), survey.id)
    page = render_template(
        "collecting/paper_slip.html",
        survey=survey,
        typed=typed,
        items=keyed.items(survey.instrument),
        ways=WAYS,
        reasons=keyed_forms.invalid_reasons(),
        submission=submission_id() if mended is None else mended.submission_id,
        mended=mended,
        by_phone=sum(by_phone.values()),
        **desk.batches(survey),
        **desk.before(),
    )
    return page, status
