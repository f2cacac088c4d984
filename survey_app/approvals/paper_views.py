"""Pages of a decision signed by hand: uploading its scan, looking at it, and the second person's word on it.

They exist only where the operator allows paper. A scan leaves as a download alone, and only inside the own subtree.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from http import HTTPStatus
from typing import ParamSpec

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from survey_app import access, attachments, config, db, files, forms
from survey_app.accounts.freshness import fresh
from survey_app.approvals import deputies, paper_signatures, passed_over, registry
from survey_app.approvals import requests as approvals
from survey_app.approvals.approval import ApprovalView
from survey_app.approvals.forms import CheckForm, PaperForm
from survey_app.approvals.paper_signatures import Signed
from survey_app.errors import DomainError
from survey_app.i18n import gettext as _

Arguments = ParamSpec("Arguments")

bp = Blueprint("approvals", __name__, template_folder="templates")

_PAGE = "/can-bo/phe-duyet/<int:approval_id>/ban-giay"
#: What the fields around the file may take.
_FIELDS_BYTES = 64 * 1024


def _where_allowed(
    view: Callable[Arguments, ResponseReturnValue],
) -> Callable[Arguments, ResponseReturnValue]:
    @wraps(view)
    def allowed(*args: Arguments.args, **kwargs: Arguments.kwargs) -> ResponseReturnValue:
        if not config.settings().paper_signatures:
            abort(HTTPStatus.NOT_FOUND)
        return view(*args, **kwargs)

    return allowed


@bp.route(_PAGE, methods=["GET", "POST"])
@forms.takes_upload(attachments.MAX_BYTES + _FIELDS_BYTES)
@access.roles(*deputies.ROLES)
@_where_allowed
@fresh
def paper(approval_id: int) -> ResponseReturnValue:
    """Upload a scan, or see the one that waits."""
    person, now = access.identity(), datetime.now(UTC)
    asked, form = _asked(approval_id), PaperForm()
    if request.method != "POST":
        return _page(asked, form)
    if not form.validate_on_submit():
        return _page(asked, form), HTTPStatus.UNPROCESSABLE_ENTITY
    signed = Signed(
        approved=form.decision.data == "approved",
        reason=form.reason.data or "",
        signer=form.signer.data,
        signed_on=form.signed_on.data,
        scan=form.scan.data.read(),
    )
    try:
        with db.transaction() as current:
            paper_signatures.upload(
                current, approval_id, signed, by=person, now=now, days_off=passed_over.days_off()
            )
    except DomainError as refusal:
        form.form_errors = [refusal.message]
        return _page(_asked(approval_id), form), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(_("The scan is kept. It counts once a second person of your body has confirmed it."), "success")
    return redirect(request.path, HTTPStatus.SEE_OTHER)


@bp.post(f"{_PAGE}/xac-nhan")
@access.roles(*deputies.ROLES)
@_where_allowed
@fresh
def check_paper(approval_id: int) -> ResponseReturnValue:
    """The second person's word."""
    person, now = access.identity(), datetime.now(UTC)
    asked, form = _asked(approval_id), CheckForm()
    if not form.validate_on_submit():
        return _page(asked, PaperForm(formdata=None), form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with db.transaction() as current:
            if form.outcome.data == "confirmed":
                paper_signatures.confirm(current, approval_id, by=person, now=now)
            else:
                paper_signatures.reject(current, approval_id, form.remark.data, by=person, now=now)
    except DomainError as refusal:
        form.form_errors = [refusal.message]
        return _page(_asked(approval_id), PaperForm(formdata=None), form), refusal.status
    flash(_("Your decision is recorded."), "success")
    return redirect(url_for("approvals.paper", approval_id=approval_id), HTTPStatus.SEE_OTHER)


@bp.get(f"{_PAGE}/tep")
@access.roles(*access.READ_SIGNED_PAPERS)
@_where_allowed
def scan(approval_id: int) -> ResponseReturnValue:
    """The newest scan, as it came."""
    with db.transaction() as current:
        found = paper_signatures.scan(current, approval_id, by=access.identity(), now=datetime.now(UTC))
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    body, kind = found
    return files.download(body, f"ban-ky-giay-{approval_id}", attachments.FORMATS[kind])


def _asked(approval_id: int) -> ApprovalView:
    return approvals.approval(db.session(), approval_id, access.identity())


def _page(asked: ApprovalView, form: PaperForm, check_form: CheckForm | None = None) -> str:
    person, act, now = access.identity(), registry.act(asked.act), datetime.now(UTC)
    return render_template(
        "approvals/paper.html",
        approval=asked,
        act=act,
        form=form,
        check_form=check_form or CheckForm(formdata=None),
        may_upload=asked.may_decide(person, now),
        may_confirm=asked.may_confirm(person, now),
        days=paper_signatures.WORKING_DAYS,
    )
