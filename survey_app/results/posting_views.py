"""The page on which commune and Front record where a sealed result hangs. Shows no figure of the result."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
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
from survey_app.fieldwork.models import WITH_SEAL, State
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.scope import own_decision_survey
from survey_app.i18n import gettext as _
from survey_app.results import posting_photos, postings, speaking
from survey_app.results.posting_forms import (
    PostingCorrectionForm,
    PostingEndForm,
    PostingEverywhereForm,
    PostingForm,
)
from survey_app.results.postings import PostingView
from survey_app.revisions import Saved, SavedMeanwhile
from survey_app.sealing.queries import NotSealed
from survey_app.units import queries as units

Form = TypeVar("Form", bound=PostingForm)

bp = Blueprint("postings", __name__, template_folder="templates")

#: Those who hang the notices. The province, which appraises, does not write the evidence it reads.
WRITERS = access.RECORD_POSTINGS
_READERS = access.READ_POSTINGS
#: The page has three forms.
_ALL, _END = "all-", "end-"


@bp.get("/can-bo/dot/<survey_id>/niem-yet")
@access.roles(*_READERS)
def page(survey_id: str) -> ResponseReturnValue:
    """The record of postings and what follows from it."""
    survey = _survey(survey_id)
    return _page(survey)


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


@bp.post("/can-bo/dot/<survey_id>/niem-yet/ca-xa")
@access.roles(*WRITERS)
def record_everywhere(survey_id: str) -> ResponseReturnValue:
    """Add a posting for every place that was chosen."""
    survey = _survey(survey_id)
    form = _everywhere(survey, PostingEverywhereForm(prefix=_ALL))
    if not form.validate_on_submit():
        return _page(survey, everywhere=form), HTTPStatus.UNPROCESSABLE_ENTITY
    actor, now = access.identity().actor, datetime.now(UTC)
    try:
        with db.transaction() as current:
            postings.record_everywhere(current, survey.id, form.noted(), actor=actor, now=now)
    except DomainError as refusal:
        flash(refusal.message, "error")
        return _page(survey, everywhere=form), refusal.status
    flash(_("The postings are on record."), "success")
    return redirect(url_for("postings.page", survey_id=survey.id), HTTPStatus.SEE_OTHER)


@bp.post("/can-bo/dot/<survey_id>/niem-yet/ket-thuc")
@access.roles(*WRITERS)
def finish_everywhere(survey_id: str) -> ResponseReturnValue:
    """Note one last day for everything that hangs."""
    survey, form = _survey(survey_id), PostingEndForm(prefix=_END)
    if not form.validate_on_submit() or form.last_day.data is None:
        return _page(survey, end=form), HTTPStatus.UNPROCESSABLE_ENTITY
    last_day, actor, now = form.last_day.data, access.identity().actor, datetime.now(UTC)
    reason = _("Last day of the whole commune")
    try:
        with db.transaction() as current:
            postings.finish_everywhere(current, survey.id, last_day, reason=reason, actor=actor, now=now)
    except DomainError as refusal:
        flash(refusal.message, "error")
        return _page(survey, end=form), refusal.status
    flash(_("The last day is on record."), "success")
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
    """One line while nobody has recorded where the newest result hangs, and one when it has hung for its days."""
    if identity.role not in access.LOCAL:
        return ()
    newest = speaking.newest(session, identity.unit_id)
    if newest is None:
        return ()
    record = postings.postings(session, newest)
    if record:
        return _to_look_at(newest, record, units.civil(now))
    title = _("Post the result of survey %(number)s", number=newest)
    detail = _("Print the notices, hang them in the villages, and record where and since when.")
    return (Todo(title, detail, url_for("papers.page", survey_id=newest)),)


def _to_look_at(number: str, record: Iterable[PostingView], today: date) -> tuple[Todo, ...]:
    """A reminder once everything that hangs has hung for its days and nobody has said so."""
    hanging = [one.hung_until(today) for one in record if one.is_hanging]
    if not hanging or max(hanging) < postings.REMINDED_AFTER:
        return ()
    title = _("Look whether the notices of survey %(number)s still hang", number=number)
    detail = _(
        "%(places)s notices have no last day; the oldest hangs for %(days)s days.",
        places=len(hanging),
        days=max(hanging),
    )
    return (Todo(title, detail, url_for("postings.page", survey_id=number), urgent=True),)


def _everywhere(survey: SurveyView, form: PostingEverywhereForm) -> PostingEverywhereForm:
    """Places without a posting are chosen beforehand."""
    places = postings.places(db.session(), survey)
    form.units.choices = [(unit.id, unit.full_name) for unit in places]
    if not form.is_submitted():
        there = {one.unit.id for one in postings.postings(db.session(), survey.id) if one.is_in_force}
        form.units.data = [unit.id for unit in places if unit.id not in there]
    return form


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
    """A decision survey of the own subtree whose result is sealed; a cancelled one keeps its record."""
    survey = own_decision_survey(survey_id)
    if survey.state not in {*WITH_SEAL, State.ANNULLED}:
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


def _page(
    survey: SurveyView,
    form: PostingForm | None = None,
    *,
    everywhere: PostingEverywhereForm | None = None,
    end: PostingEndForm | None = None,
) -> str:
    record = postings.postings(db.session(), survey.id)
    return render_template(
        "results/postings.html",
        survey=survey,
        places=postings.places(db.session(), survey),
        record=record,
        photos=posting_photos.of_survey(db.session(), survey.id),
        days=postings.posted_days(db.session(), [survey.id])[survey.id],
        may_write=access.identity().role in WRITERS and survey.state in WITH_SEAL,
        form=form or _with_choices(survey, PostingForm(formdata=None)),
        everywhere=everywhere or _everywhere(survey, PostingEverywhereForm(formdata=None, prefix=_ALL)),
        end=end or PostingEndForm(formdata=None, prefix=_END),
        hanging=[one for one in record if one.is_hanging],
        today=units.today(),
        reminded_after=postings.REMINDED_AFTER,
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
