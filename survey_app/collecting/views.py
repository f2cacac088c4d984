"""The respondents' pages: one household's form, the open feedback form, typing a code, checking a receipt.

Every page works without JavaScript. What was typed survives each refusal. No cookie is read or written.
"""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, abort, g, make_response, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from survey_app import access, db, doors, files
from survey_app.collecting import (
    blank,
    crowding,
    entrance,
    leaves,
    networks,
    operations,
    queries,
    replies,
    review,
    tickets,
    what_next,
    wording,
)
from survey_app.collecting.queries import Door
from survey_app.collecting.refusals import (
    Annulled,
    CodeVoid,
    Malformed,
    NotOpenYet,
    PhonesClosed,
    UnknownCode,
)
from survey_app.drawing import preview_png
from survey_app.errors import DATABASE_AWAY, DomainError
from survey_app.fieldwork import codes
from survey_app.fieldwork.codes import MistypedCode
from survey_app.fieldwork.models import Channel, State
from survey_app.forms import csrf
from survey_app.i18n import current_language, use_language
from survey_app.i18n import gettext as _
from survey_app.keys import KeyMissing, store
from survey_app.questions.answers import asked_and_answered, read_answers
from survey_app.questions.instrument import Instrument
from survey_app.questions.reading import Value

bp = Blueprint("collecting", __name__, template_folder="templates")
bp.register_error_handler(doors.NotSound, lambda _unsound: replies.busy())

#: Largest body of an answer: a dozen free texts of 2,000 characters, percent-encoded, fit in.
MOST_BYTES = 256 * 1024
#: Fields of the form that are not answers begin with this.
_CONTROL = "_"


@bp.before_request
def limit_body() -> None:
    """A whole slip with all its texts is a few thousand characters; more is not read at all."""
    request.max_content_length = MOST_BYTES
    request.max_form_memory_size = MOST_BYTES


@bp.get("/k", strict_slashes=False)
@bp.get("/K", strict_slashes=False)
@access.public
def ask_code() -> ResponseReturnValue:
    """The page the poster leads to."""
    _choose_language()
    return replies.code_page()


@bp.post("/k")
@csrf.exempt
@access.public
def type_code() -> ResponseReturnValue:
    """Leads a typed code to its form; a mistyped one stays in the box."""
    _choose_language()
    typed = request.form.get("code", "")
    if "_switch" in request.form:
        return replies.code_page(typed=typed)
    try:
        code = codes.normalise(typed)
        if codes.is_digits_alone(code):
            queries.survey_of_code(db.reading(), code)
    except MistypedCode as error:
        problem = error.message if typed.strip() else _("Please type the code first.")
        return replies.code_page(
            error.status, typed=typed, problem=problem, steps=what_next.steps(error, None)
        )
    return redirect(replies.in_language(f"/k/{code}"), HTTPStatus.SEE_OTHER)


@bp.get("/k/<typed>")
@bp.get("/K/<typed>")
@access.public
def form(typed: str) -> ResponseReturnValue:
    """One household's form; looking at it spends nothing."""
    now = datetime.now(UTC)
    _choose_language()
    try:
        door = entrance.guarded_slip_door(typed, now)
        if queries.is_final(door.survey):
            return redirect(replies.in_language(f"/ket-qua/{door.survey.id}"), HTTPStatus.SEE_OTHER)
        _require_open(door)
    except DomainError as refusal:
        status = HTTPStatus.NOT_FOUND if isinstance(refusal, UnknownCode) else refusal.status
        return replies.refused(refusal, status=status)
    return _blank_page(door, now)


@bp.post("/k/<typed>")
@bp.post("/K/<typed>")
@csrf.exempt
@access.public
def answer(typed: str) -> ResponseReturnValue:
    """Review, then send: the plain form post of one household."""
    now = datetime.now(UTC)
    _choose_language()
    try:
        entrance.refuse_other_sites()
        step, ticket = request.form.get("_step", ""), request.form.get("_ticket", "")
        return _respond(entrance.guarded_slip_door(typed, now, step=step, ticket=ticket), now)
    except (*DATABASE_AWAY, KeyMissing):
        return replies.busy()
    except DomainError as refusal:
        return replies.refused(refusal)


@bp.get("/g/<link>")
@access.public
def feedback_form(link: str) -> ResponseReturnValue:
    """The open form of a feedback survey."""
    now = datetime.now(UTC)
    _choose_language()
    try:
        door = queries.link_door(db.session(), link)
        if queries.is_final(door.survey):
            return redirect(replies.in_language(f"/ket-qua/{door.survey.id}"), HTTPStatus.SEE_OTHER)
        _require_open(door)
    except DomainError as refusal:
        return replies.refused(refusal)
    return _blank_page(door, now)


