"""The page on which the commune or the Front notes how many households of each village were away."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms.validators import NumberRange, Optional

from survey_app import access, db, revisions
from survey_app.fieldwork import absences, frames, operations, queries
from survey_app.fieldwork.frames import FrameLine
from survey_app.fieldwork.models import TAKING_ANSWERS
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.scope import own_decision_survey
from survey_app.forms import WholeNumberField
from survey_app.i18n import gettext as _
from survey_app.revisions import RevisedForm, SavedMeanwhile

bp = Blueprint("absences", __name__, url_prefix="/can-bo/dot", template_folder="templates")


@bp.route("/<survey_id>/vang-mat", methods=["GET", "POST"])
@access.roles(*access.NOTE_ABSENCES)
def page(survey_id: str) -> ResponseReturnValue:
    """A number for each village; empty where nobody said."""
    survey, current = own_decision_survey(survey_id), db.session()
    if survey.state not in TAKING_ANSWERS:
        raise queries.SurveyNotFound
    frame = frames.frame(current, survey.id)
    form = _form(current, survey, frame)
    if not form.validate_on_submit():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
        return _page(survey, frame, form), status
    counts = {line.unit.id: form[_name(line)].data for line in frame}
    try:
        with db.transaction() as writing:
            operations.hold(writing, survey.id)
            last = revisions.last_saved(writing, [f"survey:{survey.id}"], [absences.NOTE])
            revisions.refuse_unseen(form, _form(writing, survey, frame, formdata=None), last)
            absences.note_absences(
                writing, survey.id, counts, actor=access.identity().actor, now=datetime.now(UTC)
            )
    except SavedMeanwhile as meanwhile:
        return _page(survey, frame, form, meanwhile), meanwhile.status
    flash(_("Kept. The numbers are shown beside how many households answered."), "success")
    return redirect(url_for("absences.page", survey_id=survey.id), HTTPStatus.SEE_OTHER)


def _form(current: Session, survey: SurveyView, frame: Sequence[FrameLine], **formdata: None) -> RevisedForm:
    """A form with a field for each village."""
    fields = {_name(line): _field(line) for line in frame}
    stored = absences.absences(current, survey.id)
    values: Mapping[str, object] = {_name(line): stored.get(line.unit.id) for line in frame}
    form: RevisedForm = type("AbsencesForm", (RevisedForm,), fields)(data=values, **formdata)
    return form


def _field(line: FrameLine) -> WholeNumberField:
    return WholeNumberField(
        line.unit.full_name, validators=(Optional(), NumberRange(min=0, max=line.households))
    )


def _name(line: FrameLine) -> str:
    return f"village_{line.unit.code}"


def _page(
    survey: SurveyView,
    frame: Sequence[FrameLine],
    form: RevisedForm,
    meanwhile: SavedMeanwhile | None = None,
) -> str:
    lines = [(line, form[_name(line)]) for line in frame]
    return render_template(
        "fieldwork/absences.html", survey=survey, lines=lines, form=form, meanwhile=meanwhile
    )
