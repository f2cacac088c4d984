"""Pages of everybody with an account: signing in and out, the list of today, the password, the language."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from survey_app import access, config, db
from survey_app.accounts import authentication, entry, operations, passwords, queries, sessions, signin, todo
from survey_app.accounts.forms import ChangePasswordForm, NewPasswordForm, SignInForm
from survey_app.config import LANGUAGES
from survey_app.i18n import gettext as _
from survey_app.i18n import language_cookie
from survey_app.units import queries as units

_LANGUAGE_LASTS = timedelta(days=365)

bp = Blueprint("accounts", __name__, template_folder="templates")


@bp.route("/dang-nhap", methods=["GET", "POST"])
@access.public
def sign_in() -> ResponseReturnValue:
    target = signin.safe_next(request.values.get("next"))
    form = SignInForm(next=target)
    form.next.data = target
    now = datetime.now(UTC)
    if request.method == "GET":
        if access.current_identity():
            return redirect(target)
        waiting = entry.held_account(now)
        return redirect(entry.next_step(waiting)) if waiting else _sign_in_page(form, 200)
    if not form.validate_on_submit():
        return _sign_in_page(form, 422)
    if authentication.is_throttled(form.email.data, now):
        return _too_many(form)
    account = authentication.authenticated(form.email.data, form.password.data, now)
    if account is None:
        return _refused(form, _("The sign-in name or the password is wrong, or the account is closed."), 422)
    if account.demo_password and not signin.is_on_loopback():
        return _refused(
            form,
            _("A sample account with a printed password works only on the machine the server runs on."),
            403,
        )
    return entry.enter(account, target, now)


@bp.post("/dang-xuat")
@access.public
def sign_out() -> ResponseReturnValue:
    if signin.mark():
        with db.transaction() as current:
            sessions.end_by_mark(current, signin.mark())
    signin.end()
    target = signin.safe_next(request.form.get("next"))
    reply = redirect("/dang-nhap" if target == signin.HOME else f"/dang-nhap?next={quote(target, safe='/')}")
    reply.headers["Clear-Site-Data"] = '"cache"'
    return reply


@bp.get("/can-bo")
@access.roles(*access.ANY_ACCOUNT)
def home() -> ResponseReturnValue:
    person, now = access.identity(), datetime.now(UTC)
    return render_template(
        "accounts/home.html",
        sections=todo.by_section(todo.todos(db.session(), person, now)),
        today=units.civil(now),
        unit=units.unit(db.session(), person.unit_id).full_name,
    )


@bp.route("/can-bo/mat-khau", methods=["GET", "POST"])
@access.roles(*access.ANY_ACCOUNT)
def password() -> ResponseReturnValue:
    form, person, now = ChangePasswordForm(), access.identity(), datetime.now(UTC)
    if request.method == "GET":
        return _password_page(form, 200)
    email = queries.own_email(db.session(), person.user_id)
    if not form.validate_on_submit() or not _is_usable(form, email):
        return _password_page(form, 422)
    if authentication.is_throttled(email, now):
        form.current.errors = [authentication.too_many()]
        return _password_page(form, 429)
    if authentication.authenticated(email, form.current.data, now) is None:
        form.current.errors = [_("This is not your current password.")]
        return _password_page(form, 422)
    password_hash = passwords.hashed(form.password.data)
    with db.transaction() as current:
        epoch = operations.change_password(current, person.user_id, password_hash, now=now)
        mark = sessions.begin(current, person.user_id, now=now)
    signin.start(person.user_id, epoch, mark, now, confirmed_at=signin.confirmed_at())
    flash(_("The new password is in force. You were signed out on all other devices."), "success")
    return redirect(signin.HOME)


@bp.route("/moi/<token>", methods=["GET", "POST"])
@access.public
def accept(token: str) -> ResponseReturnValue:
    now = datetime.now(UTC)
    offer = queries.invitation(db.session(), token, now)
    form = NewPasswordForm()
    if request.method == "GET":
        return render_template("accounts/accept.html", form=form, offer=offer)
    if not form.validate_on_submit() or not _is_usable(form, offer.email):
        return render_template("accounts/accept.html", form=form, offer=offer), 422
    password_hash = passwords.hashed(form.password.data)
    with db.transaction() as current:
        account = operations.accept_invitation(current, token, password_hash, now=now)
    inside = entry.enter(account, signin.HOME, now)
    flash(_("Your password is set. Your sign-in name is %(name)s.", name=offer.email), "success")
    return inside


@bp.post("/can-bo/ngon-ngu")
@access.public
def language() -> ResponseReturnValue:
    reply = redirect(signin.safe_next(request.form.get("next")))
    if request.form.get("lang") in LANGUAGES:
        reply.set_cookie(
            language_cookie(),
            request.form["lang"],
            max_age=_LANGUAGE_LASTS,
            path="/",
            secure=config.settings().https,
            httponly=True,
            samesite="Lax",
        )
    return reply


def _is_usable(form: NewPasswordForm, email: str) -> bool:
    try:
        passwords.check(form.password.data, email)
    except passwords.WeakPassword as error:
        form.password.errors = [error.message]
        return False
    return True


def _too_many(form: SignInForm) -> ResponseReturnValue:
    page, status = _refused(form, authentication.too_many(), 429)
    return page, status, {"Retry-After": str(authentication.MINUTES * 60)}


def _refused(form: SignInForm, message: str, status: int) -> tuple[str, int]:
    form.form_errors = [message]
    return _sign_in_page(form, status)


def _sign_in_page(form: SignInForm, status: int) -> tuple[str, int]:
    return render_template("accounts/sign_in.html", form=form), status


def _password_page(form: ChangePasswordForm, status: int) -> tuple[str, int]:
    return render_template("accounts/password.html", form=form), status
