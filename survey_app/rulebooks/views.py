"""Pages of the rule books: conditions and their sources, services of a commune, and earlier recognitions."""

import json
from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from survey_app import access, db, files, revisions
from survey_app.accounts.freshness import fresh
from survey_app.criteria import framework_document
from survey_app.i18n import gettext as _
from survey_app.questions.problems import Problem
from survey_app.revisions import SavedMeanwhile
from survey_app.rulebooks import operations, queries
from survey_app.rulebooks.forms import FrameworkFileForm, RecognitionForm, ServicesForm, YearFrameworkForm
from survey_app.rulebooks.operations import Recorded
from survey_app.rulebooks.scope import require_known_year
from survey_app.templating import wording
from survey_app.units import operations as registering
from survey_app.units import queries as units
from survey_app.units.models import Level
from survey_app.units.queries import UnitView
from survey_app.units.scope import own_commune, own_province

bp = Blueprint("rulebooks", __name__, template_folder="templates")


@bp.get("/can-bo/khung")
@access.roles(*access.READ_RULE_BOOKS)
def this_year() -> ResponseReturnValue:
    """The rule book of the current year."""
    return redirect(url_for("rulebooks.framework", year=units.today().year))


@bp.get("/can-bo/khung/<int:year>")
@access.roles(*access.READ_RULE_BOOKS)
def framework(year: int) -> ResponseReturnValue:
    """Every condition of the year with its threshold and source, or "not configured"."""
    return _framework_page(year, FrameworkFileForm())


@bp.get("/can-bo/khung/tep/<key>-<int:version>.json")
@access.roles(*access.READ_RULE_BOOKS)
def framework_file(key: str, version: int) -> ResponseReturnValue:
    """A version as a file, to be edited and brought back as the next one."""
    document = framework_document.dump(queries.version(db.session(), key, version))
    body = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    return files.download(body.encode(), f"{key}-{version}", files.JSON)


@bp.post("/can-bo/khung/<int:year>/tep")
@access.roles(*access.CHOOSE_RULE_BOOKS)
def upload(year: int) -> ResponseReturnValue:
    """Put an uploaded rule book on record, or list everything wrong with it."""
    form = FrameworkFileForm()
    if not form.validate_on_submit():
        return _framework_page(year, form), 422
    try:
        book = operations.read_file(form.file.data.read())
    except operations.BadFramework as error:
        form.file.errors = [error.message]
        return _framework_page(year, form, problems=error.problems), 422
    with db.transaction() as current:
        recorded = operations.record_framework(
            current, book, actor=access.identity().actor, now=datetime.now(UTC)
        )
    flash(recorded_text(recorded), "success")
    return redirect(url_for("rulebooks.framework", year=year))


def recorded_text(recorded: Recorded) -> str:
    """What became of a rule book that was to be put on record."""
    title, version = wording(dict(recorded.framework.title)), recorded.framework.version
    if recorded.is_new:
        return _(
            "“%(title)s” is on record as version %(version)s. Choose it below to use it.",
            title=title,
            version=version,
        )
    return _("“%(title)s” already says exactly this (version %(version)s).", title=title, version=version)


@bp.post("/can-bo/khung/<int:year>/chon")
@access.roles(*access.CHOOSE_RULE_BOOKS)
@fresh
def choose(year: int) -> ResponseReturnValue:
    """Report the year against another rule book."""
    province = _province(year)
    form = _choice_form("")
    if not form.validate_on_submit():
        return _framework_page(year, FrameworkFileForm()), 422
    try:
        with db.transaction() as current:
            registering.hold(current, [province.id])
            revisions.refuse_unseen(
                form,
                _choice_form(queries.in_force(current, province.id, year).framework.key),
                revisions.last_saved(current, [f"unit:{province.id}"], ["rulebooks.use"]),
            )
            book = operations.use_framework(
                current,
                province.id,
                year,
                form.key.data,
                actor=access.identity().actor,
                now=datetime.now(UTC),
            )
    except SavedMeanwhile as meanwhile:
        return _framework_page(year, FrameworkFileForm(), choice=form, meanwhile=meanwhile), meanwhile.status
    title = wording(dict(book.title))
    flash(_("%(year)s is now reported against “%(title)s”.", year=year, title=title), "success")
    return redirect(url_for("rulebooks.framework", year=year))


