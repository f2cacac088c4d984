"""How far the targets of the year's rule book are: the units of the board that count for each, and what is beside."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from survey_app.campaigns.rows import BoardRow
from survey_app.criteria import targets
from survey_app.criteria.findings import Verdict
from survey_app.criteria.frameworks import BookTarget, Framework, RequirementKind, TargetKind
from survey_app.criteria.targets import Reach


@dataclass(frozen=True, slots=True)
class Beside:
    """What is beside a share of communes that consulted: of those counted, how many did how well.

    `reached_coverage` is None for a rule book that configures no coverage.
    """

    reached_coverage: int | None
    used_confirmed_form: int
    #: Of all in scope, those whose declared half the province accepted; None for a rule book without such a half.
    declared_half: int | None = None
    #: Of those counted, those that meet both halves of the indicator; None for such a rule book.
    both_halves: int | None = None


@dataclass(frozen=True, slots=True)
class BookProgress:
    """How far a target of the rule book is. `beside` is None for a share of another kind."""

    target: BookTarget
    reach: Reach
    beside: Beside | None

    @property
    def is_computed(self) -> bool:
        """Whether the rule book says of every unit whether it counts."""
        return not self.reach.missing


def progress(framework: Framework, rows: Sequence[BoardRow]) -> tuple[BookProgress, ...]:
    """Every target of the rule book, in its order."""
    return tuple(
        BookProgress(
            target,
            targets.reach_of_units(target, ((row.unit.kind, _meets(target, row)) for row in rows)),
            _beside(framework, target, rows),
        )
        for target in framework.targets
    )


def _beside(framework: Framework, target: BookTarget, rows: Sequence[BoardRow]) -> Beside | None:
    """What is beside a share of communes that were consulted; nothing beside another."""
    match target.kind:
        case TargetKind.UNITS_WITH_ONLINE_FEEDBACK:
            return None
        case TargetKind.COMMUNES_MEETING_INDICATOR:
            counted = [row for row in rows if target.counts(row.unit.kind) and _meets_indicator(row)]
        case _ as unknown:
            assert_never(unknown)
    in_scope = [row for row in rows if target.counts(row.unit.kind)]
    has_halves = framework.asks(RequirementKind.DECLARED)
    asked = any(one.kind is RequirementKind.COVERAGE and one.threshold for one in framework.requirements)
    return Beside(
        reached_coverage=sum(row.reached_coverage for row in counted) if asked else None,
        used_confirmed_form=sum(row.is_signed and row.used_confirmed_form for row in counted),
        declared_half=sum(row.declared_half is Verdict.MET for row in in_scope) if has_halves else None,
        both_halves=sum(row.meets_both_halves for row in counted) if has_halves else None,
    )


def _meets(target: BookTarget, row: BoardRow) -> bool | None:
    """Whether the unit counts for this target; None if not known."""
    match target.kind:
        case TargetKind.COMMUNES_MEETING_INDICATOR:
            return _meets_indicator(row)
        case TargetKind.UNITS_WITH_ONLINE_FEEDBACK:
            return bool(row.services) and not row.heard.isdisjoint(target.accepts)
        case _ as unknown:
            assert_never(unknown)


def _meets_indicator(row: BoardRow) -> bool | None:
    return None if row.event is None else row.event.verdict is Verdict.MET
