from datetime import datetime, timedelta, timezone

import pytest

from survey_app.scoring import flags
from survey_app.scoring.flags import Limits
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
from survey_app.scoring.sameness import Repeated, Sameness

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
