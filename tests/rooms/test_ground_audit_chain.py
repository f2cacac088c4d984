"""The audit log: append-only, chained, and refusing every change on both databases."""

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError

from survey_app import audit, db
from survey_app.audit import OPERATOR, AuditEvent

pytestmark = pytest.mark.both_engines

NOW = datetime(2026, 6, 1, 2, 0, 0, 123456, tzinfo=UTC)


def note(*acts, subject="survey:0A7", **details):
    with db.transaction() as current:
        for act in acts:
            audit.record(current, OPERATOR, act, subject, at=NOW, **details)


def fresh():
    current = db.session()
    current.rollback()
    return current


def tamper(statement):
    """Do what only the owner of the database could: remove the triggers, change a row, put them back."""
    dialect = db.database.engine.dialect.name
    with db.transaction() as current:
        for line in audit.TRIGGERS.drop(dialect):
            current.execute(text(line))
        assert current.connection().execute(text(statement)).rowcount == 1
        for line in audit.TRIGGERS.create(dialect):
            current.execute(text(line))


def test_every_act_names_the_digest_of_the_act_before_it(app):
    note("fieldwork.draft", "fieldwork.change", reason="Sửa tên", unit=3, before=None, sure=True)
    note("fieldwork.publish")

    events = fresh().scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    assert [event.id for event in events] == [1, 2, 3]
    assert [event.previous for event in events] == [audit.BEGINNING, events[0].digest, events[1].digest]
    assert audit.head(fresh()) == (3, events[2].digest)
    assert audit.verify(fresh()) is None


def test_an_empty_log_holds(app):
    assert audit.verify(db.session()) is None
    assert audit.head(db.session()) == (0, audit.BEGINNING)


def test_an_act_that_was_rolled_back_is_not_in_the_log_and_leaves_no_gap(app):
    note("fieldwork.draft")
    with db.transaction() as current:
        audit.record(current, OPERATOR, "fieldwork.publish", "survey:0A7", at=NOW)
        current.rollback()
    note("fieldwork.change")

    found = fresh().execute(select(AuditEvent.id, AuditEvent.act).order_by(AuditEvent.id)).all()
    assert [tuple(row) for row in found] == [(1, "fieldwork.draft"), (2, "fieldwork.change")]
    assert audit.verify(fresh()) is None


def test_an_act_cannot_be_noted_inside_a_savepoint(app):
    with pytest.raises(RuntimeError, match="savepoint"), db.transaction() as current, current.begin_nested():
        audit.record(current, OPERATOR, "fieldwork.publish", "survey:0A7", at=NOW)


def test_a_savepoint_that_ends_does_not_append_what_the_transaction_noted(app):
    with db.transaction() as current:
        audit.record(current, OPERATOR, "fieldwork.draft", "survey:0A7", at=NOW)
        with current.begin_nested():
            pass
        audit.record(current, OPERATOR, "fieldwork.publish", "survey:0A7", at=NOW)

    assert audit.head(fresh())[0] == 2
    assert audit.verify(fresh()) is None


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_events SET act = 'x'",
        "DELETE FROM audit_events",
        "UPDATE audit_events SET digest = previous",
    ],
)
def test_the_database_refuses_to_change_the_log(app, change):
    note("fieldwork.draft")

    with pytest.raises(DBAPIError, match="audit log never changes"), db.transaction() as current:
        current.execute(text(change))


def test_postgresql_refuses_to_empty_the_log(app):
    if db.database.engine.dialect.name == "sqlite":
        return

    with pytest.raises(DBAPIError, match="audit log never changes"), db.transaction() as current:
        current.execute(text("TRUNCATE audit_events"))


def test_the_triggers_in_the_database_are_those_of_the_module(app):
    sqlite = db.database.engine.dialect.name == "sqlite"
    catalogue = (
        "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_events' ORDER BY name DESC"
        if sqlite
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = 'audit_events'::regclass"
    )

    found = tuple(db.session().scalars(text(catalogue)))

    assert found == (audit.TRIGGERS.create("sqlite") if sqlite else ("audit_events_never_change",))
    assert "audit_events" in inspect(db.database.engine).get_table_names()


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        ("UPDATE audit_events SET act = 'fieldwork.annul' WHERE id = 2", 2),
        ("UPDATE audit_events SET actor = 'user:9' WHERE id = 1", 1),
        ("DELETE FROM audit_events WHERE id = 2", 2),
        ("DELETE FROM audit_events WHERE id = 3", 3),
        ("UPDATE audit_chain SET length = 5", 4),
    ],
    ids=["act", "actor", "one taken out", "the last taken away", "the count"],
)
def test_verify_names_the_first_act_that_was_changed_or_is_missing(app, change, broken):
    note("fieldwork.draft", "fieldwork.change", "fieldwork.publish")

    tamper(change)

    assert audit.verify(fresh()) == broken


