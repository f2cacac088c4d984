"""The page on which a commune or the Front announces meetings of villages, and withdraws a mistake."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from http import HTTPStatus
from types import MappingProxyType

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from survey_app import access, db
from survey_app.config import VIETNAM
from survey_app.errors import DomainError
from survey_app.fieldwork import frames, meetings, queries
from survey_app.fieldwork.forms import MeetingForm, PresentForm
from survey_app.fieldwork.frames import FrameLine
from survey_app.fieldwork.meetings import MeetingView
from survey_app.fieldwork.models import IN_THE_FIELD, State
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.refusals import MorePresentThanAsked
from survey_app.fieldwork.scope import own_decision_survey
from survey_app.i18n import gettext as _
from survey_app.revisions import SavedMeanwhile, refuse_unseen

bp = Blueprint("meetings", __name__, url_prefix="/can-bo/dot", template_folder="templates")

_READERS = access.READ_SURVEYS
#: A meeting is called by the commune or by the Front.
_WRITERS = access.CALL_MEETINGS


@bp.get("/<survey_id>/hop")
@access.roles(*_READERS)
def page(survey_id: str) -> ResponseReturnValue:
    """Meetings announced so far, and the form to announce one."""
    survey = _survey(survey_id)
    frame = frames.frame(db.session(), survey.id)
    return _page(survey, frame, _form(frame, typed=False))


@bp.post("/<survey_id>/hop")
@access.roles(*_WRITERS)
def announce(survey_id: str) -> ResponseReturnValue:
    """Keep a meeting; one that has begun already is kept as reported afterwards."""
    survey, now = _survey(survey_id), datetime.now(UTC)
    frame = frames.frame(db.session(), survey.id)
    form = _form(frame)
    if not form.validate_on_submit():
        return _page(survey, frame, form), HTTPStatus.UNPROCESSABLE_ENTITY
    plan = meetings.MeetingAnnouncement(
        unit_id=next(line.unit.id for line in frame if line.unit.code == form.village.data),
        starts_at=_moment(form.on.data, form.starts.data),
        ends_at=_moment(form.on.data, form.ends.data),
        place=form.place.data or "",
    )
    try:
        with db.transaction() as writing:
            meeting = meetings.announce(writing, survey.id, plan, actor=access.identity().actor, now=now)
    except DomainError as refusal:
        form.on.errors = [refusal.message]
        return _page(survey, frame, form), refusal.status
    if meeting.is_late:
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
    survey, form = _survey(survey_id), PresentForm()
    if not form.validate_on_submit():
        problem = _("Enter the number of households present, at least 1.")
        return _not_counted(survey, meeting_id, form, problem, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        with db.transaction() as writing:
            meeting = meetings.held(writing, survey.id, meeting_id)
            refuse_unseen(form, _present_form(meeting), None)
            meetings.count_present(
                writing, survey.id, meeting_id, form.present.data or 0,
                actor=access.identity().actor, now=datetime.now(UTC),
            )  # fmt: skip
    except (MorePresentThanAsked, SavedMeanwhile) as refusal:
        return _not_counted(survey, meeting_id, form, refusal.message, refusal.status)
    flash(_("Kept. Paper of this meeting can be keyed as a batch of its own."), "success")
    return redirect(url_for("meetings.page", survey_id=survey.id), HTTPStatus.SEE_OTHER)


def _present_form(meeting: MeetingView) -> PresentForm:
    return PresentForm(formdata=None, data={"present": meeting.present})


def _not_counted(
    survey: SurveyView, meeting_id: int, form: PresentForm, problem: str, status: HTTPStatus
) -> ResponseReturnValue:
    """The page with what was typed for that meeting, and beside it why it was not kept."""
    frame = frames.frame(db.session(), survey.id)
    return _page(survey, frame, _form(frame, typed=False), {meeting_id: (form, problem)}), status


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


def _page(
    survey: SurveyView,
    frame: tuple[FrameLine, ...],
    form: MeetingForm,
    refused: Mapping[int, tuple[PresentForm, str]] = MappingProxyType({}),
) -> str:
    """`refused`: by meeting, the count that was typed and why it was not kept."""
    person = access.identity()
    listed = meetings.meetings(db.session(), survey.id)
    return render_template(
        "fieldwork/meetings.html",
        survey=survey,
        meetings=listed,
        counts={one.id: refused.get(one.id, (_present_form(one), "")) for one in listed},
        names={line.unit.id: line.unit.full_name for line in frame},
        form=form,
        now=datetime.now(UTC),
        may_write=person.role in _WRITERS and survey.state in IN_THE_FIELD,
    )


def _moment(on: date, at: time) -> datetime:
    return datetime.combine(on, at, VIETNAM).astimezone(UTC)
