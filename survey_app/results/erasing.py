"""After a seal or an annulment is committed: remove from the disk what the moved rows left behind.

Never part of the transaction, and its failure never undoes either. A deleted row stays readable in the file of its
table, in the order in which answers came and with the number of its transaction, also after an ordinary VACUUM, which
only marks the place as free. So the tables are written anew. Archived logs and backups are not reached from here.
"""

import sqlite3

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

#: Tables out of which rows are moved, or in which they are rewritten, when a survey is sealed.
_TABLES = (
    "responses",
    "spent_codes",
    "slips",
    "progress",
    "activity_counters",
    "network_counters",
    "second_keyings",
)
#: How long answers of other surveys may be made to wait for their turn behind us; then the table is left for later.
_PATIENCE = "10s"


def after_sealing(engine: Engine) -> bool:
    """Erase the old places of moved rows, outside of any transaction; whether it could.

    A busy database is no error: no query reaches the rows any more, and the next sealing erases what this one had to
    leave.
    """
    return _erase(engine, _TABLES)


def after_annulment(engine: Engine) -> bool:
    """The same for the answers and counters of a village that were set aside; whether it could."""
    return _erase(
        engine, ("responses", "progress", "activity_counters", "network_counters", "second_keyings")
    )


def after_removal(engine: Engine) -> bool:
    """The same for what retention or redaction took out of sealed answers; whether it could."""
    return _erase(engine, ("sealed_responses", "annulled_responses"))


def _erase(engine: Engine, tables: tuple[str, ...]) -> bool:
    if engine.dialect.name == "sqlite":
        return _write_file_anew(engine)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"SET lock_timeout = '{_PATIENCE}'")
        try:
            done = [_write_anew(connection, table) for table in tables]
            return all(done)
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
        cursor.execute("VACUUM")
        busy, _pages, _moved = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy
    except sqlite3.OperationalError:
        return False
    finally:
        connection.close()
