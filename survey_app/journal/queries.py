"""The audit log as people may read it: what was done to the units below them, and what their own people did.

Rooms say which subjects lie in a subtree; this module knows accounts and units, and none of the others.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeAlias

from flask import Flask, current_app
from sqlalchemy import ColumnElement, Select, String, and_, cast, literal, or_, select
from sqlalchemy.orm import Session

from survey_app.access import Identity, Role
from survey_app.accounts.models import User
from survey_app.audit import OPERATOR, AuditEvent, act_name, detail_name, value_name
from survey_app.config import VIETNAM
from survey_app.i18n import gettext as _
from survey_app.templating import day, moment, role_name
from survey_app.units import queries as units
from survey_app.units.models import Unit

PAGE = 50

#: Letters of a digest that pages print.
_PRINTED = 20

#: The subjects of a subtree as the log writes them, like "survey:0A7"; asked with the path of its unit.
Subjects: TypeAlias = Callable[[str], Select[str]]


@dataclass(frozen=True, slots=True)
class Change:
    """One field in words; "" where there was or is nothing."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One act in words."""

    id: int
    at: datetime
    actor: str
    act: str
    subject: str
    details: tuple[tuple[str, str], ...]
    #: Fields that the act changed, each with its old and its new value.
    changes: tuple[Change, ...]
    digest: str


def register(app: Flask, kind: str, subjects: Subjects) -> None:
    """Tell which subjects "kind:…" lie in a subtree; acts on kinds nobody registers are the province's to read."""
    app.extensions.setdefault("audit_subjects", {})[kind] = subjects


def entries(
    session: Session, identity: Identity, *, act: str | None = None, on: date | None = None, before: int
) -> tuple[LogEntry, ...]:
    """The newest acts that the person may read, at most `PAGE`; older than number `before`."""
    found = select(AuditEvent).where(_visible(identity))
    if act is not None:
        found = found.where(AuditEvent.act == act)
    if on is not None:
        start = datetime(on.year, on.month, on.day, tzinfo=VIETNAM)
        found = found.where(AuditEvent.at >= start, AuditEvent.at < start + timedelta(days=1))
    rows = session.scalars(
        found.where(AuditEvent.id < before).order_by(AuditEvent.id.desc()).limit(PAGE)
    ).all()
    names = _names(session, rows)
    return tuple(_entry(row, names) for row in rows)


def in_words(session: Session, rows: Sequence[AuditEvent], *, without: str) -> tuple[LogEntry, ...]:
    """The same of rows that somebody read already, without the detail of that name."""
    names = _names(session, rows)
    entries = (_entry(row, names) for row in rows)
    hidden = detail_name(without)
    return tuple(
        replace(entry, details=tuple(one for one in entry.details if one[0] != hidden)) for entry in entries
    )


def acts(session: Session, identity: Identity) -> tuple[str, ...]:
    """The acts that occur among what the person may read, by name."""
    found = session.scalars(
        select(AuditEvent.act).where(_visible(identity)).distinct().order_by(AuditEvent.act)
    )
    return tuple(found)


def accounts_under(unit_path: str) -> Select[str]:
    """Accounts of the subtree, as subjects and as actors."""
    under = Unit.path.startswith(unit_path, autoescape=True)
    return select(literal("user:") + cast(User.id, String)).join(Unit, Unit.id == User.unit_id).where(under)


def units_under(unit_path: str) -> Select[str]:
    """Units of the subtree as subjects."""
    return select(literal("unit:") + cast(Unit.id, String)).where(
        Unit.path.startswith(unit_path, autoescape=True)
    )


def _visible(identity: Identity) -> ColumnElement[bool]:
    registered: Mapping[str, Subjects] = current_app.extensions["audit_subjects"]
    mine: list[ColumnElement[bool]] = [
        AuditEvent.subject.in_(subjects(identity.unit_path)) for subjects in registered.values()
    ]
    mine.append(AuditEvent.actor.in_(accounts_under(identity.unit_path)))
    if identity.is_provincial:
        mine.append(
            and_(*(~AuditEvent.subject.startswith(f"{kind}:", autoescape=True) for kind in registered))
        )
        mine.append(AuditEvent.subject == "user:unknown")
    return or_(*mine)


