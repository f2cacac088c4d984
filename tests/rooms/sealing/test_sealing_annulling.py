"""A wronged village: two bodies set its answers aside, it is asked again, and one seal covers both lists."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from survey_app import db, keys
from survey_app.access import Role
from survey_app.approvals import requests as approvals
from survey_app.audit import AuditEvent
from survey_app.collecting.models import AnnulledResponse, InvalidPaper, Response, SpentCode, TenMinuteCounter
from survey_app.fieldwork import answering, queries, rounds
from survey_app.fieldwork import operations as fieldwork
from survey_app.fieldwork.models import PrintBatch, State, Survey, VillageAnnulment
from survey_app.fieldwork.refusals import WrongState
from survey_app.quality import back_checks
from survey_app.sealing import annulling, operations, verification
from survey_app.sealing.models import ReceiptList
from tests import verifying
from tests.factories import ticket_of
from tests.pages import Page

pytestmark = pytest.mark.both_engines

API = "/api/v1/submissions"
REASON = "Trưởng làng thu phiếu về tự điền"
BODIES = (Role.FRONT_COMMUNE, Role.COMMUNE)


@pytest.fixture
def phung(commune):
    return commune.villages["Phung"]


@pytest.fixture
def send(client, submission) -> Callable:
    return lambda code, **changes: client.post(API, json=submission(code=code, **changes))


@pytest.fixture
def annul(commune, survey, sign_in) -> Callable:
    """One body asks on the village's page, the other decides on its own; the reply to the decision."""

    def act(village, bodies=BODIES, *, decision="approved", reason=REASON):
        ask(sign_in(bodies[0], commune.unit), survey, village, reason=reason)
        client = sign_in(bodies[1], commune.unit)
        refusal = "" if decision == "approved" else "Không đúng"
        return fill(client, page_of_request(survey), decision=decision, reason=refusal)

    return act


def ask(client, survey, village, *, reason=REASON):
    return fill(client, f"/can-bo/dot/{survey.id}/huy-thon/{village.code}", reason=reason)


def fill(client, address, *, at="", **fields):
    """Send the form of a page, or what is not offered there with the token of the page."""
    token = next(form for form in Page(client.get(address).text).forms if "csrf_token" in form.data())
    return client.post(at or address, data={"csrf_token": token.data()["csrf_token"], **fields})


def page_of_request(survey) -> str:
    db.session().rollback()
    (asked,) = [
        found
        for found in approvals.approvals_of(db.session(), f"survey:{survey.id}")
        if found.decision is None
    ]
    return f"/can-bo/dot/{survey.id}/huy-thon/duyet/{asked.id}"


def rows(table, **equal):
    current = db.session()
    current.rollback()
    return current.scalar(select(func.count()).select_from(table).filter_by(**equal))


def seal(survey):
    with db.transaction() as current:
        return operations.close_and_seal(
            current, survey.id, actor="operator", now=datetime.now(UTC), keys=keys.store()
        )


def check(found, folder, *options):
    """What the stand-alone command says of a set."""
    return verifying.verify(found, folder, *options).outcomes


def failed(outcomes):
    return {name: told for name, told in outcomes.items() if told[0] == "fail"}


