"""Reading the register: units by code and day, villages with their households, what became of old units.

A code is never without a day: codes are given again when units are reformed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from http import HTTPStatus

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, or_, select
from sqlalchemy.orm import Session

from survey_app import alphabet, names, revisions
from survey_app.access import Identity
from survey_app.alphabet import Place
from survey_app.config import VIETNAM
from survey_app.errors import DomainError
from survey_app.i18n import gettext as _
from survey_app.revisions import Saved
from survey_app.units import kinds
from survey_app.units.models import HouseholdCount, Level, Succession, Unit

#: First day of units whose first day is not known: those before the reform of 1 July 2025. Never printed.
EARLIEST = date(1900, 1, 1)


class UnitNotFound(DomainError):
    code = "khong-co-don-vi"
    status = HTTPStatus.NOT_FOUND


@dataclass(frozen=True, slots=True)
class UnitView:
    """A unit under one code for one period; `valid_to` is None while it is in force."""

    id: int
    code: str
    level: str
    kind: str
    name: str
    path: str
    parent_id: int | None
    valid_from: date
    valid_to: date | None
    old_unit: str = ""
    #: The full name as it was printed where that is on record; "" where the register speaks.
    printed: str = ""

    @property
    def province_id(self) -> int:
        """The province it lies in; a province is its own."""
        return int(self.path.split("/")[1])

    @property
    def full_name(self) -> str:
        """With the kind, like "Xã Biển Hồ", "Tổ dân phố 3" or "Thôn 3 (xã cũ Ia Mơ)"."""
        return self.printed or kinds.full_name(self.kind, self.name, self.old_unit)

    @property
    def in_order(self) -> tuple[Place, Place, int]:
        """Where it is in a list, by its name; of two villages of one name by the full ones."""
        return alphabet.reading_order(self.name), alphabet.reading_order(self.full_name), self.id

    @property
    def running_name(self) -> str:
        """The full name within a sentence, where the word of its kind is no beginning: "xã Bình Hiệp"."""
        return self.full_name[:1].lower() + self.full_name[1:]


@dataclass(frozen=True, slots=True)
class Village:
    """A village and the newest count of its households; None, "" and None where nobody reported one."""

    unit: UnitView
    households: int | None
    source: str
    as_of: date | None


@dataclass(frozen=True, slots=True)
class CommuneSummary:
    """A commune with the number of its villages and the sum of their newest household counts."""

    unit: UnitView
    villages: int
    counted_villages: int
    households: int


@dataclass(frozen=True, slots=True)
class ReportedHouseholds:
    """One reported number of households; a later one has the higher id."""

    id: int
    households: int
    source: str
    as_of: date
    recorded_at: datetime
    #: As the audit log writes people.
    recorded_by: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A unit that another came from or passed into: `how` is whole, part or unchanged."""

    unit: UnitView
    how: str
    note: str


def civil(now: datetime) -> date:
    """The day it is in Vietnam."""
    return now.astimezone(VIETNAM).date()


def today() -> date:
    """The day it is now in Vietnam, for views; operations and queries are handed theirs."""
    return civil(datetime.now(UTC))


def day_of_year(year: int, today: date) -> date:
    """The day whose units a year has: today, the last day of a past year, the first of a coming one.

    >>> [day_of_year(year, date(2026, 11, 28)).isoformat() for year in (2025, 2026, 2027)]
    ['2025-12-31', '2026-11-28', '2027-01-01']
    """
    return min(max(today, date(year, 1, 1)), date(year, 12, 31))


def unit(session: Session, unit_id: int) -> UnitView:
    """The unit of that id, in force or not. Raises UnitNotFound."""
    found = session.get(Unit, unit_id)
    if found is None:
        raise UnitNotFound(_("There is no such unit."))
    return view(found)


def units(session: Session, unit_ids: Iterable[int]) -> dict[int, UnitView]:
    """Many units by id; ids that do not exist are absent."""
    rows = session.scalars(select(Unit).where(Unit.id.in_(set(unit_ids))).order_by(Unit.id))
    return {row.id: view(row) for row in rows}


