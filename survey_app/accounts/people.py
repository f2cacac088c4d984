"""Pages on which officers invite colleagues, hand them a letter, and close or reopen accounts."""

from datetime import UTC, datetime

from flask import current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from survey_app import access, db
from survey_app.access import Identity
from survey_app.accounts import handover, management, operations, queries, telephones, views
from survey_app.accounts.forms import InviteForm
from survey_app.accounts.freshness import fresh
from survey_app.accounts.letters import first_steps, invitation_link
from survey_app.accounts.operations import Invited
from survey_app.accounts.refusals import AccountRefused, NameTaken
from survey_app.drawing import data_uri, qr_svg
from survey_app.forms import clean
from survey_app.i18n import gettext as _
from survey_app.templating import role_name
from survey_app.units import queries as units

#: One room, one blueprint; this module adds its pages to it.
bp = views.bp

_LIST = "/can-bo/tai-khoan"


@bp.get(_LIST)
@access.roles(*management.MANAGERS)
def people() -> ResponseReturnValue:
    person, now = access.identity(), datetime.now(UTC)
    sought = clean(request.args.get("q")) or ""
    found = [view for view in queries.accounts(db.session(), person, now) if _mentions(view, sought)]
    managed = _managed_ids(person, found)
    return render_template(
        "accounts/people.html",
        accounts=found,
        sought=sought,
        managed=managed,
        handed_over=handover.newest_of_closed(db.session(), found),
        waiting=sum(view.id in managed and view.is_waited_for for view in found),
    )


@bp.route(f"{_LIST}/moi", methods=["GET", "POST"])
@access.roles(*management.MANAGERS)
@fresh
def invite() -> ResponseReturnValue:
    person, now = access.identity(), datetime.now(UTC)
    form = _invite_form(person, now)
    if request.method == "GET":
        return render_template("accounts/invite.html", form=form)
    if not form.validate_on_submit():
        return render_template("accounts/invite.html", form=form), 422
    try:
        with db.transaction() as current:
            invited = operations.invite(
                current,
                email=form.email.data or form.number(),
                name=form.name.data,
                telephone=form.number(),
                role=form.role.data,
                unit_id=form.unit.data,
                by=person,
                now=now,
            )
    except (AccountRefused, NameTaken) as error:
        form.form_errors = [error.message]
        return render_template("accounts/invite.html", form=form), error.status
    return letter(invited, person, now)


@bp.post(f"{_LIST}/<int:user_id>/thu")
@access.roles(*management.MANAGERS)
@fresh
def renew(user_id: int) -> ResponseReturnValue:
    person, now = access.identity(), datetime.now(UTC)
    with db.transaction() as current:
        invited = operations.renew_invitation(current, user_id, by=person, now=now)
    return letter(invited, person, now)


@bp.post(f"{_LIST}/<int:user_id>/dong")
@access.roles(*management.MANAGERS)
@fresh
def close(user_id: int) -> ResponseReturnValue:
    with db.transaction() as current:
        operations.close_account(current, user_id, by=access.identity(), now=datetime.now(UTC))
    flash(_("The account is closed. Who was signed in with it is out now."), "success")
    return redirect(_LIST)


@bp.post(f"{_LIST}/<int:user_id>/mo")
@access.roles(*management.MANAGERS)
@fresh
def reopen(user_id: int) -> ResponseReturnValue:
    with db.transaction() as current:
        operations.reopen_account(current, user_id, by=access.identity(), now=datetime.now(UTC))
    flash(_("The account is open again, with the same password as before."), "success")
    return redirect(_LIST)


def letter(invited: Invited, person: Identity, now: datetime) -> ResponseReturnValue:
    """The one page that shows the link: it cannot be opened a second time, only renewed."""
    current = db.session()
    link = invitation_link(invited.token)
    account = queries.account(current, invited.user_id, person, now)
    return render_template(
        "accounts/letter.html",
        account=account,
        first_steps=first_steps(account.role),
        link=link,
        qr=data_uri(qr_svg(link)),
        expires_at=invited.expires_at,
        inviter=person,
        inviter_unit=units.unit(current, person.unit_id).full_name,
        inviter_telephone=telephones.grouped(queries.own_telephone(current, person.user_id)),
        sign_in=f"{current_app.extensions['settings'].public_url}/dang-nhap",
        now=now,
    )


def _invite_form(person: Identity, now: datetime) -> InviteForm:
    own = units.unit(db.session(), person.unit_id)
    below = units.communes(db.session(), person.unit_path, units.civil(now))
    places = [own, *(unit for unit in below if unit.id != own.id)]
    form = InviteForm()
    form.role.choices = [(role.value, role_name(role)) for role in management.managed_roles(person.role)]
    form.unit.choices = [(unit.id, unit.full_name) for unit in places]
    return form


def _managed_ids(person: Identity, found: list[queries.AccountView]) -> frozenset[int]:
    return frozenset(
        view.id for view in found if management.may_manage(person, view.role, view.unit_path, view.made_by)
    )


def _mentions(view: queries.AccountView, sought: str) -> bool:
    """Whether every word sought is there; done here, because SQLite lowers the case of ASCII alone."""
    text = f"{view.name} {view.email} {view.telephone} {view.unit_name}".casefold()
    return all(word in text for word in sought.casefold().split())
