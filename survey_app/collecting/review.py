"""The review page before sending: answers “not satisfied” first, then blank ones, then the rest.

Answers from a closed list are drawn once for a question and a language; what was typed is drawn each time.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from flask import Flask, current_app, get_template_attribute

from survey_app.collecting import wording
from survey_app.i18n import current_language
from survey_app.i18n import gettext as _
from survey_app.questions.instrument import DISSATISFIED, Instrument, Question
from survey_app.questions.reading import Value

_KEPT = "answers_drawn"
_MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Group:
    """What was answered alike, each question a line of HTML."""

    title: str
    lines: tuple[str, ...]


def init_app(app: Flask) -> None:
    """Room for the answers this process has drawn, and the filter of templates that puts them together."""
    app.extensions[_KEPT] = {}
    app.jinja_env.filters["answer_rows"] = rows


def groups(instrument: Instrument, shown: Sequence[tuple[Question, Value]]) -> tuple[Group, ...]:
    """The questions that are asked, by answer; a group that would be empty is left out.

    A line has the number that the form shows, and its answer where the title of the group does not say it.
    """
    found: dict[str, list[str]] = {side: [] for side in ("against", "blank", "for", "others")}
    titles = {"against": "", "blank": _("Left blank"), "for": "", "others": _("Other answers")}
    for number, (question, answer) in enumerate(shown, 1):
        counts = question.counts_as(answer) if question.kind.row.two_way else None
        side = "blank" if answer is None else "others"
        if counts is not None:
            side = "against" if counts == DISSATISFIED else "for"
            titles[side] = titles[side] or _label(question, answer)
        found[side].append(_line(instrument, number, question, answer if side == "others" else None))
    return tuple(Group(titles[side], tuple(lines)) for side, lines in found.items() if lines)


def rows(shown: Iterable[tuple[Question, Value]]) -> list[str]:
    """Each question with its answer as HTML, in the language of this request."""
    return [
        _once(0, question, answer, partial(_drawn, "row", question, answer)) for question, answer in shown
    ]


def _line(instrument: Instrument, number: int, question: Question, answer: Value) -> str:
    return _once(
        number, question, answer,
        lambda: _drawn("line", question, answer, number=number, words=_words(instrument, question)),
    )  # fmt: skip


def _words(instrument: Instrument, question: Question) -> str:
    _stem, topics = wording.by_topic(instrument)
    topic = topics.get(question.key)
    words = topic.large if topic else wording.wording(question.text)
    return words[:1].upper() + words[1:]


def _label(question: Question, answer: Value) -> str:
    return next(wording.wording(option.label) for option in question.options if option.code == answer)


def _once(number: int, question: Question, answer: Value, draw: Callable[[], str]) -> str:
    """What `draw` gives, kept for the language of this request; `number` is 0 where none is shown."""
    if answer is not None and answer not in question.option_codes:
        return draw()
    kept: dict[tuple[int, int, Value, str], tuple[Question, str]] = current_app.extensions[_KEPT]
    # The question is kept too, so that no other takes its place in memory while its line is there.
    key = number, id(question), answer, current_language()
    if key not in kept:
        if len(kept) >= _MOST_KEPT:
            kept.clear()
        kept[key] = question, draw()
    return kept[key][1]


def _drawn(macro: str, question: Question, answer: Value, **more: object) -> str:
    drawn: str = get_template_attribute("collecting/answer.html", macro)(question, answer, **more)
    return drawn
