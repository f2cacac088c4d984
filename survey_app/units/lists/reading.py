"""A list as it comes, of one commune or of several: which sheets and rows of a file are villages.

Pure of the register: it is told whose list it is, and how communes are called. What the file does not say
stays empty, for the page to ask once. Everything that is not taken is named, and all problems are listed at once.
"""

from collections import defaultdict
from datetime import date

from survey_app import names
from survey_app.i18n import gettext as _
from survey_app.office_files import OfficeFile, OfficeSheet, Wrong
from survey_app.office_tables import SEARCHED_ROWS, Heading, no_heading, tables, texts
from survey_app.units import kinds
from survey_app.units.finding import AllCommunes, Owner
from survey_app.units.lines import village_identity
from survey_app.units.lists.entries import ListEntry, VillageReading
from survey_app.units.lists.headings import column_title, find, is_of_people, without_heading
from survey_app.units.lists.sheet_reading import ListFindings, SheetReader

#: Rows below one heading. A commune has at most 999 villages; the rest is sums, groups and signatures.
MOST_ROWS = 2_000


def read(file: OfficeFile, owner: Owner | AllCommunes, today: date) -> VillageReading:
    """Everything that a file says of its villages."""
    reader = _FileReader(owner, today)
    for sheet, heading in tables(file, find, reader, _("a heading row and one row for each village")):
        if heading is None:
            reader.read_without_heading(sheet)
        else:
            reader.read(sheet, heading)
    reader.compare()
    return VillageReading(
        filename=file.name,
        entries=tuple(reader.entries),
        left_out=tuple(reader.left_out),
        problems=tuple(reader.problems),
        notes=tuple(reader.notes),
        total=_whole_sum(reader.totals) if reader.totals else None,
    )


class _FileReader(ListFindings):
    """Goes through the sheets of one file."""

    def __init__(self, owner: Owner | AllCommunes, today: date) -> None:
        super().__init__()
        self._owner, self._today = owner, today

    def read_without_heading(self, sheet: OfficeSheet) -> None:
        if is_of_people(text for row in sheet.rows[:SEARCHED_ROWS] for text in texts(row)):
            self.note(sheet.name, sheet.rows[0].number, "", _of_people())
            return
        columns = without_heading(sheet.rows)
        if columns is None:
            self.note(
                sheet.name,
                sheet.rows[0].number,
                "",
                no_heading(_("a row with headings like “Tên thôn, làng” and “Số hộ” above the villages")),
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
        if "households" not in heading.columns and is_of_people(heading.unused):
            self.note(sheet.name, heading.last_row, "", _of_people())
            return
        self._refuse(sheet, heading)
        if self._owner.is_of_several and "commune" not in heading.columns:
            return
        body = [row for row in sheet.rows if row.number > heading.last_row]
        if len(body) > MOST_ROWS and not self._owner.is_of_several:
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
        one = SheetReader(self, sheet, heading, body, self._owner, self._today)
        one.read_rows()

    def compare(self) -> None:
        """Note villages that are in the file twice."""
        seen: dict[tuple[object, ...], list[ListEntry]] = defaultdict(list)
        for entry in self.entries:
            before = seen[(entry.commune, *village_identity(entry.kind, entry.village))]
            former = names.identity(entry.old_unit)
            same = next(
                (one for one in before if former in {names.identity(one.old_unit), ""} or not one.old_unit),
                None,
            )
            if same:
                self.note(entry.sheet, entry.row, column_title("village"), _twice(entry, same))
            before.append(entry)

    def _refuse(self, sheet: OfficeSheet, heading: Heading) -> None:
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
        wanted = {"village": True, "households": True, "commune": self._owner.is_of_several}
        for key in (key for key, is_wanted in wanted.items() if is_wanted):
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


def _of_people() -> Wrong:
    return Wrong(
        _("This is a list of single households with names."),
        _("one row for each village with its number of households; names are not needed here"),
    )


def _whole_sum(totals: list[int]) -> int:
    """The file's own sum out of those of its sheets: one of them may add up the others."""
    others = sum(totals) - max(totals)
    return max(totals) if others == max(totals) else sum(totals)


def _twice(entry: ListEntry, first: ListEntry) -> Wrong:
    name = kinds.full_name(entry.kind, entry.village) if entry.kind else entry.village
    expected = _(
        "each village once; two of one name each with the former commune in the column “%(column)s”",
        column=column_title("old_unit"),
    )
    if entry.sheet == first.sheet:
        return Wrong(_("%(name)s is in row %(row)s already.", name=name, row=first.row), expected)
    return Wrong(
        _(
            "%(name)s is in this sheet and in row %(row)s of the sheet “%(sheet)s”.",
            name=name,
            row=first.row,
            sheet=first.sheet,
        ),
        expected,
    )
