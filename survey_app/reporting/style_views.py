"""Where a Front sets heads, numbers, closing sentences and receivers of papers, and whether notices give counts."""

from dataclasses import asdict
from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from survey_app import access, db, revisions
from survey_app.accounts.freshness import fresh
from survey_app.fieldwork import notice_counts
from survey_app.i18n import gettext as _
from survey_app.reporting import house_style
from survey_app.reporting.style_forms import CountsForm, StyleForm
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


@bp.get("/can-bo/giay-to/so-lieu-thon")
@access.roles(*access.SET_PAPERS)
def counts() -> ResponseReturnValue:
    """Whether notices of villages give counts, and by which document."""
    return _counts_page(_stored_counts(db.session(), _province()))


@bp.post("/can-bo/giay-to/so-lieu-thon")
@access.roles(*access.SET_PAPERS)
@fresh
def save_counts() -> ResponseReturnValue:
    """Set it for surveys published from now on."""
    form, province, now = CountsForm(), _province(), datetime.now(UTC)
    if not form.validate_on_submit():
        return _counts_page(form), 422
    try:
        with db.transaction() as current:
            operations.hold(current, [province.id])
            last = revisions.last_saved(current, [f"unit:{province.id}"], [notice_counts.SET])
            revisions.refuse_unseen(form, _stored_counts(current, province), last)
            notice_counts.change(current, province, form.document(), actor=access.identity().actor, now=now)
    except SavedMeanwhile as meanwhile:
        return _counts_page(form, meanwhile), meanwhile.status
    flash(_("Surveys published from now on hold to this."), "success")
    return redirect(url_for("paper_style.counts"), 303)


def _stored_counts(session: Session, province: UnitView) -> CountsForm:
    found = notice_counts.in_force(session, province.id)
    return CountsForm(formdata=None, data=asdict(found) if found else {})


def _counts_page(form: CountsForm, meanwhile: SavedMeanwhile | None = None) -> str:
    return render_template("reporting/notice_counts.html", form=form, meanwhile=meanwhile)


def _province() -> UnitView:
    return units.unit(db.session(), access.identity().unit_id)


def _stored(session: Session, province: UnitView) -> StyleForm:
    return StyleForm(formdata=None, data=asdict(house_style.style_of(session, province)))


def _page(form: StyleForm, meanwhile: SavedMeanwhile | None = None) -> str:
    return render_template("reporting/style.html", form=form, meanwhile=meanwhile)
