"""Household codes: making, reading what people type, and the digest under which a code is stored.

A code is 16 digits, `NNNN RRRR RRRR RRRC`: survey number (4 digits, more from 10000 on), eleven random digits (36
bits), and a check digit over all before it. Digits, because a Vietnamese keyboard changes letters (ADR 33).
Knows nothing of who holds a code: nobody does.
"""

import hmac
import re
import secrets
import unicodedata
from http import HTTPStatus
from urllib.parse import unquote

from stdnum import damm

from survey_app.errors import DomainError
from survey_app.fieldwork import former_codes
from survey_app.i18n import gettext as _
from survey_app.i18n import ngettext

#: Digits of a code: after the survey's own number, eleven random ones and the check digit.
LENGTH, _OWN = 16, 12
#: A survey number is ten digits at most, as its columns are wide.
LONGEST = 10 + _OWN
_RANDOM_DIGITS = _OWN - 1
#: What a pasted address says before its code.
_ADDRESS = re.compile(r"^.*(?:^|[\s/])k/", re.IGNORECASE | re.DOTALL)
#: Letters that are read for digits on paper. A run of nothing else is digits; any other word is no part of a code.
_LOOK_ALIKES = str.maketrans("OoIl", "0011")
_DIGITS = re.compile("[0-9OoIl]+")
_WORDS = re.compile(r"[^\W_]+")
#: The same with letters and digits apart: "mã0014 3827" has digits in two words, "K0014" in one.
_PARTS = re.compile(r"\d+|[^\W\d_]+")


class MistypedCode(DomainError):
    """Length or check digit say that this was never a code: a slip of the finger, not a guess."""

    code = "ma-go-sai"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, typed: str = "", survey_id: str = "") -> None:
        """`typed` is what was made of what was typed: digits, so that missing ones can be counted.

        `survey_id` is the number that was put before them, where a clerk typed what follows it.
        """
        missing = LENGTH - len(typed)
        if survey_id:
            message = _(
                "A digit is not right, or it is a slip of another survey: see whether its first digits are %(number)s. "
                "Please compare the code with your slip, four digits at a time.",
                number=survey_id,
            )
        elif not typed or missing == 0:
            message = _(
                "A digit is not right. Please compare the code with your slip, four digits at a time."
            )
        elif missing > 0:
            message = ngettext(
                "%(num)d digit is missing: a code has 16. Please compare it with your slip, four digits at a time.",
                "%(num)d digits are missing: a code has 16. Please compare it with your slip, four digits at a time.",
                missing,
            )
        else:
            message = ngettext(
                "%(num)d digit too many: a code has 16. Please compare it with your slip, four digits at a time.",
                "%(num)d digits too many: a code has 16. Please compare it with your slip, four digits at a time.",
                -missing,
            )
        super().__init__(message)


class SeveralCodes(MistypedCode):
    """What was pasted holds several numbers that may be the code."""

    def __init__(self) -> None:
        super().__init__()
        self.message = _(
            "Several numbers in this text may be the code. Please leave only the 16 digits of your slip."
        )
        self.args = (self.message,)


def new_code(survey_id: str) -> str:
    """A new code of the survey, as printed."""
    if former_codes.is_former(survey_id):
        return grouped(former_codes.new_code(survey_id))
    body = survey_id + "".join(secrets.choice("0123456789") for _place in range(_RANDOM_DIGITS))
    return grouped(body + damm.calc_check_digit(body))


