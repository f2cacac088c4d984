"""The day of a count as offices write it: which day a cell means, or which two. Knows no sheet.

A text with the day before the month is read as written. It has two meanings only beside others that put the month
first. A true date of a spreadsheet has two where its neighbours stayed text: a program set to English took
"1/11/2026" for 11 January and left "31/10/2026" alone.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from survey_app.i18n import gettext as _
from survey_app.office_files import OfficeCell, Wrong, shortened
from survey_app.questions.numbers import NotANumber, whole
from survey_app.units import queries

#: What spreadsheets count days from, and the numbers that lie between 1982 and 2064.
_ZERO, _SERIALS = date(1899, 12, 30), range(30_000, 60_000)
_BEFORE = re.compile(
    r"^\(?\s*(?:số liệu|thống kê|tính|cập nhật)?\s*(?:đến|tại)?\s*(?:hết)?\s*(?:ngày|thời điểm)?\s*:?\s*",
    re.I,
)
_HOUR = re.compile(r"[ T]+\d{1,2}[:h]\d{2}(?::\d{2})?(?:\.\d+)?\s*$")
_IN_WORDS = re.compile(r"(\d{1,2})\s*tháng\s*(\d{1,2})\s*năm\s*(\d{4})", re.I)
_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4}|\d{2})")
_IN_TITLE = re.compile(
    r"(?:đến|tại|thời điểm)\s*(?:hết)?\s*(?:ngày)?\s*"
    r"(\d{1,2}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*\d{4}|\d{1,2}\s*tháng\s*\d{1,2}\s*năm\s*\d{4})",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Habits:
    """How the days of one column are written."""

    month_first: bool = False
    as_text: bool = False


def habits(cells: Iterable[OfficeCell]) -> Habits:
    """What the cells of a column say of each other."""
    texts = [found for cell in cells if isinstance(cell, str) and (found := _YEAR_LAST.search(cell))]
    return Habits(any(int(found[2]) > 12 >= int(found[1]) for found in texts), bool(texts))


def meanings(cell: OfficeCell, today: date, habit: Habits = Habits()) -> tuple[date, ...]:  # noqa: B008  # frozen
    """The one day that a cell means, or the two it may mean, none in the future. Raises Wrong."""
    found = _found(cell, habit)
    if not found or found[0] < queries.EARLIEST:
        raise _no_day(cell)
    past = tuple(day for day in found if day <= today)
    if not past or found[0] > today and not _is_swappable(found[0], cell, habit):
        raise Wrong(
            _("%(day)s is in the future.", day=f"{found[0]:%d/%m/%Y}"),
            _("a day up to today, %(day)s", day=f"{today:%d/%m/%Y}"),
        )
    return past


def in_title(text: str, today: date) -> date | None:
    """The day that a title gives, like "(Tính đến ngày 31/10/2026)", or None."""
    said = _IN_TITLE.search(text)
    try:
        return meanings(said[1], today)[0] if said else None
    except Wrong:
        return None


def _found(cell: OfficeCell, habit: Habits) -> tuple[date, ...]:
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        return _both(cell) if _is_swappable(cell, cell, habit) else (cell,)
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        return (_ZERO + timedelta(days=int(cell)),) if int(cell) in _SERIALS else _typed(f"{cell:.0f}", habit)
    return _typed(cell, habit) if isinstance(cell, str) else ()


def _typed(text: str, habit: Habits) -> tuple[date, ...]:
    text = _HOUR.sub("", _BEFORE.sub("", " ".join(text.split()))).strip(" .)")
    if re.fullmatch(r"20\d{6}", text):
        return _day(text[:4], text[4:6], text[6:])
    if said := _YEAR_FIRST.fullmatch(text):
        return _day(*said.groups())
    if said := _IN_WORDS.fullmatch(text):
        return _day(said[3], said[2], said[1])
    if not (said := _YEAR_LAST.fullmatch(text)):
        return ()
    year = said[3] if len(said[3]) == 4 else f"20{said[3]}"
    as_written, month_first = _day(year, said[2], said[1]), _day(year, said[1], said[2])
    both = habit.month_first and as_written and month_first
    return tuple(dict.fromkeys(as_written + month_first)) if both else as_written or month_first


def _day(year: str, month: str, day: str) -> tuple[date, ...]:
    try:
        return (date(int(year), int(month), int(day)),)
    except ValueError:
        return ()


def _is_swappable(day: date, cell: OfficeCell, habit: Habits) -> bool:
    if day.day > 12 or day.day == day.month:
        return False
    return habit.month_first if isinstance(cell, str) else habit.as_text


def _both(day: date) -> tuple[date, ...]:
    return day, day.replace(month=day.day, day=day.month)


def _no_day(cell: OfficeCell) -> Wrong:
    shown = shortened(str(cell))
    try:
        is_period = whole(str(cell)) in range(1900, 2200)
    except (NotANumber, ValueError):
        is_period = bool(re.search(r"quý|tháng|năm|^t\d|^q|^\s*\d{1,2}\s*[-/.]\s*\d{4}\s*$", str(cell), re.I))
    if is_period:
        return Wrong(
            _("“%(value)s” is a period, not a day.", value=shown),
            _("the day on which the number was true, like the last day of it, 30/09/2026"),
        )
    return Wrong(_("“%(value)s” is not a date.", value=shown), _("a date like 31/12/2025 or 2025-12-31"))
