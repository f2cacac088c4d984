"""The commitment to one answer: its leaf, the receipt a person can note, and the server's signed promise.

A leaf shows nothing of the answer, because the submission id is known to the respondent alone until the survey is
sealed.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import rfc8785
from stdnum import damm

from survey_app.fieldwork import former_codes
from survey_app.fieldwork.codes import digits
from survey_app.keys import KeyStore

#: Digits of the leaf that a receipt shows: 33 bits, made of the leaf's first 64.
_SHOWN, _BITS = 10, 64


def leaf(
    *, survey: str, version: int, unit: str, channel: str, submission_id: str, answers: Mapping[str, Any]
) -> str:
    """SHA-256(0x00 ‖ JCS of the answer), in hexadecimal. `answers` as stored; `unit` is the code of the village.

    Free text enters as its own salted hash, so that it can be redacted and the leaf still be checked.
    """
    committed = {key: _committed(value) for key, value in answers.items()}
    content: dict[str, Any] = {
        "survey": survey,
        "version": version,
        "unit": unit,
        "channel": channel,
        "submission_id": submission_id,
        "answers": committed,
    }
    write = _written if _is_plain(committed) else rfc8785.dumps
    return hashlib.sha256(b"\0" + write(content)).hexdigest()


def text_digest(value: Mapping[str, str]) -> str:
    """What stands for a stored free text in its leaf, in hexadecimal; it stays when the text is taken out."""
    if "text" not in value:
        return value["sha256"]
    return hashlib.sha256((value["salt"] + value["text"]).encode()).hexdigest()


def receipt(survey_id: str, leaf: str) -> str:
    """What the person sees: survey number, ten digits of the leaf, a check digit over both.

    Two answers can share a receipt; the proof is the signed leaf (ADR 34).

    >>> receipt("0014", "80" + "00" * 31)
    'BN 0014 – 500 0000 0003'
    """
    if former_codes.is_former(survey_id):
        return former_codes.receipt(survey_id, leaf)
    shown = f"{int(leaf[: _BITS // 4], 16) * 10**_SHOWN >> _BITS:0{_SHOWN}d}"
    shown += damm.calc_check_digit(survey_id + shown)
    return f"BN {survey_id} – {shown[:3]} {shown[3:7]} {shown[7:]}"


@dataclass(frozen=True, slots=True)
class Receipted:
    """What a typed receipt names: a survey, and the first and the last leaf that have this receipt."""

    survey_id: str
    first: str
    last: str


def read_receipt(typed: str, survey_id: str = "") -> Receipted | None:
    """What a typed receipt names; None for what was never one. Its survey number may be left out within a survey."""
    found = digits(typed)
    if len(found) == _SHOWN + 1:
        found = survey_id + found
    number, shown = found[: -_SHOWN - 1], found[-_SHOWN - 1 : -1]
    if 4 <= len(number) <= 10 and damm.is_valid(found):
        first = -(-(int(shown) << _BITS) // 10**_SHOWN)
        after = -(-(int(shown) + 1 << _BITS) // 10**_SHOWN)
        return Receipted(number, f"{first:016x}".ljust(64, "0"), f"{after - 1:016x}".ljust(64, "f"))
    former = former_codes.read_receipt(typed) or former_codes.read_receipt(survey_id + typed)
    return (
        None if former is None else Receipted(former[0], former[1].ljust(64, "0"), former[1].ljust(64, "f"))
    )


def sign(keys: KeyStore, survey_id: str, leaf: str) -> str:
    """The server's Ed25519 signature over survey number and leaf, in hexadecimal."""
    return keys.signing_key().sign(f"{survey_id}\0{leaf}".encode()).hex()


def is_signed(keys: KeyStore, survey_id: str, leaf: str, signature: str) -> bool:
    """Whether this server signed the leaf."""
    is_leaf = len(leaf) == 64 and set(leaf) <= set("0123456789abcdef")
    return is_leaf and hmac.compare_digest(sign(keys, survey_id, leaf).encode(), signature.encode())


def _is_plain(answers: Mapping[str, Any]) -> bool:
    """Whether these are texts under ASCII keys, and questions left open, as in nearly every answer."""
    return "".join(answers).isascii() and all(
        value is None or type(value) is str for value in answers.values()
    )


def _written(content: Mapping[str, Any]) -> bytes:
    """What RFC 8785 makes of plain answers, in an eighth of its time.

    It differs from sorted JSON in numbers that are not whole, which there are none of, and in the order of other keys.
    """
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _committed(value: Any) -> Any:
    return {"sha256": text_digest(value)} if isinstance(value, dict) else value
