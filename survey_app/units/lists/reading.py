"""A commune's own list as it comes: which sheets and rows of a file are villages.

Pure of the register: it is told which commune the page belongs to and how that is called. What the file does not say
stays empty, for the page to ask once. Everything that is not taken is named, and all problems are listed at once.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from survey_app.i18n import gettext as _
from survey_app.units import kinds, names
from survey_app.units.households import column_title
from survey_app.units.lines import Wrong, shortened, village_identity
from survey_app.units.lists import rows
from survey_app.units.lists.entries import ListEntry, ListReading
from survey_app.units.lists.headings import SEARCHED_ROWS, Heading, find
from survey_app.units.lists.office_files import OfficeFile, OfficeSheet
from survey_app.units.lists.sheet_reading import Findings, Owner, SheetReader

#: Rows below one heading. A commune has at most 999 villages; the rest is sums, groups and signatures.
MOST_ROWS = 2_000

__all__ = ["Owner", "ListReading", "read"]


def read(file: OfficeFile, owner: Owner, today: date) -> ListReading:
    """Everything that a file says of its villages."""
    shown = [sheet for sheet in file.sheets if sheet.rows and not sheet.is_hidden]
    found = {sheet.name: find(sheet) for sheet in shown}
    reader = _FileReader(owner, today)
    for sheet in file.sheets:
        if sheet.is_hidden and sheet.rows:
            reader.leave_out(sheet.name, 0, _("The sheet is hidden."))
    for sheet in shown:
        heading = found[sheet.name]
        if heading is not None:
            reader.read(sheet, heading)
        elif any(found.values()):
            reader.leave_out(
                sheet.name, 0, _("This sheet is no list: it has no heading with a village and a number.")
            )
        else:
            reader.read_without_heading(sheet)
    if not file.sheets or not any(sheet.rows for sheet in file.sheets):
        reader.note(
            file.name, 1, "", Wrong(_("The file is empty."), _("a heading row and one row for each village"))
        )
    elif not shown:
        reader.note(
            file.name,
            1,
            "",
            Wrong(
                _("All sheets of the file are hidden."),
                _("the sheet of the list shown: in Excel right-click a sheet, Unhide"),
            ),
        )
    reader.compare()
    return ListReading(
        filename=file.name,
        entries=tuple(reader.entries),
        left_out=tuple(reader.left_out),
        problems=tuple(reader.problems),
        notes=(*_of_the_file(file), *reader.notes),
        total=reader.totals[-1] if reader.totals else None,
    )


class _FileReader(Findings):
    """Goes through the sheets of one file."""

    def __init__(self, owner: Owner, today: date) -> None:
        super().__init__()
        self._owner, self._today = owner, today

    def read_without_heading(self, sheet: OfficeSheet) -> None:
        columns = rows.without_heading(sheet.rows)
        if columns is None:
            self.note(
                sheet.name,
                sheet.rows[0].number,
                "",
                Wrong(
                    _("No heading was found in the first %(number)s rows.", number=SEARCHED_ROWS),
                    _("a row with headings like “Tên thôn, làng” and “Số hộ” above the villages"),
                ),
            )
            return
        self.notes.append(
            _(
                "%(sheet)s has no heading: column %(village)s was read as villages, column %(number)s as households.",
                sheet=sheet.name,
                village=columns["village"] + 1,
                number=columns["households"] + 1,
            )
        )
        self.read(sheet, Heading(0, 0, columns, {}, (), {}))

    def read(self, sheet: OfficeSheet, heading: Heading) -> None:
        self._say_heading(sheet, heading)
        body = [row for row in sheet.rows if row.number > heading.last_row]
        if len(body) > MOST_ROWS:
            self.note(
                sheet.name,
                body[MOST_ROWS].number,
                "",
                Wrong(
                    _("The sheet goes on to row %(row)s.", row=body[-1].number),
                    _("the villages of one commune, at most %(rows)s rows", rows=MOST_ROWS),
                ),
            )
            return
        for row in sheet.rows:
            if row.number < heading.first_row:
                self.leave_out(sheet.name, row.number, _("It stands above the heading."))
        one = SheetReader(self, sheet, heading, body, self._owner, self._today)
        one.read_rows()

    def compare(self) -> None:
        """Note villages that stand in the file twice."""
        seen: dict[tuple[object, ...], list[ListEntry]] = defaultdict(list)
        for entry in self.entries:
            before = seen[village_identity(entry.kind, entry.village)]
            former = names.identity(entry.old_unit)
            same = next(
                (one for one in before if former in {names.identity(one.old_unit), ""} or not one.old_unit),
                None,
            )
            if same:
                self.note(entry.sheet, entry.row, column_title("village"), _twice(entry, same))
            before.append(entry)

    def _say_heading(self, sheet: OfficeSheet, heading: Heading) -> None:
        if heading.last_row:
            self.notes.append(
                _("%(sheet)s: heading in row %(first)s.", sheet=sheet.name, first=heading.first_row)
                if heading.first_row == heading.last_row
                else _(
                    "%(sheet)s: heading in rows %(first)s and %(last)s.",
                    sheet=sheet.name,
                    first=heading.first_row,
                    last=heading.last_row,
                )
            )
        if heading.unused:
            titles = ", ".join(f"“{shortened(title)}”" for title in heading.unused)
            self.notes.append(
                _("%(sheet)s: not used are the columns %(titles)s.", sheet=sheet.name, titles=titles)
            )
        for column in sorted(sheet.hidden_columns):
            self.notes.append(
                _(
                    "%(sheet)s: column %(number)s is hidden and was not read.",
                    sheet=sheet.name,
                    number=column + 1,
                )
            )
        for key, several in heading.twice.items():
            if key == "commune":
                continue
            self.note(
                sheet.name,
                heading.first_row,
                column_title(key),
                Wrong(
                    _(
                        "Several columns may be meant: %(titles)s.",
                        titles=", ".join(f"“{one}”" for one in several),
                    ),
                    _("one column; hide or delete the others"),
                ),
            )
        for key in ("village", "households"):
            if key not in heading.columns:
                self.note(
                    sheet.name,
                    heading.last_row,
                    column_title(key),
                    Wrong(
                        _("The column “%(title)s” is missing.", title=column_title(key)),
                        _("a heading like “Tên thôn, làng” and one like “Số hộ”"),
                    ),
                )


def _twice(entry: ListEntry, first: ListEntry) -> Wrong:
    name = kinds.full_name(entry.kind, entry.village) if entry.kind else entry.village
    expected = _(
        "each village once; two of one name each with the former commune in the column “%(column)s”",
        column=column_title("old_unit"),
    )
    if entry.sheet == first.sheet:
        return Wrong(_("%(name)s stands in row %(row)s already.", name=name, row=first.row), expected)
    return Wrong(
        _(
            "%(name)s stands in this sheet and in row %(row)s of the sheet “%(sheet)s”.",
            name=name,
            row=first.row,
            sheet=first.sheet,
        ),
        expected,
    )


def _of_the_file(file: OfficeFile) -> Iterable[str]:
    """What a file is, where its name says something else or its letters were read in an old encoding."""
    said = {
        "html": _(
            "The file is a web page, whatever its name; its tables were read. Better: save it in Excel as .xlsx."
        ),
        "xml": _(
            "The file is an XML workbook of 2003, whatever its name: it was read. Better: save it as .xlsx."
        ),
    }
    if file.form in said:
        yield said[file.form]
    if file.encoding:
        yield _(
            "The letters were read as %(encoding)s, not as UTF-8: look at the names.", encoding=file.encoding
        )
