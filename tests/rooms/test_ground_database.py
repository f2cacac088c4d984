"""Transactions, held rows, what each database keeps, and what its absence does."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import flask_migrate
import pytest
from sqlalchemy import Integer, insert, select, text, update

from survey_app import db, throttle
from survey_app.throttle import Failure

pytestmark = pytest.mark.both_engines

NOW = datetime(2026, 6, 1, 2, 0, 30, tzinfo=UTC)


# Database


def test_a_transaction_that_raises_leaves_nothing(app):
    def fail():
        with db.transaction() as current:
            throttle.record_failure(current, "k", NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert db.session().scalars(select(Failure)).all() == []


def test_a_row_is_held_in_a_transaction_and_never_by_the_way(app):
    with pytest.raises(RuntimeError, match="in a transaction"):
        db.hold(db.session(), Failure, ("k", NOW))


def test_a_held_row_is_the_row_as_it_is_now_whatever_was_read_of_it_before(app):
    with db.transaction() as current:
        throttle.record_failure(current, "k", NOW)

    with db.transaction() as current:
        read = current.scalars(select(Failure)).one()
        current.execute(update(Failure).values(failures=5).execution_options(synchronize_session=False))
        held = db.hold(current, Failure, (read.key, read.minute))

        assert held is read
        assert held.failures == 5
        assert db.hold(current, Failure, ("none", read.minute)) is None


def test_who_holds_a_row_second_waits_for_the_first_and_finds_what_was_written(app):
    with db.transaction() as current:
        throttle.record_failure(current, "k", NOW)
        minute = current.scalars(select(Failure.minute)).one()

    def count_up(_turn):
        with app.app_context(), db.transaction() as writing:
            row = db.hold(writing, Failure, ("k", minute))
            row.failures += 1

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(count_up, range(24)))

    assert db.session().scalars(select(Failure.failures)).one() == 25


def test_a_moment_comes_back_as_it_went_in_and_a_naive_one_is_refused(app):
    with db.transaction() as current:
        current.add(Failure(key="k", minute=NOW, failures=1))

    assert db.session().scalars(select(Failure.minute)).one() == NOW
    with pytest.raises(Exception, match="naive"), db.transaction() as current:
        current.add(Failure(key="n", minute=NOW.replace(tzinfo=None), failures=1))


def test_sqlite_commits_to_the_disk_and_erases_what_is_deleted(app):
    current = db.session()
    if current.get_bind().dialect.name != "sqlite":
        return

    settings = {name: current.execute(text(f"PRAGMA {name}")).scalar() for name in
                ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "recursive_triggers")}  # fmt: skip

    assert settings == {
        "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "recursive_triggers": 1,
    }  # fmt: skip


def test_sqlite_replaces_no_row_of_a_guarded_table(app):
    if db.database.engine.dialect.name != "sqlite":
        return
    guarded = "SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'trigger'"
    borrowed = db.database.engine.raw_connection()
    connection = borrowed.cursor()
    # The rows belong to nothing: what is asked here is what the triggers say.
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.execute("PRAGMA ignore_check_constraints=ON")
    tables = sorted(name for (name,) in connection.execute(guarded).fetchall())
    tables.sort(key="seals".__eq__)
    kept = {}
    for name in tables:
        row = any_row(db.Base.metadata.tables[name], "0A1" if name in {"seals", "second_keyings"} else "0A2")
        places = ", ".join("?" * len(row))
        connection.execute(f"INSERT INTO {name} ({', '.join(row)}) VALUES ({places})", tuple(row.values()))
        kept[name] = connection.execute(f"SELECT * FROM {name}").fetchall()

    refused = {}
    for name in tables:
        with pytest.raises(sqlite3.IntegrityError) as refusal:
            connection.execute(f"INSERT OR REPLACE INTO {name} SELECT * FROM {name}")
        refused[name] = str(refusal.value)

    assert {
        "audit_events",
        "retained_leaves",
        "paper_comparisons",
        "data_request_answers",
        "postings",
    } <= kept.keys()
    assert all(
        "never change" in words or "sealed" in words or "frozen" in words for words in refused.values()
    )
    assert {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in tables} == kept
    borrowed.invalidate()


def any_row(table, survey):
    """Something in every column; a moment, where there is one, is set."""
    return {
        column.name: survey if column.name == "survey_id" else 1 if isinstance(column.type, Integer) else "x"
        for column in table.columns
    }


def test_writers_in_threads_wait_for_each_other_and_lose_nothing(app):
    def write(_number):
        with app.app_context(), db.transaction() as current:
            current.scalars(select(Failure)).all()
            throttle.record_failure(current, "k", NOW)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))

    assert db.session().scalars(select(Failure.failures)).one() == 40


# Health


def test_a_sound_installation_is_healthy(client):
    reply = client.get("/healthz")

    assert (reply.status_code, reply.json["status"]) == (200, "ok")


def test_pending_migrations_are_a_fault_with_its_name(client):
    flask_migrate.downgrade(revision="0001")

    reply = client.get("/healthz")

    assert reply.status_code == 503
    assert reply.json["reasons"] == ["migrations pending"]


def test_connections_that_the_server_ended_are_replaced_before_a_request_gets_one(client, request):
    assert client.get("/healthz").status_code == 200
    db.session().rollback()
    if db.database.engine.dialect.name == "postgresql":
        with request.getfixturevalue("cluster").admin() as connection:
            ended = connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s",
                [db.database.engine.url.database],
            ).fetchall()
        assert ended

    assert client.get("/healthz").status_code == 200


@pytest.mark.both_engines
def test_what_was_begun_to_write_is_gone_on_with_once_and_holds_nobody_up(app):
    db.begin_to_write()
    begun = db.session().connection().connection.driver_connection
    with db.database.engine.begin() as another:
        another.execute(insert(Failure), {"key": "k", "minute": NOW.replace(second=0), "failures": 1})

    with db.transaction() as current:
        assert throttle.is_blocked(current, "k", NOW, limit=1)
        if current.get_bind().dialect.name == "postgresql":
            assert current.connection().connection.driver_connection is begun

    with db.transaction() as current:
        throttle.record_failure(current, "other", NOW)
        current.rollback()
    assert not throttle.is_blocked(db.reading(), "other", NOW, limit=1)


def test_a_transaction_that_follows_reading_can_still_be_taken_back(app):
    db.reading().execute(text("SELECT 1"))

    with db.transaction() as current:
        throttle.record_failure(current, "k", NOW)
        current.rollback()

    assert not throttle.is_blocked(db.reading(), "k", NOW, limit=1)


def test_a_database_that_is_away_is_a_fault_and_no_page_of_ours_crashes(client, database_away):
    with database_away():
        health, page = client.get("/healthz"), client.get("/g/abc")

    assert (health.status_code, page.status_code) == (503, 503)
    assert "Retry-After" in page.headers
    assert client.get("/healthz").status_code == 200
