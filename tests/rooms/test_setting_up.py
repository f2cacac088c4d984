"""`flask setup` begins an installation: units, forms, and the two bodies' first accounts, or nothing at all."""

import json
import re
from html import escape

import pytest
from sqlalchemy import func, select

from survey_app import db
from survey_app.access import Role
from survey_app.accounts.letters import first_steps
from survey_app.accounts.models import User
from survey_app.authoring.models import InstrumentRecord
from survey_app.fieldwork.models import State
from survey_app.units import queries as units
from survey_app.units.models import Unit
from tests import shipped
from tests.pages import Page

BOTH = ("--province-email", "tinh@gialai.vn", "--front-email", "mttq@gialai.vn")


@pytest.fixture
def setup(app):
    def run(*more, unit="52", emails=BOTH):
        return app.test_cli_runner().invoke(args=["setup", "--unit", unit, *emails, *more])

    return run


def rows(table):
    db.session().rollback()  # what was read before does not hide what a page has written since
    return db.session().scalar(select(func.count()).select_from(table))


def test_it_enters_units_and_forms_and_prints_both_invitations_and_what_comes_next(setup, client):
    done = setup()

    assert done.exit_code == 0, done.output
    links = re.findall(r"https://khaosat\.example\.vn(/moi/\S+)", done.output)
    assert ("Cán bộ tỉnh:" in done.output, "Cán bộ Mặt trận tỉnh:" in done.output) == (True, True)
    assert "survey keys backup" in done.output
    assert rows(Unit) > shipped.COMMUNES
    assert rows(InstrumentRecord) >= 3
    assert [client.get(link).status_code for link in links] == [200, 200]


def test_as_json_it_prints_json_alone(setup):
    told = json.loads(setup("--json").output)

    assert told["unit"] == "52"
    assert set(told["invitations"]) == {"province", "front_province"}


@pytest.mark.parametrize(
    ("unit", "emails"),
    [("99", BOTH), ("52", ("--province-email", "a@b.vn", "--front-email", "a@b.vn")), ("23590", BOTH),
     ("52", ("--province-email", " ", "--front-email", "a@b.vn"))],
    ids=["no such unit", "one name for both", "a commune", "no name"],
)  # fmt: skip
def test_what_cannot_be_set_up_is_said_and_leaves_nothing(setup, unit, emails):
    done = setup(unit=unit, emails=emails)

    assert done.exit_code == 1
    assert "Traceback" not in done.output
    assert (rows(User), rows(Unit), rows(InstrumentRecord)) == (0, 0, 0)


def test_a_second_time_it_says_that_the_name_is_taken_and_changes_nothing(setup):
    setup()

    again = setup()

    assert again.exit_code == 1
    assert "tinh@gialai.vn" in again.output
    assert rows(User) == 2


@pytest.mark.parametrize(
    ("role", "steps"),
    [
        (Role.PROVINCE, ["Mời các xã: Cán bộ xã", "Chọn bộ tiêu chí của năm"]),
        (Role.FRONT_PROVINCE, ["Mời các xã: Cán bộ Mặt trận xã"]),
    ],
)
def test_the_first_officers_begin_with_first_steps_and_not_with_late_communes(setup, sign_in, role, steps):
    setup()
    here = Unit.code == "52", Unit.valid_to.is_(None)
    province = units.view(db.session().scalars(select(Unit).where(*here)).one())

    told = Page(sign_in(role, province).get("/can-bo").text).text("main")

    assert [step for step in steps if step not in told] == []
    assert "đang chậm" not in told


def test_a_commune_with_villages_is_led_to_its_first_survey_and_no_further(
    make_commune, make_survey, sign_in
):
    commune = make_commune()
    before = Page(sign_in(Role.FRONT_COMMUNE, commune.unit).get("/can-bo").text).text("main")
    make_survey(commune, State.DRAFT)
    after = Page(sign_in(Role.FRONT_COMMUNE, commune.unit).get("/can-bo").text).text("main")

    assert ("Bắt đầu đợt đầu tiên" in before, "Bắt đầu đợt đầu tiên" in after) == (True, False)


