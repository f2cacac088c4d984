"""Every code of `criteria` has a sentence, and figures in sentences read as in the law."""

import re
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from survey_app import criteria, i18n
from survey_app.criteria.findings import Finding, Rule, Verdict
from survey_app.criteria.frameworks import Comparison, Requirement, RequirementKind, Source, Threshold
from survey_app.questions import problems
from survey_app.questions.problems import Problem
from survey_app.rulebooks import problem_words, rule_texts, wording

PARAMETERS = {
    "basis_points": 9000,
    "comparison": ">=",
    "n": 8996,
    "of": 10000,
    "items": 19,
    "missed": "roads, water",
    "days": 10,
    "posted_days": 9,
    "answered": 101,
    "households": 100,
    "survey": "0002",
    "newest": "0003",
    "phone_slips": 3,
    "least": 1,
    "decision": "12/QĐ-UBND, 06/05/2024",
    "field": "kind",
    "limit": 300,
    "minimum": 0,
    "maximum": 10000,
}


def codes(pattern: str, *modules: str) -> list[str]:
    sources = [Path(module).read_text(encoding="utf-8") for module in modules]
    return sorted({code for source in sources for code in re.findall(pattern, source)})


FOLDER = Path(criteria.__file__).parent
RULES = codes(r'Rule\("(\w+)"', FOLDER / "findings.py")
PROBLEMS = codes(r'(?:report|Problem)\("(\w+)"', FOLDER / "frameworks.py", Path(problems.__file__))


def finding(code: str, quote: str = "") -> Finding:
    requirement = Requirement("pooled", "8.4", RequirementKind.POOLED_RATE, {"vi": "Tỷ lệ"}, quote)
    return Finding(requirement, Verdict.MET, Rule(code, PARAMETERS), None)


@pytest.mark.parametrize("code", RULES)
def test_every_rule_has_a_sentence(app_in_english, code):
    assert "%(" not in rule_texts.rule_text(finding(code))


@pytest.mark.parametrize("code", PROBLEMS)
def test_every_problem_of_a_rule_book_has_a_sentence(app_in_english, code):
    assert "%(" not in problem_words.problem_text(Problem(code, "pooled", PARAMETERS))


def test_a_rate_below_its_threshold_is_never_printed_as_the_threshold(app_in_english):
    close = Finding(
        finding("x").requirement,
        Verdict.NOT_MET,
        Rule("rate_compared", {"basis_points": 9000, "comparison": ">=", "n": 89996, "of": 100000}),
        None,
    )

    assert rule_texts.rule_text(close) == "89,996 of 100,000 = 89.99\u00a0%, required at least 90\u00a0%."


def test_the_rule_of_an_event_quotes_the_law(app_in_english):
    assert rule_texts.rule_text(finding("consulted_by_phone", quote="tổ chức lấy ý kiến")).endswith(
        "“tổ chức lấy ý kiến”"
    )


def test_a_source_reads_as_number_date_and_article(app_in_english):
    assert (
        wording.source_text(Source("924/QĐ-TTg", date(2022, 8, 2), "Điều 1"))
        == "924/QĐ-TTg, 02/08/2022, Điều 1"
    )
    assert wording.source_text(Source("924/QĐ-TTg", None, "")) == "924/QĐ-TTg"
    assert wording.source_text(None) == ""


@pytest.mark.parametrize(
    ("threshold", "text"),
    [
        (Threshold(9250, Comparison.AT_LEAST, Source("", None, "")), "at least 92.5\u00a0%"),
        (Threshold(6000, Comparison.ABOVE, Source("", None, "")), "more than 60\u00a0%"),
        (Threshold(None, Comparison.AT_LEAST, Source("", None, ""), days=10), "at least 10 days"),
    ],
)
def test_a_threshold_says_whether_it_is_itself_enough(app_in_english, threshold, text):
    assert wording.threshold_text(threshold) == text


@pytest.fixture
def app_in_english(tmp_path):
    app = Flask(__name__)
    app.config["TRANSLATIONS"] = tmp_path
    i18n.init_app(app)
    with app.test_request_context(), i18n.force_locale("en"):
        yield


@pytest.mark.parametrize(
    "code", ["consulted_by_phone", "consulted_earlier", "awaits_signatures", "too_few_slips_by_phone"]
)
def test_what_an_event_counts_has_a_sentence_without_the_count_for_who_may_not_have_it(app_in_english, code):
    said = rule_texts.rule_text(finding(f"{code}_untold"))

    assert "0002" in said
    assert "3" not in said.replace("0003", "")
