"""Bands against brute force: every small commune is counted out, state by state, and must agree in both directions.

What may be told is told, and what would let a reader derive a count is not. The oracle knows the rule and no arithmetic:
it lists every way in which the villages of a commune can have answered, keeps those that publish the same, and looks
how far each count can still move.
"""

import itertools
from collections import defaultdict
from fractions import Fraction

import pytest

from survey_app.scoring import disclosure, scorecards, subtraction
from survey_app.scoring.disclosure import Audience, disclose, disclose_village
from survey_app.scoring.scorecards import Scorecard
from survey_app.scoring.subtraction import Known, untold
from survey_app.scoring.tallies import ItemTally, Tally


def ways(slips, items):
    """Every way in which that many slips can come out: satisfied and dissatisfied by item, slips with a no, with a yes."""
    possible = [slip for slip in itertools.product((True, False, None), repeat=items) if set(slip) != {None}]
    return {
        (
            tuple(sum(slip[item] is True for slip in drawn) for item in range(items)),
            tuple(sum(slip[item] is False for slip in drawn) for item in range(items)),
            sum(False in slip for slip in drawn),
            sum(True in slip for slip in drawn),
        )
        for drawn in itertools.combinations_with_replacement(possible, slips)
    }


def counts(way):
    """What somebody wants to know of a village, and whether a dissatisfied or a satisfied household follows from it."""
    yes, no, no_slips, yes_slips = way
    return [no_slips, *no], [yes_slips, *yes], [sum(yes)]


def admits(known, way):
    yes, _no, no_slips, yes_slips = way
    pairs = (
        (known.dissatisfied_slips, no_slips),
        (known.satisfied_slips, yes_slips),
        (known.satisfied, sum(yes)),
    )
    return all(low <= count <= high for (low, high), count in pairs)


def commune_of(ways_of_villages):
    """The exact table: satisfied and dissatisfied of each item."""
    return tuple(
        tuple(map(sum, zip(*(way[side] for way in ways_of_villages), strict=True))) for side in (0, 1)
    )


def ends_by_commune(villages):
    """Of every table that these villages can make: ends of every count of every village."""
    found = defaultdict(list)
    for together in itertools.product(*villages):
        found[commune_of(together)].append([counts(way) for way in together])
    return {
        table: [
            [
                [
                    (min(values), max(values))
                    for values in zip(*(one[village][group] for one in all_), strict=True)
                ]
                for group in range(3)
            ]
            for village in range(len(villages))
        ]
        for table, all_ in found.items()
    }


def told_too_closely(known, ends, plain, items):
    """The rule in one place: a count that bands narrow is told too closely when little of it stays open.

    Little is less than five numbers, in small villages less than a tenth of what it could be. Of a guarded side it is
    enough that somebody must be there who need not have been.
    """
    for village, with_bands, without in zip(known, ends, plain, strict=True):
        guarded = (village.guards_dissatisfied, village.guards_satisfied, False)
        possible = (village.slips, village.slips, village.slips * items)
        for group in range(3):
            for (low, high), before in zip(with_bands[group], without[group], strict=True):
                close = high - low < min(5, Fraction(possible[group], 10))
                if (low, high) != before and (close or (guarded[group] and low > before[0])):
                    return True
    return False


