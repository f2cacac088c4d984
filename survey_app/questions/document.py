"""Instruments in and out of JSON: nothing half-right gets in, and equal instruments have equal digests.

`load` is the only way an instrument is made outside tests. Knows no file and no database; which wording is
official is not decided here.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from survey_app.questions import rules
from survey_app.questions.instrument import Condition, Instrument, Option, Question
from survey_app.questions.kinds import Kind
from survey_app.questions.problems import Checker, InvalidDocument

_INSTRUMENT_FIELDS = frozenset(field.name for field in fields(Instrument))
_QUESTION_FIELDS = frozenset(field.name for field in fields(Question))
_OPTION_FIELDS = frozenset(field.name for field in fields(Option))
_CONDITION_FIELDS = frozenset(field.name for field in fields(Condition))


class InvalidInstrument(InvalidDocument):
    """A document that is no usable instrument; each problem's `where` is a question's key."""


def load(document: Mapping[str, object]) -> Instrument:
    """The instrument described. Raises InvalidInstrument, and nothing else, with all problems at once.

    Texts are brought to NFC. A question without a usable key is named by its place, "#3".
    """
    checker = Checker()
    instrument = _read_instrument(checker, checker.mapping(document, "document"))
    problems = (*checker.problems, *rules.problems(instrument))
    if problems:
        raise InvalidInstrument(problems)
    return instrument


def dump(instrument: Instrument) -> dict[str, Any]:
    """The instrument as JSON, in a stable shape; `load` gives the same one back."""
    return {
        "key": instrument.key,
        "version": instrument.version,
        "title": dict(instrument.title),
        "languages": list(instrument.languages),
        "level": instrument.level,
        "sample": instrument.sample,
        "source": instrument.source,
        "confirmation": instrument.confirmation,
        "questions": [_dump_question(question) for question in instrument.questions],
    }


def canonical(instrument: Instrument) -> bytes:
    """The one form of the instrument as UTF-8 JSON.

    Field names are ASCII and numbers are integers, so sorted keys without spaces are the form of RFC 8785.
    """
    text = json.dumps(dump(instrument), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8")


def digest(instrument: Instrument) -> str:
    """SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(instrument)).hexdigest()


def same_scored_wording(one: Instrument, other: Instrument) -> bool:
    """Whether both ask the scored questions and the closing item in the same words, options and order.

    A decision survey is locked to its template by this; unscored questions may be added anywhere.
    """
    return _locked(one) == _locked(other)


def _locked(instrument: Instrument) -> list[Question]:
    """What may not differ, without the notes on where an item's name comes from."""
    questions = (question for question in instrument.questions if question.scored or question.closing)
    return [replace(question, from_memory=False, source="") for question in questions]


def _read_instrument(checker: Checker, document: Mapping[str, object]) -> Instrument:
    checker.known_fields(document, _INSTRUMENT_FIELDS)
    version = checker.integer(document.get("version"), "version")
    if version is None or version < 1:
        checker.report("bad_version")
    instrument = Instrument(
        key=checker.key(document.get("key"), "key"),
        version=version or 0,
        title=checker.texts(document.get("title"), "title"),
        languages=checker.keys(document.get("languages"), "languages"),
        level=checker.key(document.get("level"), "level"),
        sample=checker.flag(document.get("sample"), "sample"),
        source=checker.string(document.get("source"), "source"),
        confirmation=checker.string(document.get("confirmation"), "confirmation") or None,
        questions=(),
    )
    questions = checker.items(document.get("questions"), "questions")
    numbered = enumerate(questions, start=1)
    return replace(instrument, questions=tuple(_read_question(checker, item, n) for n, item in numbered))


def _read_question(checker: Checker, value: object, number: int) -> Question:
    checker.where = f"#{number}"
    document = checker.mapping(value, "question")
    key = checker.key(document.get("key"), "key")
    checker.where = key or checker.where
    checker.known_fields(document, _QUESTION_FIELDS)
    options = checker.items(document.get("options"), "options")
    return Question(
        key=checker.where,
        kind=_read_kind(checker, document.get("kind")),
        text=checker.texts(document.get("text"), "text"),
        help=checker.texts(document.get("help"), "help"),
        required=checker.flag(document.get("required"), "required"),
        options=tuple(_read_option(checker, option) for option in options),
        condition=_read_condition(checker, document.get("condition")),
        closing=checker.flag(document.get("closing"), "closing"),
        from_memory=checker.flag(document.get("from_memory"), "from_memory"),
        source=checker.string(document.get("source"), "source"),
        minimum=checker.integer(document.get("minimum"), "minimum"),
        maximum=checker.integer(document.get("maximum"), "maximum"),
    )


def _read_kind(checker: Checker, value: object) -> Kind:
    """The kind; an unknown one is reported and stands in as a note, of which nothing else is asked."""
    name = checker.string(value, "kind")
    if name in {kind.value for kind in Kind}:
        return Kind(name)
    checker.report("unknown_kind")
    return Kind.NOTE


def _read_option(checker: Checker, value: object) -> Option:
    document = checker.mapping(value, "option")
    checker.known_fields(document, _OPTION_FIELDS)
    return Option(
        code=checker.key(document.get("code"), "code"),
        label=checker.texts(document.get("label"), "label"),
        counts=checker.string(document.get("counts"), "counts") or None,
    )


def _read_condition(checker: Checker, value: object) -> Condition | None:
    if value is None:
        return None
    document = checker.mapping(value, "condition")
    checker.known_fields(document, _CONDITION_FIELDS)
    return Condition(
        question=checker.string(document.get("question"), "condition"),
        answers=checker.keys(document.get("answers"), "condition"),
    )


def _dump_question(question: Question) -> dict[str, Any]:
    return {
        "key": question.key,
        "kind": question.kind.value,
        "text": dict(question.text),
        "help": dict(question.help),
        "required": question.required,
        "options": [_dump_option(option) for option in question.options],
        "condition": _dump_condition(question.condition),
        "closing": question.closing,
        "from_memory": question.from_memory,
        "source": question.source,
        "minimum": question.minimum,
        "maximum": question.maximum,
    }


def _dump_option(option: Option) -> dict[str, Any]:
    return {"code": option.code, "label": dict(option.label), "counts": option.counts}


def _dump_condition(condition: Condition | None) -> dict[str, Any] | None:
    if condition is None:
        return None
    return {"question": condition.question, "answers": list(condition.answers)}
