"""The pages on which remarks of the public are entered, read by the Front and answered."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from survey_app import access, db, paging
from survey_app.access import Identity
from survey_app.accounts.freshness import fresh
from survey_app.accounts.todo import Todo
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.scope import own_decision_survey
from survey_app.i18n import gettext as _
from survey_app.i18n import ngettext
from survey_app.privacy.retention import TAKEN_OUT
from survey_app.results import public_remarks
from survey_app.results.public_remark_door import MOST_BYTES
from survey_app.results.public_remark_forms import EnterForm, ReadForm, RemarkAnswerForm, decisions, today
from survey_app.results.public_remarks import RemarkView
from survey_app.scoring.texts import RELEASED

bp = Blueprint("public_remarks", __name__, template_folder="templates")

_PAGE = 50


@bp.before_request
def limit_body() -> None:
    """One text is typed on these pages."""
    request.max_content_length = MOST_BYTES


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
    survey, read = own_decision_survey(survey_id), ReadForm.offered()
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
    waiting = public_remarks.waiting(session, [one.id for one in found])
    for number, (unread, unanswered) in waiting.items():
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


def _may_read(person: Identity, found: RemarkView) -> bool:
    """What the Front has not shown is read by who sees exact figures, and by the body that entered it."""
    if found.is_shown or person.role in access.SEE_EXACT_FIGURES:
        return True
    return found.entered_for is not None and found.entered_for is person.body


def _entering() -> EnterForm:
    return EnterForm(formdata=None, page=secrets.token_hex(16), received_on=today())


def _page(survey: SurveyView, entered: EnterForm) -> str:
    person, found = access.identity(), public_remarks.on_record(db.session(), survey.id)
    waiting_first = sorted(found, key=lambda one: (not one.waits_for_the_front, not one.waits_for_an_answer))
    shown = paging.page(waiting_first, request.args.get("page"), _PAGE)
    return render_template(
        "results/public_remarks.html",
        survey=survey,
        counted=public_remarks.counted(found),
        remarks=[(one, _may_read(person, one)) for one in shown.rows],
        shown=shown,
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
        read=read or ReadForm.offered(formdata=None, seen=found.mark, decision=found.decision or RELEASED),
        answered=answered or RemarkAnswerForm(formdata=None, seen=found.mark),
        may_decide=person.role in access.MODERATE_TEXTS and found.decision != TAKEN_OUT,
        may_answer=person.role in access.ANSWER_REMARKS and found.is_shown,
    )
