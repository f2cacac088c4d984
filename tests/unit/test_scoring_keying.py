"""How many slips are keyed twice, which ones, and when their differences are too many."""

import hashlib
import hmac

import pytest

from survey_app.questions.instrument import DISSATISFIED, SATISFIED, Instrument, Question
from survey_app.questions.kinds import Kind
from survey_app.scoring import keying, samples
from survey_app.scoring.keying import DrawOutcome, SecondKeying

FORM = Instrument(
    key="thu",
    version=1,
    title={"vi": "Phiếu"},
    languages=("vi",),
    level="xa",
    sample=True,
    source="",
    confirmation=None,
    questions=(
        Question("roads", Kind.SATISFACTION, {"vi": "Đường sá"}),
        Question("note", Kind.NOTE, {"vi": "Xin mời"}),
        Question("people", Kind.NUMBER, {"vi": "Mấy người"}),
        Question("remarks", Kind.LONG_TEXT, {"vi": "Ý kiến khác"}),
    ),
)


def test_anybody_with_the_key_repeats_the_draw_with_hmac_alone():
    key, names = b"seal", [hashlib.sha256(bytes([n])).hexdigest() for n in range(100)]
    expected = sorted(names, key=lambda name: hmac.new(key, name.encode(), "sha256").digest())[:20]

    assert list(samples.draw(key, reversed(names), 20)) == expected


def test_another_key_draws_others():
    names = [str(number) for number in range(100)]

    assert set(samples.draw(b"one", names, 20)) != set(samples.draw(b"other", names, 20))


@pytest.mark.parametrize(("key", "size"), [(b"", 1), (b"key", -1)], ids=["no key", "negative size"])
def test_a_draw_without_a_key_or_of_a_negative_size_is_a_mistake(key, size):
    with pytest.raises(ValueError, match="a draw needs"):
        samples.draw(key, ["a"], size)


@pytest.mark.parametrize(
    ("checked", "differing", "expected"),
    [(0, 0, False), (1, 1, True), (99, 1, True), (100, 1, False), (200, 2, False), (200, 3, True)],
)
def test_more_than_one_slip_in_a_hundred_that_differs_is_compared_with_the_papers(
    checked, differing, expected
):
    assert SecondKeying("98001001", checked, differing).needs_comparison is expected


def test_what_is_missing_follows_from_the_paper_answers_and_never_falls_below_none():
    assert SecondKeying("98001001", checked=1, differing=0, paper=25).missing == 2
    assert SecondKeying("98001001", checked=4, differing=0, paper=25).missing == 0
    assert SecondKeying("98001001", checked=1, differing=0).missing == 0


def test_free_text_and_notes_are_not_keyed_twice():
    assert [question.key for question in keying.keyed_again(FORM)] == ["roads", "people"]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, False),
        ({"roads": DISSATISFIED}, True),
        ({"roads": None}, True),
        ({"people": "4"}, True),
        ({"remarks": "khác"}, False),
    ],
)
def test_two_keyings_differ_in_what_is_keyed_twice(changed, expected):
    first = {"roads": SATISFIED, "people": "3", "remarks": "Đường hỏng"}

    assert keying.differs(keying.keyed_again(FORM), first, first | changed) is expected


def test_slips_nobody_compared_yet_are_what_is_left_of_the_draw():
    assert DrawOutcome(drawn=20, matching=15, differing=1, not_found=2).open == 2


def test_the_signers_draw_is_of_twenty_leaves_under_a_name_of_its_own():
    """Anybody repeats it from the printed digest: HMAC of "paper:" and the leaf, the smallest first."""
    digest = hashlib.sha256(b"seal").hexdigest()
    of_paper = [hashlib.sha256(bytes([n])).hexdigest() for n in range(50)]
    key = bytes.fromhex(digest)
    expected = sorted(of_paper, key=lambda leaf: hmac.new(key, f"paper:{leaf}".encode(), "sha256").digest())

    assert keying.signers_draw(digest, of_paper) == tuple(expected[:20])
