"""Counts on notices of villages: who sets it, what a survey pins, what households read, and what is never told."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update

from survey_app import db, keys
from survey_app.access import Role
from survey_app.audit import AuditEvent
from survey_app.fieldwork import notice_counts
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.models import State, Survey
from survey_app.fieldwork.notice_counts import NoticeDocument
from survey_app.i18n import force_locale
from survey_app.reporting import blocks, notice_papers, papers
from survey_app.sealing import verification
from tests import verifying
from tests.pages import Page
from tests.rooms.sealing.conftest import HAPPY, NOW, UNHAPPY, Surveys

PAGE = "/can-bo/giay-to/so-lieu-thon"
ORDER = NoticeDocument("12/HD-MTTQ-BTT", date(2026, 5, 4), "Ban Thường trực UBMTTQ tỉnh")
TYPED = {"number": ORDER.number, "dated": "04/05/2026", "body": ORDER.body}


@pytest.fixture
def made(app):
    """Two divided villages, a nearly unanimous one, and one too small for a band."""
    made = Surveys(db.session())
    made.make(households={"Đak Hà": 60, "Kon Plông": 50, "Mang Yang": 50, "Ia Grai": 12})
    for village, happy, unhappy in (
        ("Đak Hà", 30, 20),
        ("Kon Plông", 25, 15),
        ("Mang Yang", 40, 2),
        ("Ia Grai", 8, 2),
    ):
        made.answer("0001", village, HAPPY, times=happy)
        made.answer("0001", village, UNHAPPY, times=unhappy)
    return made


@pytest.fixture
def front(app, client, made):
    made.sign_in(app, Role.FRONT_PROVINCE, made.province)
    with client.session_transaction() as session:
        session["confirmed_at"] = datetime.now(UTC).timestamp()
    return client


def send(client, **typed):
    form = next(form for form in Page(client.get(PAGE).text).forms if "dated" in dict(form.fields))
    return client.post(PAGE, data=form.data(**typed))


def pin(made):
    """As publishing does, of a survey that the fixture wrote as published."""
    with db.transaction() as current:
        notice_counts.pin(current, current.get_one(Survey, "0001"), made.province.id)


def said(made):
    """What the notice of each village says, by village."""
    db.session().rollback()
    with force_locale("vi"):
        return {
            found.place: "\n".join(blocks.texts(notice_papers.notice(found, "https://x.vn", NOW)))
            for found in papers.notices(db.session(), "0001")
        }


@pytest.mark.both_engines
def test_the_front_of_the_province_sets_it_with_its_document_and_it_is_logged(front, made):
    reply = send(front, **TYPED)

    db.session().rollback()
    noted = db.session().scalars(select(AuditEvent).where(AuditEvent.act == notice_counts.SET)).one()
    assert reply.status_code == 303
    assert notice_counts.in_force(db.session(), made.province.id) == ORDER
    assert noted.details["changes"]["notices"] == ["", ORDER.text]

    send(front, number="", dated="", body="")

    db.session().rollback()
    assert notice_counts.in_force(db.session(), made.province.id) is None


@pytest.mark.parametrize("missing", TYPED)
def test_a_document_without_number_date_or_body_is_refused(front, made, missing):
    reply = send(front, **{**TYPED, missing: ""})

    assert reply.status_code == 422
    assert notice_counts.in_force(db.session(), made.province.id) is None


@pytest.mark.parametrize("role", [Role.FRONT_COMMUNE, Role.COMMUNE, Role.PROVINCE, Role.AUDITOR])
def test_nobody_but_the_provinces_front_sets_it(app, client, made, role):
    local = {Role.COMMUNE, Role.FRONT_COMMUNE}
    made.sign_in(app, role, made.commune if role in local else made.province)

    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, data=TYPED).status_code == 403


def test_a_survey_published_before_keeps_bands_whatever_is_set_later(front, made):
    send(front, **TYPED)
    made.seal()

    assert surveys.survey(db.session(), "0001").notices is None
    assert not any("câu trả lời là hài lòng (" in text for text in said(made).values())


def test_notices_of_a_survey_that_pinned_it_give_counts_where_nothing_else_follows(front, made, tmp_path):
    send(front, **TYPED)
    pin(made)
    with db.transaction() as current:
        current.execute(update(Survey).values(level="xa-nang-cao"))
    made.seal()
    published = front.get("/ket-qua/0001/du-lieu.json").json
    page = front.get("/ket-qua/0001").text

    assert ORDER.body in page
    assert "60 trên 100" not in page

    told = said(made)
    assert "60 trên 100 câu trả lời là hài lòng" in told["Thôn Đak Hà"]
    assert ORDER.text in told["Thôn Đak Hà"]
    assert "Thôn này chỉ nêu mức hài lòng làm tròn" in told["Thôn Kon Plông"]
    # The smaller one would tell how many in Ia Grai are satisfied.
    assert not any("câu trả lời là hài lòng (" in told[place] for place in told if place != "Thôn Đak Hà")
    with force_locale("vi"):
        of_commune = blocks.texts(
            notice_papers.notice(papers.notice(db.session(), "0001"), "https://x.vn", NOW)
        )
    assert any(ORDER.text in text for text in of_commune)
    assert published["seal"]["statement"]["printed"]["notices"] == ORDER.text
    assert published["seal"]["statement"]["printed"]["level"] == "xa-nang-cao"
    assert verifying.verify(published, tmp_path).checks("fail") == []
    assert verification.verify(db.session(), "0001", keys.store()).first_difference is None


def test_publishing_pins_it_and_the_form_says_so_to_households(
    app, client, make_commune, make_survey, hand_out
):
    asked = make_commune()
    before = make_survey(asked, State.OPEN)
    with db.transaction() as current:
        notice_counts.change(current, asked.province, ORDER, actor="operator", now=NOW)
    other = make_commune("98002", "Khác", Một=20)
    after = make_survey(other, State.OPEN)
    codes = [
        hand_out(survey, next(iter(place.villages.values())))[0]
        for survey, place in ((before, asked), (after, other))
    ]
    forms = [client.get(f"/k/{code.replace(' ', '')}").text for code in codes]

    assert (before.notices, after.notices) == (None, ORDER)
    assert [ORDER.number in form for form in forms] == [False, True]
