"""The board that an address asks for: whose it is, how much of it the reader may see, and which rows are chosen."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from flask import abort, request

from survey_app import access, db
from survey_app.campaigns import queries, scorecards, selection
from survey_app.campaigns.milestones import Milestone
from survey_app.campaigns.queries import Board
from survey_app.campaigns.rows import BoardRow
from survey_app.campaigns.scorecards import ProvinceCard
from survey_app.campaigns.selection import Selection
from survey_app.fieldwork.models import State
from survey_app.rulebooks.scope import require_known_year
from survey_app.sealing import audiences
from survey_app.units import queries as units
from survey_app.units.models import Level
from survey_app.units.queries import UnitView


def board(year: int) -> Board:
    """The board of the reader's own province, as much of it as this reader may see."""
    require_known_year(year)
    person = access.identity()
    return queries.board(
        db.session(),
        province(),
        year,
        datetime.now(UTC),
        audience=audiences.audience_of(person),
    )


def sums(year: int) -> ProvinceCard:
    """The scorecard of the reader's own province, as much of it as this reader may see."""
    require_known_year(year)
    person, now = access.identity(), datetime.now(UTC)
    return scorecards.of_year(
        db.session(),
        province(),
        year,
        units.day_of_year(year, units.civil(now)),
        audience=audiences.audience_of(person),
    )


def province() -> UnitView:
    """The reader's own province. An auditor or viewer of one commune has no business with the others: 403."""
    unit = units.unit(db.session(), access.identity().unit_id)
    if unit.level != Level.PROVINCE:
        abort(403)
    return unit


def chosen(made: Board) -> Selection:
    """Which rows the address asks for, in which order."""
    return selection.from_address(request.args, {row.unit.kind for row in made.rows})


def by_milestone(rows: Sequence[BoardRow]) -> list[tuple[Milestone, int, int]]:
    """Of the units in scope, how many have reached each milestone and how many have not."""
    mine = [row for row in rows if row.in_scope]
    counted = ((one, sum(one in row.milestones for row in mine)) for one in Milestone)
    return [(one, reached, len(mine) - reached) for one, reached in counted]


def by_state(rows: Sequence[BoardRow]) -> list[tuple[State | None, int]]:
    """Units in scope in each state, in the order of the work, states of nobody included."""
    counted = Counter(row.state for row in rows if row.in_scope)
    return [(state, counted[state]) for state in (None, *State) if state is not State.ANNULLED]
