"""A list of people as an office sends it: which rows are people, and what each says. Knows no account.

What the file does not say stays empty, for the page to ask once. Everything that is not taken is named, and all
problems are listed at once.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from survey_app import office_tables
from survey_app.accounts import operations, telephones
from survey_app.accounts.lists.columns import column_title, key_of
from survey_app.accounts.refusals import AccountRefused
from survey_app.i18n import gettext as _
from survey_app.list_pages import ListReading
from survey_app.office_files import (
    OfficeCell,
    OfficeFile,
    OfficeRow,
    OfficeSheet,
    Wrong,
    shortened,
)
from survey_app.office_tables import Findings, Heading, is_filled, text_of, texts
from survey_app.units.lines import parse_name

#: People in one list: all communes of a large province, two each.
MOST_PEOPLE = 400
#: Rows that come without a heading are read in this order.
_ORDER = ("name", "unit", "role", "telephone")
#: What is before the name of a group.
_GROUP_NUMBER = re.compile(r"^(?:[IVX]+|[A-H]|\d{1,3})[.)]\s*")
#: Who can be reached has one of these.
_CONTACTS = ("telephone", "email")


@dataclass(frozen=True, slots=True)
class PersonEntry:
    """One person of a file; "" where the file does not say it."""

    sheet: str
    row: int
    name: str
    #: As they are in the file, letters repaired.
    unit: str
    role: str
    telephone: str
    email: str
    #: What was done to the row's values, in sentences.
    notes: tuple[str, ...] = ()


PeopleReading: TypeAlias = ListReading[PersonEntry]


def read(file: OfficeFile) -> PeopleReading:
    """Everything that a file says of people."""
    findings, entries = Findings(), list[PersonEntry]()
    for sheet, heading in office_tables.tables(
        file, _find, findings, _("a heading row and one row for each person")
    ):
        used = heading or _without_heading(sheet, findings)
        if used is not None:
            entries += _SheetReader(findings, sheet, used).people()
    if len(entries) > MOST_PEOPLE:
        last = entries[MOST_PEOPLE]
        findings.note(
            last.sheet,
            last.row,
            "",
            Wrong(
                _("The list has %(number)s people.", number=len(entries)),
                _("at most %(number)s people in one list; the others in a second one", number=MOST_PEOPLE),
            ),
        )
    return PeopleReading(
        file.name, tuple(entries), tuple(findings.left_out), tuple(findings.problems), tuple(findings.notes)
    )


def _find(sheet: OfficeSheet) -> Heading | None:
    return office_tables.find(sheet, key_of, {"name"})


def _without_heading(sheet: OfficeSheet, findings: Findings) -> Heading | None:
    """Rows of four columns, the last of them telephone numbers; a running number may come before them."""
    width = max(len(row.cells) for row in sheet.rows)
    for first in (0, 1):
        last = first + len(_ORDER) - 1
        if width == last + 1 and all(telephones.normal(text_of(row.cell(last))) for row in sheet.rows):
            findings.notes.append(
                _("%(sheet)s has no heading: read as name, unit, role, telephone.", sheet=sheet.name)
            )
            columns = {key: first + place for place, key in enumerate(_ORDER)}
            return Heading(0, 0, columns, {}, (), {})
    example = _("a row with headings like “Họ và tên”, “Đơn vị”, “Vai trò”, “Số điện thoại”")
    findings.note(sheet.name, sheet.rows[0].number, "", office_tables.no_heading(example))
    return None


class _SheetReader:
    """Reads the rows below one heading."""

    def __init__(self, findings: Findings, sheet: OfficeSheet, heading: Heading) -> None:
        self._findings, self._sheet, self._heading = findings, sheet, heading
        self._columns = dict(heading.columns)
        if "office" in self._columns:
            self._columns.setdefault("role", self._columns["office"])
        self._body = [row for row in sheet.rows if row.number > heading.last_row]
        self._encodings = {
            key: office_tables.old_encoding(self._body, column) for key, column in self._columns.items()
        }
        self._last_contact = max(
            (row.number for row in self._body if any(is_filled(self._cell(row, key)) for key in _CONTACTS)),
            default=0,
        )
        self._above: dict[str, OfficeCell] = {}
        self._group = ""

    def people(self) -> list[PersonEntry]:
        for key, titles in self._heading.twice.items():
            if key not in {"name", "office"}:
                self._note_twice(titles)
        before, found = len(self._findings.problems), list[PersonEntry]()
        for row in self._body:
            why = self._why_left_out(row)
            if why:
                self._findings.leave_out(self._sheet.name, row.number, why)
            elif (entry := self._entry(row)) is not None:
                found.append(entry)
        if not found and before == len(self._findings.problems):
            self._findings.note(
                self._sheet.name,
                max(self._heading.last_row, 1),
                "",
                Wrong(_("There is only a heading."), _("one row for each person")),
            )
        return found

    def _why_left_out(self, row: OfficeRow) -> str:
        name = self._cell(row, "name")
        is_reached = any(is_filled(self._cell(row, key)) for key in _CONTACTS)
        if row.number in self._sheet.hidden_rows:
            return _("The row is hidden.")
        if office_tables.is_heading_again(row, self._heading.columns, key_of):
            return _("The heading is repeated here.")
        if row.number <= self._heading.last_row + 2 and office_tables.is_column_numbers(row):
            return _("It numbers the columns.")
        if is_reached:
            return ""
        if office_tables.is_sum(row, max(self._columns["name"], 1)):
            return _("It is a row of sums.")
        if row.number > self._last_contact and (office_tables.is_signature(row) or len(texts(row)) < 2):
            return _("It is below the list: a signature or a note.")
        if office_tables.is_group(row, name):
            self._group = _GROUP_NUMBER.sub("", texts(row)[-1])
            return _("It names the unit of the people below it.")
        return "" if is_filled(name) else _("It has neither the name of a person nor a telephone.")

    def _entry(self, row: OfficeRow) -> PersonEntry | None:
        before, notes = len(self._findings.problems), list[str]()
        name = self._value(row, "name", lambda: parse_name(self._whole_name(row, notes)))
        unit = self._value(row, "unit", lambda: self._carried(row, "unit", notes, fill=True)) or self._group
        role = self._value(row, "role", lambda: self._carried(row, "role", notes, fill=False))
        telephone = self._value(row, "telephone", lambda: self._telephone(row, notes))
        email = self._value(row, "email", lambda: self._email(row))
        if not telephone and not email and before == len(self._findings.problems):
            self._note(
                row,
                "telephone",
                Wrong(
                    _("There is neither a telephone number nor a sign-in name."),
                    _("the person's own number, like 0905 123 456: it is what they sign in with"),
                ),
            )
        if len(self._findings.problems) > before:
            return None
        return PersonEntry(
            self._sheet.name, row.number, name, unit, role, telephone, email, tuple(dict.fromkeys(notes))
        )

    def _value(self, row: OfficeRow, key: str, parse: Callable[[], str]) -> str:
        try:
            return parse()
        except Wrong as wrong:
            self._note(row, key, wrong)
            return ""

    def _whole_name(self, row: OfficeRow, notes: list[str]) -> str:
        """The name, put together where family name and name are in two columns."""
        first = self._columns.get("family", self._columns["name"])
        last = self._columns["name"] + len(self._heading.twice.get("name", ("",))) - 1
        places = range(first, last + 1) if last - first <= 1 else (first, last)
        parts = [self._text(row.cell(place), "name", notes) for place in places]
        return " ".join(part for part in parts if part)

    def _carried(self, row: OfficeRow, key: str, notes: list[str], *, fill: bool) -> str:
        """A cell, or what is above it where the list says so, or where it is written once if `fill`."""
        cell = self._cell(row, key)
        said_same = isinstance(cell, str) and office_tables.is_ditto(text_of(cell))
        column = self._columns.get(key, -1)
        is_merged = any(
            top < row.number <= bottom and left <= column <= right
            for top, left, bottom, right in self._sheet.merged
        )
        if said_same or (not is_filled(cell) and (fill or is_merged)):
            cell = self._above.get(key)
            if is_filled(cell):
                shown = shortened(text_of(cell))
                notes.append(
                    _("%(column)s from the row above: %(value)s.", column=column_title(key), value=shown)
                )
        elif is_filled(cell):
            self._above[key] = cell
        return self._text(cell, key, notes)

    def _telephone(self, row: OfficeRow, notes: list[str]) -> str:
        text = self._text(self._cell(row, "telephone"), "telephone", notes)
        if not text:
            return ""
        number = telephones.parse(text)
        if text[:1] != "0" and text[:1] != "+" and not text.startswith("84"):
            notes.append(_("A 0 was put before the telephone number."))
        return number

    def _email(self, row: OfficeRow) -> str:
        text = self._text(self._cell(row, "email"), "email", [])
        try:
            return operations.sign_in_name(text) if text else ""
        except AccountRefused as refused:
            raise Wrong(refused.message, _("an e-mail address, or a name without spaces")) from refused

    def _text(self, cell: OfficeCell, key: str, notes: list[str]) -> str:
        return office_tables.repaired_text(cell, self._encodings.get(key, ""), notes)

    def _cell(self, row: OfficeRow, key: str) -> OfficeCell:
        return row.cell(self._columns[key]) if key in self._columns else None

    def _note(self, row: OfficeRow, key: str, wrong: Wrong) -> None:
        title = self._heading.titles.get(key) or column_title(key)
        self._findings.note(self._sheet.name, row.number, title, wrong)

    def _note_twice(self, titles: tuple[str, ...]) -> None:
        listed = ", ".join(f"“{title}”" for title in titles)
        self._findings.note(
            self._sheet.name,
            self._heading.first_row,
            titles[0],
            Wrong(
                _("Several columns may be meant: %(titles)s.", titles=listed),
                _("one column; hide or delete the others"),
            ),
        )
