"""Writing villages and their households. Never commits.

Nothing is ever deleted: a village out of force keeps its row, and a new number of households is a new row.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from http import HTTPStatus

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app import audit, db
from survey_app.errors import DomainError
from survey_app.i18n import gettext as _
from survey_app.office_files import Wrong
from survey_app.units import queries
from survey_app.units.lines import HouseholdLine, matching, village_identity
from survey_app.units.models import HouseholdCount, Level, Unit
from survey_app.units.queries import UnitView, Village

_VILLAGES_OF_ONE_COMMUNE = 999


class VillageUnclear(DomainError):
    code = "thon-trung-ten"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class VillageExists(DomainError):
    code = "thon-da-co"


class CodesExhausted(DomainError):
    code = "het-ma-thon"


class LineOutcome(StrEnum):
    """What recording a line did to its village."""

    NEW = "new"
    UPDATED = "updated"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class VillageHouseholds:
    """A village as a line left it; ready to be a row of a frame."""

    unit_id: int
    households: int
    source: str
    as_of: date
    outcome: LineOutcome
    #: Old and new value of what changed, by field, as the audit log keeps them.
    changes: Mapping[str, list[object]] = field(default_factory=dict)


def record_households(
    session: Session, lines: Iterable[HouseholdLine], *, actor: str, now: datetime
) -> tuple[VillageHouseholds, ...]:
    """Make the villages of `lines` that are new and note each number of households that changed.

    The answer is in the order of `lines`; recording equal lines again changes nothing. Raises VillageUnclear
    for a line that fits several villages and CodesExhausted when a commune has no village code left.
    """
    by_commune: dict[int, list[tuple[int, HouseholdLine]]] = defaultdict(list)
    for position, line in enumerate(lines):
        by_commune[line.commune.id].append((position, line))
    hold(session, by_commune)
    existing = queries.villages_of(session, by_commune, queries.civil(now))
    recorded: dict[int, VillageHouseholds] = {}
    for commune_id, placed in by_commune.items():
        done = _record(
            session, [line for _position, line in placed], existing.get(commune_id, ()), actor, now
        )
        recorded.update(zip((position for position, _line in placed), done, strict=True))
        _note_counts(session, placed[0][1].commune, done, actor, now)
    return tuple(recorded[position] for position in sorted(recorded))


def add_village(session: Session, line: HouseholdLine, *, actor: str, now: datetime) -> VillageHouseholds:
    """A village that is not yet in the list. Raises VillageExists when it is."""
    hold(session, [line.commune.id])
    _refuse_second(line, queries.villages(session, line.commune.id, queries.civil(now)))
    return record_households(session, [line], actor=actor, now=now)[0]


def change_village(
    session: Session, village_id: int, line: HouseholdLine, *, actor: str, now: datetime
) -> VillageHouseholds:
    """Correct a village's name, kind or former unit, and note its households if they changed.

    Raises VillageExists when another village of the commune is called so.
    """
    hold(session, [line.commune.id])
    all_villages = queries.villages(session, line.commune.id, queries.civil(now))
    before = next((village for village in all_villages if village.unit.id == village_id), None)
    if before is None:
        raise queries.UnitNotFound(_("This village is no longer in the list."))
    _refuse_second(line, [village for village in all_villages if village.unit.id != village_id])
    row = session.get_one(Unit, village_id)
    done = _write(session, row, before, line, line.old_unit, actor, now)
    if done.outcome is not LineOutcome.SAME:
        changes = audit.changes(_printed_of(before), _printed_in(line, line.old_unit))
        audit.record(session, actor, "units.change_village", f"unit:{village_id}", at=now, **changes)
    return done


def end_village(session: Session, village: UnitView, *, last_day: date, actor: str, now: datetime) -> None:
    """Take a village out of force after `last_day`; its code is never given again, its counts stay."""
    session.get_one(Unit, village.id).valid_to = last_day
    audit.record(
        session, actor, "units.end_village", f"unit:{village.id}", at=now, last_day=last_day.isoformat()
    )


def hold(session: Session, commune_ids: Iterable[int]) -> None:
    """Make others wait who record villages of the same communes, so that two of them never take one code."""
    db.hold_rows(session, select(Unit.id).where(Unit.id.in_(set(commune_ids))).order_by(Unit.id))


def _record(
    session: Session, lines: Sequence[HouseholdLine], existing: Sequence[Village], actor: str, now: datetime
) -> tuple[VillageHouseholds, ...]:
    matched = [_match(line, existing) for line in lines]
    commune = lines[0].commune
    next_number = _next_number(session, commune) if None in matched else 0
    rows: list[Unit] = []
    for line, village in zip(lines, matched, strict=True):
        if village is not None:
            rows.append(session.get_one(Unit, village.unit.id))
            continue
        if next_number > _VILLAGES_OF_ONE_COMMUNE:
            raise CodesExhausted(_("%(commune)s has used all its village codes.", commune=commune.full_name))
        rows.append(_new_village(commune, next_number, line))
        next_number += 1
    session.add_all(rows)
    session.flush()  # the ids make the paths
    for row in rows:
        row.path = f"{commune.path}{row.id}/"
    return tuple(
        _write(session, row, village, line, line.old_unit or row.old_unit, actor, now)
        for row, village, line in zip(rows, matched, lines, strict=True)
    )


def _new_village(commune: UnitView, number: int, line: HouseholdLine) -> Unit:
    """The row of a new village, from its commune's first day: when it was founded is not recorded."""
    return Unit(
        code=f"{commune.code}{number:03}",
        level=Level.VILLAGE,
        kind=line.kind,
        name=line.village,
        valid_from=commune.valid_from,
        valid_to=None,
        parent_id=commune.id,
        path=commune.path,
        old_unit=line.old_unit,
    )


