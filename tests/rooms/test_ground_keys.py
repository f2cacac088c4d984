"""The keys of the service: made by one act, known to the database, and asked for at every door."""

import json
import shutil
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import flask_migrate
import pytest
from sqlalchemy import select, text

from survey_app import command_line, db, doors, jobs, key_marks, keys
from survey_app.audit import AuditEvent
from survey_app.fieldwork.models import State, Survey
from survey_app.fieldwork.queries import surveys_without_pepper
from tests import verifying
from tests.conftest import make_app

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
PROJECT = Path(__file__).parents[2]
ANSWERS = {"_step": "send"}


@pytest.fixture
def run(app):
    """A command of the installation under test."""
    return lambda *arguments: app.test_cli_runner().invoke(args=list(arguments))


@pytest.fixture
def bare(tmp_path, database_url):
    """A new installation: migrated, and without any key."""
    made = make_app(tmp_path, database_url)
    folder = made.extensions["keys"].folder
    with made.app_context():
        shutil.rmtree(folder)
        with db.transaction() as current:
            current.execute(text("DELETE FROM key_marks"))
        yield made
        db.session().close()
        db.database.engine.dispose()


def lose(name):
    (keys.store().folder / name).unlink()


def exchange(name):
    lose(name)
    keys.store().create(name)


def acts(name):
    return list(db.session().scalars(select(AuditEvent.details).where(AuditEvent.act == name)))


# Making


def test_keys_are_made_once_and_stand_in_the_log(bare):
    first = bare.test_cli_runner().invoke(args=["keys", "create", "--json"])
    made = {name: keys.store().mark(name) for name in key_marks.NAMES}
    second = bare.test_cli_runner().invoke(args=["keys", "create", "--json"])

    assert json.loads(first.stdout)["made"] == ["signing", "session"]
    assert json.loads(second.stdout)["made"] == []
    assert {name: keys.store().mark(name) for name in key_marks.NAMES} == made
    assert key_marks.faults(db.session(), keys.store()) == ()
    assert len(acts("keys.create")) == 1


def test_a_new_installation_without_keys_says_how_they_are_made_and_makes_none(bare):
    page, command = bare.test_client().get("/"), bare.test_cli_runner().invoke(args=["authoring", "list"])

    assert page.status_code == 503
    assert (command.exit_code, "keys create" in command.stderr) == (1, True)
    assert not keys.store().folder.exists()


def test_keys_that_are_there_before_the_database_knows_them_are_written_down(bare):
    for name in key_marks.NAMES:
        keys.store().create(name)
    before = keys.store().mark("signing")

    bare.test_cli_runner().invoke(args=["keys", "create"])

    assert (keys.store().mark("signing"), key_marks.faults(db.session(), keys.store())) == (before, ())


@pytest.mark.parametrize("harm", [lose, exchange])
@pytest.mark.parametrize("name", key_marks.NAMES)
def test_a_key_that_was_lost_is_never_made_again_by_creating(run, name, harm):
    harm(name)
    found = keys.store().mark(name)

    refused = run("keys", "create")

    assert (refused.exit_code, "keys backup" in refused.stderr) == (1, True)
    assert keys.store().mark(name) == found


def test_an_upgrade_writes_down_what_it_finds(app, survey):
    db.session().rollback()  # PostgreSQL changes no table that a transaction still reads
    flask_migrate.downgrade(revision="0017")

    flask_migrate.upgrade()

    assert key_marks.faults(db.session(), keys.store()) == ()
    assert db.session().get_one(Survey, survey.id).pepper_mark == keys.store().ensure_pepper(survey.id)


# Doors


@pytest.fixture(params=[lose, exchange])
def unsound(request, app):
    """An installation whose signing key is gone, or another one."""
    request.param("signing")
    return app


def test_no_request_is_served_without_the_right_keys(unsound, client):
    health, page, machine = (
        client.get("/healthz"),
        client.get("/"),
        client.post("/api/v1/submissions", json={}),
    )

    assert (health.status_code, page.status_code, machine.status_code) == (503, 503, 503)
    assert health.json["reasons"][0].startswith("signing key ")
    assert machine.json["keep"] is True
    assert str(keys.store().folder) not in health.text + page.text + machine.text


def test_a_villager_keeps_the_typed_answer_while_keys_are_wrong(slip, unsound, client):
    kept = client.post(f"/k/{slip}", data={"q1": "satisfied", **ANSWERS})

    assert (kept.status_code, 'value="satisfied"' in kept.text) == (503, True)


def test_no_command_works_without_the_right_keys_but_those_that_repair(unsound, run):
    refused = run("results", "verify", "--survey", "0001")

    assert (refused.exit_code, "signing" in refused.stderr) == (1, True)
    assert run("audit", "head").exit_code == 0
    assert run("audit", "may-start").exit_code == 1


