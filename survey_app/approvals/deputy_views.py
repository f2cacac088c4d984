"""The page on which somebody who decides names a deputy, and either of the two ends it early."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from survey_app import access, db
from survey_app.accounts.freshness import fresh
from survey_app.approvals import deputies, paper_views
from survey_app.approvals.forms import DeputyForm
from survey_app.approvals.refusals import DeputyRefused
from survey_app.forms import StaffForm
from survey_app.i18n import gettext as _

#: One room, one blueprint; this module adds its pages to it.
bp = paper_views.bp

_PAGE = "/can-bo/ky-thay"


@bp.route(_PAGE, methods=["GET", "POST"])
@access.roles(*deputies.ROLES)
@fresh
def deputies_page() -> ResponseReturnValue:
    """Who signs in whose place, and naming a deputy."""
    person, now = access.identity(), datetime.now(UTC)
    form = DeputyForm()
    form.deputy.choices = [
        SelectChoice(found.id, found.name) for found in deputies.colleagues(db.session(), person)
    ]
    if form.validate_on_submit():
        try:
            with db.transaction() as current:
                deputies.name_deputy(
                    current,
                    form.deputy.data,
                    starts_on=form.starts_on.data,
                    ends_on=form.ends_on.data,
                    reason=form.reason.data,
                    by=person,
                    now=now,
                )
        except DeputyRefused as refusal:
            form.form_errors = [refusal.message]
        else:
            flash(_("Your deputy is named. Lists and papers will name you both."), "success")
            return redirect(_PAGE, HTTPStatus.SEE_OTHER)
    named = deputies.deputyships(db.session(), person.user_id, now)
    page = render_template("approvals/deputies.html", form=form, deputyships=named, end_form=StaffForm())
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK


@bp.post(f"{_PAGE}/<int:deputyship_id>/ket-thuc")
@access.roles(*deputies.ROLES)
@fresh
def end_deputyship(deputyship_id: int) -> ResponseReturnValue:
    """End a deputyship before its last day."""
    try:
        with db.transaction() as current:
            deputies.end(current, deputyship_id, by=access.identity(), now=datetime.now(UTC))
    except DeputyRefused as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("Ended. From now on everybody signs for themselves."), "success")
    return redirect(_PAGE, HTTPStatus.SEE_OTHER)
