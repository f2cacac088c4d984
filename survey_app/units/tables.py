"""Uploaded CSV and Excel files as plain rows of cells, and the list of everything wrong in them.

Knows no column. Refuses what could hurt: files that unpack to something huge, document types in XML, old and
locked workbooks. A formula is handed on as a `Formula`: its result depends on who opened the file last.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from http import HTTPStatus
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from survey_app.errors import DomainError
from survey_app.i18n import gettext as _
from survey_app.i18n import ngettext

#: Bytes of an uploaded file, as of every request.
MAX_FILE_BYTES = 2 * 1024 * 1024
#: Bytes a workbook may unpack to; a full province is about 1 MB.
MAX_UNPACKED_BYTES = 20 * 1024 * 1024
#: Files inside a workbook; Excel writes about a dozen and one for each sheet.
MAX_PARTS = 500
#: Rows of one sheet; a full province has about two thousand villages.
MAX_ROWS = 20_000
#: Cells of a workbook, counted in the XML before it is parsed.
MAX_CELLS = 400_000
#: Columns of a sheet that are looked at.
MAX_COLUMNS = 40

_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that holds a formula instead of a value."""

    text: str


Cell = str | int | float | bool | date | datetime | time | Formula | None


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not blank, with its number as the person's program shows it."""

    number: int
    cells: tuple[Cell, ...]

    def cell(self, column: int) -> Cell:
        return self.cells[column] if column < len(self.cells) else None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's rows that are not blank, heading first; `merged` are top left cells (row, column letter)."""

    name: str
    rows: tuple[Row, ...]
    merged: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One thing to mend in a file: where, what is wrong, what is expected."""

    sheet: str
    row: int
    column: str
    found: str
    expected: str


class BadFile(DomainError):
    """A file with anything wrong in it; nothing of it is saved. `problems` are all of them."""

    code = "tep-sai"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, problems: Iterable[RowProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            ngettext(
                "Nothing was saved: the file has %(num)s problem to mend.",
                "Nothing was saved: the file has %(num)s problems to mend.",
                len(self.problems),
            )
        )


def read_sheets(content: bytes, filename: str) -> tuple[Sheet, ...]:
    """The sheets of an .xlsx workbook, or the one of a CSV file, without blank rows and without empty sheets.

    What a file is follows from its bytes, not its name. Raises BadFile when it is unreadable or empty.
    """
    if len(content) > MAX_FILE_BYTES:
        raise _unreadable(filename, _("The file is larger than 2 MB."), _("a file of at most 2 MB"))
    if content.startswith(_OLD_EXCEL):
        raise _unreadable(
            filename,
            _("This is an old Excel file (.xls) or one locked with a password."),
            _("an .xlsx file without a password: open it in Excel, choose Save as, Excel Workbook (.xlsx)"),
        )
    sheets = _workbook(content, filename) if content.startswith(_ZIP) else (_csv(content, filename),)
    filled = tuple(sheet for sheet in sheets if sheet.rows)
    if not filled:
        raise _unreadable(filename, _("The file is empty."), _("a heading row and one row for each village"))
    return filled


def _csv(content: bytes, filename: str) -> Sheet:
    text = _decoded(content, filename)
    first_line = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(",;\t", key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return Sheet(filename, tuple(_bounded(_csv_rows(reader), filename)))
    except csv.Error as error:
        raise BadFile([_whole_row(filename, reader.line_num)]) from error


def _decoded(content: bytes, filename: str) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _wrong_encoding(filename, 1)
    if b"\x00" in content:
        raise _unreadable(
            filename, _("This is neither a CSV file nor an Excel workbook."), _("a .csv or .xlsx file")
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _wrong_encoding(filename, content.count(b"\n", 0, error.start) + 1) from error


def _csv_rows(reader: Any) -> Iterator[Row]:
    before = 0
    for cells in reader:
        yield Row(before + 1, tuple(cells))
        before = reader.line_num


def _workbook(content: bytes, filename: str) -> tuple[Sheet, ...]:
    _refuse_bombs(content, filename)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), keep_links=False)
        return tuple(_worksheet(sheet) for sheet in book.worksheets)
    except BadFile:
        raise
    except Exception as error:  # openpyxl raises whatever its parsers happen to meet in a broken workbook
        raise _damaged(filename) from error


def _refuse_bombs(content: bytes, filename: str) -> None:
    """Look at the package before anything parses it: a 2 MB file can unpack to gigabytes."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if "xl/workbook.xml" not in package.namelist():
                raise _damaged(filename)
            inside = package.infolist()
            if len(inside) > MAX_PARTS or sum(part.file_size for part in inside) > MAX_UNPACKED_BYTES:
                raise _too_large(filename)
            parts = [package.read(part) for part in inside if part.filename.endswith((".xml", ".rels"))]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as error:
        raise _damaged(filename) from error
    if any(b"<!DOCTYPE" in part or b"<!ENTITY" in part for part in parts):
        raise _damaged(filename)
    if sum(part.count(b"<c ") for part in parts) > MAX_CELLS:
        raise _too_large(filename)


