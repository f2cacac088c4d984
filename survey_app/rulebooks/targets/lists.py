"""One list of figures of all units, as the office in charge has it: read, and compared with what counts, before saving.

Writes nothing. Everything that is not taken is named; what is wrong is listed at once, and nothing of such a list is
saved.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from sqlalchemy.orm import Session

from survey_app import names, office_tables
from survey_app.criteria import targets as rules
from survey_app.criteria.targets import Figure, PlanTarget
from survey_app.i18n import gettext as _
from survey_app.list_pages import ListReading, digest
from survey_app.office_files import Formula, OfficeFile, OfficeRow, OfficeSheet, RowProblem, Wrong, shortened
from survey_app.office_tables import Findings, Heading, is_filled, text_of
from survey_app.questions import numbers
from survey_app.rulebooks.targets import figures
from survey_app.rulebooks.targets.figures import UnitFigures
from survey_app.units.finding import CommuneFinder
from survey_app.units.queries import UnitView

#: What the columns of a list are called, in plain letters.
TITLES: Mapping[str, frozenset[str]] = {
    "code": frozenset({"code", "ma", "ma xa", "ma don vi", "ma phuong"}),
    "unit": frozenset(
        {"unit", "don vi", "ten don vi", "xa", "phuong", "xa phuong", "ten xa", "ten phuong", "ten xa phuong"}
    ),
    "n": frozenset(
        {"n", "so dat", "dat", "so luong", "ket qua", "so lieu", "thuc hien", "da thuc hien", "dat chi tieu"}
    ),
    "of": frozenset({"of", "tong", "tong so", "tren tong so"}),
    "evidence": frozenset(
        {"evidence", "nguon", "minh chung", "van ban", "so van ban", "can cu", "nguon so lieu", "tai lieu minh chung"}
    ),
}  # fmt: skip
_YES = frozenset(names.identity(word) for word in ("x", "có", "đạt", "yes", "1", "v", "✓", "true", "đúng"))
_NO = frozenset(
    names.identity(word) for word in ("không", "chưa", "không đạt", "chưa đạt", "no", "0", "false")
)
#: Letters of one row's evidence.
_LONGEST = 500


class FigureStatus(StrEnum):
    """What saving would do with a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class FigureEntry:
    """One row of the file, as it is written."""

    sheet: str
    row: int
    unit: str
    n: str
    of: str
    evidence: str
    notes: tuple[str, ...] = ()
    #: Of which target, where the list has several.
    key: str = ""


