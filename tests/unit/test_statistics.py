"""Every statistic of the product against scipy, to the digit that is printed, and figures that decisions promise.

The product computes exactly and without libraries; here another hand computes the same.
"""

import math
import random
import statistics
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from survey_app.questions.instrument import Instrument, Question
from survey_app.questions.kinds import Kind
from survey_app.scoring import back_check, flags, near_duplicates, quartiles, tallies
from survey_app.scoring.back_check import Replies
from survey_app.scoring.flags import Limits
from survey_app.scoring.paradata import Network
from survey_app.scoring.tallies import Tally
from survey_app.scoring.texts import DisclosedText, DisclosedTexts

POPULATIONS = [(1, 1), (2, 1), (8, 3), (30, 30), (76, 7), (300, 30), (2000, 200), (5000, 1), (5000, 2500)]


@pytest.mark.parametrize(("rows", "false_rows"), POPULATIONS)
@pytest.mark.parametrize("sample", [1, 2, 30, 60])
def test_the_chance_to_find_a_false_row_is_hypergeometric(rows, false_rows, sample):
    drawn = min(sample, rows)

    expected = stats.hypergeom(rows, false_rows, drawn).sf(0)

    assert back_check.chance_to_find(rows, false_rows, sample) == pytest.approx(expected, abs=1e-9)


def test_without_a_false_row_nothing_is_found_and_a_whole_of_false_rows_always():
    assert back_check.chance_to_find(100, 0, 30) == 0
    assert back_check.chance_to_find(100, 100, 30) == 1


@pytest.mark.parametrize(
    ("households", "counted", "false_answers"),
    [
        (2000, 1600, 160),
        (100, 99, 10),
        (100, 80, 80),
        (100, 80, 0),
        (40, 20, 5),
        (10_000, 6_500, 650),
    ],
)
@pytest.mark.parametrize("sample", [1, 7, 30])
def test_the_chance_without_a_list_is_that_of_a_one_sided_exact_test(
    households, counted, false_answers, sample
):
    """As few yes as 5 % of samples have at most, where the truth has fewer who answered."""
    drawn = min(sample, households)
    claimed, truth = (stats.hypergeom(households, said, drawn) for said in (counted, counted - false_answers))
    surprising = [yes for yes in range(drawn + 1) if claimed.cdf(yes) <= 0.05]
    expected = truth.cdf(max(surprising)) if surprising else 0.0

    found = back_check.chance_without_list(households, counted, false_answers, sample)

    assert found == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("rows", [30, 31, 40, 76])
@pytest.mark.parametrize(
    "replies", [(30, 0, 0), (29, 1, 0), (27, 3, 0), (0, 30, 0), (20, 5, 5), (0, 1, 0), (1, 0, 0)]
)
def test_the_bounds_of_false_rows_are_those_of_the_exact_test_tried_one_by_one(rows, replies):
    said = Replies(*replies)
    possible = range(said.denied, rows - said.confirmed + 1)

    def tail(false_rows, side):
        drawn = stats.hypergeom(rows, false_rows, said.reached)
        return drawn.sf(said.denied - 1) if side == "at least" else drawn.cdf(said.denied)

    told = back_check.meaning(rows, said)

    assert told.at_least_false == min(
        number for number in possible if tail(number, "at least") > 0.05 + 1e-12
    )
    assert told.at_most_false == max(number for number in possible if tail(number, "at most") > 0.05 + 1e-12)


def test_nobody_reached_leaves_everything_open():
    assert back_check.meaning(50, Replies(0, 0, 30)) == back_check.Meaning("nothing_said", 0, 50)
    assert back_check.meaning(30, Replies(0, 0, 30)).at_most_false == 30
    assert back_check.contradiction(76, Replies(27, 3, 0)) == back_check.Contradiction(3, 30, 3, 76)


@pytest.mark.parametrize("broken", [(-1, 0, 0), (0, -1, 0), (0, 0, -1)])
def test_fewer_than_no_replies_are_refused(broken):
    with pytest.raises(ValueError, match="fewer than none"):
        Replies(*broken)


@pytest.mark.parametrize("given", [(0, 0), (5, 6), (5, -1)], ids=str)
def test_a_part_larger_than_the_whole_is_refused(given):
    with pytest.raises(ValueError, match="larger than the whole"):
        back_check.chance_to_find(*given, 30)
    with pytest.raises(ValueError, match="larger than the whole"):
        back_check.chance_without_list(*given, 0)
    with pytest.raises(ValueError, match="larger than the whole"):
        back_check.chance_without_list(5, 3, 4)


def test_a_draw_of_nobody_is_empty_and_of_less_than_nobody_is_refused():
    assert back_check.draw("00", {"1": 3}, size=0) == ()
    assert len(back_check.draw("00", {"1": 31, "2": 0})) == back_check.USUAL_SAMPLE == 30
    with pytest.raises(ValueError, match="a draw needs"):
        back_check.draw("00", {"1": 3}, size=-1)