def _worksheet(sheet: Worksheet) -> Sheet:
    if sheet.max_row > MAX_ROWS:
        raise BadFile([_too_many_rows(sheet.title, sheet.max_row)])
    rows = sheet.iter_rows(max_row=sheet.max_row, max_col=min(sheet.max_column, MAX_COLUMNS))
    read = (Row(number, tuple(_value(cell) for cell in cells)) for number, cells in enumerate(rows, start=1))
    merged = tuple((area.min_row, _letters(area.min_col)) for area in sheet.merged_cells.ranges)
    return Sheet(sheet.title, tuple(_bounded(read, sheet.title)), tuple(sorted(merged)))


def _value(cell: Any) -> Cell:
    if cell.data_type == "f":
        return Formula(str(getattr(cell.value, "text", cell.value)))
    value: Cell = cell.value
    return value


def _letters(column: int) -> str:
    return str(get_column_letter(column))


def _bounded(rows: Iterable[Row], name: str) -> Iterator[Row]:
    """The rows with anything in them; raises BadFile beyond MAX_ROWS."""
    for row in rows:
        if row.number > MAX_ROWS:
            raise BadFile([_too_many_rows(name, row.number)])
        if not _is_blank(row.cells):
            yield row


def _is_blank(cells: Sequence[Cell]) -> bool:
    return all(
        cell is None or (isinstance(cell, str) and not cell.strip("\ufeff \u00a0\t\r\n\u200b"))
        for cell in cells
    )


def _unreadable(filename: str, found: str, expected: str) -> BadFile:
    return BadFile([RowProblem(filename, 1, "", found, expected)])


def _damaged(filename: str) -> BadFile:
    return _unreadable(
        filename,
        _("This file is damaged or is not an Excel workbook."),
        _("an .xlsx file that opens in Excel, or a CSV file in UTF-8"),
    )


def _too_large(filename: str) -> BadFile:
    return _unreadable(
        filename,
        _("This workbook unpacks to far more than a list of villages."),
        _("only the heading and the villages"),
    )


def _too_many_rows(name: str, row: int) -> RowProblem:
    return RowProblem(
        name,
        row,
        "",
        _("The sheet goes on to row %(row)s.", row=row),
        _("at most %(rows)s rows; delete the empty rows below the list", rows=MAX_ROWS),
    )


def _wrong_encoding(filename: str, row: int) -> BadFile:
    found = _("The letters cannot be read: the file is not in UTF-8.")
    expected = _("a file saved as “CSV UTF-8” (in Excel: Save as, CSV UTF-8), or an .xlsx file")
    return BadFile([RowProblem(filename, row, "", found, expected)])


def _whole_row(filename: str, row: int) -> RowProblem:
    return RowProblem(
        filename, row, "", _("The row cannot be read."), _("columns separated by commas or semicolons")
    )
