"""A file of villages and households: parsed at the border, all or nothing, with every problem listed.

Writes nothing. A commune is named by its code or name of today; the date of a count does not change which
one is meant.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from survey_app import names
from survey_app.i18n import gettext as _
from survey_app.i18n import pgettext
from survey_app.office_files import BadFile, Formula, RowProblem, Wrong, shortened
from survey_app.units import kinds, queries
from survey_app.units.finding import CommuneFinder
from survey_app.units.lines import (
    HouseholdLine,
    matching,
    parse_day,
    parse_households,
    parse_kind,
    parse_name,
    parse_source,
    village_identity,
)
from survey_app.units.queries import UnitView, Village
from survey_app.units.tables import Cell, Sheet, SheetRow, read_sheets

__all__ = ["BadFile", "HouseholdLine", "RowProblem", "headings", "read_file"]

_REQUIRED = ("commune", "village", "kind", "households", "source", "as_of")
#: What `names.plain` makes of the headings people write.
_HEADINGS = {
    "commune": {"commune", "xa", "xa phuong", "phuong", "ma xa", "ten xa"},
    "village": {"village", "thon", "thon lang", "ten thon"},
    "kind": {"kind", "loai"},
    "households": {"households", "so ho"},
    "source": {"source", "nguon"},
    "as_of": {"as of", "ngay"},
    "old_unit": {"old unit", "xa cu", "don vi cu"},
}
#: Columns that tables of offices carry anyway and that say nothing here.
_IGNORED = {"stt", "tt", "no", "ghi chu", "note"}

Value = TypeVar("Value")


def read_file(
    content: bytes, filename: str, expected_commune: UnitView | None, session: Session, on: date
) -> tuple[HouseholdLine, ...]:
    """Every line of a CSV or XLSX file, in its order; `on` is the day of reading, when communes are in force.

    With `expected_commune` every row must be of that commune. Raises BadFile with every problem.
    """
    sheets = read_sheets(content, filename)
    known = (expected_commune,) if expected_commune else queries.communes(session, "/", on)
    reader = _Reader(CommuneFinder(session, known, on, only=expected_commune is not None), on)
    for sheet in sheets:
        reader.read(sheet)
    reader.compare(queries.villages_of(session, {line.commune.id for _place, line in reader.lines}, on))
    if reader.problems:
        order = {sheet.name: number for number, sheet in enumerate(sheets)}
        raise BadFile(sorted(reader.problems, key=lambda problem: (order[problem.sheet], problem.row)))
    return tuple(line for _place, line in reader.lines)


@dataclass(frozen=True, slots=True)
class _Place:
    sheet: str
    row: int


class _Reader:
    """Collects the lines and the problems of all sheets of one file."""

    def __init__(self, communes: CommuneFinder, on: date) -> None:
        self._communes = communes
        self._on = on
        self.problems: list[RowProblem] = []
        self.lines: list[tuple[_Place, HouseholdLine]] = []

    def read(self, sheet: Sheet) -> None:
        for number, column in sheet.merged:
            self._note(
                _Place(sheet.name, number),
                column,
                Wrong(_("Cells are merged here."), _("one value in each cell")),
            )
        heading, *rows = sheet.rows
        columns = self._columns(sheet.name, heading)
        if columns is None:
            return
        if not rows:
            self._note(
                _Place(sheet.name, heading.number),
                "",
                Wrong(_("There is only a heading."), _("one row for each village")),
            )
        titles = {key: str(heading.cell(number)).strip() for key, number in columns.items()}
        for row in rows:
            self._line(_Place(sheet.name, row.number), row, columns, titles, len(heading.cells))

    def compare(self, existing: Mapping[int, tuple[Village, ...]]) -> None:
        """Note villages that stand in the file twice, and those that only a former unit can tell apart."""
        groups: dict[tuple[object, ...], list[tuple[_Place, HouseholdLine]]] = defaultdict(list)
        for place, line in self.lines:
            groups[(line.commune.id, *village_identity(line.kind, line.village))].append((place, line))
        for group in groups.values():
            seen: dict[str, _Place] = {}
            for place, line in group:
                former = names.identity(line.old_unit)
                if former in seen or (seen and "" in (former, *seen)):
                    self._note(place, column_title("village"), _twice(line, next(iter(seen.values()))))
                seen.setdefault(former, place)
        for place, line in self.lines:
            try:
                matching(line, existing.get(line.commune.id, ()))
            except Wrong as wrong:
                self._note(place, column_title("old_unit"), wrong)

    def _columns(self, sheet: str, heading: SheetRow) -> dict[str, int] | None:
        place = _Place(sheet, heading.number)
        before = len(self.problems)
        columns: dict[str, int] = {}
        for number, cell in enumerate(heading.cells):
            title = names.plain(str(cell)) if isinstance(cell, str) else ""
            key = next((key for key, forms in _HEADINGS.items() if title in forms), None)
            if key is None and cell not in (None, "") and title not in _IGNORED:
                shown = shortened(names.tidy(str(getattr(cell, "text", cell))))
                self._note(
                    place,
                    shown,
                    Wrong(_("“%(title)s” is not a column of this list.", title=shown), _heading_names()),
                )
            elif key in columns:
                self._note(place, str(cell), Wrong(_("The column is here twice."), _heading_names()))
            elif key:
                columns[key] = number
        for key in _REQUIRED:
            if key not in columns:
                self._note(
                    place,
                    column_title(key),
                    Wrong(_("The column “%(title)s” is missing.", title=column_title(key)), _heading_names()),
                )
        return columns if len(self.problems) == before else None

    def _line(
        self, place: _Place, row: SheetRow, columns: Mapping[str, int], titles: Mapping[str, str], width: int
    ) -> None:
        before = len(self.problems)

        def value(key: str, parse: Callable[[Cell], Value]) -> Value | None:
            try:
                return parse(row.cell(columns[key]) if key in columns else None)
            except Wrong as wrong:
                self._note(place, titles.get(key, key), wrong)
                return None

        commune = value("commune", lambda cell: self._communes.find(_filled(cell)))
        kind = value("kind", lambda cell: parse_kind(_filled(cell)))
        name = value("village", lambda cell: parse_name(_without_kind(kind, _filled(cell))))
        households = value("households", _households)
        source = value("source", lambda cell: parse_source(_filled(cell)))
        as_of = value("as_of", lambda cell: _day(cell, self._on))
        old_unit = value("old_unit", lambda cell: parse_name(_text(cell)) if _text(cell) else "")
        if any(_text_or_formula(cell) for cell in row.cells[width:]):
            self._note(place, "", Wrong(_("There is a value beyond the last column."), _heading_names()))
        if len(self.problems) > before:
            return
        assert commune is not None
        assert name is not None
        assert kind is not None
        assert households is not None
        assert source is not None
        assert as_of is not None
        assert old_unit is not None
        self.lines.append(
            (place, HouseholdLine(commune, name, kind.key, households, source, as_of, old_unit))
        )

    def _note(self, place: _Place, column: str, wrong: Wrong) -> None:
        self.problems.append(RowProblem(place.sheet, place.row, column, wrong.found, wrong.expected))


def _twice(line: HouseholdLine, first: _Place) -> Wrong:
    return Wrong(
        _(
            "%(name)s is in row %(row)s already.",
            name=kinds.full_name(line.kind, line.village),
            row=first.row,
        ),
        _(
            "each village once; two of one name each with the former commune in the column “%(column)s”",
            column=column_title("old_unit"),
        ),
    )


def column_title(key: str) -> str:
    """What the column is called in the reader's language; the reader accepts it in any language."""
    titles: dict[str, str] = {
        "commune": pgettext("column", "commune"),
        "village": pgettext("column", "village"),
        "kind": pgettext("column", "kind"),
        "households": pgettext("column", "households"),
        "source": pgettext("column", "source"),
        "as_of": pgettext("column", "as_of"),
        "old_unit": pgettext("column", "old_unit"),
    }
    return titles[key]


