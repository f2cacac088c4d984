"""The page on which commune and Front record where a sealed result hangs. Shows no figure of the result."""

from collections.abc import Iterable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TypeVar

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from survey_app import access, db, revisions
from survey_app.access import Identity
from survey_app.accounts.todo import Todo
from survey_app.errors import DomainError
from survey_app.fieldwork import operations as fieldwork
from survey_app.fieldwork.models import State
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.scope import own_decision_survey
from survey_app.i18n import gettext as _
from survey_app.results import postings, speaking
from survey_app.results.posting_forms import PostingCorrectionForm, PostingForm
from survey_app.results.postings import PostingView
from survey_app.revisions import Saved, SavedMeanwhile
from survey_app.sealing.queries import NotSealed

Form = TypeVar("Form", bound=PostingForm)

bp = Blueprint("postings", __name__, template_folder="templates")

#: Those who hang the notices. The province, which appraises, does not write the evidence it reads.
WRITERS = access.RECORD_POSTINGS
_READERS = access.READ_POSTINGS
_STANDING = (State.SEALED, State.SIGNED)


@bp.get("/can-bo/dot/<survey_id>/niem-yet")
@access.roles(*_READERS)
def page(survey_id: str) -> ResponseReturnValue:
    """The record of postings and what follows from it."""
    survey = _survey(survey_id)
    return _page(survey, _with_choices(survey, PostingForm(formdata=None)))


@bp.post("/can-bo/dot/<survey_id>/niem-yet")
@access.roles(*WRITERS)
def record(survey_id: str) -> ResponseReturnValue:
    """Add a posting to the record."""
    survey = _survey(survey_id)
    form = _with_choices(survey, PostingForm())
    if not form.validate_on_submit():
        return _page(survey, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with db.transaction() as current:
            postings.record(
                current, survey.id, form.noted(), actor=access.identity().actor, now=datetime.now(UTC)
            )
    except DomainError as refusal:
        flash(refusal.message, "error")
        return _page(survey, form), refusal.status
    flash(_("The posting is on record."), "success")
    return redirect(url_for("postings.page", survey_id=survey.id), HTTPStatus.SEE_OTHER)


@bp.route("/can-bo/dot/<survey_id>/niem-yet/<int:number>", methods=["GET", "POST"])
@access.roles(*WRITERS)
def correct(survey_id: str, number: int) -> ResponseReturnValue:
    """Complete or correct one posting: a new row, with the reason."""
    survey = _survey(survey_id)
    posting = postings.newest(db.session(), survey.id, number)
    form = _with_choices(survey, PostingCorrectionForm(data=_filled(posting)))
    if not form.is_submitted():
        return _correction(survey, posting, form)
    if not form.validate_on_submit():
        return _correction(survey, posting, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        _write(survey, number, form)
    except SavedMeanwhile as meanwhile:
        posting = postings.newest(db.session(), survey.id, number)
        return _correction(survey, posting, form, meanwhile), meanwhile.status
    except DomainError as refusal:
        flash(refusal.message, "error")
        return _correction(survey, posting, form), refusal.status
    flash(_("The new record counts; the former one stays below it."), "success")
    return redirect(url_for("postings.page", survey_id=survey.id), HTTPStatus.SEE_OTHER)


def todos(session: Session, identity: Identity, now: datetime) -> Iterable[Todo]:
    """One line while nobody has recorded where the newest result of the person's commune hangs."""
    if identity.role not in access.LOCAL:
        return ()
    newest = speaking.newest(session, identity.unit_id)
    if newest is None or postings.postings(session, newest):
        return ()
    title = _("Post the result of survey %(number)s", number=newest)
    detail = _("Print the notices, hang them in the villages, and record where and since when.")
    return (Todo(title, detail, url_for("papers.page", survey_id=newest)),)


def _write(survey: SurveyView, number: int, form: PostingCorrectionForm) -> None:
    reason, actor, now = form.reason.data or "", access.identity().actor, datetime.now(UTC)
    with db.transaction() as current:
        fieldwork.hold(current, survey.id)
        posting = postings.newest(current, survey.id, number)
        stored = _with_choices(survey, PostingCorrectionForm(formdata=None, data=_filled(posting)))
        revisions.refuse_unseen(form, stored, Saved(posting.recorded_by, posting.recorded_at))
        if form.is_withdrawn.data:
            postings.withdraw(current, survey.id, posting.number, reason=reason, actor=actor, now=now)
        else:
            postings.correct(
                current, survey.id, posting.number, form.noted(), reason=reason, actor=actor, now=now
            )


def _survey(survey_id: str) -> SurveyView:
    """A decision survey of the own subtree whose result is sealed; an annulled one keeps its record."""
    survey = own_decision_survey(survey_id)
    if survey.state not in {*_STANDING, State.ANNULLED}:
        raise NotSealed(survey)
    return survey


def _with_choices(survey: SurveyView, form: Form) -> Form:
    form.unit.choices = [(unit.id, unit.full_name) for unit in postings.places(db.session(), survey)]
    return form


def _filled(posting: PostingView) -> dict[str, object]:
    noted = posting.noted
    return {
        "unit": noted.unit_id,
        "place": noted.place,
        "posted_from": noted.posted_from,
        "posted_until": noted.posted_until,
    }


def _page(survey: SurveyView, form: PostingForm) -> str:
    record = postings.postings(db.session(), survey.id)
    return render_template(
        "results/postings.html",
        survey=survey,
        places=postings.places(db.session(), survey),
        record=record,
        days=postings.posted_days(db.session(), [survey.id])[survey.id],
        may_write=access.identity().role in WRITERS and survey.state in _STANDING,
        form=form,
    )


def _correction(
    survey: SurveyView,
    posting: PostingView,
    form: PostingCorrectionForm,
    meanwhile: SavedMeanwhile | None = None,
) -> str:
    return render_template(
        "results/posting_correct.html", survey=survey, posting=posting, form=form, meanwhile=meanwhile
    )
