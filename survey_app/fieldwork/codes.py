"""Household codes: making, reading what people type, and the digest under which a code is stored.

A code is `SSS-RRRRR-RRRRR-C`: survey number (3 or 4 characters), ten random ones (50 bits), and a check character over
all before it, in Crockford's base 32. Knows nothing of who holds a code: nobody does.
"""

import hmac
import re
import secrets
import unicodedata
from http import HTTPStatus

from survey_app.errors import DomainError
from survey_app.i18n import gettext as _

#: Crockford's base 32: no I, L, O, U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

_RANDOM_CHARACTERS = 10
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})
_SHAPE = re.compile(f"[{ALPHABET}]{{14,15}}")
#: White space, every dash of Unicode that a phone keyboard offers, dots and underscores.
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u2212._]+")


class MistypedCode(DomainError):
    """The check character says that this was never a code: a slip of the finger, not a guess."""

    code = "ma-go-sai"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__(
            _("There is a mistake in the code. Please compare it with your slip and type it again.")
        )


def new_code(survey_id: str) -> str:
    """A fresh code of the survey, as printed."""
    body = survey_id + "".join(secrets.choice(ALPHABET) for _position in range(_RANDOM_CHARACTERS))
    return grouped(body + check_character(body))


def normalise(typed: str) -> str:
    """The code without separators, in capitals, look-alikes resolved. Raises MistypedCode.

    >>> normalise("ooi-23456-789ab-t") == normalise("0O1 23456 789AB T") == "00123456789ABT"
    True
    """
    code = plain(typed)
    if not _SHAPE.fullmatch(code) or check_character(code[:-1]) != code[-1]:
        raise MistypedCode
    return code


def plain(typed: str) -> str:
    """Typed characters without separators, in capitals, O as 0, I and L as 1: for codes and receipts alike."""
    folded = unicodedata.normalize("NFKC", typed[:80]).upper()
    return _SEPARATORS.sub("", folded).translate(_LOOK_ALIKES)


def grouped(code: str) -> str:
    """A normalised code as it is printed.

    >>> grouped("00123456789ABT")
    '001-23456-789AB-T'
    """
    return f"{code[:-11]}-{code[-11:-6]}-{code[-6:-1]}-{code[-1]}"


def survey_of(code: str) -> str:
    """The survey number at the head of a normalised code."""
    return code[:-11]


def mac(pepper: bytes, survey_id: str, code: str) -> bytes:
    """What is stored for a normalised code: HMAC-SHA-256 under the survey's pepper, 32 bytes."""
    return hmac.digest(pepper, survey_id.encode() + b"\0" + code.encode(), "sha256")


def survey_number(number: int) -> str:
    """The survey number of a running number, 3 characters while they last, then 4.

    >>> survey_number(1), survey_number(32**3)
    ('001', '1000')
    """
    digits = ""
    while number:
        number, digit = divmod(number, 32)
        digits = ALPHABET[digit] + digits
    return digits.rjust(3, "0")


def check_character(body: str) -> str:
    """Luhn's check character modulo 32: finds every single wrong character and nearly every swap of neighbours."""
    total = 0
    for position, character in enumerate(reversed(body)):
        value = _VALUES[character] * (2 if position % 2 == 0 else 1)
        total += value // 32 + value % 32
    return ALPHABET[-total % 32]
