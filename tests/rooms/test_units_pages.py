"""Pages of the units room: who sees what, files and forms in, nothing half saved; on both databases."""

import io
import re
from datetime import UTC, date, datetime

import openpyxl
import pytest
from flask import g

from survey_app import access, db
from survey_app.access import Identity, Role
from survey_app.units import queries
from tests import shipped
from tests.pages import Page, form_with, save_over
from tests.rooms.registers import put_register

NOW = datetime.now(UTC)
TODAY = queries.civil(NOW)
IA_MO = "/can-bo/don-vi/23938"
DE_GI = "/can-bo/don-vi/21859"
HEADING = "commune,village,kind,households,source,as_of\n"

FORM = {
    "kind": "lang",
    "name": "Phung",
    "old_unit": "",
    "households": "76",
    "source": "Báo cáo xã",
    "as_of": "31/01/2026",
}


@pytest.fixture(autouse=True)
def register_of_units(app):
    app.config["WTF_CSRF_ENABLED"] = False
    put_register(NOW)


@pytest.fixture
def enter(app, client):
    """Continue as a person of that role: of Ia Mơ, or of the province."""

    def sign_in(role, code="23938"):
        unit = queries.unit_by_code(db.session(), code, TODAY)
        g.pop("identity", None)
        access.supply_identity(app, lambda: Identity(1, "Cán bộ", role, unit.id, unit.path))
        return client

    return sign_in


@pytest.fixture
def officer(enter):
    return enter(Role.COMMUNE)


def look_at(client, text, name="thon.csv", page=IA_MO):
    content = text if isinstance(text, bytes) else text.encode()
    return client.post(f"{page}/tep", data={"file": (io.BytesIO(content), name)})


def upload(client, text, name="thon.csv", page=IA_MO, **answers):
    """Look at a file and agree to what the page shows, where it can be saved."""
    shown = look_at(client, text, name, page)
    if shown.status_code != 200:
        return shown
    return client.post(f"{page}/tep/luu", data=form_with(shown.text, "state").data(**answers))


def villages():
    db.session().rollback()
    commune = queries.unit_by_code(db.session(), "23938", TODAY)
    return [(v.unit.full_name, v.households) for v in queries.villages(db.session(), commune.id, TODAY)]


def test_a_commune_officer_is_led_to_the_own_commune(officer):
    reply = officer.get("/can-bo/don-vi")

    assert (reply.status_code, reply.location) == (302, IA_MO)


def test_the_province_sees_all_communes_with_their_totals(enter):
    upload(enter(Role.COMMUNE), HEADING + "23938,Phung,lang,1076,Báo cáo,2026-01-31\n")

    page = enter(Role.PROVINCE, "52").get("/can-bo/don-vi").text

    assert page.count('<th scope="row">') == shipped.COMMUNES
    assert "1.076" in page


@pytest.mark.parametrize("typed", ["ia mo", "IAMO", "Xã Ia Mơ", "23938"])
def test_a_commune_is_found_without_accents(enter, typed):
    page = enter(Role.PROVINCE, "52").get("/can-bo/don-vi", query_string={"q": typed}).text

    assert page.count('<th scope="row">') == 1
    assert "Xã Ia Mơ" in page


def test_a_search_that_finds_nothing_says_so(enter):
    reply = enter(Role.PROVINCE, "52").get("/can-bo/don-vi?q=zzz")

    assert reply.status_code == 200
    assert "<table" not in reply.text


@pytest.mark.parametrize("page", ["", "/lich-su", "/thon", "/thon/21859001", "/mau.xlsx", "/mau.csv"])
def test_other_communes_do_not_exist_for_a_commune_officer(officer, page):
    assert officer.get(DE_GI + page).status_code == 404


def test_a_file_for_another_commune_is_absent_too(officer):
    assert upload(officer, HEADING, page=DE_GI).status_code == 404


@pytest.mark.parametrize("code", ["52", "540", "21550", "99999"])
def test_what_is_no_commune_of_today_has_no_page(enter, code):
    assert enter(Role.PROVINCE, "52").get(f"/can-bo/don-vi/{code}").status_code == 404


