"""Pages of a handover: who takes over, and what was passed on."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from survey_app import access, db
from survey_app.access import Identity
from survey_app.accounts import handover, management, operations, people, views
from survey_app.accounts.forms import PersonForm, SuccessorForm
from survey_app.accounts.freshness import fresh
from survey_app.accounts.operations import Invited
from survey_app.accounts.queries import AccountView
from survey_app.accounts.refusals import AccountRefused, NameTaken
from survey_app.i18n import gettext as _

#: One room, one blueprint; this module adds its pages to it.
bp = views.bp


@bp.route("/can-bo/tai-khoan/<int:user_id>/ban-giao", methods=["GET", "POST"])
@access.roles(*management.MANAGERS)
@fresh
def hand_over(user_id: int) -> ResponseReturnValue:
    """Name the successor; with the press the old sign-in ends."""
    person, now = access.identity(), datetime.now(UTC)
    leaving = handover.leaving(db.session(), user_id, person, now)
    chosen, new = SuccessorForm(), PersonForm()
    found = handover.candidates(db.session(), leaving)
    chosen.successor.choices = [
        *((str(one.id), f"{one.name} ({one.email})") for one in found),
        (SuccessorForm.NEW, _("Somebody new: an account is made with a letter")),
    ]
    if request.method == "GET":
        return _page(chosen, new, leaving)
    is_right = chosen.validate_on_submit()
    is_new = chosen.successor.data == SuccessorForm.NEW
    if not is_right or (is_new and not new.validate()):
        return _page(chosen, new, leaving), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with db.transaction() as current:
            made = _invited(current, new, leaving, person, now) if is_new else None
            successor = made.user_id if made else int(chosen.successor.data)
            number = handover.hand_over(current, user_id, successor, by=person, now=now)
    except (AccountRefused, NameTaken) as error:
        chosen.form_errors = [error.message]
        return _page(chosen, new, leaving), error.status
    flash(
        _(
            "The work of %(name)s was handed over. Who was signed in with that account is out now.",
            name=leaving.name,
        ),
        "success",
    )
    return people.letter(made, person, now) if made else redirect(f"/can-bo/ban-giao/{number}")


@bp.get("/can-bo/ban-giao/<int:handover_id>")
@access.roles(*access.ANY_ACCOUNT)
def handed_over(handover_id: int) -> ResponseReturnValue:
    """What was passed on, and what of it still waits; to be printed as the minutes of the handover."""
    current, now = db.session(), datetime.now(UTC)
    found = handover.handover(current, handover_id, access.identity(), now)
    work = handover.open_work(current, found.old_id, now)
    return render_template("accounts/handed_over.html", handover=found, work=work)


def _invited(
    session: Session, new: PersonForm, leaving: AccountView, person: Identity, now: datetime
) -> Invited:
    return operations.invite(
        session,
        email=new.email.data or new.number(),
        name=new.name.data,
        telephone=new.number(),
        role=leaving.role,
        unit_id=leaving.unit_id,
        by=person,
        now=now,
    )


def _page(chosen: SuccessorForm, new: PersonForm, leaving: AccountView) -> str:
    return render_template(
        "accounts/handover.html",
        form=chosen,
        new=new,
        leaving=leaving,
        work=handover.open_work(db.session(), leaving.id, datetime.now(UTC)),
    )
