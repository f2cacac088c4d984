"""A list as the operator gives it to a command, of one commune or of several: a preview of each, saved together.

The commands enter villages and numbers and end none: villages that a file does not name stay as they are.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from survey_app.office_files import RowProblem, open_office_file
from survey_app.units import operations, queries
from survey_app.units.finding import AllCommunes, Owner, owner, owner_among_others
from survey_app.units.lists import preview, saving
from survey_app.units.lists.entries import ListEntry, VillageReading
from survey_app.units.lists.preview import Preview, PreviewRow, RowStatus
from survey_app.units.lists.questions import FILE, KEEP, ListQuestion
from survey_app.units.lists.reading import read
from survey_app.units.operations import LineOutcome, VillageHouseholds
from survey_app.units.queries import UnitView, Village

#: What a command answers by itself: villages that its file does not name are still there.
ENDS_NONE = {"missing": KEEP}


@dataclass(frozen=True, slots=True)
class WholeList:
    """What saving a file would do, commune by commune in the order of the file."""

    reading: VillageReading
    communes: tuple[tuple[UnitView, Preview], ...]
    #: Doubts about numbers of a frame, which were taken as the file has them.
    taken: tuple[ListQuestion, ...]

    @property
    def rows(self) -> tuple[PreviewRow, ...]:
        return tuple(row for _commune, shown in self.communes for row in shown.rows)

    @property
    def problems(self) -> tuple[RowProblem, ...]:
        found = tuple(one for _commune, shown in self.communes for one in shown.problems)
        return (*self.reading.problems, *found)

    @property
    def asked_once(self) -> tuple[str, ...]:
        """What the file does not say and nobody has said yet, by name of field."""
        asked = (one.key for _commune, shown in self.communes for one in shown.lacking if one.is_open)
        return tuple(dict.fromkeys(asked))

    @property
    def questions(self) -> tuple[ListQuestion, ...]:
        """What is still to be decided; a day with two meanings is asked once for all communes."""
        asked = (one for _commune, shown in self.communes for one in shown.questions if one.is_open)
        return tuple({one.key: one for one in asked}.values())

    @property
    def is_ready(self) -> bool:
        return (
            bool(self.communes)
            and not self.problems
            and all(shown.is_ready for _commune, shown in self.communes)
        )

    @property
    def households(self) -> int:
        """Of all its villages, numbers that somebody decided on included."""
        return sum(_households(row) for row in self.rows)

    def number_of(self, status: RowStatus) -> int:
        return sum(row.status is status for row in self.rows)


def of_file(
    session: Session,
    content: bytes,
    filename: str,
    on: date,
    answers: Mapping[str, str],
    only: UnitView | None = None,
    *,
    is_frame: bool = False,
) -> WholeList:
    """What saving a file would do after these answers; with `only` rows of other communes are left out and named.

    In a frame every row must be of that commune. Numbers of a frame are those of the file, whatever the list has;
    elsewhere doubts about them are questions.
    Raises BadFile for what cannot be opened as a list.
    """
    file = open_office_file(content, filename)
    if only is None:
        whose: Owner | AllCommunes = AllCommunes(session, on)
    else:
        whose = owner(session, only) if is_frame else owner_among_others(session, only, on)
    reading = read(file, whose, on)
    rows: dict[str, list[ListEntry]] = defaultdict(list)
    for entry in reading.entries:
        rows[entry.commune].append(entry)
    parts, taken = [], list[ListQuestion]()
    for code, entries in rows.items():
        commune = only or queries.unit_by_code(session, code, on)
        alone = replace(reading, entries=tuple(entries), left_out=(), problems=(), notes=())
        shown = preview.preview(session, alone, commune, answers, on)
        doubts = [one for one in shown.questions if one.is_open and one.has(FILE)] if is_frame else []
        if doubts:
            shown = preview.preview(
                session, alone, commune, {**answers, **{one.key: FILE for one in doubts}}, on
            )
        taken += doubts
        parts.append((commune, shown))
    return WholeList(reading, tuple(parts), tuple(taken))


def save(session: Session, found: WholeList, *, actor: str, now: datetime) -> tuple[VillageHouseholds, ...]:
    """Record what a list shows, decisions included; the villages of all its rows. Only when it is ready."""
    operations.hold(session, [commune.id for commune, _shown in found.communes])
    done: list[VillageHouseholds] = []
    for _commune, shown in found.communes:
        saved = iter(saving.save(session, shown, actor=actor, now=now))
        for row in shown.rows:
            if row.status is not RowStatus.DROPPED:
                done.append(next(saved))
            elif row.before is not None:
                done.append(_as_before(row.before))
    return tuple(done)


def _households(row: PreviewRow) -> int:
    if row.status is RowStatus.DROPPED:
        return (row.before.households or 0) if row.before else 0
    return row.line.households if row.line else row.entry.households


def _as_before(village: Village) -> VillageHouseholds:
    """A village whose number somebody left as it is."""
    if village.households is None or village.as_of is None:
        raise ValueError("only a number that is held is left as it is")
    return VillageHouseholds(
        village.unit.id, village.households, village.source, village.as_of, LineOutcome.SAME
    )
