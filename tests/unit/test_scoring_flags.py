"""When answers of a commune are to be compared with its papers, and when not."""

from datetime import datetime, timedelta, timezone
from fractions import Fraction

import pytest

from survey_app.scoring import flags
from survey_app.scoring.flags import Limits
from survey_app.scoring.near_duplicates import Repeated, Sameness
from survey_app.scoring.paradata import (
    ChannelCounts,
    Network,
    Receipts,
    SurveyParadata,
    TenMinutes,
    VillageParadata,
    Window,
    total,
)

LIMITS = Limits()
NOON = datetime(2026, 11, 3, 12, tzinfo=timezone(timedelta(hours=7)))

#: Published normal results: households, households that answered, satisfied, of; satisfaction as counts or basis points.
PUBLISHED = {
    "Linh Cang 2017": (76, 72, 71, 72),
    "Trung Yên 2020": (200, 170, 168, 170),
    "Tam Anh Nam 2024": (2701, 2655, 9970, 10_000),
    "Thanh Oai 2020": (60160, 39200, 9611, 10_000),
    "Tháp Mười 2019": (34234, 30063, 9973, 10_000),
    "Duy Xuyên 2020": (36520, 24275, 9887, 10_000),
    "Khánh Tiến 2018": (2935, 2166, 9700, 10_000),
    "Tứ Kỳ 2018": (8263, 5566, 9400, 10_000),
    "Diên Sơn 2023": (3122, 3122, 3122, 3122),
}


def make_village(unit="23938001", *, households=100, answered=80, satisfied=95, of=100, **others):
    return VillageParadata(
        unit=unit, households=households, answered=answered, satisfied=satisfied, of=of, **others
    )


def make_commune(*villages, unit="23938", kind="xã", **others):
    return SurveyParadata(unit=unit, kind=kind, villages=villages or (make_village(),), **others)


def make_slots(*answers, fast=0, at=NOON):
    return tuple(TenMinutes(at + timedelta(minutes=10 * n), count, fast) for n, count in enumerate(answers))


def keys_of(consultation):
    return [flag.key for flag in flags.flags(consultation, LIMITS)]


@pytest.mark.parametrize(
    ("households", "answered", "satisfied", "of"), PUBLISHED.values(), ids=PUBLISHED.keys()
)
def test_a_published_normal_result_raises_no_flag(households, answered, satisfied, of):
    village = make_village(households=households, answered=answered, satisfied=satisfied, of=of)

    assert keys_of(make_commune(village)) == []


def test_a_commune_of_villages_like_linh_cang_raises_no_flag():
    villages = [
        make_village(
            f"2393800{n}", households=76, answered=72, satisfied=71, of=72, receipts=Receipts(80, 76, 4)
        )
        for n in range(1, 9)
    ]

    assert keys_of(make_commune(*villages)) == []


def test_all_published_results_side_by_side_as_villages_raise_no_flag():
    villages = [
        make_village(name, households=households, answered=answered, satisfied=satisfied, of=of)
        for name, (households, answered, satisfied, of) in PUBLISHED.items()
    ]

    assert keys_of(make_commune(*villages)) == []


def test_more_answers_than_households_is_flagged_without_a_list():
    [flag, *_] = flags.flags(make_commune(make_village(households=80, answered=81)), LIMITS)

    assert (flag.key, dict(flag.figures)) == ("F1", {"answered": 81, "households": 80})


@pytest.mark.parametrize(("answered", "is_flagged"), [(80, False), (82, False), (83, True)])
def test_more_answers_than_ticks_are_flagged_beyond_two_forgotten_ticks(answered, is_flagged):
    village = make_village(answered=answered, receipts=Receipts(issued=105, ticked=80, returned=25))

    assert (flags.more_than_listed(village, LIMITS) is not None) == is_flagged


