"""How long rewriting a table holds it: the longest that an answer waits behind erasing, by the size of the table.

A second connection stores a row every few milliseconds meanwhile, as answers do; what it waited at most is what a
villager would have waited. Waiting for the lock is not measured: `privacy/erasing.py` gives that up after 0.1 s.
"""

import os
import tempfile
import threading
import time
from pathlib import Path

from sqlalchemy import Engine, create_engine, text

from bench import databases
from bench.tables import show
from survey_app.privacy import erasing

#: SQLite makes an answer wait for the whole file.
_PATIENT: dict[str, dict[str, int]] = {"SQLite": {"timeout": 300}, "PostgreSQL": {}}
_ROWS = (10_000, 50_000, 100_000, 500_000)
_COLUMNS = (
    "survey_id VARCHAR(4), code_mac {bytes}, unit_id INTEGER, print_batch INTEGER, "
    "PRIMARY KEY (survey_id, code_mac)"
)


def run() -> None:
    """Print a row for each database and size."""
    head = ("Database", "Rows of `slips`", "Size, MB", "Rewritten, s", "Longest wait of an answer, s")
    rows = (row for name in databases.NAMES for row in _of(name))
    show("Holding a table while it is rewritten", head, rows)


def _of(name: str) -> list[tuple[str, ...]]:
    with tempfile.TemporaryDirectory() as folder, databases.fresh(name, Path(folder)) as database:
        return [_row(create_engine(database.url, connect_args=_PATIENT[name]), name, rows) for rows in _ROWS]


def _row(engine: Engine, name: str, rows: int) -> tuple[str, ...]:
    is_sqlite = engine.dialect.name == "sqlite"
    columns = _COLUMNS.format(bytes="BLOB" if is_sqlite else "BYTEA")
    with engine.begin() as connection:
        if is_sqlite:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        connection.execute(text("DROP TABLE IF EXISTS slips"))
        connection.execute(text(f"CREATE TABLE slips ({columns}){' WITHOUT ROWID' if is_sqlite else ''}"))
        stored = [{"mac": os.urandom(32), "unit": number % 500} for number in range(rows)]
        connection.execute(text("INSERT INTO slips VALUES ('001', :mac, :unit, 1)"), stored)
    waits, done = [0.0], threading.Event()
    answering = threading.Thread(target=_answer, args=(engine, waits, done))
    answering.start()
    time.sleep(0.2)
    began = time.perf_counter()
    erased = erasing.rewrite(engine, ("slips",))
    took = time.perf_counter() - began
    done.set()
    answering.join()
    if not erased:
        raise RuntimeError("the table was in use for longer than erasing waits")
    return (
        name,
        f"{rows:,}",
        f"{_size(engine, is_sqlite=is_sqlite) / 1e6:.0f}",
        f"{took:.2f}",
        f"{max(waits):.2f}",
    )


def _answer(engine: Engine, waits: list[float], done: threading.Event) -> None:
    while not done.is_set():
        began = time.perf_counter()
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO slips VALUES ('002', :mac, 1, 1)"), {"mac": os.urandom(32)})
        waits.append(time.perf_counter() - began)
        time.sleep(0.005)


def _size(engine: Engine, *, is_sqlite: bool) -> int:
    with engine.connect() as connection:
        if is_sqlite:
            pages, size = (
                connection.exec_driver_sql(f"PRAGMA {of}").scalar_one() for of in ("page_count", "page_size")
            )
            return int(pages * size)
        return int(connection.execute(text("SELECT pg_total_relation_size('slips')")).scalar_one())