def test_a_wronged_village_is_annulled_by_two_asked_again_sealed_and_verified(
    app, client, commune, survey, phung, hand_out, send, submission, annul, sign_in, tmp_path
):
    old = hand_out(survey, phung, 20)
    others = hand_out(survey, commune.villages["Bang"], 12)
    first = [submission(code=code) for code in old[:15]]
    before = [client.post(API, json=body).json for body in first]
    for code in others[:11]:
        send(code)

    assert annul(phung).status_code == 303

    assert (rows(Response), rows(AnnulledResponse), rows(SpentCode)) == (11, 15, 26)
    assert sum(answering.answered_now(db.session(), survey.id).values()) == 11
    again = client.post(API, json=first[3])
    assert again.status_code == 200
    assert again.json == before[3] | {"counted": False, "annulled": True}
    used = client.get(f"/k/{old[0]}")
    assert used.status_code == 409
    assert (
        "được lấy ý kiến lại bằng phiếu mới; phiếu này không dùng được nữa. Cần hỏi thêm, xin gọi Bà Hoa, "
        '<a href="tel:0269000000">0269 000 000</a>.' in used.text
    )
    assert send(old[0]).json["error"] == "ma-da-dung"
    assert client.get(f"/k/{old[19]}").status_code == 410
    assert send(old[19]).json["error"] == "ma-da-huy"
    told = client.post("/kiem-tra", data={"receipt": before[0]["receipt"]}).text
    assert "lượt lấy ý kiến của thôn" in told

    new = hand_out(survey, phung, 21)
    answers = {"planning": "dissatisfied", "transport": "satisfied"}
    after = [send(code, answers=answers) for code in new[:18]]
    assert {reply.status_code for reply in after} == {201}
    assert "lấy ý kiến lại" not in client.get(f"/k/{new[0]}").text + client.get(f"/k/{others[0]}").text

    seal(survey)

    assert verification.verify(db.session(), survey.id, keys.store()).equal
    public = client.get(f"/ket-qua/{survey.id}/du-lieu.json").json
    assert public["disclosed"]["answered"] == 29
    assert public["annulled_leaves"] == sorted(receipt["leaf"] for receipt in before)
    assert {reply.json["leaf"] for reply in after} <= set(public["leaves"])
    (village,) = public["seal"]["statement"]["annulled"]["villages"]
    assert (village["unit"], village["round"], village["answers"]) == (phung.code, 1, 15)
    assert village["reason"] == REASON
    outcomes = check(public, tmp_path, "--receipt", before[0]["receipt"])
    assert failed(outcomes) == {}
    assert outcomes["receipt"][0] == "ok"
    sign_in(Role.AUDITOR, commune.unit)
    auditor = client.get(f"/can-bo/dot/{survey.id}/bo-kiem-toan.json").json
    assert failed(check(auditor, tmp_path)) == {}
    assert {"answers", "codes", "acts"} <= {
        name for name, (told, _where) in check(auditor, tmp_path).items() if told == "ok"
    }


@pytest.mark.both_engines(long="postgresql")
def test_every_page_on_the_result_says_that_the_village_was_asked_again(
    client, commune, survey, phung, hand_out, send, annul, sign_in
):
    for code in hand_out(survey, phung, 3):
        send(code)
    annul(phung)
    send(hand_out(survey, phung, 1)[0])
    seal(survey)
    sign_in(Role.FRONT_COMMUNE, commune.unit)

    for part in ("", "/ket-qua", "/ky", "/doi-chieu", "/ket-qua.csv"):
        page = client.get(f"/can-bo/dot/{survey.id}{part}").text
        assert f"Lượt trước của {phung.full_name} đã hủy ngày" in page, part
        assert f"vì: {REASON}. 3 phiếu không được tính." in page, part
    assert "3 phiếu không được tính" in client.get(f"/ket-qua/{survey.id}").text
    assert client.get(f"/can-bo/dot/{survey.id}/doi-chieu/bien-ban.pdf").status_code == 200


@pytest.mark.both_engines(long="postgresql")
def test_while_phones_are_open_villagers_read_that_they_are_asked_again(
    client, survey, phung, hand_out, send, annul
):
    send(hand_out(survey, phung, 20)[0])
    annul(phung)

    for address in (f"/ket-qua/{survey.id}", f"/bia/{survey.cover_token}/{phung.code}"):
        assert "1 phiếu không được tính" in client.get(address).text


