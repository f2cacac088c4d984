"""Evidence packs made in the background: an order and what became of it are two files of the instance folder.

The minute job works orders off, one after another, for a part of its minute. A lock on the folder says whether anybody
is at work; an order that was begun while nobody is, was cut off, and is begun again. A pack that is there is not made
again before something was done to its survey. Files lie where the keys lie: on the server that runs the minute job.
"""

import fcntl
import json
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app import config, db, keys
from survey_app.audit import AuditEvent
from survey_app.errors import DomainError
from survey_app.reporting import pack
from survey_app.reporting.pack import Packed
from survey_app.sealing import documents

#: How long a finished pack is kept; it holds exact counts of villages.
KEPT = timedelta(days=7)
#: A pack that fails so often is not begun again before somebody orders it again.
MOST_TRIES = 3
#: Seconds of a minute after which no further pack is begun.
_SHARE_OF_MINUTE = 40


@dataclass(frozen=True, slots=True)
class PackOrder:
    """One pack that somebody ordered; moments in ISO 8601."""

    survey_id: str
    ordered_at: str
    #: What of the survey it is of: see `_stand`.
    stand: str
    tries: int = 0
    made_at: str = ""
    files: int = 0
    manifest: str = ""
    bytes: int = 0

    @property
    def is_made(self) -> bool:
        return bool(self.made_at)

    @property
    def has_failed(self) -> bool:
        """Whether it was given up."""
        return not self.is_made and self.tries >= MOST_TRIES

    @property
    def waits(self) -> bool:
        """Whether it is still to be made."""
        return not self.is_made and not self.has_failed

    @property
    def packed(self) -> Packed:
        """What the audit log notes of it."""
        return Packed(self.files, self.manifest)


def order(session: Session, survey_id: str, now: datetime) -> None:
    """Have the pack of a sealed survey made, unless it waits or lies there as it would be made now."""
    stand, place = _stand(session, survey_id), _place(survey_id)
    found = _read(place)
    if found is not None and (found.waits or (found.is_made and found.stand == stand)):
        return
    _write(place, PackOrder(survey_id, now.isoformat(), stand))


def orders(survey_ids: Iterable[str]) -> tuple[PackOrder, ...]:
    """The orders of these surveys, in the order given."""
    return tuple(found for number in survey_ids if (found := _read(_place(number))))


def content(found: PackOrder) -> Path | None:
    """The file of a finished pack; None where it was erased meanwhile."""
    file = _place(found.survey_id).with_suffix(".zip")
    return file if found.is_made and file.exists() else None


def is_at_work() -> bool:
    """Whether the minute job makes a pack at this moment."""
    with _locked() as mine:
        return not mine


def work(now: datetime) -> int:
    """Make what was ordered, the oldest first, and erase what has lain long enough; how many were made."""
    with _locked() as mine:
        if not mine:
            return 0
        began, made = time.monotonic(), 0
        for found in _all():
            if found.is_made and datetime.fromisoformat(found.made_at) < now - KEPT:
                _erase(found)
            elif found.waits and (not made or time.monotonic() - began < _SHARE_OF_MINUTE):
                made += _make(found)
        return made


def _make(found: PackOrder) -> bool:
    place = _place(found.survey_id)
    now, begun = datetime.now(UTC), replace(found, tries=found.tries + 1)
    _write(place, begun)
    part, settings = place.with_suffix(".part"), config.settings()
    try:
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as stream:
            stand = _stand(db.session(), found.survey_id)
            packed = pack.write(
                db.session(), found.survey_id, stream, settings=settings, store=keys.store(), now=now
            )
            size = stream.seek(0, os.SEEK_END)
        part.replace(place.with_suffix(".zip"))
    except DomainError:  # cancelled meanwhile: there is nothing to be made any more
        _write(place, replace(begun, tries=MOST_TRIES))
        return False
    finally:
        part.unlink(missing_ok=True)
        db.session().rollback()
    done = replace(begun, made_at=now.isoformat(), bytes=size, stand=stand)
    _write(place, replace(done, files=packed.files, manifest=packed.manifest))
    return True


def _stand(session: Session, survey_id: str) -> str:
    """The newest act on the survey that was no download, and the key that signs: with both the same, so is the pack."""
    acts = select(func.max(AuditEvent.id)).where(
        AuditEvent.subject == f"survey:{survey_id}",
        AuditEvent.act.not_in(
            ("reporting.pack", "reporting.release", "results.exact", "results.auditor_set")
        ),
    )
    return f"{session.scalar(acts)} {documents.key_id(keys.store().public_keys()[0])}"


def _folder() -> Path:
    folder = config.settings().instance / "packs"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _place(survey_id: str) -> Path:
    if not survey_id.isalnum():
        raise ValueError(f"{survey_id!r} is no number of a survey")
    return _folder() / f"{survey_id}.json"


def _all() -> tuple[PackOrder, ...]:
    found = (_read(place) for place in _folder().glob("*.json"))
    return tuple(sorted((one for one in found if one), key=lambda one: (one.ordered_at, one.survey_id)))


def _read(place: Path) -> PackOrder | None:
    try:
        return PackOrder(**json.loads(place.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def _write(place: Path, found: PackOrder) -> None:
    """Whole or not at all, even when the power fails."""
    part = place.with_name(f".{place.name}.{os.getpid()}")
    with part.open("w", encoding="utf-8") as stream:
        json.dump(asdict(found), stream)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(place)


def _erase(found: PackOrder) -> None:
    place = _place(found.survey_id)
    place.with_suffix(".zip").unlink(missing_ok=True)
    place.unlink(missing_ok=True)


@contextmanager
def _locked() -> Iterator[bool]:
    """Hold the folder; False where somebody else does. The lock ends with its process, however that ends."""
    with (_folder() / ".lock").open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
