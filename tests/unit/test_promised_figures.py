"""Figures that decisions promise, computed again from what the program does today; the texts say the same."""

import math
import re
from fractions import Fraction
from pathlib import Path

import pytest

from survey_app import addresses, throttle
from survey_app.collecting import guessing, leaves, networks
from survey_app.fieldwork import codes
from survey_app.scoring import back_check, keying

ADRS = Path(__file__).resolve().parents[2] / "docs" / "adr"
MINUTES = 14 * 24 * 60


def decision(number):
    """The text of a decision in one line."""
    [path] = ADRS.glob(f"{number:04d}-*.md")
    return " ".join(path.read_text(encoding="utf-8").split())


def guesses(callers, slips, a_minute):
    """Right guesses to be expected in 14 days."""
    return callers * a_minute * MINUTES * slips / 10**codes._RANDOM_DIGITS


def test_adr_33_a_code_has_sixteen_digits_of_which_eleven_are_random_and_36_bits():
    assert (codes.LENGTH, codes._OWN, codes._RANDOM_DIGITS) == (16, 12, 11)
    assert int(math.log2(10**codes._RANDOM_DIGITS)) == 36
    assert "Eleven digits are 36 bits" in decision(33)
    assert [len(codes.normalise(codes.new_code(number))) for number in ("0014", "9999", "10000")] == [
        16,
        16,
        17,
    ]


def test_adr_33_guesses_are_callers_times_201_600_times_live_slips_by_ten_to_the_eleventh():
    assert guessing.GUESSES_PER_MINUTE * MINUTES == 201_600
    assert "callers × 201,600 × live slips ÷ 10^11" in decision(33)


@pytest.mark.parametrize(
    ("row", "callers", "a_minute", "promised", "slips"),
    [
        ("1", 1, guessing.GUESSES_PER_MINUTE, "0.0046", 4_960),
        ("256", 256, guessing.GUESSES_PER_MINUTE, "1.19", 19),
        ("256, under alarm", 256, guessing.GUESSES_UNDER_ALARM, "0.12", 193),
    ],
)
def test_adr_33_each_row_of_the_table(row, callers, a_minute, promised, slips):
    places = len(promised.partition(".")[2])

    assert f"{guesses(callers, 2_300, a_minute):.{places}f}" == promised
    assert guesses(callers, slips, a_minute) <= 0.01 < guesses(callers, slips + 1, a_minute)
    assert f"| {row} | {promised} | {slips:,} slips |" in decision(33)


def test_adr_18_ten_wrong_codes_a_minute_thirty_an_hour_and_a_caller_of_56_bits():
    assert (guessing.GUESSES_PER_MINUTE, guessing.GUESSES_UNDER_ALARM, guessing.ALARM, guessing._HOUR) == (
        10,
        1,
        30,
        60,
    )
    bits = {"ipv4": throttle._IPV4_BITS, "ipv6": throttle._IPV6_BITS}
    one, near, far = (
        addresses.network(address, **bits)
        for address in ("2001:db8:0:1::1", "2001:db8:0:ff::9", "2001:db8:0:100::1")
    )
    assert bits == {"ipv4": 32, "ipv6": 56}
    assert one == near != far
    text = decision(18)
    assert "after ten in a minute" in text
    assert "Thirty wrong codes of a survey in an hour" in text
    assert "a caller is 56 bits there" in text
    assert "A code has 36 bits" in text


def test_adr_11_one_invented_answer_in_ten_escapes_twenty_draws_12_times_of_100():
    escapes = (1 - Fraction(1, 10)) ** keying.SIGNERS_DRAW

    assert keying.SIGNERS_DRAW == 20
    assert round(100 * escapes) == 12
    assert round(100 * (1 - back_check.chance_to_find(5_000, 500, keying.SIGNERS_DRAW))) == 12
    assert "escapes twenty draws 12 times of 100" in decision(11)


def test_adr_11_one_slip_in_ten_is_keyed_again_and_more_than_1_per_cent_is_compared():
    assert (keying.ONE_IN, keying.MOST_DIFFERING) == (10, 1)
    assert keying.SecondKeying("x", 99, 1).needs_comparison
    assert not keying.SecondKeying("x", 100, 1).needs_comparison
    assert "One difference among fewer than a hundred slips keyed again is already above 1 %" in decision(11)


def test_adr_12_one_of_64_groups_stands_for_some_260_000_of_16_million_networks():
    assert (networks.GROUPS, networks._IPV4_BITS, networks._IPV6_BITS) == (64, 24, 48)
    assert 2**networks._IPV4_BITS // 10**6 == 16
    assert 2**networks._IPV4_BITS // networks.GROUPS == 262_144
    assert networks.network_of("203.0.113.9") == "203.0.113.0/24"
    assert networks.network_of("2001:db8:1:2::3") == "2001:db8:1::/48"
    text = decision(12)
    for words in ("counted in 64 groups", "16 million IPv4 networks of 24 bits", "some 260,000 networks"):
        assert words in text


def test_adr_34_a_receipt_has_15_digits_and_33_bits_and_two_of_5_000_share_one_once_in_800_surveys():
    possible = 10**leaves._SHOWN
    pairs = math.comb(5_000, 2)

    assert int(math.log2(possible)) == 33
    assert round(possible / pairs, -2) == 800
    assert len(re.sub(r"\D", "", leaves.receipt("0014", "ab" * 32))) == 15
    text = decision(34)
    for words in ("33 bits instead of 80", "two share a receipt once in 800 surveys", "It has 15 digits"):
        assert words in text


def test_the_back_check_finds_one_false_row_in_ten_95_times_of_100_and_19_without_a_list():
    assert round(100 * back_check.chance_to_find(2_000, 200, back_check.USUAL_SAMPLE)) in {95, 96}
    assert round(100 * back_check.chance_without_list(100_000, 80_000, 8_000)) == 19
    between = [round(100 * back_check.chance_without_list(100_000, n * 1_000, n * 100)) for n in (65, 80, 95)]
    assert (between[0], max(between)) == (13, 44)
