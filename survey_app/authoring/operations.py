"""Starting, freezing, confirming and importing instruments, and the shipped library. Nothing here commits."""

import json
import re
from datetime import date, datetime
from importlib import resources
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from survey_app import audit
from survey_app.authoring import drafts, editing, queries, refusals
from survey_app.authoring.drafts import Document, Part
from survey_app.authoring.models import InstrumentRecord
from survey_app.authoring.queries import InstrumentView
from survey_app.i18n import gettext as _
from survey_app.questions import document
from survey_app.questions.instrument import Instrument
from survey_app.questions.problems import Problem
from survey_app.units.queries import UnitView, civil

#: Longest key of an import: a unit's copies add their unit and a number, and the column holds 60.
LONGEST_IMPORTED_KEY = 44

_OWN_SUFFIX = re.compile(r"-[0-9A-Za-z]+-[0-9]+$")


def load_library(session: Session, now: datetime) -> None:
    """Put the shipped templates into the database, frozen.

    Safe to repeat; a changed file becomes a new version.
    """
    for file in sorted(
        resources.files(__package__).joinpath("library").iterdir(), key=lambda item: item.name
    ):
        if file.name.endswith(".json"):
            _load_template(session, document.load(json.loads(file.read_text(encoding="utf-8"))), now)


def start_from_template(
    session: Session, template: InstrumentView, unit: UnitView, *, actor: str, now: datetime
) -> int:
    """A draft of `unit` with the words of a frozen template; its id. Raises StillDraft."""
    if not template.frozen:
        raise refusals.StillDraft
    key = _free_key(session, f"{_family(template)}-{unit.code}")
    confirmed = confirmation(template) if template.confirmed_number else template.document["confirmation"]
    copied = drafts.derived(template.document, key=key, version=1, confirmation=confirmed)
    return _insert_draft(session, copied, unit.id, template.id, actor=actor, now=now)


def start_empty(session: Session, unit: UnitView, *, values: Part, actor: str, now: datetime) -> int:
    """A draft of `unit` without questions, with title, languages, level and source as `values`; its id."""
    key = _free_key(session, f"phieu-{unit.code}")
    return _insert_draft(session, drafts.empty(key, values), unit.id, None, actor=actor, now=now)


def start_version(session: Session, frozen: InstrumentView, *, actor: str, now: datetime) -> int:
    """A draft of the next version of a frozen instrument; its id. Raises StillDraft, DraftExists.

    A version that the Front confirmed is the template of the next one, so its scored wording starts locked.
    """
    if not frozen.frozen:
        raise refusals.StillDraft
    if queries.draft_of(session, frozen.key) is not None:
        raise refusals.DraftExists(frozen.key)
    confirmed = frozen.confirmed_number is not None
    named = confirmation(frozen) if confirmed else frozen.document["confirmation"]
    version = _next_version(session, frozen.key)
    copied = drafts.derived(frozen.document, key=frozen.key, version=version, confirmation=named)
    template_id = frozen.id if confirmed else frozen.template_id
    return _insert_draft(session, copied, frozen.unit_id, template_id, actor=actor, now=now)


def freeze(session: Session, instrument_id: int, *, revision: int, actor: str, now: datetime) -> str:
    """Make the draft a version that never changes; its digest.

    Raises HasProblems, EditedMeanwhile, Frozen.
    """
    record = editing.editable(session, instrument_id)
    editing.refuse_stale(session, record, revision)
    instrument, problems = drafts.readable(record.document)
    if instrument is None:
        raise refusals.HasProblems(problems)
    digest = document.digest(instrument)
    record.document = document.dump(instrument)
    record.frozen_at, record.digest = now, digest
    record.edited_by, record.edited_at = actor, now
    audit.record(
        session,
        actor,
        "authoring.freeze",
        f"instrument:{record.id}",
        at=now,
        key=record.key,
        version=record.version,
        digest=digest,
    )
    return digest


def confirm(
    session: Session, instrument_id: int, *, number: str, on: date, actor: str, now: datetime
) -> None:
    """Record that the Front confirmed the wording, by which document. Once only.

    Raises StillDraft, AlreadyConfirmed, and BadConfirmation for a day to come.
    """
    record = editing.row(session, instrument_id)
    if record.frozen_at is None:
        raise refusals.StillDraft
    if record.confirmed_number is not None:
        raise refusals.AlreadyConfirmed
    if not number.strip() or on > civil(now):
        raise refusals.BadConfirmation(
            _("A confirmation needs the number of the document and a date that has come.")
        )
    record.confirmed_number, record.confirmed_on, record.confirmed_by = number.strip(), on, actor
    audit.record(
        session,
        actor,
        "authoring.confirm",
        f"instrument:{record.id}",
        at=now,
        number=number.strip(),
        on=on.isoformat(),
    )


