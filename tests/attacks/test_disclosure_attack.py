"""No hidden count of a village follows from what is published of its commune, by whatever arithmetic.

Some random communes in the suite and a hundred in the long runs; a thousand by `python -m bench.disclosure`.
"""

import itertools
from collections import defaultdict

import pytest

from survey_app.scoring import disclosure, scorecards
from survey_app.scoring.disclosure import Audience, Band, DisclosedCommune
from survey_app.scoring.scorecards import Scorecard
from survey_app.scoring.tallies import ItemTally, Tally
from tests.attacks import disclosure as attacker


def make_card(slips: int, dissatisfied: int, unit: str = "thon") -> Scorecard:
    """A village that was asked one thing."""
    item = ItemTally("đường", slips - dissatisfied, dissatisfied, 0)
    tally = Tally(slips, 0, dissatisfied, slips - dissatisfied, (item,), None, {})
    return Scorecard(unit, slips, tally, {"self_online": slips})


def told_of(*villages: Scorecard) -> DisclosedCommune:
    return disclosure.disclose(scorecards.roll_up("xa", villages), villages, audience=Audience.STAFF)


@pytest.mark.parametrize(
    ("first", "after"),
    [(0, 10), *(pytest.param(first, first + 30, marks=pytest.mark.long) for first in (10, 40, 70))],
)
def test_nothing_hidden_can_be_derived_of_a_hundred_random_communes(first, after):
    assert list(attacker.exceptions(range(first, after))) == []


@pytest.mark.parametrize(
    ("first", "after"),
    [(100, 115), *(pytest.param(*part, marks=pytest.mark.long) for part in ((115, 150), (150, 200)))],
)
def test_nothing_hidden_can_be_derived_from_counts_on_notices_either(first, after):
    assert list(attacker.from_notices(range(first, after))) == []


def test_a_count_is_not_told_where_the_hidden_village_beside_it_would_follow():
    """Eighteen households, which have no band: the commune's sum less the other village would be theirs."""
    villages = (make_card(100, 40, "a"), make_card(18, 3, "b"))
    commune = scorecards.roll_up("xa", villages)
    told = disclosure.disclose(commune, villages, audience=Audience.PUBLIC)

    assert disclosure.tell_on_notices(commune, villages) == {}
    assert list(attacker.derived_of_notices(told, villages, {"a": 60}))


def test_villages_that_are_all_told_need_nobody_to_be_hidden():
    villages = (make_card(100, 45, "a"), make_card(90, 32, "b"), make_card(80, 30, "c"))

    found = disclosure.tell_on_notices(scorecards.roll_up("xa", villages), villages)

    assert {unit: (rate.n, rate.of) for unit, rate in found.items()} == {
        "a": (55, 100),
        "b": (58, 90),
        "c": (50, 80),
    }


def test_nobody_learns_from_a_count_whether_nine_households_or_none_are_dissatisfied():
    told = {
        dissatisfied: disclosure.tell_on_notices(scorecards.roll_up("xa", villages), villages)
        for dissatisfied in range(10)
        if (villages := (make_card(72, dissatisfied, "a"), make_card(90, 30, "b"), make_card(80, 25, "c")))
    }

    assert all("a" not in found for found in told.values())


def test_the_attacker_is_good_enough_to_find_what_a_careless_band_gives_away():
    told = told_of(make_card(72, 9, "a"), make_card(8, 8, "b"))
    careless = told.__class__(
        **{name: getattr(told, name) for name in told.__slots__ if name != "villages"},
        villages=(
            disclosure.disclose_village(make_card(72, 9, "a"), audience=Audience.STAFF),
            disclosure.disclose_village(make_card(8, 8, "b"), audience=Audience.STAFF),
        ),
    )

    found = list(attacker.derived(careless, [72, 8]))

    assert {(cell.village, cell.cell, cell.low, cell.high) for cell in found} >= {
        (0, "dissatisfied slips", 9, 9),
        (1, "dissatisfied slips", 8, 8),
    }
    assert [village.band for village in told.villages] == [None, None]


def test_a_band_that_shows_ten_complaints_is_withheld_where_a_small_village_could_not_have_had_one():
    """Ten in the commune and ten in the large village: nobody in the small one, which was to stay hidden."""
    told = told_of(make_card(20, 10, "a"), make_card(8, 0, "b"))

    assert [village.band for village in told.villages] == [None, None]


def test_two_bands_that_meet_in_one_number_are_withheld():
    told = told_of(make_card(100, 20, "a"), make_card(72, 22, "b"))

    assert list(attacker.derived(told, [100, 72])) == []


def test_seventy_one_of_seventy_two_still_reads_at_least_86_per_cent_beside_other_villages():
    told = told_of(make_card(72, 1, "a"), make_card(8, 1, "b"), make_card(60, 20, "c"))

    assert told.villages[0].band == Band("at_least", low=86)
    assert told.villages[1].hidden_because == disclosure.Withheld.TOO_FEW


@pytest.mark.parametrize(
    "sizes", [(8, 20), (8, 72), (20, 25), (25, 41), pytest.param((41, 72), marks=pytest.mark.long)], ids=str
)
def test_of_two_villages_that_show_bands_no_state_is_singled_out_even_by_who_knows_the_rules(sizes):
    """Every state of two villages: those that publish the same leave open as much as the commune's table does."""
    alike, commune_alike = defaultdict(set), defaultdict(set)
    for one, other in itertools.product(range(sizes[0] + 1), range(sizes[1] + 1)):
        told = told_of(make_card(sizes[0], one, "a"), make_card(sizes[1], other, "b"))
        commune_alike[one + other].add(one)
        if any(village.band for village in told.villages):
            alike[one + other, tuple(village.band for village in told.villages)].add(one)

    needed = min(attacker.WIDTH, attacker.SHARE * min(sizes))
    narrow = {
        shown: possible
        for shown, possible in alike.items()
        if len(possible) - 1 < needed and possible != commune_alike[shown[0]]
    }
    assert narrow == {}