@pytest.mark.parametrize("role", [Role.FRONT_COMMUNE, Role.VIEWER, Role.AUDITOR])
def test_others_read_and_may_not_write(enter, role):
    upload(enter(Role.COMMUNE), HEADING + "23938,Phung,lang,76,Báo cáo,2026-01-31\n")
    client = enter(role)

    page = client.get(IA_MO)

    assert (page.status_code, "Phung" in page.text, 'type="file"' in page.text) == (200, True, False)
    assert 'name="households"' not in client.get(f"{IA_MO}/thon/23938001").text
    for path in (
        "/tep",
        "/tep/luu",
        "/tep/hoan-tac",
        "/thon",
        "/thon/23938001",
        "/thon/23938001/het-hieu-luc",
    ):
        assert client.post(IA_MO + path, data=FORM).status_code == 403
    assert villages() == [("Làng Phung", 76)]


@pytest.mark.parametrize("role", [Role.CLERK, Role.DIGITAL_TEAM])
def test_helpers_see_no_lists_of_villages(enter, role):
    assert enter(role).get(IA_MO).status_code == 403


def test_a_good_file_is_saved_and_says_what_changed(officer):
    upload(
        officer, HEADING + "23938,Phung,lang,76,Báo cáo,2026-01-31\n23938,3,thon,1200,Báo cáo,2026-01-31\n"
    )

    page = officer.get(IA_MO).text

    assert villages() == [("Thôn 3", 1200), ("Làng Phung", 76)]
    assert "1.276" in page


def test_a_file_with_one_wrong_row_saves_nothing_and_lists_all(officer):
    reply = upload(officer, HEADING + "23938,Phung,lang,76,Báo cáo,2026-01-31\n23938,<b>,x,0,,\n")

    assert reply.status_code == 422
    assert villages() == []
    assert len(re.findall(r'<th scope="row" class="number"[^>]*>3</th>', reply.text)) == 3
    assert "<b>" not in reply.text


def test_beyond_two_hundred_problems_the_rest_is_counted(officer):
    reply = upload(officer, HEADING + "23938,Phung,lang,x,Báo cáo,2026-01-31\n" * 260)

    assert len(re.findall(r'<th scope="row" class="number"', reply.text)) == 200
    assert re.search(r"\b60\b", reply.text)


@pytest.mark.parametrize("data", [{}, {"file": ""}], ids=["no field", "no file"])
def test_sending_no_file_is_an_error_of_the_form(officer, data):
    assert officer.post(f"{IA_MO}/tep", data=data).status_code == 422


def test_an_empty_file_is_an_error(officer):
    assert upload(officer, b"").status_code == 422


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_the_template_holds_the_villages_of_today_and_can_be_sent_back(officer, ending):
    upload(officer, HEADING + "23938,Phung,lang,76,Báo cáo,2026-01-31\n23938,3,tdp,5,Báo cáo,2026-01-31\n")
    before = villages()

    template = officer.get(f"{IA_MO}/mau.{ending}")
    reply = upload(officer, template.data, f"mau.{ending}")

    assert template.headers["Content-Disposition"].startswith("attachment")
    assert reply.status_code == 303
    assert villages() == before


def test_the_empty_template_has_its_heading_in_the_readers_language(officer):
    book = openpyxl.load_workbook(io.BytesIO(officer.get(f"{IA_MO}/mau.xlsx?lang=en").data))

    assert [cell.value for cell in book.active[1]][:4] == ["commune", "village", "kind", "households"]


def test_a_village_is_added_by_the_form(officer):
    reply = officer.post(f"{IA_MO}/thon", data=FORM)

    assert reply.status_code == 302
    assert villages() == [("Làng Phung", 76)]


def test_a_village_that_is_there_is_not_added_again(officer):
    officer.post(f"{IA_MO}/thon", data=FORM)

    reply = officer.post(f"{IA_MO}/thon", data=FORM | {"name": "PHUNG", "households": "5"})

    assert reply.status_code == 409
    assert 'value="5"' in reply.text
    assert villages() == [("Làng Phung", 76)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "=1"},
        {"kind": "xa"},
        {"kind": ""},
        {"households": "0"},
        {"households": "12,5"},
        {"source": " "},
        {"as_of": "2999-01-01"},
        {"as_of": ""},
        {"name": "a\x00" + "x" * 130},
    ],
)
def test_a_wrong_value_stays_in_the_form_with_its_error(officer, wrong):
    reply = officer.post(f"{IA_MO}/thon", data=FORM | wrong)

    assert reply.status_code == 422
    assert 'aria-invalid="true"' in reply.text
    assert villages() == []


