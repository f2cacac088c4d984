"""What was answered, as it is read over before it is sent: what displeases first, then what is blank, then the rest.

Answers from a closed list are drawn once for a question and a language where a refusal shows them again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import Flask, current_app, get_template_attribute

from survey_app.collecting import wording
from survey_app.i18n import current_language
from survey_app.i18n import gettext as _
from survey_app.questions.instrument import DISSATISFIED, Instrument, Question
from survey_app.questions.reading import Value

_KEPT = "answers_drawn"
_MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Line:
    """One question under its answer; `number` as the form shows it, `answer` is None where the group says it."""

    number: int
    question: Question
    words: str
    answer: Value


@dataclass(frozen=True, slots=True)
class Group:
    """What was answered alike."""

    title: str
    lines: tuple[Line, ...]


def init_app(app: Flask) -> None:
    """Room for the answers this process has drawn, and the filter of templates that puts them together."""
    app.extensions[_KEPT] = {}
    app.jinja_env.filters["answer_rows"] = rows


def groups(instrument: Instrument, shown: Sequence[tuple[Question, Value]]) -> tuple[Group, ...]:
    """The questions that are asked, by answer; a group that would be empty is left out."""
    _stem, topics = wording.by_topic(instrument)
    found: dict[str, list[Line]] = {side: [] for side in ("against", "blank", "for", "others")}
    titles = {"against": "", "blank": _("Left blank"), "for": "", "others": _("Other answers")}
    for number, (question, answer) in enumerate(shown, 1):
        counts = question.counts_as(answer) if question.kind.row.two_way else None
        side = "blank" if answer is None else "others"
        if counts is not None:
            side = "against" if counts == DISSATISFIED else "for"
            titles[side] = titles[side] or _label(question, answer)
        topic = topics.get(question.key)
        words = topic.large if topic else wording.wording(question.text)
        words = words[:1].upper() + words[1:]
        found[side].append(Line(number, question, words, answer if side == "others" else None))
    return tuple(Group(titles[side], tuple(lines)) for side, lines in found.items() if lines)


def rows(shown: Iterable[tuple[Question, Value]]) -> list[str]:
    """Each question with its answer as HTML, in the language of this request."""
    language = current_language()
    return [_row(question, answer, language) for question, answer in shown]


def _label(question: Question, answer: Value) -> str:
    return next(wording.wording(option.label) for option in question.options if option.code == answer)


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
