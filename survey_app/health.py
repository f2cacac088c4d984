"""Whether the installation is right (`/healthz`), and whether it can take answers now (`/ready`).

The first is for anybody and names no figure. The second writes, looks at disks and at the minute job, and answers this
machine or somebody who has the token.
"""

import hmac
import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import make_url, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from survey_app import access, audit, config, db, doors, jobs, keys
from survey_app.audit import AuditEvent
from survey_app.config import Settings
from survey_app.fieldwork.queries import surveys_without_pepper

#: Below this the next backup, log or answer may find no room.
LEAST_FREE_BYTES = 500 * 2**20
#: The minute job comes every minute; one of its jobs may take some.
_TICK_LATE, _JOB_LATE = timedelta(minutes=5), timedelta(minutes=15)
#: A backup is made every night.
_BACKUP_LATE = timedelta(hours=48)
#: What the backup script leaves in the instance folder when everything is copied: the moment.
BACKUP_MARK = "last-backup"
_CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Readiness:
    """What is in the way of taking answers now, and the figures looked at; seconds, None for never."""

    reasons: tuple[str, ...]
    warnings: tuple[str, ...]
    free_bytes: int
    tick_seconds: int | None
    job_seconds: dict[str, int | None]
    backup_seconds: int | None


@access.public
def healthz() -> ResponseReturnValue:
    """200 when database, migrations, keys and the log's head are right; else 503 with the reason.

    A head that cannot be read is a warning: the storage of its holder must not be able to stop a survey.
    """
    reasons = faults()
    if reasons:
        return jsonify(status="failing", reasons=reasons), 503
    warnings = _head_warnings()
    return jsonify(status="ok", **({"warnings": warnings} if warnings else {})), 200


@access.public
def ready() -> ResponseReturnValue:
    """200 when answers can be taken now; else 503 with the reasons. For this machine, or with the token."""
    if not _may_ask():
        abort(403)
    found = readiness(datetime.now(UTC))
    return jsonify(as_json(found)), 503 if found.reasons else 200


def as_json(found: Readiness) -> dict[str, object]:
    """What page and command print."""
    return {
        "status": "failing" if found.reasons else "ok",
        "reasons": found.reasons,
        "warnings": found.warnings,
        "free_bytes": found.free_bytes,
        "tick_seconds": found.tick_seconds,
        "job_seconds": found.job_seconds,
        "backup_seconds": found.backup_seconds,
    }


def faults() -> list[str]:
    """What is wrong with the installation, in English words."""
    return [reason for reason in (_database_fault(), *_unsound(), _key_fault()) if reason]


def readiness(now: datetime) -> Readiness:
    """Look at everything once, writing a little; in no transaction of the caller's."""
    settings = config.settings()
    reasons = faults() or [*_unwritable(settings, now)]
    free = min(shutil.disk_usage(folder).free for folder in _nearest(_folders(settings)))
    if free < LEAST_FREE_BYTES:
        reasons.append(f"only {free // 2**20} MiB of disk are free")
    backup = _last_backup(settings, now)
    try:
        tick, ran = _ages(db.session(), now)
    except SQLAlchemyError:
        return Readiness(tuple(reasons or ["database unreachable"]), (), free, None, {}, _seconds(backup))
    if _is_late(tick, _TICK_LATE):
        reasons.append("the minute job does not run")
    else:
        reasons += [f"job {name} does not work" for name, age in ran.items() if _is_late(age, _JOB_LATE)]
    warnings = [*_head_warnings()]
    late = _since_backup(db.session(), backup, now)
    if late > _BACKUP_LATE:
        (warnings if settings.demo else reasons).append("no backup in the last two days")
    seconds = {name: _seconds(age) for name, age in ran.items()}
    return Readiness(tuple(reasons), tuple(warnings), free, _seconds(tick), seconds, _seconds(backup))


def _ages(session: Session, now: datetime) -> tuple[timedelta | None, dict[str, timedelta | None]]:
    """How long ago the last round was, and each job worked."""
    runs = {run.name: run for run in jobs.last_runs(session)}
    moments = [at for run in runs.values() for at in (run.succeeded_at, run.failed_at) if at is not None]
    worked = {name: runs[name].succeeded_at if name in runs else None for name in sorted(jobs.names())}
    ages = {name: now - at if at else None for name, at in worked.items()}
    return now - max(moments) if moments else None, ages


