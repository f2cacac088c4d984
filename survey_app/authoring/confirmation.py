"""Whose words the scored questions of a form are, and what the Front's confirmation of them covers.

The confirmation is given to words: it covers every version that asks the same scored questions word for word.
"""

from enum import StrEnum

from sqlalchemy import ColumnElement, Select, String, cast, exists, literal, select
from sqlalchemy.orm import Session

from survey_app import db
from survey_app.audit import AuditEvent
from survey_app.authoring import loading
from survey_app.authoring.models import InstrumentRecord
from survey_app.authoring.refusals import InstrumentNotFound
from survey_app.questions import document
from survey_app.units.models import Unit


class ScoredWording(StrEnum):
    """Whose words the scored questions are.

    A decision survey needs the Front's, or a sample that says it is one.
    """

    CONFIRMED = "confirmed"
    SAMPLE = "sample"
    OWN = "own"


def is_confirmed(session: Session, instrument_id: int) -> bool:
    """Whether the Front confirmed this scored wording, here or in a version with the same scored questions.

    An instrument of a unit counts only confirmations within its province; one of the library, any.
    """
    row = session.execute(
        select(InstrumentRecord.confirmed_number, Unit.path)
        .outerjoin(Unit, Unit.id == InstrumentRecord.unit_id)
        .where(InstrumentRecord.id == instrument_id)
    ).one_or_none()
    if row is None:
        raise InstrumentNotFound
    return row.confirmed_number is not None or _equals_confirmed(session, instrument_id, row.path)


def scored_wording(session: Session, instrument_id: int, unit_path: str) -> ScoredWording:
    """Whose scored wording a survey in the unit at `unit_path` would ask."""
    if _equals_confirmed(session, instrument_id, unit_path):
        return ScoredWording.CONFIRMED
    library = select(InstrumentRecord.id).where(
        InstrumentRecord.unit_id.is_(None), InstrumentRecord.frozen_at.is_not(None), ~_was_a_draft()
    )
    return ScoredWording.SAMPLE if same_as_any(session, instrument_id, library) else ScoredWording.OWN


def _was_a_draft() -> ColumnElement[bool]:
    """Whether somebody froze the form here, the operator too: a shipped template comes frozen."""
    return exists().where(
        AuditEvent.act == "authoring.freeze",
        AuditEvent.subject == literal("instrument:") + cast(InstrumentRecord.id, String),
    )


def same_as_any(session: Session, instrument_id: int, others: Select[int]) -> bool:
    """Whether the form is one of `others`, or asks the scored questions of one of them word for word."""
    ids = tuple(session.scalars(others.order_by(InstrumentRecord.id)))
    if instrument_id in ids:
        return True
    if not ids:
        return False
    try:
        own = loading.loaded(session, instrument_id)
    except document.InvalidInstrument:
        return False
    return any(document.same_scored_wording(own, loading.loaded(session, other)) for other in ids)


def is_locked(session: Session, record: InstrumentRecord) -> bool:
    """Whether the draft keeps the scored questions of a template that the Front confirmed."""
    if record.template_id is None or record.frozen_at is not None:
        return False
    return is_confirmed(session, record.template_id)


def hold(session: Session, instrument_id: int) -> None:
    """Let nobody confirm the form, or take its confirmation back, until this transaction ends."""
    db.hold(session, InstrumentRecord, instrument_id)


def _equals_confirmed(session: Session, instrument_id: int, unit_path: str | None) -> bool:
    confirmed = (
        select(InstrumentRecord.id)
        .outerjoin(Unit, Unit.id == InstrumentRecord.unit_id)
        .where(InstrumentRecord.confirmed_number.is_not(None))
    )
    if unit_path is not None:
        province = "/" + unit_path.split("/")[1] + "/"
        confirmed = confirmed.where(Unit.path.startswith(province, autoescape=True))
    return same_as_any(session, instrument_id, confirmed)
