"""A commune's list: looked at on one page, saved when the officer agrees, taken back with one press."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from survey_app import access, db
from survey_app.forms import carried_number
from survey_app.i18n import gettext as _
from survey_app.list_pages import ListForm, UploadForm, open_too_long
from survey_app.office_files import BadFile
from survey_app.units import kinds, operations, queries
from survey_app.units.lists import preview, saving
from survey_app.units.lists.entries import ListEntry
from survey_app.units.lists.preview import Preview
from survey_app.units.lists.saving import NotTakenBack
from survey_app.units.operations import LineOutcome, VillageHouseholds
from survey_app.units.queries import UnitView
from survey_app.units.scope import own_commune
from survey_app.units.views import villages_page

bp = Blueprint("lists", __name__, url_prefix="/can-bo/don-vi", template_folder="../templates")


@bp.post("/<code>/tep")
@access.roles(*access.EDIT_UNITS)
def look_at(code: str) -> ResponseReturnValue:
    """What saving a file, or rows that were pasted, would do."""
    commune, form = own_commune(code), UploadForm()
    if not form.validate_on_submit():
        return villages_page(commune, form), HTTPStatus.UNPROCESSABLE_ENTITY
    content, filename = form.sent()
    on = queries.today()
    try:
        shown = preview.of_file(db.session(), content, filename, commune, on)
    except BadFile as bad:
        return _refused_page(commune, filename, bad), bad.status
    return _page(commune, shown), HTTPStatus.UNPROCESSABLE_ENTITY if shown.problems else HTTPStatus.OK


@bp.post("/<code>/tep/luu")
@access.roles(*access.EDIT_UNITS)
def save(code: str) -> ResponseReturnValue:
    """Save what was looked at, or show it again where something is undecided or the list changed meanwhile."""
    now = datetime.now(UTC)
    commune, form = own_commune(code), ListForm()
    reading = form.reading(_whose(commune), ListEntry)
    if reading is None:
        return open_too_long(url_for("units.villages", code=code))
    with db.transaction() as current:
        operations.hold(current, [commune.id])
        shown = preview.preview(current, reading, commune, _answers(), queries.civil(now))
        if form.seen.data == shown.held and shown.is_ready:
            done = saving.save(current, shown, actor=access.identity().actor, now=now)
            flash(_what_changed(done, shown), "success")
            return redirect(url_for("units.villages", code=code), HTTPStatus.SEE_OTHER)
    if form.seen.data != shown.held:
        message = _(
            "Somebody changed the list after you opened this page. Look at it once more; nothing is saved yet."
        )
        return _page(commune, shown, message), HTTPStatus.CONFLICT
    message = _("Nothing is saved yet: please decide what is still open.")
    return _page(commune, shown, message), HTTPStatus.UNPROCESSABLE_ENTITY


@bp.post("/<code>/tep/hoan-tac")
@access.roles(*access.EDIT_UNITS)
def take_back(code: str) -> ResponseReturnValue:
    """The last change of the list undone as a whole."""
    commune = own_commune(code)
    try:
        with db.transaction() as current:
            operations.hold(current, [commune.id])
            saving.take_back(
                current,
                commune,
                carried_number(request.form.get("change")),
                actor=access.identity().actor,
                now=datetime.now(UTC),
            )
    except NotTakenBack as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("Taken back: the list is as it was before."), "success")
    return redirect(url_for("units.villages", code=code), HTTPStatus.SEE_OTHER)


def _whose(commune: UnitView) -> str:
    return f"units.list.{commune.id}"


def _answers() -> Mapping[str, str | Sequence[str]]:
    said: dict[str, str | Sequence[str]] = dict(request.form.items())
    return said | {"ended": request.form.getlist("ended")}


def _page(commune: UnitView, shown: Preview, message: str = "") -> str:
    form = ListForm.of(shown.reading, shown.held, _whose(commune))
    return render_template(
        "units/preview.html",
        commune=commune,
        form=form,
        shown=shown,
        message=message,
        kinds=kinds.village_kinds(),
        problems=shown.problems,
    )


def _refused_page(commune: UnitView, filename: str, bad: BadFile) -> str:
    return render_template(
        "units/preview.html",
        commune=commune,
        form=None,
        shown=None,
        message="",
        problems=bad.problems,
        filename=filename,
    )


def _what_changed(done: Sequence[VillageHouseholds], shown: Preview) -> str:
    outcomes = [village.outcome for village in done]
    ended = len(set(shown.ended) & {village.unit.code for village in shown.missing}) if shown.last_day else 0
    sentence: str = _(
        "The list was saved. New villages: %(new)s; changed: %(updated)s; as before: %(same)s; ended: %(ended)s.",
        new=outcomes.count(LineOutcome.NEW),
        updated=outcomes.count(LineOutcome.UPDATED),
        same=outcomes.count(LineOutcome.SAME),
        ended=ended,
    )
    return sentence
