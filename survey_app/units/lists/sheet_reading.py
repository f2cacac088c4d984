"""The rows below one heading: which of them are villages, and what each of them says.

Knows neither the file around them nor the register. What is written once is carried down; letters of an old encoding
are repaired and both spellings noted.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import takewhile
from typing import TypeVar

from survey_app import names, office_tables
from survey_app.i18n import gettext as _
from survey_app.office_files import Formula, OfficeCell, OfficeRow, OfficeSheet, Wrong, shortened
from survey_app.office_tables import Findings, Heading, is_filled, old_encoding, repaired_text, text_of, texts
from survey_app.units import kinds
from survey_app.units.finding import AllCommunes, Owner
from survey_app.units.lines import parse_households, parse_kind, parse_name, parse_source
from survey_app.units.lists import days, sums
from survey_app.units.lists.entries import ListEntry
from survey_app.units.lists.headings import column_title, key_of

Value = TypeVar("Value")

#: Values that lists write once and then leave out, or mark as "the same".
_WRITTEN_ONCE = ("commune", "kind", "source", "as_of", "old_unit")
_FILLED = ("commune", "source", "as_of")
#: "1. Thôn 1": the running number that some lists put into the name.
_RUNNING = re.compile(r"(\d{1,3})\s*[.)/-]\s*(?=\D)")


@dataclass(slots=True)
class ListFindings(Findings):
    """Besides: the entries of all sheets of one file, and the largest sum of each."""

    entries: list[ListEntry] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)


class SheetReader:
    """Reads the rows below one heading, carrying down what is written once."""

    def __init__(
        self,
        whole: ListFindings,
        sheet: OfficeSheet,
        heading: Heading,
        body: list[OfficeRow],
        owner: Owner | AllCommunes,
        today: date,
    ) -> None:
        self._whole, self._sheet, self._heading, self._body = whole, sheet, heading, body
        self._owner, self._today = owner, today
        self._above: dict[str, OfficeCell] = {}
        self._group = owner.former_commune(sheet.name)
        self._read = 0
        self._totals: list[int] = []
        self._habit = (
            days.habits(row.cell(heading.columns["as_of"]) for row in body)
            if "as_of" in heading.columns
            else days.Habits()
        )
        self._encodings = {key: old_encoding(body, column) for key, column in heading.columns.items()}
        self._title_day = next((day for text in self._titles() if (day := days.in_title(text, today))), None)
        self._are_numbered = _are_numbered(self._cell(row, "village") for row in body)
        self._of_others: dict[str, None] = {}
        self._rows_of = self._rows_of_communes()
        self._last_number = max(
            (row.number for row in body if is_filled(self._cell(row, "households"))), default=0
        )

    def read_rows(self) -> None:
        if self._title_day and "as_of" not in self._heading.columns:
            self._whole.notes.append(_("The title says: as of %(day)s.", day=f"{self._title_day:%d/%m/%Y}"))
        before = len(self._whole.entries), len(self._whole.problems)
        after_sum = False
        for row in self._body:
            why = self._why_left_out(row, after_sum=after_sum)
            after_sum = after_sum or self._is_sum(row)
            if why:
                self._whole.leave_out(self._sheet.name, row.number, why)
            else:
                self._entry(row)
        self._tell_sums(before[0])
        if self._totals and not self._of_others:
            self._whole.totals.append(max(self._totals))
        if before == (len(self._whole.entries), len(self._whole.problems)):
            self._whole.note(self._sheet.name, max(self._heading.last_row, 1), "", self._nothing_read())

    def _tell_sums(self, first: int) -> None:
        """Mark the entries from `first` on that may be sums, and leave out what is one by its name and its number."""
        read = self._whole.entries[first:]
        fitting = sums.by_number(read)
        kept = []
        for place, entry in enumerate(read):
            is_called_so = not entry.kind and (
                self._owner.is_called(entry.written) or bool(self._owner.former_commune(entry.written))
            )
            if place in fitting and not entry.kind and self._owner.is_called(entry.written):
                self._add_total(entry.households)
                self._whole.leave_out(entry.sheet, entry.row, _("It is a row of sums."))
            else:
                kept.append(replace(entry, may_be_sum=place in fitting or is_called_so))
        self._whole.entries[first:] = kept

    def _nothing_read(self) -> Wrong:
        if isinstance(self._owner, Owner) and self._of_others:
            return Wrong(_("The list is of %(names)s.", names=", ".join(self._of_others)), self._owner.shown)
        if self._body:
            return Wrong(_("No row below the heading is a village."), _("one row for each village"))
        return Wrong(_("There is only a heading."), _("one row for each village"))

    def _rows_of_communes(self) -> Counter[str]:
        """How many villages each named commune has: another one named for one village alone is a mistake."""
        found, named = Counter[str](), ""
        for row in self._body:
            text = text_of(self._cell(row, "commune"))
            named = text if text and not office_tables.is_ditto(text) else named
            found[named] += is_filled(self._cell(row, "households"))
        return found

    def _why_left_out(self, row: OfficeRow, *, after_sum: bool) -> str:
        columns = self._heading.columns
        name, number = self._cell(row, "village"), self._cell(row, "households")
        if row.number in self._sheet.hidden_rows:
            return _("The row is hidden.")
        if self._is_sum(row):
            if isinstance(number, int | float | str) and is_filled(number):
                self._add_total(number)
            return _("It is a row of sums.")
        if self._is_sum_without_a_word(row):
            self._add_total(number)
            return _("It is a row of sums.")
        if is_filled(number) and self._is_group_with_its_sum(row):
            return _("It names a commune or a group of villages, and their sum.")
        if office_tables.is_heading_again(row, columns, key_of):
            return _("The heading is repeated here.")
        if row.number <= self._heading.last_row + 2 and office_tables.is_column_numbers(row):
            return _("It numbers the columns.")
        if not is_filled(name) and not is_filled(number) and row.number <= self._heading.last_row + 1:
            return _("It belongs to the heading.")
        if not is_filled(number) and "households" in columns:
            if office_tables.is_group(row, name):
                self._group = self._former_commune(row)
                return _("It names a group of villages and no number.")
            if office_tables.is_signature(row) or after_sum and row.number > self._last_number:
                return _("It is below the list: a signature or a note.")
            if not is_filled(name) and (row.number > self._last_number or len(texts(row)) < 2):
                return _("It has neither the name of a village nor a number.")
        return ""

    def _is_sum(self, row: OfficeRow) -> bool:
        return office_tables.is_sum(row, max(self._heading.columns.get("village", 0), 1))

    def _is_group_with_its_sum(self, row: OfficeRow) -> bool:
        """Whether a number belongs to no village: a commune's, or of a group whose villages are below."""
        name, number = text_of(self._cell(row, "village")), self._cell(row, "households")
        named = name or next(iter(texts(row)), "")
        if office_tables.is_commune(named) or not name and self._owner.is_called(named):
            self._group = self._former_commune(row)
            if not self._group and self._owner.is_called(named):
                self._add_total(number)
            return True
        if not office_tables.is_group(row, name):
            return False
        below = takewhile(
            lambda one: not self._is_sum(one) and not office_tables.is_group(one, self._cell(one, "village")),
            (one for one in self._body if one.number > row.number),
        )
        numbers = [cell for one in below if isinstance(cell := self._cell(one, "households"), int | float)]
        return len(numbers) > 1 and sum(numbers) == number

    def _is_sum_without_a_word(self, row: OfficeRow) -> bool:
        """Whether nothing is in a row but the sum of the numbers above it, and perhaps other sums."""
        number = self._cell(row, "households")
        words = any(isinstance(cell, str) and names.tidy(cell) for cell in row.cells)
        is_named = words or is_filled(self._cell(row, "village"))
        return not is_named and isinstance(number, int | float) and 0 < self._read == number

    def _entry(self, row: OfficeRow) -> None:
        before, notes = len(self._whole.problems), []  # type: tuple[int, list[str]]
        carried = {key: self._carried(row, key, notes) for key in _WRITTEN_ONCE}

        def value(key: str, parse: Callable[[], Value]) -> Value | None:
            try:
                return parse()
            except Wrong as wrong:
                carried.pop(key, None)  # said once: the rows below are not blamed for it
                self._above.pop(key, None)
                self._whole.note(
                    self._sheet.name, row.number, self._heading.titles.get(key, column_title(key)), wrong
                )
                return None

        of_whom = value("commune", lambda: self._text(carried["commune"], "commune", notes)) or ""
        if self._owner.is_another(of_whom) and self._rows_of[text_of(carried["commune"])] > 1:
            self._above.update({key: cell for key, cell in carried.items() if is_filled(cell)})
            self._of_others[of_whom] = None
            self._whole.leave_out(
                self._sheet.name, row.number, _("It is of “%(name)s”.", name=shortened(of_whom))
            )
            return
        commune = value("commune", lambda: self._owner.commune(of_whom))
        kind = value("kind", lambda: self._kind(carried["kind"], notes))
        written = value("village", lambda: self._name(row, notes)) or ""
        named = kind or kinds.kind_before(written)
        village = (
            value("village", lambda: parse_name(kinds.bare_name(named, written) if named else written))
            if written
            else None
        )
        households = value("households", lambda: self._households(row))
        source = value("source", lambda: self._source(carried["source"], notes))
        found = value("as_of", lambda: self._days(carried["as_of"]))
        old_unit = value("old_unit", lambda: self._old_unit(carried["old_unit"], notes))
        self._above.update({key: cell for key, cell in carried.items() if is_filled(cell)})
        if len(self._whole.problems) > before or households is None or village is None or commune is None:
            return
        self._read += households
        self._whole.entries.append(
            ListEntry(
                sheet=self._sheet.name,
                row=row.number,
                written=written,
                village=village,
                kind=named.key if named else "",
                households=households,
                source=source or "",
                days=tuple(day.isoformat() for day in found or ()),
                old_unit=old_unit or self._owner.former_commune(of_whom) or self._group,
                notes=tuple(dict.fromkeys(notes)),
                commune=commune,
            )
        )

    def _cell(self, row: OfficeRow, key: str) -> OfficeCell:
        return row.cell(self._heading.columns[key]) if key in self._heading.columns else None

    def _carried(self, row: OfficeRow, key: str, notes: list[str]) -> OfficeCell:
        """A cell, or what is above it where the list says so or leaves it out."""
        if key not in self._heading.columns:
            return None
        column, cell = self._heading.columns[key], self._cell(row, key)
        said_same = isinstance(cell, str) and office_tables.is_ditto(text_of(cell))
        in_merged = not is_filled(cell) and any(
            top < row.number <= bottom and left <= column <= right
            for top, left, bottom, right in self._sheet.merged
        )
        left_out = not is_filled(cell) and key in _FILLED
        if not (said_same or in_merged or left_out):
            return cell
        above = self._above.get(key)
        if is_filled(above):
            notes.append(
                _(
                    "%(column)s from the row above: %(value)s.",
                    column=self._heading.titles.get(key, column_title(key)),
                    value=_shown(above),
                )
            )
        return above

    def _text(self, cell: OfficeCell, key: str, notes: list[str]) -> str:
        return repaired_text(cell, self._encodings.get(key, ""), notes)

    def _name(self, row: OfficeRow, notes: list[str]) -> str:
        text = self._text(self._cell(row, "village"), "village", notes)
        if not text:
            raise Wrong(_("This is empty."), _("the name of the village"))
        return _RUNNING.sub("", text) if self._are_numbered else text

    def _kind(self, cell: OfficeCell, notes: list[str]) -> kinds.UnitKind | None:
        text = self._text(cell, "kind", notes)
        return parse_kind(text) if text else None

    def _former_commune(self, row: OfficeRow) -> str:
        for text in texts(row):
            known = self._owner.former_commune(text.replace("(cũ)", "").replace(" cũ", ""))
            if known:
                return known
        return ""

    def _households(self, row: OfficeRow) -> int:
        cell = self._cell(row, "households")
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            return parse_households(int(cell) if float(cell).is_integer() else cell)
        if isinstance(cell, date):
            raise Wrong(
                _("“%(value)s” is a date.", value=_shown(cell)),
                _("a number; in Excel give the cells the format Number and look at each once more"),
            )
        text = self._text(cell, "households", [])
        if not text:
            raise Wrong(_("This is empty."), _("a whole number above 0, like 76"))
        return parse_households(text.casefold().removesuffix("hộ").strip())

    def _source(self, cell: OfficeCell, notes: list[str]) -> str:
        text = self._text(cell, "source", notes)
        return parse_source(text) if text else ""

    def _days(self, cell: OfficeCell) -> tuple[date, ...]:
        if isinstance(cell, Formula):
            self._text(cell, "as_of", [])
        if not is_filled(cell):
            return (self._title_day,) if self._title_day else ()
        return days.meanings(cell, self._today, self._habit)

    def _old_unit(self, cell: OfficeCell, notes: list[str]) -> str:
        text = self._text(cell, "old_unit", notes)
        return parse_name(text) if text else ""

    def _add_total(self, number: OfficeCell) -> None:
        try:
            self._totals.append(parse_households(number if isinstance(number, int | float) else str(number)))
        except Wrong:
            return

    def _titles(self) -> Iterable[str]:
        yield from self._sheet.above
        for row in self._sheet.rows:
            if row.number < self._heading.first_row:
                yield from texts(row)


def _are_numbered(cells: Iterable[OfficeCell]) -> bool:
    """Whether names begin with 1, 2, 3 …; then it is no part of them."""
    found = [_RUNNING.match(cell.strip()) for cell in cells if isinstance(cell, str)]
    numbers = [int(one[1]) for one in found if one]
    return len(numbers) > 1 and numbers == list(range(1, len(numbers) + 1))


def _shown(cell: OfficeCell) -> str:
    return f"{cell:%d/%m/%Y}" if isinstance(cell, date) else shortened(text_of(cell))
