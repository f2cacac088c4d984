"""Equal answers and equal texts: what chance explains stays silent, what it does not is found."""

import random
import unicodedata

import pytest

from survey_app.scoring.near_duplicates import Repeated, Sameness, most_repeated, sameness

ITEMS = 20
SATISFIED = (True,) * ITEMS


def naming(*places, blank=()):
    """An answer dissatisfied with these items."""
    return tuple(None if place in blank else place not in places for place in range(ITEMS))


def honest(count, seed=1):
    """People who name one to six things, each for themselves."""
    rng = random.Random(seed)
    return [naming(*rng.sample(range(ITEMS), rng.randint(1, 6))) for _ in range(count)]


def test_a_unanimous_village_has_nothing_to_compare():
    assert sameness([SATISFIED] * 400) == Sameness(0, 0, 0)


def test_linh_cang_with_its_one_dissatisfied_household_has_nothing_to_find():
    assert sameness([SATISFIED] * 71 + [naming(3)]).rarity == 0


def test_people_who_are_dissatisfied_with_everything_say_nothing():
    everything = tuple([False] * ITEMS)

    assert sameness([SATISFIED] * 100 + [everything] * 60).rarity == 0


def test_a_village_that_names_its_one_road_is_what_its_own_marginals_expect():
    assert sameness([naming(2)] * 50 + honest(10)).rarity < 4


@pytest.mark.parametrize("seed", range(20))
def test_people_who_name_things_each_for_themselves_are_below_the_limit(seed):
    assert sameness(honest(80, seed)).rarity < 4


def test_one_made_up_slip_copied_among_honest_ones_is_found():
    found = sameness([SATISFIED] * 60 + honest(15) + [naming(4, 11)] * 12)

    assert (found.same, found.compared) == (12, 27)
    assert found.rarity >= 4


def test_the_chance_is_computed_and_not_drawn():
    answers = honest(30) + [naming(4, 11)] * 9

    assert sameness(answers) == sameness(reversed(answers))


def test_a_page_that_many_left_blank_is_not_a_repeated_answer():
    page = range(10, 20)

    assert sameness([naming(1, blank=page)] * 40).compared == 0


def test_the_bound_lies_above_the_chance_that_simulation_finds():
    """Groups as large as the largest one come at least as rarely as the power of ten says, if items are independent."""
    found = sameness(honest(15, seed=3) + [naming(4, 11)] * 5)
    rng = random.Random(7)
    as_large = 0
    for _ in range(2000):
        drawn = [naming(*rng.sample(range(ITEMS), rng.randint(1, 6))) for _ in range(20)]
        as_large += max(drawn.count(one) for one in drawn) >= 5

    assert as_large / 2000 <= 10**-found.rarity


def test_texts_are_the_same_however_they_are_spaced_and_set():
    wanted = "Đề nghị sửa đường vào làng Phung"
    texts = [
        [wanted],
        [wanted.upper()],
        [f"  {wanted.replace(' ', '   ')}"],
        ["Đường vào làng ngập khi mưa to"],
    ]

    assert most_repeated(texts) == Repeated(times=3, texts=4)


def test_decomposed_letters_are_the_same_text():
    text = "Đường vào làng ngập khi mưa to"

    assert most_repeated([[text], [unicodedata.normalize("NFD", text)]]).times == 2


def test_short_texts_and_a_text_written_twice_by_one_household_do_not_repeat():
    assert most_repeated([["Không có ý kiến"]] * 50) == Repeated(0, 0)
    assert most_repeated([["Đường vào làng ngập khi mưa to"] * 5]).times == 1


def test_nothing_written_and_nobody_answered_is_nothing():
    assert most_repeated([]) == Repeated(0, 0)
    assert sameness([]) == Sameness(0, 0, 0)


def test_what_leaves_the_module_are_counts():
    fields = {*Sameness.__dataclass_fields__, *Repeated.__dataclass_fields__}

    assert fields == {"same", "compared", "rarity", "times", "texts"}
