"""The province's page of the year, and what of its surveys is to be compared."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from survey_app import access, audit, charts, db, drawing, paging
from survey_app.campaigns import against_rule as standings
from survey_app.campaigns import ranking as rankings
from survey_app.campaigns import reminding, requested, selection
from survey_app.campaigns.changes import since_monday
from survey_app.campaigns.rows import BoardRow
from survey_app.campaigns.scorecards import FormCard
from survey_app.campaigns.wording import unit_state_name
from survey_app.criteria.findings import Verdict
from survey_app.criteria.frameworks import Threshold
from survey_app.fieldwork.models import State
from survey_app.i18n import gettext as _
from survey_app.results import pictures, year_map
from survey_app.results.wording import items_in_short
from survey_app.results.year_map import MapPlace
from survey_app.rulebooks.scope import require_known_year
from survey_app.scoring.rates import Rate
from survey_app.templating import number
from survey_app.units import queries as units

bp = Blueprint("campaigns", __name__, template_folder="templates")

_READERS = access.READ_BOARD
#: Exact flags name counts of villages.
_COMPARERS = access.RANK_COMMUNES


@bp.get("/can-bo/tinh")
@access.roles(*_READERS)
def this_year() -> ResponseReturnValue:
    """The board of the current year."""
    return redirect(url_for("campaigns.board", year=units.today().year))


@bp.get("/can-bo/tinh/<int:year>")
@access.roles(*_READERS)
def board(year: int) -> ResponseReturnValue:
    """All units of the province with state, coverage, rate and finding; targets; who is late and why."""
    made = requested.board(year)
    chosen = requested.chosen(made)
    rows = selection.select(made.rows, chosen)
    shown = paging.page(rows, request.args.get("page"), selection.ROWS_ON_A_PAGE)
    to_remind = [row for row in rows if row.needs_somebody]
    states = requested.by_state(made.rows)
    return render_template(
        "campaigns/board.html",
        board=made,
        shown=shown,
        chosen_rows=len(rows),
        messages=reminding.messages(db.session(), shown.rows, access.identity()),
        to_all=reminding.to_all(to_remind) if to_remind and reminding.may_remind(access.identity()) else None,
        to_remind=len(to_remind),
        changes=since_monday(made.rows, units.civil(made.made_at)),
        progress=requested.by_milestone(made.rows),
        chosen=chosen,
        states=states,
        chart=drawing.data_uri(
            charts.counts([(unit_state_name(state), count) for state, count in states], number)
        ),
        reasons=Counter(row.wait.reason for row in made.to_act if row.wait),
        kinds=sorted({row.unit.kind for row in made.rows}),
        state_choices=[(word, _state_choice(word)) for word in selection.STATES],
        verdicts=tuple(Verdict),
        is_current_year=year == units.today().year,
        has_map=year_map.has_map(row.unit for row in made.rows),
    )


@bp.get("/can-bo/tinh/<int:year>/doi-chieu")
@access.roles(*_COMPARERS)
def ranking(year: int) -> ResponseReturnValue:
    """Sealed surveys of the year with what asks to be compared. Exact counts of villages, so looking is noted."""
    require_known_year(year)
    person = access.identity()
    made = rankings.ranking(db.session(), requested.province(), year)
    with db.transaction() as current:
        audit.record(
            current, person.actor, "results.exact", f"unit:{person.unit_id}",
            at=datetime.now(UTC), form="ranking", year=year,
        )  # fmt: skip
    return render_template("campaigns/ranking.html", ranking=made)


@bp.get("/can-bo/tinh/<int:year>/ca-tinh")
@access.roles(*_READERS)
def scorecard(year: int) -> ResponseReturnValue:
    """The province's sums by form and by unit."""
    sums = requested.sums(year)
    return render_template(
        "campaigns/scorecard.html",
        year=year,
        province=requested.province(),
        sums=sums,
        charts=[_ranked(one) for one in sums.forms],
    )


@bp.get("/can-bo/tinh/<int:year>/so-voi-quy-dinh")
@access.roles(*_READERS)
def against_rule(year: int) -> ResponseReturnValue:
    """Coverage and satisfaction of every sealed result beside what its own rule book asks."""
    made = requested.board(year)
    found = standings.standings(db.session(), made.rows)
    return render_template(
        "campaigns/against_rule.html",
        year=year,
        province=made.province,
        standings=found,
        demo=made.in_force.framework.demo,
        coverage=_held_against([(one.row, one.row.coverage, one.coverage) for one in found]),
        pooled=_held_against([(one.row, one.row.pooled, one.pooled) for one in found]),
    )


@bp.get("/can-bo/tinh/<int:year>/ban-do")
@access.roles(*_READERS)
def map_of_year(year: int) -> ResponseReturnValue:
    """All units by how far they have come, as a map and as a list."""
    made = requested.board(year)
    drawn = year_map.year_map(_place(row, year) for row in made.rows)
    if drawn is None:
        abort(HTTPStatus.NOT_FOUND)
    return render_template("campaigns/map.html", board=made, map=drawn)


def _place(row: BoardRow, year: int) -> MapPlace:
    line = url_for("campaigns.board", year=year, q=row.unit.code, _anchor="units")
    return MapPlace(row.unit, year_map.stage_of(row.state), line)


def _ranked(one: FormCard) -> str:
    in_short = items_in_short(one.form)
    return pictures.ranked((in_short[key], rate) for key, rate in one.lowest)


def _held_against(rows: Iterable[tuple[BoardRow, Rate | None, Threshold | None]]) -> str | None:
    """A picture of the rates that are shown; None where none is."""
    shown = [(_name(row), rate, asked.basis_points if asked else None) for row, rate, asked in rows if rate]
    return pictures.against(shown) if shown else None


def _name(row: BoardRow) -> str:
    if row.is_unsigned:
        return _("%(unit)s (not signed yet)", unit=row.unit.full_name)
    return row.unit.full_name


def _state_choice(word: str) -> str:
    return unit_state_name(None if word == selection.NO_SURVEY else State(word))
