"""Every kind of question on every medium that asks it: phone, review, keying screen and paper.

What its answers come to is read in `sealing/test_sealing_every_kind`.
"""

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import render_template

import survey_app
from survey_app import i18n
from survey_app.access import Role
from survey_app.printing import ticks
from survey_app.questions import document
from survey_app.questions.kinds import Kind
from tests.every_kind import EXAMPLES
from tests.pages import Page

APP = Path(survey_app.__file__).parent
ASKED = [kind for kind in Kind if kind.row.is_asked]
#: Every name of a kind but "number" and "note", which are words of many other things.
NAMES = "|".join(kind.value for kind in Kind if "_" in kind.value)


@pytest.fixture
def survey(make_commune, make_form, make_survey, hand_out):
    """An open survey that asks every kind, and a code of it."""
    commune = make_commune()
    survey = make_survey(commune, form=make_form(*(example.asked for example in EXAMPLES.values())))
    return commune, survey, hand_out(survey, commune.villages["Phung"])[0]


@pytest.fixture
def form(client, survey):
    """The respondent's page."""
    return client.get(f"/k/{survey[2]}").text


class _Fields(HTMLParser):
    """The fields of a page by name, as (type, value)."""

    def __init__(self, html):
        super().__init__()
        self.named = {}
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag in {"input", "textarea"} and "name" in found:
            sort = (found["type"], found["value"]) if tag == "input" else (tag, None)
            self.named.setdefault(found["name"], set()).add(sort)


def fields_of_kinds(html):
    found = _Fields(html).named
    return {kind: frozenset(found.get(kind.value, ())) for kind in Kind}


def words(html):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_there_is_an_example_of_every_kind():
    assert list(EXAMPLES) == list(Kind)


def test_every_kind_is_asked_on_the_phone(form):
    assert fields_of_kinds(form) == {kind: example.card for kind, example in EXAMPLES.items()}
    assert [kind for kind in Kind if f"Hỏi kiểu {kind.value}?" not in form] == []


def test_every_answer_is_read_over_in_words_before_it_is_sent(client, survey, form):
    sent = {kind.value: example.sent for kind, example in EXAMPLES.items() if example.sent}
    filled = Page(form).form(id="phieu").data(**sent, _step="review")

    review = client.post(f"/k/{survey[2]}", data=filled).text

    read = {}
    for title, lines in re.findall(r"<h2>(.*?) \(\d+\)</h2>(.*?)</ul>", review, re.S):
        for question, answer in re.findall(r"<span>(.*?)</span>(.*?)</button>", lines, re.S):
            read[words(question)] = words(answer) or words(title)
    assert {kind: read[f"Hỏi kiểu {kind.value}?"] for kind in ASKED} == {
        kind: EXAMPLES[kind].said for kind in ASKED
    }


def test_every_kind_is_keyed_from_paper(survey, sign_in):
    commune, survey, _code = survey

    page = sign_in(Role.CLERK, commune.unit).get(f"/can-bo/nhap-phieu/{survey.id}?cach=tung-so").text

    assert fields_of_kinds(page) == {kind: example.keyed for kind, example in EXAMPLES.items()}


def test_every_kind_has_its_place_on_paper(app):
    questions = [example.asked for example in EXAMPLES.values()]
    form = {
        "key": "moi", "version": 1, "title": {"vi": "Phiếu", "en": "Form"}, "languages": ["vi", "en"], "level": "xa",
        "sample": False, "source": "", "confirmation": None, "questions": questions,
    }  # fmt: skip
    lines = ticks._lines(document.load(form), ticks.Stem("", ""), ())
    boxes = ticks.TickBoxes(ticks.Stem("", ""), (), tuple(lines), 8, shortened=False)
    with app.test_request_context(), i18n.force_locale("vi"):
        paper = render_template("printing/print/ticks_alone.html", boxes=boxes)

    for mark, sign in (("box", "□"), ("dots", "…"), ("blank", "▭")):
        paper = re.sub(f'<span class="{mark}"[^>]*></span>', f" {sign} ", paper)
    missing = [
        kind
        for kind in ASKED
        if f"Hỏi kiểu {kind.value}? {EXAMPLES[kind].paper}" not in words(paper).replace("\u00a0", " ")
    ]
    assert missing == []


def test_every_kind_that_is_asked_has_one_template():
    templates = {file.stem for file in (APP / "templates/kinds").iterdir()}

    assert templates == {*(kind.value for kind in ASKED), "parts"}


def test_no_code_and_no_page_asks_which_kind_a_question_is():
    naming = sorted(
        str(path.relative_to(APP))
        for pattern in ("*.py", "*.html", "*.js")
        for path in APP.rglob(pattern)
        if path.parent != APP / "questions"
        and re.search(
            rf"\bKind\.[A-Z_]+\b|\b({NAMES})\b|(question|item)\.kind (==|!=|in) [\"(']",
            path.read_text(encoding="utf-8"),
        )
    )

    assert naming == []