def unit_by_code(session: Session, code: str, on: date) -> UnitView:
    """The unit that `code` meant on that day. Raises UnitNotFound."""
    found = session.scalar(select(Unit).where(Unit.code == code, in_force(on)))
    if found is None:
        raise UnitNotFound(_("There was no unit with code %(code)s on that day.", code=code))
    return view(found)


def scoped_unit(session: Session, code: str, identity: Identity, on: date) -> UnitView:
    """The unit that `code` means on that day, if it is in the person's subtree. Raises UnitNotFound."""
    found = unit_by_code(session, code, on)
    if not identity.covers(found.path):
        raise UnitNotFound(_("There is no such unit."))
    return found


def province_of(session: Session, of: UnitView) -> UnitView:
    """The province a unit lies in; a province is its own."""
    return unit(session, of.province_id)


def communes(session: Session, under_path: str, on: date) -> tuple[UnitView, ...]:
    """Communes in force at or below a path, by name."""
    rows = session.scalars(_in_subtree(under_path, Level.COMMUNE, on).order_by(Unit.id))
    return tuple(sorted(map(view, rows), key=lambda commune: commune.in_order))


def provinces_with_communes(session: Session, on: date) -> tuple[UnitView, ...]:
    """Provinces in force that have a commune in force."""
    filled = select(Unit.parent_id).where(Unit.level == Level.COMMUNE, in_force(on))
    rows = select(Unit).where(Unit.level == Level.PROVINCE, in_force(on), Unit.id.in_(filled))
    return tuple(view(row) for row in session.scalars(rows.order_by(Unit.id)))


def commune_summaries(session: Session, under_path: str, on: date) -> tuple[CommuneSummary, ...]:
    """Communes in force at or below a path with what they reported, by name."""
    newest = newest_counts()
    counted = (
        select(
            Unit.parent_id,
            func.count(Unit.id),
            func.count(newest.c.id),
            func.coalesce(func.sum(HouseholdCount.households), 0),
        )
        .outerjoin(newest, newest.c.unit_id == Unit.id)
        .outerjoin(HouseholdCount, HouseholdCount.id == newest.c.id)
        .where(Unit.level == Level.VILLAGE, Unit.path.startswith(under_path, autoescape=True), in_force(on))
        .group_by(Unit.parent_id)
        .order_by(Unit.parent_id)
    )
    by_commune = {
        parent: (villages, counted_villages, int(total))
        for parent, villages, counted_villages, total in session.execute(counted)
    }
    return tuple(
        CommuneSummary(commune, *by_commune.get(commune.id, (0, 0, 0)))
        for commune in communes(session, under_path, on)
    )


def villages(session: Session, commune_id: int, on: date) -> tuple[Village, ...]:
    """Villages of a commune in force on that day, village 2 before village 10."""
    return villages_of(session, [commune_id], on).get(commune_id, ())


def has_villages(session: Session, commune_id: int, on: date) -> bool:
    """Whether a commune has entered any village."""
    wanted = select(Unit.id).where(Unit.level == Level.VILLAGE, Unit.parent_id == commune_id, in_force(on))
    return session.scalar(select(wanted.exists())) or False


def villages_of(session: Session, commune_ids: Iterable[int], on: date) -> Mapping[int, tuple[Village, ...]]:
    """Villages in force of several communes, by the commune's id; a commune without villages is absent."""
    newest = newest_counts()
    rows = session.execute(
        select(Unit, HouseholdCount)
        .outerjoin(newest, newest.c.unit_id == Unit.id)
        .outerjoin(HouseholdCount, HouseholdCount.id == newest.c.id)
        .where(Unit.level == Level.VILLAGE, Unit.parent_id.in_(set(commune_ids)), in_force(on))
        .order_by(Unit.parent_id, Unit.id)
    )
    found: dict[int, list[Village]] = defaultdict(list)
    for row, count in rows:
        found[_parent(row)].append(_village(row, count))
    return {
        commune: tuple(sorted(those, key=lambda village: village.unit.in_order))
        for commune, those in found.items()
    }


