"""Instruments as screens and other rooms read them: drafts, frozen versions, templates.

Who sees one here may use it; who may change it is `InstrumentView.may_edit`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Row, Select, String, and_, cast, literal, or_, select
from sqlalchemy.orm import Session

from survey_app import access
from survey_app.access import Identity
from survey_app.accounts import queries as accounts
from survey_app.authoring import confirmation, drafts, loading
from survey_app.authoring.drafts import Document
from survey_app.authoring.models import InstrumentRecord
from survey_app.authoring.refusals import InstrumentNotFound
from survey_app.questions.instrument import Instrument
from survey_app.questions.problems import Problem
from survey_app.units import kinds
from survey_app.units.models import Unit

#: Who drafts: both bodies, each within its own subtree.
EDITORS = access.EDIT_FORMS
READERS = access.READ_FORMS


@dataclass(frozen=True, slots=True)
class InstrumentView:
    """One version of one instrument; `instrument` is None while the draft has `problems`.

    `unit_id`, `unit_path` and `unit_name` are None for the shipped library. `locked` says that the scored
    questions are fixed by a template that the Front confirmed.
    """

    id: int
    key: str
    version: int
    unit_id: int | None
    unit_path: str | None
    unit_name: str | None
    title: Mapping[str, str]
    document: Document
    instrument: Instrument | None
    problems: tuple[Problem, ...]
    revision: int
    frozen: bool
    frozen_at: datetime | None
    digest: str | None
    confirmed_number: str | None
    confirmed_on: date | None
    template_id: int | None
    locked: bool
    edited_at: datetime
    edited_by: str

    def may_edit(self, identity: Identity) -> bool:
        """Whether this person may change or confirm it, as far as the unit decides."""
        return identity.role in EDITORS and self.unit_path is not None and identity.covers(self.unit_path)


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list of forms. `unit_name` is None for the library."""

    id: int
    key: str
    version: int
    title: Mapping[str, str]
    unit_name: str | None
    sample: bool
    frozen: bool
    confirmed_number: str | None
    confirmed_on: date | None
    edited_at: datetime
    edited_by: str


def instrument(session: Session, instrument_id: int) -> InstrumentView:
    """That version, no matter who owns it. Raises InstrumentNotFound."""
    row = session.execute(_records().where(InstrumentRecord.id == instrument_id)).one_or_none()
    if row is None:
        raise InstrumentNotFound
    return _view(session, row)


def scoped_instrument(session: Session, instrument_id: int, identity: Identity) -> InstrumentView:
    """That version, if this person may see it. Raises InstrumentNotFound either way."""
    row = session.execute(
        _records().where(InstrumentRecord.id == instrument_id, _visible(identity))
    ).one_or_none()
    if row is None:
        raise InstrumentNotFound
    return _view(session, row)


def latest_frozen(session: Session, key: str) -> InstrumentView:
    """The newest frozen version of `key`. Raises InstrumentNotFound."""
    row = session.execute(
        _records()
        .where(InstrumentRecord.key == key, InstrumentRecord.frozen_at.is_not(None))
        .order_by(InstrumentRecord.version.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise InstrumentNotFound
    return _view(session, row)


def draft_of(session: Session, key: str) -> InstrumentView | None:
    """The draft of `key`, if there is one."""
    row = session.execute(
        _records().where(InstrumentRecord.key == key, InstrumentRecord.frozen_at.is_(None)).limit(1)
    ).one_or_none()
    return None if row is None else _view(session, row)


def frozen_instruments(session: Session, identity: Identity) -> tuple[InstrumentView, ...]:
    """Every frozen version this person may use: the library, those of the units above and those below."""
    rows = session.execute(
        _records().where(_visible(identity), InstrumentRecord.frozen_at.is_not(None)).order_by(*_ORDER)
    )
    return tuple(_view(session, row) for row in rows)


def listing(session: Session, identity: Identity) -> tuple[Listed, ...]:
    """Every version this person may see, newest version of each key first; the library comes first."""
    visible = _records().where(_visible(identity))
    return _lines(session, visible.order_by(InstrumentRecord.unit_id.is_not(None), *_ORDER))


def all_instruments(session: Session) -> tuple[Listed, ...]:
    """Every version of every instrument: for commands."""
    return _lines(session, _records().order_by(*_ORDER))


def subjects_under(unit_path: str) -> Select[str]:
    """Forms of the subtree, and those of the library, as the audit log names them."""
    mine = Unit.path.startswith(unit_path, autoescape=True)
    found = select(literal("instrument:") + cast(InstrumentRecord.id, String))
    return found.outerjoin(Unit, Unit.id == InstrumentRecord.unit_id).where(
        or_(mine, InstrumentRecord.unit_id.is_(None))
    )


#: Forms for quick feedback, whose keys begin so, come after those of consultations.
_ORDER = (
    InstrumentRecord.key.startswith("gop-y-"),
    InstrumentRecord.key,
    InstrumentRecord.version.desc(),
    InstrumentRecord.id,
)


def _records() -> Select[InstrumentRecord, Unit]:
    return select(InstrumentRecord, Unit).outerjoin(Unit, Unit.id == InstrumentRecord.unit_id)


def _visible(identity: Identity) -> ColumnElement[bool]:
    """The library, everything in the own subtree, and what the units above have frozen."""
    frozen = InstrumentRecord.frozen_at.is_not(None)
    above = literal(identity.unit_path).startswith(Unit.path)
    return or_(
        and_(InstrumentRecord.unit_id.is_(None), frozen),
        Unit.path.startswith(identity.unit_path, autoescape=True),
        and_(frozen, above),
    )


def _view(session: Session, row: Row[InstrumentRecord, Unit]) -> InstrumentView:
    record, unit = row
    found = (
        (loading.known(session, record.id, record.digest), ())
        if record.frozen_at is not None
        else drafts.readable(record.document)
    )
    instrument, problems = found
    return InstrumentView(
        id=record.id,
        key=record.key,
        version=record.version,
        unit_id=record.unit_id,
        unit_path=unit.path if unit else None,
        unit_name=_unit_name(unit),
        title=record.document["title"],
        document=record.document,
        instrument=instrument,
        problems=problems,
        revision=record.revision,
        frozen=record.frozen_at is not None,
        frozen_at=record.frozen_at,
        digest=record.digest,
        confirmed_number=record.confirmed_number,
        confirmed_on=record.confirmed_on,
        template_id=record.template_id,
        locked=confirmation.is_locked(session, record),
        edited_at=record.edited_at,
        edited_by=accounts.name_of(session, record.edited_by),
    )


def _lines(session: Session, records: Select[InstrumentRecord, Unit]) -> tuple[Listed, ...]:
    rows = session.execute(records).all()
    names = accounts.names_of(session, (row[0].edited_by for row in rows))
    return tuple(_listed(row[0], row[1], names) for row in rows)


def _listed(record: InstrumentRecord, unit: Unit | None, names: Mapping[str, str]) -> Listed:
    return Listed(
        id=record.id,
        key=record.key,
        version=record.version,
        title=record.document["title"],
        unit_name=_unit_name(unit),
        sample=bool(record.document["sample"]),
        frozen=record.frozen_at is not None,
        confirmed_number=record.confirmed_number,
        confirmed_on=record.confirmed_on,
        edited_at=record.edited_at,
        edited_by=names[record.edited_by],
    )


def _unit_name(unit: Unit | None) -> str | None:
    return None if unit is None else kinds.full_name(unit.kind, unit.name)