FigureReading: TypeAlias = ListReading[FigureEntry]


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One figure that would be kept, and the one that counts now."""

    entry: FigureEntry
    unit: UnitView
    figure: Figure
    before: UnitFigures | None
    status: FigureStatus

    @property
    def replaces_waiting(self) -> bool:
        """Whether the unit reported a figure that nobody has decided on, which this one would pass over."""
        return self.before is not None and self.before.waits is not None


@dataclass(frozen=True, slots=True)
class FigurePreview:
    """The whole of it."""

    reading: FigureReading
    rows: tuple[FigureRow, ...]
    #: Units asked that the list does not name.
    absent: tuple[UnitView, ...]
    problems: tuple[RowProblem, ...]
    #: A digest of the figures that it was compared with.
    held: str
    #: None is ever asked: what is unclear in a figure is mended in the file.
    questions: tuple[()] = ()

    def of(self, status: str) -> tuple[FigureRow, ...]:
        return tuple(row for row in self.rows if row.status == status)

    @property
    def is_ready(self) -> bool:
        return not self.problems and bool(self.of(FigureStatus.NEW) or self.of(FigureStatus.CHANGED))


def key_of(title: str) -> str:
    """What a column of that title holds, or "".

    >>> [key_of(title) for title in ("Mã", "Đơn vị (xã)", "Số đạt", "Tổng số", "Nguồn", "Ghi chú")]
    ['code', 'unit', 'n', 'of', 'evidence', '']
    """
    return office_tables.key_of(title, TITLES)


def column_title(target: PlanTarget, key: str) -> str:
    """What a column is called in the form that is filled in."""
    whole = _("Total")
    counted = _("Met (yes or no)") if target.kind.is_yes_or_no else _("Number met")
    titles = {"code": _("Code"), "unit": _("Unit"), "n": counted, "of": whole, "evidence": _("Evidence")}
    return titles[key]


def columns(target: PlanTarget) -> tuple[str, ...]:
    """The columns of a list of this target."""
    return ("code", "unit", "n", *(("of",) if target.kind.has_whole else ()), "evidence")


def read(file: OfficeFile, target: PlanTarget) -> FigureReading:
    """Everything that a file says of figures."""
    findings, entries = Findings(), list[FigureEntry]()
    wanted = _("a heading row and one row for each unit")
    example = _("a row with headings like “Đơn vị”, “Số đạt”, “Tổng số”, “Nguồn”")
    for sheet, heading, row in rows(file, {"n"}, key_of, findings, wanted, example):
        if not is_filled(row.cell(heading.columns["n"])):
            findings.leave_out(sheet.name, row.number, _("It has no figure."))
            continue
        found = entry(sheet, heading, row, target, ("n", "of"), findings)
        entries += [found] if found else []
    return reading_of(file, entries, findings, wanted)


def rows(
    file: OfficeFile,
    needed: Collection[str],
    key_of: Callable[[str], str],
    findings: Findings,
    wanted: str,
    example: str,
) -> Iterator[tuple[OfficeSheet, Heading, OfficeRow]]:
    """Every row that names a unit, below a heading with one of the `needed` columns; what is none is in `findings`."""

    def find(sheet: OfficeSheet) -> Heading | None:
        found = office_tables.find(sheet, key_of, needed)
        return found if found and {"code", "unit"} & found.columns.keys() else None

    for sheet, heading in office_tables.tables(file, find, findings, wanted):
        if heading is None:
            findings.note(sheet.name, sheet.rows[0].number, "", office_tables.no_heading(example))
            continue
        for row in sheet.rows:
            if row.number <= heading.last_row:
                continue
            why = _why_left_out(sheet, heading, row, key_of)
            if why:
                findings.leave_out(sheet.name, row.number, why)
            else:
                yield sheet, heading, row


def reading_of(
    file: OfficeFile, entries: Iterable[FigureEntry], findings: Findings, wanted: str
) -> FigureReading:
    """What was read; a list without a figure and without a problem has that problem."""
    found = tuple(entries)
    if not found and not findings.problems:
        findings.note(file.name, 1, "", Wrong(_("No row has a figure."), wanted))
    return FigureReading(
        file.name, found, tuple(findings.left_out), tuple(findings.problems), tuple(findings.notes)
    )


def preview(
    session: Session,
    reading: FigureReading,
    target: PlanTarget,
    year: int,
    asked: Iterable[UnitView],
    on: date,
) -> FigurePreview:
    """What saving `reading` would do, set against the figures that count now."""
    units = {one.id: one for one in asked}
    kept = figures.of_years(session, units.keys(), [year]).get((target.key, year), {})
    finder, rows, problems = CommuneFinder(session, units.values(), on), list[FigureRow](), list[RowProblem]()
    seen: dict[int, int] = {}
    for entry in reading.entries:
        try:
            unit = _unit(finder, units, entry)
            if unit.id in seen:
                raise Wrong(
                    _("%(unit)s is in row %(row)s already.", unit=unit.full_name, row=seen[unit.id]),
                    _("one row for each unit"),
                )
            figure = _figure(target, entry)
        except Wrong as wrong:
            problems.append(RowProblem(entry.sheet, entry.row, "", wrong.found, wrong.expected))
            continue
        seen[unit.id] = entry.row
        before = kept.get(unit.id)
        counts = before.counts if before else None
        if counts is None:
            status = FigureStatus.NEW
        else:
            status = FigureStatus.SAME if counts.figure == figure else FigureStatus.CHANGED
        rows.append(FigureRow(entry, unit, figure, before, status))
    return FigurePreview(
        reading=reading,
        rows=tuple(rows),
        absent=tuple(one for one in units.values() if one.id not in seen),
        problems=(*reading.problems, *problems),
        held=digest(sorted((unit, one.newest.number, one.newest.state) for unit, one in kept.items())),
    )


def entry(
    sheet: OfficeSheet,
    heading: Heading,
    row: OfficeRow,
    target: PlanTarget,
    columns: tuple[str, str],
    findings: Findings,
) -> FigureEntry | None:
    """What a row says of one target, whose figures are in two columns; None where a formula has no value."""
    said = {key: row.cell(column) for key, column in heading.columns.items()}
    for place, key in enumerate(columns):
        if isinstance(said.get(key), Formula):
            title = heading.titles.get(key) or column_title(target, ("n", "of")[place])
            wrong = Wrong(_("The cell holds a formula without its value."), _("the number itself"))
            findings.note(sheet.name, row.number, title, wrong)
            return None
    texts = {key: text_of(cell) for key, cell in said.items()}
    unit = texts.get("code") or texts.get("unit", "")
    evidence = texts.get("evidence", "")[:_LONGEST]
    n, of = (texts.get(key, "") for key in columns)
    return FigureEntry(sheet.name, row.number, unit, n, of, evidence, key=target.key)


def _why_left_out(sheet: OfficeSheet, heading: Heading, row: OfficeRow, key_of: Callable[[str], str]) -> str:
    """Why a row is of no unit; "" where it is of one."""
    if row.number in sheet.hidden_rows:
        return _("The row is hidden.")
    if office_tables.is_heading_again(row, heading.columns, key_of):
        return _("The heading is repeated here.")
    if row.number <= heading.last_row + 2 and office_tables.is_column_numbers(row):
        return _("It numbers the columns.")
    named = [heading.columns[key] for key in ("code", "unit") if key in heading.columns]
    if office_tables.is_sum(row, max(*named, 1) if named else 1):
        return _("It is a row of sums.")
    if not any(is_filled(row.cell(column)) for column in named):
        return _("It names no unit.")
    return ""


def _unit(finder: CommuneFinder, units: Mapping[int, UnitView], entry: FigureEntry) -> UnitView:
    alone = next(iter(units.values())) if len(units) == 1 else None
    if alone and entry.unit in {alone.code, alone.name, alone.full_name}:
        return alone
    return finder.find(entry.unit.removeprefix("UBND").strip())


def _figure(target: PlanTarget, entry: FigureEntry) -> Figure:
    """Raises Wrong."""
    if target.kind.is_yes_or_no:
        said = names.identity(entry.n)
        if said not in _YES | _NO:
            raise Wrong(_("“%(text)s” is neither yes nor no.", text=shortened(entry.n)), _("“có” or “không”"))
        return Figure(int(said in _YES))
    figure = Figure(_whole(entry.n), _whole(entry.of) if target.kind.has_whole and entry.of else None)
    for word in rules.problems(target.kind, figure):
        raise Wrong(figures.problem_text(word), _("the number met and the total, as two whole numbers"))
    return figure


def _whole(text: str) -> int:
    try:
        found = numbers.whole(text)
    except ValueError as error:
        raise Wrong(
            _("“%(text)s” is not a whole number.", text=shortened(text)), _("a whole number, like 1250")
        ) from error
    if abs(found) > 2_000_000_000:
        raise Wrong(_("“%(text)s” is too large.", text=shortened(text)), _("a whole number, like 1250"))
    return found
