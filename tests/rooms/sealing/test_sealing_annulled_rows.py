"""Answers that were set aside: beside others of the same moment, unchangeable, verified, and removed in the end."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from survey_app import db, keys
from survey_app.access import Role
from survey_app.collecting import queries as doors
from survey_app.collecting.models import AnnulledResponse, Response, RetainedLeaf, SealedResponse, SpentCode
from survey_app.collecting.operations import Submission, record_response
from survey_app.collecting.refusals import CodeVoid
from survey_app.fieldwork import codes
from survey_app.fieldwork.models import Channel, VillageAnnulment
from survey_app.privacy import redaction, retention
from survey_app.sealing import triggers, verification
from tests.rooms.sealing.test_sealing_annulling import (
    API,
    BODIES,
    REASON,
    ask,
    check,
    failed,
    fill,
    page_of_request,
    rows,
    seal,
)

pytestmark = pytest.mark.both_engines


@pytest.fixture
def annul(commune, survey, sign_in) -> Callable:
    """One body asks on the village's page, the other decides on its own; the reply to the decision."""

    def act(village, bodies=BODIES, *, decision="approved", reason=REASON):
        ask(sign_in(bodies[0], commune.unit), survey, village, reason=reason)
        client = sign_in(bodies[1], commune.unit)
        refusal = "" if decision == "approved" else "Không đúng"
        return fill(client, page_of_request(survey), decision=decision, reason=refusal)

    return act


@pytest.fixture
def phung(commune):
    return commune.villages["Phung"]


@pytest.fixture
def send(client, submission) -> Callable:
    return lambda code, **changes: client.post(API, json=submission(code=code, **changes))


def test_answers_sent_at_the_same_moment_are_set_aside_or_refused_and_never_mixed(
    app, client, commune, survey, phung, hand_out, sign_in, submission
):
    codes = hand_out(survey, phung, 20)
    ask(sign_in(Role.FRONT_COMMUNE, commune.unit), survey, phung)
    decision = page_of_request(survey)
    client = sign_in(Role.COMMUNE, commune.unit)

    def post(code):
        return app.test_client().post(API, json=submission(code=code)).status_code

    with ThreadPoolExecutor(4) as pool:
        sent = [pool.submit(post, code) for code in codes]
        agreed = fill(client, decision, decision="approved")
        told = [one.result() for one in sent]

    assert agreed.status_code == 303
    assert set(told) <= {201, 410}
    assert (rows(Response), rows(AnnulledResponse)) == (0, told.count(201))
    assert rows(SpentCode) == told.count(201)
    seal(survey)
    assert verification.verify(db.session(), survey.id, keys.store()).equal


def test_a_slip_whose_door_was_opened_before_the_annulment_is_not_spent_after_it(
    survey, phung, hand_out, annul
):
    code = codes.normalise(hand_out(survey, phung, 20)[0])
    door = doors.slip_door(db.session(), survey, code, keys.store())
    annul(phung)

    sent = Submission(str(uuid.uuid4()), {}, Channel.SELF_ONLINE)
    with pytest.raises(CodeVoid), db.transaction() as current:
        record_response(current, door, sent, now=datetime.now(UTC), keys=keys.store())
    assert (rows(Response), rows(SpentCode)) == (0, 0)


def test_the_id_of_an_annulled_answer_burns_no_new_slip(client, survey, phung, hand_out, submission, annul):
    body = submission(code=hand_out(survey, phung, 20)[0])
    client.post(API, json=body)
    annul(phung)
    new = hand_out(survey, phung, 20)[0]

    same = client.post(API, json=body | {"code": new})
    other = client.post(API, json=body | {"code": new, "answers": {"planning": "dissatisfied"}})

    assert (same.status_code, same.json["annulled"]) == (200, True)
    assert (other.status_code, other.json["error"]) == (409, "noi-dung-khac")
    assert rows(SpentCode) == 1
    assert client.get(f"/k/{new}").status_code == 200


def test_annulled_answers_never_change_but_by_redaction_and_retention(survey, phung, hand_out, send, annul):
    send(hand_out(survey, phung, 20)[0])
    annul(phung)

    for statement in (
        update(AnnulledResponse).values(channel="assisted"),
        update(AnnulledResponse).values(answers={}),
        delete(AnnulledResponse),
        update(VillageAnnulment).values(answers=0),
        delete(VillageAnnulment),
    ):
        with pytest.raises(DBAPIError), db.transaction() as current:
            current.execute(statement)
    assert (rows(AnnulledResponse), rows(VillageAnnulment)) == (1, 1)


