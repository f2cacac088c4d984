"""After a seal or an annulment is committed: remove from the disk what the moved rows left behind.

Never part of the transaction, and its failure never undoes either. A deleted row stays readable in the file of its
table, in the order in which answers came and with the number of its transaction, also after an ordinary VACUUM, which
only marks the place as free. So the tables are written anew. Archived logs and backups are not reached from here.

While a table is written anew nobody else can use it. What would make villagers wait is therefore left for the night,
and what was left is found again from the audit log, minute after minute, until it is done.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, Engine, cast, func, select
from sqlalchemy.dialects.postgresql import REGCLASS
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from survey_app import audit, db
from survey_app.audit import AuditEvent
from survey_app.config import VIETNAM
from survey_app.fieldwork.acts import Act
from survey_app.results.cancelling import SET_ASIDE
from survey_app.results.redaction import REDACT
from survey_app.results.retention import RAW_REMOVED

#: The act that notes which tables were written anew, and after which act.
ERASED = "results.erased"
#: What is moved or deleted while answers still come in, or rewritten at the seal.
_OF_ANSWERING = ("responses", "progress", "activity_counters", "network_counters", "second_keyings")
_ALL = (*_OF_ANSWERING, "spent_codes", "slips")
_OF_ANSWERS = ("sealed_responses", "annulled_responses")
#: Tables in which each act leaves old places of rows.
_LEAVING: Mapping[str, tuple[str, ...]] = {
    "results.seal": _ALL,
    SET_ASIDE: _ALL,
    Act.ANNUL_VILLAGE: _OF_ANSWERING,
    RAW_REMOVED: _OF_ANSWERS,
    REDACT: _OF_ANSWERS,
}
#: How long answers may be made to wait behind us before we give way; then the table is left for the next minute.
_PATIENCE = {"postgresql": "SET lock_timeout = 1000", "sqlite": "PRAGMA busy_timeout=1000"}
#: What is written anew at any hour: well below a second, measured with half a million rows (docs/performance.md).
SMALL = 16 * 1024 * 1024
#: Hours of the Vietnamese day in which larger tables are written anew; announced counting ends at 24:00.
_NIGHT = range(5)


def after_sealing(engine: Engine) -> bool:
    """Erase the old places of moved rows, outside of any transaction and at any size; whether it could.

    A busy database is no error: no query reaches the rows any more.
    """
    return set(_LEAVING["results.seal"]) == set(_erase(engine, _LEAVING["results.seal"]))


def erase_owed(engine: Engine, now: datetime, *, actor: str, small: int = SMALL) -> tuple[str, ...]:
    """Erase what sealing, annulling, retention and redaction still owe and note it; the tables that stay owed.

    Opens its own transactions. By day tables above `small` bytes are left for the night.
    """
    owed, newest = _owed(db.session())
    db.session().rollback()
    due = owed if now.astimezone(VIETNAM).hour in _NIGHT else _below(engine, owed, small)
    done = _erase(engine, due) if due else ()
    if done:
        with db.transaction() as current:
            audit.record(current, actor, ERASED, "database", at=now, tables=sorted(done), upto=newest)
    return tuple(table for table in owed if table not in done)


def _owed(session: Session) -> tuple[tuple[str, ...], int]:
    """Tables not written anew since the newest act that left something there, and the newest of all those acts."""
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


def _below(engine: Engine, tables: Iterable[str], most: int) -> tuple[str, ...]:
    """Those of the tables that take at most so many bytes; SQLite has one file for all."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            pages, size = (
                connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("page_count", "page_size")
            )
            return tuple(tables) if pages * size <= most else ()
        return tuple(table for table in tables if _bytes(connection, table) <= most)


def _bytes(connection: Connection, table: str) -> int:
    size = func.pg_total_relation_size(cast(table, REGCLASS))
    return int(connection.execute(select(size)).scalar_one())


def _erase(engine: Engine, tables: Iterable[str]) -> tuple[str, ...]:
    """Write the tables anew; which of them could be."""
    if engine.dialect.name == "sqlite":
        return tuple(tables) if _write_file_anew(engine) else ()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(_PATIENCE["postgresql"])
        try:
            return tuple(table for table in tables if _write_anew(connection, table))
        finally:
            connection.exec_driver_sql("RESET lock_timeout")


def _write_anew(connection: Connection, table: str) -> bool:
    """Copy the live rows of a table and its indexes into new files and delete the old ones."""
    try:
        connection.exec_driver_sql(f"VACUUM FULL {table}")
    except OperationalError:
        return False
    return True


def _write_file_anew(engine: Engine) -> bool:
    """Copy everything that is live into fresh pages of SQLite's one file, then empty the write-ahead log.

    What is deleted is overwritten, but pages that were once divided keep copies of rows in their gaps.
    """
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(_PATIENCE["sqlite"])
        cursor.execute("VACUUM")
        busy, _pages, _moved = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy
    except sqlite3.OperationalError:
        return False
    finally:
        # Not given back: it is less patient than its neighbours.
        connection.invalidate()
