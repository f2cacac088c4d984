"""Pages of everybody with an account: signing in and out, the list of today, the password, the language."""

from datetime import UTC, datetime, timedelta

from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from survey_app import access, db, throttle
from survey_app.accounts import operations, passwords, queries, signin, todo
from survey_app.accounts.forms import ChangePasswordForm, NewPasswordForm, SignInForm
from survey_app.accounts.queries import Credentials
from survey_app.accounts.refusals import AccountRefused
from survey_app.config import LANGUAGES
from survey_app.i18n import LANGUAGE_COOKIE
from survey_app.i18n import gettext as _

#: Wrong passwords in a quarter of an hour before a name, or an address, has to wait. A whole office, or a
#: training course, shares one address; a name belongs to one person.
_LIMIT_NAME = 10
_LIMIT_ADDRESS = 50
_MINUTES = 15

_LANGUAGE_LASTS = timedelta(days=365)

bp = Blueprint("accounts", __name__, template_folder="templates")


@bp.route("/dang-nhap", methods=["GET", "POST"])
@access.public
def sign_in() -> ResponseReturnValue:
    target = signin.safe_next(request.values.get("next"))
    form = SignInForm(next=target)
    form.next.data = target
    if request.method == "GET":
        return redirect(target) if access.current_identity() else _sign_in_page(form, 200)
    if not form.validate_on_submit():
        return _sign_in_page(form, 422)
    now = datetime.now(UTC)
    if _is_throttled(form.email.data, now):
        return _too_many(form)
    account = _authenticated(form.email.data, form.password.data, now)
    if account is None:
        return _refused(form, _("The sign-in name or the password is wrong, or the account is closed."), 422)
    if account.demo_password and not signin.is_on_loopback():
        return _refused(
            form,
            _("A sample account with a printed password works only on the machine the server runs on."),
            403,
        )
    with db.transaction() as current:
        operations.record_sign_in(current, account.user_id, now=now)
    signin.start(account.user_id, account.session_epoch, now)
    return redirect(target)


@bp.post("/dang-xuat")
@access.public
def sign_out() -> ResponseReturnValue:
    signin.end()
    return redirect("/dang-nhap")


@bp.get("/can-bo")
@access.roles(*access.EVERYBODY)
def home() -> ResponseReturnValue:
    items = todo.todos(db.session(), access.identity(), datetime.now(UTC))
    return render_template("accounts/home.html", items=items)


@bp.route("/can-bo/mat-khau", methods=["GET", "POST"])
@access.roles(*access.EVERYBODY)
def password() -> ResponseReturnValue:
    form, person, now = ChangePasswordForm(), access.identity(), datetime.now(UTC)
    if request.method == "GET":
        return _password_page(form, 200)
    email = queries.own_email(db.session(), person.user_id)
    if not form.validate_on_submit() or not _is_usable(form, email):
        return _password_page(form, 422)
    if _is_throttled(email, now):
        form.current.errors = [_too_many_text()]
        return _password_page(form, 429)
    if _authenticated(email, form.current.data, now) is None:
        form.current.errors = [_("This is not your current password.")]
        return _password_page(form, 422)
    password_hash = passwords.hashed(form.password.data)
    with db.transaction() as current:
        epoch = operations.change_password(current, person.user_id, password_hash, now=now)
    signin.start(person.user_id, epoch, now)
    flash(_("The new password is in force. You were signed out on all other devices."), "success")
    return redirect(signin.HOME)


@bp.post("/can-bo/dang-xuat-het")
@access.roles(*access.EVERYBODY)
def end_sessions() -> ResponseReturnValue:
    with db.transaction() as current:
        operations.end_sessions(current, access.identity().user_id, now=datetime.now(UTC))
    signin.end()
    flash(_("You were signed out on every device, this one included."), "success")
    return redirect("/dang-nhap")


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
    signin.start(account.user_id, account.session_epoch, now)
    flash(
        _("Your password is set and you are signed in. Your sign-in name is %(name)s.", name=offer.email),
        "success",
    )
    return redirect(signin.HOME)


@bp.post("/can-bo/ngon-ngu")
@access.public
def language() -> ResponseReturnValue:
    reply = redirect(signin.safe_next(request.form.get("next")))
    if request.form.get("lang") in LANGUAGES:
        reply.set_cookie(
            LANGUAGE_COOKIE,
            request.form["lang"],
            max_age=_LANGUAGE_LASTS,
            path="/",
            secure=current_app.extensions["settings"].https,
            httponly=True,
            samesite="Lax",
        )
    return reply


def _authenticated(email: str, typed: str, now: datetime) -> Credentials | None:
    """The account, if the password is right; else the failure is counted. Unknown names cost the same."""
    account = _account_named(email)
    if passwords.matches(account.password_hash if account else None, typed) and account:
        _modernise(account, typed)
        return account
    with db.transaction() as current:
        for key in _throttle_keys(email, now):
            throttle.record_failure(current, key, now)
        operations.record_failed_sign_in(current, account.user_id if account else None, now=now)
    return None


def _account_named(email: str) -> Credentials | None:
    try:
        return queries.credentials(db.session(), operations.sign_in_name(email))
    except AccountRefused:
        return None


def _modernise(account: Credentials, typed: str) -> None:
    if account.password_hash and passwords.is_outdated(account.password_hash):
        password_hash = passwords.hashed(typed)
        with db.transaction() as current:
            operations.renew_hash(current, account.user_id, password_hash)


def _is_throttled(email: str, now: datetime) -> bool:
    limits = zip(_throttle_keys(email, now), (_LIMIT_NAME, _LIMIT_ADDRESS), strict=True)
    return any(
        throttle.is_blocked(db.session(), key, now, limit=limit, minutes=_MINUTES) for key, limit in limits
    )


def _throttle_keys(email: str, now: datetime) -> tuple[str, str]:
    name = email.strip().lower()
    return throttle.subject_key("sign-in name", name, now), throttle.address_key("sign-in address", now)


def _is_usable(form: NewPasswordForm, email: str) -> bool:
    try:
        passwords.check(form.password.data, email)
    except passwords.WeakPassword as error:
        form.password.errors = [error.message]
        return False
    return True


def _too_many(form: SignInForm) -> ResponseReturnValue:
    page, status = _refused(form, _too_many_text(), 429)
    return page, status, {"Retry-After": str(_MINUTES * 60)}


def _too_many_text() -> str:
    text: str = _(
        "Too many wrong passwords. Please wait %(minutes)s minutes, then try again.",
        minutes=_MINUTES,
    )
    return text


def _refused(form: SignInForm, message: str, status: int) -> tuple[str, int]:
    form.form_errors = [message]
    return _sign_in_page(form, status)


def _sign_in_page(form: SignInForm, status: int) -> tuple[str, int]:
    return render_template("accounts/sign_in.html", form=form), status


def _password_page(form: ChangePasswordForm, status: int) -> tuple[str, int]:
    return render_template("accounts/password.html", form=form), status
