"""The pages on which one body asks to set the answers of a village aside, and the other decides."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from survey_app import access, config, db
from survey_app.access import Identity
from survey_app.accounts.freshness import fresh
from survey_app.approvals import decision_page
from survey_app.approvals.agreement import BOTH_BODIES
from survey_app.approvals.approval import ApprovalView
from survey_app.approvals.registry import DecisionBasis, TwoBodyAct
from survey_app.fieldwork import acts
from survey_app.fieldwork.calendar import Keying
from survey_app.fieldwork.forms import PublicReasonForm
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.scope import own_decision_survey, own_survey
from survey_app.i18n import gettext as _
from survey_app.i18n import lazy_gettext
from survey_app.sealing import annulling
from survey_app.sealing.annulling import Situation

bp = Blueprint(
    "annulling", __name__, url_prefix="/can-bo/dot/<survey_id>/huy-thon", template_folder="templates"
)

_BODIES = access.BODIES


@bp.route("/<village>", methods=["GET", "POST"])
@access.roles(*_BODIES)
@fresh
def ask(survey_id: str, village: str) -> ResponseReturnValue:
    """What it means, and the request with its reason; once sealed, why it is no longer possible."""
    person, now = access.identity(), datetime.now(UTC)
    survey, form = own_decision_survey(survey_id), PublicReasonForm()
    found = _situation(survey, village, now)
    if found.obstacle or not form.is_submitted():
        status = HTTPStatus.CONFLICT if form.is_submitted() else HTTPStatus.OK
        return render_template("sealing/annul_ask.html", survey=survey, found=found, form=form), status
    if not form.validate():
        return render_template("sealing/annul_ask.html", survey=survey, found=found, form=form), 422
    return decision_page.ask(
        lambda writing: annulling.request(
            writing, survey, found.line, reason=form.reason.data, by=person, now=now
        ),
        lambda: render_template("sealing/annul_ask.html", survey=survey, found=found, form=form),
        url_for("fieldwork.page", survey_id=survey.id),
        _("Asked. The other body now finds it under “Today”."),
    )


@bp.route("/duyet/<int:approval_id>", methods=["GET", "POST"])
@access.roles(*_BODIES)
@fresh
def decide(survey_id: str, approval_id: int) -> ResponseReturnValue:
    """One page that says what is being agreed to; yes or no."""
    return decision_page.respond(approval_id)


def where(asked: ApprovalView) -> str:
    """Address of the page on which the request is decided."""
    return url_for("annulling.decide", survey_id=acts.survey_of(asked), approval_id=asked.id)


def shown(session: Session, asked: ApprovalView, person: Identity, now: datetime) -> DecisionBasis:
    """What is set aside and how the village answers again."""
    survey = own_survey(acts.survey_of(asked))
    found = _situation(survey, str(asked.payload["village"]), now)
    return DecisionBasis(
        heading=_("Set the answers of %(village)s aside and ask again", village=found.line.unit.full_name),
        template="sealing/annul_basis.html",
        back=url_for("fieldwork.page", survey_id=survey.id),
        values={"survey": survey, "found": found},
    )


def carry_out(session: Session, decided: ApprovalView, by: Identity, now: datetime) -> None:
    """What was agreed to, by the settings of this installation."""
    annulling.set_aside(session, decided, actor=by.actor, now=now, keying=_keying())


ANNUL_VILLAGE = TwoBodyAct(
    annulling.ACT,
    lazy_gettext("Set the answers of a village aside"),
    BOTH_BODIES,
    where,
    shown,
    carry_out,
    is_on_survey_page=True,
)


def _situation(survey: SurveyView, village: str, now: datetime) -> Situation:
    return annulling.situation(db.session(), survey, village, now=now, keying=_keying())


def _keying() -> Keying:
    return Keying.by(config.settings())
