"""From what a browser, a phone or a keyed slip sent to what is stored, by one function for every door.

Answers come out in one canonical shape, because they are hashed: `reading` says how one of them is read. Knows
nothing of codes, receipts or storage.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from survey_app.questions import reading
from survey_app.questions.instrument import Instrument, Question
from survey_app.questions.reading import AnswerProblem, Refused, Value

LONGEST_ECHOED_KEY = 80


@dataclass(frozen=True, slots=True)
class Reading:
    """`answers` holds every question but the notes, absent ones as None; a refused answer is None there too.

    `problems` is keyed by question; the key "" stands for answers that are not a mapping at all.
    """

    answers: dict[str, Value]
    problems: dict[str, AnswerProblem]


def read_answers(instrument: Instrument, raw: Mapping[str, object]) -> Reading:
    """The canonical answers, and every problem at once. Never raises, whatever JSON was sent.

    An answer whose question is not shown is dropped before anything else is asked of it, `required` included.
    """
    answers: dict[str, Value] = {question.key: None for question in instrument.answerable}
    if not isinstance(raw, Mapping):
        return Reading(answers, {"": AnswerProblem("wrong_type")})
    problems = {_echo(key): AnswerProblem("unknown_question") for key in raw if key not in answers}
    for question in instrument.answerable:
        if not is_shown(question, answers):
            continue
        try:
            answers[question.key] = _read(question, raw.get(question.key))
        except Refused as refused:
            problems[question.key] = refused.problem
    return Reading(answers, problems)


def is_shown(question: Question, answers: Mapping[str, Value]) -> bool:
    """Whether the question is asked, given the answers to the questions before it."""
    if question.condition is None:
        return True
    given = answers.get(question.condition.question)
    chosen = given if isinstance(given, tuple) else (given,)
    return any(code in question.condition.answers for code in chosen)


def asked_and_answered(
    instrument: Instrument, answers: Mapping[str, Value]
) -> tuple[tuple[Question, Value], ...]:
    """Every question that is asked, with its answer; None for one left open."""
    return tuple(
        (question, answers.get(question.key))
        for question in instrument.answerable
        if is_shown(question, answers)
    )


def is_valid_slip(instrument: Instrument, answers: Mapping[str, Value]) -> bool:
    """Whether at least one scored answer is readable. Other slips count in coverage only."""
    return any(question.counts_as(answers.get(question.key)) is not None for question in instrument.scored)


def _read(question: Question, raw: object) -> Value:
    value = question.kind.row.read(raw, question.option_codes)
    if value is None and question.required:
        raise Refused("required")
    if isinstance(value, str) and question.kind.row.has_range:
        reading.check_range(value, question.minimum, question.maximum)
    return value


def _echo(key: object) -> str:
    """An unknown key as it may be shown again: short, and always encodable."""
    text = key if isinstance(key, str) else type(key).__name__
    return text[:LONGEST_ECHOED_KEY].encode("utf-8", "replace").decode("utf-8")
