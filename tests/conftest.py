"""Fixtures of the whole suite: both databases, a fresh one for each test, and the application on it.

A PostgreSQL cluster is made in a folder of its own, listens on a socket there, and is ended by the process that
started it. The databases come from `databases`, the application from `applications`.
"""

import gc
import io
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from argon2 import PasswordHasher
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlalchemy import event
from werkzeug.test import TestResponse

from survey_app import db, throttle
from survey_app.accounts import passwords
from survey_app.app import create_app
from survey_app.config import load_settings
from tests.applications import TEMPLATES, Ready, put_keys
from tests.databases import Cluster, Copied, Emptied, Supply
from tests.layouts import lay_out_once
from tests.migrations_once import read_migrations_once
from tests.pages import faults

#: A working day on which most tests happen: Monday 1 June 2026, 09:00 in Vietnam.
NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
TODAY = date(2026, 6, 1)

#: A test never fails on a clock; one that hangs ends at the limit of setup.cfg.
hypothesis_settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("suite")

lay_out_once()
read_migrations_once()

_POSTGRES_BIN = Path("/usr/lib/postgresql/15/bin")

#: Bytes: a hundred times what the largest test writes.
_ROOM_IN_MEMORY = 2**30


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
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=_memory() or "/tmp"))
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
    # A vacuum of the server's own takes a table at a moment that no test chose; who means that holds the table.
    options = (
        f"-c listen_addresses='' -k {folder} -c fsync=off -c full_page_writes=off -c max_connections=60"
        " -c autovacuum=off"
    )
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
def copied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copied]:
    """The SQLite database of this test process, in memory where the machine has room for files there.

    Every commit waits for the disk, and thousands of tests commit; what a power cut leaves is not theirs to say.
    """
    folder = tmp_path_factory.mktemp("template")
    migrate_to_head(folder, f"sqlite:///{folder / 'template.sqlite3'}")
    with tempfile.TemporaryDirectory(prefix="database-", dir=_memory()) as place:
        yield Copied(Path(place) / "copy", folder / "template.sqlite3")


def _memory() -> Path | None:
    """Where files stay in memory, with room for what tests put there; None where the machine has no such place."""
    place = Path("/dev/shm")  # noqa: S108  # a folder of our own is made in it
    if place.is_dir() and os.access(place, os.W_OK) and shutil.disk_usage(place).free > _ROOM_IN_MEMORY:
        return place
    return None


@pytest.fixture(scope="session")
def emptied(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emptied]:
    """The PostgreSQL database of this test process."""
    with cluster.admin() as connection:
        connection.execute("CREATE DATABASE migrated")
    migrate_to_head(tmp_path_factory.mktemp("template"), cluster.url("migrated"))
    made = Emptied(cluster, "migrated")
    yield made
    made.drop()


ENGINES = ("sqlite", "postgresql")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Compile the catalogues before anything is tested: a stale one hides what a reader would see.

    Folders of tests lie in memory too, where there is room: each has an installation of its own.
    """
    if hasattr(config, "workerinput"):
        return
    if memory := _memory():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))
    for written in (Path(__file__).resolve().parent.parent / "translations").rglob("*.po"):
        compiled = io.BytesIO()
        write_mo(compiled, read_po(io.BytesIO(written.read_bytes()), written.parents[1].name))
        put = written.with_suffix(f".{os.getpid()}")
        put.write_bytes(compiled.getvalue())
        put.replace(written.with_suffix(".mo"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--engine", choices=[*ENGINES, "both"],
        help="run every test on this database or on both, instead of those marked both_engines on both",
    )  # fmt: skip


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """SQLite for every test; PostgreSQL too where SQL, locks, triggers, migrations or storage decide the outcome."""
    if "database_url" in metafunc.fixturenames:
        asked = metafunc.config.getoption("engine")
        mark = metafunc.definition.get_closest_marker("both_engines")
        both = asked == "both" or (asked is None and mark is not None)
        engines = ENGINES if both else [asked or "sqlite"]
        long = mark.kwargs.get("long") if mark is not None and asked is None else None
        runs = [pytest.param(name, marks=pytest.mark.long) if name == long else name for name in engines]
        metafunc.parametrize("database_url", runs, indirect=True)


def pytest_collection_finish() -> None:
    """Look for garbage seldom, and never in what was loaded: a fifteenth of the suite's time went into that."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys first: begun last, the longest tests leave one of two processes without work."""
    items.sort(key=lambda item: "journeys" not in item.path.parts)


#: Argon2 with the least work it allows: a sign-in then costs a test nothing.
_CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_CHEAP_NOBODY = _CHEAP.hash("nobody")


@pytest.fixture(autouse=True)
def _cheap_hashing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are hashed cheaply but where a test is about the work of it (`real_hashing`)."""
    if request.node.get_closest_marker("real_hashing") is None:
        monkeypatch.setattr(passwords, "_hasher", _CHEAP)
        monkeypatch.setattr(passwords, "_NOBODY", _CHEAP_NOBODY)


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh migrated database of the engine that the test asks for."""
    supply: Supply = request.getfixturevalue("copied" if request.param == "sqlite" else "emptied")
    yield supply.take()
    supply.give_back()


@pytest.fixture(scope="session")
def applications() -> dict[str, Ready]:
    """The applications of this test process by the address of their database."""
    return {}


@pytest.fixture
def app(database_url: str, tmp_path: Path, applications: dict[str, Ready]) -> Iterator[Flask]:
    """The application on a fresh database, with keys in a folder of its own. Pages are added to `own_app` instead."""
    if database_url not in applications:
        applications[database_url] = Ready(make_app(tmp_path, database_url))
    with _running(applications[database_url].begin(tmp_path)) as running:
        yield running
    if not applications[database_url].is_whole():
        del applications[database_url]


@pytest.fixture
def own_app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An application of this test alone, to which it may add pages."""
    with _running(make_app(tmp_path, database_url)) as running:
        yield running


@contextmanager
def _running(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app
        db.session().close()
        db.database.engine.dispose()


@pytest.fixture
def client(app: Flask):
    """A browser-like client without JavaScript."""
    return app.test_client()


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """What the database is asked during the test, in order; to be cleared where counting begins."""
    asked: list[str] = []

    def note(*given: Any) -> None:
        asked.append(given[2])

    event.listen(db.database.engine, "before_cursor_execute", note)
    yield asked
    event.remove(db.database.engine, "before_cursor_execute", note)


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


@pytest.fixture
def one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that the test does happens in one of the minutes in which failures are counted, however long it takes."""
    minute = datetime.now(UTC).replace(second=0, microsecond=0)
    monkeypatch.setattr(throttle, "_minute", lambda _now: minute)


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
    put_keys(settings.key_dir)
    made = create_app(settings)
    made.testing = True
    made.jinja_env.bytecode_cache = TEMPLATES
    made.test_client_class = Visitor
    return made


def migrate_to_head(folder: Path, url: str) -> None:
    made = make_app(folder, url)
    with made.app_context():
        flask_migrate.upgrade()
        db.session().close()
        db.database.engine.dispose()
