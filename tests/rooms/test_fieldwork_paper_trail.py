"""Slips set against receipt lists on paper; complaints, acceptance, and the destruction of the key."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from survey_app import db
from survey_app.access import Identity, Role
from survey_app.accounts.models import User
from survey_app.approvals import deciding
from survey_app.audit import OPERATOR, AuditEvent
from survey_app.fieldwork import acts, calendar, operations, queries, refusals
from survey_app.fieldwork.agreed import Act
from survey_app.fieldwork.models import State, Survey
from survey_app.keys import KeyMissing, store
from survey_app.quality import back_checks, reconciliation
from survey_app.results import custody
from survey_app.sealing.models import Seal
from survey_app.units import queries as units
from tests.pages import Page
from tests.readers import words

DAY = timedelta(days=1)


def fresh():
    current = db.session()
    current.rollback()
    return current


@pytest.fixture
def sealed(commune, make_survey, hand_out, move_on):
    """A sealed survey nobody answered: 20 slips for Phung, 12 for Bang."""
    survey = make_survey(commune)
    hand_out(survey, commune.villages["Phung"], 20)
    hand_out(survey, commune.villages["Bang"], 12)
    move_on(survey, State.COUNTING)
    return move_on(survey, State.SEALED)


@pytest.fixture
def signed(sealed):
    with db.transaction() as current:
        current.get_one(Survey, sealed.id).state = State.SIGNED
    return queries.survey(fresh(), sealed.id)


def keep_list(survey, village, **counts):
    with db.transaction() as current:
        back_checks.record_receipts(
            current, survey.id, village.code, {"issued": 0, "ticked": 0, "returned": 0, "voided": 0} | counts,
            actor=OPERATOR, now=datetime.now(UTC),
        )  # fmt: skip


def differences(survey):
    found = reconciliation.of_survey(fresh(), survey.id)
    return {village.village.line.unit.name: village.differences for village in found.villages}


def test_slips_that_all_came_back_or_were_handed_out_make_no_difference(commune, sealed):
    keep_list(sealed, commune.villages["Phung"], issued=20, ticked=17, returned=2, voided=1)
    keep_list(sealed, commune.villages["Bang"], issued=12, ticked=12)

    assert differences(sealed) == {"Phung": (), "Bang": ()}
    assert reconciliation.of_survey(fresh(), sealed.id).agrees


def test_each_difference_is_put_in_words(commune, sealed):
    keep_list(sealed, commune.villages["Phung"], issued=19, ticked=15, returned=2)

    found = differences(sealed)

    assert found["Phung"] == (
        "Máy chủ còn 20 phiếu có giá trị, thôn, làng nhận 19 phiếu.",
        "2 phiếu không thấy trong số đã phát, thu lại hay hỏng.",
    )
    assert found["Bang"] == ("Chưa ghi danh sách ký nhận.",)


def test_more_accounted_for_than_came_is_a_difference(commune, sealed):
    keep_list(sealed, commune.villages["Phung"], issued=20, ticked=20, returned=3)

    assert differences(sealed)["Phung"] == (
        "Số phiếu đã phát, thu lại và hỏng nhiều hơn số đã nhận 3 phiếu.",
    )


def test_every_entry_of_a_list_stays_in_the_audit_log(commune, sealed):
    keep_list(sealed, commune.villages["Phung"], issued=20, ticked=18, returned=2)
    keep_list(sealed, commune.villages["Phung"], issued=20, ticked=17, returned=3)

    noted = fresh().scalars(
        select(AuditEvent).where(AuditEvent.act == "results.receipts").order_by(AuditEvent.id)
    )
    assert [event.details["ticked"] for event in noted] == [18, 17]


@pytest.mark.usefixtures("undrawn")
def test_the_minutes_print_in_vietnamese_and_printing_is_noted(commune, sealed, sign_in):
    keep_list(sealed, commune.villages["Phung"], issued=19, ticked=15, returned=2)

    reply = sign_in(Role.FRONT_COMMUNE, commune.unit).get(f"/can-bo/dot/{sealed.id}/doi-chieu/bien-ban.pdf")

    printed = words(reply.data)
    assert reply.mimetype == "application/pdf"
    assert "biên bản đối chiếu phiếu" in printed.casefold()
    assert "2 phiếu không thấy" in printed
    assert fresh().scalars(select(AuditEvent).where(AuditEvent.act == "results.exact")).one().details == {
        "form": "minutes"
    }


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.COMMUNE, 403), (Role.VIEWER, 403), (Role.AUDITOR, 200)],
    ids=lambda value: str(value),
)
def test_exact_counts_of_villages_are_for_front_province_and_auditor(commune, sealed, sign_in, role, status):
    assert (
        sign_in(role, commune.unit).get(f"/can-bo/dot/{sealed.id}/doi-chieu/bien-ban.pdf").status_code
        == status
    )


def destroy(app, survey):
    fresh()
    reply = app.test_cli_runner().invoke(args=["results", "destroy-pepper", "--survey", survey.id, "--json"])
    return reply.exit_code, reply.output


def age(survey, days):
    """Have the survey sealed that long ago: the seal itself never changes, so the clock is moved instead."""
    return fresh().get_one(Seal, survey.id).sealed_at + timedelta(days=days)


def person(role, unit):
    with db.transaction() as current:
        user = User(
            email=f"{role}@{unit.code}",
            name="Bà Tỉnh",
            role=role,
            unit_id=unit.id,
            created_at=datetime.now(UTC),
        )
        current.add(user)
        current.flush()
        return Identity(user.id, user.name, role, unit.id, unit.path)


def accept(commune, survey):
    asker, decider = person(Role.PROVINCE, commune.province), person(Role.FRONT_PROVINCE, commune.province)
    now = datetime.now(UTC)
    with db.transaction() as current:
        request = custody.ask_acceptance(current, survey, by=asker, now=now)
    with db.transaction() as current:
        deciding.decide(current, request, approved=True, reason="", by=decider, now=now)


def record_destruction(survey, now):
    with db.transaction() as current:
        custody.record_destruction(current, survey.id, actor=OPERATOR, now=now)


def test_a_fresh_key_is_kept(app, signed):
    code, output = destroy(app, signed)

    assert code == 1
    assert "Tỉnh chưa chấp nhận" in output
    assert store().pepper(signed.id)


@pytest.mark.parametrize(
    ("accepted", "days", "kept"),
    [(False, 179, True), (False, 180, False), (True, 29, True), (True, 30, False)],
    ids=["unaccepted, 179 days", "unaccepted, 180 days", "accepted, 29 days", "accepted, 30 days"],
)
def test_the_key_is_kept_thirty_days_and_without_acceptance_a_hundred_and_eighty(
    commune, signed, accepted, days, kept
):
    if accepted:
        accept(commune, signed)
    now = age(signed, days)

    if kept:
        with pytest.raises(custody.KeyKept):
            record_destruction(signed, now)
    else:
        record_destruction(signed, now)

    assert (custody.custody(fresh(), signed.id, now).destroyed_at is None) is kept


def test_an_unsigned_result_keeps_its_key(sealed):
    with pytest.raises(custody.KeyKept, match="ký"):
        record_destruction(sealed, age(sealed, 400))


def test_an_open_complaint_keeps_the_key_until_it_is_closed(signed):
    now = age(signed, 400)
    with db.transaction() as current:
        custody.open_complaint(current, signed.id, "Thiếu phiếu", actor=OPERATOR, now=now)
    with pytest.raises(custody.KeyKept, match="khiếu nại"):
        record_destruction(signed, now)
    (complaint,) = custody.custody(fresh(), signed.id, now).complaints
    with db.transaction() as current:
        custody.close_complaint(current, signed.id, complaint.id, "Đã trả lời", actor=OPERATOR, now=now)

    record_destruction(signed, now)

    assert custody.custody(fresh(), signed.id, now).destroyed_at == now


def test_the_command_destroys_the_key_is_repeatable_and_the_service_stays_healthy(app, client, signed):
    record_destruction(signed, age(signed, 180))

    outcomes = [destroy(app, signed)[0] for _time in range(2)]

    assert outcomes == [0, 0]
    with pytest.raises(KeyMissing):
        store().pepper(signed.id)
    assert client.get("/healthz").status_code == 200
    acts_noted = (
        fresh().scalars(select(AuditEvent.act).where(AuditEvent.act == "results.destroy_pepper")).all()
    )
    assert acts_noted == ["results.destroy_pepper"]


def test_the_province_opens_and_closes_complaints_on_one_page(commune, signed, sign_in):
    client = sign_in(Role.FRONT_PROVINCE, commune.province)
    address = f"/can-bo/dot/{signed.id}/khieu-nai"

    empty = client.post(address, data=Page(client.get(address).text).form(action=address).data(note=" "))
    opened = client.post(
        address, data=Page(client.get(address).text).form(action=address).data(note="Thiếu phiếu ở làng")
    )
    (form,) = [form for form in Page(client.get(address).text).forms if form.action.startswith(f"{address}/")]
    unsaid = client.post(form.action, data=form.data(outcome=""))
    closed = client.post(form.action, data=form.data(outcome="Đã đối chiếu, đủ phiếu"))
    again = client.post(form.action, data=form.data(outcome="Lần nữa"))

    assert (empty.status_code, opened.status_code, unsaid.status_code) == (422, 303, 422)
    assert (closed.status_code, again.status_code) == (303, 409)
    assert "Đã đối chiếu, đủ phiếu" in client.get(address).text


def test_both_provincial_bodies_accept_and_no_commune_does(commune, signed, sign_in):
    address = f"/can-bo/dot/{signed.id}/khieu-nai"
    action = f"/can-bo/dot/{signed.id}/chap-nhan"

    def send(role, page, **fields):
        client = sign_in(role, commune.province)
        return client.post(action, data=Page(client.get(page).text).form(action=action).data(**fields))

    asked = send(Role.PROVINCE, address)
    commune_page = sign_in(Role.FRONT_COMMUNE, commune.unit).get(address)
    decided = send(Role.FRONT_PROVINCE, action, decision="approved")

    assert (asked.status_code, commune_page.status_code, decided.status_code) == (303, 403, 303)
    assert custody.custody(fresh(), signed.id, datetime.now(UTC)).accepted_at is not None


def test_phones_close_earlier_when_both_bodies_agree(commune, make_survey, sign_in):
    survey = make_survey(commune)
    earlier = survey.last_day - 3 * DAY
    client = sign_in(Role.FRONT_COMMUNE, commune.unit)
    (form,) = [
        form
        for form in Page(client.get(f"/can-bo/dot/{survey.id}").text).forms
        if "xin-rut-ngan" in form.action
    ]
    client.post(
        form.action, data=form.data(**{"shorten-closes_on": earlier.isoformat(), "shorten-reason": "Đã đủ"})
    )
    (waiting,) = acts.requests(fresh(), survey.id)
    client = sign_in(Role.COMMUNE, commune.unit)
    address = f"/can-bo/dot/{survey.id}/duyet/{waiting.id}"
    page = client.get(address)
    form = Page(page.text).form(action=address)

    client.post(address, data=form.data(decision="approved"))

    assert "Ngày cuối mới" in page.text
    assert queries.survey(fresh(), survey.id).last_day == earlier


@pytest.mark.parametrize("days", [0, -1, 30], ids=["today", "yesterday", "later than announced"])
def test_phones_are_not_closed_without_a_day_of_notice(commune, make_survey, days):
    survey = make_survey(commune)
    now = datetime.now(UTC)
    closes_at = calendar.closing(units.civil(now) + days * DAY)

    with pytest.raises(operations.WrongState), db.transaction() as current:
        operations.shorten(current, survey.id, closes_at, reason="Đã đủ", actor=OPERATOR, now=now)


def test_shortening_needs_a_reason_and_the_other_body(commune, make_survey):
    survey = make_survey(commune)
    by, now = person(Role.COMMUNE, commune.unit), datetime.now(UTC)

    with pytest.raises(refusals.ReasonNeeded), db.transaction() as current:
        acts.request(current, survey, Act.SHORTEN, payload={}, reason=" ", by=by, now=now)
