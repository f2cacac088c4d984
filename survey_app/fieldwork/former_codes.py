"""Codes and receipts of surveys numbered before codes became digits: letters and digits of Crockford's base 32.

Their slips are printed and their receipts noted, so both stay readable for as long as such a survey is kept, and a
survey of a former number goes on being printed in its own way.
"""

import re
import secrets
import unicodedata

#: Crockford's base 32: no I, L, O, U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

_RANDOM_CHARACTERS = 10
#: Characters of the leaf that a receipt shows: 80 bits.
_RECEIPT_CHARACTERS = 16
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})
_SHAPE = re.compile(f"[{ALPHABET}]{{14,15}}")
#: White space, every dash of Unicode that a phone keyboard offers, dots and underscores.
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u2212._]+")


def is_former(survey_id: str) -> bool:
    """Whether a survey was numbered in base 32: three characters, where numbers have at least four digits today."""
    return len(survey_id) < 4


def new_code(survey_id: str) -> str:
    """A new code of the survey, normalised: number, ten random characters (50 bits), a check character."""
    body = survey_id + "".join(secrets.choice(ALPHABET) for _position in range(_RANDOM_CHARACTERS))
    return body + check_character(body)


def read_code(typed: str) -> str | None:
    """The normalised code, or None for what is none.

    >>> read_code("ooi-23456-789ab-t")
    '00123456789ABT'
    """
    code = plain(typed)
    sound = _SHAPE.fullmatch(code) and check_character(code[:-1]) == code[-1]
    return code if sound else None


def grouped(code: str) -> str:
    """A normalised code as it is printed.

    >>> grouped("00123456789ABT")
    '001-23456-789AB-T'
    """
    return f"{code[:-11]}-{code[-11:-6]}-{code[-6:-1]}-{code[-1]}"


def receipt(survey_id: str, leaf: str) -> str:
    """Survey number, 16 characters of the leaf, a check character.

    >>> receipt("001", "00" * 32)
    '001-0000-0000-0000-0000-Y'
    """
    bits = int(leaf[: _RECEIPT_CHARACTERS * 5 // 4], 16)
    shown = "".join(ALPHABET[bits >> 5 * place & 31] for place in reversed(range(_RECEIPT_CHARACTERS)))
    groups = [shown[start : start + 4] for start in range(0, _RECEIPT_CHARACTERS, 4)]
    return "-".join((survey_id, *groups, check_character(survey_id + shown)))


def read_receipt(typed: str) -> tuple[str, str] | None:
    """Survey number and beginning of the leaf (20 hexadecimal digits) that a typed receipt names, or None."""
    written = plain(typed)
    survey_id, shown, check = written[:-17], written[-17:-1], written[-1:]
    if not 3 <= len(survey_id) <= 4 or any(character not in ALPHABET for character in written):
        return None
    if check_character(survey_id + shown) != check:
        return None
    bits = 0
    for character in shown:
        bits = bits << 5 | _VALUES[character]
    return survey_id, f"{bits:020x}"


def plain(typed: str) -> str:
    """Typed characters without separators, in capitals, O as 0, I and L as 1."""
    folded = unicodedata.normalize("NFKC", typed[:80]).upper()
    return _SEPARATORS.sub("", folded).translate(_LOOK_ALIKES)


def check_character(body: str) -> str:
    """Luhn's check character modulo 32: finds every single wrong character and nearly every swap of neighbours."""
    total = 0
    for position, character in enumerate(reversed(body)):
        value = _VALUES[character] * (2 if position % 2 == 0 else 1)
        total += value // 32 + value % 32
    return ALPHABET[-total % 32]
