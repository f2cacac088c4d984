"""How far every target of the plan is in a year: computed ones from the board, others from what units reported."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from survey_app.campaigns.book_targets import BookProgress
from survey_app.campaigns.queries import Board
from survey_app.criteria import targets as reaches
from survey_app.criteria.targets import PlanTarget, Reach, Terms
from survey_app.rulebooks.targets import figures, plans
from survey_app.rulebooks.targets.asked import asked
from survey_app.rulebooks.targets.figures import UnitFigures
from survey_app.units import queries as units
from survey_app.units.queries import UnitView

#: Years before the one asked for that are set beside it.
YEARS_BEFORE = 2


@dataclass(frozen=True, slots=True)
class PlanProgress:
    """One target in a year. `reach` is None where nothing says how far it is."""

    target: PlanTarget
    year: int
    reach: Reach | None
    #: The same in earlier years of which something is known, the oldest first.
    before: tuple[tuple[int, Reach], ...] = ()
    #: Units asked whose figure does not count yet: those that wait for the province, and those that reported nothing.
    waiting: tuple[UnitView, ...] = ()
    silent: tuple[UnitView, ...] = ()
    #: How many units are asked; 0 of a computed one.
    asked: int = 0
    #: Of a computed one, how the board has it; None where the rule book of the year has no such target.
    on_board: BookProgress | None = None

    @property
    def is_closed(self) -> bool:
        """Whether what it is about existed no longer in that year."""
        return self.target.is_closed(self.year)

    @property
    def is_beyond_plan(self) -> bool:
        """Whether the plan that names the goal ended before that year."""
        return self.target.is_beyond_plan(self.year)


def of_board(session: Session, board: Board, earlier: Board | None = None) -> tuple[PlanProgress, ...]:
    """Every target of the board's year, in the order of the plan; `earlier` is the board of the year before."""
    province, year, today = board.province, board.year, units.civil(board.made_at)
    years = range(year - YEARS_BEFORE, year + 1)
    communes = {one: units.communes(session, province.path, units.day_of_year(one, today)) for one in years}
    every = {province.id, *(unit.id for found in communes.values() for unit in found)}
    given = figures.of_years(session, every, years)
    found = []
    for target in plans.of_year(session, province, year):
        if not target.kind.is_reported:
            found.append(_computed(target, board, earlier))
            continue
        reached = {
            one: _reach(target, given.get((target.key, one), {}), asked(target, province, communes[one]))
            for one in years
        }
        said = given.get((target.key, year), {})
        of_year = () if target.is_closed(year) else asked(target, province, communes[year])
        open_ones = [unit for unit in of_year if unit.id not in said or said[unit.id].counts is None]
        waiting = tuple(unit for unit in open_ones if unit.id in said and said[unit.id].waits)
        found.append(
            PlanProgress(
                target,
                year,
                None if target.is_closed(year) else reached[year] or _reach_of_nothing(target, of_year),
                tuple((one, reach) for one in years if one < year and (reach := reached[one]) is not None),
                waiting,
                tuple(unit for unit in open_ones if unit not in waiting),
                len(of_year),
            )
        )
    return tuple(found)


def _reach(
    target: PlanTarget, given: Mapping[int, UnitFigures], of_target: Sequence[UnitView]
) -> Reach | None:
    """How far the units are; None where no figure counts."""
    mine = {unit.id for unit in of_target}
    counting = figures.counting(one for unit_id, one in given.items() if unit_id in mine)
    return reaches.reach(target, counting, len(mine)) if counting else None


def _reach_of_nothing(target: PlanTarget, of_target: Sequence[UnitView]) -> Reach:
    return reaches.reach(target, (), len(of_target))


def _computed(target: PlanTarget, board: Board, earlier: Board | None) -> PlanProgress:
    on_board = _on_board(target, board)
    if on_board is None:
        return PlanProgress(target, board.year, None)
    rule, period = on_board.target, board.in_force.framework.period_to.year
    under = replace(
        target,
        terms=Terms(target.terms.words, rule.basis_points, rule.comparison, rule.source, 0, period),
    )
    before = _on_board(target, earlier) if earlier else None
    return PlanProgress(
        under,
        board.year,
        on_board.reach if on_board.is_computed else None,
        ((earlier.year, before.reach),) if earlier and before and before.is_computed else (),
        on_board=on_board,
    )


def _on_board(target: PlanTarget, board: Board) -> BookProgress | None:
    return next((one for one in board.targets if one.target.key == target.key), None)
