"""The one page on which somebody decides what the other side asks: what it is, yes or no.

Rooms give it their addresses and what is read before deciding; nothing of it is written twice.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from survey_app import access, db
from survey_app.approvals import deciding, passed_over, registry, requests
from survey_app.approvals.forms import DecisionForm
from survey_app.approvals.refusals import ApprovalDecided, ApprovalNotFound
from survey_app.errors import DomainError
from survey_app.i18n import gettext as _

#: Field with the number of the request that the person read; another may have come in its place at the same address.
_ASKED = "asked"


def is_decision() -> bool:
    """Whether the form that was sent decides, at an address where people also ask."""
    return "decision" in request.form


def respond(approval_id: int) -> ResponseReturnValue:
    """Show the page, or record the decision.

    Raises ApprovalNotFound outside the own units and at another address, ApprovalDecided for a page of another request.
    """
    person, now = access.identity(), datetime.now(UTC)
    asked = requests.approval(db.session(), approval_id, person)
    act = registry.act(asked.act)
    if act.where(asked) != request.script_root + request.path:
        raise ApprovalNotFound
    if request.form.get(_ASKED, str(approval_id)) != str(approval_id):
        raise ApprovalDecided
    basis, form = act.basis(db.session(), asked, person, now), DecisionForm()
    status = HTTPStatus.OK
    if form.validate_on_submit():
        try:
            with db.transaction() as current:
                deciding.decide(
                    current,
                    approval_id,
                    approved=form.decision.data == "approved",
                    reason=form.reason.data or "",
                    by=person,
                    now=now,
                )
        except DomainError as refusal:
            flash(refusal.message, "error")
            asked, status = requests.approval(db.session(), approval_id, person), refusal.status
            basis = act.basis(db.session(), asked, person, now)
        else:
            flash(_("Your decision is recorded."), "success")
            return redirect(basis.back, HTTPStatus.SEE_OTHER)
    elif form.is_submitted():
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    page = render_template(
        "approvals/decide.html",
        approval=asked,
        act=act,
        basis=basis,
        form=form,
        may_decide=asked.may_decide(person, now),
        stands_in=asked.stands_in(person.role) and person.role in asked.needs.deciders(asked.requested_as),
        notice=passed_over.notice(asked, person.role, now),
        **basis.values,
    )
    return page, status


def ask(
    asking: Callable[[Session], object], again: Callable[[], str], back: str, message: str
) -> ResponseReturnValue:
    """Ask the other side in one transaction, say `message`, lead back; a refusal is shown on the page `again`."""
    try:
        with db.transaction() as current:
            asking(current)
    except DomainError as refusal:
        flash(refusal.message, "error")
        return again(), refusal.status
    flash(message, "success")
    return redirect(back, HTTPStatus.SEE_OTHER)