@pytest.mark.parametrize(("returned", "is_flagged"), [(15, False), (14, True)])
def test_slips_neither_ticked_nor_returned_are_flagged_above_a_tenth_of_the_village(returned, is_flagged):
    village = make_village(receipts=Receipts(issued=100, ticked=75, returned=returned))

    assert (flags.slips_missing(village, 1000, LIMITS) is not None) == is_flagged


def test_a_commune_has_no_list_while_one_village_has_not_handed_its_in():
    listed, unlisted = make_village(receipts=Receipts(105, 80, 25)), make_village("23938002")

    assert total(make_commune(listed, unlisted)).receipts is None


def test_a_village_in_the_corner_is_flagged_only_when_its_neighbours_are_elsewhere():
    stuffed = make_village(answered=97, satisfied=99, of=100)
    unlike = [make_village(f"n{n}", answered=70, satisfied=90, of=100) for n in range(4)]
    alike = [make_village(f"n{n}", answered=90, satisfied=97, of=100) for n in range(4)]

    assert keys_of(make_commune(stuffed, *unlike)) == ["F2"]
    assert keys_of(make_commune(stuffed, *alike)) == []
    assert keys_of(make_commune(stuffed, *unlike[:3])) == []


def test_a_crowded_ten_minutes_is_a_burst_unless_a_meeting_was_announced_or_none_is_recorded():
    slots = make_slots(1, 1, 40, 1)
    meeting = Window(NOON + timedelta(minutes=25), NOON + timedelta(minutes=29))

    assert keys_of(make_commune(make_village(slots=slots, meetings=()))) == ["F3"]
    assert keys_of(make_commune(make_village(slots=slots))) == []
    assert keys_of(make_commune(make_village(slots=slots, meetings=(meeting,)))) == []


def test_a_tenth_of_fast_answers_is_usual_and_more_is_flagged_for_the_commune():
    usual, many = make_slots(10, 10, 10, 10, 10, fast=1), make_slots(10, 10, 10, 10, 10, 1, fast=1)

    assert keys_of(make_commune(make_village(slots=usual))) == []
    assert keys_of(make_commune(make_village(slots=many))) == ["F4"]


def test_few_answers_by_phone_have_no_share_of_fast_or_nightly_ones():
    midnight = NOON.replace(hour=0)

    assert keys_of(make_commune(make_village(slots=make_slots(10, 10, 10, 10, 9, fast=9, at=midnight)))) == []


@pytest.mark.parametrize(
    ("same", "rarity", "is_flagged"), [(5, 4, True), (4, 4, False), (5, 3, False), (0, 0, False)]
)
def test_equal_answers_are_flagged_from_five_of_them_and_a_chance_below_one_in_ten_thousand(
    same, rarity, is_flagged
):
    village = make_village(sameness=Sameness(same=same, compared=30, rarity=rarity))

    assert keys_of(make_commune(village)) == (["F5"] if is_flagged else [])


def test_one_network_and_a_repeated_text_say_nothing_alone():
    village = make_village(network=Network(n=50, of=50), meetings=())

    assert keys_of(make_commune(village, texts=Repeated(times=40, texts=60))) == []


def test_one_network_and_a_repeated_text_are_named_last_beside_another_sign():
    crowded = make_village("1", slots=make_slots(1, 1, 40), meetings=(), network=Network(n=31, of=100))
    usual = make_village("2", network=Network(n=50, of=50), meetings=())

    found = flags.flags(make_commune(crowded, usual, texts=Repeated(times=3, texts=60)), LIMITS)

    assert [(flag.key, flag.unit) for flag in found] == [("F3", "1"), ("F9", "23938"), ("F6", "1")]


@pytest.mark.parametrize(("n", "of", "is_flagged"), [(31, 100, True), (30, 100, False), (29, 29, False)])
def test_a_network_is_named_above_three_tenths_of_thirty_answers(n, of, is_flagged):
    village = make_village(network=Network(n=n, of=of))

    assert (flags.one_network(village, 0, LIMITS) is not None) == is_flagged


