"""Taking back what nobody relies on yet: a draft, and the Front's confirmation of a form. Nothing here commits."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app import audit
from survey_app.authoring import editing, operations, queries, refusals, uses
from survey_app.authoring.models import InstrumentRecord
from survey_app.authoring.uses import Use


def discard(session: Session, instrument_id: int, *, revision: int, actor: str, now: datetime) -> None:
    """Throw a draft away for good; its version number is given again. Raises Frozen, EditedMeanwhile, InUse."""
    record = editing.editable(session, instrument_id)
    editing.refuse_stale(session, record, revision)
    if uses.of(session, record.id) is not Use.NONE:
        raise refusals.InUse
    subject = f"instrument:{record.id}"
    audit.record(session, actor, "authoring.discard", subject, at=now, key=record.key, version=record.version)
    session.delete(record)


def unconfirm(session: Session, instrument_id: int, reason: str, *, actor: str, now: datetime) -> None:
    """Take the Front's confirmation back, while nobody relies on it.

    Raises NotConfirmed; and ConfirmationInUse once a survey was published with the wording, or a form carries the
    number of the confirmation on. The database refuses the first as well.
    """
    record = editing.row(session, instrument_id)
    if record.confirmed_number is None:
        raise refusals.NotConfirmed
    if uses.of(session, record.id) is Use.PUBLISHED or _is_carried_on(session, record):
        raise refusals.ConfirmationInUse
    subject = f"instrument:{record.id}"
    audit.record(
        session, actor, "authoring.unconfirm", subject, at=now, number=record.confirmed_number, reason=reason
    )
    record.confirmed_number = record.confirmed_on = record.confirmed_by = None


def _is_carried_on(session: Session, record: InstrumentRecord) -> bool:
    """Whether a form that was started from this one says that it was confirmed."""
    named = operations.confirmation(queries.instrument(session, record.id))
    started = session.scalars(
        select(InstrumentRecord)
        .where(InstrumentRecord.template_id == record.id)
        .order_by(InstrumentRecord.id)
    )
    return any(other.document["confirmation"] == named for other in started)
