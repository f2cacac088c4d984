"""The page on which a commune writes what it will do after a result."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import TextAreaField
from wtforms.validators import Length

from survey_app import access, db, revisions
from survey_app.accounts.freshness import fresh
from survey_app.fieldwork import operations as fieldwork
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.scope import own_decision_survey
from survey_app.forms import clean
from survey_app.i18n import gettext as _
from survey_app.i18n import lazy_gettext
from survey_app.results import disclosed, pledges
from survey_app.revisions import RevisedForm, SavedMeanwhile
from survey_app.sealing import audiences

bp = Blueprint("pledges", __name__, template_folder="templates")


class PledgeForm(RevisedForm):
    """The text of the commune."""

    text = TextAreaField(
        lazy_gettext("What the commune will do, one point a line"),
        filters=[clean],
        validators=[Length(max=pledges.LONGEST)],
    )


@bp.route("/can-bo/dot/<survey_id>/xa-se-lam-gi", methods=["GET", "POST"])
@access.roles(*access.WRITE_PLEDGES)
@fresh
def page(survey_id: str) -> ResponseReturnValue:
    """What the commune will do, beside the items that are lowest."""
    survey, current = own_decision_survey(survey_id), db.session()
    if not pledges.is_open(survey):
        raise pledges.NothingToAnswer
    form = PledgeForm() if request.method == "POST" else _stored(current, survey)
    if not form.is_submitted():
        return _page(survey, form)
    if not form.validate_on_submit():
        return _page(survey, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with db.transaction() as writing:
            fieldwork.hold(writing, survey.id)
            last = revisions.last_saved(writing, [f"survey:{survey.id}"], [pledges.SAVED])
            revisions.refuse_unseen(form, _stored(writing, survey), last)
            pledges.save(
                writing, survey, form.text.data or "", actor=access.identity().actor, now=datetime.now(UTC)
            )
    except SavedMeanwhile as meanwhile:
        return _page(survey, form, meanwhile), meanwhile.status
    flash(_("Notices and the public page say so from now on."), "success")
    return redirect(url_for("results.page", survey_id=survey.id), HTTPStatus.SEE_OTHER)


def _stored(session: Session, survey: SurveyView) -> PledgeForm:
    return PledgeForm(formdata=None, text=pledges.text_of(session, survey.id))


def _page(survey: SurveyView, form: PledgeForm, meanwhile: SavedMeanwhile | None = None) -> str:
    result = disclosed.result(db.session(), survey.id, audiences.audience_of(access.identity()))
    return render_template(
        "results/pledge.html", survey=survey, form=form, lowest=result.lowest, meanwhile=meanwhile
    )
