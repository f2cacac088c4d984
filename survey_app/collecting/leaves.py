"""The commitment to one answer: its leaf, the receipt a person can note, and the server's signed promise.

A leaf shows nothing of the answer, because the submission id is known to the respondent alone until the survey is
sealed.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import rfc8785

from survey_app.fieldwork.codes import ALPHABET, check_character, plain
from survey_app.keys import KeyStore

#: Characters of the leaf that a receipt shows: 80 bits.
_RECEIPT_CHARACTERS = 16


def leaf(
    *, survey: str, version: int, unit: str, channel: str, submission_id: str, answers: Mapping[str, Any]
) -> str:
    """SHA-256(0x00 ‖ JCS of the answer), in hexadecimal. `answers` as stored; `unit` is the code of the village.

    Free text enters as its own salted hash, so that it can be redacted and the leaf still be checked.
    """
    content: dict[str, Any] = {
        "survey": survey,
        "version": version,
        "unit": unit,
        "channel": channel,
        "submission_id": submission_id,
        "answers": {key: _committed(value) for key, value in answers.items()},
    }
    return hashlib.sha256(b"\0" + rfc8785.dumps(content)).hexdigest()


def text_digest(value: Mapping[str, str]) -> str:
    """What stands for a stored free text in its leaf, in hexadecimal; it stays when the text is taken out."""
    if "text" not in value:
        return value["sha256"]
    return hashlib.sha256((value["salt"] + value["text"]).encode()).hexdigest()


def receipt(survey_id: str, leaf: str) -> str:
    """What the person sees: survey number, 16 characters of the leaf, a check character.

    >>> receipt("001", "00" * 32)
    '001-0000-0000-0000-0000-Y'
    """
    bits = int(leaf[: _RECEIPT_CHARACTERS * 5 // 4], 16)
    shown = "".join(ALPHABET[bits >> 5 * place & 31] for place in reversed(range(_RECEIPT_CHARACTERS)))
    groups = [shown[start : start + 4] for start in range(0, _RECEIPT_CHARACTERS, 4)]
    return "-".join((survey_id, *groups, check_character(survey_id + shown)))


def read_receipt(typed: str) -> tuple[str, str] | None:
    """Survey number and beginning of the leaf that a typed receipt names; None for what was never a receipt."""
    written = plain(typed)
    survey_id, shown, check = written[:-17], written[-17:-1], written[-1:]
    if not 3 <= len(survey_id) <= 4 or any(character not in ALPHABET for character in written):
        return None
    if check_character(survey_id + shown) != check:
        return None
    bits = 0
    for character in shown:
        bits = bits << 5 | ALPHABET.index(character)
    return survey_id, f"{bits:020x}"


def sign(keys: KeyStore, survey_id: str, leaf: str) -> str:
    """The server's Ed25519 signature over survey number and leaf, in hexadecimal."""
    return keys.signing_key().sign(f"{survey_id}\0{leaf}".encode()).hex()


def _committed(value: Any) -> Any:
    return {"sha256": text_digest(value)} if isinstance(value, dict) else value
