"""Editing a draft, one part at a time. Nothing here commits.

Each edit names the revision it was made on. If somebody else changed the same part since, it is refused
(`EditedMeanwhile`); if somebody changed another part, both stay and the caller is told, so that the person
is told.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from survey_app import audit, db
from survey_app.accounts import queries as accounts
from survey_app.authoring import confirmation, drafts, refusals
from survey_app.authoring.drafts import Document, Part
from survey_app.authoring.models import InstrumentRecord
from survey_app.questions.kinds import Kind
from survey_app.questions.problems import MOST_ITEMS


@dataclass(frozen=True, slots=True)
class SavedEdit:
    """An edit that was stored.

    `meanwhile` names who changed other parts since the page was opened, or is None.
    """

    revision: int
    meanwhile: str | None


def add_question(
    session: Session,
    instrument_id: int,
    kind: Kind,
    *,
    after: str,
    revision: int,
    actor: str,
    now: datetime,
) -> str:
    """A new empty question behind the question `after`; with "" at the end, before the closing item; its key.

    Raises what `save_question` raises, and TooManyQuestions.
    """
    record = _with_room(session, instrument_id, revision)
    blank = drafts.blank_question(record.document, kind)
    write(session, record, drafts.with_question(record.document, blank, after=after), actor, now)
    return str(blank["key"])


def copy_question(
    session: Session, instrument_id: int, key: str, *, revision: int, actor: str, now: datetime
) -> str:
    """The same question once more, behind the first; its key. Raises what `add_question` raises, InstrumentNotFound."""
    record = _with_room(session, instrument_id, revision)
    stored = drafts.question(record.document, key)
    if stored is None:
        raise refusals.InstrumentNotFound
    copied = drafts.copy_of(record.document, stored)
    write(session, record, drafts.with_question(record.document, copied, after=key), actor, now)
    return str(copied["key"])


def _with_room(session: Session, instrument_id: int, revision: int) -> InstrumentRecord:
    record = editable(session, instrument_id)
    refuse_stale(session, record, revision)
    if len(record.document["questions"]) >= MOST_ITEMS:
        raise refusals.TooManyQuestions(MOST_ITEMS)
    return record


def save_question(
    session: Session, instrument_id: int, item: Part, *, revision: int, seen: str, actor: str, now: datetime
) -> SavedEdit:
    """Store one question; one that was removed meanwhile and `seen` as absent is put in again.

    `seen` is the fingerprint of the question as the editor first saw it. Raises EditedMeanwhile when the
    stored one is another by now, Frozen, LockedWording.
    """
    return _save_part(
        session,
        instrument_id,
        lambda draft: drafts.question(draft, item["key"]),
        lambda draft: drafts.with_question(draft, item),
        revision=revision,
        seen=seen,
        actor=actor,
        now=now,
    )


def save_settings(
    session: Session, instrument_id: int, values: Part, *, revision: int, seen: str, actor: str, now: datetime
) -> SavedEdit:
    """Store title, languages, level and source; otherwise as `save_question`."""
    return _save_part(
        session,
        instrument_id,
        drafts.settings,
        lambda draft: drafts.with_settings(draft, values),
        revision=revision,
        seen=seen,
        actor=actor,
        now=now,
    )


def move_question(
    session: Session, instrument_id: int, key: str, step: int, *, revision: int, actor: str, now: datetime
) -> None:
    """Swap a question with its neighbour above (-1) or below (+1).

    Raises EditedMeanwhile, Frozen, LockedWording.
    """
    record = editable(session, instrument_id)
    refuse_stale(session, record, revision)
    write(session, record, drafts.moved(record.document, key, step), actor, now)


def remove_question(
    session: Session, instrument_id: int, key: str, *, revision: int, actor: str, now: datetime
) -> None:
    """Take a question out. Raises EditedMeanwhile, Frozen, LockedWording."""
    record = editable(session, instrument_id)
    refuse_stale(session, record, revision)
    write(session, record, drafts.without_question(record.document, key), actor, now)


def unlock(session: Session, instrument_id: int, *, revision: int, actor: str, now: datetime) -> None:
    """Leave the template, so that the scored wording may be changed.

    What is changed then is no longer confirmed, and decision surveys refuse it.
    """
    record = editable(session, instrument_id)
    refuse_stale(session, record, revision)
    audit.record(
        session,
        actor,
        "authoring.unlock",
        f"instrument:{record.id}",
        at=now,
        key=record.key,
        template=record.template_id,
    )
    record.template_id = None
    write(session, record, {**record.document, "confirmation": None}, actor, now)


def _save_part(
    session: Session,
    instrument_id: int,
    part: Callable[[Document], Part | None],
    changed: Callable[[Document], Document],
    *,
    revision: int,
    seen: str,
    actor: str,
    now: datetime,
) -> SavedEdit:
    record = editable(session, instrument_id)
    meanwhile = None
    if record.revision != revision:
        if drafts.fingerprint(part(record.document)) != seen:
            refuse_stale(session, record, revision)
        meanwhile = accounts.name_of(session, record.edited_by)
    write(session, record, changed(record.document), actor, now)
    return SavedEdit(record.revision, meanwhile)


def row(session: Session, instrument_id: int) -> InstrumentRecord:
    """The row as it is now, held until the transaction ends. Raises InstrumentNotFound."""
    record = db.hold(session, InstrumentRecord, instrument_id)
    if record is None:
        raise refusals.InstrumentNotFound
    return record


def editable(session: Session, instrument_id: int) -> InstrumentRecord:
    """The row of a draft, held until the transaction ends. Raises InstrumentNotFound, Frozen."""
    record = row(session, instrument_id)
    if record.frozen_at is not None:
        raise refusals.Frozen
    return record


def refuse_stale(session: Session, record: InstrumentRecord, revision: int) -> None:
    """Raises EditedMeanwhile unless the draft is still the one the person saw."""
    if record.revision != revision:
        raise refusals.EditedMeanwhile(accounts.name_of(session, record.edited_by), record.edited_at)


def write(session: Session, record: InstrumentRecord, changed: Document, actor: str, now: datetime) -> None:
    """Put another document into the draft, as its next revision. Raises LockedWording."""
    if confirmation.is_locked(session, record) and drafts.locked_part(changed) != drafts.locked_part(
        record.document
    ):
        raise refusals.LockedWording
    changes = audit.changes(drafts.wording(record.document), drafts.wording(changed))
    if changes:
        audit.record(
            session, actor, "authoring.edit", f"instrument:{record.id}", at=now, key=record.key, **changes
        )
    record.document = changed
    record.revision += 1
    record.edited_by, record.edited_at = actor, now
