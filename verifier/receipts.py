"""Leaves and receipts: the commitment to one answer, and what a person notes of it."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

import canonical

#: Damm's quasigroup: a number is sound when walking through its digits ends at 0.
_DAMM = (
    *("0317598642", "7092154863", "4206871359", "1750983426", "6123045978"),
    *("3674209581", "5869720134", "8945362017", "9438617205", "2581436790"),
)
#: The signs of receipts of surveys that were numbered with three of them.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_WORDS = re.compile(r"[^\W_]+")
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u2212._]+")


def leaf(survey: str, row: Mapping[str, Any]) -> str:
    """The leaf that a stored answer must have: SHA-256(0x00 ‖ canonical JSON)."""
    content = {
        "survey": survey,
        "version": row["version"],
        "unit": row["unit"],
        "channel": row["channel"],
        "submission_id": row["id"],
        "answers": {key: _committed(value) for key, value in row["answers"].items()},
    }
    return hashlib.sha256(b"\0" + canonical.dumps(content)).hexdigest()


def redacted(row: Mapping[str, Any]) -> int:
    """Texts of this answer that were removed, so that only their hash is left."""
    values = (row["answers"] or {}).values()
    return sum(isinstance(value, dict) and "text" not in value for value in values)


def leaf_range(survey: str, typed: str) -> tuple[str, str] | None:
    """The first and the last leaf that a typed receipt can be of; None when it is no receipt of this survey.

    Takes the receipt as printed, or the whole leaf in hexadecimal. A receipt is the survey number, ten digits that
    place the leaf's first 64 bits among 10^10 equal parts, and a check digit.
    """
    if re.fullmatch("[0-9a-f]{64}", typed.strip()):
        return typed.strip(), typed.strip()
    words = _WORDS.findall(unicodedata.normalize("NFKC", typed))
    digits = "".join(word for word in words if re.fullmatch("[0-9OoIl]+", word))
    digits = digits.translate(str.maketrans("OoIl", "0011"))
    if len(survey) >= 4 and digits[:-11] == survey and _ends_at_zero(digits):
        part = int(digits[-11:-1])
        first, after = -(-(part << 64) // 10**10), -(-(part + 1 << 64) // 10**10)
        return f"{first:016x}".ljust(64, "0"), f"{after - 1:016x}".ljust(64, "f")
    start = _former_start(survey, typed)
    return None if start is None else (start.ljust(64, "0"), start.ljust(64, "f"))


def _ends_at_zero(digits: str) -> bool:
    place = 0
    for digit in digits:
        place = int(_DAMM[place][int(digit)])
    return place == 0


def _former_start(survey: str, typed: str) -> str | None:
    """The beginning of the leaf in a receipt of letters and digits: survey number, 16 of them, a check character."""
    folded = _SEPARATORS.sub("", unicodedata.normalize("NFKC", typed).upper())
    plain = folded.replace("O", "0").replace("I", "1").replace("L", "1")
    number, shown, check = plain[:-17], plain[-17:-1], plain[-1:]
    if number != survey or any(character not in _ALPHABET for character in plain):
        return None
    if _check_character(number + shown) != check:
        return None
    bits = 0
    for character in shown:
        bits = bits * 32 + _ALPHABET.index(character)
    return f"{bits:020x}"


def _committed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if "text" not in value:
        return {"sha256": value["sha256"]}
    return {"sha256": hashlib.sha256((value["salt"] + value["text"]).encode()).hexdigest()}


def _check_character(body: str) -> str:
    """Luhn's check character modulo 32."""
    total = 0
    for position, character in enumerate(reversed(body)):
        value = _ALPHABET.index(character) * (2 if position % 2 == 0 else 1)
        total += value // 32 + value % 32
    return _ALPHABET[-total % 32]