def test_a_village_can_be_corrected_and_its_numbers_stay_on_record(officer):
    officer.post(f"{IA_MO}/thon", data=FORM)

    reply = save_over(
        officer, f"{IA_MO}/thon/23938001", FORM | {"name": "Phun", "kind": "thon", "households": "80"}
    )

    page = officer.get(f"{IA_MO}/thon/23938001").text
    assert reply.status_code == 302
    assert villages() == [("Thôn Phun", 80)]
    assert re.search(r'<td class="number"[^>]*>76</td>', page)
    assert re.search(r'<td class="number"[^>]*>80</td>', page)


def test_a_village_cannot_take_the_name_of_another(officer):
    officer.post(f"{IA_MO}/thon", data=FORM)
    officer.post(f"{IA_MO}/thon", data=FORM | {"name": "Khác"})

    assert officer.post(f"{IA_MO}/thon/23938002", data=FORM).status_code == 409
    assert villages() == [("Làng Khác", 76), ("Làng Phung", 76)]


def test_a_former_commune_tells_two_villages_of_one_name_apart(officer):
    officer.post(f"{IA_MO}/thon", data=FORM | {"old_unit": "Xã A"})

    reply = officer.post(f"{IA_MO}/thon", data=FORM | {"old_unit": "Xã B"})

    assert reply.status_code == 302
    assert len(villages()) == 2


def test_a_village_that_exists_no_longer_leaves_the_list(officer):
    officer.post(f"{IA_MO}/thon", data=FORM)

    refused = officer.post(f"{IA_MO}/thon/23938001/het-hieu-luc", data={"last_day": "2999-01-01"})
    form = next(one for one in Page(refused.text).forms if "last_day" in dict(one.fields))
    accepted = officer.post(f"{IA_MO}/thon/23938001/het-hieu-luc", data=form.data(last_day="2026-01-31"))

    assert (refused.status_code, accepted.status_code) == (422, 302)
    assert villages() == []
    assert officer.get(f"{IA_MO}/thon/23938001").status_code == 404


def test_a_village_cannot_end_before_it_began(officer):
    officer.post(f"{IA_MO}/thon", data=FORM)

    reply = officer.post(f"{IA_MO}/thon/23938001/het-hieu-luc", data={"last_day": "01/01/1026"})
    early = officer.post(f"{IA_MO}/thon/23938001/het-hieu-luc", data={"last_day": "30/06/2025"})

    assert (reply.status_code, early.status_code) == (422, 422)
    assert "01/07/2025" in early.text
    assert "30/06/2025" in early.text
    assert len(villages()) == 1


def test_the_page_of_its_history_names_old_units_with_their_period(enter):
    page = enter(Role.PROVINCE, "52").get(f"{DE_GI}/lich-su").text

    assert "Xã Cát Minh" in page
    assert "30/06/2025" in page
    assert "1900" not in page


def test_a_commune_that_has_villages_is_told_apart_from_one_that_has_none(officer):
    commune = queries.unit_by_code(db.session(), "23938", TODAY)
    before = queries.has_villages(db.session(), commune.id, TODAY)

    officer.post(f"{IA_MO}/thon", data=FORM)
    db.session().rollback()

    assert (before, queries.has_villages(db.session(), commune.id, TODAY)) == (False, True)
    assert queries.has_villages(db.session(), commune.id, date(2025, 6, 30)) is False


def test_a_commune_without_villages_is_reminded_to_enter_them(officer):
    before = officer.get("/can-bo?lang=en").text
    officer.post(f"{IA_MO}/thon", data=FORM)

    after = officer.get("/can-bo?lang=en").text

    assert "Enter villages and households" in before
    assert "Enter villages and households" not in after
