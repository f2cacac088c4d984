"""Forms in and out of JSON: every problem is named, and equal forms have equal digests."""

import contextlib
import json
from importlib import resources

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from survey_app.questions import document
from survey_app.questions.document import InvalidInstrument
from tests.evil import evil, planted

LIBRARY = resources.files("survey_app") / "authoring" / "library"
TEMPLATES = {"xa-ntm": 19, "xa-ntm-nang-cao": 19, "xa-ntm-2026": 10}
WORDS = {"vi": "Lời", "en": "Words"}


def shipped(key):
    return json.loads((LIBRARY / f"{key}.json").read_text("utf-8"))


def make_options(*codes, two_way=False):
    return [{"code": code, "label": WORDS, **({"counts": code} if two_way else {})} for code in codes]


def make_question(key="roads", kind="satisfaction", **fields):
    question = {"key": key, "kind": kind, "text": WORDS, **fields}
    if kind == "satisfaction":
        question.setdefault("options", make_options("satisfied", "dissatisfied", two_way=True))
    return question


def make_document(*questions, **fields):
    head = {"key": "form", "version": 1, "title": WORDS, "languages": ["vi", "en"], "level": "xa"}
    return {**head, "questions": [make_question(), *questions], **fields}


def problems(made):
    with pytest.raises(InvalidInstrument) as raised:
        document.load(made)
    return {(problem.code, problem.where) for problem in raised.value.problems}


CHOICES = make_options("a", "b")
CLOSING = make_question("overall", closing=True)

BROKEN = {
    "no title in Vietnamese": (make_document(title={"en": "Form"}), ("no_title", "")),
    "Vietnamese not offered": (make_document(languages=["en"]), ("no_vietnamese", "")),
    "a language twice": (make_document(languages=["vi", "en", "vi"]), ("duplicate_language", "")),
    "version 0": (make_document(version=0), ("bad_version", "")),
    "title untranslated": (make_document(title={"vi": "Phiếu"}), ("missing_wording", "")),
    "text untranslated": (make_document(make_question("a", text={"vi": "A"})), ("missing_wording", "a")),
    "blank text": (make_document(make_question("a", text={"vi": " ", "en": "A"})), ("missing_wording", "a")),
    "help untranslated": (make_document(make_question("a", help={"vi": "A"})), ("missing_wording", "a")),
    "option untranslated": (
        make_document(
            make_question("a", "single_choice", options=[*CHOICES, {"code": "c", "label": {"vi": "C"}}])
        ),
        ("missing_wording", "a"),
    ),
    "a key twice": (make_document(make_question()), ("duplicate_key", "roads")),
    "a key with a space": (make_document(make_question("my roads")), ("bad_key", "#2")),
    "no key": (make_document(make_question(None)), ("bad_key", "#2")),
    "an unknown kind": (make_document(make_question("a", "grid")), ("unknown_kind", "a")),
    "one option": (
        make_document(make_question("a", "single_choice", options=CHOICES[:1])),
        ("too_few_options", "a"),
    ),
    "an option twice": (
        make_document(make_question("a", "multiple_choice", options=[*CHOICES, CHOICES[0]])),
        ("duplicate_option", "a"),
    ),
    "options on a text": (
        make_document(make_question("a", "short_text", options=CHOICES)),
        ("options_not_allowed", "a"),
    ),
    "a scored item that is not two-way": (
        make_document(
            make_question("a", options=make_options("satisfied", "dissatisfied", "neutral", two_way=True))
        ),
        ("not_two_way", "a"),
    ),
    "satisfied counted as dissatisfied": (
        make_document(
            make_question(
                "a",
                options=[
                    {"code": "satisfied", "label": WORDS, "counts": "dissatisfied"},
                    {"code": "dissatisfied", "label": WORDS, "counts": "satisfied"},
                ],
            )
        ),
        ("not_two_way", "a"),
    ),
    "counts on an unscored option": (
        make_document(make_question("a", "single_choice", options=make_options("a", "b", two_way=True))),
        ("counts_not_allowed", "a"),
    ),
    "two closing items": (
        make_document(CLOSING, make_question("b", closing=True)),
        ("several_closing_items", ""),
    ),
    "a closing text": (
        make_document(make_question("a", "long_text", closing=True)),
        ("closing_not_satisfaction", "a"),
    ),
    "a conditional scored item": (
        make_document(make_question("a", condition={"question": "roads", "answers": ["satisfied"]})),
        ("condition_on_scored_item", "a"),
    ),
    "a condition on nothing known": (
        make_document(make_question("a", "long_text", condition={"question": "no", "answers": ["x"]})),
        ("condition_on_unknown_question", "a"),
    ),
    "a condition on itself": (
        make_document(
            make_question(
                "a", "single_choice", options=CHOICES, condition={"question": "a", "answers": ["a"]}
            )
        ),
        ("condition_on_later_question", "a"),
    ),
    "a condition on an impossible answer": (
        make_document(make_question("a", "long_text", condition={"question": "roads", "answers": ["x"]})),
        ("condition_on_impossible_answer", "a"),
    ),
    "a condition without answers": (
        make_document(make_question("a", "long_text", condition={"question": "roads"})),
        ("condition_on_impossible_answer", "a"),
    ),
    "nothing scored": (
        {**make_document(), "questions": [make_question("a", "long_text")]},
        ("no_scored_question", ""),
    ),
    "minimum above maximum": (
        make_document(make_question("a", "number", minimum=5, maximum=4)),
        ("minimum_above_maximum", "a"),
    ),
    "a range on a text": (
        make_document(make_question("a", "short_text", minimum=5)),
        ("range_not_allowed", "a"),
    ),
    "a text too long": (
        make_document(make_question("a", text={"vi": "x" * 2001, "en": "x"})),
        ("too_long", "a"),
    ),
    "a required note": (make_document(make_question("a", "note", required=True)), ("required_note", "a")),
    "a misspelt field": (make_document(make_question("a", requierd=True)), ("unknown_field", "a")),
    "a lone surrogate": (
        make_document(make_question("a", text={"vi": "\ud800", "en": "x"})),
        ("forbidden_character", "a"),
    ),
    "a boolean for a number": (make_document(version=True), ("wrong_type", "")),
    "a list for the document": ([], ("wrong_type", "")),
}


