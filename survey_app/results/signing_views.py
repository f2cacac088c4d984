"""One page on which a body signs a sealed result: what it says in twenty seconds, yes or no."""

from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import TextAreaField
from wtforms.validators import Length

from survey_app import access, db
from survey_app.access import Identity
from survey_app.accounts.freshness import fresh
from survey_app.accounts.todo import Todo
from survey_app.approvals import requests as approvals
from survey_app.approvals.forms import DecisionForm
from survey_app.approvals.requests import ApprovalView
from survey_app.errors import DomainError
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.models import Purpose, State, Survey
from survey_app.fieldwork.queries import SurveyView
from survey_app.forms import StaffForm, clean
from survey_app.i18n import gettext as _
from survey_app.i18n import lazy_gettext
from survey_app.quality import comparison
from survey_app.results import signing, wording
from survey_app.scoring.disclosure import Audience
from survey_app.scoring.signals import Flag
from survey_app.sealing import audiences, signatures
from survey_app.units.models import Unit


class SignForm(StaffForm):
    """The own signature."""

    reason = TextAreaField(
        lazy_gettext(
            "Why it is signed although drawn slips were not compared (kept, and printed in the minutes)"
        ),
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
    survey = surveys.scoped_survey(current, survey_id, person)
    if survey.purpose is not Purpose.DECISION:
        abort(HTTPStatus.NOT_FOUND)
    waiting = _waiting(current, survey_id)
    form = DecisionForm() if waiting and waiting.may_decide(person) else SignForm()
    if request.method != "POST":
        return _page(survey, waiting, form, person)
    if not form.validate_on_submit():
        return _page(survey, waiting, form, person), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with db.transaction() as writing:
            if isinstance(form, DecisionForm) and waiting:
                agreed = form.decision.data == "approved"
                signing.decide(
                    writing, waiting.id, approved=agreed, reason=form.reason.data or "", by=person, now=now
                )
            else:
                said = form.reason.data if isinstance(form, SignForm) else ""
                signing.ask(writing, survey, reason=said or "", by=person, now=now)
    except DomainError as refusal:
        flash(refusal.message, "error")
        return _page(survey, waiting, form, person), refusal.status
    flash(_("Your decision is recorded."), "success")
    return redirect(url_for("signing.page", survey_id=survey_id), HTTPStatus.SEE_OTHER)


def page_of(asked: ApprovalView) -> str:
    """Where a request to sign is looked at and decided."""
    return url_for("signing.page", survey_id=asked.subject.removeprefix("survey:"))


def todos(session: Session, person: Identity, now: datetime) -> Iterator[Todo]:
    """Results that wait for the person's signature, and, in a commune, results nobody has signed yet."""
    asked = {
        found.subject: found
        for found in approvals.open_approvals(session, person)
        if found.act == signatures.ACT
    }
    for subject, found in asked.items():
        if found.may_decide(person):
            survey_id, name = subject.removeprefix("survey:"), found.requested_by_name
            yield Todo(
                title=_("Sign the result of survey %(number)s", number=survey_id),
                detail=_("%(name)s has signed and waits for your decision.", name=name),
                url=url_for("signing.page", survey_id=survey_id),
                urgent=True,
            )
    if person.role in _BODIES and not person.is_provincial:
        for survey_id in _unsigned(session, person.unit_path):
            if f"survey:{survey_id}" not in asked:
                yield Todo(
                    title=_("Sign the result of survey %(number)s", number=survey_id),
                    detail=_("Counting is over and the result is sealed. Commune and Front both sign it."),
                    url=url_for("signing.page", survey_id=survey_id),
                )


def _page(survey: SurveyView, waiting: ApprovalView | None, form: StaffForm, person: Identity) -> str:
    current = db.session()
    audience = audiences.audience_of(person)
    evidence = signing.evidence(current, survey.id, audience)
    return render_template(
        "results/signing.html",
        survey=survey,
        evidence=evidence,
        ended=wording.ended(evidence.result),
        flags=_flags(current, survey.id),
        sees_villages=audience is Audience.EXACT,
        waiting=waiting,
        may_decide=waiting is not None and waiting.may_decide(person),
        may_ask=waiting is None and survey.state is State.SEALED,
        stands_in=person.is_provincial,
        refused=[found for found in signatures.requests(current, survey.id) if found.decision == "refused"],
        signatures=signatures.signatures(current, survey.id),
        form=form,
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
