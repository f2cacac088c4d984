"""The pages on which a telephone number is changed: one's own, and of an account that one manages."""

from datetime import UTC, datetime

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from survey_app import access, db, revisions
from survey_app.access import Identity
from survey_app.accounts import management, operations, queries, signin, telephones, views
from survey_app.accounts.forms import TelephoneForm
from survey_app.accounts.freshness import fresh
from survey_app.accounts.queries import AccountView
from survey_app.accounts.refusals import AccountRefused, NameTaken, NotYourAccount
from survey_app.i18n import gettext as _
from survey_app.revisions import SavedMeanwhile

#: One room, one blueprint; this module adds its pages to it.
bp = views.bp

_LIST = "/can-bo/tai-khoan"


@bp.route("/can-bo/dien-thoai", methods=["GET", "POST"])
@access.roles(*access.ANY_ACCOUNT)
@fresh
def own_telephone() -> ResponseReturnValue:
    person, now = access.identity(), datetime.now(UTC)
    account = queries.account(db.session(), person.user_id, person, now)
    return _page(account, person, signin.HOME, now)


@bp.route(f"{_LIST}/<int:user_id>/dien-thoai", methods=["GET", "POST"])
@access.roles(*management.MANAGERS)
@fresh
def telephone(user_id: int) -> ResponseReturnValue:
    person, now = access.identity(), datetime.now(UTC)
    account = queries.account(db.session(), user_id, person, now)
    if not management.may_manage(person, account.role, account.unit_path, account.made_by):
        raise NotYourAccount
    return _page(account, person, _LIST, now)


def _page(account: AccountView, person: Identity, back: str, now: datetime) -> ResponseReturnValue:
    form = TelephoneForm() if request.method == "POST" else _stored(account)
    if not form.is_submitted():
        return _shown(form, account, back, 200)
    if not form.validate_on_submit():
        return _shown(form, account, back, 422)
    try:
        with db.transaction() as current:
            last = revisions.last_saved(current, [f"user:{account.id}"], ["accounts.telephone"])
            revisions.refuse_unseen(form, _stored(queries.account(current, account.id, person, now)), last)
            name = operations.change_telephone(current, account.id, form.number(), by=person, now=now)
    except (AccountRefused, NameTaken) as error:
        form.telephone.errors = [error.message]
        return _shown(form, account, back, error.status)
    except SavedMeanwhile as meanwhile:
        return _shown(form, account, back, meanwhile.status, meanwhile)
    if name != account.email:
        said = _("The number is changed. From now on the sign-in name is %(name)s.", name=name)
    else:
        said = _("The number is changed.")
    flash(said, "success")
    return redirect(back)


def _stored(account: AccountView) -> TelephoneForm:
    return TelephoneForm(formdata=None, telephone=telephones.grouped(account.telephone))


def _shown(
    form: TelephoneForm,
    account: AccountView,
    back: str,
    status: int,
    meanwhile: SavedMeanwhile | None = None,
) -> ResponseReturnValue:
    page = render_template(
        "accounts/telephone.html", form=form, account=account, back=back, meanwhile=meanwhile
    )
    return page, status
