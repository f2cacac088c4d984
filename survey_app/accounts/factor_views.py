"""Pages of the second factor: its code at signing in, setting a phone up, recovery codes, and a lost phone."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from survey_app import access, config, db
from survey_app.accounts import (
    enrolment,
    entry,
    management,
    operations,
    queries,
    second_factor,
    sessions,
    signin,
    views,
)
from survey_app.accounts.enrolment import Check
from survey_app.accounts.forms import CodeForm, EnrolForm
from survey_app.accounts.freshness import demand, explained, fresh
from survey_app.accounts.queries import Credentials
from survey_app.accounts.refusals import FactorMissing, NotYourAccount
from survey_app.drawing import data_uri, qr_svg
from survey_app.forms import never_kept
from survey_app.i18n import gettext as _
from survey_app.templating import in_groups

#: One room, one blueprint; this module adds its pages to it.
bp = views.bp


@bp.route(entry.SECOND_STEP, methods=["GET", "POST"])
@access.public
def second_step() -> ResponseReturnValue:
    """After the password: the phone's digits or a recovery code."""
    now, form = datetime.now(UTC), CodeForm()
    account = entry.held_account(now)
    if account is None:
        return redirect("/dang-nhap")
    if not account.has_second_factor:
        return redirect(entry.next_step(account))
    if request.method == "GET":
        return render_template("accounts/second_step.html", form=form)
    if not form.validate_on_submit():
        return render_template("accounts/second_step.html", form=form), 422
    with db.transaction() as current:
        outcome = enrolment.check(current, account.user_id, form.code.data, now=now)
    if outcome is Check.RIGHT:
        return entry.admit(account, _held_target(now), now)
    form.code.errors = [explained(outcome)]
    page = render_template("accounts/second_step.html", form=form)
    if outcome is Check.BLOCKED:
        return page, 429, {"Retry-After": str(enrolment.MINUTES * 60)}
    return page, 422


@bp.route(entry.ENROLMENT, methods=["GET", "POST"])
@never_kept
@access.public
def factor() -> ResponseReturnValue:
    """Setting the second factor up; for those who have it, what they have."""
    now, person = datetime.now(UTC), access.current_identity()
    if person is None:
        account = entry.held_account(now)
        if account is None:
            return redirect(f"/dang-nhap?next={entry.ENROLMENT}")
        return redirect(entry.SECOND_STEP) if account.has_second_factor else _enrol(account, now)
    held = enrolment.factor(db.session(), person.user_id)
    if held is not None:
        return render_template("accounts/factor.html", factor=held)
    return demand(now) or _enrol(_own_account(person.user_id), now)


@bp.route(f"{entry.ENROLMENT}/dien-thoai-moi", methods=["GET", "POST"])
@never_kept
@access.roles(*access.ANY_ACCOUNT)
@fresh
def new_phone() -> ResponseReturnValue:
    """Another phone takes the place of the one set up before."""
    return _enrol(_own_account(access.identity().user_id), datetime.now(UTC))


@bp.post(f"{entry.ENROLMENT}/ma-du-phong")
@access.roles(*access.ANY_ACCOUNT)
@fresh
def new_codes() -> ResponseReturnValue:
    """Ten new recovery codes, shown once."""
    with db.transaction() as current:
        codes = enrolment.renew_codes(current, access.identity().user_id, now=datetime.now(UTC))
    return render_template("accounts/recovery_codes.html", codes=codes, target=entry.ENROLMENT)


@bp.route("/can-bo/tai-khoan/<int:user_id>/ma-xac-thuc", methods=["GET", "POST"])
@access.roles(*management.MANAGERS)
@fresh
def reset(user_id: int) -> ResponseReturnValue:
    """A colleague lost the phone: the first person asks here, the second one confirms here."""
    now, person = datetime.now(UTC), access.identity()
    account = queries.account(db.session(), user_id, person, now)
    if not management.may_manage(person, account.role, account.unit_path, account.made_by):
        raise NotYourAccount
    asked = enrolment.open_reset(db.session(), user_id, now)
    if request.method == "GET":
        return render_template("accounts/reset.html", account=account, asked=asked)
    if request.form.get("step") == "confirm":
        with db.transaction() as current:
            enrolment.confirm_reset(current, user_id, by=person, now=now)
        flash(_("Done. %(name)s sets a phone up at the next sign-in.", name=account.name), "success")
        return redirect("/can-bo/tai-khoan")
    with db.transaction() as current:
        enrolment.ask_reset(current, user_id, by=person, now=now)
    flash(_("Asked. Another colleague who manages this account now finds it under “Today”."), "success")
    return redirect(request.path)


def _enrol(account: Credentials, now: datetime) -> ResponseReturnValue:
    form = EnrolForm()
    if request.method == "GET":
        return _enrol_page(form, account, second_factor.new_secret(), now)
    secret = second_factor.offered(form.offer.data or "", account.user_id, now)
    if secret is None:
        form.code.errors = [_("This page was open for too long. Scan the new code below.")]
        return _enrol_page(form, account, second_factor.new_secret(), now), 422
    if not form.validate_on_submit():
        return _enrol_page(form, account, secret, now), 422
    step = second_factor.matching_step(secret, form.code.data, now)
    if step is None:
        form.code.errors = [
            _("This code does not fit. Type the newest code; the phone must set its clock by itself.")
        ]
        return _enrol_page(form, account, secret, now), 422
    target = _held_target(now)
    with db.transaction() as current:
        if access.current_identity() is None:
            operations.record_sign_in(current, account.user_id, now=now)
        enrolled = enrolment.enrol(current, account.user_id, secret, step, now=now)
        mark = sessions.begin(current, account.user_id, now=now)
    signin.start(account.user_id, enrolled.session_epoch, mark, now)
    return render_template("accounts/recovery_codes.html", codes=enrolled.codes, target=target)


def _enrol_page(form: EnrolForm, account: Credentials, secret: str, now: datetime) -> str:
    issuer = urlsplit(config.settings().public_url).hostname or ""
    form.offer.data = second_factor.sealed(secret, account.user_id, now)
    address = second_factor.address(secret, account.email, issuer)
    return render_template(
        "accounts/enrol.html",
        form=form,
        qr=data_uri(qr_svg(address)),
        address=address,
        secret=in_groups(secret),
        is_due=signin.is_second_factor_due(account.role),
    )


def _held_target(now: datetime) -> str:
    held = signin.held(now)
    return held.target if held else signin.HOME


def _own_account(user_id: int) -> Credentials:
    account = queries.credentials(db.session(), queries.own_email(db.session(), user_id))
    if account is None:
        raise FactorMissing
    return account
