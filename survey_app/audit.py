"""The audit trail: an append-only list of what officers and operators did, each bound to the one before by a digest.

Never holds a code, a receipt, an answer or an address. Who keeps the newest digest outside (`flask audit head`)
can tell later whether an act was changed, taken out or forgotten. Acts of one transaction are chained as its very
last statements, so that nobody waits in the queue of the chain while still waiting for something else.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import rfc8785
from flask import Flask, current_app
from flask_babel import LazyString
from sqlalchemy import JSON, String, event, insert, select
from sqlalchemy.orm import Mapped, Session, SessionTransaction, mapped_column

from survey_app import db
from survey_app.db import AppendOnly, Base, UtcDateTime
from survey_app.i18n import lazy_gettext as _l

#: The actor of every command: who holds the machine.
OPERATOR = "operator"

#: What the first act of all follows.
BEGINNING = "0" * 64

#: Where a session keeps the acts of its transaction until the commit.
_PENDING = "audit.pending"

TRIGGERS = AppendOnly("audit_events", "refuse_audit_change", "the audit log never changes")


@dataclass(frozen=True, slots=True)
class Words:
    """What a room's acts and the fields noted of them are called on pages, in the reader's language."""

    #: By act as room.verb. The name is in the log for ever, whatever room writes it today.
    acts: Mapping[str, LazyString] = field(default_factory=dict)
    #: By name of a detail of any act, or of a field that an act changed.
    details: Mapping[str, LazyString] = field(default_factory=dict)
    #: By detail, for what is in it: words of the program. Other values are shown as they were noted.
    values: Mapping[str, Mapping[str, LazyString]] = field(default_factory=dict)


class HeadUnreadable(ValueError):
    """The file that holds the head outside is missing, or something else."""


class AuditEvent(Base):
    """One act; rows are added, never changed, and each carries the digest of the one before."""

    __tablename__ = TRIGGERS.table

    #: The place in the chain, counted from 1 without a gap.
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(40))
    #: The act as room.verb, like "fieldwork.publish".
    act: Mapped[str] = mapped_column(String(60), index=True)
    #: What it was done to, like "survey:0014" or "unit:12".
    subject: Mapped[str] = mapped_column(String(60), index=True)
    details: Mapped[dict[str, object]] = mapped_column(JSON)
    #: The digest of the act before; unique, so that the chain can never fork.
    previous: Mapped[str] = mapped_column(String(64), unique=True)
    digest: Mapped[str] = mapped_column(String(64))


class AuditChain(Base):
    """The one row at which everybody who appends queues up, and how long the chain has become."""

    __tablename__ = "audit_chain"

    id: Mapped[int] = mapped_column(primary_key=True)
    length: Mapped[int]


def register(app: Flask, *words: Words) -> None:
    """Say these acts, details and values in words. Raises ValueError for what another room said already."""
    known: dict[tuple[str, ...], LazyString] = app.extensions.setdefault("audit_words", {})
    for said in words:
        for name, text in _flat(said).items():
            if name in known:
                raise ValueError(f"{'.'.join(name[1:])} has words already")
            known[name] = text


def _flat(words: Words) -> dict[tuple[str, ...], LazyString]:
    return {
        **{("act", act): text for act, text in words.acts.items()},
        **{("detail", key): text for key, text in words.details.items()},
        **{
            ("value", key, value): text
            for key, texts in words.values.items()
            for value, text in texts.items()
        },
    }


def act_name(act: str) -> str:
    """The act in words; its own name where it has none."""
    return str(_words().get(("act", act), act))


def detail_name(key: str) -> str:
    """A detail, or a field that an act changed, in words."""
    return str(_words().get(("detail", key), key))


def value_name(key: str, value: str) -> str:
    """What is in a detail, where that is a word of the program; any other text as it is."""
    return str(_words().get(("value", key, value), value))


def _words() -> Mapping[tuple[str, ...], LazyString]:
    words: Mapping[tuple[str, ...], LazyString] = current_app.extensions["audit_words"]
    return words


def record(session: Session, actor: str, act: str, subject: str, *, at: datetime, **details: object) -> None:
    """Note one act in the caller's transaction, so that act and note stand or fall together.

    Not inside a savepoint: what is noted there would outlive the savepoint's rollback.
    """
    if session.in_nested_transaction():
        raise RuntimeError("an act is noted outside of savepoints")
    act_noted = {
        "at": at,
        "actor": actor,
        "act": act,
        "subject": subject,
        "details": json.loads(json.dumps(details)),
    }
    session.info.setdefault(_PENDING, []).append(act_noted)


def changes(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, dict[str, list[object]]]:
    """Old and new value of every field that differs, as `record` takes them; nothing where none does.

    A field that only one side has is None on the other. Dates and moments are kept as ISO 8601.

    >>> changes({"place": "Nhà rông", "days": 3}, {"place": "Trạm xá", "days": 3})
    {'changes': {'place': ['Nhà rông', 'Trạm xá']}}
    """
    found = {
        name: [_plain(before.get(name)), _plain(after.get(name))]
        for name in (*before, *(name for name in after if name not in before))
        if before.get(name) != after.get(name)
    }
    return {"changes": found} if found else {}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def head(session: Session) -> tuple[int, str]:
    """Number and digest of the newest act: to be printed, sent or kept where this server cannot reach."""
    newest = select(AuditEvent.id, AuditEvent.digest).order_by(AuditEvent.id.desc()).limit(1)
    found = session.execute(newest).first()
    return (found.id, found.digest) if found else (0, BEGINNING)


def holds(session: Session, digest: str) -> bool:
    """Whether a digest kept outside is still in the chain; if not, acts were removed or an old backup was restored."""
    return (
        digest == BEGINNING
        or session.scalar(select(AuditEvent.id).where(AuditEvent.digest == digest)) is not None
    )


def contradiction(session: Session, file: Path | None) -> LazyString | None:
    """Why this log cannot be the one whose head lies in `file`, at another holder's; None when it can be.

    The file is what `flask audit head --json` wrote. A shorter log, or another act in that place, means that an older
    backup was restored or that acts were changed. No file: nothing to contradict. Raises HeadUnreadable.
    """
    if file is None:
        return None
    kept_acts, kept_digest = _kept_head(file)
    acts, _newest = head(session)
    if kept_acts > acts:
        return _l(
            "the audit log has %(found)d acts, but %(known)d are known outside: an older backup was restored",
            found=acts,
            known=kept_acts,
        )
    digest = session.scalar(select(AuditEvent.digest).where(AuditEvent.id == kept_acts)) or BEGINNING
    if digest != kept_digest:
        return _l("act %(act)d of the audit log is not the one known outside", act=kept_acts)
    return None


def verify(session: Session) -> int | None:
    """The number of the first act that was changed or is missing; None when the whole chain holds."""
    place, previous = 0, BEGINNING
    with session.execute(
        select(AuditEvent).order_by(AuditEvent.id).execution_options(yield_per=1000)
    ) as rows:
        for found in rows.scalars():
            place += 1
            if found.id != place or found.previous != previous or found.digest != _digest(_content(found)):
                return place
            previous = found.digest
    noted = session.scalar(select(AuditChain.length)) or 0
    return None if noted == place else min(noted, place) + 1


def _kept_head(file: Path) -> tuple[int, str]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        return int(found["acts"]), str(found["digest"]).strip().lower()
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise HeadUnreadable(
            f"the head of the audit log kept outside cannot be read ({type(error).__name__})"
        ) from error


@event.listens_for(Session, "before_commit")
def _append_pending(session: Session) -> None:
    """Chain the acts of the transaction, after everything else it writes."""
    if session.in_nested_transaction():
        return
    pending = session.info.pop(_PENDING, None)
    if not pending:
        return
    session.flush()  # whatever rows the transaction still waits for come before the queue of the chain
    _queue(session, len(pending))
    place, previous = head(session)
    rows: list[dict[str, Any]] = []
    for row in pending:
        place += 1
        row |= {"id": place, "previous": previous}
        previous = row["digest"] = _digest(row)
        rows.append(row)
    session.execute(insert(AuditEvent), rows)


@event.listens_for(Session, "after_transaction_end")
def _forget_pending(session: Session, transaction: SessionTransaction) -> None:
    """What was noted in a transaction that was rolled back never happened."""
    if transaction.parent is None:
        session.info.pop(_PENDING, None)


def _queue(session: Session, acts: int) -> None:
    """Wait until those who append before have committed, then hold the chain to the end of this transaction."""
    longer = db.insert(session, AuditChain).values(id=1, length=acts)
    session.execute(
        longer.on_conflict_do_update(index_elements=["id"], set_={"length": AuditChain.length + acts})
    )


def _content(found: AuditEvent) -> dict[str, Any]:
    return {
        name: getattr(found, name) for name in ("id", "at", "actor", "act", "subject", "details", "previous")
    }


def _digest(content: dict[str, Any]) -> str:
    """SHA-256 over the canonical JSON (RFC 8785) of everything but the digest; the moment as ISO 8601 in UTC."""
    plain = content | {"at": content["at"].astimezone(UTC).isoformat()}
    return hashlib.sha256(rfc8785.dumps(plain)).hexdigest()
