"""What makes an instrument usable, beyond well-typed fields; one rule, one function.

The rules protect the score: a scored item is two-way, always shown and the same for everybody. Words no
message.
"""

from collections import Counter
from collections.abc import Iterator

from survey_app.questions.instrument import (
    DISSATISFIED,
    SATISFIED,
    Instrument,
    Question,
    Text,
)
from survey_app.questions.problems import Problem

FEWEST_OPTIONS = 2


def problems(instrument: Instrument) -> tuple[Problem, ...]:
    """Every rule the instrument breaks, in the order of its questions."""
    return (*_of_the_whole(instrument), *_of_the_questions(instrument))


def _of_the_questions(instrument: Instrument) -> Iterator[Problem]:
    for place, question in enumerate(instrument.questions):
        yield from _wording(instrument, question)
        yield from _options(question)
        yield from _closing(question)
        yield from _range(question)
        yield from _condition(instrument, question, place)
        if not question.kind.row.is_asked and question.required:
            yield Problem("required_note", question.key)


def _of_the_whole(instrument: Instrument) -> Iterator[Problem]:
    if "vi" not in instrument.title:
        yield Problem("no_title")
    if "vi" not in instrument.languages:
        yield Problem("no_vietnamese")
    for language in _repeated(instrument.languages):
        yield Problem("duplicate_language", params={"language": language})
    for key in _repeated([question.key for question in instrument.questions]):
        yield Problem("duplicate_key", key)
    if not instrument.scored:
        yield Problem("no_scored_question")
    if sum(question.closing for question in instrument.questions) > 1:
        yield Problem("several_closing_items")
    yield from _missing(instrument, instrument.title, "", "title")


def _wording(instrument: Instrument, question: Question) -> Iterator[Problem]:
    yield from _missing(instrument, question.text, question.key, "text")
    if question.help:
        yield from _missing(instrument, question.help, question.key, "help")
    for option in question.options:
        yield from _missing(instrument, option.label, question.key, f"option {option.code}")


def _missing(instrument: Instrument, text: Text, where: str, field: str) -> Iterator[Problem]:
    for language in dict.fromkeys((*instrument.languages, "vi")):
        if language and language not in text and (field, language) != ("title", "vi"):
            yield Problem("missing_wording", where, {"language": language, "field": field})


def _options(question: Question) -> Iterator[Problem]:
    codes = [option.code for option in question.options]
    if not question.kind.row.has_options:
        if codes:
            yield Problem("options_not_allowed", question.key)
        return
    if len(codes) < FEWEST_OPTIONS:
        yield Problem("too_few_options", question.key, {"fewest": FEWEST_OPTIONS})
    for code in _repeated(codes):
        yield Problem("duplicate_option", question.key, {"option": code})
    if question.kind.row.two_way:
        yield from _two_way(question)
    elif any(option.counts for option in question.options):
        yield Problem("counts_not_allowed", question.key)


def _two_way(question: Question) -> Iterator[Problem]:
    # An answer stored as "satisfied" and counted as dissatisfied would deceive everyone who reads raw data.
    sides = [(option.code, option.counts) for option in question.options]
    if sorted(sides, key=str) != [(DISSATISFIED, DISSATISFIED), (SATISFIED, SATISFIED)]:
        yield Problem("not_two_way", question.key)


def _closing(question: Question) -> Iterator[Problem]:
    if question.closing and not question.kind.row.two_way:
        yield Problem("closing_not_satisfaction", question.key)


def _range(question: Question) -> Iterator[Problem]:
    limits = (question.minimum, question.maximum)
    if not question.kind.row.has_range:
        if limits != (None, None):
            yield Problem("range_not_allowed", question.key)
    elif (
        question.minimum is not None and question.maximum is not None and question.minimum > question.maximum
    ):
        yield Problem("minimum_above_maximum", question.key)


def _condition(instrument: Instrument, question: Question, place: int) -> Iterator[Problem]:
    condition = question.condition
    if condition is None:
        return
    if question.kind.row.two_way:
        yield Problem("condition_on_scored_item", question.key)
    other = instrument.question(condition.question)
    if other is None:
        yield Problem("condition_on_unknown_question", question.key, {"question": condition.question})
        return
    if other not in instrument.questions[:place]:
        yield Problem("condition_on_later_question", question.key, {"question": other.key})
    if not condition.answers or not set(condition.answers) <= set(other.option_codes):
        yield Problem("condition_on_impossible_answer", question.key, {"question": other.key})


def _repeated(values: list[str] | tuple[str, ...]) -> list[str]:
    return [value for value, times in Counter(values).items() if value and times > 1]
