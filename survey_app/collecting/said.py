"""The answers of a slip as they are read over; those from a closed list are drawn once for a question and a language.

A form has a few dozen of these, and most of the work of the page before sending was to draw them again each time.
"""

from collections.abc import Iterable

from flask import Flask, current_app, get_template_attribute

from survey_app.i18n import current_language
from survey_app.questions.instrument import Question
from survey_app.questions.reading import Value

_KEPT = "answers_drawn"
_MOST_KEPT = 10_000


def init_app(app: Flask) -> None:
    """Room for the answers this process has drawn, and the filter of templates that puts them together."""
    app.extensions[_KEPT] = {}
    app.jinja_env.filters["answer_rows"] = rows


def rows(shown: Iterable[tuple[Question, Value]]) -> list[str]:
    """Each question with its answer as HTML, in the language of this request."""
    language = current_language()
    return [_row(question, answer, language) for question, answer in shown]


def _row(question: Question, answer: Value, language: str) -> str:
    if answer is not None and answer not in question.option_codes:
        return _drawn(question, answer)
    kept: dict[tuple[int, Value, str], tuple[Question, str]] = current_app.extensions[_KEPT]
    # The question is kept too, so that no other takes its number while its row is there.
    key = id(question), answer, language
    if key not in kept:
        if len(kept) >= _MOST_KEPT:
            kept.clear()
        kept[key] = question, _drawn(question, answer)
    return kept[key][1]


def _drawn(question: Question, answer: Value) -> str:
    drawn: str = get_template_attribute("collecting/answer.html", "row")(question, answer)
    return drawn
