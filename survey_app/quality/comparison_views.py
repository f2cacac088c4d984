"""Where a result is compared with its papers: flags, receipt lists, the back-check.

Exact counts of villages are shown, so looking is noted. Nothing here changes an answer or a score.
"""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from survey_app import access, audit, db, revisions
from survey_app.accounts.freshness import fresh
from survey_app.fieldwork import frames, operations
from survey_app.fieldwork.models import BEFORE_THE_END, State
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.scope import own_decision_survey
from survey_app.quality import back_checks, comparison_wording
from survey_app.quality import comparison as comparisons
from survey_app.quality.comparison import ResultBesidePapers
from survey_app.quality.comparison_forms import ReceiptsForm, RepliesForm
from survey_app.revisions import Saved, SavedMeanwhile
from survey_app.scoring.back_check import Replies
from survey_app.scoring.flags import Limits
from survey_app.sealing.models import ReceiptList
from survey_app.sealing.queries import NotSealed

bp = Blueprint("comparison", __name__, template_folder="templates")
bp.add_app_template_filter(comparison_wording.flag, "flag_words")
bp.add_app_template_filter(comparison_wording.outcome, "back_check_words")
bp.add_app_template_filter(comparison_wording.contradicted, "contradicted_words")
bp.add_app_template_filter(comparison_wording.keyed_again, "keyed_again_words")
bp.add_app_template_filter(comparison_wording.drawn, "drawn_words")

_READERS = access.READ_FLAGS
#: The consultation is the Front's: its officers read the lists off and call households back.
_WRITERS = access.RECORD_COMPARISONS


@bp.get("/can-bo/dot/<survey_id>/doi-chieu")
@access.roles(*_READERS)
def page(survey_id: str) -> ResponseReturnValue:
    """Flags, reconciliation and sample; before sealing, the form for the lists alone."""
    survey = own_decision_survey(survey_id)
    if survey.state in {State.DRAFT, *BEFORE_THE_END}:
        raise back_checks.TooEarlyToCompare
    return _page(survey, _receipts_form(survey), RepliesForm(formdata=None))


@bp.post("/can-bo/dot/<survey_id>/doi-chieu/danh-sach")
@access.roles(*_WRITERS)
def receipts(survey_id: str) -> ResponseReturnValue:
    """Keep the totals of one village's receipt list."""
    survey = own_decision_survey(survey_id)
    form = _receipts_form(survey)
    if not form.validate_on_submit():
        return _page(survey, form, RepliesForm(formdata=None)), HTTPStatus.UNPROCESSABLE_ENTITY
    now, actor = datetime.now(UTC), access.identity().actor
    try:
        with db.transaction() as current:
            operations.hold(current, survey.id)
            _refuse_unseen(current, survey, form)
            back_checks.record_receipts(
                current, survey.id, form.village.data, form.counts(), actor=actor, now=now
            )
    except SavedMeanwhile as meanwhile:
        page = _page(survey, form, RepliesForm(formdata=None), meanwhile)
        return page, meanwhile.status
    return _back(survey)


@bp.post("/can-bo/dot/<survey_id>/doi-chieu/boc-tham")
@access.roles(*_WRITERS)
@fresh
def draw(survey_id: str) -> ResponseReturnValue:
    """Draw the back-check sample from the lists, once; lists that are missing must be known to be missing."""
    survey = own_decision_survey(survey_id)
    try:
        with db.transaction() as current:
            back_checks.draw_sample(
                current,
                survey.id,
                without_lists=request.form.get("without_lists") == "yes",
                actor=access.identity().actor,
                now=datetime.now(UTC),
            )
    except back_checks.ListsMissing as refusal:
        flash(refusal.message, "error")
        return _page(survey, _receipts_form(survey, typed=False), RepliesForm(formdata=None)), refusal.status
    return _back(survey)