def _names(session: Session, rows: Iterable[AuditEvent]) -> dict[str, str]:
    """Names of the accounts and units that the acts mention."""
    mentioned = {text for row in rows for text in (row.actor, row.subject)}
    changed = [(name, values) for row in rows for name, values in _changes_in(row.details)]
    mentioned |= {name.rpartition("/")[0] for name, _values in changed}
    mentioned |= {f"unit:{value}" for name, values in changed if name == "unit_id" for value in values}
    mentioned |= {f"unit:{row.details['unit']}" for row in rows if isinstance(row.details.get("unit"), int)}
    mentioned |= {
        f"user:{row.details[key]}" for row in rows for key in ("acted_for", "successor") if key in row.details
    }
    people = session.execute(select(User.id, User.name).where(User.id.in_(_numbers(mentioned, "user:"))))
    places = units.units(session, _numbers(mentioned, "unit:"))
    return {
        **{f"user:{number}": name for number, name in people},
        **{f"unit:{number}": place.full_name for number, place in places.items()},
        OPERATOR: _("the operator of the server"),
        "job": _("the server's minute job"),
        "server": _("the server"),
        "database": _("the database"),
        "nobody": _("somebody who was not signed in"),
        "user:unknown": _("an unknown sign-in name"),
    }


def _numbers(mentioned: Iterable[str], kind: str) -> set[int]:
    numbers = (text.removeprefix(kind) for text in mentioned if text.startswith(kind))
    return {int(number) for number in numbers if number.isdecimal()}


def _entry(row: AuditEvent, names: Mapping[str, str]) -> LogEntry:
    kind, _colon, number = row.subject.partition(":")
    subject = (
        _("survey %(number)s", number=number) if kind == "survey" else names.get(row.subject, row.subject)
    )
    details = tuple(
        (detail_name(key), _detail(key, value, names))
        for key, value in row.details.items()
        if key != "changes"
    )
    changes = tuple(
        Change(_field(name, names), _value(name, before, names), _value(name, after, names))
        for name, (before, after) in _changes_in(row.details)
    )
    return LogEntry(
        row.id, row.at, names.get(row.actor, row.actor), row.act, subject, details, changes, row.digest
    )


def _changes_in(details: Mapping[str, object]) -> list[tuple[str, tuple[object, object]]]:
    """Old and new value by field; acts noted before this was kept have none."""
    noted = details.get("changes")
    if not isinstance(noted, dict):
        return []
    return [(name, (values[0], values[1])) for name, values in noted.items() if isinstance(values, list)]


def _field(name: str, names: Mapping[str, str]) -> str:
    """Like "Thôn Phung: số hộ"; the place within a form as it is keyed."""
    subject, _slash, field = name.rpartition("/")
    if subject.startswith("unit:"):
        return f"{names.get(subject, subject)}: {detail_name(field)}"
    return " › ".join(detail_name(part) for part in name.split("/"))


def _value(name: str, value: object, names: Mapping[str, str]) -> str:
    """The value as people read it: days and moments in Vietnamese time."""
    if value is None or value == "":
        return ""
    if name == "unit_id":
        return names.get(f"unit:{value}", str(value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str):
        return _moment_or_text(name, value)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return json.dumps(value, ensure_ascii=False)


def _moment_or_text(name: str, value: str) -> str:
    """A day or moment, which the log keeps as ISO 8601, in the form of papers; any other text as it is."""
    try:
        if name.endswith("_at"):
            return moment(datetime.fromisoformat(value))
        if name.endswith(("_on", "_date", "_from", "_until", "_to", "as_of")):
            return day(date.fromisoformat(value))
    except ValueError:
        return value
    return value_name(name, value)


def _detail(key: str, value: object, names: Mapping[str, str]) -> str:
    if key == "unit" and isinstance(value, int):
        return names.get(f"unit:{value}", str(value))
    if key in {"acted_for", "successor"}:
        return names.get(f"user:{value}", str(value))
    if key == "asked":
        return act_name(str(value))
    if key == "digest":
        return str(value)[:_PRINTED]
    if key in {"role", "stand_in"} and value in set(Role):
        return role_name(Role(str(value)))
    if key == "decision":
        return _("agreed") if value == "approved" else _("refused")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str):
        return value_name(key, value)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False)
