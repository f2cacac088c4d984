"""Pages of the appraisal: the results of a year, and one result with what is open, its history, and the decision."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, TextAreaField
from wtforms.validators import Length

from survey_app import access, db, paging
from survey_app.accounts.freshness import fresh
from survey_app.campaigns import appraisal_points, appraisals, appraising, requested
from survey_app.campaigns.appraisal_points import AppraisalPoint, PointKind
from survey_app.errors import DomainError
from survey_app.fieldwork.models import State
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.scope import own_decision_survey
from survey_app.forms import StaffForm, carried_number, clean
from survey_app.i18n import gettext as _
from survey_app.i18n import lazy_gettext, ngettext
from survey_app.results import findings_block
from survey_app.rulebooks.scope import require_known_year
from survey_app.sealing import audiences

#: Results opened one by one, each with what is open in it, so that a telephone shows them on four screens.
_ON_A_PAGE = 8

bp = Blueprint("appraisals", __name__, template_folder="templates")


class AppraisalForm(StaffForm):
    """What the Front of the province says of one result."""

    seen = HiddenField()
    reason = TextAreaField(
        lazy_gettext("What has to change; or, where something is open, why it is accepted all the same"),
        filters=[clean],
        validators=[Length(max=1000)],
    )


class AppraisalAnswerForm(StaffForm):
    """What the commune did about the change."""

    seen = HiddenField()
    reason = TextAreaField(
        lazy_gettext("What was changed, or why not"), filters=[clean], validators=[Length(max=1000)]
    )


class TogetherForm(StaffForm):
    """Accept those in which nothing is open; each is in the request with the row that was seen."""


@bp.get("/can-bo/tinh/<int:year>/tham-dinh")
@access.roles(*access.SUPERVISORS)
def listed(year: int) -> ResponseReturnValue:
    """The signed results of a year: what is opened one by one, and the rest."""
    require_known_year(year)
    province = requested.province()
    found = appraising.of_year(db.session(), province, year, datetime.now(UTC))
    shown = paging.page(found.single, request.args.get("page"), _ON_A_PAGE)
    return render_template("campaigns/appraising.html", found=found, shown=shown, form=TogetherForm())


@bp.post("/can-bo/tinh/<int:year>/tham-dinh")
@access.roles(*access.APPRAISE)
@fresh
def accept_together(year: int) -> ResponseReturnValue:
    """Accept those that may be accepted in one step, as they were shown."""
    require_known_year(year)
    province, now = requested.province(), datetime.now(UTC)
    shown = set(request.form.getlist("survey"))
    with db.transaction() as current:
        found = appraising.of_year(current, province, year, now)
        seen = {one.survey_id: one.seen for one in found.together if one.survey_id in shown}
        left_out = appraisals.accept_together(current, seen, by=access.identity(), now=now)
    accepted = len(seen) - len(left_out)
    flash(ngettext("%(num)d result accepted.", "%(num)d results accepted.", accepted), "success")
    others = len(shown) - accepted
    if others:
        flash(
            ngettext(
                "%(num)d was left out: somebody decided on it, or something was opened meanwhile.",
                "%(num)d were left out: somebody decided on them, or something was opened meanwhile.",
                others,
            ),
            "error",
        )
    return redirect(url_for("appraisals.listed", year=year), HTTPStatus.SEE_OTHER)


@bp.get("/can-bo/dot/<survey_id>/tham-dinh")
@access.roles(*access.READ_APPRAISALS)
def page(survey_id: str) -> ResponseReturnValue:
    """One result with what is open, and everything said of it."""
    return _page(_signed(survey_id))


@bp.post("/can-bo/dot/<survey_id>/tham-dinh")
@access.roles(*access.APPRAISE)
@fresh
def decide(survey_id: str) -> ResponseReturnValue:
    """Accept the result, or ask for a change."""
    survey, form = _signed(survey_id), AppraisalForm()
    if not form.validate_on_submit():
        return _page(survey, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with db.transaction() as current:
            appraisals.decide(
                current,
                survey.id,
                is_accepted=request.form.get("decision") == "accepted",
                reason=form.reason.data or "",
                seen=carried_number(form.seen.data, otherwise=-1),
                by=access.identity(),
                now=datetime.now(UTC),
            )
    except DomainError as refusal:
        flash(refusal.message, "error")
        return _page(survey, form), refusal.status
    flash(_("Your decision is recorded."), "success")
    return redirect(url_for("appraisals.page", survey_id=survey.id), HTTPStatus.SEE_OTHER)


@bp.post("/can-bo/dot/<survey_id>/tham-dinh/tra-loi")
@access.roles(*access.ANSWER_APPRAISALS)
@fresh
def answer(survey_id: str) -> ResponseReturnValue:
    """What the commune did about the change that was asked for."""
    survey, form = _signed(survey_id), AppraisalAnswerForm()
    if not form.validate_on_submit():
        return _page(survey, typed=form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with db.transaction() as current:
            appraisals.answer(
                current, survey.id, form.reason.data or "", seen=carried_number(form.seen.data, otherwise=-1),
                by=access.identity(), now=datetime.now(UTC),
            )  # fmt: skip
    except DomainError as refusal:
        flash(refusal.message, "error")
        return _page(survey, typed=form), refusal.status
    flash(_("Sent to the Front of the province."), "success")
    return redirect(url_for("appraisals.page", survey_id=survey.id), HTTPStatus.SEE_OTHER)


def _signed(survey_id: str) -> SurveyView:
    survey = own_decision_survey(survey_id)
    if survey.state is not State.SIGNED or survey.rehearsal:
        raise appraisals.NotToAppraise
    return survey


def _page(
    survey: SurveyView, form: AppraisalForm | None = None, typed: AppraisalAnswerForm | None = None
) -> str:
    current, person = db.session(), access.identity()
    history = appraisals.history(current, survey.id)
    last = history[-1] if history else None
    seen = {"seen": str(last.number if last else 0)}
    return render_template(
        "campaigns/appraisal.html",
        survey=survey,
        findings=findings_block.block(current, survey, audiences.audience_of(person)),
        points=_for_reader(appraisal_points.of_survey(current, survey)),
        history=[replace(one, points=_for_reader(one.points)) for one in history],
        last=last,
        form=form or AppraisalForm(formdata=None, **seen),
        answer=typed or AppraisalAnswerForm(formdata=None, **seen),
    )


def _for_reader(points: Iterable[AppraisalPoint]) -> tuple[AppraisalPoint, ...]:
    """Without the flags, for a reader who may not open their page."""
    may_see_flags = access.may("comparison.page")
    return tuple(one for one in points if may_see_flags or one.kind != PointKind.FLAGS)
