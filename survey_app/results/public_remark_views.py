"""The public form for remarks on a consultation, and the pages on which they are entered, read and answered."""

import secrets
from collections.abc import Iterator
from datetime import UTC, date, datetime
from http import HTTPStatus

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import DateField, HiddenField, SelectChoice, SelectField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length

from survey_app import access, db, throttle
from survey_app.access import Identity
from survey_app.accounts.freshness import fresh
from survey_app.accounts.todo import Todo
from survey_app.collecting.entrance import refuse_other_sites
from survey_app.errors import DomainError, say_when
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork import scope
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.scope import own_decision_survey, public_survey
from survey_app.forms import StaffForm, clean, csrf
from survey_app.i18n import gettext as _
from survey_app.i18n import lazy_gettext, ngettext
from survey_app.privacy import text_wording
from survey_app.privacy.retention import TAKEN_OUT
from survey_app.results import public_remarks
from survey_app.results.public_remarks import LONGEST, RemarkView
from survey_app.scoring.texts import RELEASED, WITHHELD
from survey_app.units.queries import civil

bp = Blueprint("public_remarks", __name__, template_folder="templates")

#: Remarks of one network in a day, and of all on one survey: this product's own start values. Many households of a
#: village share a network; who is turned away is told where the commune takes remarks.
REMARKS_OF_A_NETWORK, REMARKS_OF_A_SURVEY = 20, 200
#: A text of the greatest length, in any letters and as a form sends it.
_MOST_BYTES = 64 * 1024
_PAGE = 50


class TooManyRemarks(DomainError):
    """Too many remarks came from this network or on this survey today."""

    code = "qua-nhieu-phan-anh"
    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, seconds: int) -> None:
        self.retry_after = seconds
        super().__init__(
            _(
                "Too many remarks came today: no more are taken here until tomorrow. Your text is not stored: copy "
                "it, or bring it to the commune's office."
            )
        )


class NothingSaid(DomainError):
    """The remark is empty or longer than there is room for."""

    code = "phan-anh-trong"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__(_("Write what you remark, in at most %(letters)s letters.", letters=LONGEST))


class EnterForm(StaffForm):
    """A remark that somebody brought to the commune."""

    page = HiddenField()
    received_on = DateField(
        lazy_gettext("Received on"), format=["%Y-%m-%d", "%d/%m/%Y"], validators=[DataRequired()]
    )
    text = TextAreaField(
        lazy_gettext("The remark in its own words, without the name of anybody"),
        filters=[clean],
        validators=[DataRequired(), Length(max=LONGEST)],
    )

    def validate_received_on(self, received_on: DateField) -> None:
        """Nothing was received tomorrow, nor before this century."""
        day: date | None = received_on.data
        if day and not date(2000, 1, 1) <= day <= _today():
            raise ValidationError(_("Enter today or an earlier day."))


class ReadForm(StaffForm):
    """What the Front decides on one remark."""

    seen = HiddenField()
    decision = SelectField(lazy_gettext("What becomes of it"))


class RemarkAnswerForm(StaffForm):
    """What a body answers."""

    seen = HiddenField()
    answer = TextAreaField(
        lazy_gettext("Answer of your body; everybody may read it"),
        filters=[clean],
        validators=[DataRequired(), Length(max=LONGEST)],
    )


def decisions() -> dict[str, str]:
    """The words of every decision, in the order in which they are offered."""
    withheld = text_wording.decisions()
    return {
        RELEASED: _("Show it to everybody"),
        **{word: withheld[word] for word in WITHHELD},
        TAKEN_OUT: _("Take the text out for good: it is about a person"),
    }


@bp.before_request
def limit_body() -> None:
    """One text is typed on these pages."""
    request.max_content_length = _MOST_BYTES


@bp.get("/ket-qua/<survey_id>/phan-anh")
@access.public
def form(survey_id: str) -> ResponseReturnValue:
    """The form, or thanks with the number under which a remark is stored."""
    survey = public_survey(survey_id, scope.ANNOUNCED)
    stored = request.args.get("so", "")
    return _form(survey, number=stored if stored.isascii() and stored.isdigit() and len(stored) < 7 else "")


