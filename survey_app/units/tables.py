"""Uploaded CSV and Excel files as plain rows of cells, and the list of everything wrong in them.

Knows no column. The file is opened by `uploads`, apart from this process: what could hurt is refused there, and worded
here. A formula is handed on as a `Formula`: its result depends on who opened the file last.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from survey_app import uploads
from survey_app.i18n import gettext as _
from survey_app.office_files import MAX_FILE_BYTES, BadFile, BusyReading, Formula, RowProblem
from survey_app.opening import MAX_ROWS
from survey_app.uploads import NotOpened

Cell = str | int | float | bool | date | datetime | time | Formula | None


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row that is not blank, with its number as the person's program shows it."""

    number: int
    cells: tuple[Cell, ...]

    def cell(self, column: int) -> Cell:
        return self.cells[column] if column < len(self.cells) else None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's rows that are not blank, heading first; `merged` are top left cells (row, column letter)."""

    name: str
    rows: tuple[SheetRow, ...]
    merged: tuple[tuple[int, str], ...] = ()


def read_sheets(content: bytes, filename: str) -> tuple[Sheet, ...]:
    """The sheets of an .xlsx workbook, or the one of a CSV file, without blank rows and without empty sheets.

    What a file is follows from its bytes, not its name. Raises BadFile when it is unreadable or empty.
    """
    if len(content) > MAX_FILE_BYTES:
        raise _unreadable(filename, _("The file is larger than 2 MB."), _("a file of at most 2 MB"))
    try:
        found = uploads.opened("table", content)
    except NotOpened as refused:
        raise _refusal(refused, filename) from refused
    sheets = tuple(_sheet(sheet, filename) for sheet in found)
    filled = tuple(sheet for sheet in sheets if sheet.rows)
    if not filled:
        raise _unreadable(filename, _("The file is empty."), _("a heading row and one row for each village"))
    return filled


def _sheet(found: Mapping[str, Any], filename: str) -> Sheet:
    return Sheet(
        name=found["name"] or filename,
        rows=tuple(SheetRow(number, tuple(map(_value, cells))) for number, cells in found["rows"]),
        merged=tuple((row, _letters(column)) for row, column in found["merged"]),
    )


def _value(told: Any) -> Cell:
    """A cell again; what JSON has no word for comes as a pair."""
    if not isinstance(told, list):
        cell: Cell = told
        return cell
    word, text = told
    match word:
        case "formula":
            return Formula(text)
        case "moment":
            return datetime.fromisoformat(text)
        case "day":
            return date.fromisoformat(text)
    return time.fromisoformat(text)


def _letters(column: int) -> str:
    """The letters of a column, from 1.

    >>> [_letters(column) for column in (1, 26, 27, 703)]
    ['A', 'Z', 'AA', 'AAA']
    """
    letters = ""
    while column:
        column, place = divmod(column - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters


def _refusal(refused: NotOpened, filename: str) -> BadFile:
    """Why a file was not opened, in words."""
    if refused.word == uploads.BUSY:
        return BusyReading([RowProblem(filename, 1, "", *uploads.sentence(refused.word))])
    if "row" in refused.place:
        return BadFile([_at(refused, filename)])
    said = _WHOLE_FILE.get(refused.word)
    return _unreadable(filename, *(said() if said else uploads.sentence(refused.word)))


def _at(refused: NotOpened, filename: str) -> RowProblem:
    """What is wrong in one row of the file."""
    row, sheet = refused.place["row"], refused.place.get("sheet") or filename
    said = {"wrong_encoding": _wrong_encoding, "row_unreadable": _whole_row, "too_many_rows": _too_many_rows}
    return said[refused.word](sheet, row)


def _old_excel() -> tuple[str, str]:
    return (
        _("This is an old Excel file (.xls) or one locked with a password."),
        _("an .xlsx file without a password: open it in Excel, choose Save as, Excel Workbook (.xlsx)"),
    )


def _neither() -> tuple[str, str]:
    return _("This is neither a CSV file nor an Excel workbook."), _("a .csv or .xlsx file")


def _damaged() -> tuple[str, str]:
    return (
        _("This file is damaged or is not an Excel workbook."),
        _("an .xlsx file that opens in Excel, or a CSV file in UTF-8"),
    )


#: What is said of a file as a whole; of one too large or too slow `uploads` says it.
_WHOLE_FILE = {"old_excel": _old_excel, "neither": _neither, "damaged": _damaged}


def _unreadable(filename: str, found: str, expected: str) -> BadFile:
    return BadFile([RowProblem(filename, 1, "", found, expected)])


def _too_many_rows(name: str, row: int) -> RowProblem:
    return RowProblem(
        name,
        row,
        "",
        _("The sheet goes on to row %(row)s.", row=row),
        _("at most %(rows)s rows; delete the empty rows below the list", rows=MAX_ROWS),
    )


def _wrong_encoding(filename: str, row: int) -> RowProblem:
    found = _("The letters cannot be read: the file is not in UTF-8.")
    expected = _("a file saved as “CSV UTF-8” (in Excel: Save as, CSV UTF-8), or an .xlsx file")
    return RowProblem(filename, row, "", found, expected)


def _whole_row(filename: str, row: int) -> RowProblem:
    return RowProblem(
        filename, row, "", _("The row cannot be read."), _("columns separated by commas or semicolons")
    )
