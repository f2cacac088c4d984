"""The province's board as files, and its chart."""

from collections.abc import Iterable, Sequence

from flask import Blueprint, Response

from survey_app import access, audit, db, files
from survey_app.campaigns import requested, selection
from survey_app.campaigns.queries import Board, Row
from survey_app.campaigns.wording import state_name
from survey_app.files import Cell
from survey_app.i18n import gettext as _
from survey_app.reporting import charts, exports

bp = Blueprint("reporting", __name__)

_READERS = access.READ_BOARD
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/can-bo/tinh/<int:year>.csv")
@access.roles(*_READERS)
def board_csv(year: int) -> Response:
    """The rows chosen, as CSV."""
    made = requested.board(year)
    rows = selection.select(made.rows, requested.chosen(made))
    _note_export(made, rows, "csv")
    lines = tuple(exports.unit_lines(made, rows))  # worded while the request still knows its language
    return files.download(files.csv_rows(lines), _file_name(made, "csv"), "text/csv; charset=utf-8")


@bp.get("/can-bo/tinh/<int:year>.xlsx")
@access.roles(*_READERS)
def board_xlsx(year: int) -> Response:
    """The rows chosen, and the targets on a sheet of their own."""
    made = requested.board(year)
    rows = selection.select(made.rows, requested.chosen(made))
    _note_export(made, rows, "xlsx")
    sheets: dict[str, Iterable[Sequence[Cell]]] = {
        _("Units"): exports.unit_lines(made, rows),
        _("Targets"): exports.target_lines(made),
    }
    return files.download(files.xlsx(sheets), _file_name(made, "xlsx"), _XLSX)


@bp.get("/can-bo/tinh/<int:year>/bieu-do.svg")
@access.roles(*_READERS)
def chart(year: int) -> Response:
    """How many units are in each state, as a chart; the page has the same numbers in a table."""
    counts = [(state_name(state), count) for state, count in requested.by_state(requested.board(year).rows)]
    return Response(charts.bars(counts), mimetype="image/svg+xml")


def _note_export(made: Board, rows: Sequence[Row], form: str) -> None:
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


def _file_name(made: Board, suffix: str) -> str:
    return f"{made.province.full_name}-{made.year}.{suffix}"
