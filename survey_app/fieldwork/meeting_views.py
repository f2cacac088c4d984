"""The page on which a commune or the Front announces meetings of villages, and withdraws a mistake."""

from datetime import UTC, date, datetime, time
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from survey_app import access, db
from survey_app.config import VIETNAM
from survey_app.errors import DomainError
from survey_app.fieldwork import meetings, queries
from survey_app.fieldwork.forms import MeetingForm, PresentForm
from survey_app.fieldwork.models import State
from survey_app.fieldwork.queries import FrameLine, SurveyView
from survey_app.fieldwork.refusals import MorePresentThanAsked
from survey_app.fieldwork.scope import own_decision_survey
from survey_app.i18n import gettext as _

bp = Blueprint("meetings", __name__, url_prefix="/can-bo/dot", template_folder="templates")

_READERS = access.READ_SURVEYS
#: A meeting is called by the commune or by the Front.
_WRITERS = access.CALL_MEETINGS


@bp.get("/<survey_id>/hop")
@access.roles(*_READERS)
def page(survey_id: str) -> ResponseReturnValue:
    """Meetings told so far, and the form to announce one."""
    survey = _survey(survey_id)
    frame = queries.frame(db.session(), survey.id)
    return _page(survey, frame, _form(frame, typed=False))


@bp.post("/<survey_id>/hop")
@access.roles(*_WRITERS)
def announce(survey_id: str) -> ResponseReturnValue:
    """Keep a meeting; one that has begun already is kept as reported afterwards."""
    survey, now = _survey(survey_id), datetime.now(UTC)
    frame = queries.frame(db.session(), survey.id)
    form = _form(frame)
    if not form.validate_on_submit():
        return _page(survey, frame, form), HTTPStatus.UNPROCESSABLE_ENTITY
    plan = meetings.MeetingPlan(
        unit_id=next(line.unit.id for line in frame if line.unit.code == form.village.data),
        starts_at=_moment(form.on.data, form.starts.data),
        ends_at=_moment(form.on.data, form.ends.data),
        place=form.place.data or "",
    )
    try:
        with db.transaction() as writing:
            told = meetings.announce(writing, survey.id, plan, actor=access.identity().actor, now=now)
    except DomainError as refusal:
        form.on.errors = [refusal.message]
        return _page(survey, frame, form), refusal.status
    if told.is_late:
        flash(
            _("Kept as reported afterwards: it stays on record, but explains no crowd in the comparison."),
            "warning",
        )
    else:
        flash(_("The meeting is announced."), "success")
    return redirect(url_for("meetings.page", survey_id=survey.id), HTTPStatus.SEE_OTHER)


@bp.post("/<survey_id>/hop/<int:meeting_id>/rut")
@access.roles(*_WRITERS)
def withdraw(survey_id: str, meeting_id: int) -> ResponseReturnValue:
    """Take an announcement back before the meeting begins."""
    survey = _survey(survey_id)
    with db.transaction() as writing:
        meetings.withdraw(
            writing, survey.id, meeting_id, actor=access.identity().actor, now=datetime.now(UTC)
        )
    flash(_("The announcement was withdrawn; it stays on record as withdrawn."), "success")
    return redirect(url_for("meetings.page", survey_id=survey.id), HTTPStatus.SEE_OTHER)


@bp.post("/<survey_id>/hop/<int:meeting_id>/co-mat")
@access.roles(*_WRITERS)
def count_present(survey_id: str, meeting_id: int) -> ResponseReturnValue:
    """Keep how many households were present at a meeting that has begun."""
    survey = _survey(survey_id)
    form = PresentForm()
    try:
        if not form.validate_on_submit():
            flash(_("Enter the number of households present, at least 1."), "error")
        else:
            with db.transaction() as writing:
                meetings.count_present(
                    writing,
                    survey.id,
                    meeting_id,
                    form.present.data,
                    actor=access.identity().actor,
                    now=datetime.now(UTC),
                )
            flash(_("Kept. Paper of this meeting can be keyed as a batch of its own."), "success")
    except MorePresentThanAsked as refusal:
        flash(refusal.message, "error")
    return redirect(url_for("meetings.page", survey_id=survey.id), HTTPStatus.SEE_OTHER)


def _survey(survey_id: str) -> SurveyView:
    """A decision survey of the person's subtree that was published; others have no village that meets."""
    survey = own_decision_survey(survey_id)
    if survey.state is State.DRAFT:
        raise queries.SurveyNotFound
    return survey


def _form(frame: tuple[FrameLine, ...], *, typed: bool = True) -> MeetingForm:
    form = MeetingForm() if typed else MeetingForm(formdata=None)
    form.village.choices = [(line.unit.code, line.unit.full_name) for line in frame]
    return form


def _page(survey: SurveyView, frame: tuple[FrameLine, ...], form: MeetingForm) -> str:
    person = access.identity()
    return render_template(
        "fieldwork/meetings.html",
        survey=survey,
        meetings=meetings.meetings(db.session(), survey.id),
        names={line.unit.id: line.unit.full_name for line in frame},
        form=form,
        now=datetime.now(UTC),
        may_write=person.role in _WRITERS and survey.state in {State.PUBLISHED, State.OPEN, State.COUNTING},
    )


def _moment(on: date, at: time) -> datetime:
    return datetime.combine(on, at, VIETNAM).astimezone(UTC)
