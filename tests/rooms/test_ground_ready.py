"""`/ready`, hosts, and commits that no standby confirmed."""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from survey_app import audit, db, jobs, standby
from survey_app.collecting.models import Response

ELSEWHERE = {"environ_overrides": {"REMOTE_ADDR": "203.0.113.7"}}


def change(app, **changes):
    app.extensions["settings"] = replace(app.extensions["settings"], **changes)


@pytest.fixture
def running(app):
    """An installation whose minute job has just run."""
    jobs.run_due(datetime.now(UTC))
    return app


@pytest.mark.both_engines
def test_an_installation_whose_minute_job_runs_is_ready_and_says_how_old_things_are(running, client):
    reply = client.get("/ready")

    assert (reply.status_code, reply.json["reasons"]) == (200, [])
    assert reply.json["free_bytes"] > 0
    assert reply.json["tick_seconds"] < 60
    assert reply.json["job_seconds"]["witness"] < 60
    assert reply.json["backup_seconds"] is None


def test_a_minute_job_that_does_not_run_is_not_ready(app, client):
    assert client.get("/ready").json["reasons"] == ["the minute job does not run"]


def test_a_job_that_only_fails_is_named(app, client):
    def fail(_now):
        raise RuntimeError

    jobs.register(app, "probe", fail)
    jobs.run_due(datetime.now(UTC))

    assert client.get("/ready").json["reasons"] == ["job probe does not work"]


def test_a_folder_that_takes_no_file_is_not_ready(running, client):
    change(running, instance=running.extensions["settings"].instance / "gone")

    reply = client.get("/ready")

    assert reply.status_code == 503
    assert reply.json["reasons"][0].startswith("a folder cannot be written")


@pytest.mark.both_engines
def test_a_database_that_takes_no_row_is_not_ready(running, client, database_away):
    with database_away():
        reply = client.get("/ready")

    assert (reply.status_code, reply.json["reasons"]) == (503, ["database unreachable"])


def long_ago(app):
    """An installation that has had something to lose for three days."""
    with db.transaction() as current:
        audit.record(current, "operator", "keys.backup", "keys", at=datetime.now(UTC) - timedelta(days=3))
    return app.extensions["settings"].instance / "last-backup"


NO_BACKUP = "no backup in the last two days"


@pytest.mark.parametrize(
    "written", [None, "", "yesterday", "{:%Y-%m-%dT%H:%M:%S}", "{later:%Y-%m-%dT%H:%M:%SZ}"]
)
def test_copied_keys_are_no_backup_unless_the_script_came_to_its_end(running, client, written):
    mark, now = long_ago(running), datetime.now(UTC)
    with db.transaction() as current:
        audit.record(current, "operator", "keys.backup", "keys", at=now)
    if written is not None:
        mark.write_text(written.format(now, later=now + timedelta(days=60)), encoding="ascii")

    reply = client.get("/ready")

    assert (reply.status_code, reply.json["reasons"], reply.json["backup_seconds"]) == (
        503,
        [NO_BACKUP],
        None,
    )


def test_the_mark_of_the_script_tells_how_old_the_last_backup_is(running, client):
    mark, now = long_ago(running), datetime.now(UTC)
    mark.write_text(f"{now - timedelta(hours=47):%Y-%m-%dT%H:%M:%SZ}\n", encoding="ascii")
    fresh = client.get("/ready")
    mark.write_text(f"{now - timedelta(hours=49):%Y-%m-%dT%H:%M:%SZ}\n", encoding="ascii")
    old = client.get("/ready")

    assert (fresh.status_code, fresh.json["backup_seconds"] // 3600) == (200, 47)
    assert (old.status_code, old.json["reasons"]) == (503, [NO_BACKUP])


def test_only_this_machine_or_the_token_may_ask(running, client):
    change(running, ready_token="a-long-token")
    token = {"Authorization": "Bearer a-long-token"}

    assert client.get("/ready", **ELSEWHERE).status_code == 403
    assert client.get("/ready", headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 403
    assert client.get("/ready", headers={"Authorization": "Bearer other"}).status_code == 403
    assert client.get("/ready", headers=token, **ELSEWHERE).status_code == 200
    assert client.get("/healthz", **ELSEWHERE).status_code == 200


def test_the_command_says_what_the_page_says(running):
    done = running.test_cli_runner().invoke(args=["ops", "check", "--json"])

    assert done.exit_code == 0
    assert json.loads(done.stdout)["status"] == "ok"


@pytest.mark.parametrize("path", ["/can-bo", "/k/", "/nothing", "/"])
def test_another_host_is_refused_before_any_redirect(client, path):
    reply = client.get(path, base_url="http://evil.example")

    assert (reply.status_code, reply.location) == (400, None)


def test_the_host_of_the_survey_and_this_machine_are_served(client):
    assert client.get("/", base_url="http://khaosat.example.vn").status_code == 200
    assert client.get("/healthz", base_url="http://127.0.0.1:8000").status_code == 200


@pytest.fixture
def standby_gone(app, request):
    """A primary that waits for a standby that is not there."""
    if db.database.engine.dialect.name != "postgresql":
        return
    db.session().close()
    db.database.engine.dispose()
    cluster = request.getfixturevalue("cluster")
    with cluster.admin() as admin:
        admin.execute("SET synchronous_commit = local")
        admin.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        _reload(cluster, admin, "nobody")
        yield
        admin.execute("ALTER SYSTEM RESET synchronous_standby_names")
        _reload(cluster, admin, "")


def _reload(cluster, admin, expected):
    """Until the next connection finds the setting."""
    admin.execute("SELECT pg_reload_conf()")
    while True:
        with cluster.admin() as another:
            if another.execute("SHOW synchronous_standby_names").fetchone() == (expected,):
                return
        time.sleep(0.05)


@pytest.mark.both_engines
def test_an_answer_that_no_standby_confirmed_is_kept_by_the_phone_and_stored_once(
    client, make_commune, make_survey, hand_out, submission, request, monkeypatch
):
    commune = make_commune()
    survey = make_survey(commune)
    [code] = hand_out(survey, commune.villages["Phung"])
    if db.database.engine.dialect.name != "postgresql":
        return  # the embedded database has no standby
    monkeypatch.setattr(standby, "LONGEST_WAIT", 1)
    body = submission(code=code)
    request.getfixturevalue("standby_gone")

    first = client.post("/api/v1/submissions", json=body)
    again = client.post("/api/v1/submissions", json=body)

    assert [(reply.status_code, reply.json["keep"]) for reply in (first, again)] == [(503, True)] * 2
    assert len(db.session().scalars(select(Response.id)).all()) == 1