@bp.post("/ket-qua/<survey_id>/phan-anh")
@csrf.exempt
@access.public
def send(survey_id: str) -> ResponseReturnValue:
    """Store a remark, once however often it is sent."""
    survey, now = public_survey(survey_id, scope.ANNOUNCED), datetime.now(UTC)
    text = clean(request.form.get("text", "").replace("\r\n", "\n")) or ""
    page = request.form.get("page", "")[:64] or secrets.token_hex(16)
    try:
        refuse_other_sites()
        if not 0 < len(text) <= LONGEST:
            raise NothingSaid
        sent = public_remarks.sent_as(page, text)
        number = public_remarks.stored_as(db.session(), survey.id, sent)
        if number is None:
            _count(survey, now)
            with db.transaction() as current:
                number = public_remarks.receive(
                    current, survey, text, sent=sent, received_on=civil(now), by=None, now=now
                )
    except DomainError as refusal:
        return say_when(_form(survey, refusal.status, text=text, page=page, problem=refusal.message), refusal)
    stored = url_for("public_remarks.form", survey_id=survey.id, so=number)
    return redirect(stored, HTTPStatus.SEE_OTHER)


@bp.get("/can-bo/dot/<survey_id>/phan-anh")
@access.roles(*access.READ_TEXTS)
def page(survey_id: str) -> ResponseReturnValue:
    """Every remark on the survey and what became of it; what the Front has not shown only for who may read it."""
    return _page(own_decision_survey(survey_id), _entering())


@bp.post("/can-bo/dot/<survey_id>/phan-anh")
@access.roles(*access.ENTER_REMARKS)
def enter(survey_id: str) -> ResponseReturnValue:
    """Put on record what somebody brought to the commune."""
    survey, entered, person = own_decision_survey(survey_id), EnterForm(), access.identity()
    if not entered.validate_on_submit():
        return _page(survey, entered), HTTPStatus.UNPROCESSABLE_ENTITY
    sent = public_remarks.sent_as(entered.page.data or secrets.token_hex(16), entered.text.data)
    with db.transaction() as current:
        number = public_remarks.receive(
            current,
            survey,
            entered.text.data,
            sent=sent,
            received_on=entered.received_on.data,
            by=person,
            now=datetime.now(UTC),
        )
    flash(_("Remark no. %(number)s is on record. The Front reads it first.", number=number), "success")
    return redirect(url_for("public_remarks.page", survey_id=survey.id), HTTPStatus.SEE_OTHER)


@bp.get("/can-bo/dot/<survey_id>/phan-anh/<int:number>")
@access.roles(*access.READ_TEXTS)
def remark(survey_id: str, number: int) -> ResponseReturnValue:
    """One remark, to be read and answered."""
    return _remark(own_decision_survey(survey_id), number)


@bp.post("/can-bo/dot/<survey_id>/phan-anh/<int:number>/doc")
@access.roles(*access.MODERATE_TEXTS)
@fresh
def decide(survey_id: str, number: int) -> ResponseReturnValue:
    """Show one remark to everybody, or withhold it."""
    survey, read = own_decision_survey(survey_id), _offered(ReadForm())
    if not read.validate_on_submit():
        return _remark(survey, number, read=read), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with db.transaction() as current:
            public_remarks.decide(
                current,
                survey.id,
                number,
                read.decision.data,
                seen=read.seen.data or "",
                actor=access.identity().actor,
                now=datetime.now(UTC),
            )
    except public_remarks.ReadMeanwhile as meanwhile:
        flash(meanwhile.message, "error")
        return _remark(survey, number), meanwhile.status
    flash(_("Your decision is recorded."), "success")
    return redirect(url_for("public_remarks.page", survey_id=survey.id), HTTPStatus.SEE_OTHER)


@bp.post("/can-bo/dot/<survey_id>/phan-anh/<int:number>/tra-loi")
@access.roles(*access.ANSWER_REMARKS)
@fresh
def answer(survey_id: str, number: int) -> ResponseReturnValue:
    """Answer one remark for the own body."""
    survey, answered = own_decision_survey(survey_id), RemarkAnswerForm()
    if not answered.validate_on_submit():
        return _remark(survey, number, answered=answered), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with db.transaction() as current:
            public_remarks.answer(
                current,
                survey.id,
                number,
                answered.answer.data,
                seen=answered.seen.data or "",
                by=access.identity(),
                now=datetime.now(UTC),
            )
    except public_remarks.ReadMeanwhile as meanwhile:
        flash(meanwhile.message, "error")
        answered.seen.data = public_remarks.one(db.session(), survey.id, number).mark
        return _remark(survey, number, answered=answered), meanwhile.status
    flash(_("The answer is recorded."), "success")
    return redirect(url_for("public_remarks.page", survey_id=survey.id), HTTPStatus.SEE_OTHER)


