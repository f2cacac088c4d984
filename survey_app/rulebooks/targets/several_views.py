"""Figures of several targets from one list: the form to fill in, what the list would do, and saving it."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from survey_app import access, db, files
from survey_app.accounts.freshness import fresh
from survey_app.criteria.targets import PlanTarget
from survey_app.i18n import gettext as _
from survey_app.i18n import ngettext
from survey_app.list_pages import open_too_long
from survey_app.office_files import BadFile, open_office_file
from survey_app.rulebooks.scope import require_known_year
from survey_app.rulebooks.targets import figures, plans, several, wording
from survey_app.rulebooks.targets.asked import asked
from survey_app.rulebooks.targets.forms import FigureListForm, FigureUploadForm
from survey_app.rulebooks.targets.list_views import keep_rows
from survey_app.rulebooks.targets.lists import FigureEntry, FigureReading
from survey_app.rulebooks.targets.several import SeveralPreview
from survey_app.rulebooks.targets.views import bp
from survey_app.units import operations as registering
from survey_app.units import queries as units
from survey_app.units.queries import UnitView
from survey_app.units.scope import own_province

_LIST = "/can-bo/chi-tieu/<int:year>/danh-sach"


@bp.get(_LIST)
@access.roles(*access.KEEP_TARGETS)
def several_list(year: int) -> ResponseReturnValue:
    """The form that takes a list of several targets, and the list to be filled in."""
    return _choose(year, FigureUploadForm(formdata=None))


@bp.get(f"{_LIST}.xlsx")
@access.roles(*access.KEEP_TARGETS)
def several_form(year: int) -> ResponseReturnValue:
    """A workbook with a row for each unit, a column for each target and the figures that count."""
    current, targets = db.session(), _targets(year)
    province, communes = _units(current, year)
    given = figures.of_years(current, [one.id for one in communes], [year])
    head = [
        _("Code"),
        _("Unit"),
        *(title for one in targets for _key, title in several.columns(one)),
        _("Evidence"),
    ]
    rows: list[list[files.Cell]] = [list(head)]
    for unit in communes:
        cells: list[files.Cell] = [unit.code, unit.full_name]
        for target in targets:
            figure = given.get((target.key, year), {}).get(unit.id)
            counts = figure.counts if figure else None
            if counts is None:
                cells += [None] * len(several.columns(target))
            elif target.kind.has_whole:
                cells += [counts.figure.n, counts.figure.of]
            else:
                cells += [wording.figure(target, counts.figure)]
        rows.append([*cells, None])
    return files.download(files.XLSX.write({str(year): rows}), f"chi-tieu-{year}", files.XLSX)


@bp.post(_LIST)
@access.roles(*access.KEEP_TARGETS)
def look_at_several(year: int) -> ResponseReturnValue:
    """What saving a file, or rows that were pasted, would do."""
    form = FigureUploadForm()
    if not form.validate_on_submit():
        return _choose(year, form), HTTPStatus.UNPROCESSABLE_ENTITY
    content, filename = form.sent()
    try:
        reading = several.read(open_office_file(content, filename), _targets(year))
    except BadFile as bad:
        page = render_template(
            "rulebooks/several_preview.html",
            year=year, form=None, shown=None, filename=filename, message="", problems=bad.problems,
        )  # fmt: skip
        return page, bad.status
    shown = _preview(db.session(), reading, year)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if shown.problems else HTTPStatus.OK
    return _page(year, shown, form.source.data or ""), status


@bp.post(f"{_LIST}/luu")
@access.roles(*access.KEEP_TARGETS)
@fresh
def save_several(year: int) -> ResponseReturnValue:
    """Keep the list that was looked at, or show it again where figures changed meanwhile."""
    form, person, now = FigureListForm(), access.identity(), datetime.now(UTC)
    reading = form.reading(_whose(year), FigureEntry)
    if reading is None:
        return open_too_long(url_for("plan_targets.several_list", year=year))
    source = form.source.data or ""
    with db.transaction() as current:
        registering.hold(current, [one.id for one in _units(current, year)[1]])
        shown = _preview(current, reading, year)
        if form.seen.data == shown.held and shown.is_ready:
            kept = sum(
                keep_rows(current, part, target, year, source, person, now) for target, part in shown.parts
            )
            message = ngettext("%(num)d figure is on record.", "%(num)d figures are on record.", kept)
            flash(message, "success")
            return redirect(url_for("campaign_targets.page", year=year), HTTPStatus.SEE_OTHER)
    changed = _(
        "Figures were entered or decided after you opened this page. Look at it once more; nothing is saved."
    )
    return _page(year, shown, source, changed), HTTPStatus.CONFLICT


def _targets(year: int) -> tuple[PlanTarget, ...]:
    """Those that communes and wards are asked for in that year."""
    require_known_year(year)
    asked_for = plans.reported_on(db.session(), own_province(), year)
    return tuple(one for one in asked_for if not one.is_of_province)


def _units(session: Session, year: int) -> tuple[UnitView, tuple[UnitView, ...]]:
    """The own province, and its units that any of the targets asks."""
    province = own_province()
    communes = units.communes(session, province.path, units.day_of_year(year, units.today()))
    reporting = {one.id for target in _targets(year) for one in asked(target, province, communes)}
    return province, tuple(one for one in communes if one.id in reporting)


def _preview(session: Session, reading: FigureReading, year: int) -> SeveralPreview:
    province, communes = _units(session, year)
    return several.preview(session, reading, _targets(year), year, province, communes, units.today())


def _choose(year: int, form: FigureUploadForm) -> str:
    return render_template("rulebooks/several_list.html", year=year, form=form, targets=_targets(year))


def _page(year: int, shown: SeveralPreview, source: str, message: str = "") -> str:
    return render_template(
        "rulebooks/several_preview.html",
        year=year,
        form=FigureListForm.of(shown.reading, shown.held, _whose(year), source=source),
        shown=shown,
        message=message,
        problems=shown.problems,
    )


def _whose(year: int) -> str:
    return f"plan.lists.{access.identity().user_id}.{year}"
