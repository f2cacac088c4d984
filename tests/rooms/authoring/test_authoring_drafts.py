"""Editing documents, and the sentences of the check: no database."""

import re
from pathlib import Path

import pytest

from survey_app.authoring import drafts, wording
from survey_app.questions.kinds import Kind
from survey_app.questions.problems import Problem


def make_draft(*kinds: Kind) -> drafts.Document:
    draft = drafts.empty("thu", {"title": {"vi": "Phiếu"}, "languages": ["vi"], "level": "xa", "source": ""})
    for kind in kinds:
        item = drafts.blank_question(draft, kind)
        draft = drafts.with_question(draft, {**item, "text": {"vi": f"Câu {item['key']}"}})
    return draft


def keys(draft: drafts.Document) -> list[str]:
    return [item["key"] for item in draft["questions"]]


def test_a_new_question_goes_before_the_closing_item():
    draft = make_draft(Kind.SATISFACTION, Kind.SATISFACTION)
    draft["questions"][1]["closing"] = True

    grown = drafts.with_question(draft, drafts.blank_question(draft, Kind.LONG_TEXT))

    assert keys(grown) == ["q1", "q3", "q2"]


def test_moving_the_first_question_up_changes_nothing():
    draft = make_draft(Kind.NOTE, Kind.NUMBER)

    assert drafts.moved(draft, "q1", -1) == draft
    assert keys(drafts.moved(draft, "q1", 1)) == ["q2", "q1"]


def test_a_removed_key_is_not_given_to_two_questions_at_once():
    draft = drafts.without_question(make_draft(Kind.NOTE, Kind.NUMBER, Kind.NOTE), "q2")

    assert drafts.blank_question(draft, Kind.NOTE)["key"] == "q2"
    assert sorted({*keys(draft), "q2"}) == ["q1", "q2", "q3"]


@pytest.mark.parametrize("kind", list(Kind))
def test_a_question_of_every_kind_is_readable_once_it_has_its_words(kind: Kind):
    draft = make_draft(Kind.SATISFACTION, kind)
    if kind.row.has_options and not kind.row.two_way:
        draft["questions"][1]["options"] = [
            {"code": code, "label": {"vi": code}, "counts": None} for code in ("o1", "o2")
        ]

    instrument, problems = drafts.readable(draft)

    assert problems == ()
    assert instrument is not None
    assert instrument.questions[1].kind is kind


def test_another_kind_drops_what_it_has_no_place_for():
    item = {**drafts.blank_question(make_draft(), Kind.NUMBER), "minimum": 1, "maximum": 9, "required": True}

    note = drafts.of_kind(item, Kind.NOTE, ["vi"])

    assert (note["minimum"], note["maximum"], note["required"]) == (None, None, False)


def test_the_preview_leaves_out_questions_with_problems_and_those_that_hang_on_them():
    draft = make_draft(Kind.SATISFACTION, Kind.SINGLE_CHOICE, Kind.LONG_TEXT)
    draft["questions"][2]["condition"] = {"question": "q2", "answers": ["o1"]}

    instrument, left_out = drafts.showable(draft)

    assert instrument is not None
    assert [question.key for question in instrument.questions] == ["q1"]
    assert left_out == ("q2", "q3")


def test_notes_have_no_number_and_do_not_count():
    draft = make_draft(Kind.NOTE, Kind.SATISFACTION, Kind.NOTE, Kind.NUMBER)

    assert drafts.numbers(draft) == {"q1": None, "q2": 1, "q3": None, "q4": 2}


def test_every_problem_that_questions_can_report_has_a_sentence():
    sources = (Path("survey_app/questions") / name for name in ("document.py", "problems.py", "rules.py"))
    text = "".join(source.read_text(encoding="utf-8") for source in sources)

    reported = set(re.findall(r'(?:Problem|report)\("([a-z_]+)"', text))

    assert len(reported) > 20
    assert reported == wording.SENTENCES.keys()


@pytest.mark.parametrize("code", sorted(wording.SENTENCES))
def test_each_sentence_can_be_said(app_context, code: str):
    params = {
        "language": "en",
        "field": "option o1",
        "limit": 3,
        "fewest": 2,
        "question": "q1",
        "option": "o1",
    }

    assert len(wording.sentence(Problem(code, "q1", params))) > 10


@pytest.fixture
def app_context(app):
    return app
