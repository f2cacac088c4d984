"""Two people at one row: who saves second sees both values, by whom and when, and decides."""

from datetime import UTC, datetime

import pytest

from survey_app import db
from survey_app.access import Role
from survey_app.fieldwork import frames
from survey_app.fieldwork import operations as surveys
from survey_app.fieldwork import queries as fieldwork
from survey_app.fieldwork.models import State
from survey_app.rulebooks import operations as rulebooks
from survey_app.rulebooks import queries as books
from survey_app.units import queries as units
from tests.pages import Page, form_with

pytestmark = pytest.mark.both_engines


@pytest.fixture(autouse=True)
def without_tokens(app):
    app.config["WTF_CSRF_ENABLED"] = False


def opened(client, page, field):
    """The form of a page that has this field, as a browser sends it back."""
    return form_with(client.get(page).text, field)


def households(commune, name="Phung"):
    db.session().rollback()
    today = units.civil(datetime.now(UTC))
    found = units.villages(db.session(), commune.unit.id, today)
    return next(village.households for village in found if village.unit.name == name)


def village_page(commune, name="Phung"):
    return f"/can-bo/don-vi/{commune.unit.code}/thon/{commune.villages[name].code}"


def test_the_second_officer_of_a_village_sees_both_numbers_and_decides(make_commune, sign_in, client):
    commune = make_commune(Phung=20)
    page = village_page(commune)
    officer = sign_in(Role.COMMUNE, commune.unit)
    first, second = opened(officer, page, "households"), opened(officer, page, "households")
    officer.post(page, data=first.data(households="25"))

    sign_in(Role.PROVINCE, commune.province)
    refused = client.post(page, data=second.data(source="Danh sách mới"))

    told = Page(refused.text)
    assert refused.status_code == 409
    assert households(commune) == 25
    assert "25" in told.text("table")
    assert "20" in told.text("table")
    assert "Bà commune" in told.text("section")
    again = client.post(page, data=form_with(refused.text, "households").data())
    assert again.status_code == 302
    assert households(commune) == 20


def test_a_village_changed_meanwhile_is_not_taken_off_the_list_unseen(make_commune, sign_in, client):
    commune = make_commune(Phung=20)
    page = village_page(commune)
    officer = sign_in(Role.COMMUNE, commune.unit)
    change, stale = opened(officer, page, "households"), opened(officer, page, "last_day")
    officer.post(page, data=change.data(households="25"))
    last_day = f"{units.civil(datetime.now(UTC)):%d/%m/%Y}"

    refused = client.post(f"{page}/het-hieu-luc", data=stale.data(last_day=last_day))

    assert refused.status_code == 409
    assert "25" in Page(refused.text).text("table")
    again = form_with(refused.text, "last_day")
    assert again.data()["last_day"] == [last_day]
    assert client.post(f"{page}/het-hieu-luc", data=again.data()).status_code == 302


def test_two_officers_who_type_the_same_disturb_nobody(make_commune, sign_in):
    commune = make_commune(Phung=20)
    page = village_page(commune)
    officer = sign_in(Role.COMMUNE, commune.unit)
    first, second = opened(officer, page, "households"), opened(officer, page, "households")
    officer.post(page, data=first.data(households="25"))

    assert officer.post(page, data=second.data(households="25")).status_code == 302


def test_a_form_that_does_not_say_what_it_showed_overwrites_nothing(make_commune, sign_in):
    commune = make_commune(Phung=20)
    page = village_page(commune)
    officer = sign_in(Role.COMMUNE, commune.unit)
    bare = opened(officer, page, "households").data(households="9", seen=[])

    assert officer.post(page, data=bare).status_code == 409
    assert households(commune) == 20