@bp.get("/can-bo/dich-vu")
@access.roles(*access.TICK_SERVICES)
def services_start() -> ResponseReturnValue:
    """The own commune's services of this year, or the province's list of communes."""
    person = access.identity()
    unit = units.unit(db.session(), person.unit_id)
    if unit.level == Level.COMMUNE:
        return redirect(url_for("rulebooks.services", code=unit.code, year=units.today().year))
    return redirect(url_for("rulebooks.services_list", year=units.today().year))


@bp.get("/can-bo/dich-vu/<int:year>")
@access.roles(*access.LIST_SERVICES)
def services_list(year: int) -> ResponseReturnValue:
    """Which communes ticked which services."""
    province = _province(year)
    current = db.session()
    return render_template(
        "rulebooks/services_list.html",
        year=year,
        communes=units.communes(current, province.path, units.today()),
        ticks=queries.service_ticks(current, province.path, year),
    )


@bp.route("/can-bo/dich-vu/<code>/<int:year>", methods=["GET", "POST"])
@access.roles(*access.TICK_SERVICES)
def services(code: str, year: int) -> ResponseReturnValue:
    """Tick the essential services a commune offers online, each with a note."""
    require_known_year(year)
    person = access.identity()
    commune = own_commune(code)
    form = ServicesForm.of(queries.service_ticks(db.session(), commune.path, year).get(commune.id, ()))
    if form.validate_on_submit():
        try:
            with db.transaction() as current:
                registering.hold(current, [commune.id])
                ticked = queries.service_ticks(current, commune.path, year).get(commune.id, ())
                revisions.refuse_unseen(
                    form,
                    ServicesForm.of(ticked, formdata=None),
                    revisions.last_saved(current, [f"unit:{commune.id}"], ["rulebooks.services"]),
                )
                operations.tick_services(
                    current, commune.id, year, form.notes(), actor=person.actor, now=datetime.now(UTC)
                )
        except SavedMeanwhile as meanwhile:
            return _services_page(form, commune, year, meanwhile), meanwhile.status
        flash(
            _("The services of %(unit)s for %(year)s are saved.", unit=commune.full_name, year=year),
            "success",
        )
        return redirect(url_for("rulebooks.services", code=code, year=year))
    return _services_page(form, commune, year), 422 if form.errors else 200


@bp.get("/can-bo/cong-nhan")
@access.roles(*access.RECOGNISE_EARLIER)
def recognitions() -> ResponseReturnValue:
    """Communes found to meet an indicator by an earlier decision."""
    province, communes, today = _own_communes()
    return _recognitions_page(_recognition_form(province, communes, today), province, communes)


@bp.post("/can-bo/cong-nhan")
@access.roles(*access.RECOGNISE_EARLIER)
@fresh
def recognise() -> ResponseReturnValue:
    """Put an earlier decision on record."""
    province, communes, today = _own_communes()
    form = _recognition_form(province, communes, today)
    if not form.validate_on_submit():
        return _recognitions_page(form, province, communes), HTTPStatus.UNPROCESSABLE_ENTITY
    commune = communes[form.unit.data]
    try:
        with db.transaction() as current:
            registering.hold(current, [commune.id])
            _refuse_unseen_recognition(current, province, communes, commune, form)
            operations.record_recognition(
                current,
                commune.id,
                form.indicator.data,
                decision_number=form.decision_number.data,
                decided_on=form.decided_on.data,
                actor=access.identity().actor,
                now=datetime.now(UTC),
            )
    except SavedMeanwhile as meanwhile:
        return _recognitions_page(form, province, communes, meanwhile), meanwhile.status
    flash(_("The decision for %(unit)s is on record.", unit=commune.full_name), "success")
    return redirect(url_for("rulebooks.recognitions"))