@bp.post("/can-bo/dot/<survey_id>/doi-chieu/goi-lai")
@access.roles(*_WRITERS)
@fresh
def replies(survey_id: str) -> ResponseReturnValue:
    """Keep what the households of the sample said."""
    survey = own_decision_survey(survey_id)
    form = RepliesForm()
    if form.validate_on_submit():
        said = Replies(form.confirmed.data or 0, form.denied.data or 0, form.not_reached.data or 0)
        try:
            with db.transaction() as current:
                operations.hold(current, survey.id)
                _refuse_unseen_replies(current, survey, form)
                back_checks.record_replies(
                    current, survey.id, said, actor=access.identity().actor, now=datetime.now(UTC)
                )
            return _back(survey)
        except SavedMeanwhile as meanwhile:
            page = _page(survey, _receipts_form(survey, typed=False), form, replied=meanwhile)
            return page, meanwhile.status
        except back_checks.RepliesDoNotFit as refusal:
            form.not_reached.errors = [refusal.message]
    return _page(survey, _receipts_form(survey, typed=False), form), HTTPStatus.UNPROCESSABLE_ENTITY


def _refuse_unseen(current: Session, survey: SurveyView, form: ReceiptsForm) -> None:
    """Who puts totals in the place of a village's earlier ones sees those first."""
    unit_id = frames.frame_line(current, survey.id, form.village.data).unit.id
    entered = current.get(ReceiptList, (survey.id, unit_id))
    if entered is not None:
        stored = _receipts_form(survey, typed=False, village=form.village.data, **_totals(entered))
        revisions.refuse_unseen(form, stored, Saved(entered.entered_by, entered.entered_at))


def _refuse_unseen_replies(current: Session, survey: SurveyView, form: RepliesForm) -> None:
    """Who corrects an earlier entry of replies sees it first."""
    for entry in back_checks.entries(current, survey.id)[-1:]:
        said = {name: getattr(entry.replies, name) for name in ("confirmed", "denied", "not_reached")}
        stored = RepliesForm(formdata=None, data=said)
        revisions.refuse_unseen(form, stored, Saved(entry.name, entry.noted_at))


def _totals(entered: ReceiptList) -> dict[str, int | None]:
    names = ("issued", "ticked", "returned", "voided", "brought_back")
    return {name: getattr(entered, name) for name in names}


def _receipts_form(survey: SurveyView, *, typed: bool = True, **values: object) -> ReceiptsForm:
    form = ReceiptsForm() if typed else ReceiptsForm(formdata=None, data=values)
    frame = frames.frame(db.session(), survey.id)
    form.village.choices = [(line.unit.code, line.unit.full_name) for line in frame]
    return form


def _page(
    survey: SurveyView,
    receipts_form: ReceiptsForm,
    replies_form: RepliesForm,
    meanwhile: SavedMeanwhile | None = None,
    replied: SavedMeanwhile | None = None,
) -> str:
    person = access.identity()
    found = _found(survey)
    balances, as_of = (
        (found.balances, None) if found else comparisons.balances_so_far(db.session(), survey.id)
    )
    if found is not None:
        with db.transaction() as current:
            subject = f"survey:{survey.id}"
            audit.record(
                current, person.actor, "results.exact", subject, at=datetime.now(UTC), form="comparison"
            )
    return render_template(
        "quality/comparison.html",
        survey=survey,
        found=found,
        balances=balances,
        as_of=as_of,
        forgotten_ticks=Limits().forgotten_ticks,
        may_write=person.role in _WRITERS and survey.state is not State.ANNULLED,
        receipts_form=receipts_form,
        replies_form=replies_form,
        meanwhile=meanwhile,
        meanwhile_replied=replied,
    )


def _found(survey: SurveyView) -> ResultBesidePapers | None:
    """The comparison; None before the seal."""
    try:
        return comparisons.comparison(db.session(), survey.id)
    except NotSealed:
        return None


def _back(survey: SurveyView) -> ResponseReturnValue:
    return redirect(url_for("comparison.page", survey_id=survey.id), HTTPStatus.SEE_OTHER)