def todos(session: Session, person: Identity, now: datetime) -> Iterator[Todo]:
    """Remarks that the Front of the commune has to read, and those without an answer for both of the commune."""
    if person.role not in access.LOCAL:
        return
    found = [
        one for one in surveys.surveys_under(session, person.unit_path) if public_remarks.are_received(one)
    ]
    told = public_remarks.waiting(session, [one.id for one in found])
    for number, (unread, unanswered) in told.items():
        url = url_for("public_remarks.page", survey_id=number)
        if unread and person.role in access.MODERATE_TEXTS:
            yield Todo(
                _("Read remarks of the public: survey %(number)s", number=number),
                ngettext("%(num)d remark waits.", "%(num)d remarks wait.", unread),
                url,
            )
        if unanswered:
            yield Todo(
                _("Answer remarks of the public: survey %(number)s", number=number),
                ngettext("%(num)d remark waits.", "%(num)d remarks wait.", unanswered),
                url,
            )


def _count(survey: SurveyView, now: datetime) -> None:
    """Count first and look second, so that several at once cannot slip through; what is refused by itself first."""
    if not public_remarks.are_received(survey):
        raise public_remarks.NoRemarks
    network = throttle.address_key("public-remark", now)
    with db.transaction() as current:
        of_network = throttle.count_of_day(current, network, now)
        of_survey = throttle.count_of_day(
            current, throttle.subject_key("public-remarks", survey.id, now), now
        )
    if of_network > REMARKS_OF_A_NETWORK or of_survey > REMARKS_OF_A_SURVEY:
        raise TooManyRemarks(throttle.seconds_left_of_day(now))


def _form(
    survey: SurveyView,
    status: int = HTTPStatus.OK,
    *,
    text: str = "",
    page: str = "",
    problem: str = "",
    number: str = "",
) -> Response:
    shown = render_template(
        "results/public_remark_form.html",
        survey=survey,
        is_open=public_remarks.are_received(survey),
        text=text,
        page=page or secrets.token_hex(16),
        problem=problem,
        number=number,
        longest=LONGEST,
    )
    response = make_response(shown, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _may_read(person: Identity, found: RemarkView) -> bool:
    """What the Front has not shown is read by who sees exact figures, and by the body that entered it."""
    if found.is_shown or person.role in access.SEE_EXACT_FIGURES:
        return True
    return found.entered_for is not None and found.entered_for is person.body


def _entering() -> EnterForm:
    return EnterForm(formdata=None, page=secrets.token_hex(16), received_on=_today())


def _page(survey: SurveyView, entered: EnterForm) -> str:
    person, found = access.identity(), public_remarks.on_record(db.session(), survey.id)
    waiting_first = sorted(found, key=lambda one: (not one.waits_for_the_front, not one.waits_for_an_answer))
    asked = request.args.get("trang", "1")
    pages = max(1, -(-len(found) // _PAGE))
    number = min(pages, max(1, int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1))
    return render_template(
        "results/public_remarks.html",
        survey=survey,
        counted=public_remarks.counted(found),
        remarks=[
            (one, _may_read(person, one)) for one in waiting_first[(number - 1) * _PAGE : number * _PAGE]
        ],
        number=number,
        pages=pages,
        decisions=decisions(),
        form=entered,
        may_enter=person.role in access.ENTER_REMARKS and public_remarks.are_received(survey),
    )


def _remark(
    survey: SurveyView, number: int, *, read: ReadForm | None = None, answered: RemarkAnswerForm | None = None
) -> str:
    person, found = access.identity(), public_remarks.one(db.session(), survey.id, number)
    return render_template(
        "results/public_remark.html",
        survey=survey,
        remark=found,
        may_read=_may_read(person, found),
        decisions=decisions(),
        read=read or _offered(ReadForm(formdata=None, seen=found.mark, decision=found.decision or RELEASED)),
        answered=answered or RemarkAnswerForm(formdata=None, seen=found.mark),
        may_decide=person.role in access.MODERATE_TEXTS and found.decision != TAKEN_OUT,
        may_answer=person.role in access.ANSWER_REMARKS and found.is_shown,
    )


def _offered(form: ReadForm) -> ReadForm:
    form.decision.choices = [SelectChoice(word, label) for word, label in decisions().items()]
    return form


def _today() -> date:
    return civil(datetime.now(UTC))
