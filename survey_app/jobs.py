"""The minute job: rooms register what must happen by the clock, `run_due` does all of it.

Knows no room. A job gets the moment as an argument, opens its own transactions and must be safe to run twice. One that
fails stops no other; when each last worked and last failed is kept for the one who watches the server.
"""

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from flask import Flask, current_app
from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey_app import db, doors
from survey_app.db import Base, UtcDateTime

Job: TypeAlias = Callable[[datetime], object]


#: No job: the row that the readiness check writes.
_PROBE = "probe"


class JobRun(Base):
    """When a job last worked and last failed."""

    __tablename__ = "job_runs"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    succeeded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Kind and place of the newest failure, as in `Failed`.
    failure: Mapped[str | None] = mapped_column(String(200))


@dataclass(frozen=True, slots=True)
class LastRun:
    """What is kept of one job; a moment is None before the first time."""

    name: str
    succeeded_at: datetime | None
    failed_at: datetime | None
    failure: str | None


@dataclass(frozen=True, slots=True)
class Failed:
    """What a job that failed returned instead: the kind of the fault and where it arose.

    Never its message, which may quote what is stored.
    """

    reason: str


def register(app: Flask, name: str, job: Job) -> None:
    """Have `job` run every minute under `name`, after those registered before it."""
    app.extensions.setdefault("jobs", {})[name] = job


def run_due(now: datetime) -> dict[str, object]:
    """Run every job once and note how each ended; what each returned, or `Failed`, by name.

    Raises doors.NotSound, before any of them ran, on an installation that must not work as it is.
    """
    doors.require_sound(db.session())
    db.session().rollback()
    registered: dict[str, Job] = current_app.extensions.get("jobs", {})
    done = {name: _run(job, now) for name, job in registered.items()}
    with db.transaction() as current:
        for name, result in done.items():
            _note(current, name, result, now)
    return done


def names() -> tuple[str, ...]:
    """The jobs that a round runs."""
    return tuple(current_app.extensions.get("jobs", {}))


def note_probe(session: Session, now: datetime) -> None:
    """Write a small row of no meaning, to see whether anything can be written."""
    session.merge(JobRun(name=_PROBE, succeeded_at=now))


def last_runs(session: Session) -> tuple[LastRun, ...]:
    """Every job that ever ran, by name. The newest moment of all is the age of the minute job."""
    rows = session.scalars(select(JobRun).where(JobRun.name != _PROBE).order_by(JobRun.name))
    return tuple(LastRun(row.name, row.succeeded_at, row.failed_at, row.failure) for row in rows)


def _run(job: Job, now: datetime) -> object:
    try:
        return job(now)
    except Exception as error:  # noqa: BLE001  # whatever fails in one job must not keep the others from running
        return Failed(_kind_and_place(error))
    finally:
        db.session().rollback()


def _note(session: Session, name: str, result: object, now: datetime) -> None:
    run = session.get(JobRun, name)
    if run is None:
        run = JobRun(name=name)
        session.add(run)
    if isinstance(result, Failed):
        run.failed_at, run.failure = now, result.reason
    else:
        run.succeeded_at = now


def _kind_and_place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "survey_app" in frame.filename] or frames
    place = own[-1]
    module = place.filename.rpartition("survey_app/")[2]
    return f"{type(error).__name__} in {module}, line {place.lineno}"[:200]
