"""An older database is recognised at every door, and accepted by one act that says what it means."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, select

from survey_app import audit, db, doors, jobs, keys, witness
from survey_app.audit import AuditEvent
from survey_app.collecting.models import SpentCode
from survey_app.fieldwork.models import State

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)


@pytest.fixture
def run(app):
    """A command of the installation under test."""
    return lambda *arguments: app.test_cli_runner().invoke(args=list(arguments))


@pytest.fixture
def answered(client, commune, survey, hand_out, submission):
    """A survey in which two households have answered, as the minute job has noted outside of the database."""
    for code in hand_out(survey, commune.villages["Phung"], 2):
        assert client.post("/api/v1/submissions", json=submission(code=code)).status_code == 201
    jobs.run_due(datetime.now(UTC))
    return survey


def restore(app, survey_id, spent=0):
    """What yesterday's backup would bring back: fewer codes are spent."""
    with db.transaction() as current:
        macs = current.scalars(select(SpentCode.code_mac).where(SpentCode.survey_id == survey_id)).all()
        gone = SpentCode.code_mac.in_(macs[spent:])
        current.execute(delete(SpentCode).where(SpentCode.survey_id == survey_id, gone))
    ask_again(app)


def ask_again(app):
    """The next request finds a minute over."""
    app.extensions["doors"]["until"] = 0.0


def file():
    return keys.store().folder / "witness.json"


def test_a_database_that_went_on_opens_every_door(app, client, answered, run):
    ask_again(app)

    assert client.get("/").status_code == 200
    assert run("fieldwork", "progress", "--survey", answered.id).exit_code == 0
    assert json.loads(file().read_text("utf-8"))["spent"] == {answered.id: 2}


def test_a_restored_database_is_refused_by_start_requests_commands_and_jobs(app, client, answered, run):
    restore(app, answered.id, spent=1)

    health, page = client.get("/healthz"), client.get("/k")
    command, start = run("fieldwork", "progress", "--survey", answered.id), run("audit", "may-start")

    assert (health.status_code, page.status_code) == (503, 503)
    assert "older backup" in health.json["reasons"][0]
    assert (command.exit_code, start.exit_code) == (1, 1)
    assert "ops accept-restored" in command.stderr
    assert "bản sao lưu cũ" in command.stderr
    assert "older backup" not in command.stderr
    with pytest.raises(doors.NotSound):
        jobs.run_due(NOW)
    assert json.loads(file().read_text("utf-8"))["spent"] == {answered.id: 2}


def test_a_code_that_was_used_is_not_taken_again_by_an_older_database(
    app, client, commune, survey, hand_out, submission
):
    [code] = hand_out(survey, commune.villages["Phung"])
    client.post("/api/v1/submissions", json=submission(code=code))
    jobs.run_due(datetime.now(UTC))
    restore(app, survey.id)

    again = client.post("/api/v1/submissions", json=submission(code=code))

    assert (again.status_code, again.json["keep"]) == (503, True)


def test_a_database_with_fewer_acts_is_older_though_no_code_is_missing(app, client, answered):
    noted = json.loads(file().read_text("utf-8"))
    file().write_text(json.dumps(noted | {"acts": noted["acts"] + 1}), "utf-8")
    ask_again(app)

    assert client.get("/k").status_code == 503


@pytest.mark.parametrize("damage", [lambda: file().unlink(), lambda: file().write_text("{", "utf-8")])
def test_a_witness_that_is_gone_or_unreadable_is_no_consent(app, client, answered, run, damage):
    damage()
    ask_again(app)

    assert client.get("/k").status_code == 503
    assert run("ops", "accept-restored", "--reason", "a new machine").exit_code == 0
    ask_again(app)
    assert client.get("/k").status_code == 200


def test_who_accepts_a_restored_database_learns_what_is_lost_and_the_log_says_who_and_why(
    app, client, answered, run
):
    restore(app, answered.id)

    accepted = run("ops", "accept-restored", "--reason", "the disk broke")
    ask_again(app)

    assert accepted.exit_code == 0
    assert f"{answered.id}: mất ít nhất 2 câu trả lời" in accepted.stdout
    assert client.get("/k").status_code == 200
    [told] = db.session().scalars(select(AuditEvent.details).where(AuditEvent.act == "ops.accept_restored"))
    assert (told["reason"], told["codes_again"]) == ("the disk broke", {answered.id: 2})


def test_a_blank_reason_is_none(answered, run):
    accepted = run("ops", "accept-restored", "--reason", " ")
    renewed = run("keys", "renew", "signing", "--reason", " ")

    assert (accepted.exit_code, renewed.exit_code) == (2, 2)


def test_there_is_nothing_to_accept_in_the_newest_database(answered, run):
    said = json.loads(run("ops", "accept-restored", "--reason", "to be sure", "--json").stdout)

    assert said == {"accepted": False}
    assert db.session().scalar(select(AuditEvent.id).where(AuditEvent.act == "ops.accept_restored")) is None


def test_a_seal_notes_at_once_how_far_the_database_has_come(answered, run):
    run("results", "close", "--survey", answered.id)

    noted = json.loads(file().read_text("utf-8"))

    assert (noted["acts"], noted["digest"]) == audit.head(db.session())


def test_sealing_spends_and_frees_no_code(app, client, answered, move_on):
    move_on(answered, State.SEALED)
    ask_again(app)

    assert witness.gap(db.session(), keys.store()) is None
    assert client.get("/").status_code == 200


def test_no_archive_of_the_keys_holds_the_witness(answered, run, tmp_path):
    listed = json.loads(run("keys", "backup", "--out", str(tmp_path / "keys.tar"), "--json").stdout)

    assert listed["keys"] == 3  # session secret, signing key, one pepper