def test_every_command_is_guarded_but_for_those_that_repair(app):
    free = {
        name
        for name, command in command_line.named_leaves(app.cli)
        if not getattr(command.callback, "guarded", False)
    }

    assert free == doors.REPAIRING


def test_no_job_runs_without_the_right_keys(unsound):
    ran = []
    jobs.register(unsound, "probe", ran.append)

    with pytest.raises(doors.NotSound):
        jobs.run_due(NOW)

    assert ran == []


def test_a_running_server_notices_within_a_minute_that_its_keys_were_exchanged(app, client):
    assert client.get("/").status_code == 200
    exchange("session")
    app.extensions["doors"]["until"] = 0.0

    assert client.get("/").status_code == 503


def test_keys_that_were_put_back_open_the_doors_again(app, client, tmp_path):
    kept = tmp_path / "kept"
    shutil.move(keys.store().folder / "signing", kept)
    assert client.get("/").status_code == 503
    shutil.move(kept, keys.store().folder / "signing")
    app.extensions["doors"]["until"] = 0.0

    assert client.get("/").status_code == 200


def test_the_web_server_does_not_start_without_the_right_keys(app, database_url, tmp_path):
    lose("signing")
    environment = {"SURVEY_INSTANCE": str(tmp_path / "instance"), "DATABASE_URL": database_url,
                   "KEY_DIR": str(keys.store().folder), "PATH": "/usr/bin:/bin"}  # fmt: skip
    server = [
        sys.executable,
        "-m",
        "gunicorn",
        "--config",
        "gunicorn.conf.py",
        "--bind",
        f"unix:{tmp_path}/web.sock",
    ]

    done = subprocess.run(
        [*server, "wsgi:app"],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )

    assert done.returncode != 0
    assert "keys renew signing" in done.stderr


# Renewing


def test_a_key_is_renewed_only_where_none_lies(run):
    refused = run("keys", "renew", "session", "--reason", "seen by somebody")
    lose("session")
    renewed = run("keys", "renew", "session", "--reason", "seen by somebody")

    assert (refused.exit_code, renewed.exit_code) == (1, 0)
    assert key_marks.faults(db.session(), keys.store()) == ()
    assert acts("keys.renew")[0]["reason"] == "seen by somebody"


def test_what_an_earlier_key_signed_is_still_checked_after_it_was_renewed(run, survey, move_on):
    sealed = move_on(survey, State.SEALED)
    lose("signing")
    run("keys", "renew", "signing", "--reason", "the disk broke")

    checked = run("results", "verify", "--survey", sealed.id, "--json")

    assert json.loads(checked.stdout)["equal"] is True


@pytest.mark.usefixtures("undrawn")
def test_a_set_of_before_names_the_key_that_signed_it_and_the_server_publishes_both(
    run, client, survey, move_on, tmp_path
):
    earlier = keys.store().mark("signing")
    sealed = move_on(survey, State.SEALED)
    lose("signing")
    run("keys", "renew", "signing", "--reason", "the disk broke")
    newer = keys.store().mark("signing")

    found = client.get(f"/ket-qua/{sealed.id}/du-lieu.json").json
    page = client.get("/ket-qua/khoa").text
    (tmp_path / "set.json").write_text(json.dumps(found), encoding="utf-8")
    told = verifying.command(tmp_path / "set.json", "--key", earlier)

    assert earlier != newer
    assert (found["seal"]["public_key"], found["seal"]["key_id"]) == (earlier, earlier[:16])
    assert told.status == 0
    assert f"số hiệu khóa: {earlier[:16]}" in told.stdout
    assert page.index(newer) < page.index(earlier)
    assert run("reporting", "pack", "--survey", sealed.id, "--out", str(tmp_path / "pack.zip")).exit_code == 0
    with zipfile.ZipFile(tmp_path / "pack.zip") as pack:
        assert earlier[:16] in pack.read("DOC-TRUOC.txt").decode()
        assert json.loads(pack.read(f"05-bo-cong-khai-{sealed.id}.json"))["seal"]["public_key"] == earlier


# Peppers


def put_another_pepper(survey_id):
    file: Path = keys.store().folder / "peppers" / survey_id
    file.write_bytes(b"another pepper of thirty-two byt")


def test_another_pepper_in_its_place_stops_its_own_survey_alone(
    client, survey, slip, make_survey, make_commune
):
    other = make_survey(make_commune("98002", "Khác", Lim=4))
    put_another_pepper(survey.id)

    looked, sent = client.get(f"/k/{slip}"), client.post(f"/k/{slip}", data=ANSWERS)

    assert (looked.status_code, sent.status_code) == (503, 503)
    assert surveys_without_pepper(db.session(), keys.store()) == (survey.id,)
    assert client.get("/k").status_code == 200
    assert doors.obstacles(db.session()) == ()
    assert keys.store().pepper(other.id, db.session().get_one(Survey, other.id).pepper_mark)
