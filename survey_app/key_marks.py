"""Which session secret and signing key belong to this database: the mark of each, written down when it was made.

A key that is missing, or another one in its place, is named before anything is signed with it. The mark of a
pepper is with its survey.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey_app.db import Base, UtcDateTime
from survey_app.keys import SESSION, SIGNING, KeyStore

NAMES = (SIGNING, SESSION)
#: Stands for "there is a witness of this database"; see `witness`.
WITNESS, _EXPECTED = "witness", "expected"


class Lack(StrEnum):
    """What is wrong with a key."""

    MISSING = "missing"
    OTHER = "other"
    #: Neither made nor written down yet.
    NOT_CREATED = "not_created"


@dataclass(frozen=True, slots=True)
class Fault:
    """One key that is not as the database expects it."""

    name: str
    lack: Lack


class KeysLost(ValueError):
    """Keys that the database knows are missing or exchanged: they are brought back or renewed, not created."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(", ".join(f"{fault.name}: {fault.lack}" for fault in self.faults))


class KeyMark(Base):
    """A key that belongs, or once belonged, to this database; the newest of a name is in force."""

    __tablename__ = "key_marks"

    name: Mapped[str] = mapped_column(String(10), primary_key=True)
    #: See `KeyStore.mark`.
    mark: Mapped[str] = mapped_column(String(64), primary_key=True)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


def faults(session: Session, keys: KeyStore) -> tuple[Fault, ...]:
    """Every key that is not as the database expects it."""
    lacks = ((name, _lack(_in_force(session, name), keys.mark(name))) for name in NAMES)
    return tuple(Fault(name, lack) for name, lack in lacks if lack is not None)


def create(session: Session, keys: KeyStore, *, now: datetime) -> tuple[str, ...]:
    """Make the keys that a new installation lacks, and write down those that are there; the names of those made.

    Repeatable. Raises KeysLost.
    """
    found = faults(session, keys)
    if any(fault.lack is not Lack.NOT_CREATED for fault in found):
        raise KeysLost(found)
    made = tuple(fault.name for fault in found if keys.mark(fault.name) is None)
    for name in made:
        keys.create(name)
    for fault in found:
        _write_down(session, fault.name, keys, now)
    return made


def renew(session: Session, keys: KeyStore, name: str, *, now: datetime) -> str:
    """Make a key again where none lies; its mark. Raises FileExistsError rather than replace one.

    What an earlier signing key signed is still checked, against its public half in the key folder.
    """
    keys.create(name)
    earlier = _in_force(session, name)
    if name == SIGNING and earlier is not None:
        keys.keep_public(earlier)
    return _write_down(session, name, keys, now)


def expect(session: Session, name: str, now: datetime) -> None:
    """Write down that something without a mark of its own must be there from now on."""
    if not is_expected(session, name):
        session.add(KeyMark(name=name, mark=_EXPECTED, recorded_at=now))


def is_expected(session: Session, name: str) -> bool:
    """Whether that was ever written down."""
    return session.get(KeyMark, (name, _EXPECTED)) is not None


def _lack(expected: str | None, found: str | None) -> Lack | None:
    if expected is None:
        return Lack.NOT_CREATED
    if found is None:
        return Lack.MISSING
    return None if found == expected else Lack.OTHER


def _in_force(session: Session, name: str) -> str | None:
    newest = (
        select(KeyMark.mark).where(KeyMark.name == name).order_by(KeyMark.recorded_at.desc(), KeyMark.mark)
    )
    return session.scalar(newest.limit(1))


def _write_down(session: Session, name: str, keys: KeyStore, now: datetime) -> str:
    mark = keys.mark(name)
    if mark is None:
        raise KeysLost([Fault(name, Lack.MISSING)])
    session.merge(KeyMark(name=name, mark=mark, recorded_at=now))
    return mark
