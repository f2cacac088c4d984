"""Answers as they lie in the database: values as read, and each free text beside the salt of its hash."""

import secrets
from collections.abc import Mapping
from typing import Any

from survey_app.questions.instrument import Instrument
from survey_app.questions.reading import Value

_SALT_BYTES = 16


def pack(instrument: Instrument, answers: Mapping[str, Value], salts: Mapping[str, str]) -> dict[str, Any]:
    """The JSON to store. `salts` gives the salt of each free text; a text without one gets a fresh salt."""
    return {key: _packed(instrument, key, value, salts) for key, value in answers.items()}


def values(instrument: Instrument, answers: Mapping[str, Any]) -> dict[str, Value]:
    """The answers again, as `questions.answers` gave them; a redacted text is None."""
    return {question.key: _value(answers.get(question.key)) for question in instrument.answerable}


def salts(answers: Mapping[str, Any]) -> dict[str, str]:
    """The salts of the free texts, by question."""
    return {
        key: value["salt"] for key, value in answers.items() if isinstance(value, dict) and "salt" in value
    }


def redacted(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The free texts of which only the hash is left, by question."""
    return {key: value for key, value in answers.items() if isinstance(value, dict) and "text" not in value}


def _packed(instrument: Instrument, key: str, value: Value, salts: Mapping[str, str]) -> Any:
    question = instrument.question(key)
    if value is None or question is None:
        return None
    if question.kind.row.is_text:
        return {"text": value, "salt": salts.get(key) or secrets.token_hex(_SALT_BYTES)}
    return list(value) if isinstance(value, tuple) else value


def _value(stored: Any) -> Value:
    if isinstance(stored, dict):
        return stored.get("text")
    return tuple(stored) if isinstance(stored, list) else stored
