"""The province's board as files, and its chart."""

from collections.abc import Sequence

from flask import Blueprint, Response

from survey_app import access, audit, charts, db, files
from survey_app.campaigns import requested, selection
from survey_app.campaigns.queries import Board, BoardRow
from survey_app.campaigns.wording import state_name
from survey_app.i18n import gettext as _
from survey_app.reporting import exports

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
    return files.download(form.write(sheets), f"{made.province.full_name}-{made.year}", form)


@bp.get("/can-bo/tinh/<int:year>/bieu-do.svg")
@access.roles(*_READERS)
def chart(year: int) -> Response:
    """How many units are in each state, as a chart; the page has the same numbers in a table."""
    counts = [(state_name(state), count) for state, count in requested.by_state(requested.board(year).rows)]
    return Response(charts.bars(counts), content_type=files.SVG.content_type)


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