def test_after_the_seal_nothing_is_set_aside_any_more(survey, phung, hand_out, annul):
    annul(phung)
    hand_out(survey, phung, 20)
    seal(survey)

    for row in (
        AnnulledResponse(survey_id=survey.id, id="x", unit_id=phung.id, channel="self_online", version=1, answers={}, leaf="0" * 64),
        VillageAnnulment(survey_id=survey.id, unit_id=phung.id, round=2, reason="x", answers=0, slips=0, annulled_at=datetime.now(UTC), approval_id=1),
    ):  # fmt: skip
        with pytest.raises(DBAPIError), db.transaction() as current:
            current.add(row)


@pytest.mark.parametrize("tampering", ["leaf", "removed", "moved back"])
def test_verify_finds_annulled_answers_that_were_tampered_with(
    survey, phung, hand_out, send, annul, tampering, without_triggers
):
    for code in hand_out(survey, phung, 20)[:2]:
        send(code)
    annul(phung)
    send(hand_out(survey, phung, 20)[0])
    seal(survey)

    without_triggers(tampering)

    db.session().rollback()
    assert not verification.verify(db.session(), survey.id, keys.store()).equal


@pytest.fixture
def without_triggers(app):
    """Somebody with all rights takes the triggers off and changes annulled answers."""

    def tamper(how):
        with db.transaction() as current:
            for line in triggers.drop(current.get_bind().dialect.name):
                current.connection().exec_driver_sql(line)
            row = current.scalars(select(AnnulledResponse).limit(1)).one()
            if how == "leaf":
                row.leaf = "0" * 64
                return
            held = {column.name: getattr(row, column.name) for column in AnnulledResponse.__table__.columns}
            current.delete(row)
            if how == "moved back":
                current.add(SealedResponse(**held))

    return tamper


def test_retention_removes_annulled_answers_and_keeps_their_leaves_apart(
    client, commune, survey, phung, hand_out, send, annul, sign_in, tmp_path
):
    receipts = [send(code).json for code in hand_out(survey, phung, 20)[:2]]
    annul(phung)
    send(hand_out(survey, phung, 20)[0])
    seal(survey)
    now = datetime.now(UTC)

    with db.transaction() as current:
        removed = retention.remove_answers(
            current, survey.id, now + timedelta(days=1), actor="operator", now=now
        )

    assert removed.answers == 3
    assert (rows(AnnulledResponse), rows(RetainedLeaf, annulled=True), rows(RetainedLeaf, annulled=False)) == (0, 2, 1)  # fmt: skip
    assert verification.verify(db.session(), survey.id, keys.store()).equal
    public = client.get(f"/ket-qua/{survey.id}/du-lieu.json").json
    assert public["annulled_leaves"] == sorted(receipt["leaf"] for receipt in receipts)
    assert failed(check(public, tmp_path)) == {}
    sign_in(Role.AUDITOR, commune.unit)
    assert failed(check(client.get(f"/can-bo/dot/{survey.id}/bo-kiem-toan.json").json, tmp_path)) == {}
    told = client.post("/kiem-tra", data={"receipt": receipts[0]["receipt"]}).text
    assert "lượt lấy ý kiến của thôn" in told


def test_a_name_is_taken_out_of_an_annulled_answer_and_the_seal_still_holds(
    commune, make_form, make_survey, hand_out, client, submission, sign_in
):
    form = make_form({"key": "remarks", "kind": "long_text", "text": {"vi": "Ý kiến?", "en": "Remarks?"}})
    survey, phung = make_survey(commune, form=form), commune.villages["Phung"]
    body = submission(code=hand_out(survey, phung, 20)[0])
    client.post(API, json=body | {"answers": {"remarks": "Ông Nam hứa."}})
    ask(sign_in(Role.FRONT_COMMUNE, commune.unit), survey, phung)
    fill(sign_in(Role.COMMUNE, commune.unit), page_of_request(survey), decision="approved")
    seal(survey)

    with db.transaction() as current:
        redaction.redact(
            current, survey.id, body["submission_id"], "remarks", "Có tên người",
            actor="operator", now=datetime.now(UTC),
        )  # fmt: skip

    (row,) = db.session().scalars(select(AnnulledResponse))
    assert set(row.answers["remarks"]) == {"sha256"}
    assert verification.verify(db.session(), survey.id, keys.store()).equal
