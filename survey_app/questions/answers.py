"""From what a browser, a phone or a keyed slip sent to what is stored, by one function for every door.

Answers come out in one canonical shape, because they are hashed: NFC text with LF, decimal strings, options
in the order of the form. Knows nothing of codes, receipts or storage; words no message, only codes for the
rooms to word.
"""

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from survey_app.questions import numbers
from survey_app.questions.instrument import Instrument, Kind, Question
from survey_app.questions.numbers import MOST_DIGITS

Value = str | tuple[str, ...] | None

#: Characters after NFC.
TEXT_LIMITS = {Kind.SHORT_TEXT: 200, Kind.LONG_TEXT: 2000}
LONGEST_ECHOED_KEY = 80

_FORBIDDEN = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class AnswerProblem:
    """Why an answer was not accepted.

    Codes: unknown_question, not_an_option, not_a_number, two_meanings (large, small), out_of_range (minimum, maximum
    or digits), too_long (limit), required, wrong_type, forbidden_character.
    """

    code: str
    params: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """`answers` holds every question but the notes, absent ones as None; a refused answer is None there too.

    `problems` is keyed by question; the key "" stands for answers that are not a mapping at all.
    """

    answers: dict[str, Value]
    problems: dict[str, AnswerProblem]


class _Refused(ValueError):
    """An answer that cannot be accepted."""

    def __init__(self, code: str, **params: int | str) -> None:
        super().__init__(code)
        self.problem = AnswerProblem(code, params)


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
        except _Refused as refused:
            problems[question.key] = refused.problem
    return Reading(answers, problems)


def is_shown(question: Question, answers: Mapping[str, Value]) -> bool:
    """Whether the question is asked, given the answers to the questions before it."""
    if question.condition is None:
        return True
    given = answers.get(question.condition.question)
    chosen = given if isinstance(given, tuple) else (given,)
    return any(code in question.condition.answers for code in chosen)


def is_valid_slip(instrument: Instrument, answers: Mapping[str, Value]) -> bool:
    """Whether at least one scored answer is readable. Other slips count in coverage only."""
    return any(question.counts_as(answers.get(question.key)) is not None for question in instrument.scored)


def _read(question: Question, raw: object) -> Value:
    value = _READERS[question.kind](question, raw)
    if value is None and question.required:
        raise _Refused("required")
    return value


def _one_of(question: Question, raw: object) -> str | None:
    code = _clean(raw)
    if code is not None and code not in question.option_codes:
        raise _Refused("not_an_option")
    return code


def _several_of(question: Question, raw: object) -> tuple[str, ...] | None:
    if raw is None:
        return None
    if not isinstance(raw, list | tuple):
        raise _Refused("wrong_type")
    chosen = {_one_of(question, item) for item in raw}
    return tuple(code for code in question.option_codes if code in chosen) or None


def _text(question: Question, raw: object) -> str | None:
    text = _clean(raw)
    limit = TEXT_LIMITS[question.kind]
    if text is not None and len(text) > limit:
        raise _Refused("too_long", limit=limit)
    return text


def _number(question: Question, raw: object) -> str | None:
    number = _json_number(raw) if isinstance(raw, int | float) else _typed_number(_clean(raw))
    if number is not None:
        _check_range(question, number)
    return number


_READERS = {
    Kind.SATISFACTION: _one_of,
    Kind.SINGLE_CHOICE: _one_of,
    Kind.FIVE_FACES: _one_of,
    Kind.MULTIPLE_CHOICE: _several_of,
    Kind.NUMBER: _number,
    Kind.SHORT_TEXT: _text,
    Kind.LONG_TEXT: _text,
}


def _clean(raw: object) -> str | None:
    """The text in NFC with LF and nothing around it; None when nothing is left."""
    if raw is None:
        return None
    if not isinstance(raw, str):
        raise _Refused("wrong_type")
    if _FORBIDDEN.search(raw):
        raise _Refused("forbidden_character")
    lines = raw.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", lines).strip() or None


def _typed_number(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return numbers.read(text)
    except numbers.TwoMeanings as unclear:
        raise _Refused("two_meanings", large=unclear.large, small=unclear.small) from unclear
    except numbers.TooLong as error:
        raise _Refused("out_of_range", digits=MOST_DIGITS) from error
    except numbers.NotANumber as error:
        raise _Refused("not_a_number") from error


def _json_number(raw: int | float) -> str:
    """A number that was sent as one has no signs to read: its point is a point."""
    if isinstance(raw, bool):
        raise _Refused("wrong_type")
    if isinstance(raw, float) and not math.isfinite(raw):
        raise _Refused("not_a_number")
    # Checked first, because Python refuses to print integers of thousands of digits.
    if abs(raw) >= 10**MOST_DIGITS:
        raise _Refused("out_of_range", digits=MOST_DIGITS)
    sign, whole, decimals = _digits(raw)
    return numbers.canonical(sign, whole, decimals)


def _digits(raw: int | float) -> tuple[str, str, str]:
    """Sign, digits before and after the point."""
    # Fifteen significant digits name every decimal a person can have meant; very small numbers are spelt out.
    text = str(abs(raw)) if isinstance(raw, int) else f"{abs(raw):.{MOST_DIGITS}g}"
    whole, _, decimals = (f"{abs(raw):.{MOST_DIGITS}f}" if "e" in text else text).partition(".")
    return "-" if raw < 0 else "", whole, decimals


def _check_range(question: Question, number: str) -> None:
    # Exact: at most fifteen digits on both sides, scaled to integers.
    whole, _, decimals = number.partition(".")
    scaled, one = int(whole + decimals), 10 ** len(decimals)
    if question.minimum is not None and scaled < question.minimum * one:
        raise _Refused("out_of_range", minimum=question.minimum)
    if question.maximum is not None and scaled > question.maximum * one:
        raise _Refused("out_of_range", maximum=question.maximum)


def _echo(key: object) -> str:
    """An unknown key as it may be shown again: short, and always encodable."""
    text = key if isinstance(key, str) else type(key).__name__
    return text[:LONGEST_ECHOED_KEY].encode("utf-8", "replace").decode("utf-8")