def _write(
    session: Session,
    row: Unit,
    before: Village | None,
    line: HouseholdLine,
    former: str,
    actor: str,
    now: datetime,
) -> VillageHouseholds:
    """Bring a village's row and its newest count to what the line says."""
    named_alike = (row.name, row.kind, row.old_unit) == (line.village, line.kind, former)
    row.name, row.kind, row.old_unit = line.village, line.kind, former
    counted_alike = before is not None and (before.households, before.source, before.as_of) == (
        line.households,
        line.source,
        line.as_of,
    )
    if not counted_alike:
        session.add(
            HouseholdCount(
                unit_id=row.id,
                households=line.households,
                source=line.source,
                as_of=line.as_of,
                recorded_at=now,
                recorded_by=actor,
            )
        )
    unchanged = LineOutcome.SAME if named_alike and counted_alike else LineOutcome.UPDATED
    outcome = LineOutcome.NEW if before is None else unchanged
    changes = audit.changes(_printed_of(before) if before else {}, _printed_in(line, former))
    return VillageHouseholds(
        row.id, line.households, line.source, line.as_of, outcome, changes.get("changes", {})
    )


def _printed_of(village: Village) -> dict[str, object]:
    """What papers print of a village, as the audit log names it."""
    return {
        "name": village.unit.name, "kind": village.unit.kind, "old_unit": village.unit.old_unit,
        "households": village.households, "source": village.source, "as_of": village.as_of,
    }  # fmt: skip


def _printed_in(line: HouseholdLine, former: str) -> dict[str, object]:
    return {
        "name": line.village, "kind": line.kind, "old_unit": former,
        "households": line.households, "source": line.source, "as_of": line.as_of,
    }  # fmt: skip


def _next_number(session: Session, commune: UnitView) -> int:
    """One more than the highest number ever given in the commune, villages out of force included."""
    highest = session.scalar(
        select(func.max(Unit.code)).where(Unit.level == Level.VILLAGE, Unit.parent_id == commune.id)
    )
    return int(highest[-3:]) + 1 if highest else 1


def _match(line: HouseholdLine, existing: Sequence[Village]) -> Village | None:
    try:
        return matching(line, existing)
    except Wrong as wrong:
        raise VillageUnclear(wrong.sentence) from wrong


def _refuse_second(line: HouseholdLine, others: Iterable[Village]) -> None:
    wanted = village_identity(line.kind, line.village)
    for other in others:
        same_name = village_identity(other.unit.kind, other.unit.name) == wanted
        if same_name and not (line.old_unit and other.unit.old_unit not in {"", line.old_unit}):
            raise VillageExists(
                _(
                    "%(name)s (%(code)s) is listed already. If there are two, give each its former commune.",
                    name=other.unit.full_name,
                    code=other.unit.code,
                )
            )


def _note_counts(
    session: Session, commune: UnitView, done: Iterable[VillageHouseholds], actor: str, now: datetime
) -> None:
    villages = tuple(done)
    outcomes = [village.outcome for village in villages]
    changes = {
        f"unit:{village.unit_id}/{name}": values
        for village in villages
        for name, values in village.changes.items()
    }
    if any(outcome is not LineOutcome.SAME for outcome in outcomes):
        audit.record(
            session,
            actor,
            "units.record_households",
            f"unit:{commune.id}",
            at=now,
            new=outcomes.count(LineOutcome.NEW),
            updated=outcomes.count(LineOutcome.UPDATED),
            changes=changes,
        )