def test_what_is_known_of_the_old_time_of_asking_is_not_mixed_with_the_new(
    client, commune, survey, phung, hand_out, send, annul, move_on
):
    other = commune.villages["Bang"]
    for village in (phung, other):
        for code in hand_out(survey, village, 6)[:4]:
            send(code)
    move_on(survey, State.COUNTING)
    with db.transaction() as current:
        for village in (phung, other):
            counts = {"issued": 6, "ticked": 5, "returned": 1, "voided": 0}
            back_checks.record_receipts(
                current, survey.id, village.code, counts, actor="operator", now=datetime.now(UTC)
            )
            current.add(InvalidPaper(survey_id=survey.id, unit_id=village.id, reason="all_blank", slips=1))
        fieldwork.copy_progress(current, datetime.now(UTC) + timedelta(hours=1))

    annul(phung)

    db.session().rollback()
    assert {line.unit_id for table in (ReceiptList, InvalidPaper, TenMinuteCounter)
            for line in db.session().scalars(select(table))} == {other.id}  # fmt: skip
    hourly, as_of = answering.answered_hourly(db.session(), survey.id)
    assert answering.answered_by_village(hourly) == {phung.id: 4, other.id: 4}
    with db.transaction() as current:
        fieldwork.copy_progress(current, as_of + timedelta(hours=1))
    hourly, _as_of = answering.answered_hourly(db.session(), survey.id)
    assert answering.answered_by_village(hourly) == {other.id: 4}
    batches = {batch.unit_id: batch.voided_at for batch in queries.batches(db.session(), survey.id)}
    assert batches[phung.id] is not None
    assert batches[other.id] is None


def test_once_the_phones_are_closed_the_village_is_asked_on_paper_and_keying_has_its_time_again(
    client, commune, survey, phung, hand_out, send, annul, move_on, sign_in
):
    old = hand_out(survey, phung, 20)
    opened = datetime.now(UTC)
    move_on(survey, State.COUNTING)
    with db.transaction() as current:
        current.execute(update(Survey).values(counting_ends_at=datetime.now(UTC) + timedelta(minutes=5)))
    with pytest.raises(WrongState):
        hand_out(survey, phung, 1)

    annul(phung)

    db.session().rollback()
    found = queries.survey(db.session(), survey.id)
    assert found.state is State.COUNTING
    assert found.counting_ends_at > datetime.now(UTC) + timedelta(days=4)
    papers = sign_in(Role.FRONT_COMMUNE, commune.unit).get(f"/can-bo/dot/{survey.id}/in").text
    assert "Điện thoại đã đóng" in papers
    slips = fill(
        client,
        f"/can-bo/dot/{survey.id}/in",
        at=f"/can-bo/dot/{survey.id}/phieu/{phung.code}.html",
        count="1",
    )
    assert "Trả lời trên giấy, nộp trước ngày" in slips.text
    assert "Cách 1" not in slips.text
    new = hand_out(survey, phung, 20)
    with pytest.raises(WrongState):
        hand_out(survey, commune.villages["Bang"], 1)
    assert client.get(f"/k/{new[0]}").status_code == 410
    assert send(new[1], ticket=ticket_of(new[1], opened)).json["error"] == "da-dong"
    assert key_in(client, survey, old[0]).status_code == 410
    assert key_in(client, survey, new[0]).status_code == 302
    seal(survey)
    assert verification.verify(db.session(), survey.id, keys.store()).equal


def key_in(client, survey, code):
    address = f"/can-bo/nhap-phieu/{survey.id}"
    form = Page(client.get(f"{address}?cach=tung-so").text).form(class_="paper-form")
    return client.post(address, data=form.keyed(_code=code, planning="satisfied"))


def test_a_village_can_be_asked_a_third_time(
    client, commune, survey, phung, hand_out, send, annul, sign_in, tmp_path
):
    for count in (2, 3):
        for code in hand_out(survey, phung, 20)[:count]:
            send(code)
        annul(phung)
    for code in hand_out(survey, phung, 20)[:11]:
        send(code)

    seal(survey)

    assert [(one.round, one.answers) for one in rounds.annulments(db.session(), survey.id)] == [
        (1, 2),
        (2, 3),
    ]
    assert verification.verify(db.session(), survey.id, keys.store()).equal
    sign_in(Role.AUDITOR, commune.unit)
    assert failed(check(client.get(f"/can-bo/dot/{survey.id}/bo-kiem-toan.json").json, tmp_path)) == {}


def test_live_slips_are_counted_for_the_new_time_of_asking_alone(survey, phung, hand_out, annul):
    hand_out(survey, phung, 21)
    annul(phung)

    assert len(hand_out(survey, phung, 21)) == 21
    assert rows(PrintBatch, voided_at=None) == 1