def test_everybody_has_first_steps_while_there_is_no_survey_and_nobody_has_one_twice(
    app, make_commune, sign_in
):
    commune = make_commune()
    first = Page(sign_in(Role.COMMUNE, commune.unit).get("/can-bo").text).text("main")

    assert (first.count("Bắt đầu đợt đầu tiên"), first.count("Lập đợt lấy ý kiến đầu tiên")) == (1, 0)
    for role in (Role.CLERK, Role.DIGITAL_TEAM, Role.VIEWER, Role.AUDITOR):
        main = sign_in(role, commune.unit).get("/can-bo").text
        with app.test_request_context("/"):
            assert all(str(escape(step)) in main for step in first_steps(role)), role


def people(**changes):
    """The first page as filled in."""
    return {
        "unit": "52", "province-name": "Siu A", "province-telephone": "0905 123 456", "province-email": "",
        "front_province-name": "Siu B", "front_province-telephone": "", "front_province-email": "mttq.gialai",
    } | changes  # fmt: skip


@pytest.fixture
def first_page(app):
    """The path of the first page as the start prints it."""
    printed = app.test_cli_runner().invoke(args=["setup", "--link"]).output
    return re.search(r"https://khaosat\.example\.vn(/bat-dau/\S+)", printed)[1]


def sent(client, path, **typed):
    form = next(form for form in Page(client.get(path).text).forms if "/ngon-ngu" not in form.action)
    return client.post(path, data={"csrf_token": form.data()["csrf_token"], **typed})


def letters(reply):
    return re.findall(r'value="https://khaosat\.example\.vn(/moi/\S+)"', reply.text)


def test_the_link_of_the_start_leads_to_the_page_that_makes_both_accounts(client, first_page):
    done = sent(client, first_page, **people())

    db.session().rollback()
    made = db.session().execute(select(User.email, User.role).order_by(User.id)).all()
    assert (done.status_code, len(letters(done))) == (200, 2)
    assert made == [("0905123456", "province"), ("mttq.gialai", "front_province")]
    assert [client.get(link).status_code for link in letters(done)] == [200, 200]


@pytest.mark.both_engines
def test_the_second_tab_makes_nobody_and_a_lost_page_makes_new_letters(client, first_page):
    first = sent(client, first_page, **people())
    second = sent(client, first_page, **people(**{"province-name": "Ai Khác"}))
    renewed = sent(client, first_page, again="1")

    assert (second.status_code, rows(User)) == (409, 2)
    assert [client.get(link).status_code for link in letters(first)] == [404, 404]
    assert [client.get(link).status_code for link in letters(renewed)] == [200, 200]


def test_once_somebody_has_come_the_link_is_dead_and_no_other_is_printed(app, client, first_page):
    [link, _other] = letters(sent(client, first_page, **people()))
    sent(client, link, password="bến nước đầu làng", again="bến nước đầu làng")

    assert app.test_client().get(first_page).status_code == 409
    assert app.test_client().post(first_page, data=people()).status_code in {400, 409}
    assert rows(User) == 2
    assert app.test_cli_runner().invoke(args=["setup", "--link"]).output == ""


@pytest.mark.parametrize("token", ["x", "ImJlZ2luIg.aSlGvw.AAAA"])
def test_a_link_that_nobody_printed_is_unknown(client, token):
    assert client.get(f"/bat-dau/{token}").status_code == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"province-name": ""},
        {"province-telephone": "09"},
        {"front_province-email": "", "front_province-telephone": ""},
        {"front_province-email": "", "front_province-telephone": "0905123456"},
        {"unit": "01"},
    ],
    ids=["no name", "no telephone", "no sign-in name", "one number for both", "a province without communes"],
)
def test_what_is_missing_on_the_first_page_is_said_and_nothing_is_made(client, first_page, changes):
    done = sent(client, first_page, **people(**changes))

    assert done.status_code == 422
    assert 'value="Siu B"' in done.text
    assert (rows(User), rows(Unit), rows(InstrumentRecord)) == (0, 0, 0)


def test_a_wrong_number_is_told_once_and_not_called_missing_besides(client, first_page):
    done = sent(client, first_page, **people(**{"province-telephone": "09"}))

    assert "không phải số điện thoại" in done.text
    assert "Xin kiểm tra lại các mục đã nhập – Cán bộ tỉnh" in done.text
    assert "Xin ghi số điện thoại hoặc tên đăng nhập." not in done.text
