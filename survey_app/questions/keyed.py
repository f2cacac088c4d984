"""What was keyed from paper: the numbers of items that are not satisfied or blank, or a digit for each question.

Numbers are those on paper. In neither way is a question blank by itself: it is marked as blank, or something was
forgotten. Words no message, only codes for the rooms to word.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from survey_app.questions.answers import is_shown
from survey_app.questions.instrument import DISSATISFIED, SATISFIED, Instrument, Question
from survey_app.questions.reading import AnswerProblem, Value

_NUMBERS = re.compile(r"[0-9]+")
#: What may be between numbers; a keypad has some of these beside its digits.
_BETWEEN = re.compile(r"[0-9\s,.;:+*/-]*")


@dataclass(frozen=True, slots=True)
class Sides:
    """How many two-way questions were answered on which side, and how many were left blank."""

    satisfied: int
    dissatisfied: int
    blank: int


@dataclass(frozen=True, slots=True)
class Exceptions:
    """What was typed: numbers of items that are not satisfied, of blank ones, and how many both are together."""

    dissatisfied: str
    blank: str
    count: str


@dataclass(frozen=True, slots=True)
class ReadExceptions:
    """Answers by question, None for a blank one; empty where there are problems, which are keyed by what was typed.

    Codes of problems: not_numbers, no_such_item (item), twice (item), other_count (count).
    """

    answers: Mapping[str, str | None]
    problems: Mapping[str, AnswerProblem]


def items(instrument: Instrument) -> Mapping[int, Question]:
    """The two-way questions under their numbers on paper; empty where one has other answers than one on each side."""
    found = {
        number: question
        for number, question in enumerate(instrument.answerable, start=1)
        if question.kind.row.two_way
    }
    sides = (
        [len(question.codes_of(side)) for side in (SATISFIED, DISSATISFIED)] for question in found.values()
    )
    return found if all(counted == [1, 1] for counted in sides) else {}


def read_exceptions(instrument: Instrument, typed: Exceptions) -> ReadExceptions:
    """The answers to all items, or every problem at once."""
    known = items(instrument)
    problems: dict[str, AnswerProblem] = {}
    named: dict[int, str] = {}
    for name, text in (("dissatisfied", typed.dissatisfied), ("blank", typed.blank)):
        if not _BETWEEN.fullmatch(text):
            problems[name] = AnswerProblem("not_numbers")
        for number in (int(digits[:9]) for digits in _NUMBERS.findall(text)):
            if number not in known:
                problems.setdefault(name, AnswerProblem("no_such_item", {"item": number}))
            elif number in named:
                problems.setdefault(name, AnswerProblem("twice", {"item": number}))
            named[number] = name
    if not problems and typed.count.strip() != str(len(named)):
        problems["count"] = AnswerProblem("other_count", {"count": len(named)})
    if problems:
        return ReadExceptions({}, problems)
    return ReadExceptions(
        {question.key: _answer(question, named.get(number)) for number, question in known.items()}, {}
    )


def exceptions(instrument: Instrument, answers: Mapping[str, Value]) -> Exceptions:
    """What would be typed for these answers; the count is left out, because it is counted on paper."""
    named: dict[str, list[str]] = {DISSATISFIED: [], "": []}
    for number, question in items(instrument).items():
        side = question.counts_as(answers.get(question.key)) or ""
        named.setdefault(side, []).append(str(number))
    return Exceptions(" ".join(named[DISSATISFIED]), " ".join(named[""]), "")


def sides(instrument: Instrument, answers: Mapping[str, Value]) -> Sides:
    """The answers to two-way questions in counts, for the eye that compares them with the paper."""
    found = [
        question.counts_as(answers.get(question.key))
        for question in instrument.answerable
        if question.kind.row.two_way
    ]
    return Sides(found.count(SATISFIED), found.count(DISSATISFIED), found.count(None))


def unmarked(
    instrument: Instrument, raw: Mapping[str, object], answers: Mapping[str, Value]
) -> tuple[Question, ...]:
    """Questions with one answer of a list that were neither answered nor marked as blank, of those that are asked."""
    return tuple(
        question
        for question in instrument.answerable
        if question.kind.row.is_closed
        and not question.kind.row.several
        and question.key not in raw
        and is_shown(question, answers)
    )


def _answer(question: Question, name: str | None) -> str | None:
    if name == "blank":
        return None
    return question.codes_of(SATISFIED if name is None else DISSATISFIED)[0]
