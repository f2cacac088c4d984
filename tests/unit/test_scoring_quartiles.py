"""Median and quartiles of numbers: exact, conventional, and none of few answers."""

import statistics
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_app.scoring.quartiles import FEWEST, Quartiles, of_numbers

numbers = st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**6), max_value=10**6)


def test_fewer_than_twenty_numbers_have_none():
    assert FEWEST == 20
    assert of_numbers(["3"] * 19) is None
    assert of_numbers(["3"] * 20) == Quartiles(20, "3", "3", "3")


def test_a_place_between_two_numbers_gives_the_middle_of_them():
    assert of_numbers(str(number) for number in range(1, 21)) == Quartiles(20, "5.5", "10.5", "15.5")
    assert of_numbers(str(number) for number in range(1, 22)) == Quartiles(21, "6", "11", "16")


@pytest.mark.parametrize(
    ("values", "median"),
    [
        (["999999999999999", "0.000000000000001"] * 10, "499999999999999.5000000000000005"),
        (["-1.5", "-2"] * 10, "-1.75"),
        (["1.1250"] * 20, "1.125"),
        (["100"] * 20, "100"),
    ],
)
def test_nothing_is_rounded(values, median):
    assert of_numbers(values).median == median


@given(st.lists(numbers, min_size=FEWEST, max_size=60))
def test_the_median_is_what_everybody_calls_so_and_quarters_lie_outside(values):
    found = of_numbers(map(str, values))
    below = sum(value < Decimal(found.lower) for value in values)
    above = sum(value > Decimal(found.upper) for value in values)

    assert Decimal(found.median) == statistics.median(values)
    assert 4 * below <= len(values)
    assert 4 * above <= len(values)
