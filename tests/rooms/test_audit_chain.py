"""The audit log: append-only, chained, and refusing every change on both databases."""

import ast
import json
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError

import survey_app
from survey_app import audit, db
from survey_app.access import Role
from survey_app.accounts.wording import ACTS
from survey_app.audit import OPERATOR, AuditEvent
from survey_app.fieldwork.models import State
from tests.pages import Page

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
        for line in audit.drop_triggers(dialect):
            current.execute(text(line))
        assert current.connection().execute(text(statement)).rowcount == 1
        for line in audit.create_triggers(dialect):
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

    assert found == (audit.create_triggers("sqlite") if sqlite else ("audit_events_never_change",))
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
def read(sign_in, commune):
    """The audit log as a person of that role on that unit sees it."""

    def log(role, unit=None, **query):
        return sign_in(role, unit or commune.province).get("/can-bo/nhat-ky", query_string=query)

    return log


@pytest.fixture
def commune(make_commune):
    return make_commune()


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.PROVINCE, Role.FRONT_PROVINCE])
def test_the_province_reads_who_did_what(read, commune, make_survey, role):
    survey = make_survey(commune)

    page = read(role)

    assert page.status_code == 200
    assert "Công bố đợt lấy ý kiến" in page.text
    assert survey.id in page.text


@pytest.mark.parametrize("role", [Role.COMMUNE, Role.FRONT_COMMUNE, Role.CLERK, Role.VIEWER])
def test_others_may_not_read_the_audit_log(read, commune, role):
    assert read(role, commune.unit).status_code == 403


def test_an_auditor_of_one_commune_does_not_read_the_acts_of_another(
    read, commune, make_commune, make_survey
):
    other = make_commune("98002", "Khác", Lim=4)
    mine, theirs = make_survey(commune), make_survey(other)

    text_seen = read(Role.AUDITOR, commune.unit).text

    assert f"đợt {mine.id}" in text_seen
    assert f"đợt {theirs.id}" not in text_seen


def test_a_discarded_draft_stays_in_the_log_of_the_people_who_discarded_it(
    read, commune, make_survey, sign_in
):
    survey = make_survey(commune, State.DRAFT)
    client = sign_in(Role.COMMUNE, commune.unit)
    form = next(
        form
        for form in Page(client.get(f"/can-bo/dot/{survey.id}").text).forms
        if form.action.endswith("/bo")
    )
    client.post(form.action, data=form.data())

    assert f"đợt {survey.id}" in read(Role.AUDITOR, commune.unit, viec="fieldwork.discard").text


def acts_on(page):
    """How many acts a page lists, apart from the menus around them."""
    return page.partition("<main")[2].partition("</main>")[0].count("<li>")


def test_the_log_is_filtered_by_act_and_by_day(read, commune, make_survey):
    make_survey(commune)
    note("fieldwork.shorten", subject=f"unit:{commune.unit.id}")

    by_act = read(Role.AUDITOR, viec="fieldwork.shorten").text
    by_day = read(Role.AUDITOR, ngay="2026-06-01").text
    other_day = read(Role.AUDITOR, ngay="02/06/2026")

    assert acts_on(by_act) == acts_on(by_day) == 1
    assert (other_day.status_code, acts_on(other_day.text)) == (200, 0)


def test_a_day_that_is_none_is_refused_in_words(read):
    assert read(Role.AUDITOR, ngay="tomorrow").status_code == 422


def test_a_long_log_is_read_in_pages(read, commune):
    note(*["fieldwork.change"] * 70, subject=f"unit:{commune.unit.id}")
    first = read(Role.AUDITOR, viec="fieldwork.change")

    older = next(link["href"] for link in Page(first.text).all("a") if "truoc=" in link["href"])
    second = read(Role.AUDITOR, **dict(pair.split("=") for pair in older.partition("?")[2].split("&")))

    assert (acts_on(first.text), acts_on(second.text)) == (50, 20)
    assert read(Role.AUDITOR, truoc=10**30).status_code == 200


def test_words_of_the_program_are_told_in_the_words_of_a_reader(read, commune):
    here = f"unit:{commune.unit.id}"
    note("results.exact", subject=here, form="paper_draw")
    note("accounts.suspected", subject=here, suspicion="guessing", tables=["a", "b"])

    told = read(Role.AUDITOR).text

    assert "trang phiếu giấy được rút" in told
    assert "dò mã phiếu" in told
    assert "a, b" in told
    assert not [word for word in ("paper_draw", "suspicion:", "guessing", "[&#34;") if word in told]


def test_every_act_that_a_room_records_has_words():
    recorded = {
        argument.value
        for file in Path(survey_app.__path__[0]).rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "audit.record"
        for argument in call.args[2:3]
        if isinstance(argument, ast.Constant)
    }

    assert {"fieldwork.publish", "results.seal"} <= recorded <= ACTS.keys()


# The head kept outside


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
    assert (started.exit_code, "known outside" in started.stderr) == (1, True)
    assert app.test_cli_runner().invoke(args=["audit", "verify"]).exit_code == 1


def test_a_head_that_cannot_be_read_is_a_warning_and_stops_no_survey(app, client, kept):
    health = client.get("/healthz")

    assert health.status_code == 200
    assert health.json["warnings"] == [
        "the head of the audit log kept outside cannot be read (FileNotFoundError)"
    ]
    assert start(app).exit_code == 0