def import_document(session: Session, raw: dict[str, object], *, now: datetime) -> InstrumentView:
    """A draft of the operator's from a JSON document, usable by every unit once frozen.

    The same file twice is one draft; a key that is in use gets the next version number. Raises
    InvalidInstrument with all problems, and DraftExists when a unit is drafting under that key.
    """
    loaded = document.load(raw)
    if len(loaded.key) > LONGEST_IMPORTED_KEY:
        too_long = Problem("too_long", params={"field": "key", "limit": LONGEST_IMPORTED_KEY})
        raise document.InvalidInstrument((too_long,))
    present = queries.draft_of(session, loaded.key)
    if present is not None and present.unit_id is not None:
        raise refusals.DraftExists(loaded.key)
    version = present.version if present else max(loaded.version, _next_version(session, loaded.key))
    # A confirmation is the Front's own act in this system, never a claim in a file.
    content = drafts.derived(document.dump(loaded), key=loaded.key, version=version, confirmation=None)
    if present is None:
        instrument_id = _insert_draft(session, content, None, None, actor=audit.OPERATOR, now=now)
        return queries.instrument(session, instrument_id)
    if present.document != content:
        editing.write(session, editing.editable(session, present.id), content, audit.OPERATOR, now)
        # The view is read from the row as it is now.
        session.flush()
    return queries.instrument(session, present.id)


def _insert_draft(
    session: Session,
    content: Document,
    unit_id: int | None,
    template_id: int | None,
    *,
    actor: str,
    now: datetime,
) -> int:
    record = InstrumentRecord(
        key=content["key"],
        version=content["version"],
        document=content,
        unit_id=unit_id,
        template_id=template_id,
        edited_by=actor,
        edited_at=now,
    )
    session.add(record)
    # The id goes into the audit log and to the caller's next page.
    session.flush()
    audit.record(
        session,
        actor,
        "authoring.start",
        f"instrument:{record.id}",
        at=now,
        key=record.key,
        version=record.version,
        template=template_id,
    )
    return record.id


def _load_template(session: Session, shipped: Instrument, now: datetime) -> None:
    present = tuple(
        session.scalars(
            select(InstrumentRecord.document)
            .where(InstrumentRecord.key == shipped.key, InstrumentRecord.frozen_at.is_not(None))
            .order_by(InstrumentRecord.version)
        )
    )
    content = document.dump(shipped)
    if any({**content, "version": old["version"]} == old for old in present):
        return
    content["version"] = max(shipped.version, _next_version(session, shipped.key))
    _insert_frozen(session, content, document.digest(document.load(content)), now)


def _insert_frozen(session: Session, content: dict[str, Any], digest: str, now: datetime) -> None:
    # Two processes may load the library at the same moment; the second finds the row there and is content.
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {
        "key": content["key"],
        "version": content["version"],
        "document": content,
        "revision": 1,
        "edited_by": audit.OPERATOR,
        "edited_at": now,
        "frozen_at": now,
        "digest": digest,
    }
    session.execute(insert(InstrumentRecord).values(**values).on_conflict_do_nothing())


def _family(template: InstrumentView) -> str:
    """The key of what the form goes back to: a copy of a copy gets no longer key."""
    return template.key if template.unit_id is None else _OWN_SUFFIX.sub("", template.key)


def _free_key(session: Session, stem: str) -> str:
    taken = set(
        session.scalars(
            select(InstrumentRecord.key)
            .where(InstrumentRecord.key.startswith(stem, autoescape=True))
            .order_by(InstrumentRecord.id)
        )
    )
    return next(f"{stem}-{n}" for n in range(1, len(taken) + 2) if f"{stem}-{n}" not in taken)


def _next_version(session: Session, key: str) -> int:
    newest = session.scalar(select(func.max(InstrumentRecord.version)).where(InstrumentRecord.key == key))
    return (newest or 0) + 1


def confirmation(view: InstrumentView) -> str | None:
    """Number and date of the Front's confirmation, as forms that start from this one carry it on."""
    if view.confirmed_number is None or view.confirmed_on is None:
        return None
    return f"{view.confirmed_number}, {view.confirmed_on:%d/%m/%Y}"
