"""The page on which a person decides whether the server's clock is right, when it jumped, and the reminder of it."""

from collections.abc import Iterator
from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from survey_app import access, clock, db
from survey_app.access import Identity
from survey_app.accounts.freshness import fresh
from survey_app.accounts.todo import Todo
from survey_app.errors import DomainError
from survey_app.fieldwork.forms import ClockForm
from survey_app.fieldwork.models import IN_THE_FIELD
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.survey_page import Sentence
from survey_app.i18n import gettext as _

bp = Blueprint("clock", __name__, template_folder="templates")

#: Both bodies of the province; who sees it first decides, and the audit log says who.
_DECIDING = access.CONFIRM_THE_CLOCK


@bp.route("/can-bo/dong-ho", methods=["GET", "POST"])
@access.roles(*_DECIDING)
@fresh
def page() -> ResponseReturnValue:
    """What the clock says, what it should say, and one button: the clock is right."""
    form = ClockForm()
    if form.validate_on_submit():
        try:
            with db.transaction() as current:
                shown = datetime.fromisoformat(form.shown.data or "")
                clock.confirm(current, shown, actor=access.identity().actor, now=datetime.now(UTC))
        except DomainError as refusal:
            flash(refusal.message, "error")
            return _page(ClockForm(formdata=None)), refusal.status
        flash(_("Recorded: the clock is right. Whatever is due happens within a minute."), "success")
        return redirect(url_for("clock.page"))
    return _page(form), 422 if form.errors else 200


def todos(session: Session, person: Identity, _now: datetime) -> Iterator[Todo]:
    """The clock to look at, while it is in doubt."""
    if person.role in _DECIDING and clock.is_doubted(session):
        yield Todo(
            _("Look at the server's clock"),
            _("It jumped by more than an hour. Until somebody decides, phones neither open nor close."),
            url_for("clock.page"),
            urgent=True,
        )


def sentences(session: Session, survey: SurveyView) -> Iterator[Sentence]:
    """Why a survey neither opens nor closes, for everybody who waits for it."""
    if survey.state in IN_THE_FIELD and clock.is_doubted(session):
        yield Sentence(
            _(
                "The server's clock jumped by more than an hour. Until the province has looked at it, phones neither "
                "open nor close and nothing is sealed by the clock; answers and paper slips are taken as before."
            ),
            urgent=True,
        )


def _page(form: ClockForm) -> str:
    doubt = clock.doubt(db.session())
    if doubt is not None:
        form.shown.data = doubt.says.isoformat()
    return render_template("fieldwork/clock.html", doubt=doubt, form=form)
