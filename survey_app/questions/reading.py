"""How one answer is read: text in NFC with LF, numbers as decimal strings, options in the order of the form.

Words no message, only codes for the rooms to word.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from survey_app.questions import numbers
from survey_app.questions.numbers import MOST_DIGITS

Value = str | tuple[str, ...] | None

_FORBIDDEN = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class AnswerProblem:
    """Why an answer was not accepted.

    Codes: unknown_question, not_an_option, not_a_number, two_meanings (large, small), out_of_range (minimum, maximum
    or digits), too_long (limit), required, wrong_type, forbidden_character; `keyed` has some of its own.
    """

    code: str
    params: Mapping[str, int | str] = field(default_factory=dict)


class Refused(ValueError):
    """An answer that cannot be accepted."""

    def __init__(self, code: str, **params: int | str) -> None:
        super().__init__(code)
        self.problem = AnswerProblem(code, params)


def one_of(raw: object, codes: Sequence[str]) -> str | None:
    """One of the codes."""
    code = _clean(raw)
    if code is not None and code not in codes:
        raise Refused("not_an_option")
    return code


def several_of(raw: object, codes: Sequence[str]) -> tuple[str, ...] | None:
    """Some of the codes, in their order."""
    if raw is None:
        return None
    if not isinstance(raw, list | tuple):
        raise Refused("wrong_type")
    chosen = {one_of(item, codes) for item in raw}
    return tuple(code for code in codes if code in chosen) or None


def text(limit: int) -> Callable[[object, Sequence[str]], str | None]:
    """A reader of texts of at most `limit` characters after NFC."""

    def read(raw: object, _codes: Sequence[str]) -> str | None:
        found = _clean(raw)
        if found is not None and len(found) > limit:
            raise Refused("too_long", limit=limit)
        return found

    return read


def number(raw: object, _codes: Sequence[str]) -> str | None:
    """A number, as its canonical decimal string."""
    return _json_number(raw) if isinstance(raw, int | float) else _typed_number(_clean(raw))


def nothing(_raw: object, _codes: Sequence[str]) -> None:
    """What a note is answered."""


def check_range(number: str, minimum: int | None, maximum: int | None) -> None:
    """Refuse a canonical number outside the limits, where there are any."""
    # Exact: at most fifteen digits on both sides, scaled to integers.
    whole, _, decimals = number.partition(".")
    scaled, one = int(whole + decimals), 10 ** len(decimals)
    if minimum is not None and scaled < minimum * one:
        raise Refused("out_of_range", minimum=minimum)
    if maximum is not None and scaled > maximum * one:
        raise Refused("out_of_range", maximum=maximum)


def _clean(raw: object) -> str | None:
    """The text in NFC with LF and nothing around it; None when nothing is left."""
    if raw is None:
        return None
    if not isinstance(raw, str):
        raise Refused("wrong_type")
    if _FORBIDDEN.search(raw):
        raise Refused("forbidden_character")
    lines = raw.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", lines).strip() or None


def _typed_number(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return numbers.read(text)
    except numbers.TwoMeanings as unclear:
        raise Refused("two_meanings", large=unclear.large, small=unclear.small) from unclear
    except numbers.TooLong as error:
        raise Refused("out_of_range", digits=MOST_DIGITS) from error
    except numbers.NotANumber as error:
        raise Refused("not_a_number") from error


def _json_number(raw: int | float) -> str:
    """A number that was sent as one has no signs to read: its point is a point."""
    if isinstance(raw, bool):
        raise Refused("wrong_type")
    if isinstance(raw, float) and not math.isfinite(raw):
        raise Refused("not_a_number")
    # Checked first, because Python refuses to print integers of thousands of digits.
    if abs(raw) >= 10**MOST_DIGITS:
        raise Refused("out_of_range", digits=MOST_DIGITS)
    sign, whole, decimals = _digits(raw)
    return numbers.canonical(sign, whole, decimals)


def _digits(raw: int | float) -> tuple[str, str, str]:
    """Sign, digits before and after the point."""
    # Fifteen significant digits name every decimal a person can have meant; very small numbers are spelt out.
    text = str(abs(raw)) if isinstance(raw, int) else f"{abs(raw):.{MOST_DIGITS}g}"
    whole, _, decimals = (f"{abs(raw):.{MOST_DIGITS}f}" if "e" in text else text).partition(".")
    return "-" if raw < 0 else "", whole, decimals