def headings() -> tuple[str, ...]:
    """The heading row of a file, in the reader's language."""
    return tuple(column_title(key) for key in (*_REQUIRED, "old_unit"))


def _heading_names() -> str:
    wanted: str = _("the columns %(names)s", names=", ".join(headings()))
    return wanted


def _text(cell: Cell) -> str:
    """A cell as one line of text. Raises Wrong for a formula and for what Excel turned into a date."""
    if isinstance(cell, Formula):
        raise Wrong(
            _("There is a formula: %(formula)s", formula=shortened(cell.text)),
            _("the value itself, typed or pasted as a value"),
        )
    if isinstance(cell, (bool, date)) or (cell is not None and not isinstance(cell, (str, int, float))):
        raise Wrong(
            _("“%(value)s” is not a text.", value=shortened(str(cell))),
            _("a text; in Excel give the cell the format Text"),
        )
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else names.tidy(str(cell))


def _filled(cell: Cell) -> str:
    text = _text(cell)
    if not text:
        raise Wrong(
            _("This is empty."),
            _("a value; only “%(column)s” may stay empty", column=column_title("old_unit")),
        )
    return text


def _text_or_formula(cell: Cell) -> bool:
    return isinstance(cell, Formula) or (cell is not None and bool(names.tidy(str(cell))))


def _without_kind(kind: kinds.UnitKind | None, name: str) -> str:
    return kinds.bare_name(kind, name) if kind else name


def _households(cell: Cell) -> int:
    text = _filled(cell)
    return parse_households(cell if isinstance(cell, (int, float)) else text)


def _day(cell: Cell, today: date) -> date:
    if isinstance(cell, datetime):
        return parse_day(cell.date(), today)
    return parse_day(cell if isinstance(cell, date) else _filled(cell), today)