def test_a_network_is_measured_by_what_is_usual_in_like_communes():
    villages = [Network(n=share, of=100) for share in (60, 70, 80, 90)]
    usual = flags.usual_network(villages, LIMITS)

    assert usual == 7500
    assert flags.one_network(make_village(network=Network(75, 100)), usual, LIMITS) is None
    assert flags.one_network(make_village(network=Network(76, 100)), usual, LIMITS) is not None
    assert flags.usual_network(villages[:3], LIMITS) == 0


@pytest.mark.parametrize(("times", "is_flagged"), [(3, True), (2, False)])
def test_the_same_text_is_named_from_three_households(times, is_flagged):
    commune = make_commune(texts=Repeated(times=times, texts=10))

    assert (flags.same_text(commune, LIMITS) is not None) == is_flagged


def test_answers_from_midnight_to_five_are_flagged_and_at_five_they_are_not():
    day = make_slots(*[9] * 20)

    for hour, expected in ((4, ["F7", "F7"]), (5, [])):
        late = make_slots(10, 10, 10, at=NOON.replace(hour=hour))

        assert keys_of(make_commune(make_village(slots=day + late))) == expected


def test_paper_far_above_own_phones_is_flagged_from_thirty_answers_each():
    own = ChannelCounts(answers=30, satisfied=70, of=100)

    for paper, expected in ((30, ["F8", "F8"]), (29, [])):
        channels = {"self_online": own, "paper_entry": ChannelCounts(answers=paper, satisfied=86, of=100)}

        assert keys_of(make_commune(make_village(channels=channels))) == expected


def test_more_than_a_fifth_through_a_helpers_phone_is_flagged_with_its_villages_from_thirty_answers():
    for helped, own, expected in ((30, 119, ["F10", "F10"]), (30, 120, []), (29, 50, [])):
        channels = {"assisted": ChannelCounts(helped, 90, 100), "self_online": ChannelCounts(own, 90, 100)}

        assert keys_of(make_commune(make_village(channels=channels))) == expected


def test_a_helped_village_is_named_only_beside_another_sign_and_after_it():
    helped = {"assisted": ChannelCounts(60, 60, 60), "self_online": ChannelCounts(20, 20, 20)}
    plenty = make_village("2", channels={"self_online": ChannelCounts(500, 500, 500)})

    quiet = make_commune(make_village("1", channels=helped), plenty)
    crowded = make_commune(
        make_village("1", channels=helped, slots=make_slots(1, 1, 11), meetings=()), plenty
    )

    assert keys_of(quiet) == []
    assert keys_of(crowded) == ["F3", "F10"]


def test_communes_are_ranked_within_their_kind_by_what_there_is_to_compare():
    quiet = make_commune(unit="1")
    crowded = make_commune(make_village("2001", slots=make_slots(1, 1, 40), meetings=()), unit="2")
    worse = make_commune(
        make_village("3001", answered=120, slots=make_slots(1, 1, 40), meetings=()), unit="3"
    )
    ward = make_commune(make_village("4001", answered=101), unit="4", kind="phường")

    places = [(one.kind, one.place, one.unit) for one in flags.ranked([quiet, crowded, ward, worse], LIMITS)]

    assert places == [("phường", 1, "4"), ("xã", 1, "3"), ("xã", 2, "2")]


def test_a_village_nobody_answered_in_breaks_no_rule():
    empty = make_village(answered=0, satisfied=0, of=0, receipts=Receipts(0, 0, 0))

    assert keys_of(make_commune(empty)) == []


def test_every_flag_measures_above_its_limit():
    village = make_village(
        answered=120, receipts=Receipts(150, 80, 0), slots=make_slots(1, 1, 60, fast=1), meetings=()
    )

    found = flags.flags(make_commune(village), LIMITS)

    assert found
    assert all(flag.strength > 1 for flag in found)


def make_slots_of(*pairs, at=NOON):
    """Slots by answers and fast ones."""
    return tuple(TenMinutes(at + timedelta(minutes=10 * n), *pair) for n, pair in enumerate(pairs))


