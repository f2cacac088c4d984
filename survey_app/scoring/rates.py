"""Rates as pairs of integers, compared exactly and rounded only to be printed.

There is no rate of nothing: where the denominator is 0 the functions give None. Knows no threshold;
`criteria` does.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from survey_app.scoring.tallies import ItemTally, Tally


@dataclass(frozen=True, slots=True)
class Rate:
    """`n` of `of`. More than all is possible (answered beyond the frame) and is shown as the error it is."""

    n: int
    of: int

    def __post_init__(self) -> None:
        if self.n < 0 or self.of <= 0:
            raise ValueError("a rate needs 0 <= n and 0 < of")

    def at_least(self, basis_points: int) -> bool:
        """Whether the rate is >= the threshold; 9,000 basis points are 90 %.

        >>> Rate(8996, 10000).at_least(9000)
        False
        """
        return self.n * 10_000 >= basis_points * self.of

    def above(self, basis_points: int) -> bool:
        """Whether the rate is > the threshold."""
        return self.n * 10_000 > basis_points * self.of

    def hundredths(self, against: Iterable[int] = ()) -> int:
        """The per cent to print, times 100: rounded half up, but never onto a threshold it only comes near.

        Whole per cents and the thresholds in `against` (basis points) are printed only when the rate is
        exactly that; otherwise the neighbouring hundredth on the true side is, so that no reader sees 90,00 %
        beside "not met", nor beside "more than 90 % is met".

        >>> Rate(71, 72).hundredths(), Rate(8996, 10000).hundredths()
        (9861, 8996)
        >>> Rate(89996, 100000).hundredths(), Rate(90004, 100000).hundredths(), Rate(9, 10).hundredths()
        (8999, 9001, 9000)
        """
        rounded = (self.n * 20_000 + self.of) // (2 * self.of)
        if rounded % 100 != 0 and rounded not in set(against):
            return rounded
        exact = self.n * 10_000 - rounded * self.of
        return rounded + (exact > 0) - (exact < 0)


@dataclass(frozen=True, slots=True)
class Range:
    """Where a rate must lie; both ends belong to it."""

    low: Rate
    high: Rate


def rate(n: int, of: int) -> Rate | None:
    """`n` of `of`, or None when there is nothing to divide by.

    >>> rate(0, 0) is None
    True
    """
    return Rate(n, of) if of > 0 else None


def coverage(tally: Tally, households: int) -> Rate | None:
    """Households that answered, invalid slips included, of the households in the frame."""
    return rate(tally.answered, households)


def item_rate(item: ItemTally, valid: int) -> Rate | None:
    """Households satisfied with one item, of the valid slips; a blank stays in the denominator."""
    return rate(item.satisfied, valid)


def dissatisfied_rate(item: ItemTally, valid: int) -> Rate | None:
    """Households dissatisfied with one item, of the valid slips; with `item_rate` and the blanks it makes the whole."""
    return rate(item.dissatisfied, valid)


def pooled_rate(tally: Tally) -> Rate | None:
    """Satisfied answers to the scored items, of all that the valid slips could give."""
    return rate(tally.satisfied, tally.valid * len(tally.items))


def closing_rate(tally: Tally) -> Rate | None:
    """Households satisfied with the closing item, of the valid slips; None for a form without one."""
    return item_rate(tally.closing, tally.valid) if tally.closing else None


def honest_range(tally: Tally, households: int) -> Range | None:
    """Where the pooled rate of all households must lie, whatever the silent ones think.

    Assumes nothing about households that did not answer, so it widens as coverage falls. Not a margin of
    error. None without a frame, without scored items, or when more answered than there are households: that
    is an error of the frame, shown as such on the coverage, and no range can be true of it.

    The worst-case bounds of Manski (1989), Journal of Human Resources 24(3), 343-360.
    """
    possible = households * len(tally.items)
    if possible <= 0 or tally.answered > households:
        return None
    return Range(low=Rate(tally.satisfied, possible), high=Rate(possible - tally.dissatisfied, possible))


def dump_rate(rate: Rate | None) -> dict[str, int] | None:
    """The rate as JSON carries it.

    >>> dump_rate(Rate(71, 72)), dump_rate(None)
    ({'n': 71, 'of': 72}, None)
    """
    return {"n": rate.n, "of": rate.of} if rate else None