@bp.post("/can-bo/cong-nhan/<code>/<indicator>/<int:year>/xoa")
@access.roles(*access.RECOGNISE_EARLIER)
@fresh
def remove_recognition(code: str, indicator: str, year: int) -> ResponseReturnValue:
    """Take a recognition entered by mistake off the list."""
    person = access.identity()
    commune = own_commune(code)
    with db.transaction() as current:
        operations.remove_recognition(
            current,
            commune.id,
            indicator,
            year,
            decision_number=request.form.get("decision", ""),
            actor=person.actor,
            now=datetime.now(UTC),
        )
    flash(_("The recognition of %(unit)s was taken off the list.", unit=commune.full_name), "success")
    return redirect(url_for("rulebooks.recognitions"))


def _own_communes() -> tuple[UnitView, dict[str, UnitView], date]:
    """The person's province and its communes of today, by code."""
    today = units.today()
    province = _province(today.year)
    return province, {one.code: one for one in units.communes(db.session(), province.path, today)}, today


def _services_page(
    form: ServicesForm, commune: UnitView, year: int, meanwhile: SavedMeanwhile | None = None
) -> str:
    return render_template(
        "rulebooks/services.html",
        form=form,
        commune=commune,
        year=year,
        services=queries.SERVICES,
        meanwhile=meanwhile,
    )


def _recognitions_page(
    form: RecognitionForm,
    province: UnitView,
    communes: dict[str, UnitView],
    meanwhile: SavedMeanwhile | None = None,
) -> str:
    return render_template(
        "rulebooks/recognitions.html",
        form=form,
        communes={commune.id: commune for commune in communes.values()},
        recognitions=queries.recognitions(db.session(), province.path),
        meanwhile=meanwhile,
    )


def _refuse_unseen_recognition(
    current: Session,
    province: UnitView,
    communes: dict[str, UnitView],
    commune: UnitView,
    form: RecognitionForm,
) -> None:
    """Who puts a decision in the place of another of that year sees it first."""
    key = (commune.id, form.indicator.data, form.decided_on.data.year)
    for one in queries.recognitions(current, province.path):
        if (one.unit_id, one.indicator, one.year) == key:
            stored = _recognition_form(
                province,
                communes,
                form.today,
                formdata=None,
                unit=commune.code,
                indicator=one.indicator,
                decision_number=one.decision_number,
                decided_on=one.decided_on,
            )
            last = revisions.last_saved(current, [f"unit:{commune.id}"], ["rulebooks.recognise"])
            revisions.refuse_unseen(form, stored, last)


def _framework_page(
    year: int,
    file_form: FrameworkFileForm,
    *,
    problems: tuple[Problem, ...] = (),
    choice: YearFrameworkForm | None = None,
    meanwhile: SavedMeanwhile | None = None,
) -> str:
    province = _province(year)
    current = db.session()
    in_force = queries.in_force(current, province.id, year)
    return render_template(
        "rulebooks/framework.html",
        year=year,
        province=province,
        in_force=in_force,
        book=in_force.framework,
        is_out_of_period=not in_force.framework.holds(year),
        choice=choice or _choice_form(in_force.framework.key),
        meanwhile=meanwhile,
        file_form=file_form,
        problems=problems,
    )


def _choice_form(chosen: str) -> YearFrameworkForm:
    form = YearFrameworkForm(formdata=None, key=chosen) if chosen else YearFrameworkForm()
    books = (view.framework for view in queries.newest_versions(db.session()))
    form.key.choices = [
        (book.key, _("%(title)s, version %(version)s", title=wording(dict(book.title)), version=book.version))
        for book in books
    ]
    return form


def _recognition_form(
    province: UnitView, communes: dict[str, UnitView], today: date, **values: Any
) -> RecognitionForm:
    form = RecognitionForm(**values)
    form.unit.choices = [(commune.code, commune.full_name) for commune in communes.values()]
    book = queries.framework_for(db.session(), province.id, today.year)
    form.indicator.choices = [(indicator, indicator) for indicator in queries.indicators(book)]
    form.today = today
    return form


def _province(year: int) -> UnitView:
    """The province of the signed-in person, for a year a report can be about."""
    require_known_year(year)
    return own_province()
