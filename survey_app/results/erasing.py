"""After a seal is committed: remove from the disk what the moved rows left behind.

Never part of the transaction, and its failure never undoes a seal: autovacuum, or the next checkpoint of the
log, does the same later.
"""

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError


def after_sealing(engine: Engine) -> bool:
    """Erase the old places of moved rows, outside of any transaction; whether it could.

    VACUUM on PostgreSQL, an emptied write-ahead log on SQLite. A busy database is no error: the rows are out
    of reach already.
    """
    try:
        if engine.dialect.name == "postgresql":
            _vacuum(engine)
            return True
        return _empty_log(engine)
    except OperationalError:
        return False


def _vacuum(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM responses, spent_codes, slips, progress")


def _empty_log(engine: Engine) -> bool:
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        busy, _pages, _moved = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy
    finally:
        connection.close()
