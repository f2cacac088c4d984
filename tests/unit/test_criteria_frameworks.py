"""Rule books in and out of JSON: every mistake is named, and nothing half-right is read."""

import contextlib
import json
from dataclasses import replace
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_app.criteria import framework_document, frameworks
from survey_app.criteria.frameworks import InvalidFramework
from tests.evil import evil, planted

DATA = resources.files("survey_app") / "rulebooks" / "data"
SHIPPED = ("ntm-nang-cao-2021-2025", "mau-trinh-dien")
SOURCE = {"number": "01/QĐ-MẪU", "date": "2026-01-01", "article": "Điều 1"}


def shipped(key):
    return json.loads((DATA / f"{key}.json").read_text("utf-8"))


def make_document(**fields):
    requirement = {
        "key": "pooled",
        "indicator": "8.4",
        "kind": "pooled_rate",
        "title": {"vi": "Tỷ lệ"},
        "threshold": {"basis_points": 9000, "comparison": ">=", "source": SOURCE},
    }
    requirement.update(fields)
    return {
        "key": "mau",
        "version": 1,
        "title": {"vi": "Mẫu"},
        "period_from": "2026-01-01",
        "period_to": "2026-12-31",
        "requirements": [requirement],
    }


def problem_codes(made):
    with pytest.raises(InvalidFramework) as raised:
        framework_document.load(made)
    return {problem.code for problem in raised.value.problems}


@pytest.mark.parametrize("key", SHIPPED)
def test_a_shipped_rule_book_survives_loading_and_dumping(key):
    made = shipped(key)

    assert framework_document.dump(framework_document.load(made)) == made
    assert len(framework_document.digest(framework_document.load(made))) == 64


@pytest.mark.parametrize("key", SHIPPED)
def test_a_shipped_rule_book_names_one_valid_slip_by_phone_with_its_source(key):
    event = framework_document.load(shipped(key)).requirements[0]

    assert (event.kind, event.phone_slips.least) == ("consultation_event", 1)
    assert event.phone_slips.source.complete


def test_a_rule_book_recorded_before_slips_were_named_keeps_its_digest():
    book = framework_document.load(shipped("ntm-nang-cao-2021-2025"))
    older = replace(book, requirements=tuple(replace(one, phone_slips=None) for one in book.requirements))

    assert "phone_slips" not in framework_document.dump(older)["requirements"][0]
    assert [problem.code for problem in frameworks.unnamed(older)] == ["event_needs_phone_slips"]
    assert frameworks.unnamed(book) == ()


def test_the_real_rule_book_configures_no_threshold_of_a_rate():
    real = framework_document.load(shipped("ntm-nang-cao-2021-2025"))

    assert not real.demo
    assert [requirement.threshold for requirement in real.requirements] == [None] * 7
    assert "tổ chức lấy ý kiến sự hài lòng của người dân" in real.requirements[0].quote
    assert [(target.basis_points, target.accepts) for target in real.targets] == [
        (5000, ("decision",)),
        (4000, ("decision", "feedback")),
    ]
    assert {target.source.number for target in real.targets} == {"924/QĐ-TTg"}


def test_the_demonstration_rule_book_calls_itself_one_wherever_it_gives_a_figure():
    demo = framework_document.load(shipped("mau-trinh-dien"))

    sources = [requirement.threshold.source for requirement in demo.requirements if requirement.threshold]
    assert demo.demo
    assert {source.number for source in (*sources, *(target.source for target in demo.targets))} == {
        "MẪU TRÌNH DIỄN"
    }


@pytest.mark.parametrize("missing", ["number", "date", "article"])
def test_a_threshold_without_number_date_or_article_of_its_source_is_refused(missing):
    source = {**SOURCE, missing: None}

    made = make_document(threshold={"basis_points": 9000, "comparison": ">=", "source": source})

    assert "source_needs_number_date_and_article" in problem_codes(made)


