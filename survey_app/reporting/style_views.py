"""The page on which a province's Front sets heads, numbers, closing sentences and receivers of its papers."""

from dataclasses import asdict
from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from survey_app import access, db, revisions
from survey_app.accounts.freshness import fresh
from survey_app.i18n import gettext as _
from survey_app.reporting import house_style
from survey_app.reporting.style_forms import StyleForm
from survey_app.revisions import SavedMeanwhile
from survey_app.units import operations
from survey_app.units import queries as units
from survey_app.units.queries import UnitView

bp = Blueprint("paper_style", __name__, template_folder="templates")


@bp.get("/can-bo/giay-to/trinh-bay")
@access.roles(*access.SET_PAPERS)
def page() -> ResponseReturnValue:
    """What is set now."""
    return _page(_stored(db.session(), _province()))


@bp.post("/can-bo/giay-to/trinh-bay")
@access.roles(*access.SET_PAPERS)
@fresh
def save() -> ResponseReturnValue:
    """Set it again, for every paper made from now on."""
    form, province, now = StyleForm(), _province(), datetime.now(UTC)
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        with db.transaction() as current:
            operations.hold(current, [province.id])
            last = revisions.last_saved(current, [f"unit:{province.id}"], [house_style.SAVED])
            revisions.refuse_unseen(form, _stored(current, province), last)
            house_style.save(current, province, form.style(), actor=access.identity().actor, now=now)
    except SavedMeanwhile as meanwhile:
        return _page(form, meanwhile), meanwhile.status
    flash(_("Papers made from now on look like this."), "success")
    return redirect(url_for("paper_style.page"), 303)


def _province() -> UnitView:
    return units.unit(db.session(), access.identity().unit_id)


def _stored(session: Session, province: UnitView) -> StyleForm:
    return StyleForm(formdata=None, data=asdict(house_style.style_of(session, province)))


def _page(form: StyleForm, meanwhile: SavedMeanwhile | None = None) -> str:
    return render_template("reporting/style.html", form=form, meanwhile=meanwhile)
