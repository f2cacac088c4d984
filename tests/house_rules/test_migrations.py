"""Migrations make exactly what the models say, on both databases, up and down, with and without data."""

import hashlib
import re
from datetime import UTC, datetime
from pathlib import Path

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.schema import CreateTable

from survey_app import audit, db
from survey_app.authoring import triggers as frozen_instruments
from survey_app.db import Base
from survey_app.results.models import POSTING_TRIGGERS
from survey_app.sealing import triggers as sealed_rows
from tests.conftest import make_app

pytestmark = pytest.mark.both_engines


@pytest.fixture
def connection(app):
    with db.database.engine.connect() as opened:
        yield opened


@pytest.fixture
def empty_app(request, tmp_path, database_url):
    """The application on a database without any table."""
    made = make_app(tmp_path, database_url)
    with made.app_context():
        flask_migrate.downgrade(revision="base")
        yield made
        db.session().close()
        db.database.engine.dispose()


def tables(url_app):
    with db.database.engine.connect() as opened:
        return set(inspect(opened).get_table_names())


def test_models_and_migrations_describe_the_same_tables(connection):
    options = {"compare_type": True, "compare_server_default": True}
    context = MigrationContext.configure(connection, opts=options)

    assert compare_metadata(context, Base.metadata) == []


def test_tables_without_row_numbers_stay_so(connection):
    if connection.dialect.name != "sqlite":
        return
    wanted = {
        name
        for name, table in Base.metadata.tables.items()
        if table.dialect_options["sqlite"]["with_rowid"] is False
    }
    written = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all()

    assert {"slips", "spent_codes", "responses", "sealed_responses"} <= wanted
    assert {name for name, sql in written if sql and sql.rstrip().endswith("WITHOUT ROWID")} == wanted


def test_checks_and_keys_of_the_tables_are_those_of_the_models(connection):
    """Autogenerate compares neither checks nor, on SQLite, primary keys."""
    found = inspect(connection)

    made = {name: (checks_of(found, name), found.get_pk_constraint(name)["constrained_columns"])
            for name in Base.metadata.tables}  # fmt: skip

    assert made == {
        name: (
            set(re.findall(r"CONSTRAINT (ck_\w+) CHECK", str(CreateTable(table)))),
            [column.name for column in table.primary_key.columns],
        )
        for name, table in Base.metadata.tables.items()
    }


def checks_of(found, table):
    return {constraint["name"] for constraint in found.get_check_constraints(table)}


def test_the_triggers_in_the_database_are_those_in_the_code(connection):
    dialect = connection.dialect.name
    if dialect == "sqlite":
        rows = (
            connection.execute(text("SELECT sql FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        )
        wanted = _statements(dialect)
    else:
        query = "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
        rows = [_plain(sql) for sql in connection.execute(text(query)).scalars()]
        wanted = [_plain(sql) for sql in _statements(dialect)]

    assert sorted(rows) == sorted(wanted)


def _statements(dialect):
    """Every trigger that some module of the code wants, as it words it."""
    everything = (
        *sealed_rows.create(dialect),
        *audit.TRIGGERS.create(dialect),
        *frozen_instruments.create(dialect),
        *POSTING_TRIGGERS.create(dialect),
    )
    return [sql for sql in everything if sql.startswith("CREATE TRIGGER")]


def _plain(sql):
    """A trigger as PostgreSQL prints it and as we wrote it, in one form."""
    name, moment, table, rest = re.fullmatch(
        r"CREATE TRIGGER (\w+) (BEFORE|AFTER) (?:.+) ON (?:public\.)?(\w+) (FOR EACH .+)", sql
    ).groups()
    acts = frozenset(re.findall(r"INSERT|UPDATE|DELETE|TRUNCATE", sql.split(" ON ")[0]))
    return name, moment, tuple(sorted(acts)), table, _without_brackets(rest)


def _without_brackets(rest):
    """PostgreSQL prints a condition in lower case with brackets of its own."""
    return re.sub(r"[()]", "", rest).lower()


def test_migrations_that_were_released_never_change_again():
    """They are in databases: a new installation and an upgraded one must end with the same tables.

    A release adds the digests of its new migrations to the file; no line of it is ever changed or removed.
    """
    folder = Path(__file__).parents[2] / "migrations"
    lines = (folder / "released.sha256").read_text(encoding="utf-8").splitlines()
    released = dict(reversed(line.split("  ")) for line in lines if not line.startswith("#"))

    now = {name: hashlib.sha256((folder / "versions" / name).read_bytes()).hexdigest() for name in released}

    assert now == released
    assert {f"{number:04}" for number in range(1, 41)} <= {name[:4] for name in released}


def test_there_is_one_newest_migration(app):
    assert len(ScriptDirectory(app.config["MIGRATIONS"]).get_heads()) == 1


def test_down_leaves_nothing_and_up_makes_everything_again(app):
    before = tables(app)
    flask_migrate.downgrade(revision="base")
    emptied = tables(app)
    flask_migrate.upgrade()

    assert emptied <= {"alembic_version"}
    assert tables(app) == before


def test_every_single_step_goes_up_and_down_and_up(empty_app):
    revisions = list(reversed(list(ScriptDirectory(empty_app.config["MIGRATIONS"]).walk_revisions())))

    for script in revisions:
        flask_migrate.upgrade(revision=script.revision)
        flask_migrate.downgrade(revision=script.down_revision or "base")
        flask_migrate.upgrade(revision=script.revision)

    assert tables(empty_app) >= set(Base.metadata.tables)


def test_data_survives_every_later_step(empty_app):
    flask_migrate.upgrade(revision="0001")
    row = {"key": "k", "minute": datetime(2026, 6, 1, tzinfo=UTC), "n": 3}
    with db.transaction() as current:
        current.execute(
            text("INSERT INTO throttle_failures (key, minute, failures) VALUES (:key, :minute, :n)"), row
        )
        current.execute(
            text(
                "INSERT INTO sealed_responses (survey_id, id, unit_id, channel, version, answers, leaf)"
                " VALUES ('001', 'a', 1, 'self_online', 1, '{}', 'ff')"
            )
        )
        current.execute(text("INSERT INTO retained_leaves (survey_id, leaf) VALUES ('002', 'ee')"))

    flask_migrate.upgrade()
    flask_migrate.downgrade(revision="0004")
    flask_migrate.upgrade()

    current = db.session()
    assert current.execute(text("SELECT failures FROM throttle_failures")).scalar() == 3
    assert current.execute(text("SELECT leaf FROM sealed_responses")).scalar() == "ff"
    kept = current.execute(text("SELECT leaf, annulled FROM retained_leaves")).one()
    assert (kept[0], bool(kept[1])) == ("ee", False)