def test_the_second_who_saves_a_draft_sees_both_aims_and_decides(make_survey, make_commune, sign_in):
    commune = make_commune()
    survey = make_survey(commune, state=State.DRAFT)
    page = f"/can-bo/dot/{survey.id}/sua"
    officer = sign_in(Role.COMMUNE, commune.unit)
    first, second = opened(officer, page, "aim"), opened(officer, page, "aim")
    officer.post(page, data=first.data(aim="Hỏi về đường thôn"))

    front = sign_in(Role.FRONT_COMMUNE, commune.unit)
    refused = front.post(page, data=second.data(aim="Hỏi về nước sạch"))

    told = Page(refused.text)
    assert refused.status_code == 409
    assert "Hỏi về đường thôn" in told.text("table")
    assert "Hỏi về nước sạch" in told.text("table")
    assert "Bà commune" in told.text("section")
    front.post(page, data=form_with(refused.text, "aim").data())
    db.session().rollback()
    assert fieldwork.survey(db.session(), survey.id).aim == "Hỏi về nước sạch"


def test_the_second_correction_of_a_frame_sees_the_first(make_survey, make_commune, sign_in):
    commune = make_commune(Phung=20)
    survey = make_survey(commune, state=State.OPEN)
    page = f"/can-bo/dot/{survey.id}/khung/{commune.villages['Phung'].code}"
    officer = sign_in(Role.COMMUNE, commune.unit)
    stale = opened(officer, page, "reason")
    with db.transaction() as current:
        surveys.correct_frame(
            current, survey.id, commune.villages["Phung"].id, 26,
            reason="Mặt trận đếm lại", actor="user:1", now=datetime.now(UTC),
        )  # fmt: skip

    refused = officer.post(page, data=stale.data(households="24", reason="Xã đếm lại"))

    told = Page(refused.text).text("table")
    assert refused.status_code == 409
    assert "26" in told
    assert "24" in told
    db.session().rollback()
    line = frames.frame_line(db.session(), survey.id, commune.villages["Phung"].code)
    assert line.households == 26


def test_services_ticked_meanwhile_are_not_unticked_by_an_older_page(make_commune, sign_in):
    commune = make_commune()
    page = f"/can-bo/dich-vu/{commune.unit.code}/2026"
    officer = sign_in(Role.COMMUNE, commune.unit)
    stale = opened(officer, page, "health_note")
    with db.transaction() as current:
        rulebooks.tick_services(
            current, commune.unit.id, 2026, {"culture": "Cổng xã"}, actor="user:1", now=datetime.now(UTC)
        )

    refused = officer.post(page, data=stale.data(health="y", health_note="Trạm"))

    assert refused.status_code == 409
    assert "Cổng xã" in Page(refused.text).text("table")
    db.session().rollback()
    held = books.service_ticks(db.session(), commune.unit.path, 2026)[commune.unit.id]
    assert [tick.service for tick in held] == ["culture"]


def test_a_rule_book_chosen_meanwhile_is_not_replaced_unseen(make_commune, sign_in):
    commune = make_commune()
    page = "/can-bo/khung/2026"
    province = sign_in(Role.PROVINCE, commune.province)
    stale = opened(province, page, "key")
    shown = dict(stale.fields)["key"]
    other = next(
        view.framework.key for view in books.newest_versions(db.session()) if view.framework.key != shown
    )
    with db.transaction() as current:
        rulebooks.use_framework(
            current, commune.province.id, 2026, other, actor="user:1", now=datetime.now(UTC)
        )

    refused = province.post(f"{page}/chon", data=stale.data())

    assert refused.status_code == 409
    db.session().rollback()
    assert books.in_force(db.session(), commune.province.id, 2026).framework.key == other


def test_a_recognition_of_the_same_year_is_not_replaced_unseen(make_commune, sign_in):
    commune = make_commune()
    page = "/can-bo/cong-nhan"
    province = sign_in(Role.PROVINCE, commune.province)
    entry = {"unit": commune.unit.code, "indicator": "8.4", "decided_on": "2024-05-06"}
    province.post(page, data=entry | {"decision_number": "12/QĐ"})

    refused = province.post(page, data=entry | {"decision_number": "21/QĐ"})

    assert refused.status_code == 409
    assert "12/QĐ" in Page(refused.text).text("table")
    province.post(page, data=form_with(refused.text, "decision_number").data())
    db.session().rollback()
    [kept] = books.recognitions(db.session(), commune.province.path)
    assert kept.decision_number == "21/QĐ"
