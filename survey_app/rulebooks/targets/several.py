"""One list of the figures of several targets: a column a target, two where a total is asked; looked at before saving.

Each target's figures are then those of a list of its own (`lists`). A cell that is empty says nothing of its target.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from sqlalchemy.orm import Session

from survey_app import names, office_tables
from survey_app.criteria.targets import PlanTarget
from survey_app.i18n import gettext as _
from survey_app.list_pages import digest
from survey_app.office_files import OfficeFile, RowProblem
from survey_app.office_tables import Findings, is_filled
from survey_app.rulebooks.targets import lists, wording
from survey_app.rulebooks.targets.asked import asked
from survey_app.rulebooks.targets.lists import FigureEntry, FigurePreview, FigureReading
from survey_app.units.queries import UnitView


@dataclass(frozen=True, slots=True)
class SeveralPreview:
    """What saving the list would do, target by target."""

    reading: FigureReading
    #: Targets of which the list says anything.
    parts: tuple[tuple[PlanTarget, FigurePreview], ...]
    problems: tuple[RowProblem, ...]
    held: str
    #: None is ever asked.
    questions: tuple[()] = ()

    @property
    def is_ready(self) -> bool:
        return not self.problems and any(part.is_ready for _target, part in self.parts)

    @property
    def rows(self) -> int:
        """How many figures were understood."""
        return sum(len(part.rows) for _target, part in self.parts)


def columns(target: PlanTarget) -> tuple[tuple[str, str], ...]:
    """The columns of one target: how it is told apart, and its title in the form that is filled in."""
    keys = ("n", "of") if target.kind.has_whole else ("n",)
    name = wording.name(target)
    return tuple((f"{target.key} {key}", f"{name} – {lists.column_title(target, key)}") for key in keys)


def read(file: OfficeFile, targets: Sequence[PlanTarget]) -> FigureReading:
    """Everything that a file says of these targets; columns are found by their titles in the form."""
    findings, entries = Findings(), list[FigureEntry]()
    titles = {key: lists.TITLES[key] for key in ("code", "unit", "evidence")} | {
        key: frozenset(_spellings(title)) for target in targets for key, title in columns(target)
    }
    key_of = partial(office_tables.key_of, titles=titles)
    wanted = _("a heading row with the titles of the form, and one row for each unit")
    needed = titles.keys() - {"code", "unit", "evidence"}
    for sheet, heading, row in lists.rows(file, needed, key_of, findings, wanted, wanted):
        for target in targets:
            pair = (f"{target.key} n", f"{target.key} of")
            if any(is_filled(row.cell(heading.columns[key])) for key in pair if key in heading.columns):
                found = lists.entry(sheet, heading, row, target, pair, findings)
                entries += [found] if found else []
    return lists.reading_of(file, entries, findings, wanted)


def preview(
    session: Session,
    reading: FigureReading,
    targets: Iterable[PlanTarget],
    year: int,
    province: UnitView,
    communes: Sequence[UnitView],
    on: date,
) -> SeveralPreview:
    """What saving `reading` would do, set against the figures that count now."""
    parts, problems = [], list(reading.problems)
    for target in targets:
        mine = tuple(one for one in reading.entries if one.key == target.key)
        if not mine:
            continue
        alone = replace(reading, entries=mine, problems=())
        part = lists.preview(session, alone, target, year, asked(target, province, communes), on)
        problems += (replace(one, column=wording.name(target)) for one in part.problems)
        parts.append((target, part))
    held = digest([part.held for _target, part in parts])
    return SeveralPreview(reading, tuple(parts), tuple(problems), held)


def _spellings(title: str) -> Iterable[str]:
    return (names.plain(title), names.plain(title.partition("(")[0]))