def test_a_digest_kept_outside_shows_that_an_older_backup_was_restored(app):
    note("fieldwork.draft")
    _number, kept = audit.head(fresh())
    note("fieldwork.publish")
    _number, newest = audit.head(fresh())

    tamper("DELETE FROM audit_events WHERE id = 2")
    tamper("UPDATE audit_chain SET length = 1")

    assert audit.verify(fresh()) is None
    assert audit.holds(fresh(), kept)
    assert not audit.holds(fresh(), newest)


def test_many_who_append_at_once_make_one_chain(app):
    failed = []

    def work():
        with app.app_context():
            try:
                for _time in range(8):
                    note("fieldwork.change")
            except Exception as error:  # the assertion below shows it
                failed.append(error)
            finally:
                db.session().close()

    threads = [threading.Thread(target=work) for _one in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert audit.head(fresh())[0] == 48
    assert audit.verify(fresh()) is None


def flask(app, *args):
    reply = app.test_cli_runner().invoke(args=["audit", *args])
    return reply.exit_code, reply.output


def test_the_command_prints_the_digest_to_keep_outside(app):
    note("fieldwork.draft")

    code, output = flask(app, "head", "--json")

    number, digest = audit.head(fresh())
    assert (code, json.loads(output)) == (0, {"acts": number, "digest": digest})


def test_the_command_checks_the_chain_and_the_digest_kept_outside(app):
    note("fieldwork.draft", "fieldwork.publish")
    _number, kept = audit.head(fresh())

    assert flask(app, "verify", "--head", kept.upper())[0] == 0
    assert flask(app, "verify", "--head", "f" * 64)[0] == 1
    assert flask(app, "verify")[0] == 0


def test_the_command_names_the_act_that_was_changed_and_exits_1(app):
    note("fieldwork.draft", "fieldwork.publish")
    tamper("UPDATE audit_events SET actor = 'user:1' WHERE id = 2")

    code, output = flask(app, "verify")

    assert code == 1
    assert "2" in output


@pytest.fixture
def kept(app, tmp_path):
    """The file of another holder, as configured here; called, it takes the present head."""
    file = tmp_path / "elsewhere" / "head.json"
    file.parent.mkdir()
    app.extensions["settings"] = replace(app.extensions["settings"], audit_head_file=file)

    def take(**changes):
        printed = json.loads(app.test_cli_runner().invoke(args=["audit", "head", "--json"]).stdout)
        file.write_text(json.dumps(printed | changes), "utf-8")

    return take


def start(app):
    return app.test_cli_runner().invoke(args=["audit", "may-start"])


def test_a_log_that_went_on_since_its_head_was_taken_outside_is_healthy(app, client, kept):
    kept()
    note("fieldwork.draft")
    kept()
    note("fieldwork.change")

    health = client.get("/healthz")

    assert (health.status_code, health.json) == (200, {"status": "ok"})
    assert start(app).exit_code == 0


@pytest.mark.parametrize(
    "outside", [{"acts": 2}, {"digest": "ab" * 32}], ids=["the head is newer", "the head tells another act"]
)
def test_a_rolled_back_or_changed_log_is_not_healthy_and_does_not_start(app, client, kept, outside):
    note("fieldwork.draft")
    kept(**outside)

    health, started = client.get("/healthz"), start(app)

    assert health.status_code == 503
    assert "known outside" in health.json["reasons"][0]
    assert (started.exit_code, "bên ngoài đã biết" in started.stderr) == (1, True)
    assert app.test_cli_runner().invoke(args=["audit", "verify"]).exit_code == 1


def test_a_head_that_cannot_be_read_is_a_warning_and_stops_no_survey(app, client, kept):
    health = client.get("/healthz")

    assert health.status_code == 200
    assert health.json["warnings"] == [
        "the head of the audit log kept outside cannot be read (FileNotFoundError)"
    ]
    assert start(app).exit_code == 0
