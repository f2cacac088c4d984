"""A list as an office sends it, as sheets of cells with everything their program hides; knows no column.

The file is opened by `uploads`, apart from this process. What is no list is named here, with the way out; so is, for
who reads the rows, how one thing to mend is said.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from http import HTTPStatus
from typing import Any

from survey_app import uploads
from survey_app.errors import DomainError
from survey_app.i18n import gettext as _
from survey_app.i18n import ngettext
from survey_app.uploads import NotOpened

#: Bytes of an uploaded file, as of every request.
MAX_FILE_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that holds a formula instead of a value."""

    text: str


OfficeCell = str | int | float | bool | date | datetime | time | Formula | None


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """One row that is not blank, with its number as the person's program shows it."""

    number: int
    cells: tuple[OfficeCell, ...]

    def cell(self, column: int) -> OfficeCell:
        return self.cells[column] if column < len(self.cells) else None


@dataclass(frozen=True, slots=True)
class OfficeSheet:
    """A sheet or table. Columns count from 0; `merged` areas are (row, column, last row, last column)."""

    name: str
    rows: tuple[OfficeRow, ...]
    is_hidden: bool
    hidden_rows: frozenset[int]
    hidden_columns: frozenset[int]
    merged: tuple[tuple[int, int, int, int], ...]
    #: The paragraphs before a table of a document.
    above: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OfficeFile:
    """What a file is, in a word of `opening_lists`, its old encoding where it has one, and its sheets."""

    name: str
    form: str
    encoding: str
    sheets: tuple[OfficeSheet, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """What is not known of a file, what it is where its name says something else, and its old encoding."""
        unmarked = _(
            "Hidden rows and columns cannot be told apart in this kind of file, so they were read like the others: "
            "look whether a row should not be there. Better: save it in Excel as .xlsx."
        )
        said = {
            "xls": unmarked,
            "xlsb": unmarked,
            "html": _(
                "The file is a web page, whatever its name; its tables were read. Better: save it in Excel as .xlsx."
            ),
            "xml": _(
                "The file is an XML workbook of 2003, whatever its name: it was read. Better: save it as .xlsx."
            ),
        }
        notes = [said[self.form]] if self.form in said else []
        if self.encoding:
            notes.append(
                _(
                    "The letters were read as %(encoding)s, not as UTF-8: look at the names.",
                    encoding=self.encoding,
                )
            )
        return tuple(notes)


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


class BusyReading(BadFile):
    """Nothing is wrong with the file: others were being read."""

    code = "dang-doc-tep-khac"
    status = HTTPStatus.SERVICE_UNAVAILABLE


class Wrong(ValueError):
    """A value that is not what its column holds: what is wrong, and what is expected."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(found)
        self.found = found
        self.expected = expected

    @property
    def sentence(self) -> str:
        """Both, for a place that has room for one text."""
        text: str = _("%(found)s Expected: %(expected)s.", found=self.found, expected=self.expected)
        return text


def open_office_file(content: bytes, filename: str) -> OfficeFile:
    """The sheets of a workbook, web page, text or Word file. Raises BadFile that names what it is instead."""
    if len(content) > MAX_FILE_BYTES:
        raise _bad(filename, _("The file is larger than 2 MB."), _("a file of at most 2 MB"))
    try:
        found = uploads.opened("list", content)
    except NotOpened as refused:
        raise _refusal(refused, filename) from refused
    return understood(found, filename)


def understood(found: Mapping[str, Any], filename: str) -> OfficeFile:
    """What `opening_lists` found in a file."""
    return OfficeFile(
        filename,
        found["format"],
        found["encoding"] or "",
        tuple(_sheet(one, filename) for one in found["sheets"]),
    )


def shortened(text: str) -> str:
    """A typed value as an error message quotes it."""
    return text if len(text) <= 40 else f"{text[:39]}…"


def _sheet(found: Mapping[str, Any], filename: str) -> OfficeSheet:
    return OfficeSheet(
        name=found["name"] or filename,
        rows=tuple(OfficeRow(number, tuple(map(_cell, cells))) for number, cells in found["rows"]),
        is_hidden=found["hidden"],
        hidden_rows=frozenset(found["hidden_rows"]),
        hidden_columns=frozenset(found["hidden_columns"]),
        merged=tuple((row, column, last, right) for row, column, last, right in found["merged"]),
        above=tuple(found["above"]),
    )


def _cell(sent: Any) -> OfficeCell:
    """A cell again; what JSON has no word for comes as a pair."""
    if not isinstance(sent, list):
        cell: OfficeCell = sent
        return cell
    word, text = sent
    parse = {
        "formula": Formula, "moment": datetime.fromisoformat, "day": date.fromisoformat, "time": time.fromisoformat,
    }[word]  # fmt: skip
    return parse(text)  # type: ignore[return-value]  # the four words make cells


def _refusal(refused: NotOpened, filename: str) -> BadFile:
    if refused.word == uploads.BUSY:
        return BusyReading([RowProblem(filename, 1, "", *uploads.sentence(refused.word))])
    row, sheet = refused.place.get("row", 1), refused.place.get("sheet") or filename
    said = _words(row).get(refused.word) or uploads.sentence(refused.word)
    return BadFile([RowProblem(sheet, row, "", *said)])


def _bad(filename: str, found: str, expected: str) -> BadFile:
    return BadFile([RowProblem(filename, 1, "", found, expected)])


def _words(row: int) -> Mapping[str, tuple[str, str]]:
    """By word of `opening_lists`: what the file is, and the way out."""
    again = _("the list saved as an Excel Workbook (.xlsx)")
    return {
        "locked": (
            _("The workbook is locked with a password."),
            _("the file without a password: in Excel File, Info, Protect Workbook, and clear the password"),
        ),
        "old_word": (
            _("This is an old Word file (.doc)."),
            _("the same saved as .docx, or its table copied and pasted on this page"),
        ),
        "pdf": (_("This is a PDF file."), _("the file it was made from, Excel or Word; a PDF holds no rows")),
        "picture": (_("This is a picture."), _("the file it was taken of, Excel or Word")),
        "rich_text": (
            _("This is an RTF file."),
            _("the same saved as .docx, or its table copied and pasted on this page"),
        ),
        "web_archive": (_("This is a web page in one file (.mht)."), again),
        "other_xml": (_("This is an XML file that holds no list."), again),
        "archive": (
            _("This is a packed file (.zip, .rar) or holds no list."),
            _("the list itself, unpacked"),
        ),
        "neither": (_("This holds neither text nor a list."), again),
        "damaged": (
            _("This file is damaged or is not a list."),
            _("a file that opens in Excel or Word; open it there and save it again"),
        ),
        "no_table": (_("There is no table in this file."), _("a table with one row for each village")),
        "tracked_changes": (
            _("The Word file still shows changes that nobody has accepted."),
            _("the file after Review, Accept All Changes"),
        ),
        "too_many_rows": (
            _("The sheet goes on to row %(row)s.", row=row),
            _("only the list, without rows below it"),
        ),
        "row_unreadable": (_("The row cannot be read."), _("columns separated by commas or semicolons")),
    }