def test_the_province_front_may_stand_in(commune, survey, phung, sign_in):
    ask(sign_in(Role.COMMUNE, commune.unit), survey, phung)

    client = sign_in(Role.FRONT_PROVINCE, commune.province)
    reply = fill(client, page_of_request(survey), decision="approved")

    assert reply.status_code == 303
    assert rows(VillageAnnulment) == 1


def test_nobody_agrees_for_the_body_that_asked(commune, survey, phung, sign_in):
    ask(sign_in(Role.FRONT_COMMUNE, commune.unit), survey, phung)

    client = sign_in(Role.FRONT_PROVINCE, commune.province)
    reply = fill(client, page_of_request(survey), decision="approved")

    assert reply.status_code == 403
    assert rows(VillageAnnulment) == 0


def test_a_refusal_with_its_reason_changes_nothing(survey, phung, hand_out, send, annul):
    send(hand_out(survey, phung, 20)[0])

    assert annul(phung, decision="refused").status_code == 303
    assert (rows(Response), rows(AnnulledResponse), rows(VillageAnnulment)) == (1, 0, 0)
    assert rows(PrintBatch, voided_at=None) == 1


@pytest.mark.parametrize(
    ("state", "words"),
    [
        pytest.param(State.PUBLISHED, "Chưa hỏi ai", id="published"),
        pytest.param(State.SEALED, "Kết quả đã chốt", id="sealed"),
        pytest.param(State.ANNULLED, "đã bị hủy", id="annulled"),
    ],
)
@pytest.mark.both_engines(long="postgresql")
def test_before_and_after_the_page_says_why_not(client, commune, make_survey, phung, sign_in, state, words):
    survey = make_survey(commune, state)
    sign_in(Role.FRONT_COMMUNE, commune.unit)
    address = f"/can-bo/dot/{survey.id}/huy-thon/{phung.code}"

    page = client.get(address)

    assert page.status_code == 200
    assert words in page.text
    assert 'name="reason"' not in page.text
    assert ask(client, survey, phung).status_code == 409
    assert rows(VillageAnnulment) == 0


def test_a_request_is_not_carried_out_when_the_phones_closed_meanwhile(
    client, commune, survey, phung, sign_in, move_on
):
    ask(sign_in(Role.FRONT_COMMUNE, commune.unit), survey, phung)
    decision = page_of_request(survey)
    move_on(survey, State.COUNTING)

    reply = fill(sign_in(Role.COMMUNE, commune.unit), decision, decision="approved")

    assert reply.status_code == 409
    assert rows(VillageAnnulment) == 0
    assert fill(client, decision, decision="refused", reason="Hỏi lại").status_code == 303


@pytest.mark.both_engines(long="postgresql")
def test_a_missing_reason_is_asked_for_and_a_strange_village_is_not_there(
    client, commune, survey, phung, sign_in
):
    sign_in(Role.COMMUNE, commune.unit)

    assert ask(client, survey, phung, reason=" ").status_code == 422
    assert client.get(f"/can-bo/dot/{survey.id}/huy-thon/98001999").status_code == 404


@pytest.mark.both_engines(long="postgresql")
def test_the_request_waits_on_the_list_of_the_other_body_and_on_the_survey_page(
    client, commune, survey, phung, sign_in
):
    ask(sign_in(Role.FRONT_COMMUNE, commune.unit), survey, phung)
    decision = page_of_request(survey)

    sign_in(Role.COMMUNE, commune.unit)

    assert decision in client.get("/can-bo").text
    assert decision in client.get(f"/can-bo/dot/{survey.id}").text
    number = decision.rpartition("/")[2]
    assert client.get(f"/can-bo/dot/{survey.id}/duyet/{number}").status_code == 404


def test_the_act_is_in_the_audit_log_with_its_reason_and_numbers(survey, phung, hand_out, send, annul):
    for code in hand_out(survey, phung, 20)[:2]:
        send(code)
    annul(phung)

    db.session().rollback()
    (noted,) = db.session().scalars(select(AuditEvent).where(AuditEvent.act == annulling.ACT))

    assert noted.details | {"approval": 0} == {
        "village": phung.code, "round": 1, "answers": 2, "slips": 20, "reason": REASON, "approval": 0,
    }  # fmt: skip
