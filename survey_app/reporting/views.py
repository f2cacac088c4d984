"""The province's page of the year, its files and its chart."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from survey_app import access, audit, db, files
from survey_app.criteria.findings import Verdict
from survey_app.fieldwork.models import State
from survey_app.files import Cell
from survey_app.i18n import gettext as _
from survey_app.reporting import charts, exports, queries, selection
from survey_app.reporting import ranking as rankings
from survey_app.reporting.queries import Board, Row
from survey_app.reporting.selection import Selection
from survey_app.reporting.wording import state_name
from survey_app.rulebooks import queries as rulebooks
from survey_app.sealing import audiences
from survey_app.units import queries as units
from survey_app.units.models import Level
from survey_app.units.queries import UnitView

bp = Blueprint("reporting", __name__, template_folder="templates")

_READERS = access.READ_BOARD
#: Exact flags name counts of villages.
_COMPARERS = access.RANK_COMMUNES
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/can-bo/tinh")
@access.roles(*_READERS)
def this_year() -> ResponseReturnValue:
    """The board of the current year."""
    return redirect(url_for("reporting.board", year=_today().year))


@bp.get("/can-bo/tinh/<int:year>")
@access.roles(*_READERS)
def board(year: int) -> ResponseReturnValue:
    """All units of the province with state, coverage, rate and finding; targets; who is late and why."""
    made = _board(year)
    chosen = _chosen(made)
    return render_template(
        "reporting/board.html",
        board=made,
        rows=selection.select(made.rows, chosen),
        chosen=chosen,
        states=_by_state(made.rows),
        reasons=Counter(row.wait.reason for row in made.late if row.wait),
        kinds=sorted({row.unit.kind for row in made.rows}),
        state_choices=[(word, _state_choice(word)) for word in selection.STATES],
        verdicts=tuple(Verdict),
        is_current_year=year == _today().year,
    )


@bp.get("/can-bo/tinh/<int:year>.csv")
@access.roles(*_READERS)
def board_csv(year: int) -> Response:
    """The rows chosen, as CSV."""
    made = _board(year)
    rows = selection.select(made.rows, _chosen(made))
    _note_export(made, rows, "csv")
    lines = tuple(exports.unit_lines(made, rows))  # worded while the request still knows its language
    return files.download(files.csv_rows(lines), _file_name(made, "csv"), "text/csv; charset=utf-8")


@bp.get("/can-bo/tinh/<int:year>.xlsx")
@access.roles(*_READERS)
def board_xlsx(year: int) -> Response:
    """The rows chosen, and the targets on a sheet of their own."""
    made = _board(year)
    rows = selection.select(made.rows, _chosen(made))
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
    counts = [(state_name(state), count) for state, count in _by_state(_board(year).rows)]
    return Response(charts.bars(counts), mimetype="image/svg+xml")


@bp.get("/can-bo/tinh/<int:year>/doi-chieu")
@access.roles(*_COMPARERS)
def ranking(year: int) -> ResponseReturnValue:
    """Sealed surveys of the year with what asks to be compared. Exact counts of villages, so looking is noted."""
    _require_known(year)
    person = access.identity()
    made = rankings.ranking(db.session(), _province(person.unit_id), year)
    with db.transaction() as current:
        audit.record(
            current, person.actor, "results.exact", f"unit:{person.unit_id}",
            at=datetime.now(UTC), form="ranking", year=year,
        )  # fmt: skip
    return render_template("reporting/ranking.html", ranking=made)


def _require_known(year: int) -> None:
    if year not in rulebooks.YEARS:
        abort(404)


def _board(year: int) -> Board:
    _require_known(year)
    person = access.identity()
    return queries.board(
        db.session(),
        _province(person.unit_id),
        year,
        datetime.now(UTC),
        audience=audiences.audience_of(person),
    )


def _province(unit_id: int) -> UnitView:
    """The reader's own province. An auditor or viewer of one commune has no business with the others: 403."""
    unit = units.unit(db.session(), unit_id)
    if unit.level != Level.PROVINCE:
        abort(403)
    return unit


def _chosen(made: Board) -> Selection:
    return selection.from_address(request.args, {row.unit.kind for row in made.rows})


def _by_state(rows: Sequence[Row]) -> list[tuple[State | None, int]]:
    """Units in scope in each state, in the order of the work, states of nobody included."""
    counted = Counter(row.state for row in rows if row.in_scope)
    return [(state, counted[state]) for state in (None, *State) if state is not State.ANNULLED]


def _state_choice(word: str) -> str:
    return state_name(None if word == selection.NO_SURVEY else State(word))


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


def _today() -> date:
    return units.civil(datetime.now(UTC))
