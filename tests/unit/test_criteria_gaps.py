"""What would change a verdict, by exact integers: that many more is enough, and one fewer is not."""

from hypothesis import given
from hypothesis import strategies as st

from survey_app.criteria import gaps
from survey_app.criteria.frameworks import Comparison
from survey_app.criteria.gaps import Distance
from survey_app.scoring.rates import Rate

COMPARISONS = st.sampled_from(list(Comparison))
SHARES = st.integers(0, 10_000)


@given(COMPARISONS, SHARES, st.integers(0, 10**7), st.integers(1, 10**7))
def test_exactly_that_many_more_reach_a_share_and_one_fewer_does_not(comparison, asked, n, of):
    gap = gaps.of_rate(comparison, asked, Rate(n, of))

    assert comparison.reached_by(Rate(n, of), asked) == (gap.missing == 0)
    assert comparison.reached_by(Rate(n + gap.missing, of), asked)
    if gap.missing:
        assert not comparison.reached_by(Rate(n + gap.missing - 1, of), asked)
        assert gap.is_possible == (n + gap.missing <= of)


@given(COMPARISONS, SHARES, st.integers(0, 10**7), st.integers(1, 10**7))
def test_that_many_fewer_still_reach_a_share_and_one_fewer_than_that_does_not(comparison, asked, n, of):
    gap = gaps.of_rate(comparison, asked, Rate(n, of))

    if gap.missing:
        assert gap.spare == 0
    else:
        assert comparison.reached_by(Rate(n - gap.spare, of), asked)
        below = n - gap.spare - 1
        assert below < 0 or not comparison.reached_by(Rate(below, of), asked)


@given(COMPARISONS, st.integers(1, 1000), st.integers(0, 1000))
def test_exactly_that_many_more_days_reach_what_is_asked_and_one_fewer_does_not(comparison, asked, days):
    gap = gaps.of_count(comparison, asked, days)

    assert comparison.holds(days + gap.missing, asked)
    assert not gap.missing or not comparison.holds(days + gap.missing - 1, asked)
    assert gap.missing == 0 or gap.spare == 0


def test_the_figures_of_the_sample_screen_come_out_to_the_household():
    at_least = Comparison.AT_LEAST

    assert gaps.of_rate(at_least, 7000, Rate(1640, 2312)) == Distance(0, 21)
    assert gaps.of_rate(at_least, 8000, Rate(1272, 1631)) == Distance(33, 0)
    assert gaps.of_rate(at_least, 8000, Rate(1290, 1631)) == Distance(15, 0)


def test_more_than_all_cannot_be_had():
    assert not gaps.of_rate(Comparison.ABOVE, 10_000, Rate(7, 7)).is_possible