def told_of(slips, items):
    """Kinds of things that are told of a village, in the measure of a small one."""
    some, answers = max(1, slips // 2), slips * items
    yield untold(slips, items)
    if slips > 1:
        yield Known(slips, (0, 1), (0, slips), (answers // 2, answers), True, False)
        yield Known(slips, (some, slips), (0, some), (0, answers), False, True)
        yield Known(slips, (some, slips), (0, slips), (answers // 3, 2 * answers // 3), False, False)


COMMUNES = [
    ((2, 3), 1),
    ((4, 5), 1),
    ((2, 3, 4), 1),
    ((0, 3), 2),
    ((1, 2), 2),
    ((2, 2), 2),
    ((1, 3), 2),
    ((1, 1, 2), 2),
]


@pytest.mark.parametrize(("sizes", "items"), COMMUNES, ids=str)
def test_small_communes_agree_with_brute_force_whatever_is_told_of_their_villages(sizes, items):
    possible = [ways(slips, items) for slips in sizes]
    plain = ends_by_commune(possible)
    differing = [
        (table, known)
        for known in itertools.product(*(told_of(slips, items) for slips in sizes))
        for table, ends in ends_by_commune(
            [[way for way in every if admits(one, way)] for every, one in zip(possible, known, strict=True)]
        ).items()
        if subtraction.tells(tallies(table, sum(sizes)), known)
        != told_too_closely(known, ends, plain[table], items)
    ]

    assert differing == []


def tallies(table, slips):
    return [ItemTally("i", yes, no, slips - yes - no) for yes, no in zip(*table, strict=True)]


def make_card(slips, dissatisfied, unit="thon"):
    """A village that was asked one thing."""
    item = ItemTally("đường", slips - dissatisfied, dissatisfied, 0)
    return Scorecard(unit, slips, Tally(slips, 0, dissatisfied, slips - dissatisfied, (item,), None, {}), {})


@pytest.mark.parametrize(
    "sizes", [(8, 20), (19, 24), (20, 20), (25, 40), (3, 5, 20), (0, 22, 30), (140, 8)], ids=str
)
def test_bands_of_real_communes_are_withheld_just_where_brute_force_derives_a_count(sizes):
    """Every commune of these villages that was asked one thing, by the very bands that are published."""
    alike, plain, withheld = defaultdict(list), defaultdict(list), {}
    for unhappy in itertools.product(*(range(slips + 1) for slips in sizes)):
        cards = [make_card(slips, no) for slips, no in zip(sizes, unhappy, strict=True)]
        bands = tuple(disclose_village(card, audience=Audience.STAFF).band for card in cards)
        told = disclose(scorecards.roll_up("xa", cards), cards, audience=Audience.STAFF)
        shown = tuple(village.band for village in told.villages)
        assert shown in {bands, (None,) * len(bands)}
        alike[sum(unhappy), bands].append(unhappy)
        plain[sum(unhappy)].append(unhappy)
        withheld[sum(unhappy), bands] = shown != bands

    expected = {
        (total, bands): any(bands)
        and any(
            is_told(slips, band, [one[place] for one in states], [one[place] for one in plain[total]])
            for place, (slips, band) in enumerate(zip(sizes, bands, strict=True))
        )
        for (total, bands), states in alike.items()
    }
    assert withheld == expected


def is_told(slips, band, states, before):
    """Whether the dissatisfied of a village, and so the satisfied, are told too closely."""
    low, high = min(states), max(states)
    if (low, high) == (min(before), max(before)):
        return False
    guards_no = band is None or band.kind == "at_least"
    guards_yes = band is None or band.kind == "at_most"
    somebody = (guards_no and low > min(before)) or (guards_yes and high < max(before))
    return somebody or high - low < min(5, Fraction(slips, 10))


@pytest.mark.parametrize(
    ("slips", "items"), [(20, 1), (25, 1), (26, 1), (72, 1), (140, 1), (20, 2), (25, 2), (26, 2)]
)
def test_what_a_reader_takes_from_a_band_is_what_all_such_villages_have_in_common(slips, items):
    alike = defaultdict(list)
    known = {}
    for no_slips, yes_slips in itertools.product(range(slips + 1), repeat=2):
        if no_slips + yes_slips < slips:
            continue
        for satisfied in range(yes_slips, min(yes_slips * items, slips * items - no_slips) + 1):
            shares = [satisfied // items + (place < satisfied % items) for place in range(items)]
            tally = Tally(
                slips, 0, no_slips, yes_slips, tuple(ItemTally("i", yes, 0, 0) for yes in shares), None, {}
            )
            card = Scorecard("thon", slips, tally, {})
            told = disclose_village(card, audience=Audience.PUBLIC)
            alike[told.band].append((no_slips, yes_slips, satisfied))
            known[told.band] = disclosure._known(card, told)

    for band, states in alike.items():
        village = subtraction._start(known[band], items)
        for _round in range(4):
            subtraction._agree(village, items)
        common = [(min(ends), max(ends)) for ends in zip(*states, strict=True)]
        assert [village.no_slips, village.yes_slips, village.yes] == common, band
        assert known[band].guards_dissatisfied == (band.kind == "at_least")
        assert known[band].guards_satisfied == (band.kind == "at_most")


@pytest.mark.parametrize("slips", [20, 27, 28, 34, 35, 36, 69, 70, 71, 139, 140, 200])
@pytest.mark.parametrize("items", [1, 2, 19])
def test_bands_begin_at_the_smallest_steps_that_hold_seven_households(slips, items):
    """And no edge lies where fewer than ten and six answers are left on one side of it."""
    step = min(step for step in (5, 10, 20, 25, 50) if Fraction(step * slips, 100) >= 7)
    answers = Fraction(slips * items, 100)
    inner = [edge for edge in range(step, 100, step) if edge * answers >= 16 and (100 - edge) * answers >= 16]

    assert disclosure._edges(slips, items) == (0, *inner, 100)


@pytest.mark.parametrize(("slips", "kind"), [(24, "between"), (25, "at_most"), (26, "at_most")])
def test_nobody_satisfied_is_told_as_a_few_from_twenty_five_slips_on(slips, kind):
    band = disclose_village(make_card(slips, slips), audience=Audience.PUBLIC).band

    assert (band.kind, band.high) == (kind, 100 if kind == "between" else -(-1000 // slips))


@pytest.mark.parametrize(("most_satisfied", "is_told"), [(12, True), (30, False)])
def test_blanks_that_must_lie_in_one_village_are_not_in_the_others(most_satisfied, is_told):
    """Who gave few answers left the rest blank: of 20 blanks 17 are there, so at most 3 of 42 answers elsewhere.

    Where two other villages are open, nothing else says so. With the two dissatisfied ones at most, 37 of the 42 are
    satisfied, and so 13 of 14 households with something.
    """
    open_on_both_sides = Known(10, (0, 10), (0, 10), (0, 30), False, False)
    known = [
        Known(10, (0, 1), (0, 10), (0, most_satisfied), False, False),
        Known(14, (0, 2), (0, 14), (0, 42), False, False),
        open_on_both_sides,
        open_on_both_sides,
    ]
    items = [ItemTally("i", 36, 8, 0), ItemTally("i", 34, 0, 10), ItemTally("i", 34, 0, 10)]

    assert subtraction.tells(items, known) == is_told


@pytest.mark.parametrize(("most", "is_told"), [(1, True), (2, False)])
def test_of_one_thing_too_no_more_are_dissatisfied_than_households_with_something(most, is_told):
    """Four in the commune, at most one of them in the small village: three or four of twelve are in the large one."""
    known = [
        Known(12, (0, 12), (0, 12), (0, 24), False, False),
        Known(5, (0, most), (0, 5), (0, 10), False, False),
    ]

    assert subtraction.tells([ItemTally("i", 10, 4, 3)] * 2, known) == is_told
