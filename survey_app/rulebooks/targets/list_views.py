"""Figures of all units from one list: the form to fill in, what the list would do, and saving it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from http import HTTPStatus

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from survey_app import access, db, files
from survey_app.access import Identity
from survey_app.accounts.freshness import fresh
from survey_app.criteria.targets import PlanTarget
from survey_app.i18n import gettext as _
from survey_app.i18n import ngettext
from survey_app.list_pages import open_too_long
from survey_app.office_files import BadFile, RowProblem, open_office_file
from survey_app.rulebooks.targets import figures, lists, wording
from survey_app.rulebooks.targets.asked import asked
from survey_app.rulebooks.targets.forms import FigureListForm, FigureUploadForm
from survey_app.rulebooks.targets.lists import FigureEntry, FigurePreview, FigureReading, FigureStatus
from survey_app.rulebooks.targets.views import bp, target_of_year
from survey_app.units import operations as registering
from survey_app.units import queries as units
from survey_app.units.queries import UnitView
from survey_app.units.scope import own_province

_LIST = "/can-bo/chi-tieu/<int:year>/<key>/danh-sach"


@bp.get(_LIST)
@access.roles(*access.KEEP_TARGETS)
def figure_list(year: int, key: str) -> ResponseReturnValue:
    """The form that takes a list, and the list to be filled in."""
    return _choose(year, target_of_year(year, key), FigureUploadForm(formdata=None))


@bp.get(f"{_LIST}.xlsx")
@access.roles(*access.KEEP_TARGETS)
def figure_form(year: int, key: str) -> ResponseReturnValue:
    """A workbook with a row for each unit asked, and the figure that counts."""
    target, current = target_of_year(year, key), db.session()
    of_target = _asked(current, target, year)
    given = figures.of_years(current, [one.id for one in of_target], [year]).get((key, year), {})
    head = [lists.column_title(target, column) for column in lists.columns(target)]
    rows: list[list[files.Cell]] = [list(head)]
    for one in of_target:
        counts = given[one.id].counts if one.id in given else None
        said: list[files.Cell] = [None] * (len(head) - 3)
        met: files.Cell = None
        if counts is not None:
            met = counts.figure.n if target.kind.has_whole else wording.figure(target, counts.figure)
            said = [*([counts.figure.of] if target.kind.has_whole else []), counts.evidence]
        rows.append([one.code, one.full_name, met, *said])
    return files.download(files.XLSX.write({str(year): rows}), f"chi-tieu-{key}-{year}", files.XLSX)


@bp.post(_LIST)
@access.roles(*access.KEEP_TARGETS)
def look_at_figures(year: int, key: str) -> ResponseReturnValue:
    """What saving a file, or rows that were pasted, would do."""
    target, form = target_of_year(year, key), FigureUploadForm()
    if not form.validate_on_submit():
        return _choose(year, target, form), HTTPStatus.UNPROCESSABLE_ENTITY
    content, filename = form.sent()
    try:
        reading = lists.read(open_office_file(content, filename), target)
    except BadFile as bad:
        return _refused(year, target, filename, bad.problems), bad.status
    shown = _preview(db.session(), reading, target, year)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if shown.problems else HTTPStatus.OK
    return _page(year, target, shown, form.source.data or ""), status


@bp.post(f"{_LIST}/luu")
@access.roles(*access.KEEP_TARGETS)
@fresh
def save_figures(year: int, key: str) -> ResponseReturnValue:
    """Keep the list that was looked at, or show it again where figures changed meanwhile."""
    target, form, person = target_of_year(year, key), FigureListForm(), access.identity()
    reading = form.reading(_whose(person, target, year), FigureEntry)
    if reading is None:
        return open_too_long(url_for("plan_targets.figure_list", year=year, key=key))
    source, now = form.source.data or "", datetime.now(UTC)
    with db.transaction() as current:
        registering.hold(current, [one.id for one in _asked(current, target, year)])
        shown = _preview(current, reading, target, year)
        if form.seen.data == shown.held and shown.is_ready:
            kept = keep_rows(current, shown, target, year, source, person, now)
            message = ngettext("%(num)d figure is on record.", "%(num)d figures are on record.", kept)
            flash(message, "success")
            return redirect(url_for("campaign_targets.page", year=year), HTTPStatus.SEE_OTHER)
    changed = _(
        "Figures were entered or decided after you opened this page. Look at it once more; nothing is saved."
    )
    return _page(year, target, shown, source, changed), HTTPStatus.CONFLICT


def keep_rows(
    session: Session,
    shown: FigurePreview,
    target: PlanTarget,
    year: int,
    source: str,
    person: Identity,
    now: datetime,
) -> int:
    """Put what is new or changed on record, accepted; how many figures that were."""
    rows = (*shown.of(FigureStatus.NEW), *shown.of(FigureStatus.CHANGED))
    for row in rows:
        figures.report(
            session,
            target,
            row.unit.id,
            year,
            row.figure,
            evidence=row.entry.evidence or source,
            digest=None,
            is_accepted=True,
            actor=person.actor,
            now=now,
        )
    return len(rows)


def _asked(session: Session, target: PlanTarget, year: int) -> tuple[UnitView, ...]:
    province = own_province()
    return asked(
        target, province, units.communes(session, province.path, units.day_of_year(year, units.today()))
    )


def _preview(session: Session, reading: FigureReading, target: PlanTarget, year: int) -> FigurePreview:
    return lists.preview(session, reading, target, year, _asked(session, target, year), units.today())


def _choose(year: int, target: PlanTarget, form: FigureUploadForm) -> str:
    return render_template("rulebooks/figure_list.html", year=year, target=target, form=form)


def _page(year: int, target: PlanTarget, shown: FigurePreview, source: str, message: str = "") -> str:
    whose = _whose(access.identity(), target, year)
    return render_template(
        "rulebooks/figure_preview.html",
        year=year,
        target=target,
        form=FigureListForm.of(shown.reading, shown.held, whose, source=source),
        shown=shown,
        message=message,
        problems=shown.problems,
    )


def _refused(year: int, target: PlanTarget, filename: str, problems: Sequence[RowProblem]) -> str:
    return render_template(
        "rulebooks/figure_preview.html",
        year=year,
        target=target,
        form=None,
        shown=None,
        filename=filename,
        message="",
        problems=problems,
    )


def _whose(person: Identity, target: PlanTarget, year: int) -> str:
    return f"plan.list.{person.user_id}.{target.key}.{year}"