def normalise(typed: str, survey_id: str = "") -> str:
    """The code without separators, out of whatever was typed, pasted or scanned. Raises MistypedCode.

    Among other numbers, like a telephone number, the one that is a code is taken; of several none: SeveralCodes.

    >>> normalise("Mã phiếu 0014 3827 4410 9268, gọi 0269 000 000")
    '0014382744109268'

    Within a survey its own number may be left out: `survey_id` then goes before. Digits alone are a former code
    there only where the survey has codes of that kind.

    >>> normalise("Mã: 0014 3827 44IO 9268") == normalise("https://x.vn/k/0014382744109268") == "0014382744109268"
    True
    >>> normalise("3827 4410 9268", "0014")
    '0014382744109268'

    What is next to it without a space, and the signs of an address, are no part of it.

    >>> normalise("mã0014 3827 4410 9268") == normalise("x.vn/k/0014%203827%204410%209268") == "0014382744109268"
    True
    """
    typed = unquote(typed[:300])
    found = digits(_ADDRESS.sub("", typed))
    put_before = survey_id if len(found) == _OWN else ""
    found = put_before + found
    among = _codes_among(_WORDS, typed) | ({found} if _is_sound(found) else set())
    among = among or _codes_among(_PARTS, typed)
    if len(among) > 1:
        raise SeveralCodes
    if among:
        return among.pop()
    former = former_codes.read_code(_ADDRESS.sub("", typed))
    if former is None or (is_digits_alone(former) and survey_id and not former_codes.is_former(survey_id)):
        raise MistypedCode(found, put_before)
    return former


def is_digits_alone(code: str) -> bool:
    """Whether a normalised code of a former survey holds no letter.

    One in 350,000 of those is so, and one in 32 codes of today that lack a digit or two reads like one: unless its
    slip is known, it was meant for a code of today.
    """
    return _is_former(code) and code.isdigit()


def digits(typed: str) -> str:
    """The digits among typed words, in their order, O and l of digits' runs read as 0 and 1.

    >>> digits("BN 0014 – 482 1773 O126")
    '001448217730126'
    """
    folded = unicodedata.normalize("NFKC", typed)
    runs = (word for word in _WORDS.findall(folded) if _DIGITS.fullmatch(word))
    return "".join(runs).translate(_LOOK_ALIKES)


def grouped(code: str) -> str:
    """A normalised code as it is printed.

    >>> grouped("0014382744109268")
    '0014 3827 4410 9268'
    """
    if _is_former(code):
        return former_codes.grouped(code)
    return f"{code[:-_OWN]} {code[-12:-8]} {code[-8:-4]} {code[-4:]}"


def ending(printed: str) -> str:
    """The end of a printed code, which names the slip to the clerk who holds it.

    >>> ending("0014 3827 4410 9268"), ending("001-23456-789AB-T")
    ('4410 9268', '789AB-T')
    """
    return printed[-9:] if " " in printed else printed[-7:]


def survey_of(code: str) -> str:
    """The survey number at the head of a normalised code."""
    return code[:-11] if _is_former(code) else code[:-_OWN]


def mac(pepper: bytes, survey_id: str, code: str) -> bytes:
    """What is stored for a normalised code: HMAC-SHA-256 under the survey's pepper, 32 bytes."""
    return hmac.digest(pepper, survey_id.encode() + b"\0" + code.encode(), "sha256")


def survey_number(number: int) -> str:
    """The survey number of a running number.

    >>> survey_number(14), survey_number(10_000)
    ('0014', '10000')
    """
    return f"{number:04d}"


def _is_sound(code: str) -> bool:
    """Whether digits are a code. A number above 9999 begins with no zero, so each code has one reading."""
    fits = len(code) == LENGTH or (LENGTH < len(code) <= LONGEST and code[0] != "0")
    return fits and damm.is_valid(code)


def _codes_among(words: re.Pattern[str], typed: str) -> set[str]:
    """Every run of whole groups of digits in a text that is a code of 16; a word between two groups parts them.

    `words` says where one word ends.
    """
    folded = unicodedata.normalize("NFKC", typed)
    found, groups = set(), list[str]()
    for word in words.findall(folded):
        groups = [*groups, word.translate(_LOOK_ALIKES)] if _DIGITS.fullmatch(word) else []
        for first in range(len(groups)):
            code = "".join(groups[first:])
            if len(code) == LENGTH and _is_sound(code):
                found.add(code)
    return found


def _is_former(code: str) -> bool:
    return len(code) < LENGTH
