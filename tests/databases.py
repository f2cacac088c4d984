"""Where the tests' databases come from: a copied file on SQLite, an emptied database on PostgreSQL.

Each engine has one address in a test process, so that an application made for it can serve test after test; behind the
address every test finds an empty migrated database. Knows nothing of the application.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psycopg


class Supply(Protocol):
    """One database after another at the same address."""

    def take(self) -> str:
        """The address of an empty migrated database."""

    def give_back(self) -> None:
        """Nobody needs this test's rows any more."""


@dataclass(frozen=True)
class Cluster:
    """A running PostgreSQL of the tests' own, reached through the socket in `folder`."""

    folder: Path

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://survey@/{name}?host={self.folder}"

    def connect(self, name: str) -> psycopg.Connection:
        return psycopg.connect(host=str(self.folder), user="survey", dbname=name, autocommit=True)

    def admin(self) -> psycopg.Connection:
        return self.connect("postgres")


class Copied:
    """The SQLite database: a fresh copy of the template in an otherwise empty folder."""

    def __init__(self, folder: Path, template: Path) -> None:
        self.folder = folder
        self.template = template

    def take(self) -> str:
        self.folder.mkdir()
        file = self.folder / "test.sqlite3"
        shutil.copyfile(self.template, file)
        return f"sqlite:///{file}"

    def give_back(self) -> None:
        shutil.rmtree(self.folder)


class Emptied:
    """The PostgreSQL database: emptied between tests, made again when a test changed its structure.

    Copying a template takes ten times as long as emptying the few tables that a test wrote to.
    """

    _STRUCTURE = """
        SELECT md5(string_agg(line, ';' ORDER BY line)) FROM (
            SELECT concat_ws(' ', c.relname, a.attname, a.atttypid, a.attnotnull, a.attisdropped) AS line
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            WHERE c.relnamespace = 'public'::regnamespace
            UNION ALL SELECT concat_ws(' ', 'trigger', tgname, tgenabled) FROM pg_trigger WHERE NOT tgisinternal
            UNION ALL SELECT concat_ws(' ', 'constraint', conname) FROM pg_constraint
            UNION ALL SELECT concat_ws(' ', 'function', proname, md5(prosrc)) FROM pg_proc
            WHERE pronamespace = 'public'::regnamespace
        ) AS structure"""
    #: Which keys the database knows: those of every application under test, so they stay.
    _MARKS = "SELECT name, mark, recorded_at FROM key_marks ORDER BY name, mark"
    _END_OTHERS = """
        SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()"""

    def __init__(self, cluster: Cluster, template: str) -> None:
        self.cluster = cluster
        self.template = template
        self.name = f"test_{os.getpid()}"
        #: Stays open, because beginning a session takes PostgreSQL longer than emptying; None without a database.
        self.caretaker: psycopg.Connection | None = None
        with cluster.connect(template) as connection:
            self.structure = connection.execute(self._STRUCTURE).fetchone()
            names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            self.tables = sorted(name for (name,) in names if name not in {"alembic_version", "key_marks"})
            self.marks = connection.execute(self._MARKS).fetchall()

    def take(self) -> str:
        if self.caretaker is None:
            with self.cluster.admin() as connection:
                connection.execute(f'CREATE DATABASE "{self.name}" TEMPLATE "{self.template}"')
            self.caretaker = self.cluster.connect(self.name)
        return self.cluster.url(self.name)

    def give_back(self) -> None:
        """Empty the database for the next test, or drop it if this test changed more than rows."""
        caretaker = self._awake()
        caretaker.execute(self._END_OTHERS)
        if caretaker.execute(self._STRUCTURE).fetchone() == self.structure:
            self._empty(caretaker)
        else:
            self.drop()

    def drop(self) -> None:
        if self.caretaker is not None:
            self.caretaker.close()
            self.caretaker = None
            with self.cluster.admin() as connection:
                connection.execute(f'DROP DATABASE "{self.name}" WITH (FORCE)')

    def _awake(self) -> psycopg.Connection:
        """The caretaker's session, or another one where a test had the server end all of them."""
        assert self.caretaker is not None
        try:
            self.caretaker.execute("SELECT 1")
        except psycopg.OperationalError:
            self.caretaker.close()
            self.caretaker = self.cluster.connect(self.name)
        return self.caretaker

    def _empty(self, connection: psycopg.Connection) -> None:
        probes = " UNION ALL ".join(
            f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in self.tables
        )
        written = ", ".join(f'"{name}"' for (name,) in connection.execute(probes))
        used = connection.execute(
            "SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL"
        ).fetchall()
        connection.execute("SET session_replication_role = replica")
        if written:
            connection.execute(f"TRUNCATE {written} CASCADE")
        if connection.execute(self._MARKS).fetchall() != self.marks:
            connection.execute("TRUNCATE key_marks")
            for row in self.marks:
                connection.execute("INSERT INTO key_marks (name, mark, recorded_at) VALUES (%s, %s, %s)", row)
        for (name,) in used:
            connection.execute(f'ALTER SEQUENCE "{name}" RESTART')
