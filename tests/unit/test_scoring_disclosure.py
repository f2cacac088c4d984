"""What of a result may be shown to whom, so that no hidden figure follows from what is shown."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from survey_app.scoring import disclosure
from survey_app.scoring.disclosure import (
    Audience,
    Band,
    Withheld,
    disclose,
    disclose_village,
    tell_on_notices,
)
from survey_app.scoring.quartiles import Quartiles
from survey_app.scoring.rates import Rate
from survey_app.scoring.scorecards import Scorecard, roll_up
from survey_app.scoring.tallies import ItemTally, Tally


def make_card(satisfied, dissatisfied=0, *, items=1, unit="thon", options=None):
    """A village whose dissatisfied households are dissatisfied with everything."""
    valid = satisfied + dissatisfied
    tallied = tuple(ItemTally(f"item{n}", satisfied, dissatisfied, 0) for n in range(items))
    tally = Tally(valid, 0, dissatisfied, satisfied, tallied, None, options or {})
    return Scorecard(unit, valid + 4, tally, {"self_online": valid})


def band(card, audience=Audience.STAFF):
    return disclose_village(card, audience=audience).band


def commune_of(*villages, audience=Audience.STAFF):
    return disclose(roll_up("xa", villages), villages, audience=audience)


def test_seventy_one_of_seventy_two_reads_at_least_86_per_cent():
    told = disclose_village(make_card(71, 1), audience=Audience.PUBLIC)

    assert told.band == Band("at_least", low=86)
    assert told.coverage == Rate(72, 76)
    assert told.exact is None


@pytest.mark.parametrize("dissatisfied", range(10))
def test_nobody_dissatisfied_and_nine_dissatisfied_read_the_same(dissatisfied):
    one = make_card(72 - dissatisfied, dissatisfied)

    assert disclose_village(one, audience=Audience.STAFF) == disclose_village(
        make_card(72), audience=Audience.STAFF
    )


@pytest.mark.parametrize("satisfied", range(10))
def test_in_the_mirror_case_nobody_satisfied_and_nine_satisfied_read_the_same(satisfied):
    assert band(make_card(satisfied, 72 - satisfied)) == Band("at_most", high=14)


@pytest.mark.parametrize("audience", [Audience.PUBLIC, Audience.STAFF])
@pytest.mark.parametrize("valid", [0, 8, 10, 19])
def test_a_village_under_twenty_slips_has_its_coverage_and_no_band(audience, valid):
    for dissatisfied in range(valid + 1):
        told = disclose_village(make_card(valid - dissatisfied, dissatisfied), audience=audience)

        assert (told.band, told.hidden_because, told.answered) == (None, Withheld.TOO_FEW, valid)
        assert told.coverage == Rate(valid, valid + 4)


def test_blanks_lower_the_band_rather_than_make_it_untrue():
    card = make_card(72, items=2)
    one_item_blank = replace(card.tally, items=(card.tally.items[0], ItemTally("item1", 0, 0, 72)))

    assert band(replace(card, tally=one_item_blank)) == Band("at_least", low=50)


def test_a_large_village_reads_in_steps_of_five_points():
    assert band(make_card(160, 40, items=19)) == Band("between", low=80, high=85)


SIZES = [(n, 1) for n in range(20, 260)] + [(20, 3), (24, 2), (32, 2), (60, 5), (72, 3), (120, 3)]


@pytest.mark.parametrize(("valid", "items"), SIZES)
def test_every_band_is_true_and_leaves_six_numbers_of_households_open(valid, items):
    dissatisfied: dict[Band, set[int]] = {}
    satisfied: dict[Band, set[int]] = {}
    for card in every_village_without_blanks(valid, items):
        told, tally = band(card), card.tally
        dissatisfied.setdefault(told, set()).add(tally.dissatisfied_slips)
        satisfied.setdefault(told, set()).add(tally.satisfied_slips)

        assert told.low * card.pooled.of <= 100 * card.pooled.n <= told.high * card.pooled.of

    assert min(len(numbers) for numbers in dissatisfied.values()) >= 6
    assert min(len(numbers) for numbers in satisfied.values()) >= 6


def every_village_without_blanks(valid, items):
    """Each number of dissatisfied households with each number of answers, heaped on few and spread on all."""
    for slips in range(valid + 1):
        for answers in range(slips, slips * items + 1):
            spread = max(0, answers - slips * (items - 1))
            concentrated = (answers - slips) // (items - 1) if items > 1 else slips
            for wholly in {spread, concentrated}:
                yield make_village(valid, items, slips=slips, answers=answers, wholly=wholly)


def make_village(valid, items, *, slips, answers, wholly):
    counted = [answers // items + (place < answers % items) for place in range(items)]
    tallied = tuple(ItemTally(f"item{n}", valid - no, no, 0) for n, no in enumerate(counted))
    return Scorecard("thon", valid, Tally(valid, 0, slips, valid - wholly, tallied, None, {}), {})


near_unanimous = st.tuples(st.integers(20, 120), st.integers(0, 9)).map(lambda v: (v[0] - v[1], v[1]))
ordinary = st.tuples(st.integers(0, 90), st.integers(0, 90))
tiny = st.tuples(st.integers(0, 9), st.integers(0, 9))
villages = st.lists(near_unanimous | ordinary | tiny, min_size=2, max_size=6)


@given(sizes=villages, items=st.sampled_from([1, 3, 19]), audience=st.sampled_from(["public", "staff"]))
def test_no_dissatisfied_household_of_a_near_unanimous_or_hidden_village_can_be_derived(
    sizes, items, audience
):
    cards = [make_card(yes, no, items=items, unit=str(n)) for n, (yes, no) in enumerate(sizes)]
    told = commune_of(*cards, audience=Audience(audience))
    assume(told.hidden_because is None)

    derived = least_dissatisfied(told, [card.tally.valid for card in cards])

    without_bands = [replace(village, band=None) for village in told.villages]
    unavoidable = least_dissatisfied(
        replace(told, villages=tuple(without_bands)), [sum(size) for size in sizes]
    )
    for village, least, known in zip(told.villages, derived, unavoidable, strict=True):
        if village.band is None or village.band.kind == "at_least":
            assert least == 0 or least == known


def least_dissatisfied(told, valid):
    """What a reader who knows every village's valid slips can prove of one item, village by village."""
    no = told.items[0].dissatisfied
    most = [
        n
        if village.band is None
        else 9
        if village.band.kind == "at_least"
        else most_by_band(village.band, n, told)
        for village, n in zip(told.villages, valid, strict=True)
    ]
    return [max(0, no - sum(most) + own) for own in most]


