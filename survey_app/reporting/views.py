"""The province's board as files."""

from collections.abc import Callable, Sequence

from flask import Blueprint, Response, request

from survey_app import access, audit, db, files
from survey_app.campaigns import appraisals, requested, selection, targets
from survey_app.campaigns.changes import since_monday
from survey_app.campaigns.queries import Board
from survey_app.campaigns.rows import BoardRow
from survey_app.i18n import force_locale
from survey_app.i18n import gettext as _
from survey_app.reporting import exports, house_style, printing, provincial_papers
from survey_app.reporting import one_page as one_page_paper
from survey_app.reporting.blocks import Paper
from survey_app.reporting.house_style import HouseStyle
from survey_app.reporting.layout import Signer
from survey_app.units import queries as units

bp = Blueprint("reporting", __name__)

_READERS = access.READ_BOARD


@bp.get(f"/can-bo/tinh/<int:year>.{files.TABLE_SUFFIX}")
@access.roles(*_READERS)
def board(year: int, suffix: str) -> Response:
    """The rows chosen; in a file that has sheets, the targets on one of their own."""
    made, form = requested.board(year), files.TABLES[suffix]
    rows = selection.select(made.rows, requested.chosen(made))
    _note_export(made, rows, suffix)
    # Worded while the request still knows its language.
    sheets = {_("Units"): tuple(exports.unit_lines(made, rows))}
    if form.has_sheets:
        sheets[_("Targets")] = tuple(exports.target_lines(made))
        sheets[_("Targets of the plan")] = tuple(exports.plan_lines(targets.of_board(db.session(), made)))
        sums = requested.sums(year)
        sheets[_("Whole province")] = tuple(exports.province_lines(sums))
        sheets[_("Units of today")] = tuple(exports.province_unit_lines(sums))
    return files.download(form.write(sheets), f"{made.province.full_name}-{made.year}", form)


@bp.get(f"/can-bo/tinh/<int:year>/bao-cao.{files.PAPER_SUFFIX}")
@access.roles(*_READERS)
def summary(year: int, suffix: str) -> Response:
    """The year as a report to be signed."""

    def report(made: Board, style: HouseStyle, signer: Signer) -> Paper:
        numbers = [row.survey_id for row in made.rows if row.survey_id is not None]
        accepted = appraisals.newest(db.session(), numbers)
        return provincial_papers.summary(made, requested.sums(year), accepted, style, signer)

    return _paper(year, suffix, "bao-cao-tong-hop", report)


@bp.get(f"/can-bo/tinh/<int:year>/don-doc.{files.PAPER_SUFFIX}")
@access.roles(*access.PROVINCIAL)
def reminder(year: int, suffix: str) -> Response:
    """The letter to those of the units chosen for which somebody has to act."""

    def letter(made: Board, style: HouseStyle, signer: Signer) -> Paper:
        rows = selection.select(made.rows, requested.chosen(made))
        return provincial_papers.reminder(made, [row for row in rows if row.needs_somebody], style, signer)

    return _paper(year, suffix, "cong-van-don-doc", letter)


@bp.get("/can-bo/tinh/<int:year>/mot-trang.pdf")
@access.roles(*_READERS)
def one_page(year: int) -> Response:
    """The board on one sheet."""

    def sheet(made: Board, style: HouseStyle, _signer: Signer) -> Paper:
        changes = since_monday(made.rows, units.civil(made.made_at))
        return one_page_paper.one_page(made, changes, style)

    return _paper(year, files.PDF.suffix, "mot-trang", sheet)


def _paper(year: int, suffix: str, name: str, make: Callable[[Board, HouseStyle, Signer], Paper]) -> Response:
    made, form = requested.board(year), files.PAPERS[suffix]
    style = house_style.style_of(db.session(), made.province)
    signer = Signer.DEPUTY if request.args.get("ky") == Signer.DEPUTY else Signer.CHAIR
    _note_export(made, made.rows, suffix)
    with force_locale("vi"):
        printed = printing.RENDERERS[form]([make(made, style, signer)])
    return files.download(printed, f"{name}-{year}", form)


def _note_export(made: Board, rows: Sequence[BoardRow], form: str) -> None:
    with db.transaction() as current:
        audit.record(
            current,
            access.identity().actor,
            "reporting.export",
            f"unit:{made.province.id}",
            at=made.made_at,
            year=made.year,
            form=form,
            rows=len(rows),
        )
