"""After a seal or an annulment is committed: remove from the disk what the moved rows left behind.

Never part of the transaction, and its failure never undoes either. A deleted row stays readable in the file of its
table, in the order in which answers came and with the number of its transaction, also after an ordinary VACUUM, which
only marks the place as free. So the tables are written again. Archived logs and backups are not reached from here.

While a table is written again nobody else can use it, and while that waits for its lock everybody waits behind it. So a
round asks for locks once and for a tenth of a second in all; when it has to give up, the next tries come ever later.
What would make villagers wait is besides left for the night. What was left is found again from the audit log.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import takewhile

from sqlalchemy import Connection, Engine, cast, func, select
from sqlalchemy.dialects.postgresql import REGCLASS
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from survey_app import audit, db
from survey_app.audit import AuditEvent
from survey_app.config import VIETNAM
from survey_app.privacy.models import ErasingTries
from survey_app.privacy.redaction import REDACT
from survey_app.sealing import annulling
from survey_app.sealing.cancelling import SET_ASIDE
from survey_app.sealing.queries import RAW_REMOVED

#: The act that notes which tables were written again, and after which act.
ERASED = "results.erased"
#: What is moved or deleted while answers still come in, or rewritten at the seal.
_OF_ANSWERING = (
    "responses", "progress", "activity_counters", "network_counters", "second_keyings", "paper_slips",
)  # fmt: skip
_ALL = (*_OF_ANSWERING, "spent_codes", "slips")
_OF_ANSWERS = ("sealed_responses", "annulled_responses")
#: Tables in which each act leaves old places of rows.
_LEAVING: Mapping[str, tuple[str, ...]] = {
    "results.seal": _ALL,
    SET_ASIDE: _ALL,
    annulling.ACT: _OF_ANSWERING,
    RAW_REMOVED: _OF_ANSWERS,
    REDACT: _OF_ANSWERS,
}
#: How long answers may be made to wait behind us in one round before we give way, in milliseconds.
_PATIENCE_MS = 100
#: Half of it: on SQLite two statements may have to wait, the second for readers of the log alone.
_SQLITE_PATIENCE = "PRAGMA busy_timeout=50"
#: After this many minutes at most it is tried again, however often it failed.
_LONGEST_PAUSE = 60
#: What is written again at any hour: well below a second, measured with half a million rows (docs/performance.md).
SMALL = 16 * 1024 * 1024
#: Hours of the Vietnamese day in which larger tables are written again; announced counting ends at 24:00.
_NIGHT = range(5)


def after_sealing(engine: Engine) -> bool:
    """Erase the old places of moved rows, outside of any transaction and at any size; whether it could.

    A busy database is no error: no query reaches the rows any more.
    """
    return set(_LEAVING["results.seal"]) == set(rewrite(engine, _LEAVING["results.seal"]))


def erase_owed(engine: Engine, now: datetime, *, actor: str) -> tuple[str, ...]:
    """Erase what sealing, annulling, retention and redaction still owe and note it; the tables that stay owed.

    Opens its own transactions. By day tables above SMALL bytes are left for the night; after a try that found a table
    in use all are left for a while.
    """
    owed, newest = _owed(db.session())
    paused = owed and _is_paused(db.session(), now)
    db.session().rollback()
    if paused:
        return owed
    due = owed if now.astimezone(VIETNAM).hour in _NIGHT else _small(engine, owed)
    done = rewrite(engine, due) if due else ()
    if due:
        with db.transaction() as current:
            _note_try(current, now, failed=len(done) < len(due))
            if done:
                audit.record(current, actor, ERASED, "database", at=now, tables=sorted(done), upto=newest)
    return tuple(table for table in owed if table not in done)


def _is_paused(session: Session, now: datetime) -> bool:
    """Whether the next try lies ahead. One further ahead than any pause was noted under a clock since put back."""
    row = session.get(ErasingTries, 1)
    return row is not None and now < row.not_before <= now + timedelta(minutes=_LONGEST_PAUSE)


def _note_try(session: Session, now: datetime, *, failed: bool) -> None:
    """After a failure pause for 2, 4, 8 … minutes; a success ends that."""
    row = session.get(ErasingTries, 1)
    if row is None:
        row = ErasingTries(id=1, failures=0, not_before=now)
        session.add(row)
    row.failures = row.failures + 1 if failed else 0
    pause = min(2**row.failures, _LONGEST_PAUSE) if failed else 0
    row.not_before = now + timedelta(minutes=pause)


def _owed(session: Session) -> tuple[tuple[str, ...], int]:
    """Tables not written again since the newest act that left something there, and the newest of all those acts."""
    last = select(AuditEvent.act, func.max(AuditEvent.id)).where(AuditEvent.act.in_(_LEAVING))
    newest: dict[str, int] = {}
    for act, number in session.execute(last.group_by(AuditEvent.act).order_by(AuditEvent.act)):
        for table in _LEAVING[act]:
            newest[table] = max(number, newest.get(table, 0))
    if not newest:
        return (), 0
    erased = select(AuditEvent.details).where(AuditEvent.act == ERASED, AuditEvent.id > min(newest.values()))
    for noted in session.scalars(erased.order_by(AuditEvent.id)):
        for table in noted["tables"]:  # type: ignore[attr-defined]  # written by `erase_owed`
            if newest.get(table, 0) <= noted["upto"]:  # type: ignore[operator]  # as above
                newest.pop(table, None)
    return tuple(newest), max(newest.values(), default=0)


def _small(engine: Engine, tables: Iterable[str]) -> tuple[str, ...]:
    """Those of the tables that take at most SMALL bytes; SQLite has one file for all."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            pages, size = (
                connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("page_count", "page_size")
            )
            return tuple(tables) if pages * size <= SMALL else ()
        return tuple(table for table in tables if _bytes(connection, table) <= SMALL)


def _bytes(connection: Connection, table: str) -> int:
    size = func.pg_total_relation_size(cast(table, REGCLASS))
    return int(connection.execute(select(size)).scalar_one())


def rewrite(engine: Engine, tables: Sequence[str]) -> tuple[str, ...]:
    """Write the tables again, up to the first that is in use; which of them could be. At any hour and size."""
    if engine.dialect.name == "sqlite":
        return tuple(tables) if _rewrite_file(engine) else ()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # Each waits for its share, so that all together wait no longer than a round may.
        connection.exec_driver_sql(f"SET lock_timeout = {_PATIENCE_MS // len(tables)}")
        try:
            return tuple(takewhile(lambda table: _rewrite(connection, table), tables))
        finally:
            connection.exec_driver_sql("RESET lock_timeout")


def _rewrite(connection: Connection, table: str) -> bool:
    """Copy the live rows of a table and its indexes into new files and delete the old ones."""
    try:
        connection.exec_driver_sql(f"VACUUM FULL {table}")
    except OperationalError:
        return False
    return True


def _rewrite_file(engine: Engine) -> bool:
    """Copy everything that is live into fresh pages of SQLite's one file, then empty the write-ahead log.

    What is deleted is overwritten, but pages that were once divided keep copies of rows in their gaps.
    """
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(_SQLITE_PATIENCE)
        cursor.execute("VACUUM")
        busy, _pages, _moved = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy
    except sqlite3.OperationalError:
        return False
    finally:
        # Not given back: it is less patient than its neighbours.
        connection.invalidate()
