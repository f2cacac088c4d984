"""One page on which a body signs a sealed result: what it says in twenty seconds, yes or no."""

from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import TextAreaField
from wtforms.validators import Length

from survey_app import access, db
from survey_app.access import Identity
from survey_app.accounts.freshness import fresh
from survey_app.accounts.todo import Todo
from survey_app.approvals import decision_page, passed_over
from survey_app.approvals import requests as approvals
from survey_app.approvals.agreement import FRONT_AND_COMMUNE
from survey_app.approvals.approval import ApprovalView
from survey_app.approvals.refusals import ApprovalDecided
from survey_app.approvals.registry import DecisionBasis, TwoBodyAct
from survey_app.fieldwork import acts
from survey_app.fieldwork.models import Purpose, State, Survey
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.scope import own_decision_survey, own_survey
from survey_app.forms import StaffForm, clean
from survey_app.i18n import gettext as _
from survey_app.i18n import lazy_gettext
from survey_app.quality import comparison
from survey_app.results import signing, wording
from survey_app.scoring.disclosure import Audience
from survey_app.scoring.flags import Flag
from survey_app.sealing import audiences, signatures
from survey_app.units.models import Unit


class SignForm(StaffForm):
    """The own signature."""

    reason = TextAreaField(
        lazy_gettext("Why it is signed although something is open (kept, and printed in the minutes)"),
        filters=[clean],
        validators=[Length(max=500)],
    )


bp = Blueprint("signing", __name__, template_folder="templates")

_BODIES = access.BODIES


@bp.route("/can-bo/dot/<survey_id>/ky", methods=["GET", "POST"])
@access.roles(*_BODIES)
@fresh
def page(survey_id: str) -> ResponseReturnValue:
    """What is signed, who signed, and the own signature."""
    current, person, now = db.session(), access.identity(), datetime.now(UTC)
    survey = own_decision_survey(survey_id)
    waiting = _waiting(current, survey_id)
    if waiting and (waiting.may_decide(person, now) or decision_page.is_decision()):
        return decision_page.respond(waiting.id)
    if decision_page.is_decision():
        raise ApprovalDecided
    form = SignForm()
    if request.method != "POST":
        return _page(survey, waiting, form, person)
    if not form.validate_on_submit():
        return _page(survey, waiting, form, person), HTTPStatus.UNPROCESSABLE_ENTITY
    return decision_page.ask(
        lambda writing: signing.ask(writing, survey, reason=form.reason.data or "", by=person, now=now),
        lambda: _page(survey, waiting, form, person),
        url_for("signing.page", survey_id=survey_id),
        _("Your decision is recorded."),
    )


def where(asked: ApprovalView) -> str:
    """Where a request to sign is looked at and decided."""
    return url_for("signing.page", survey_id=acts.survey_of(asked))


def shown(session: Session, asked: ApprovalView, person: Identity, now: datetime) -> DecisionBasis:
    """What the sealed result says, and what was not compared."""
    survey = own_survey(acts.survey_of(asked))
    return DecisionBasis(
        heading=_(
            "Sign the result: %(unit)s, survey %(number)s", unit=survey.unit.full_name, number=survey.id
        ),
        template="results/sign_basis.html",
        back=url_for("fieldwork.page", survey_id=survey.id),
        values=read(session, survey, person),
    )


def read(session: Session, survey: SurveyView, person: Identity) -> dict[str, Any]:
    """What everybody reads who signs or accepts a result, for `results/sign_basis.html`."""
    audience = audiences.audience_of(person)
    figures = signing.before_signing(session, survey.id, audience)
    made = signatures.requests(session, survey.id)
    return {
        "survey": survey,
        "figures": figures,
        "ended": wording.ended(figures.result),
        "flags": _flags(session, survey.id),
        "sees_villages": audience is Audience.EXACT,
        "refused": [found for found in made if found.decision == "refused"],
        "signatures": signatures.signatures(session, survey.id),
    }


SIGN = TwoBodyAct(
    signatures.ACT, lazy_gettext("Sign the result"), FRONT_AND_COMMUNE, where, shown, signing.carry_out
)


def todos(session: Session, person: Identity, now: datetime) -> Iterator[Todo]:
    """In a commune, results nobody has signed yet."""
    if person.role not in _BODIES or person.is_provincial:
        return
    asked = {
        found.subject for found in approvals.open_approvals(session, person) if found.act == signatures.ACT
    }
    for survey_id in _unsigned(session, person.unit_path):
        if acts.subject(survey_id) not in asked:
            yield Todo(
                title=_("Sign the result of survey %(number)s", number=survey_id),
                detail=_("Counting is over and the result is sealed. Commune and Front both sign it."),
                url=url_for("signing.page", survey_id=survey_id),
            )


def _page(survey: SurveyView, waiting: ApprovalView | None, form: SignForm, person: Identity) -> str:
    evidence = read(db.session(), survey, person)
    return render_template(
        "results/signing.html",
        waiting=waiting,
        may_ask=waiting is None and survey.state is State.SEALED and person.role in FRONT_AND_COMMUNE.askers,
        notice=passed_over.notice(waiting, person.role, datetime.now(UTC)) if waiting else "",
        refusal=approvals.standing_refusal(
            db.session(),
            signatures.ACT,
            acts.subject(survey.id),
            person.role,
            {"digest": evidence["figures"].result.digest},
        ),
        stands_in=person.is_provincial,
        form=form,
        **evidence,
    )


def _waiting(session: Session, survey_id: str) -> ApprovalView | None:
    return next((found for found in signatures.requests(session, survey_id) if found.decision is None), None)


def _flags(session: Session, survey_id: str) -> tuple[Flag, ...]:
    return comparison.comparison(session, survey_id).flags


def _unsigned(session: Session, unit_path: str) -> tuple[str, ...]:
    mine = Unit.path.startswith(unit_path, autoescape=True)
    sealed = (Survey.purpose == Purpose.DECISION, Survey.state == State.SEALED)
    found = select(Survey.id).join(Unit, Unit.id == Survey.unit_id).where(mine, *sealed).order_by(Survey.id)
    return tuple(session.scalars(found))
