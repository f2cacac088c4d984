"""Which households are asked again by telephone, how likely that finds false rows, and what replies mean."""

import hashlib
import hmac
from itertools import combinations

import pytest

from survey_app.scoring.back_check import (
    Contradiction,
    Replies,
    TickedRow,
    chance_to_find,
    chance_without_list,
    contradiction,
    draw,
    meaning,
)

DIGEST = hashlib.sha256(b"a seal").hexdigest()
TICKED = {"23938001": 72, "23938002": 150, "23938003": 9}


def test_anybody_with_the_digest_repeats_the_draw_with_hmac_alone():
    lots = {
        (village, place): hmac.new(bytes.fromhex(DIGEST), f"{village}:{place}".encode(), "sha256").hexdigest()
        for village, count in TICKED.items()
        for place in range(1, count + 1)
    }
    expected = sorted(sorted(lots, key=lots.__getitem__)[:30])

    assert [(row.village, row.place) for row in draw(DIGEST, TICKED)] == expected


def test_the_draw_does_not_depend_on_the_order_of_the_villages():
    backwards = dict(reversed(TICKED.items()))

    assert draw(DIGEST, backwards) == draw(DIGEST, TICKED)


def test_another_digest_draws_other_rows():
    other = hashlib.sha256(b"another seal").hexdigest()

    assert draw(other, TICKED) != draw(DIGEST, TICKED)


def test_fewer_rows_than_the_sample_are_all_drawn():
    assert draw(DIGEST, {"23938003": 2}) == (TickedRow("23938003", 1), TickedRow("23938003", 2))


def test_every_row_is_drawn_about_as_often_as_any_other():
    times = [0] * 10
    for number in range(2000):
        for row in draw(hashlib.sha256(str(number).encode()).hexdigest(), {"23938001": 10}, size=3):
            times[row.place - 1] += 1

    assert all(500 < count < 700 for count in times)


@pytest.mark.parametrize(
    ("digest", "ticked"), [("", TICKED), ("not hex", TICKED), (DIGEST, {"23938001": -1})]
)
def test_a_draw_without_digest_or_of_fewer_than_no_rows_is_refused(digest, ticked):
    with pytest.raises(ValueError, match=r"."):
        draw(digest, ticked)


def test_thirty_rows_find_one_false_row_in_ten_about_ninety_five_times_of_a_hundred():
    chances = [chance_to_find(rows, rows // 10, sample=30) for rows in (300, 1000, 5000)]

    assert all(0.95 < chance < 0.97 for chance in chances)


def test_without_a_list_the_same_sample_notices_it_about_nineteen_times_of_a_hundred():
    assert chance_without_list(households=2000, counted=1600, false_answers=160) == pytest.approx(
        0.19, abs=0.01
    )


def test_without_a_list_a_full_count_is_contradicted_by_one_no():
    assert chance_without_list(100, 100, 10, sample=5) == chance_to_find(100, 10, sample=5)


def test_the_chance_to_find_equals_counting_every_sample():
    samples = list(combinations(range(8), 3))
    with_false = [sample for sample in samples if min(sample) < 2]

    assert chance_to_find(rows=8, false_rows=2, sample=3) == pytest.approx(len(with_false) / len(samples))


@pytest.mark.parametrize(
    ("replies", "effect"),
    [
        (Replies(confirmed=0, denied=0, not_reached=30), "nothing_said"),
        (Replies(confirmed=30, denied=0, not_reached=0), "nothing_found"),
        (Replies(confirmed=29, denied=1, not_reached=0), "contradicted"),
    ],
)
def test_one_denial_contradicts_and_silence_says_nothing(replies, effect):
    assert meaning(2000, replies).effect == effect


def test_thirty_confirmations_leave_room_for_almost_a_tenth_of_false_rows():
    told = meaning(2000, Replies(confirmed=30, denied=0, not_reached=0))

    assert told.at_least_false == 0
    assert 0.09 < told.at_most_false / 2000 < 0.10


def test_denials_bound_the_false_rows_from_both_sides():
    told = meaning(2000, Replies(confirmed=27, denied=3, not_reached=0))

    assert 3 <= told.at_least_false < 200 < told.at_most_false < 600


def test_asking_everybody_leaves_nothing_open():
    told = meaning(10, Replies(confirmed=8, denied=2, not_reached=0))

    assert (told.at_least_false, told.at_most_false) == (2, 2)


def test_more_replies_than_rows_are_refused():
    with pytest.raises(ValueError, match="more households"):
        meaning(5, Replies(confirmed=6, denied=0, not_reached=0))


def test_one_denial_is_a_remark_and_confirmations_or_silence_are_none():
    assert contradiction(76, Replies(27, 1, 2)) == Contradiction(
        1, 28, meaning(76, Replies(27, 1, 2)).at_least_false, 76
    )
    assert contradiction(76, Replies(28, 0, 2)) is None
    assert contradiction(76, Replies(0, 0, 30)) is None
