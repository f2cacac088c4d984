"""Remarks of the public: sent without an account, stored once, read by the Front first, answered by a body, counted."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update

from survey_app import access, db
from survey_app.access import Body, Identity, Role
from survey_app.accounts.models import User
from survey_app.audit import AuditEvent
from survey_app.fieldwork import queries as fieldwork
from survey_app.fieldwork.models import State, Survey
from survey_app.i18n import force_locale
from survey_app.privacy import retention
from survey_app.privacy.models import PublicRemark
from survey_app.reporting import blocks, notice_papers, pack_records, papers
from survey_app.results import open_points, public_remark_door, public_remarks
from survey_app.units.queries import civil
from tests.pages import Page
from tests.rooms.sealing.conftest import HAPPY, NOW

FORM = "/ket-qua/0001/phan-anh"
LIST = "/can-bo/dot/0001/phan-anh"
FIRST = f"{LIST}/1"
READ, ANSWER = f"{FIRST}/doc", f"{FIRST}/tra-loi"
SAID = "Hộ cuối làng không thấy ai đưa phiếu.\nĐề nghị hỏi lại."


@pytest.fixture
def sealed(surveys):
    surveys.make(households={"Một": 100})
    surveys.answer("0001", "Một", HAPPY, times=60)
    surveys.seal()
    return surveys


@pytest.fixture
def enter(app, client, sealed):
    """Continue as somebody of the commune, or of its province, with this role, who has just shown who it is."""

    def sign_in(role):
        unit = sealed.province if role in access.SUPERVISORS else sealed.commune
        with db.transaction() as current:
            user = User(
                email=f"{role}-{datetime.now(UTC)}", name="Bà Mai", role=role, unit_id=unit.id, created_at=NOW
            )
            current.add(user)
            current.flush()
            person = Identity(user.id, "Bà Mai", role, unit.id, unit.path)
        access.supply_identity(app, lambda: person)
        with client.session_transaction() as running:
            running["confirmed_at"] = datetime.now(UTC).timestamp()
        return client

    return sign_in


def send(client, text=SAID, **fields):
    form = Page(client.get(FORM).text).form(action=FORM)
    return client.post(FORM, data=form.data(**{"text": text, **fields}))


def press(client, page, action, **fields):
    form = Page(client.get(page).text).form(action=action)
    return client.post(action, data=form.data(**fields))


def kept():
    with db.transaction() as current:
        return public_remarks.on_record(current, "0001")


def survey():
    return fieldwork.survey(db.session(), "0001")


def test_a_remark_needs_no_account_and_is_shown_and_answered_by_bodies(client, enter):
    sent = send(client)
    unread = client.get("/ket-qua/0001").text
    shown = press(enter(Role.FRONT_COMMUNE), FIRST, READ, decision="released")
    answered = press(enter(Role.COMMUNE), FIRST, ANSWER, answer="Xã đã đưa phiếu ngày 02/06.")
    public = client.get("/ket-qua/0001").text

    assert (sent.status_code, shown.status_code, answered.status_code) == (303, 303, 303)
    assert "phản ánh số 1" in client.get(sent.location).text
    assert "không thấy ai đưa phiếu" not in unread
    assert "không thấy ai đưa phiếu" in public
    assert "Xã đã đưa phiếu ngày 02/06." in public
    assert "Ủy ban nhân dân xã Mẫu" in public
    assert "Bà Mai" not in public
    assert "Đã nhận: 1 (1 qua biểu mẫu, 0 tại xã)" in public
    assert "Đã trả lời: 1; không đăng: 0; đang chờ: 0" in public


def test_nothing_of_a_person_is_stored_or_logged(client, sealed):
    send(client)

    row = db.session().scalars(select(PublicRemark)).one()
    assert (row.entered_by, row.entered_for, row.received_on) == (None, None, civil(datetime.now(UTC)))
    assert db.session().scalar(select(AuditEvent.id).where(AuditEvent.act.like("results.remark%"))) is None


def test_neither_a_remark_nor_an_answer_is_in_the_audit_log(client, enter):
    send(client)
    press(enter(Role.FRONT_COMMUNE), FIRST, READ, decision="released")
    press(enter(Role.FRONT_COMMUNE), FIRST, ANSWER, answer="Đã hỏi lại hộ này.")

    noted = db.session().scalars(select(AuditEvent).where(AuditEvent.act.like("results.remark%"))).all()
    assert [one.act for one in noted] == ["results.remark_read", "results.remark_answered"]
    assert not any("hỏi lại" in str(one.details) for one in noted)


@pytest.mark.both_engines
def test_what_is_sent_twice_is_stored_once_and_another_text_of_the_page_is_another_remark(client, sealed):
    form = Page(client.get(FORM).text).form(action=FORM)
    first, again = (client.post(FORM, data=form.data(text=SAID)) for _ in range(2))
    other = client.post(FORM, data=form.data(text="Việc khác"))

    assert first.location == again.location != other.location
    assert [one.text for one in kept()] == [SAID, "Việc khác"]


@pytest.mark.parametrize("text", ["", " \u200b ", "a" * 2001], ids=["empty", "nothing seen", "too long"])
def test_what_says_nothing_is_not_stored_and_what_was_typed_stays(client, sealed, text):
    refused = send(client, text)

    assert refused.status_code == 422
    assert text.strip("\u200b ") in refused.text
    assert kept() == ()


def test_what_is_typed_stays_when_the_language_is_switched_and_is_not_sent(client, sealed):
    page = Page(client.get(FORM).text)
    [switch] = [button for button in page.all("button") if button.get("name") == "_switch"]

    english = client.post(switch["formaction"], data=page.form(action=FORM).data(text=SAID, _switch=""))

    assert (english.status_code, Page(english.text).all("html")[0]["lang"]) == (200, "en")
    assert SAID in english.text
    assert kept() == ()


def test_a_form_of_another_site_stores_nothing(client, sealed):
    form = Page(client.get(FORM).text).form(action=FORM)
    refused = client.post(FORM, data=form.data(text=SAID), headers={"Sec-Fetch-Site": "cross-site"})

    assert refused.status_code == 403
    assert kept() == ()


def test_a_network_and_a_survey_have_a_limit_of_a_day_and_a_retry_is_not_counted(client, sealed, monkeypatch):
    monkeypatch.setattr(public_remark_door, "REMARKS_OF_A_NETWORK", 1)
    form = Page(client.get(FORM).text).form(action=FORM)
    stored = [client.post(FORM, data=form.data(text=SAID)).status_code for _ in range(3)]
    refused = send(client, "Việc khác")

    assert stored == [303, 303, 303]
    assert refused.status_code == 429
    assert "Việc khác" in refused.text
    assert int(refused.headers["Retry-After"]) > 0
    monkeypatch.setattr(public_remark_door, "REMARKS_OF_A_NETWORK", 9)
    monkeypatch.setattr(public_remark_door, "REMARKS_OF_A_SURVEY", 1)
    assert send(client, "Việc khác").status_code == 429


@pytest.mark.parametrize("state", [State.DRAFT, State.PUBLISHED, State.ANNULLED])
def test_no_remark_is_received_before_a_survey_opens_or_after_it_is_annulled(client, sealed, state):
    form = Page(client.get(FORM).text).form(action=FORM)
    with db.transaction() as current:
        current.execute(update(Survey).values(state=state))

    refused = client.post(FORM, data=form.data(text=SAID))

    assert refused.status_code == (404 if state is State.DRAFT else 409)
    assert kept() == ()


def test_before_the_front_has_read_it_the_commune_reads_and_answers_nothing(client, enter):
    send(client)

    commune = enter(Role.COMMUNE)
    listed, page = commune.get(LIST).text, commune.get(FIRST).text
    assert "chờ Mặt trận" in listed
    assert "không thấy ai" not in listed + page
    assert ANSWER not in page
    assert commune.post(READ, data={}).status_code == 403
    assert "không thấy ai" in enter(Role.FRONT_COMMUNE).get(FIRST).text


def test_what_is_brought_to_the_commune_is_entered_there_and_read_by_the_front_too(client, enter):
    entered = press(enter(Role.COMMUNE), LIST, LIST, text=SAID, received_on="2026-06-02")

    (found,) = kept()
    assert entered.status_code == 303
    assert (found.entered_for, found.received_on, found.decision) == (Body.GOVERNMENT, date(2026, 6, 2), None)
    assert "không thấy ai" in enter(Role.COMMUNE).get(FIRST).text
    assert "không thấy ai" not in client.get("/ket-qua/0001").text
    assert "1 tại xã" in client.get("/ket-qua/0001").text


@pytest.mark.parametrize("role", [Role.PROVINCE, Role.FRONT_PROVINCE, Role.AUDITOR, Role.VIEWER])
def test_nobody_of_the_province_enters_a_remark_of_a_commune(enter, role):
    assert enter(role).post(LIST, data={}).status_code == 403


def test_what_is_withheld_is_counted_and_neither_shown_nor_answered(client, enter):
    send(client, "Ông Tám lấy phiếu của nhà tôi")
    press(enter(Role.FRONT_COMMUNE), FIRST, READ, decision="names_person")

    public, page = client.get("/ket-qua/0001").text, enter(Role.FRONT_COMMUNE).get(FIRST).text
    assert "Ông Tám" not in public
    assert "không đăng: 1" in public
    assert ANSWER not in page
    assert "Ông Tám" in page


def test_a_text_that_is_taken_out_is_gone_and_nothing_more_is_decided_on_it(client, enter):
    send(client, "Ông Tám lấy phiếu của nhà tôi")
    press(enter(Role.FRONT_COMMUNE), FIRST, READ, decision="taken_out")

    page = enter(Role.FRONT_COMMUNE).get(FIRST).text
    assert [one.text for one in kept()] == [""]
    assert READ not in page
    assert "Ông Tám" not in page


def test_of_two_who_decide_or_answer_at_once_the_second_looks_again(client, enter):
    send(client)
    opened = Page(enter(Role.FRONT_COMMUNE).get(FIRST).text).form(action=READ)
    first = client.post(READ, data=opened.data(decision="released"))
    second = client.post(READ, data=opened.data(decision="insulting"))
    answering = Page(client.get(FIRST).text).form(action=ANSWER)
    press(enter(Role.COMMUNE), FIRST, ANSWER, answer="Xã đã làm")
    late = client.post(ANSWER, data=answering.data(answer="Chưa làm"))
    again = client.post(ANSWER, data=Page(late.text).form(action=ANSWER).data())

    assert (first.status_code, second.status_code, late.status_code) == (303, 409, 409)
    assert "Xã đã làm" in late.text
    assert again.status_code == 303
    assert [said.text for said in kept()[0].answers] == ["Xã đã làm", "Chưa làm"]


def test_who_has_something_to_read_or_to_answer_is_told_and_it_stands_before_signing(client, enter):
    send(client)
    unread = open_points.of_survey(db.session(), survey())
    to_read = enter(Role.FRONT_COMMUNE).get("/can-bo").text
    press(enter(Role.FRONT_COMMUNE), FIRST, READ, decision="released")
    to_answer = enter(Role.COMMUNE).get("/can-bo").text
    unanswered = open_points.of_survey(db.session(), survey())
    press(enter(Role.COMMUNE), FIRST, ANSWER, answer="Xã đã làm")

    assert "Đọc phản ánh, kiến nghị: đợt 0001" in to_read
    assert "Trả lời phản ánh, kiến nghị: đợt 0001" in to_answer
    point = open_points.OpenPoint(open_points.OpenKind.REMARKS, 1)
    assert point in unread
    assert point in unanswered
    assert point not in open_points.of_survey(db.session(), survey())
    with force_locale("vi"):
        assert open_points.text(point) == "1 phản ánh, kiến nghị chưa đọc hoặc chưa trả lời"


def test_the_pack_counts_them_and_holds_what_is_shown_alone(client, enter):
    send(client, "Ông Tám lấy phiếu")
    send(client)
    press(enter(Role.FRONT_COMMUNE), f"{LIST}/2", f"{LIST}/2/doc", decision="released")
    press(enter(Role.COMMUNE), f"{LIST}/2", f"{LIST}/2/tra-loi", answer="Xã đã làm")

    tables = pack_records.tables(db.session(), papers.exact(db.session(), "0001"), "")
    rows = next(list(rows) for name, _title, rows in tables if name == "13-phan-anh")

    assert ("Đã nhận", 2) in rows
    assert "Ông Tám" not in str(rows)
    assert any(SAID in row for row in rows)
    assert "Xã đã làm" in str(rows)


def test_the_notice_says_where_remarks_go(sealed):
    made = notice_papers.notice(papers.notice(db.session(), "0001"), "https://mau.vn", NOW)

    assert any("mau.vn/ket-qua/0001/phan-anh" in text for text in blocks.texts(made))


def test_what_is_not_shown_goes_with_the_raw_answers(client, enter):
    send(client, "Ông Tám lấy phiếu")
    send(client)
    press(enter(Role.FRONT_COMMUNE), f"{LIST}/2", f"{LIST}/2/doc", decision="released")
    with db.transaction() as current:
        retention.remove_answers(
            current, "0001", datetime(2027, 1, 1, tzinfo=UTC), actor="operator", now=datetime.now(UTC)
        )

    assert [(one.text, one.decision) for one in kept()] == [("", "taken_out"), (SAID, "released")]