@pytest.mark.parametrize("count", range(20, 32))
def test_quartiles_are_those_of_averaged_inverted_distribution(count):
    """Hyndman and Fan's second definition, which scipy and numpy name so."""
    drawn = random.Random(count)
    values = [drawn.choice([drawn.randint(-50, 50), drawn.randint(0, 4)]) for _one in range(count)]

    found = quartiles.of_numbers(map(str, values))

    expected = np.quantile(values, [0.25, 0.5, 0.75], method="averaged_inverted_cdf")
    assert [Fraction(text) for text in (found.lower, found.median, found.upper)] == [
        Fraction(one) for one in expected
    ]
    assert found.answers == count


@pytest.mark.parametrize(
    ("times", "of", "chance", "others"),
    [
        (5, 20, 0.01, 190),
        (2, 2, 0.05, 10),
        (12, 27, 0.02, 190),
        (9, 9, 0.1, 1),
        (3, 100, 0.02, 20),
        (40, 60, 0.3, 4845),
    ],
)
def test_the_rarity_of_equal_answers_is_chernoffs_bound_and_never_rarer_than_the_binomial(
    times, of, chance, others
):
    share = times / of
    apart = stats.entropy([share, 1 - share], [chance, 1 - chance])
    bound = others * math.exp(-of * apart)
    exact = others * stats.binom(of, chance).sf(times - 1)

    found = near_duplicates._rarity(times, of, chance, others)

    assert found == max(0, math.floor(-math.log10(bound)))
    assert exact <= bound * (1 + 1e-9)


@pytest.mark.parametrize(
    ("times", "of", "chance", "rarity"),
    [(1, 1, 0.001, 0), (2, 40, 0.05, 0), (2, 41, 0.05, 0), (400, 400, 0.001, 99), (5, 5, 1.0, 0)],
)
def test_chance_explains_a_single_answer_and_a_share_that_it_expects(times, of, chance, rarity):
    assert near_duplicates._rarity(times, of, chance, 1) == rarity


def test_the_chance_of_a_choice_is_that_of_independent_items_given_how_many_were_named():
    """Conditional Bernoulli, here by counting every choice of as many items."""
    odds = [0.5, 2.0, 0.25, 1.5]
    sums = near_duplicates._sums_of_products(odds)
    shares = [one / (1 + one) for one in odds]

    for size in range(len(odds) + 1):
        weights = {
            choice: math.prod(
                shares[item] if item in choice else 1 - shares[item] for item in range(len(odds))
            )
            for choice in map(frozenset, _choices(range(len(odds)), size))
        }
        for choice, weight in weights.items():
            assert near_duplicates._chance(choice, odds, sums) == pytest.approx(
                weight / sum(weights.values())
            )


def _choices(items, size):
    if size == 0:
        return [()]
    return [(item, *rest) for item in items for rest in _choices(range(item + 1, 4), size - 1)]


def test_the_odds_of_an_item_are_those_of_its_share_with_half_an_answer_added_to_both_sides():
    named = [frozenset({0}), frozenset({0, 1}), frozenset({0})]

    assert near_duplicates._odds(named, 3) == [3.5 / 0.5, 1.5 / 2.5, 0.5 / 3.5]


@pytest.mark.parametrize("count", [4, 5, 8])
def test_the_usual_network_is_the_median_of_shares(count):
    drawn = random.Random(count)
    networks = [Network(drawn.randint(0, 60), 60) for _one in range(count)]

    expected = int(statistics.median(Fraction(one.n * 10_000, one.of) for one in networks))

    assert flags.usual_network([*networks, Network(29, 29)], Limits()) == expected
    assert flags.usual_network([*networks[:3], Network(0, 29)], Limits()) == 0


def test_only_questions_for_a_number_have_quartiles_and_only_their_strings_count():
    form = Instrument(
        key="thu", version=1, title={}, languages=("vi",), level="xa", sample=True, source="", confirmation=None,
        questions=(Question("people", Kind.NUMBER, {}), Question("why", Kind.LONG_TEXT, {})),
    )  # fmt: skip
    slips = [{"people": str(number), "why": "vì"} for number in range(1, 21)]

    assert [question.key for question in quartiles.asked(form)] == ["people"]
    assert set(quartiles.of_slips(form, [*slips, {"people": None}])) == {"people"}
    assert quartiles.of_slips(form, slips[1:]) == {}


def test_a_choice_that_one_tally_does_not_know_adds_nothing():
    one = Tally(1, 0, 0, 1, (), None, {"mood": {"good": 1, "bad": 0}})
    other = Tally(1, 0, 0, 1, (), None, {"mood": {"good": 2}})

    assert tallies.add([one, other]).options == {"mood": {"good": 3, "bad": 0}}


def test_a_text_waits_until_it_is_decided_on_or_taken_out():
    given = (("a", None, "1"), (None, None, "2"), ("c", "released", "3"), ("d", None, None))
    found = DisclosedTexts(tuple(DisclosedText(text, handle, decision) for text, decision, handle in given))

    assert found.waiting == 1
