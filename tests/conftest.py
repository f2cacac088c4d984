"""Fixtures of the whole suite: both databases, a fresh one for each test, and the application on it.

A PostgreSQL cluster is made in a folder of its own, listens on a socket there, and is ended by the process that
started it. Each test gets an empty migrated database: a copied file on SQLite, an emptied database on PostgreSQL.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import flask_migrate
import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from werkzeug.test import TestResponse

from survey_app import db
from survey_app.app import create_app
from survey_app.config import load_settings
from tests.pages import faults

#: A working day on which most tests happen: Monday 1 June 2026, 09:00 in Vietnam.
NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
TODAY = date(2026, 6, 1)

#: Templates compiled once for all the applications that a run makes.
_TEMPLATES = FileSystemBytecodeCache(tempfile.mkdtemp(prefix="templates-"))

_POSTGRES_BIN = Path("/usr/lib/postgresql/15/bin")


@dataclass(frozen=True)
class Cluster:
    """A running PostgreSQL of the tests' own, reached through the socket in `folder`."""

    folder: Path

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://survey@/{name}?host={self.folder}"

    def admin(self) -> psycopg.Connection:
        return psycopg.connect(host=str(self.folder), user="survey", dbname="postgres", autocommit=True)


class Visitor(FlaskClient):
    """Starts every request afresh, though the test holds an application context open around it.

    Every HTML page that any test fetches passes one inspection.
    """

    def open(self, *args: Any, **options: Any) -> TestResponse:
        with self.application.app_context():
            reply = super().open(*args, **options)
        if reply.mimetype == "text/html" and reply.data and reply.location is None:
            assert faults(reply.text) == [], reply.request.path
        return reply


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A cluster for this test process. Missing PostgreSQL is a failure, never a skip."""
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    data = folder / "data"
    run: dict[str, object] = {"check": True, "stdout": subprocess.DEVNULL}
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        run |= {"user": owner.pw_uid, "group": owner.pw_gid, "cwd": folder}
    subprocess.run(
        [_POSTGRES_BIN / "initdb", "-D", data, "-U", "survey", "-A", "trust", "-E", "UTF8", "--no-sync"],
        **run,
    )
    options = f"-c listen_addresses='' -k {folder} -c fsync=off -c full_page_writes=off -c max_connections=60"
    control = [_POSTGRES_BIN / "pg_ctl", "-D", data, "-w"]
    subprocess.run([*control, "-l", folder / "log", "-o", options, "start"], **run)
    try:
        own = Cluster(folder)
        with own.admin() as connection:
            row = connection.execute("SHOW data_directory").fetchone()
            assert row is not None
            assert row[0] == str(data)
        yield own
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], **run)
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database to copy."""
    folder = tmp_path_factory.mktemp("template")
    migrate_to_head(folder, f"sqlite:///{folder / 'template.sqlite3'}")
    return folder / "template.sqlite3"


class Emptied:
    """One PostgreSQL database that test after test uses: emptied in between, made anew when its structure changed.

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

    def __init__(self, cluster: Cluster, template: str) -> None:
        self.cluster = cluster
        self.template = template
        self.made = 0
        self.name = ""
        with self._connect(template) as connection:
            self.structure = connection.execute(self._STRUCTURE).fetchone()
            names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            self.tables = sorted(name for (name,) in names if name != "alembic_version")

    def take(self) -> str:
        """The name of an empty migrated database."""
        if not self.name:
            self.made += 1
            self.name = f"test_{os.getpid()}_{self.made}"
            with self.cluster.admin() as connection:
                connection.execute(f'CREATE DATABASE "{self.name}" TEMPLATE "{self.template}"')
        return self.name

    def give_back(self) -> None:
        """Empty the database for the next test, or drop it if this test changed more than rows."""
        with self.cluster.admin() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [self.name]
            )
        with self._connect(self.name) as connection:
            if connection.execute(self._STRUCTURE).fetchone() == self.structure:
                self._empty(connection)
                return
        with self.cluster.admin() as connection:
            connection.execute(f'DROP DATABASE "{self.name}" WITH (FORCE)')
        self.name = ""

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
        for (name,) in used:
            connection.execute(f'ALTER SEQUENCE "{name}" RESTART')

    def _connect(self, name: str) -> psycopg.Connection:
        return psycopg.connect(host=str(self.cluster.folder), user="survey", dbname=name, autocommit=True)


@pytest.fixture(scope="session")
def emptied(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Emptied:
    """The PostgreSQL database of this test process."""
    with cluster.admin() as connection:
        connection.execute("CREATE DATABASE migrated")
    migrate_to_head(tmp_path_factory.mktemp("template"), cluster.url("migrated"))
    return Emptied(cluster, "migrated")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh migrated database, once on each engine."""
    if request.param == "sqlite":
        copy = tmp_path / "test.sqlite3"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), copy)
        yield f"sqlite:///{copy}"
        return
    database: Emptied = request.getfixturevalue("emptied")
    yield database.cluster.url(database.take())
    database.give_back()


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on a fresh database, with keys in a folder of its own."""
    made = make_app(tmp_path, database_url)
    with made.app_context():
        yield made
        db.session().close()
        db.database.engine.dispose()


@pytest.fixture
def client(app: Flask):
    """A browser-like client without JavaScript."""
    return app.test_client()


@pytest.fixture
def database_away(app: Flask, database_url: str, request: pytest.FixtureRequest):
    """Take the database away for the length of a `with`: PostgreSQL ends and refuses connections, the file is gone."""

    @contextmanager
    def away() -> Iterator[None]:
        db.session().close()
        db.database.engine.dispose()
        if database_url.startswith("sqlite"):
            file = Path(database_url.removeprefix("sqlite:///"))
            file.rename(file.with_suffix(".away"))
            file.mkdir()
            yield
            file.rmdir()
            file.with_suffix(".away").rename(file)
            return
        name = db.database.engine.url.database
        with request.getfixturevalue("cluster").admin() as connection:
            connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
            yield
            connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')

    return away


def make_app(folder: Path, database_url: str, **changes: object) -> Flask:
    settings = replace(
        load_settings(folder / "instance"),
        database_url=database_url,
        key_dir=folder / "keys",
        public_url="https://khaosat.example.vn",
        demo=False,
        https=False,
        **changes,
    )
    made = create_app(settings)
    made.testing = True
    made.jinja_env.bytecode_cache = _TEMPLATES
    made.test_client_class = Visitor
    return made


def migrate_to_head(folder: Path, url: str) -> None:
    made = make_app(folder, url)
    with made.app_context():
        flask_migrate.upgrade()
        db.session().close()
        db.database.engine.dispose()
