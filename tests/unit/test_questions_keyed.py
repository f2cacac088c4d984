"""Keying by exception: numbers of what is not satisfied or blank, checked by their count; nothing is blank by itself."""

import json
from pathlib import Path

import pytest

from survey_app import authoring
from survey_app.questions import document, keyed
from survey_app.questions.answers import read_answers
from survey_app.questions.keyed import Exceptions, Sides

LIBRARY = Path(authoring.__file__).parent / "library"


@pytest.fixture(scope="module")
def form():
    """Nineteen items and the closing one."""
    return document.load(json.loads((LIBRARY / "xa-ntm.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def mixed():
    """An item, a choice, a text."""
    satisfaction = {
        "kind": "satisfaction",
        "options": [
            {"code": "satisfied", "label": {"vi": "Hài lòng"}, "counts": "satisfied"},
            {"code": "dissatisfied", "label": {"vi": "Không"}, "counts": "dissatisfied"},
        ],
    }
    choice = {
        "kind": "single_choice",
        "options": [{"code": "a", "label": {"vi": "A"}}, {"code": "b", "label": {"vi": "B"}}],
    }
    questions = [
        {"key": "note", "kind": "note", "text": {"vi": "Lời dẫn"}},
        {"key": "who", "text": {"vi": "Ai?"}, **choice},
        {"key": "roads", "text": {"vi": "Đường"}, **satisfaction},
        {"key": "why", "kind": "short_text", "text": {"vi": "Vì sao?"}},
        {"key": "water", "text": {"vi": "Nước"}, **satisfaction},
    ]
    head = {
        "key": "moi",
        "version": 1,
        "title": {"vi": "Phiếu"},
        "languages": ["vi"],
        "level": "xa",
        "sample": False,
    }
    return document.load({**head, "source": "", "confirmation": None, "questions": questions})


def test_what_is_not_named_is_satisfied_and_what_is_named_is_what_it_is_named(form):
    read = keyed.read_exceptions(form, Exceptions("3 17", "5", "3"))

    by_number = dict(enumerate((read.answers[question.key] for question in form.answerable), start=1))
    assert read.problems == {}
    assert {number: answer for number, answer in by_number.items() if answer != "satisfied"} == {
        3: "dissatisfied", 17: "dissatisfied", 5: None,
    }  # fmt: skip


@pytest.mark.parametrize("typed", ["3 17", "3,17", " 3+17 ", "3/17", "3. 17;", "03-17"])
def test_numbers_are_kept_apart_by_whatever_a_keypad_has(form, typed):
    assert keyed.read_exceptions(form, Exceptions(typed, "", "2")).problems == {}


@pytest.mark.parametrize(
    ("typed", "problems"),
    [
        (Exceptions("3 17", "", "1"), {"count": "other_count"}),
        (Exceptions("3 17", "", ""), {"count": "other_count"}),
        (Exceptions("", "", ""), {"count": "other_count"}),
        (Exceptions("", "", "0 0"), {"count": "other_count"}),
        (Exceptions("317", "", "1"), {"dissatisfied": "no_such_item"}),
        (Exceptions("0", "21", "2"), {"dissatisfied": "no_such_item", "blank": "no_such_item"}),
        (Exceptions("3 3", "", "2"), {"dissatisfied": "twice"}),
        (Exceptions("3", "3", "2"), {"blank": "twice"}),
        (Exceptions("ba", "", "1"), {"dissatisfied": "not_numbers"}),
        (Exceptions("9" * 400, "", "1"), {"dissatisfied": "no_such_item"}),
    ],
)
def test_what_cannot_be_right_is_told_and_gives_no_answers(form, typed, problems):
    read = keyed.read_exceptions(form, typed)

    assert {name: problem.code for name, problem in read.problems.items()} == problems
    assert read.answers == {}


def test_items_have_the_numbers_of_the_paper_and_other_questions_are_no_exceptions(mixed):
    assert {number: question.key for number, question in keyed.items(mixed).items()} == {
        2: "roads",
        4: "water",
    }
    assert (
        keyed.read_exceptions(mixed, Exceptions("1", "", "1")).problems["dissatisfied"].code == "no_such_item"
    )
    assert keyed.read_exceptions(mixed, Exceptions("4", "", "1")).answers == {
        "roads": "satisfied", "water": "dissatisfied",
    }  # fmt: skip


def test_exceptions_are_found_again_from_the_answers_and_counted(form):
    answers = read_answers(form, keyed.read_exceptions(form, Exceptions("3 17", "5", "3")).answers).answers

    assert keyed.exceptions(form, answers) == Exceptions("3 17", "5", "")
    assert keyed.sides(form, answers) == Sides(satisfied=17, dissatisfied=2, blank=1)


def test_a_choice_that_was_not_marked_is_missing_and_a_text_is_not(mixed):
    raw = {"roads": "satisfied", "water": ""}

    answers = read_answers(mixed, raw).answers
    assert [question.key for question in keyed.unmarked(mixed, raw, answers)] == ["who"]
    assert keyed.unmarked(mixed, raw | {"who": ""}, answers) == ()
