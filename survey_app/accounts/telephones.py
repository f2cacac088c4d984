"""A person's telephone number, as offices write it and as it is kept: digits alone, beginning with 0."""

import re

from survey_app.i18n import gettext as _
from survey_app.office_files import Wrong, shortened

#: Mobile numbers have ten digits; those of an office have the area's code, 02…, and ten or eleven.
_NUMBER = re.compile(r"0[35789]\d{8}|02\d{8,9}")
_SEPARATORS = re.compile(r"[\s.\-–()/]+")


def normal(text: str) -> str:
    """The number in digits, or "" for what is none. A 0 that a spreadsheet dropped is put back.

    >>> [normal(text) for text in ("0905 123 456", "+84 905.123.456", "905123456", "(0269) 3824 567", "0905 12")]
    ['0905123456', '0905123456', '0905123456', '02693824567', '']
    """
    digits = _SEPARATORS.sub("", text)
    if re.fullmatch(r"(?:\+|00)?84[235789]\d{8,9}", digits):
        digits = "0" + digits.lstrip("+0")[2:]
    elif re.fullmatch(r"[35789]\d{8}", digits):
        digits = f"0{digits}"
    return digits if _NUMBER.fullmatch(digits) else ""


def parse(text: str) -> str:
    """The number that somebody typed. Raises Wrong."""
    found = normal(text)
    if not found:
        raise Wrong(
            _("“%(value)s” is not a telephone number.", value=shortened(text)),
            _("one number that begins with 0, like 0905 123 456"),
        )
    return found


def grouped(number: str) -> str:
    """A number as people read it out.

    >>> grouped("0905123456"), grouped("02693824567")
    ('0905 123 456', '0269 3824 567')
    """
    return f"{number[:4]} {number[4:-3]} {number[-3:]}" if number else ""
