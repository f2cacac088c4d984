"""Rates are pairs of integers, held against limits exactly and rounded only to be printed."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_app.scoring.rates import (
    Rate,
    closing_rate,
    coverage,
    honest_range,
    item_rate,
    pooled_rate,
    rate,
)
from survey_app.scoring.tallies import ItemTally, Tally

#: Results printed with both numbers: n, of, the printed per cent; from local newspapers and Front web pages.
PUBLISHED = {
    "Linh Cang 2017, coverage": (72, 76, "94.74"),
    "Linh Cang 2017, satisfied": (71, 72, "98.61"),
    "Trung Yên 2020, coverage": (170, 200, "85"),
    "Trung Yên 2020, dissatisfied": (2, 170, "1.18"),
    "Tam Anh Nam 2024, coverage": (2655, 2701, "98.30"),
    "Thanh Oai 2020, coverage": (39200, 60160, "65.16"),
    "Tháp Mười 2019, coverage": (30063, 34234, "87.82"),
    "Mỹ Đức 2024, coverage": (8028, 10690, "75.1"),
    "Diên Sơn 2023, satisfied": (3122, 3122, "100"),
}


def make_tally(satisfied, dissatisfied=0, blank=0, *, items=1, invalid=0, closing=None):
    valid = satisfied + dissatisfied + blank
    item = ItemTally("roads", satisfied, dissatisfied, blank)
    return Tally(valid, invalid, dissatisfied, satisfied, (item,) * items, closing, {})


@pytest.mark.parametrize(("n", "of", "printed"), PUBLISHED.values(), ids=PUBLISHED.keys())
def test_published_results_print_to_the_published_digit(n, of, printed):
    shown = Decimal(Rate(n, of).hundredths()) / 100

    assert shown.quantize(Decimal(printed)) == Decimal(printed)


def test_every_decision_equals_exact_fractions_and_no_printed_per_cent_contradicts_it():
    for of in range(1, 301):
        for n in range(of + 1):
            made = Rate(n, of)
            printed = made.hundredths()
            for threshold in (8000, 9000, 9500, 9800):
                exact = Fraction(n, of) - Fraction(threshold, 10_000)
                assert made.at_least(threshold) == (exact >= 0) == (printed >= threshold)
                assert made.above(threshold) == (exact > 0) == (printed > threshold)


@given(st.integers(0, 10**9), st.integers(1, 10**9), st.integers(0, 100))
def test_the_printed_figure_is_within_a_hundredth_and_on_the_true_side_of_every_whole_per_cent(n, of, whole):
    made = Rate(min(n, of), of)

    printed = made.hundredths()

    assert abs(Fraction(made.n * 10_000, of) - printed) < Fraction(3, 2)
    assert made.at_least(whole * 100) == (printed >= whole * 100)
    assert made.above(whole * 100) == (printed > whole * 100)


def test_a_threshold_in_hundredths_is_not_contradicted_when_it_is_named():
    just_under = Rate(98_496, 100_000)

    assert just_under.hundredths() == 9850
    assert just_under.hundredths(against=[9850]) == 9849


@pytest.mark.parametrize(
    ("n", "of", "printed"),
    [(8996, 10000, 8996), (89996, 100000, 8999), (1, 10**6, 1), (0, 7, 0), (7, 7, 10000)],
)
def test_only_none_prints_as_nought_and_only_all_as_a_hundred(n, of, printed):
    assert Rate(n, of).hundredths() == printed


@pytest.mark.parametrize(("n", "of"), [(-1, 2), (1, 0), (0, -1)])
def test_a_rate_of_nothing_cannot_be_made(n, of):
    with pytest.raises(ValueError, match="rate"):
        Rate(n, of)


def test_nought_of_nought_is_no_rate():
    nobody = make_tally(0)

    assert rate(0, 0) is None
    assert coverage(nobody, 0) is None
    assert pooled_rate(nobody) is None
    assert item_rate(nobody.items[0], nobody.valid) is None
    assert closing_rate(nobody) is None


def test_coverage_counts_invalid_slips_and_satisfaction_does_not():
    tally = make_tally(6, 2, invalid=2)

    assert coverage(tally, 20) == Rate(10, 20)
    assert pooled_rate(tally) == Rate(6, 8)


def test_a_blank_stays_in_the_denominator():
    tally = make_tally(6, 2, 2)

    assert item_rate(tally.items[0], tally.valid) == Rate(6, 10)


def test_the_closing_item_is_a_rate_of_its_own_and_not_in_the_pooled_one():
    tally = make_tally(10, closing=ItemTally("overall", 1, 9, 0))

    assert pooled_rate(tally) == Rate(10, 10)
    assert closing_rate(tally) == Rate(1, 10)


def test_the_honest_range_lets_every_silent_household_answer_either_way():
    reached = honest_range(make_tally(71, 1), 76)

    assert (reached.low, reached.high) == (Rate(71, 76), Rate(75, 76))


@given(
    satisfied=st.integers(0, 50),
    dissatisfied=st.integers(0, 50),
    blank=st.integers(0, 5),
    silent=st.integers(0, 50),
)
def test_the_honest_range_holds_the_pooled_rate_and_closes_on_it_in_a_full_census(
    satisfied, dissatisfied, blank, silent
):
    tally = make_tally(satisfied, dissatisfied, blank, items=3)
    reached, pooled = honest_range(tally, tally.answered + silent), pooled_rate(tally)

    if pooled is not None:
        low, high = (Fraction(end.n, end.of) for end in (reached.low, reached.high))
        assert low <= Fraction(pooled.n, pooled.of) <= high
        assert (low == high) == (blank + silent == 0)


def test_there_is_no_range_when_more_answered_than_there_are_households():
    assert honest_range(make_tally(5), 4) is None
    assert honest_range(make_tally(0), 0) is None
