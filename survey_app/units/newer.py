"""A file that would put another number over one that its sender has not seen: both are shown, and a person decides.

A file does not say when it was made. So its number is held back where the list has a later one, where it is a number
that the village had before, and where somebody saved another one after the page of the upload was opened.
Writes nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from survey_app.errors import DomainError
from survey_app.i18n import gettext as _
from survey_app.units import queries
from survey_app.units.lines import HouseholdLine, matching
from survey_app.units.queries import ReportedHouseholds

#: What a person says of one village: the number of the file, or the one that stands.
FILE, LIST = "file", "list"


@dataclass(frozen=True, slots=True)
class Newer:
    """A village whose number in the list is newer than the file's, as far as its sender can have known."""

    code: str
    name: str
    stored: ReportedHouseholds
    line: HouseholdLine


class NewerNumbers(DomainError):
    """The list has newer numbers than the file. Nothing was saved, and nothing of the file is lost."""

    code = "so-ho-moi-hon"

    def __init__(self, found: Sequence[Newer]) -> None:
        super().__init__(
            _(
                "Nothing is saved yet: the list has newer numbers than your file. Decide for each of these villages."
            )
        )
        self.found = tuple(found)


def decided(
    session: Session,
    lines: Sequence[HouseholdLine],
    *,
    seen: int | None,
    said: Mapping[str, str],
    on: date,
) -> tuple[HouseholdLine, ...]:
    """The lines to record, after what a person `said` by code of the village; `seen` is the state they saw.

    With the communes held. Raises NewerNumbers with every village that is still to be decided.
    """
    newer = {id(one.line): one for one in _newer(session, lines, seen, on)}
    open_ = [one for one in newer.values() if said.get(one.code) not in (FILE, LIST) or _is_later(one, seen)]
    if open_:
        raise NewerNumbers(open_)
    return tuple(line for line in lines if id(line) not in newer or said[newer[id(line)].code] == FILE)


def _newer(session: Session, lines: Sequence[HouseholdLine], seen: int | None, on: date) -> Iterable[Newer]:
    existing = queries.villages_of(session, {line.commune.id for line in lines}, on)
    meant = ((line, matching(line, existing.get(line.commune.id, ()))) for line in lines)
    known = [(line, village.unit) for line, village in meant if village is not None]
    history = queries.counts_of(session, [unit.id for _line, unit in known])
    for line, unit in known:
        newest, *before = history.get(unit.id, ()) or (None,)
        if newest is None or _says(newest, line):
            continue
        one = Newer(unit.code, unit.full_name, newest, line)
        if line.as_of < newest.as_of or any(_says(count, line) for count in before) or _is_later(one, seen):
            yield one


def _says(count: ReportedHouseholds, line: HouseholdLine) -> bool:
    return (count.households, count.source, count.as_of) == (line.households, line.source, line.as_of)


def _is_later(one: Newer, seen: int | None) -> bool:
    """Whether the number that stands was saved after what the person saw."""
    return seen is not None and one.stored.id > seen
