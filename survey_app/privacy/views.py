"""Pages on personal data: the log of requests with its clock, the map of all that is stored, and until when."""

from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from survey_app import access, config, db
from survey_app.access import Identity
from survey_app.accounts.todo import Todo
from survey_app.config import DayOff
from survey_app.i18n import gettext as _
from survey_app.privacy import requests, retention, retention_status
from survey_app.privacy.data_map import DATA_MAP
from survey_app.privacy.requests import RequestKind
from survey_app.privacy.requests_form import KINDS, AnswerForm, RequestForm
from survey_app.templating import day
from survey_app.units import queries as units
from survey_app.units.queries import civil

bp = Blueprint("privacy", __name__, template_folder="templates")

_REQUESTS = access.ANSWER_REQUESTS
_MAP = access.READ_DATA_MAP


@bp.get("/can-bo/yeu-cau")
@access.roles(*_REQUESTS)
def log() -> ResponseReturnValue:
    """Requests of the own subtree, open ones first."""
    return _page()


@bp.post("/can-bo/yeu-cau")
@access.roles(*_REQUESTS)
def receive() -> ResponseReturnValue:
    """Record a request; the clock runs from the day it was received."""
    form = RequestForm()
    if not form.validate_on_submit():
        return _page(new=form), HTTPStatus.UNPROCESSABLE_ENTITY
    with db.transaction() as current:
        row = requests.receive(
            current, RequestKind(form.kind.data), form.reference.data, form.received_on.data,
            by=access.identity(), now=datetime.now(UTC), days_off={off.day for off in _days_off()},
        )  # fmt: skip
        last = row.due_on
    flash(_("The request is recorded. Answer it by %(day)s.", day=day(last)), "success")
    return redirect(url_for("privacy.log"), HTTPStatus.SEE_OTHER)


@bp.post("/can-bo/yeu-cau/<int:request_id>")
@access.roles(*_REQUESTS)
def answer(request_id: int) -> ResponseReturnValue:
    """Note what was answered."""
    person = access.identity()
    if all(found.id != request_id for found in requests.requests_of(db.session(), person)):
        raise requests.RequestNotFound
    form = AnswerForm()
    if not form.validate_on_submit():
        return _page(answer=form, refused=request_id), HTTPStatus.UNPROCESSABLE_ENTITY
    with db.transaction() as current:
        requests.answer(current, request_id, form.answer.data, by=person, now=datetime.now(UTC))
    flash(_("The answer is recorded."), "success")
    return redirect(url_for("privacy.log"), HTTPStatus.SEE_OTHER)


@bp.get("/can-bo/ban-do-du-lieu")
@access.roles(*_MAP)
def data_map() -> ResponseReturnValue:
    """What is stored, why, where, for how long and who sees it: for the impact-assessment file."""
    months = config.settings().retention_months
    return render_template("privacy/data_map.html", lines=DATA_MAP, months=months)


@bp.get("/can-bo/luu-giu")
@access.roles(*_MAP)
def retention_page() -> ResponseReturnValue:
    """When which raw answers are due, and what was removed last. Removing is the operator's command."""
    current, person, today = db.session(), access.identity(), units.today()
    months = config.settings().retention_months
    before = None if months is None else retention.keep_from(today, months)
    return render_template(
        "privacy/retention.html",
        kept=retention_status.kept(current, person, months),
        months=months,
        last=retention_status.last_run(current, person),
        invitations=None if before is None else retention_status.old_invitations(current, before),
        today=today,
    )


def todos(session: Session, person: Identity, now: datetime) -> Iterator[Todo]:
    """Open requests; urgent from the day on which they must be answered."""
    if person.role not in _REQUESTS:
        return
    today = civil(now)
    for found in requests.requests_of(session, person):
        if not found.is_open:
            return
        yield Todo(
            title=_("Answer request no. %(number)s on personal data", number=found.id),
            detail=_("The last day was %(day)s.", day=day(found.due_on))
            if found.is_late(today)
            else _("By %(day)s at the latest.", day=day(found.due_on)),
            url=url_for("privacy.log"),
            urgent=found.due_on <= today,
        )


def _days_off() -> tuple[DayOff, ...]:
    return config.settings().days_off


def _page(
    *, new: RequestForm | None = None, answer: AnswerForm | None = None, refused: int | None = None
) -> str:
    """The log; a form that was refused keeps what was typed."""
    today = units.today()
    return render_template(
        "privacy/requests.html",
        requests=requests.requests_of(db.session(), access.identity()),
        kinds=KINDS,
        today=today,
        form=new or RequestForm(formdata=None, received_on=today),
        answer_form=answer or AnswerForm(formdata=None),
        refused=refused,
        days_off=_days_off(),
    )