def _last_backup(settings: Settings, now: datetime) -> timedelta | None:
    """How long ago `deploy/backup` came to its end, by the mark it leaves then; None for never.

    A mark of a time to come was made under another clock and tells nothing.
    """
    try:
        age = now - datetime.fromisoformat((settings.instance / BACKUP_MARK).read_text("ascii").strip())
    except (OSError, ValueError, TypeError):
        return None
    return age if age >= -_CLOCKS_DIFFER else None


def _since_backup(session: Session, backup: timedelta | None, now: datetime) -> timedelta:
    """Without any backup: how long there has been something to lose."""
    if backup is not None:
        return backup
    first = session.scalar(select(AuditEvent.at).order_by(AuditEvent.id).limit(1))
    return now - first if first else timedelta(0)


def _unwritable(settings: Settings, now: datetime) -> list[str]:
    """What cannot be written to: the database, or a folder."""
    found = []
    try:
        with db.transaction() as current:
            jobs.note_probe(current, now)
    except SQLAlchemyError as error:
        found.append(f"the database cannot be written ({type(error).__name__})")
    for folder in (settings.instance, settings.key_dir):
        try:
            with tempfile.NamedTemporaryFile(dir=folder, prefix=".probe-") as probe:
                probe.write(bytes(4096))
                probe.flush()
                os.fsync(probe.fileno())
        except OSError as error:
            found.append(f"a folder cannot be written ({error.strerror})")
    return found


def _folders(settings: Settings) -> set[Path]:
    url = make_url(settings.database_url)
    data = {Path(url.database).parent} if url.drivername.startswith("sqlite") and url.database else set()
    return {settings.instance, settings.key_dir, *data}


def _nearest(folders: Iterable[Path]) -> set[Path]:
    """The folders, or what is there of the way to them."""
    return {next(place for place in (folder, *folder.parents) if place.is_dir()) for folder in folders}


def _is_late(age: timedelta | None, limit: timedelta) -> bool:
    return age is None or age > limit


def _seconds(age: timedelta | None) -> int | None:
    return None if age is None else int(age.total_seconds())


def _may_ask() -> bool:
    """This machine itself, not through a proxy that nobody believes; or somebody who has the token."""
    settings = config.settings()
    scheme, _blank, given = request.headers.get("Authorization", "").partition(" ")
    if settings.ready_token and scheme == "Bearer":
        return hmac.compare_digest(given.encode(), settings.ready_token.encode())
    if not settings.proxies and ("X-Forwarded-For" in request.headers or "Forwarded" in request.headers):
        return False
    address = request.remote_addr
    try:
        return not address or ip_address(address).is_loopback
    except ValueError:
        return False


def _database_fault() -> str | None:
    try:
        current = db.session()
        current.execute(text("SELECT 1"))
        at = MigrationContext.configure(current.connection()).get_current_heads()
    except SQLAlchemyError:
        return (
            "database unreachable" if db.absent_file(db.database.engine) is None else "there is no database"
        )
    head = ScriptDirectory(current_app.config["MIGRATIONS"]).get_heads()
    return None if set(at) == set(head) else "migrations pending"


def _unsound() -> tuple[str, ...]:
    try:
        return tuple(obstacle.reason for obstacle in doors.obstacles(db.session()))
    except SQLAlchemyError:
        return ()  # the database's own fault is named already


def _key_fault() -> str | None:
    try:
        missing = surveys_without_pepper(db.session(), keys.store())
    except SQLAlchemyError:
        return None
    return f"peppers missing: {', '.join(missing)}" if missing else None


def _head_warnings() -> tuple[str, ...]:
    """What keeps the audit log from being compared with its head at the second holder's."""
    try:
        audit.contradiction(db.session(), config.settings().audit_head_file)
    except audit.HeadUnreadable as unreadable:
        return (str(unreadable),)
    return ()
