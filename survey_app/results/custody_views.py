"""The province's page on a survey after it was signed: complaints, acceptance, and how long its key is kept."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from survey_app import access, db
from survey_app.access import Identity
from survey_app.accounts.freshness import fresh
from survey_app.approvals import decision_page
from survey_app.approvals.agreement import BOTH_OF_THE_PROVINCE
from survey_app.approvals.approval import ApprovalView
from survey_app.approvals.refusals import ApprovalDecided
from survey_app.approvals.registry import DecisionBasis, TwoBodyAct
from survey_app.fieldwork import acts
from survey_app.fieldwork.models import State
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.scope import own_decision_survey, own_survey
from survey_app.forms import StaffForm
from survey_app.i18n import gettext as _
from survey_app.i18n import lazy_gettext
from survey_app.results import custody, signing_views
from survey_app.results.custody_forms import ComplaintForm, OutcomeForm

bp = Blueprint("custody", __name__, template_folder="templates")

_PROVINCE = access.HOLD_KEYS


@bp.get("/can-bo/dot/<survey_id>/khieu-nai")
@access.roles(*_PROVINCE)
def page(survey_id: str) -> ResponseReturnValue:
    """Complaints and what is between the key and its destruction."""
    return _page(own_decision_survey(survey_id))


@bp.post("/can-bo/dot/<survey_id>/khieu-nai")
@access.roles(*_PROVINCE)
@fresh
def complain(survey_id: str) -> ResponseReturnValue:
    """Record a complaint."""
    survey, form = own_decision_survey(survey_id), ComplaintForm()
    if not form.validate_on_submit():
        return _page(survey, complaint=form), HTTPStatus.UNPROCESSABLE_ENTITY
    with db.transaction() as current:
        custody.open_complaint(
            current, survey.id, form.note.data, actor=access.identity().actor, now=datetime.now(UTC)
        )
    return _back(survey)


@bp.post("/can-bo/dot/<survey_id>/khieu-nai/<int:complaint_id>")
@access.roles(*_PROVINCE)
@fresh
def settle(survey_id: str, complaint_id: int) -> ResponseReturnValue:
    """Close a complaint, with how it was settled."""
    survey, form = own_decision_survey(survey_id), OutcomeForm()
    if not form.validate_on_submit():
        return _page(survey, outcome=form), HTTPStatus.UNPROCESSABLE_ENTITY
    with db.transaction() as current:
        custody.close_complaint(
            current, survey.id, complaint_id, form.outcome.data,
            actor=access.identity().actor, now=datetime.now(UTC),
        )  # fmt: skip
    return _back(survey)


@bp.route("/can-bo/dot/<survey_id>/chap-nhan", methods=["GET", "POST"])
@access.roles(*_PROVINCE)
@fresh
def accept(survey_id: str) -> ResponseReturnValue:
    """Accept the result for one provincial body, or decide on what the other asks."""
    survey, person, now = own_decision_survey(survey_id), access.identity(), datetime.now(UTC)
    waiting = _waiting(survey)
    if waiting and (request.method == "GET" or decision_page.is_decision()):
        return decision_page.respond(waiting.id)
    if decision_page.is_decision():
        raise ApprovalDecided
    if request.method == "GET":
        return _back(survey)
    form = StaffForm()
    if not form.validate_on_submit():
        return _page(survey), HTTPStatus.UNPROCESSABLE_ENTITY
    return decision_page.ask(
        lambda current: custody.ask_acceptance(current, survey, by=person, now=now),
        lambda: _page(survey),
        url_for("custody.page", survey_id=survey.id),
        _("Your decision is recorded."),
    )


def where(asked: ApprovalView) -> str:
    """Address of the page on which the request is decided."""
    return url_for("custody.accept", survey_id=acts.survey_of(asked))


def shown(session: Session, asked: ApprovalView, person: Identity, now: datetime) -> DecisionBasis:
    """The signed result, who signed it, and what was complained of."""
    survey = own_survey(acts.survey_of(asked))
    return DecisionBasis(
        heading=_(
            "Accept the result: %(unit)s, survey %(number)s", unit=survey.unit.full_name, number=survey.id
        ),
        template="results/accept_basis.html",
        back=url_for("custody.page", survey_id=survey.id),
        values={
            **signing_views.read(session, survey, person),
            "complaints": custody.custody(session, survey.id, now).complaints,
        },
    )


ACCEPT = TwoBodyAct(
    custody.ACCEPT,
    lazy_gettext("Accept the result"),
    BOTH_OF_THE_PROVINCE,
    where,
    shown,
    custody.accept,
)


def _custody(survey: SurveyView) -> custody.Custody:
    return custody.custody(db.session(), survey.id, datetime.now(UTC))


def _waiting(survey: SurveyView) -> ApprovalView | None:
    return next((found for found in _custody(survey).requests if found.decision is None), None)


def _page(
    survey: SurveyView, *, complaint: ComplaintForm | None = None, outcome: OutcomeForm | None = None
) -> str:
    """The page; forms that were refused keep what was typed."""
    person, found, waiting = access.identity(), _custody(survey), _waiting(survey)
    return render_template(
        "results/custody.html",
        survey=survey,
        custody=found,
        waiting=waiting,
        may_decide=waiting is not None and waiting.may_decide(person, datetime.now(UTC)),
        may_ask=waiting is None and survey.state is State.SIGNED and found.accepted_at is None,
        complaint_form=complaint or ComplaintForm(formdata=None),
        outcome_form=outcome or OutcomeForm(formdata=None),
        accept_form=StaffForm(formdata=None),
        refused_outcome=request.view_args and request.view_args.get("complaint_id") if outcome else None,
    )


def _back(survey: SurveyView) -> ResponseReturnValue:
    return redirect(url_for("custody.page", survey_id=survey.id), HTTPStatus.SEE_OTHER)
