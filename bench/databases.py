"""The two databases to measure on, fresh and durable: SQLite in a file, and a PostgreSQL cluster of the bench's own."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

POSTGRES_BIN = Path("/usr/lib/postgresql/15/bin")
NAMES = ("SQLite", "PostgreSQL")


@dataclass(frozen=True, slots=True)
class Database:
    """An empty database. `process` is the head of its own server processes; None where there are none."""

    name: str
    url: str
    process: int | None


@contextmanager
def fresh(name: str, folder: Path) -> Iterator[Database]:
    """An empty database called `name` in the tables, gone afterwards."""
    if name == "SQLite":
        yield Database(name, f"sqlite:///{folder / 'bench.sqlite3'}", None)
        return
    with _cluster() as (socket, process):
        yield Database(name, f"postgresql+psycopg://survey@/postgres?host={socket}", process)


@contextmanager
def _cluster() -> Iterator[tuple[Path, int]]:
    """A running cluster with the settings of Debian, so commits are flushed to the disk."""
    folder = Path(tempfile.mkdtemp(prefix="pg-bench-", dir="/tmp"))
    run: dict[str, object] = {"check": True, "stdout": subprocess.DEVNULL}
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        run |= {"user": owner.pw_uid, "group": owner.pw_gid, "cwd": folder}
    data = folder / "data"
    subprocess.run([POSTGRES_BIN / "initdb", "-D", data, "-U", "survey", "-A", "trust", "-E", "UTF8"], **run)
    control = [POSTGRES_BIN / "pg_ctl", "-D", data, "-w"]
    options = f"-c listen_addresses='' -k {folder}"
    subprocess.run([*control, "-l", folder / "log", "-o", options, "start"], **run)
    try:
        yield folder, int((data / "postmaster.pid").read_text().split()[0])
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], **run)
        shutil.rmtree(folder)