def most_by_band(told_band, n, told):
    k = len(told.items)
    return min(n, (100 - told_band.low) * n * k // 100)


def test_bands_are_withheld_when_subtraction_would_name_a_hidden_village():
    loyal, hidden = make_card(63, 9, unit="a"), make_card(0, 8, unit="b")

    told = commune_of(loyal, hidden)

    assert [(village.band, village.hidden_because) for village in told.villages] == [
        (None, Withheld.COMPLEMENT),
        (None, Withheld.TOO_FEW),
    ]
    assert told.items == (ItemTally("item0", 63, 17, 0),)


def test_bands_stay_when_the_other_villages_can_hold_every_dissatisfied_household():
    told = commune_of(make_card(70, 2, unit="a"), make_card(60, 4, unit="b"), make_card(8, unit="c"))

    assert [village.band for village in told.villages] == [
        Band("at_least", low=86),
        Band("at_least", low=84),
        None,
    ]


@pytest.mark.parametrize(
    ("audience", "valid", "shown"),
    [
        ("public", 19, False),
        ("public", 20, True),
        ("staff", 9, False),
        ("staff", 10, True),
        ("exact", 1, True),
    ],
)
def test_a_commune_under_its_threshold_has_no_table_but_its_coverage(audience, valid, shown):
    told = commune_of(make_card(valid), audience=Audience(audience))

    assert (told.pooled is not None) is shown
    assert bool(told.items) is shown
    assert (told.hidden_because is None) is shown
    assert told.coverage == Rate(valid, valid + 4)
    if not shown:
        assert (told.valid, told.closing, told.range, told.channels) == (None, None, None, {})
        assert told.villages[0].band is None


def test_the_commune_is_exact_and_the_villages_carry_nothing_per_item():
    told = commune_of(make_card(71, 1, items=3), make_card(60, 40, items=3), audience=Audience.PUBLIC)

    assert told.pooled == Rate(131 * 3, 172 * 3)
    assert told.items[0] == ItemTally("item0", 131, 41, 0)
    assert all(village.exact is None for village in told.villages)


def test_papers_carry_every_count_of_every_village():
    small = make_card(5, 3)

    told = commune_of(small, audience=Audience.EXACT)

    assert told.villages[0].exact == small
    assert told.villages[0].band == Band("exact_rate", rate=Rate(5, 8))


def test_a_village_where_nobody_answered_has_no_rate_even_on_paper():
    told = disclose_village(make_card(0), audience=Audience.EXACT)

    assert (told.band, told.hidden_because) == (None, Withheld.TOO_FEW)


def test_an_unscored_question_with_a_rare_answer_is_left_out():
    options = {"mood": {"1": 9, "2": 20}, "trade": {"yes": 0, "no": 29}, "way": {"phone": 10, "paper": 19}}

    staff = commune_of(make_card(29, options=options))
    papers = commune_of(make_card(29, options=options), audience=Audience.EXACT)

    assert list(staff.options) == ["trade", "way"]
    assert list(papers.options) == ["mood", "trade", "way"]


@pytest.mark.parametrize(
    ("band", "expected"),
    [
        (Band("at_least", low=86), (86, None, True)),
        (Band("at_most", high=14), (None, 14, False)),
        (Band("between", low=70, high=80), (70, 80, False)),
        (Band("between", low=90, high=100), (90, 100, False)),
        (Band("exact_rate", rate=Rate(71, 76)), (None, None, False)),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_a_band_says_its_bounds_and_whether_few_are_dissatisfied(band, expected):
    assert (band.low_bound, band.high_bound, band.says_few_are_dissatisfied) == expected


def test_the_upper_bound_belongs_to_a_band_that_is_only_bounded_above_or_by_a_hundred():
    closed = [Band("at_most", high=14), Band("between", low=90, high=100)]

    assert [band.is_closed for band in (*closed, Band("between", low=70, high=80))] == [True, True, False]


def test_every_band_but_the_exact_rate_is_coded():
    coded = [Band("at_least", low=86), Band("at_most", high=14), Band("between", low=70, high=80)]

    assert [band.is_coded for band in (*coded, Band("exact_rate", rate=Rate(71, 76)))] == [True] * 3 + [False]


def counts_on_notices(*villages):
    found = tell_on_notices(roll_up("xa", villages), villages)
    return {unit: (rate.n, rate.of) for unit, rate in found.items()}


def test_notices_print_counts_of_villages_whose_band_says_of_both_sides_that_there_are_ten():
    middling = (make_card(55, 45, unit="a"), make_card(58, 32, unit="b"), make_card(50, 30, unit="c"))
    smallest = make_card(13, 12, unit="25 slips")
    others = (make_card(12, 12, unit="24 slips"), make_card(70, 2, unit="d"), make_card(80, 3, unit="e"))

    assert counts_on_notices(*middling, smallest, *others) == {
        "a": (55, 100), "b": (58, 90), "c": (50, 80), "25 slips": (13, 25)
    }  # fmt: skip


def test_a_village_goes_back_to_its_band_where_its_count_would_tell_of_another_and_the_smallest_goes_first():
    told = counts_on_notices(
        make_card(55, 45, unit="a"), make_card(58, 32, unit="b"), make_card(12, 12, unit="24 slips")
    )

    assert told == {"a": (55, 100)}


def test_a_commune_without_a_table_or_without_villages_has_no_counts_on_notices():
    assert counts_on_notices(make_card(9, 9)) == {}
    assert tell_on_notices(make_card(60, 40), ()) == {}


def test_where_nothing_is_scored_no_band_is_shown_and_nothing_is_said_to_be_hidden():
    told = commune_of(make_card(30, items=0, unit="a"), make_card(25, items=0, unit="b"))

    assert [(village.band, village.hidden_because) for village in told.villages] == [(None, None)] * 2


def test_a_number_that_fewer_than_twenty_gave_is_left_out_for_everybody():
    numbers = {name: Quartiles(answers, "1", "2", "3") for name, answers in (("few", 19), ("enough", 20))}
    commune = replace(roll_up("xa", [make_card(60, 40)]), numbers=numbers)

    for audience in Audience:
        assert disclose(commune, [], audience=audience).numbers == {"enough": numbers["enough"]}


def test_a_reader_takes_from_a_step_that_the_rate_lies_below_the_usual_figure_and_not_lower():
    """67 per cent of 403 answers is 270.01: with 270 satisfied the step below is shown, and 270 stay possible."""
    items = tuple(ItemTally(f"item{n}", 21 - (n < 3), 0, 10 + (n < 3)) for n in range(13))
    card = Scorecard("thon", 31, Tally(31, 0, 0, 31, items, None, {}), {})

    told = disclose_village(card, audience=Audience.PUBLIC)

    assert told.band.kind == "at_least"
    assert card.pooled == Rate(270, 403)
    assert disclosure._known(card, told).satisfied[1] == 270
