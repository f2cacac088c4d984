"""Which written opinions may be read and by whom, in an order that says nothing of who wrote them."""

import random

import pytest

from survey_app.scoring.disclosure import Audience, Withheld
from survey_app.scoring.texts import RELEASED, DisclosedTexts, FreeText, TagCount, disclose_texts, tell_tags


def make_texts(count, *, village_answers=20, decision=RELEASED, first=0):
    return [
        FreeText(f"{number:064x}", f"Ý kiến {number}", village_answers, decision)
        for number in range(first, first + count)
    ]


def for_the_commune(texts):
    return disclose_texts(texts, audience=Audience.STAFF)


def test_the_commune_reads_ten_released_texts_without_handle_or_decision():
    told = for_the_commune(make_texts(10))

    assert told.hidden_because is None
    assert {one.text for one in told.texts} == {f"Ý kiến {number}" for number in range(10)}
    assert {(one.handle, one.decision) for one in told.texts} == {(None, None)}


@pytest.mark.parametrize(
    "tenth",
    [
        [],
        make_texts(1, first=9, decision=None),
        make_texts(1, first=9, decision="names_person"),
        make_texts(1, first=9, village_answers=19),
        [FreeText("f" * 64, None, 20, RELEASED)],
    ],
    ids=["absent", "undecided", "withheld", "of a small village", "taken out"],
)
def test_with_nine_texts_it_may_read_the_commune_reads_none_and_not_how_many(tenth):
    assert for_the_commune([*make_texts(9), *tenth]) == DisclosedTexts((), Withheld.TOO_FEW)


def test_what_the_commune_may_not_read_stays_away_beside_what_it_may():
    others = [
        *make_texts(3, first=20, decision=None),
        *make_texts(3, first=30, village_answers=19),
        FreeText("f" * 64, None, 40, RELEASED),
    ]

    told = for_the_commune([*make_texts(12), *others])

    assert {one.text for one in told.texts} == {f"Ý kiến {number}" for number in range(12)}


def test_the_exact_audience_reads_all_with_what_was_decided_and_what_was_taken_out():
    texts = [*make_texts(1, decision=None, village_answers=1), FreeText("f" * 64, None, 1, "names_person")]

    told = disclose_texts(texts, audience=Audience.EXACT)

    assert [(one.text, one.decision) for one in told.texts] == [("Ý kiến 0", None), (None, "names_person")]
    assert told.waiting == 1


def test_the_order_is_the_same_whatever_order_the_texts_come_in():
    texts = make_texts(15)
    mixed = random.Random(1).sample(texts, len(texts))

    for audience in (Audience.EXACT, Audience.STAFF):
        assert disclose_texts(mixed, audience=audience) == disclose_texts(texts, audience=audience)


def test_texts_are_never_public():
    with pytest.raises(ValueError, match="never public"):
        disclose_texts(make_texts(100), audience=Audience.PUBLIC)


def test_tags_of_nine_texts_are_not_said_and_those_of_ten_are():
    assert tell_tags(["Đường"] * 9) == ()
    assert tell_tags(["Đường"] * 10) == (TagCount("Đường", 10),)
