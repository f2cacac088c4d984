"""Typed numbers, by one rule for every door: the form of a household, keyed slips, the API, lists of households.

The rule is the Vietnamese one: a dot between groups of three digits stands for thousands, a comma before decimals.

- one meaning, read: "1.500" and "1 500" are 1500, "1.234.567", "1,5" and "1.5" and "1.50" are one and a half,
  "1.234,5" and "1,234.5" are 1234.5, "0.125", "1,2345" and "1234.567" have decimals; "-3", "+3", full-width digits;
- two meanings, asked back: a comma before exactly three digits, as in "1,500". Offices write decimals so, and
  spreadsheets set to English write thousands so.

A number comes out as the shortest decimal string that this rule reads as the same number. So 1,125 is "1.1250":
"1.125" would come back as 1125.
"""

import re

#: Digits of a number, without zeros that say nothing.
MOST_DIGITS = 15

_SPACES = " \t\u00a0\u2007\u2009\u202f\u3000"
_WRITTEN_OTHERWISE = str.maketrans(
    {
        **{chr(0xFF10 + digit): str(digit) for digit in range(10)},
        **dict.fromkeys(_SPACES, " "),
        **dict.fromkeys("\u2212\u2010\u2011\u2012\u2013\uff0d\ufe63", "-"),
        **{"\uff0b": "+", "\uff0e": ".", "\uff0c": ","},
    }
)
#: How one meaning is written: plain, in groups of three behind a first group that is not 0, or with decimals.
_FORMS = (
    re.compile(r"(?P<whole>[0-9]{1,40})(?P<decimals>)"),
    re.compile(r"(?P<whole>[1-9][0-9]{0,2}(?:\.[0-9]{3})+)(?:,(?P<decimals>[0-9]{1,40}))?"),
    re.compile(r"(?P<whole>[1-9][0-9]{0,2}(?: [0-9]{3})+)(?:[.,](?P<decimals>[0-9]{1,40}))?"),
    re.compile(r"(?P<whole>[1-9][0-9]{0,2}(?:,[0-9]{3})+)\.(?P<decimals>[0-9]{1,40})"),
    re.compile(r"(?P<whole>[1-9][0-9]{0,2}(?:,[0-9]{3}){2,})(?P<decimals>)"),
    re.compile(r"(?P<whole>[0-9]{0,40})[.,](?P<decimals>[0-9]{1,40})"),
)
_TWO_MEANINGS = re.compile(r"([1-9][0-9]{0,2}),([0-9]{3})")
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")


class NotANumber(ValueError):
    """A text that is no number."""


class TooLong(ValueError):
    """A number of more digits than are kept exactly."""


class TwoMeanings(ValueError):
    """A text that two people would read differently: `large` and `small` are its meanings, written with one each."""

    def __init__(self, large: str, small: str) -> None:
        super().__init__(large, small)
        self.large = large
        self.small = small


def read(typed: str) -> str:
    """The number that was typed, as a canonical decimal string. Raises NotANumber, TwoMeanings, TooLong.

    >>> [read(typed) for typed in ("1.500", "1.234", "1,5", "1.50", "1 500", "-3", "１２", "1.1250")]
    ['1500', '1234', '1.5', '1.5', '1500', '-3', '12', '1.1250']
    """
    text = typed.translate(_WRITTEN_OTHERWISE).strip()
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text.removeprefix("+"))
    digits = digits.lstrip(" ")
    unclear = _TWO_MEANINGS.fullmatch(digits)
    if unclear:
        small = canonical(sign, *unclear.groups())
        raise TwoMeanings(sign + "".join(unclear.groups()), small.replace(".", ","))
    for form in _FORMS:
        found = form.fullmatch(digits)
        if found:
            whole = re.sub("[., ]", "", found["whole"])
            return canonical(sign, whole, found["decimals"] or "")
    raise NotANumber


def whole(typed: str) -> int:
    """A whole number that was typed; a comma before three digits can mean thousands only. Raises NotANumber, TooLong.

    >>> [whole(typed) for typed in ("1.234", "1,234", "1 234", "1234")]
    [1234, 1234, 1234, 1234]
    """
    try:
        number = read(typed)
    except TwoMeanings as unclear:
        number = unclear.large
    if "." in number:
        raise NotANumber
    return int(number)


def canonical(sign: str, whole: str, decimals: str) -> str:
    """The decimal string of these digits that `read` gives back. Raises TooLong."""
    whole, decimals = whole.lstrip("0"), decimals.rstrip("0")
    if len(whole) + len(decimals) > MOST_DIGITS:
        raise TooLong
    if not whole and not decimals:
        return "0"
    text = (whole or "0") + (f".{decimals}" if decimals else "")
    return f"{sign}{text}0" if _THOUSANDS.fullmatch(text) else f"{sign}{text}"
