"""The menu: each role is shown its own pages in one order, every entry opens, and a room adds one by itself."""

import re
from pathlib import Path

import pytest

import survey_app
from survey_app import menu
from survey_app.access import Role
from survey_app.i18n import lazy_gettext
from survey_app.menu import MenuEntry
from tests.pages import Page

ACCOUNT = ["/can-bo/phien", "/can-bo/ma-xac-thuc", "/can-bo/dien-thoai", "/can-bo/mat-khau"]
DEPUTIES = "/can-bo/ky-thay"
MANUAL, REQUESTS, DATA_MAP = "/huong-dan", "/can-bo/yeu-cau", "/can-bo/ban-do-du-lieu"

TODAY, KEYING, SURVEYS, FORMS, VILLAGES = (
    "/can-bo", "/can-bo/nhap-phieu", "/can-bo/dot", "/can-bo/mau-phieu", "/can-bo/don-vi",
)  # fmt: skip
HEADS, PACKS = "/can-bo/giay-to/trinh-bay", "/can-bo/ho-so"
TARGETS, OWN_TARGETS = "/can-bo/chi-tieu", "/can-bo/chi-tieu/don-vi"
PROVINCE, SERVICES, PEOPLE, LOG = "/can-bo/tinh", "/can-bo/dich-vu", "/can-bo/tai-khoan", "/can-bo/nhat-ky"

READ = [TODAY, SURVEYS, FORMS, VILLAGES]
#: Main menu, menu of the account and foot of the page by role.
SHOWN = {
    Role.PROVINCE: (
        [*READ, PROVINCE, TARGETS, SERVICES, PEOPLE, LOG],
        [DEPUTIES, *ACCOUNT],
        [MANUAL, REQUESTS, DATA_MAP, PACKS],
    ),
    Role.FRONT_PROVINCE: (
        [*READ, PROVINCE, TARGETS, PEOPLE, LOG],
        [DEPUTIES, *ACCOUNT],
        [MANUAL, REQUESTS, DATA_MAP, PACKS, HEADS],
    ),
    Role.AUDITOR: ([*READ, PROVINCE, TARGETS, LOG], ACCOUNT, [MANUAL, DATA_MAP, PACKS]),
    Role.VIEWER: ([*READ, PROVINCE, TARGETS], ACCOUNT, [MANUAL]),
    Role.COMMUNE: ([*READ, SERVICES, OWN_TARGETS, PEOPLE], [DEPUTIES, *ACCOUNT], [MANUAL]),
    Role.FRONT_COMMUNE: ([*READ, PEOPLE], [DEPUTIES, *ACCOUNT], [MANUAL, REQUESTS, PACKS]),
    Role.CLERK: ([TODAY, KEYING], ACCOUNT, [MANUAL]),
    Role.DIGITAL_TEAM: ([TODAY], ACCOUNT, [MANUAL]),
}
PROVINCIAL = (Role.PROVINCE, Role.FRONT_PROVINCE, Role.AUDITOR, Role.VIEWER)


@pytest.fixture
def enter(sign_in, commune):
    """Sign in with that role on a unit it belongs to."""
    return lambda role: sign_in(role, commune.province if role in PROVINCIAL else commune.unit)


def addresses(page, begins, ends):
    """Where the links lead between these two marks of the page."""
    part = page.partition(begins)[2].partition(ends)[0]
    return [link["href"] for link in Page(part).all("a")]


def main_menu(page):
    return addresses(page, '<nav class="site-nav"', "</nav>")


@pytest.mark.parametrize("role", list(Role))
def test_each_role_is_shown_its_pages_in_one_order_and_every_one_opens(enter, role):
    client = enter(role)
    home = client.get("/can-bo").text

    shown = (
        main_menu(home),
        addresses(home, '<details class="account"', "</details>"),
        addresses(home, "<footer", "</footer>"),
    )

    assert shown == SHOWN[role]
    opened = {
        address: client.get(address, follow_redirects=True).status_code
        for entries in shown
        for address in entries
    }
    assert set(opened.values()) == {200}


def test_a_viewer_of_one_commune_has_no_page_of_the_province_in_the_menu(sign_in, commune):
    assert PROVINCE not in main_menu(sign_in(Role.VIEWER, commune.unit).get("/can-bo").text)


def test_a_room_puts_a_page_into_the_menu_where_its_order_says_and_for_whom_its_view_is(
    app, enter, monkeypatch
):
    monkeypatch.setitem(app.extensions, "menu", list(app.extensions["menu"]))
    menu.register(app, MenuEntry("privacy.data_map", lazy_gettext("Data map"), 350))

    at_the_province = main_menu(enter(Role.PROVINCE).get("/can-bo").text)
    in_the_commune = main_menu(enter(Role.COMMUNE).get("/can-bo").text)

    assert at_the_province[:4] == [TODAY, SURVEYS, DATA_MAP, FORMS]
    assert DATA_MAP not in in_the_commune


def test_no_two_entries_of_a_place_claim_one_number(app):
    numbers = [(entry.place, entry.order) for entry in app.extensions["menu"]]

    assert len(set(numbers)) == len(numbers)


def test_the_layout_of_staff_pages_names_no_page_of_a_room():
    layout = (Path(survey_app.__path__[0]) / "templates" / "staff.html").read_text(encoding="utf-8")

    assert set(re.findall(r"""["'](/can-bo/[^"']+)""", layout)) == {"/can-bo/ngon-ngu"}
