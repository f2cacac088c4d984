"""How far the units of a province are towards a target: a count of units, compared exactly.

Whether one unit meets the condition is decided elsewhere (`findings`, or an online feedback channel on
record).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from survey_app.criteria import gaps
from survey_app.criteria.frameworks import Comparison, Target
from survey_app.scoring.rates import Rate
from survey_app.scoring.rates import rate as rate_of


@dataclass(frozen=True, slots=True)
class UnitStanding:
    """One unit: its kind, such as "xa", and whether it meets the condition; None if not known."""

    unit: str
    kind: str
    meets: bool | None


@dataclass(frozen=True, slots=True)
class TargetReach:
    """Units that meet the condition, of those in scope; `computed` is False while one cannot be told."""

    key: str
    met: int
    total: int
    basis_points: int
    comparison: Comparison
    computed: bool

    @property
    def goal(self) -> Fraction:
        """The goal as a share from 0 to 1."""
        return Fraction(self.basis_points, 10_000)

    @property
    def rate(self) -> Rate | None:
        """The share reached, or None while no unit is in scope."""
        return rate_of(self.met, self.total)


def progress(target: Target, standings: Iterable[UnitStanding]) -> TargetReach:
    """Where the target stands; units of other kinds than the target's are left out."""
    in_scope = [standing for standing in standings if standing.kind in target.in_scope_levels]
    return TargetReach(
        key=target.key,
        met=sum(standing.meets is True for standing in in_scope),
        total=len(in_scope),
        basis_points=target.basis_points,
        comparison=target.comparison,
        computed=all(standing.meets is not None for standing in in_scope),
    )


def reached(current: TargetReach) -> bool:
    """Whether the goal is reached; with no unit in scope it is not."""
    share = current.rate
    if share is None:
        return False
    return current.comparison.reached_by(share, current.basis_points)


def needed(current: TargetReach) -> int:
    """How many more units reach the goal; 0 once it is reached."""
    goal = gaps.least(current.comparison, current.basis_points, current.total)
    return max(goal - current.met, 0)