@pytest.mark.parametrize(("made", "expected"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_document_is_refused_with_its_problem_and_place(made, expected):
    assert expected in problems(made)


def test_all_problems_are_listed_at_once():
    made = make_document(make_question("a", "grid"), make_question("b", "note", required=True), title={})

    assert {("no_title", ""), ("unknown_kind", "a"), ("required_note", "b")} <= problems(made)


def test_the_sound_document_those_were_broken_from_is_accepted():
    instrument = document.load(make_document(CLOSING, make_question("why", "long_text")))

    assert [question.key for question in instrument.scored] == ["roads"]
    assert instrument.closing.key == "overall"
    assert instrument.question("why").option_codes == ()


def test_faces_answer_from_one_to_five_and_are_never_scored():
    instrument = document.load(make_document(make_question("mood", "five_faces")))

    assert instrument.question("mood").option_codes == ("1", "2", "3", "4", "5")
    assert not instrument.question("mood").scored


@given(value=evil, place=st.integers(0, 200))
def test_an_evil_value_anywhere_is_refused_or_accepted_but_never_crashes(value, place):
    sound = make_document(CLOSING, make_question("a", "number", minimum=1, maximum=2))

    made = planted(sound, value, place)

    with contextlib.suppress(InvalidInstrument):
        loaded = document.load(made)
        assert document.load(document.dump(loaded)) == loaded


@pytest.mark.parametrize(("key", "scored"), TEMPLATES.items())
def test_a_shipped_template_is_a_sample_of_scored_items_and_one_closing_item(key, scored):
    instrument = document.load(shipped(key))

    assert (instrument.key, len(instrument.scored), len(instrument.questions)) == (key, scored, scored + 1)
    assert instrument.closing is instrument.questions[-1]
    assert instrument.sample
    assert instrument.confirmation is None
    assert not any(question.required for question in instrument.questions)


def test_only_the_advanced_names_that_were_read_somewhere_pass_as_known():
    advanced = document.load(shipped("xa-ntm-nang-cao"))

    known = [question.key for question in advanced.scored if not question.from_memory]

    assert known == ["public_administration", "environment", "living_environment"]


@pytest.mark.parametrize("key", TEMPLATES)
def test_a_document_survives_loading_and_dumping_and_its_digest_is_rfc_8785(key):
    made = shipped(key)
    instrument = document.load(made)

    assert document.dump(instrument) == made
    assert document.canonical(instrument) == rfc8785.dumps(made)
    assert len(document.digest(instrument)) == 64


def test_the_digest_does_not_depend_on_composition_or_order_of_fields():
    made = make_document()
    other = dict(reversed(make_document(title={"en": "Words", "vi": "Lời"}).items()))

    assert document.digest(document.load(made)) == document.digest(document.load(other))


def test_unscored_questions_may_be_added_to_locked_wording():
    template = document.load(make_document(CLOSING))
    extended = document.load(make_document(CLOSING, make_question("why", "long_text"), key="ours"))

    assert document.same_scored_wording(template, extended)


@pytest.mark.parametrize(
    "other",
    [
        make_document(),
        make_document({**CLOSING, "text": {"vi": "Khác", "en": "Other"}}),
        make_document(make_question("more"), CLOSING),
        make_document(CLOSING, questions=[CLOSING, make_question()]),
        make_document(
            {**CLOSING, "options": make_options("dissatisfied", "satisfied", two_way=True)},
        ),
        make_document({**CLOSING, "help": WORDS}),
    ],
    ids=["closing gone", "reworded", "item added", "order", "option order", "help added"],
)
def test_any_change_to_what_is_scored_breaks_the_lock(other):
    template = document.load(make_document(CLOSING))

    assert not document.same_scored_wording(template, document.load(other))
