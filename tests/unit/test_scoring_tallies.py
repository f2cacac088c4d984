"""Counts of answers: the order of slips does not matter, and parts add up to the whole."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_app.questions.instrument import Instrument, Option, Question
from survey_app.questions.kinds import Kind
from survey_app.scoring import tallies
from survey_app.scoring.scorecards import Scorecard, roll_up
from survey_app.scoring.tallies import ItemTally

WORDS = {"vi": "Câu hỏi"}
TWO_WAY = tuple(Option(code, WORDS, counts=code) for code in ("satisfied", "dissatisfied"))
QUESTIONS = (
    Question("roads", Kind.SATISFACTION, WORDS, options=TWO_WAY),
    Question("power", Kind.SATISFACTION, WORDS, options=TWO_WAY),
    Question("mood", Kind.FIVE_FACES, WORDS),
    Question("wants", Kind.MULTIPLE_CHOICE, WORDS, options=(Option("bridge", WORDS), Option("well", WORDS))),
    Question("why", Kind.LONG_TEXT, WORDS),
    Question("overall", Kind.SATISFACTION, WORDS, options=TWO_WAY, closing=True),
)
INSTRUMENT = Instrument("form", 1, WORDS, ("vi",), "xa", False, "", None, QUESTIONS)

two_way = st.sampled_from(["satisfied", "dissatisfied", None])
slips = st.fixed_dictionaries(
    {
        "roads": two_way,
        "power": two_way,
        "mood": st.sampled_from([None, "1", "5"]),
        "wants": st.sampled_from([None, ("bridge",), ("bridge", "well")]),
        "overall": two_way,
    }
)


def test_a_tally_counts_valid_slips_sides_blanks_and_options():
    counted = tallies.count(
        INSTRUMENT,
        [
            {"roads": "satisfied", "power": "dissatisfied", "mood": "5", "overall": "satisfied"},
            {"roads": "satisfied", "power": None, "wants": ("bridge", "well"), "overall": None},
            {"roads": None, "power": None, "mood": "5", "overall": "dissatisfied"},
        ],
    )

    assert (counted.answered, counted.valid, counted.invalid) == (3, 2, 1)
    assert counted.items == (ItemTally("roads", 2, 0, 0), ItemTally("power", 0, 1, 1))
    assert counted.closing == ItemTally("overall", 1, 0, 1)
    assert (counted.satisfied_slips, counted.dissatisfied_slips) == (2, 1)
    assert counted.options == {
        "mood": {"1": 0, "2": 0, "3": 0, "4": 0, "5": 2},
        "wants": {"bridge": 1, "well": 1},
    }


def test_a_slip_with_nothing_but_the_closing_item_is_invalid():
    counted = tallies.count(INSTRUMENT, [{"overall": "dissatisfied"}])

    assert (counted.valid, counted.invalid) == (0, 1)
    assert counted.closing == ItemTally("overall", 0, 0, 0)


@given(st.lists(slips, max_size=30), st.integers(0, 30))
def test_villages_counted_apart_and_added_are_the_commune_counted_at_once(answers, cut):
    apart = tallies.add(tallies.count(INSTRUMENT, part) for part in (answers[:cut], answers[cut:]))

    assert apart == tallies.count(INSTRUMENT, answers)


@given(st.lists(slips, max_size=30))
def test_every_item_adds_up_to_the_valid_slips_and_order_does_not_matter(answers):
    counted = tallies.count(INSTRUMENT, answers)

    assert {item.satisfied + item.dissatisfied + item.blank for item in counted.items} == {counted.valid}
    assert counted == tallies.count(INSTRUMENT, reversed(answers))


@given(st.lists(slips, max_size=10))
def test_a_tally_survives_json(answers):
    counted = tallies.count(INSTRUMENT, answers)

    assert tallies.load(json.loads(json.dumps(tallies.dump(counted)))) == counted


def test_the_empty_tally_changes_nothing_when_added():
    counted = tallies.count(INSTRUMENT, [{"roads": "satisfied"}])

    assert tallies.add([tallies.empty(INSTRUMENT), counted]) == counted


@pytest.mark.parametrize(
    "kept", [QUESTIONS[:-1], QUESTIONS[1:], QUESTIONS[::-1], (*QUESTIONS[:2], QUESTIONS[-1])]
)
def test_tallies_of_different_questions_cannot_be_added(kept):
    other = Instrument("other", 1, WORDS, ("vi",), "xa", False, "", None, kept)

    with pytest.raises(ValueError, match="argument|different"):
        tallies.add([tallies.empty(INSTRUMENT), tallies.empty(other)])


def test_no_tallies_make_no_total():
    with pytest.raises(ValueError, match="not enough"):
        tallies.add([])


def test_a_roll_up_adds_counts_and_never_averages_percentages():
    small = Scorecard("a", 10, tallies.count(INSTRUMENT, [{"roads": "satisfied"}]), {"self_online": 1})
    large = Scorecard(
        "b",
        90,
        tallies.count(INSTRUMENT, [{"roads": "dissatisfied"}] * 9),
        {"self_online": 4, "paper_entry": 5},
    )

    commune = roll_up("xa", [small, large])

    assert (commune.households, commune.tally.answered) == (100, 10)
    assert (commune.pooled.n, commune.pooled.of) == (1, 20)
    assert commune.items["roads"].n == 1
    assert commune.channels == {"self_online": 5, "paper_entry": 5}
    assert commune.closing.n == 0
    assert not commune.exceeds_frame