def corner_of(**changes):
    """F2 of a village beside four neighbours with 80 % coverage and 95 % satisfaction."""
    village = make_village(
        **{"households": 10_000, "answered": 9_800, "satisfied": 9_950, "of": 10_000} | changes
    )
    neighbours = [make_village(f"n{n}", households=100, answered=80, satisfied=95, of=100) for n in range(4)]
    return flags.corner(village, neighbours, LIMITS)


def own_and(paper, *, answers=30, of=10_000, own=8_000, own_answers=30):
    doors = {
        "self_online": ChannelCounts(own_answers, own, 10_000),
        "paper_entry": ChannelCounts(answers, paper, of),
    }
    return flags.channels_apart(make_village(channels=doors), LIMITS)


#: Each rule just inside its limit, and one step beyond it with everything the flag says.
AT_AND_BEYOND = {
    "F1 frame": (
        flags.more_than_listed(make_village(answered=100), LIMITS),
        flags.more_than_listed(make_village(answered=101), LIMITS),
        ("F1", Fraction(101, 100), {"answered": 101, "households": 100}),
    ),
    "F1 frame beside a list": (
        flags.more_than_listed(make_village(answered=100, receipts=Receipts(0, 99, 0)), LIMITS),
        flags.more_than_listed(make_village(answered=101, receipts=Receipts(0, 99, 0)), LIMITS),
        ("F1", Fraction(101, 100), {"answered": 101, "households": 100, "ticked": 99}),
    ),
    "F1 empty frame": (
        flags.more_than_listed(make_village(answered=0, households=0), LIMITS),
        flags.more_than_listed(make_village(answered=3, households=0), LIMITS),
        ("F1", Fraction(3), {"answered": 3, "households": 0}),
    ),
    "F1 ticks": (
        flags.more_than_listed(make_village(answered=2, receipts=Receipts(9, 0, 0)), LIMITS),
        flags.more_than_listed(make_village(answered=3, receipts=Receipts(9, 0, 0)), LIMITS),
        ("F1", Fraction(3), {"answered": 3, "households": 100, "ticked": 0}),
    ),
    "F1 missing share": (
        flags.slips_missing(make_village(receipts=Receipts(100, 70, 20)), 1000, LIMITS),
        flags.slips_missing(make_village(receipts=Receipts(100, 70, 19)), 1000, LIMITS),
        ("F1", Fraction(11, 10), {"issued": 100, "ticked": 70, "returned": 19}),
    ),
    "F1 missing slips": (
        flags.slips_missing(make_village(receipts=Receipts(10, 5, 0)), 1000, LIMITS),
        flags.slips_missing(make_village(receipts=Receipts(10, 4, 0)), 1000, LIMITS),
        ("F1", Fraction(6), {"issued": 10, "ticked": 4, "returned": 0}),
    ),
    "F2 coverage": (
        corner_of(answered=9_499),
        corner_of(answered=9_501),
        ("F2", Fraction(9_501, 8_000),
         {"coverage": 9_501, "usual_coverage": 8_000, "satisfaction": 9_950, "usual_satisfaction": 9_500}),
    ),
    "F2 unlike coverage": (
        corner_of(answered=9_500),
        corner_of(answered=9_501),
        ("F2", Fraction(9_501, 8_000),
         {"coverage": 9_501, "usual_coverage": 8_000, "satisfaction": 9_950, "usual_satisfaction": 9_500}),
    ),
    "F2 unlike satisfaction": (
        corner_of(satisfied=9_900),
        corner_of(satisfied=9_901),
        ("F2", Fraction(98, 80),
         {"coverage": 9_800, "usual_coverage": 8_000, "satisfaction": 9_901, "usual_satisfaction": 9_500}),
    ),
    "F3 ten answers": (
        flags.burst(make_village(slots=make_slots(1, 1, 10), meetings=()), LIMITS),
        flags.burst(make_village(slots=make_slots(1, 1, 0, 0, 0, 11), meetings=()), LIMITS),
        ("F3", Fraction(11, 10), {"most": 11, "usual": 1}),
    ),
    "F3 six times": (
        flags.burst(make_village(slots=make_slots(2, 3, 15), meetings=()), LIMITS),
        flags.burst(make_village(slots=make_slots(2, 3, 19), meetings=()), LIMITS),
        ("F3", Fraction(19, 18), {"most": 19, "usual": 3}),
    ),
    "F4": (
        flags.fast(make_village(slots=make_slots_of((50, 5))), 1000, LIMITS),
        flags.fast(make_village(slots=make_slots_of((20, 2), (30, 4))), 1000, LIMITS),
        ("F4", Fraction(6, 5), {"fast": 6, "answers": 50}),
    ),
    "F4 few answers": (
        flags.fast(make_village(slots=make_slots_of((49, 49))), 1000, LIMITS),
        flags.fast(make_village(slots=make_slots_of((50, 50))), 1000, LIMITS),
        ("F4", Fraction(10), {"fast": 50, "answers": 50}),
    ),
    "F5": (
        flags.same_answers(make_village(sameness=Sameness(4, 30, 9)), LIMITS),
        flags.same_answers(make_village(sameness=Sameness(5, 30, 4)), LIMITS),
        ("F5", Fraction(5, 4), {"same": 5, "compared": 30}),
    ),
    "F6": (
        flags.one_network(make_village(network=Network(300, 1000)), 0, LIMITS),
        flags.one_network(make_village(network=Network(301, 1000)), 0, LIMITS),
        ("F6", Fraction(301, 300), {"network": 301, "answers": 1000}),
    ),
    "F6 few answers": (
        flags.one_network(make_village(network=Network(29, 29)), 0, LIMITS),
        flags.one_network(make_village(network=Network(30, 30)), 0, LIMITS),
        ("F6", Fraction(10, 3), {"network": 30, "answers": 30}),
    ),
    "F7": (
        flags.night(make_village(slots=make_slots(5, at=NOON.replace(hour=4)) + make_slots(45)), 1000, LIMITS),
        flags.night(make_village(slots=make_slots(6, at=NOON.replace(hour=0)) + make_slots(44)), 1000, LIMITS),
        ("F7", Fraction(6, 5), {"night": 6, "answers": 50}),
    ),
    "F7 few answers": (
        flags.night(make_village(slots=make_slots(49, at=NOON.replace(hour=4))), 1000, LIMITS),
        flags.night(make_village(slots=make_slots(50, at=NOON.replace(hour=4))), 1000, LIMITS),
        ("F7", Fraction(10), {"night": 50, "answers": 50}),
    ),
    "F8": (
        own_and(9_500),
        own_and(9_501),
        ("F8", Fraction(1501, 1500), {"own_phone": 8_000, "paper_entry": 9_501, "points": 1_501}),
    ),
    "F8 few own answers": (
        own_and(9_900, own_answers=29),
        own_and(9_900, own_answers=30),
        ("F8", Fraction(19, 15), {"own_phone": 8_000, "paper_entry": 9_900, "points": 1_900}),
    ),
    "F8 doors without a scored answer": (
        own_and(0, of=0),
        own_and(1, of=1, own=0),
        ("F8", Fraction(100, 15), {"own_phone": 0, "paper_entry": 10_000, "points": 10_000}),
    ),
    "F9": (
        flags.same_text(make_commune(texts=Repeated(2, 9)), LIMITS),
        flags.same_text(make_commune(texts=Repeated(3, 9)), LIMITS),
        ("F9", Fraction(3, 2), {"times": 3, "texts": 9}),
    ),
    "F10": (
        flags.much_assisted(make_village(channels={"assisted": ChannelCounts(30, 1, 1), "kiosk": ChannelCounts(120, 1, 1)}), LIMITS),
        flags.much_assisted(make_village(channels={"assisted": ChannelCounts(30, 1, 1), "kiosk": ChannelCounts(119, 1, 1)}), LIMITS),
        ("F10", Fraction(150, 149), {"assisted": 30, "answers": 149}),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("at", "beyond", "expected"), AT_AND_BEYOND.values(), ids=AT_AND_BEYOND.keys())
def test_a_rule_is_silent_at_its_limit_and_says_beyond_it_what_it_measured(at, beyond, expected):
    assert at is None
    assert (beyond.key, beyond.strength, dict(beyond.figures)) == expected


def test_the_limits_are_those_that_the_simulation_set():
    assert Limits(
        forgotten_ticks=2, missing_of_village=1000, missing_of_commune=300, missing_slips=5,
        corner_coverage=9500, corner_satisfaction=9800, unlike_coverage=1500, unlike_satisfaction=400,
        fewest_neighbours=4, burst_answers=10, burst_times=6, fast_of_village=2000, fast_of_commune=1000,
        same_rarity=4, fewest_same=5, one_network=3000, fewest_network_answers=30, same_text=3,
        night_of_village=1000, night_of_commune=500, fewest_phone_answers=50, channel_points=1500,
        fewest_channel_answers=30, assisted=2000,
    ) == LIMITS  # fmt: skip


@pytest.mark.parametrize(
    "changes",
    [{"answered": 29, "households": 29}, {"of": 0, "satisfied": 0}, {"satisfied": 9_799, "of": 10_000}],
    ids=["few answers", "nothing scored", "satisfaction below the corner"],
)
def test_a_village_outside_the_corner_is_not_compared_with_its_neighbours(changes):
    assert corner_of(**changes) is None


def test_the_corner_begins_at_its_limits_themselves():
    low = [make_village(f"n{n}", answered=60, satisfied=80, of=100) for n in range(4)]
    at = make_village(households=100, answered=95, satisfied=98, of=100)
    smallest = make_village(households=30, answered=30, satisfied=98, of=100)

    assert flags.corner(at, low, LIMITS).strength == Fraction(95, 60)
    assert flags.corner(smallest, low, LIMITS) is not None
    for below in ({"answered": 94}, {"satisfied": 97}):
        assert (
            flags.corner(make_village(**{"answered": 95, "satisfied": 98, "of": 100} | below), low, LIMITS)
            is None
        )


def test_neighbours_with_few_answers_or_nothing_scored_are_none():
    village = make_village(answered=99, satisfied=100, of=100)
    three = [make_village(f"n{n}", answered=60, satisfied=80, of=100) for n in range(3)]

    for fourth, is_flagged in (
        ({"answered": 29}, False), ({"answered": 30}, True), ({"of": 0, "satisfied": 0}, False),
    ):  # fmt: skip
        neighbours = [*three, make_village("n3", **{"answered": 60, "satisfied": 80, "of": 100} | fourth)]
        assert (flags.corner(village, neighbours, LIMITS) is not None) == is_flagged


def test_the_highest_of_helped_doors_is_compared_and_others_are_not():
    doors = {
        "self_online": ChannelCounts(30, 70, 100), "assisted": ChannelCounts(30, 90, 100), "paper_entry": ChannelCounts(30, 95, 100),
        "meeting": ChannelCounts(30, 100, 100),
    }  # fmt: skip

    flag = flags.channels_apart(make_village(channels=doors), LIMITS)

    assert dict(flag.figures) == {"own_phone": 7000, "paper_entry": 9500, "points": 2500}
    assert (
        flags.channels_apart(make_village(channels={"paper_entry": ChannelCounts(30, 95, 100)}), LIMITS)
        is None
    )
    assert (
        flags.channels_apart(make_village(channels={"self_online": ChannelCounts(30, 0, 100)}), LIMITS)
        is None
    )


def test_a_village_and_its_commune_have_limits_of_their_own():
    missing = Receipts(issued=100, ticked=88, returned=4)
    late = make_slots(90) + make_slots(8, at=NOON.replace(hour=1))
    quick = make_slots_of((100, 15))

    assert flags.slips_missing(make_village(receipts=missing), LIMITS.missing_of_village, LIMITS) is None
    for sign in ({"receipts": missing}, {"slots": late}, {"slots": quick}):
        assert [flag.unit for flag in flags.flags(make_commune(make_village(**sign)), LIMITS)] == ["23938"]


def test_a_network_is_named_beside_a_sign_of_the_commune_or_of_its_village_alone():
    crowd = Network(n=50, of=50)
    marked = make_village("1", slots=make_slots(1, 1, 40), meetings=(), network=crowd)
    other = make_village("2", network=crowd)
    nightly = make_village("3", network=crowd, slots=make_slots(91) + make_slots(8, at=NOON.replace(hour=1)))

    beside_village = flags.flags(make_commune(marked, other), LIMITS)
    beside_commune = flags.flags(make_commune(other, nightly), LIMITS)

    assert [(flag.key, flag.unit) for flag in beside_village] == [("F3", "1"), ("F6", "1")]
    assert [(flag.key, flag.unit) for flag in beside_commune] == [("F7", "23938"), ("F6", "2"), ("F6", "3")]


def test_flags_of_one_unit_stand_strongest_first_and_equal_ones_by_name():
    village = make_village(answered=200, slots=make_slots(1, 1, 11), meetings=())

    found = flags.flags(make_commune(village), LIMITS)

    assert [(flag.key, flag.unit) for flag in found] == [
        ("F1", "23938"),
        ("F1", "23938001"),
        ("F3", "23938001"),
    ]


def test_equally_marked_communes_are_ranked_by_strength_then_by_unit_and_survey():
    weak, strong = make_village(answered=101), make_village(answered=150)
    communes = [
        make_commune(weak, unit="2", survey="0002"), make_commune(weak, unit="2", survey="0001"),
        make_commune(weak, unit="1"), make_commune(strong, unit="9"),
    ]  # fmt: skip

    found = [(one.place, one.unit, one.survey) for one in flags.ranked(communes, LIMITS)]

    assert found == [(1, "9", ""), (2, "1", ""), (3, "2", "0001"), (4, "2", "0002")]
    assert all(one.flags for one in flags.ranked(communes, LIMITS))


def test_a_meeting_covers_every_slot_that_it_touches_at_both_ends():
    slot = TenMinutes(NOON, 40)
    minute = timedelta(minutes=1)

    for start, end, touches in (
        (NOON - minute, NOON, True), (NOON - 2 * minute, NOON - minute, False),
        (NOON + 9 * minute, NOON + 20 * minute, True), (NOON + 10 * minute, NOON + 20 * minute, False),
    ):  # fmt: skip
        assert Window(start, end).touches(slot) == touches


def test_a_commune_adds_up_everything_that_its_villages_count():
    one = make_village(
        "1",
        households=10,
        answered=9,
        satisfied=8,
        of=9,
        receipts=Receipts(12, 9, 1),
        channels={"self_online": ChannelCounts(6, 5, 6), "paper_entry": ChannelCounts(3, 3, 3)},
        slots=make_slots_of((4, 1), (2, 0)),
    )
    other = make_village(
        "2", households=20, answered=18, satisfied=16, of=17, receipts=Receipts(25, 18, 2),
        channels={"self_online": ChannelCounts(18, 16, 17)}, slots=make_slots_of((5, 2)),
        network=Network(1, 1), sameness=Sameness(5, 9, 9), meetings=(),
    )  # fmt: skip

    assert total(make_commune(one, other)) == VillageParadata(
        "23938", households=30, answered=27, satisfied=24, of=26, receipts=Receipts(37, 27, 3),
        channels={"paper_entry": ChannelCounts(3, 3, 3), "self_online": ChannelCounts(24, 21, 23)},
        slots=(TenMinutes(NOON, 9, 3), TenMinutes(NOON + timedelta(minutes=10), 2, 0)),
    )  # fmt: skip
    assert total(make_commune()).receipts is None
    assert Receipts(37, 27, 3).missing == 7