BROKEN = {
    "a rate in days": (
        {"threshold": {"days": 3, "comparison": ">=", "source": SOURCE}},
        "threshold_needs_basis_points",
    ),
    "days as a rate": ({"kind": "posting_days"}, "threshold_needs_days"),
    "an event with a threshold": ({"kind": "consultation_event"}, "event_with_threshold"),
    "more than all": (
        {"threshold": {"basis_points": 10001, "comparison": ">=", "source": SOURCE}},
        "out_of_range",
    ),
    "another comparison": (
        {"threshold": {"basis_points": 1, "comparison": "<", "source": SOURCE}},
        "unknown_value",
    ),
    "an unknown kind": ({"kind": "mood"}, "unknown_value"),
    "no title": ({"title": {}}, "no_title"),
    "a date that is none": (
        {"threshold": {"basis_points": 1, "comparison": ">", "source": {**SOURCE, "date": "2026-02-30"}}},
        "bad_date",
    ),
    "a misspelt field": ({"treshold": None}, "unknown_field"),
    "slips by phone of a rate": (
        {"phone_slips": {"least": 1, "source": SOURCE}},
        "phone_slips_without_event",
    ),
    "no slip by phone": (
        {"kind": "consultation_event", "threshold": None, "phone_slips": {"least": 0, "source": SOURCE}},
        "out_of_range",
    ),
    "slips by phone that nobody can look up": (
        {"kind": "consultation_event", "threshold": None, "phone_slips": {"least": 1, "source": None}},
        "source_needs_number_date_and_article",
    ),
}


@pytest.mark.parametrize(("fields", "code"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_requirement_is_refused(fields, code):
    assert code in problem_codes(make_document(**fields))


def test_a_period_must_be_given_and_must_not_run_backwards():
    assert "no_period" in problem_codes({**make_document(), "period_to": None})
    assert "period_ends_before_it_begins" in problem_codes({**make_document(), "period_to": "2020-01-01"})


def test_two_requirements_may_not_share_a_key():
    made = make_document()

    assert "duplicate_key" in problem_codes({**made, "requirements": made["requirements"] * 2})


@given(value=evil, place=st.integers(0, 500))
def test_an_evil_value_anywhere_is_refused_or_accepted_but_never_crashes(value, place):
    made = planted(shipped("mau-trinh-dien"), value, place)

    with contextlib.suppress(InvalidFramework):
        loaded = framework_document.load(made)
        assert framework_document.load(framework_document.dump(loaded)) == loaded


def test_only_a_consultation_counts_valid_slips_by_phone():
    assert [kind.value for kind in frameworks.RequirementKind if kind.counts_phone_slips] == [
        "consultation_event"
    ]


def missing_from(*requirements):
    """What a new rule book of these conditions has to name besides."""
    book = framework_document.load({**make_document(), "requirements": list(requirements)})
    return [(problem.code, problem.where) for problem in frameworks.unnamed(book)]


@pytest.mark.parametrize(
    ("basis_points", "comparison", "is_missing"),
    [(0, ">=", True), (1, ">=", False), (10_000, ">=", False), (9_999, ">", False), (10_000, ">", True)],
)
def test_a_new_rule_book_asks_for_no_share_that_everybody_or_nobody_reaches(
    basis_points, comparison, is_missing
):
    threshold = {"basis_points": basis_points, "comparison": comparison, "source": SOURCE}
    (requirement,) = make_document(threshold=threshold)["requirements"]

    assert missing_from(requirement) == ([("share_of_all_or_nobody", "pooled")] if is_missing else [])


@pytest.mark.parametrize(
    ("source", "is_missing"), [(None, True), ({**SOURCE, "article": ""}, True), (SOURCE, False)]
)
def test_a_new_rule_book_names_the_whole_source_of_a_back_check(source, is_missing):
    back_check = {
        "key": "again", "indicator": "8.4", "kind": "back_check", "title": {"vi": "Kiểm tra lại"}, "source": source,
    }  # fmt: skip

    assert missing_from(back_check) == ([("back_check_needs_source", "again")] if is_missing else [])
