"""Signing in again before an act that counts: an open browser on an empty desk must not approve anything.

A page asks first and then leads on. A form that was sent too late is kept: the same page asks for the password,
carries every field that was typed, and sends them on together with it.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import ParamSpec
from urllib.parse import quote

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from survey_app import access, db, forms
from survey_app.accounts import authentication, enrolment, queries, sessions, signin, views
from survey_app.accounts.enrolment import Check
from survey_app.accounts.forms import AgainForm
from survey_app.i18n import gettext as _

Arguments = ParamSpec("Arguments")

#: One room, one blueprint; this module adds its page to it.
bp = views.bp

#: To open a page that decides, and to send its form: who opened it in time has time to write a reason.
_TO_OPEN = timedelta(minutes=10)
_TO_SEND = timedelta(minutes=15)

#: Fields of the question, so that they are told apart from those of the form it interrupted.
_PREFIX = "again-"


def fresh(view: Callable[Arguments, ResponseReturnValue]) -> Callable[Arguments, ResponseReturnValue]:
    """Only for people who showed who they are in the last minutes; goes below @access.roles."""

    @wraps(view)
    def asked_first(*args: Arguments.args, **kwargs: Arguments.kwargs) -> ResponseReturnValue:
        question = demand(datetime.now(UTC))
        return view(*args, **kwargs) if question is None else question

    asked_first.asks_again = True  # type: ignore[attr-defined]  # the mark travels with the view, for the test of all of them
    return asked_first


def demand(now: datetime) -> ResponseReturnValue | None:
    """The page that asks for the password again, or None when it was given lately or just now."""
    limit = _TO_SEND if request.method == "POST" else _TO_OPEN
    # Either way: a moment far ahead was noted under a clock that has since been put back, and proves nothing.
    if abs(now - signin.confirmed_at()) <= limit:
        return None
    if request.method != "POST":
        return redirect(f"/dang-nhap/lai?next={quote(request.full_path.rstrip('?'), safe='/')}")
    form = AgainForm(prefix=_PREFIX)
    if not any(name.startswith(_PREFIX) for name in request.form):
        return _page(AgainForm(formdata=None, prefix=_PREFIX), 403)
    status = _status(form, now)
    return None if status == 200 else _page(form, status)


@bp.route("/dang-nhap/lai", methods=["GET", "POST"])
@access.roles(*access.ANY_ACCOUNT)
def again() -> ResponseReturnValue:
    """The same question in front of a page."""
    now, form = datetime.now(UTC), AgainForm(prefix=_PREFIX)
    if request.method == "GET":
        return _page(form, 200)
    status = _status(form, now)
    return redirect(signin.safe_next(request.values.get("next"))) if status == 200 else _page(form, status)


def _status(form: AgainForm, now: datetime) -> int:
    """200, and the session is fresh, when everything typed was right; else the errors are in the form."""
    user_id = access.identity().user_id
    email = queries.own_email(db.session(), user_id)
    if not form.validate():
        return 422
    if authentication.is_throttled(email, now):
        form.password.errors = [authentication.too_many()]
        return 429
    account = authentication.authenticated(email, form.password.data, now)
    if account is None:
        form.password.errors = [_("This is not your current password.")]
        return 422
    if account.has_second_factor:
        with db.transaction() as current:
            outcome = enrolment.check(current, user_id, form.code.data or "", now=now)
        if outcome is not Check.RIGHT:
            form.code.errors = [explained(outcome)]
            return 429 if outcome is Check.BLOCKED else 422
    with db.transaction() as current:
        mark = sessions.renew(current, signin.mark())
    signin.confirm(mark, now)
    return 200


def explained(outcome: Check) -> str:
    """What somebody reads whose code was not taken."""
    if outcome is Check.BLOCKED:
        blocked: str = _(
            "Too many wrong codes. Please wait %(minutes)s minutes, then try again.",
            minutes=enrolment.MINUTES,
        )
        return blocked
    wrong: str = _(
        "This code is wrong or was used already. Wait for the next code of the phone, or type a recovery code."
    )
    return wrong


def _page(form: AgainForm, status: int) -> tuple[str, int]:
    user_id = access.identity().user_id
    kept = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if not name.startswith(_PREFIX) and name not in {"csrf_token", "next"}
    ]
    return render_template(
        "accounts/again.html",
        form=form,
        kept=kept,
        files=forms.posted().files,
        asks_code=enrolment.factor(db.session(), user_id) is not None,
        target=signin.safe_next(request.values.get("next")),
    ), status
