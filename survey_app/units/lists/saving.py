"""Saves a list that was looked at, and takes the last change of a commune's list back. Never commits.

What an act changed is in the audit log; taking it back writes the old values again. The numbers that the act
added are removed with it, so that a number nobody ever used does not look like one that was once true.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask, current_app
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from survey_app import audit
from survey_app.audit import AuditEvent
from survey_app.errors import DomainError
from survey_app.i18n import gettext as _
from survey_app.units import operations, queries
from survey_app.units.lists.preview import Preview, RowStatus
from survey_app.units.models import HouseholdCount, Unit
from survey_app.units.operations import VillageHouseholds
from survey_app.units.queries import UnitView

_RECORDED, _ENDED, _TAKEN_BACK = "units.record_households", "units.end_village", "units.take_back"
#: What is between an act and taking it back: whatever changed the list afterwards.
_CHANGING = (_RECORDED, _ENDED, _TAKEN_BACK, "units.change_village")
_USES = "units.uses_of_numbers"


@dataclass(frozen=True, slots=True)
class NumberTaken:
    """A number of households that an act recorded for a village."""

    unit_id: int
    households: int
    source: str
    as_of: date


#: Whether a survey has taken any of these numbers.
UsesNumbers = Callable[[Session, Sequence[NumberTaken]], bool]


@dataclass(frozen=True, slots=True)
class LastChange:
    """The newest change of a commune's list, as the audit log has it."""

    id: int
    at: datetime
    actor: str
    villages: int


class NotTakenBack(DomainError):
    """The last change cannot be taken back, or is no longer the last."""

    code = "khong-hoan-tac-duoc"


def supply_use(app: Flask, uses: UsesNumbers) -> None:
    """Let the room of surveys say which numbers its surveys have taken."""
    app.extensions[_USES] = uses


def save(session: Session, shown: Preview, *, actor: str, now: datetime) -> tuple[VillageHouseholds, ...]:
    """Record what a preview shows, decisions included. Call with the commune held, and only when it is ready."""
    if not shown.is_ready:
        raise ValueError("a list is saved after everything was decided")
    lines = [row.line for row in shown.rows if row.line is not None and row.status is not RowStatus.DROPPED]
    done = operations.record_households(session, lines, actor=actor, now=now)
    last_day = shown.last_day
    if last_day is not None:
        for village in shown.missing:
            if village.unit.code in shown.ended:
                operations.end_village(session, village.unit, last_day=last_day, actor=actor, now=now)
    return done


def last_change(session: Session, commune: UnitView) -> LastChange | None:
    """The newest change of a commune's list, if it can be taken back as a whole; None otherwise."""
    events = _newest(session, commune)
    recorded = next((event for event in events if event.act == _RECORDED), None)
    if recorded is None or {event.act for event in events} - {_RECORDED, _ENDED}:
        return None
    uses: UsesNumbers = current_app.extensions[_USES]
    if uses(session, _numbers(session, recorded)):
        return None
    return LastChange(recorded.id, recorded.at, recorded.actor, len(_changed(recorded)) + len(events) - 1)


def take_back(session: Session, commune: UnitView, event_id: int, *, actor: str, now: datetime) -> None:
    """Undo the newest change of a commune's list: values as before, new villages out, ended ones in again.

    Call with the commune held. Raises NotTakenBack where somebody changed the list since or a survey uses it.
    """
    last = last_change(session, commune)
    if last is None or last.id != event_id:
        raise NotTakenBack(_("The list was changed since, or a survey uses it. Nothing was taken back."))
    events = _newest(session, commune)
    yesterday = queries.civil(now) - timedelta(days=1)
    for event in events:
        if event.act == _ENDED:
            session.get_one(Unit, int(event.subject.removeprefix("unit:"))).valid_to = None
            continue
        for unit_id, fields in _changed(event).items():
            row = session.get_one(Unit, unit_id)
            session.execute(
                delete(HouseholdCount).where(
                    HouseholdCount.unit_id == unit_id, HouseholdCount.recorded_at == event.at
                )
            )
            if _is_new(fields):
                row.valid_to = max(yesterday, row.valid_from)
            for name in ("name", "kind", "old_unit"):
                if name in fields and not _is_new(fields):
                    setattr(row, name, fields[name][0])
    audit.record(session, actor, _TAKEN_BACK, f"unit:{commune.id}", at=now, taken_back=last.id)


def _newest(session: Session, commune: UnitView) -> list[AuditEvent]:
    """The acts of the newest moment in which a commune's list changed."""
    villages = select(Unit.id).where(Unit.parent_id == commune.id).order_by(Unit.id)
    subjects = [f"unit:{commune.id}", *(f"unit:{unit_id}" for unit_id in session.scalars(villages))]
    mine = select(AuditEvent).where(AuditEvent.subject.in_(subjects), AuditEvent.act.in_(_CHANGING))
    newest = session.scalar(mine.order_by(AuditEvent.id.desc()).limit(1))
    if newest is None:
        return []
    together = mine.where(AuditEvent.at == newest.at, AuditEvent.actor == newest.actor)
    return list(session.scalars(together.order_by(AuditEvent.id)))


def _changed(event: AuditEvent) -> dict[int, dict[str, list[Any]]]:
    """Old and new value of each field, by village, from "unit:7/households"."""
    changes: Any = event.details.get("changes", {})
    found: dict[int, dict[str, list[Any]]] = {}
    for place, values in changes.items():
        subject, _slash, name = place.partition("/")
        found.setdefault(int(subject.removeprefix("unit:")), {})[name] = values
    return found


def _is_new(fields: Mapping[str, list[Any]]) -> bool:
    return "name" in fields and fields["name"][0] is None


def _numbers(session: Session, event: AuditEvent) -> tuple[NumberTaken, ...]:
    rows = session.scalars(
        select(HouseholdCount)
        .where(HouseholdCount.unit_id.in_(_changed(event)), HouseholdCount.recorded_at == event.at)
        .order_by(HouseholdCount.id)
    )
    return tuple(NumberTaken(row.unit_id, row.households, row.source, row.as_of) for row in rows)