def last_saved(session: Session, village_id: int) -> Saved | None:
    """Who changed a village or its number last: by its form, or by a file, which leaves the number alone as a trace."""
    by_form = revisions.last_saved(
        session, [f"unit:{village_id}"], ["units.change_village", "units.end_village"]
    )
    newest = select(HouseholdCount.recorded_by, HouseholdCount.recorded_at).where(
        HouseholdCount.unit_id == village_id
    )
    counted = session.execute(newest.order_by(HouseholdCount.id.desc()).limit(1)).first()
    by_count = None if counted is None else Saved(counted.recorded_by, counted.recorded_at)
    return max((saved for saved in (by_form, by_count) if saved), key=lambda saved: saved.at, default=None)


def counts(session: Session, village_id: int) -> tuple[ReportedHouseholds, ...]:
    """Every number of households ever reported for a village, newest first."""
    return counts_of(session, [village_id]).get(village_id, ())


def counts_of(session: Session, village_ids: Collection[int]) -> Mapping[int, tuple[ReportedHouseholds, ...]]:
    """The same of several villages, by the village's id; a village without any is absent."""
    rows = session.scalars(
        select(HouseholdCount)
        .where(HouseholdCount.unit_id.in_(village_ids))
        .order_by(HouseholdCount.id.desc())
    )
    found: defaultdict[int, tuple[ReportedHouseholds, ...]] = defaultdict(tuple)
    for row in rows:
        found[row.unit_id] += (
            ReportedHouseholds(
                row.id, row.households, row.source, row.as_of, row.recorded_at, row.recorded_by
            ),
        )
    return found


def predecessors(session: Session, unit_id: int) -> tuple[Passage, ...]:
    """The units that a unit was formed from, by code."""
    return _passages(session, and_(Succession.new_unit_id == unit_id, Unit.id == Succession.old_unit_id))


def successors(session: Session, unit_id: int) -> tuple[Passage, ...]:
    """The units that a unit passed into, by code."""
    return _passages(session, and_(Succession.old_unit_id == unit_id, Unit.id == Succession.new_unit_id))


def former_communes(session: Session, text: str, on: date) -> tuple[UnitView, ...]:
    """Communes no longer in force that had this code or name, newest first; says what it once meant."""
    wanted = names.identity(text)
    rows = session.scalars(
        select(Unit)
        .where(Unit.level == Level.COMMUNE, Unit.valid_to < on)
        .order_by(Unit.valid_to.desc(), Unit.id)
    )
    return tuple(one for one in map(view, rows) if text == one.code or wanted in commune_names(one))


def commune_names(commune: UnitView) -> frozenset[str]:
    """Both names of a commune, short and full, as `names.identity` compares them."""
    return frozenset((names.identity(commune.name), names.identity(commune.full_name)))


def in_force(on: date) -> ColumnElement[bool]:
    """The condition that a unit row is in force on that day."""
    return and_(Unit.valid_from <= on, or_(Unit.valid_to.is_(None), Unit.valid_to >= on))


def newest_counts() -> Subquery:
    """The id of the newest household count of each village."""
    return (
        select(HouseholdCount.unit_id, func.max(HouseholdCount.id).label("id"))
        .group_by(HouseholdCount.unit_id)
        .subquery()
    )


def _in_subtree(path: str, level: Level, on: date) -> Select[Unit]:
    return select(Unit).where(Unit.level == level, Unit.path.startswith(path, autoescape=True), in_force(on))


def _passages(session: Session, condition: ColumnElement[bool]) -> tuple[Passage, ...]:
    rows = session.execute(select(Unit, Succession).join(Succession, condition).order_by(Unit.code, Unit.id))
    return tuple(Passage(view(row), succession.how, succession.note) for row, succession in rows)


def _parent(village: Unit) -> int:
    if village.parent_id is None:
        raise ValueError(f"village {village.id} lies in no commune")
    return village.parent_id


def _village(row: Unit, count: HouseholdCount | None) -> Village:
    if count is None:
        return Village(view(row), None, "", None)
    return Village(view(row), count.households, count.source, count.as_of)


#: What a `UnitView` is made of, in its order, for statements that read a unit beside something else.
COLUMNS = tuple(getattr(Unit, field.name) for field in fields(UnitView) if field.name != "printed")


def view(row: Unit) -> UnitView:
    """The unit as other rooms read it."""
    return UnitView(
        id=row.id,
        code=row.code,
        level=row.level,
        kind=row.kind,
        name=row.name,
        path=row.path,
        parent_id=row.parent_id,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        old_unit=row.old_unit,
    )