@bp.post("/g/<link>")
@csrf.exempt
@access.public
def feedback(link: str) -> ResponseReturnValue:
    """Review, then send, for open feedback."""
    now = datetime.now(UTC)
    _choose_language()
    try:
        entrance.refuse_other_sites()
        return _respond(queries.link_door(db.session(), link), now)
    except DATABASE_AWAY:
        return replies.busy()
    except DomainError as refusal:
        return replies.refused(refusal)


@bp.get("/g/<link>/anh.png")
@access.public
def preview_image(link: str) -> ResponseReturnValue:
    """The picture chats show for a feedback link."""
    door = queries.link_door(db.session(), link)
    picture = preview_png(door.survey.instrument.title["vi"], door.unit_name)
    response = make_response(picture)
    response.mimetype = files.PNG.content_type
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


@bp.route("/kiem-tra", methods=["GET", "POST"])
@csrf.exempt
@access.public
def check() -> ResponseReturnValue:
    """Whether an answer with the typed receipt is stored, and counts; never its content."""
    _choose_language()
    typed = request.form.get("receipt", "")
    if request.method != "POST" or "_switch" in request.form:
        return _check_page(typed=typed)
    read = leaves.read_receipt(typed)
    if read is None:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        problem = _("There is a mistake in the receipt. Please compare it with your note.")
        return _check_page(status, typed=typed, problem=problem)
    return _check_page(typed=typed, verdict=queries.receipt_state(db.session(), read))


def _check_page(
    status: int = HTTPStatus.OK,
    *,
    typed: str,
    verdict: queries.AnswerState | None = None,
    problem: str = "",
) -> ResponseReturnValue:
    return replies.page(
        "collecting/check.html",
        status,
        inside=replies.CODE,
        typed=typed,
        verdict=verdict,
        problem=problem,
        letters=replies.letters_known(),
    )


