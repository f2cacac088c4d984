"""The two sets of a sealed survey: who gets which, what each holds and withholds, and that the verifier accepts both."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from survey_app import audit, db, keys
from survey_app.access import Role
from survey_app.audit import AuditEvent
from survey_app.collecting import leaves
from survey_app.fieldwork.models import Channel, Purpose, State, Survey
from survey_app.privacy import retention
from survey_app.questions.instrument import DISSATISFIED, SATISFIED
from survey_app.sealing import schedule
from survey_app.sealing.models import Seal
from tests import verifying

PROJECT = Path(__file__).parents[3]
NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
HAPPY = {"roads": SATISFIED, "water": SATISFIED, "overall": SATISFIED}
UNHAPPY = {"roads": DISSATISFIED, "water": DISSATISFIED, "overall": DISSATISFIED}
PUBLIC = "/ket-qua/0001/du-lieu.json"
AUDITOR = "/can-bo/dot/0001/bo-kiem-toan.json"


@pytest.fixture
def sealed(surveys):
    """Three villages with every sort of answer: blank, with a text, with an unscored choice, on paper."""
    surveys.make(households={"Một": 40, "Hai": 30, "Ba": 5})
    surveys.answer("0001", "Một", HAPPY | {"who": "head"}, times=22)
    surveys.answer("0001", "Một", UNHAPPY | {"who": "other", "remarks": "Đường còn lầy."}, times=4)
    surveys.answer("0001", "Hai", HAPPY, times=11, channel=Channel.PAPER_ENTRY)
    surveys.answer("0001", "Hai", {}, channel=Channel.PAPER_ENTRY)
    surveys.seal()
    return surveys


def verify(found: dict[str, Any], folder: Path, *options: str) -> tuple[int, dict[str, str]]:
    """What the stand-alone command says of a set: its exit status, and the status of each check."""
    told = verifying.verify(found, folder, *options)
    return told.status, {check: status for check, (status, _where) in told.outcomes.items()}


def public_key() -> str:
    return keys.store().signing_key().public_key().public_bytes_raw().hex()


def test_the_verifier_accepts_the_public_set_in_every_check_it_promises(client, sealed, tmp_path):
    found = client.get(PUBLIC).json
    receipt = leaves.receipt("0001", found["leaves"][3])

    status, outcomes = verify(
        found, tmp_path, "--key", public_key(), "--paper-digest", found["seal"]["digest"][:20],
        "--receipt", receipt, "--previous", str(tmp_path / "set.json"),
    )  # fmt: skip

    assert status == 0
    assert {check for check, said in outcomes.items() if said == "ok"} == set(found["checks"])


def test_the_verifier_accepts_the_auditor_set_in_every_check(app, client, sealed, tmp_path):
    sealed.sign_in(app, Role.AUDITOR)
    found = client.get(AUDITOR).json

    status, outcomes = verify(
        found, tmp_path, "--key", public_key(), "--paper-digest", found["seal"]["digest"][:20],
        "--receipt", found["leaves"][3], "--previous", str(tmp_path / "set.json"),
    )  # fmt: skip

    assert status == 0
    assert set(outcomes.values()) == {"ok"}
    assert set(found["checks"]) == outcomes.keys()


def test_an_act_changed_in_the_database_fails_in_the_verifier(app, client, sealed, tmp_path):
    with db.database.engine.begin() as connection:
        for statement in audit.TRIGGERS.drop(connection.dialect.name):
            connection.exec_driver_sql(statement)
        connection.execute(update(AuditEvent).values(actor="user:9"))
        for statement in audit.TRIGGERS.create(connection.dialect.name):
            connection.exec_driver_sql(statement)
    sealed.sign_in(app, Role.AUDITOR)

    status, outcomes = verify(client.get(AUDITOR).json, tmp_path)

    assert (status, outcomes["acts"], outcomes["chain"]) == (1, "ok", "fail")


def test_the_verifier_accepts_a_feedback_survey(app, client, surveys, tmp_path):
    surveys.make("00F", purpose=Purpose.FEEDBACK)
    surveys.answer("00F", None, HAPPY, times=25)
    surveys.seal("00F")
    surveys.sign_in(app, Role.AUDITOR)

    for address in ("/ket-qua/00F/du-lieu.json", "/can-bo/dot/00F/bo-kiem-toan.json"):
        status, outcomes = verify(client.get(address).json, tmp_path)
        assert (status, "fail" in outcomes.values()) == (0, False)


def test_the_public_set_holds_no_answer_no_village_count_and_no_salt_of_the_seal(client, sealed):
    text = client.get(PUBLIC).text
    found = json.loads(text)

    seal = db.session().scalars(select(Seal)).one()
    assert seal.salt not in text
    assert "lầy" not in text
    assert not found.keys() & {"answers", "tallies", "salt", "codes", "audit"}
    assert all(
        village["band"] is None or village["band"]["kind"] != "exact_rate"
        for village in found["disclosed"]["villages"]
    )


def test_the_public_set_opens_only_what_the_public_tables_tell(client, sealed):
    signed = client.get(PUBLIC).json["seal"]["statement"]

    assert signed["tally"]["counts"]["value"]["valid"] == 37
    assert signed["tally"]["slips"].keys() == {"sha256"}
    assert signed["channels"].keys() == {"sha256"}
    assert signed["tally"]["options"]["who"].keys() == {"sha256"}, "four households chose the second answer"


def test_a_commune_with_too_few_answers_opens_nothing_and_can_still_be_checked(client, surveys, tmp_path):
    surveys.make(households={"Một": 40})
    surveys.answer("0001", "Một", HAPPY, times=11)
    surveys.answer("0001", "Một", UNHAPPY)
    surveys.seal()

    found = client.get(PUBLIC).json

    status, outcomes = verify(found, tmp_path)
    signed = found["seal"]["statement"]
    assert signed["tables"].pop("public")["value"] == found["disclosed"]
    assert "value" not in json.dumps(signed)
    assert found["disclosed"]["doors"] is None
    assert status == 0
    assert (outcomes["list"], outcomes["digest"], outcomes["signature"]) == ("ok", "ok", "ok")
    assert (outcomes["tables"], outcomes["published"]) == ("not_possible", "ok")


def test_what_is_opened_does_not_change_what_was_signed(app, client, sealed):
    sealed.sign_in(app, Role.AUDITOR)

    public, auditor = client.get(PUBLIC).json["seal"], client.get(AUDITOR).json["seal"]

    assert (public["digest"], public["signature"]) == (auditor["digest"], auditor["signature"])


def test_nobody_gets_a_set_while_the_survey_runs(app, client, surveys):
    surveys.make(households={"Một": 40}, state=State.OPEN)
    surveys.answer("0001", "Một", HAPPY, times=30)
    surveys.sign_in(app, Role.AUDITOR)

    assert client.get(PUBLIC).status_code == 403
    assert client.get(AUDITOR).status_code == 403


def test_an_annulled_survey_has_no_public_set_and_stays_open_to_audit(app, client, sealed):
    with db.transaction() as current:
        current.get_one(Survey, "0001").state = State.ANNULLED
    sealed.sign_in(app, Role.AUDITOR)

    assert client.get(PUBLIC).status_code == 404
    assert client.get(AUDITOR).status_code == 200


@pytest.mark.parametrize("role", Role)
def test_only_the_provinces_front_and_auditors_get_the_auditor_set(app: Flask, client, sealed, role):
    sealed.sign_in(app, role)

    assert client.get(AUDITOR).status_code == (200 if role in {Role.FRONT_PROVINCE, Role.AUDITOR} else 403)


def test_the_auditor_set_of_another_commune_does_not_exist(app, client, sealed):
    sealed.sign_in(app, Role.AUDITOR, sealed.other_commune())

    assert client.get(AUDITOR).status_code == 404


def test_taking_the_auditor_set_is_noted_and_no_cache_keeps_it(app, client, sealed):
    sealed.sign_in(app, Role.FRONT_PROVINCE)

    reply = client.get(AUDITOR)

    db.session().rollback()
    noted = db.session().scalars(select(AuditEvent).where(AuditEvent.act == "results.auditor_set")).one()
    assert (noted.actor, noted.subject) == ("user:1", "survey:0001")
    assert reply.headers["Cache-Control"] == "no-store"
    assert "attachment" in reply.headers["Content-Disposition"]


def test_after_retention_the_auditor_set_says_so_and_holds_leaves_alone(app, client, sealed, tmp_path):
    with db.transaction() as current:
        retention.remove_answers(current, "0001", NOW + timedelta(days=1), actor=audit.OPERATOR, now=NOW)
    sealed.sign_in(app, Role.AUDITOR)

    found = client.get(AUDITOR).json

    status, outcomes = verify(found, tmp_path)
    assert found["raw_answers_removed_on"] == "2026-06-01"
    assert (found["answers"], len(found["leaves"])) == ([], 38)
    assert status == 0
    assert (outcomes["answers"], outcomes["tallies"]) == ("not_possible", "ok")


def test_the_pages_lead_to_the_sets(app, client, sealed):
    assert PUBLIC in client.get("/ket-qua/0001").text

    sealed.sign_in(app, Role.FRONT_PROVINCE)
    assert AUDITOR in client.get("/can-bo/dot/0001/ket-qua").text
    for role in (Role.COMMUNE, Role.PROVINCE, Role.FRONT_COMMUNE):
        sealed.sign_in(app, role)
        assert AUDITOR not in client.get("/can-bo/dot/0001/ket-qua").text


def test_the_checking_page_is_handed_out_as_a_file(client):
    reply = client.get("/ket-qua/kiem-chung.html")

    assert "attachment" in reply.headers["Content-Disposition"]
    assert reply.data == (PROJECT / "verifier" / "verifier.html").read_bytes()


@pytest.mark.parametrize(("more", "is_told"), [(1, False), (9, False), (10, True)])
def test_what_the_last_few_said_cannot_be_told_by_comparing_a_feedback_figure_with_the_seal(
    app, client, surveys, tmp_path, more, is_told
):
    surveys.make(purpose=Purpose.FEEDBACK, state=State.OPEN)
    surveys.answer("0001", None, HAPPY, times=25)
    schedule.refresh_feedback(NOW)
    surveys.answer("0001", None, UNHAPPY, times=more)
    surveys.seal()

    page, found = client.get("/ket-qua/0001").text, client.get(PUBLIC).json
    surveys.sign_in(app, Role.COMMUNE)
    officers = client.get("/can-bo/dot/0001/ket-qua.csv").text
    surveys.sign_in(app, Role.FRONT_COMMUNE)
    exact = client.get("/can-bo/dot/0001/ket-qua.csv").text

    assert ["100,00" in shown for shown in (page, officers, exact)] == [not is_told, not is_told, False]
    assert [len(found["leaves"]), found["disclosed"]["answered"]] == [25 + more] * 2
    counts = found["seal"]["statement"]["tally"]["counts"]
    assert ("value" in counts, found["disclosed"]["items"] != []) == (is_told, is_told)
    status, outcomes = verify(found, tmp_path)
    assert (status, outcomes["tables"]) == (0, "ok" if is_told else "not_possible")
