"""Evidence packs of many communes: ordered in one press, made by the minute job, fetched when they are there."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from survey_app import access, db, files
from survey_app.fieldwork import queries as surveys
from survey_app.forms import StaffForm
from survey_app.i18n import lazy_gettext as _l
from survey_app.i18n import ngettext
from survey_app.reporting import pack, spool
from survey_app.reporting.scope import own_sealed_survey
from survey_app.results import speaking
from survey_app.rulebooks.queries import YEARS
from survey_app.units import queries as units

bp = Blueprint("packs", __name__, template_folder="templates")


class PacksForm(StaffForm):
    """The year whose packs are wanted."""

    year = IntegerField(_l("Year"), [InputRequired(), NumberRange(min=YEARS.start, max=YEARS.stop - 1)])


@bp.get("/can-bo/ho-so")
@access.roles(*access.TAKE_EVIDENCE_PACK)
def page() -> ResponseReturnValue:
    """Every pack that was ordered of the own communes, and how far it is."""
    return _page(PacksForm(data={"year": units.today().year}))


@bp.post("/can-bo/ho-so")
@access.roles(*access.TAKE_EVIDENCE_PACK)
def order() -> ResponseReturnValue:
    """Order the packs of all own surveys that speak for their commune in the year."""
    form, now = PacksForm(), datetime.now(UTC)
    if not form.validate_on_submit() or form.year.data is None:
        return _page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    found = _speaking(form.year.data)
    for number in found:
        spool.order(db.session(), number, now)
    flash(ngettext("%(num)d pack is ordered.", "%(num)d packs are ordered.", len(found)), "success")
    return redirect(url_for("packs.page"), HTTPStatus.SEE_OTHER)


@bp.get("/can-bo/dot/<survey_id>/ho-so-da-lap.zip")
@access.roles(*access.TAKE_EVIDENCE_PACK)
def finished(survey_id: str) -> ResponseReturnValue:
    """A pack that is there; that somebody took it is noted before it leaves."""
    survey, now = own_sealed_survey(survey_id), datetime.now(UTC)
    found = next(iter(spool.orders([survey.id])), None)
    file = spool.content(found) if found else None
    if found is None or file is None:
        abort(HTTPStatus.NOT_FOUND)
    body = file.read_bytes()
    with db.transaction() as current:
        pack.note_taken(current, survey.id, found.packed, actor=access.identity().actor, now=now)
    return files.download(body, f"ho-so-minh-chung-{survey.id}", files.ZIP)


def _speaking(year: int) -> tuple[str, ...]:
    """The surveys of the own subtree that speak for their commune in the year."""
    found = speaking.of_year(db.session(), access.identity().unit_path, year)
    return tuple(sorted(sealed[0].survey_id for sealed in found.values()))


def _page(form: PacksForm) -> str:
    own = surveys.surveys_under(db.session(), access.identity().unit_path)
    names = {survey.id: survey.unit.full_name for survey in own}
    found = spool.orders(names)
    return render_template(
        "reporting/packs.html",
        form=form,
        orders=found,
        names=names,
        made=sum(one.is_made for one in found),
        failed=sum(one.has_failed for one in found),
        at_work=spool.is_at_work(),
        there={one.survey_id for one in found if spool.content(one)},
        kept=spool.KEPT,
    )
