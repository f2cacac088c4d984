"""Entering a reform: the units that it made, when, by which successions. Never commits.

Nothing is ever deleted: a unit out of force keeps its row.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from http import HTTPStatus
from itertools import chain

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app import audit
from survey_app.errors import DomainError
from survey_app.i18n import gettext as _
from survey_app.units import kinds, queries
from survey_app.units.models import Level, Succession, Unit
from survey_app.units.register import Register, packaged


class UnitElsewhere(DomainError):
    code = "don-vi-thuoc-noi-khac"


class UnitUnknown(DomainError):
    code = "khong-co-don-vi-cu"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import of units found and did."""

    units: int
    added: int
    changed: int
    successions: int


def packaged_provinces() -> dict[str, str]:
    """Provinces whose communes come with the product: name by code."""
    lines = [line for one in packaged() for layer in one.layers for line in layer if line.valid_to is None]
    filled = {line.parent for line in lines if line.level is Level.COMMUNE}
    return {
        line.code: kinds.full_name(line.kind, line.name)
        for line in lines
        if line.level is Level.PROVINCE and line.code in filled
    }


def import_register(session: Session, register: Register | None = None, *, now: datetime) -> Imported:
    """Enter the reform `register`; by default those that come with the product, oldest first.

    It is the operator's act. Safe to run again: what is there already stays, a corrected name or kind is written over
    the old one. Units that passed into others, or whose code is given again, end on the day before, with all that
    lies in them.
    Raises UnitElsewhere when a unit is known to lie in another province, and UnitUnknown for one that another is
    said to be formed from.
    """
    done = [_import(session, one, now) for one in ((register,) if register else packaged())]
    return Imported(
        sum(one.units for one in done),
        sum(one.added for one in done),
        sum(one.changed for one in done),
        sum(one.successions for one in done),
    )


def _import(session: Session, register: Register, now: datetime) -> Imported:
    known = _Known(session.scalars(select(Unit).order_by(Unit.id)))
    noted: dict[str, dict[str, object]] = {"before": {}, "after": {}}
    added = 0
    for layer in register.layers:
        fresh: list[tuple[Unit, Unit | None]] = []
        for line in layer:
            row = known.exactly(line.code, line.valid_from)
            parent = known.on(line.parent, line.valid_from) if line.parent else None
            parent_id = parent.id if parent else None
            if row is None:
                row = Unit(
                    code=line.code,
                    valid_from=line.valid_from,
                    level=line.level,
                    path="/",
                    parent_id=parent_id,
                    valid_to=line.valid_to,
                    name=line.name,
                    kind=line.kind,
                )
                fresh.append((row, parent))
                known.add(row)
            elif row.parent_id != parent_id:
                raise UnitElsewhere(
                    _("The unit %(code)s is known to lie elsewhere. Nothing was saved.", code=line.code)
                )
            else:
                # A later reform may have ended it since.
                _change(noted, row, name=line.name, kind=line.kind, valid_to=line.valid_to or row.valid_to)
        session.add_all(row for row, _parent in fresh)
        session.flush()  # the ids make the paths and are the parents of the next layer
        for row, parent in fresh:
            row.path = f"{parent.path if parent else '/'}{row.id}/"
        added += len(fresh)
    linked = _link(session, register, known, noted)
    changed = len({place.partition("/")[0] for place in noted["after"]})
    imported = Imported(sum(map(len, register.layers)), added, changed, linked)
    if added or changed or linked:
        audit.record(
            session, audit.OPERATOR, "units.import", "register", at=now, added=added, changed=changed, linked=linked,
            **audit.changes(noted["before"], noted["after"]),
        )  # fmt: skip
    return imported


class _Known:
    """The units of the register by code, while a reform is entered."""

    def __init__(self, rows: Iterable[Unit]) -> None:
        self._by_code: dict[str, list[Unit]] = defaultdict(list)
        for row in rows:
            self.add(row)

    def add(self, row: Unit) -> None:
        self._by_code[row.code].append(row)

    def exactly(self, code: str, valid_from: date) -> Unit | None:
        return next((row for row in self._by_code[code] if row.valid_from == valid_from), None)

    def before(self, code: str, day: date) -> list[Unit]:
        """What had the code earlier and has not ended."""
        return [row for row in self._by_code[code] if row.valid_from < day and row.valid_to is None]

    def on(self, code: str, day: date) -> Unit:
        """What the code means on that day. Raises UnitUnknown."""
        found = [
            row
            for row in self._by_code[code]
            if row.valid_from <= day and (row.valid_to is None or row.valid_to >= day)
        ]
        if not found:
            raise UnitUnknown(
                _(
                    "There was no unit with code %(code)s on %(day)s. Nothing was saved.",
                    code=code,
                    day=day.strftime("%d/%m/%Y"),
                )
            )
        # Of two, the older one is about to be ended by the reform that is being entered.
        return max(found, key=lambda row: row.valid_from)


def _change(noted: dict[str, dict[str, object]], row: Unit, **values: object) -> None:
    """Bring a unit's row to these values, and note the old and the new ones."""
    for name, value in values.items():
        if getattr(row, name) != value:
            noted["before"][f"unit:{row.id}/{name}"] = getattr(row, name)
            noted["after"][f"unit:{row.id}/{name}"] = value
            setattr(row, name, value)


def _link(session: Session, register: Register, known: _Known, noted: dict[str, dict[str, object]]) -> int:
    """Note what became of the old units, and end them."""
    last_day = register.day - timedelta(days=1)
    there = {
        (old, new) for old, new in session.execute(select(Succession.old_unit_id, Succession.new_unit_id))
    }
    for unit in chain.from_iterable(register.layers):
        if unit.valid_from == register.day:
            for before in known.before(unit.code, register.day):
                _end(session, before, last_day, noted)
    fresh = []
    for line in register.successions:
        old, new = known.on(line.old, last_day), known.on(line.new, register.day)
        if (old.id, new.id) not in there:
            fresh.append(Succession(old_unit_id=old.id, new_unit_id=new.id, how=line.how, note=line.note))
        _end(session, old, last_day, noted)
    session.add_all(fresh)
    return len(fresh)


def _end(session: Session, old: Unit, last_day: date, noted: dict[str, dict[str, object]]) -> None:
    """End a unit, with all that lies in it; one that ended already stays as it is."""
    if old.valid_to is not None:
        return
    within = (
        select(Unit)
        .where(Unit.path.startswith(old.path, autoescape=True), queries.in_force(last_day))
        .order_by(Unit.id)
    )
    for row in session.scalars(within):
        _change(noted, row, valid_to=last_day)