def _respond(door: Door, now: datetime) -> ResponseReturnValue:
    """What a post of the form leads to: the form again, the review, or thanks."""
    if request.mimetype not in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        abort(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    instrument = door.survey.instrument
    raw = raw_answers(instrument, request.form)
    reading = read_answers(instrument, raw)
    controls = _carried_controls(door, now)
    step = request.form.get("_step", "send")
    if step == "thanks":
        return _thanks_again(door)
    if (step != "send" or "_switch" in request.form) and _is_stored(door):
        # Sent from a page that a browser kept: who comes back to it is shown no answer.
        return redirect(replies.in_language(request.path), HTTPStatus.SEE_OTHER)
    if "_switch" in request.form and not any(raw.values()) and door.survey.state is State.OPEN:
        # Nothing is answered yet, so the page can be fetched, and going back meets no page of the browser's own.
        return redirect(f"{request.path}?lang={current_language()}", HTTPStatus.SEE_OTHER)
    if "_switch" in request.form and request.form.get("_from") == "review" and not reading.problems:
        return _review_page(door, reading.answers, controls, sent=False)
    if "_switch" in request.form or step == "change":
        return _form_page(door, raw, {}, controls)
    if reading.problems:
        problems = wording.named(instrument, reading.problems)
        return _form_page(door, raw, problems, controls, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        asked = any(reading.answers.values()) or "_blank" in request.form
        if step == "review" or (not asked and not door.spent):
            _require_open(door)
            return _review_page(door, reading.answers, controls, sent=step != "review")
        submission = _submission(door, reading.answers, now)
        crowding.admit(door, submission.network, now)
        with db.transaction() as current:
            receipt = operations.record_response(current, door, submission, now=now, keys=store())
    except DomainError as refusal:
        return replies.refused(refusal, shown=asked_and_answered(instrument, reading.answers))
    return replies.forget_what_was_kept(replies.thanks(door.survey, receipt))


def _thanks_again(door: Door) -> ResponseReturnValue:
    """The thanks that were said, in another language. They hold what the server signed, and neither id nor answers."""
    leaf, signature = request.form.get("_leaf", ""), request.form.get("_signature", "")
    if not leaves.is_signed(store(), door.survey.id, leaf, signature):
        raise Malformed
    printed = leaves.receipt(door.survey.id, leaf)
    read = leaves.read_receipt(printed)
    state = queries.receipt_state(db.session(), read) if read else None
    annulled = state is queries.AnswerState.ANNULLED
    receipt = operations.Receipt(printed, leaf, signature, {}, stored_now=False, annulled=annulled)
    return replies.thanks(door.survey, receipt)


def _is_stored(door: Door) -> bool:
    """Whether what is sent was recorded before, under the id that its form carries. An unspent slip sent nothing."""
    sent = request.form.get("_id", "")
    return (
        (door.spent or door.code_mac is None)
        and _is_uuid4(sent)
        and queries.stored_response(db.session(), door.survey.id, str(uuid.UUID(sent))) is not None
    )


def _review_page(
    door: Door, answers: Mapping[str, Value], controls: Mapping[str, str], *, sent: bool
) -> ResponseReturnValue:
    """What will be sent. A slip on which nothing is answered is sent by a second, deliberate act alone."""
    problem = _("If you really want to send a blank slip, tick this box first.") if sent else ""
    status = HTTPStatus.UNPROCESSABLE_ENTITY if sent else HTTPStatus.OK
    instrument = door.survey.instrument
    shown = asked_and_answered(instrument, answers)
    return replies.keep_for_back(replies.page(
        "collecting/review.html", status, inside=replies.CARDS, door=door, problem=problem,
        controls={**controls, "_from": "review"}, carried=_carried_answers(answers),
        groups=review.groups(instrument, shown), empty=all(answer is None for _question, answer in shown),
    ))  # fmt: skip


def _submission(door: Door, answers: Mapping[str, Value], now: datetime) -> operations.Submission:
    return operations.Submission(
        id=submission_id(),
        answers=answers,
        channel=Channel.SELF_ONLINE,
        form_opened_at=tickets.issued_at(
            store(), request.form.get("_ticket", ""), door.survey.id, door.code_mac, now
        ),
        network=networks.network_of(request.remote_addr),
    )


def _require_open(door: Door) -> None:
    """Raise the refusal a page of this door gets instead of its form."""
    state = door.survey.state
    if door.spent:
        raise queries.spent_refusal(db.session(), door)
    if door.voided:
        raise CodeVoid
    if state is State.PUBLISHED:
        raise NotOpenYet(door.survey.first_day.strftime("%d/%m/%Y"))
    if state is State.ANNULLED:
        raise Annulled
    if state is not State.OPEN and not (request.method == "POST" and state is State.COUNTING):
        raise PhonesClosed(door.survey.id, door.survey.last_day_of_phones)


def raw_answers(instrument: Instrument, form: MultiDict[str, str]) -> dict[str, object]:
    """The fields that are answers, as `read_answers` takes them."""
    raw: dict[str, object] = {}
    for key in form:
        if key.startswith(_CONTROL) or key == "csrf_token":
            continue
        question, given = instrument.question(key), form.getlist(key)
        several = question is not None and question.kind.row.several
        raw[key] = given if several or len(given) > 1 else given[0]
    return raw


def _carried_answers(answers: Mapping[str, Value]) -> list[tuple[str, str]]:
    carried: list[tuple[str, str]] = []
    for key, value in answers.items():
        carried.extend(
            (key, item) for item in (value if isinstance(value, tuple) else (value,)) if item is not None
        )
    return carried


def _fresh_controls(door: Door, now: datetime) -> dict[str, str]:
    return {
        "_id": str(uuid.uuid4()),
        "_ticket": tickets.issue(store(), door.survey.id, door.code_mac, now),
    }


def _carried_controls(door: Door, now: datetime) -> dict[str, str]:
    """The same submission id and ticket through every step, whatever else changes."""
    sent = {name: request.form[name] for name in ("_id", "_ticket") if name in request.form}
    if not _is_uuid4(sent.get("_id", "")):
        sent.pop("_id", None)
    fresh = _fresh_controls(door, now) if len(sent) < 2 else {}
    language = {"_lang": g.language} if g.get("language") else {}
    return fresh | sent | language


def submission_id() -> str:
    sent = request.form.get("_id", "")
    return str(uuid.UUID(sent)) if _is_uuid4(sent) else str(uuid.uuid4())


def _is_uuid4(text: str) -> bool:
    try:
        return uuid.UUID(text).version == 4
    except ValueError:
        return False


def _choose_language() -> None:
    use_language(request.form.get("_switch") or request.form.get("_lang") or request.args.get("lang", ""))


def _blank_page(door: Door, now: datetime) -> ResponseReturnValue:
    form, fields = blank.form(door), _fresh_controls(door, now)
    return replies.packed(lambda encoding: form.with_fields(fields, encoding))


def _form_page(
    door: Door,
    answers: Mapping[str, object],
    problems: Mapping[str, str],
    controls: Mapping[str, str],
    status: int = HTTPStatus.OK,
) -> ResponseReturnValue:
    page = replies.page(
        "collecting/form.html", status, inside=replies.CARDS,
        door=door, answers=answers, problems=problems, controls=controls,
    )  # fmt: skip
    return replies.keep_for_back(page)
