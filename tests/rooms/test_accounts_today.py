"""Today: what is one's own, what waits for others and for whom, which surveys run; places are named, not counted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from survey_app import db
from survey_app.access import Identity, Role
from survey_app.accounts import todo
from survey_app.accounts.models import User
from survey_app.accounts.todo import Section
from survey_app.approvals import requests
from survey_app.fieldwork import acts, frames, operations
from survey_app.fieldwork.agreed import Act
from survey_app.fieldwork.models import Channel, Progress, State, Survey
from survey_app.rulebooks.operations import tick_services
from survey_app.templating import since
from survey_app.units import queries as units
from tests.pages import Page

pytestmark = pytest.mark.both_engines(long="postgresql")

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@pytest.fixture
def commune(make_commune):
    return make_commune(**{"Kép": 20, "10": 12, "2": 12})


def officer(commune, role=Role.COMMUNE):
    return Identity(1, "Bà Mai", role, commune.unit.id, commune.unit.path)


def today(app, person, section, now=NOW):
    with app.test_request_context("/can-bo"):
        return todo.by_section(todo.todos(db.session(), person, now))[section]


def answered_in_kép_alone(survey):
    """Most days are over, and one village of three has answered."""
    village = next(line.unit for line in frames.frame(db.session(), survey.id) if line.unit.name == "Kép")
    with db.transaction() as current:
        current.get_one(Survey, survey.id).opens_at = NOW - 20 * DAY
        counted = Progress(survey_id=survey.id, unit_id=village.id, channel=Channel.SELF_ONLINE, answered=10)
        current.add(counted)
        current.flush()
        operations.copy_progress(current, NOW)


@pytest.mark.both_engines
def test_villages_behind_are_named_with_words_to_copy_for_their_heads(app, commune, survey):
    answered_in_kép_alone(survey)

    mine = today(app, officer(commune), Section.MINE)

    (behind,) = [item for item in mine if item.message]
    assert behind.title == "Làng 2, Làng 10: chưa được nửa số hộ, còn 7 ngày"
    assert "Làng 2: mới có 0/12 hộ trả lời." in behind.message.text
    assert "Kép" not in behind.message.text
    assert "https://khaosat.example.vn/k" in behind.message.text
    assert "Bà Hoa, 0269 000 000" in behind.message.text


def test_villages_without_slips_are_named(app, commune, survey, hand_out):
    hand_out(survey, commune.villages["Kép"])

    mine = today(app, officer(commune, Role.FRONT_COMMUNE), Section.MINE)

    (printing,) = [item for item in mine if item.url.endswith("/in")]
    assert printing.detail == f"{survey.instrument.title['vi']}. Chưa có phiếu: Làng 2, Làng 10."


def test_a_running_survey_is_followed_apart_from_what_is_to_be_done(app, commune, survey):
    answered_in_kép_alone(survey)

    (followed,) = today(app, officer(commune), Section.RUNNING)

    assert followed.detail.replace("\u00a0", " ").startswith(
        "10/44 hộ (22,73 %) · còn 7 ngày · điện thoại 10"
    )


def test_a_draft_that_was_sent_back_says_by_whom_and_why(app, commune, make_survey, sign_in):
    draft = make_survey(commune, State.DRAFT)
    people = {}
    for role in (Role.COMMUNE, Role.FRONT_COMMUNE):
        sign_in(role, commune.unit)
        found = db.session().query(User).filter_by(role=role).one()
        people[role] = replace(officer(commune, role), user_id=found.id)
    db.session().rollback()
    with app.test_request_context("/"), db.transaction() as current:
        asked = acts.request(
            current, draft, Act.PUBLISH, payload={}, reason="", by=people[Role.COMMUNE], now=NOW - DAY
        )
        front = people[Role.FRONT_COMMUNE]
        requests.decide(current, asked, approved=False, reason="thiếu nguồn số liệu", by=front, now=NOW)

    mine = today(app, people[Role.COMMUNE], Section.MINE)

    (finish,) = [item for item in mine if item.url.endswith(f"/dot/{draft.id}")]
    assert "Mặt trận" in finish.title
    assert "“thiếu nguồn số liệu”" in finish.detail


def test_the_commune_is_told_of_services_that_nobody_ticked_and_only_then(app, commune, survey):
    def told():
        return [item for item in today(app, officer(commune), Section.MINE) if "/can-bo/dich-vu" in item.url]

    before = told()
    with db.transaction() as current:
        year = units.civil(NOW).year
        ticked = {"health": "https://ytexamau.vn"}
        tick_services(current, commune.unit.id, year, ticked, actor="operator", now=NOW)

    assert (len(before), told()) == (1, [])


def test_what_waits_for_another_body_says_for_whom_since_when_and_what_to_send(
    app, commune, make_survey, sign_in
):
    draft = make_survey(commune, State.DRAFT)
    sign_in(Role.COMMUNE, commune.unit)
    asker = db.session().query(User).filter_by(role=Role.COMMUNE).one()
    person = Identity(asker.id, asker.name, Role.COMMUNE, commune.unit.id, commune.unit.path)
    with app.test_request_context("/"), db.transaction() as current:
        acts.request(current, draft, Act.PUBLISH, payload={}, reason="", by=person, now=NOW - 2 * DAY)

    (waits,) = today(app, person, Section.OTHERS)

    assert waits.title == f"Công bố đợt lấy ý kiến – đợt {draft.id}"
    assert "Cán bộ Mặt trận xã (Xã Mẫu)" in waits.detail
    assert since(NOW - 2 * DAY, NOW) in waits.detail
    assert f"https://khaosat.example.vn/can-bo/dot/{draft.id}/duyet/" in waits.message.text
    assert waits.title not in [item.title for item in today(app, person, Section.MINE)]


def test_who_is_waited_for_can_be_called_where_a_number_is_known(app, commune, make_survey, sign_in):
    draft = make_survey(commune, State.DRAFT)
    sign_in(Role.FRONT_COMMUNE, commune.unit)
    sign_in(Role.COMMUNE, commune.unit)
    with db.transaction() as current:
        front = current.query(User).filter_by(role=Role.FRONT_COMMUNE).one()
        front.telephone = "0905123456"
        asker = current.query(User).filter_by(role=Role.COMMUNE).one()
        person = Identity(asker.id, asker.name, Role.COMMUNE, commune.unit.id, commune.unit.path)
    with app.test_request_context("/"), db.transaction() as current:
        acts.request(current, draft, Act.PUBLISH, payload={}, reason="", by=person, now=NOW)

    page = sign_in(Role.COMMUNE, commune.unit).get("/can-bo").text

    assert 'href="tel:0905123456"' in page
    assert 'href="sms:0905123456?body=' in page


def test_a_day_of_this_week_is_called_by_its_name_and_an_older_one_by_its_date(app):
    friday = datetime(2026, 12, 11, 3, tzinfo=UTC)

    with app.test_request_context("/"):
        assert since(friday, friday + 3 * DAY) == "thứ Sáu 11/12/2026"
        assert since(friday, friday + 7 * DAY) == "11/12/2026"


def test_the_page_has_one_button_and_words_that_can_be_copied_without_a_script(commune, survey, sign_in):
    answered_in_kép_alone(survey)

    page = Page(sign_in(Role.COMMUNE, commune.unit).get("/can-bo").text)

    buttons = [
        attributes for tag, attributes in page.tags if tag == "a" and attributes.get("role") == "button"
    ]
    assert len(buttons) == 1
    assert [tag for tag, attributes in page.tags if tag == "textarea" and "readonly" in attributes]
