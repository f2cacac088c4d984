"""What other rooms and the screens read of instruments.

Frozen versions never change, so each process reads them once. Whoever sees one here may use it; who may
change it is `InstrumentView.may_edit`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache

from sqlalchemy import ColumnElement, Row, Select, String, and_, bindparam, cast, literal, or_, select
from sqlalchemy.orm import Session

from survey_app.access import Identity, Role
from survey_app.accounts import queries as accounts
from survey_app.authoring import drafts
from survey_app.authoring.drafts import Document
from survey_app.authoring.models import InstrumentRecord
from survey_app.authoring.refusals import InstrumentNotFound
from survey_app.questions import document
from survey_app.questions.instrument import Instrument
from survey_app.questions.problems import Problem
from survey_app.units import kinds
from survey_app.units.models import Unit

#: Who drafts: both bodies, each within its own subtree.
EDITORS = (Role.PROVINCE, Role.FRONT_PROVINCE, Role.FRONT_COMMUNE, Role.COMMUNE)
READERS = (*EDITORS, Role.VIEWER, Role.AUDITOR)

#: Frozen versions by digest, as this process has read them. A digest covers the whole document, so none
#: goes stale.
_frozen: dict[str, Instrument] = {}
_MOST_KEPT = 500


class ScoredWording(StrEnum):
    """Whose words the scored questions are.

    A decision survey needs the Front's, or a sample that says it is one.
    """

    CONFIRMED = "confirmed"
    SAMPLE = "sample"
    OWN = "own"


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
    """That version, whoever owns it. Raises InstrumentNotFound."""
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


def hold(session: Session, instrument_id: int) -> None:
    """Let nobody confirm the form, or take its confirmation back, until this transaction ends."""
    session.execute(select(InstrumentRecord.id).where(InstrumentRecord.id == instrument_id).with_for_update())


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


def loaded(session: Session, instrument_id: int) -> Instrument:
    """The instrument itself, from memory when it is frozen: what the respondent's form is drawn from.

    Raises InstrumentNotFound, and InvalidInstrument for a draft with problems.
    """
    row = session.execute(_digest(), {"number": instrument_id}).one_or_none()
    if row is None:
        raise InstrumentNotFound
    return known(session, instrument_id, row.digest)


def known(session: Session, instrument_id: int, digest: str | None) -> Instrument:
    """The same for whoever has read its digest already; the database is asked once in each process."""
    return _frozen.get(digest or "") or _load(session, instrument_id, digest)


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
        InstrumentRecord.unit_id.is_(None), InstrumentRecord.frozen_at.is_not(None)
    )
    return ScoredWording.SAMPLE if same_as_any(session, instrument_id, library) else ScoredWording.OWN


def same_as_any(session: Session, instrument_id: int, others: Select[int]) -> bool:
    """Whether the form is one of `others`, or asks the scored questions of one of them word for word."""
    ids = tuple(session.scalars(others.order_by(InstrumentRecord.id)))
    if instrument_id in ids:
        return True
    if not ids:
        return False
    try:
        own = loaded(session, instrument_id)
    except document.InvalidInstrument:
        return False
    return any(document.same_scored_wording(own, loaded(session, other)) for other in ids)


def subjects_under(unit_path: str) -> Select[str]:
    """Forms of the subtree, and those of the library, as the audit log names them."""
    mine = Unit.path.startswith(unit_path, autoescape=True)
    found = select(literal("instrument:") + cast(InstrumentRecord.id, String))
    return found.outerjoin(Unit, Unit.id == InstrumentRecord.unit_id).where(
        or_(mine, InstrumentRecord.unit_id.is_(None))
    )


_ORDER = (InstrumentRecord.key, InstrumentRecord.version.desc(), InstrumentRecord.id)


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
        (known(session, record.id, record.digest), ())
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
        locked=is_locked(session, record),
        edited_at=record.edited_at,
        edited_by=accounts.name_of(session, record.edited_by),
    )


def is_locked(session: Session, record: InstrumentRecord) -> bool:
    """Whether the draft keeps the scored questions of a template that the Front confirmed."""
    if record.template_id is None or record.frozen_at is not None:
        return False
    return is_confirmed(session, record.template_id)


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


@cache
def _digest() -> Select[str | None]:
    return select(InstrumentRecord.digest).where(InstrumentRecord.id == bindparam("number"))


def _load(session: Session, instrument_id: int, digest: str | None) -> Instrument:
    stored = session.scalars(
        select(InstrumentRecord.document).where(InstrumentRecord.id == instrument_id)
    ).one()
    found = document.load(stored)
    if digest is not None:
        if len(_frozen) >= _MOST_KEPT:
            _frozen.clear()
        _frozen[digest] = found
    return found


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
