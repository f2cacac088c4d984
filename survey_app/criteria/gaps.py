"""What would change a verdict: how many more, or fewer, decide a condition, in whole households or days.

Exact integers: with exactly that many more a condition is reached, with one fewer it is not. Everything else is taken
to stay as it is, so that a denominator does not grow with its numerator.
"""

from dataclasses import dataclass
from typing import assert_never

from survey_app.criteria.frameworks import ALL, Comparison
from survey_app.scoring.rates import Rate


@dataclass(frozen=True, slots=True)
class Distance:
    """How far a count is from what is asked of it; one of the two is 0."""

    #: How many more reach it; 0 where it is reached.
    missing: int
    #: How many fewer would still reach it; 0 where it is missed.
    spare: int
    #: Whether there are that many to be had: more than all households cannot answer.
    is_possible: bool = True


def of_rate(comparison: Comparison, basis_points: int, rate: Rate) -> Distance:
    """How far the numerator is from the share that is asked.

    >>> of_rate(Comparison.AT_LEAST, 7000, Rate(1640, 2312)), of_rate(Comparison.AT_LEAST, 8000, Rate(1272, 1631))
    (Distance(missing=0, spare=21, is_possible=True), Distance(missing=33, spare=0, is_possible=True))
    >>> of_rate(Comparison.ABOVE, 10000, Rate(9, 10))
    Distance(missing=2, spare=0, is_possible=False)
    """
    asked = least(comparison, basis_points, rate.of)
    return _gap(rate.n, asked, is_possible=asked <= rate.of)


def of_count(comparison: Comparison, asked: int, count: int) -> Distance:
    """How far a count, of days or slips, is from the one that is asked.

    >>> of_count(Comparison.ABOVE, 10, 10)
    Distance(missing=1, spare=0, is_possible=True)
    """
    match comparison:
        case Comparison.AT_LEAST:
            return _gap(count, asked)
        case Comparison.ABOVE:
            return _gap(count, asked + 1)
        case _:
            assert_never(comparison)


def least(comparison: Comparison, basis_points: int, of: int) -> int:
    """The smallest count that is the share asked of `of`; above `of` where not even all would do.

    >>> least(Comparison.AT_LEAST, 7000, 2312), least(Comparison.ABOVE, 5000, 110)
    (1619, 56)
    """
    share = basis_points * of
    match comparison:
        case Comparison.AT_LEAST:
            return -(-share // ALL)
        case Comparison.ABOVE:
            return share // ALL + 1
        case _:
            assert_never(comparison)


def _gap(count: int, asked: int, *, is_possible: bool = True) -> Distance:
    return Distance(max(asked - count, 0), max(count - asked, 0), is_possible)
