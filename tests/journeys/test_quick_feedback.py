"""Quick feedback: from Today to a QR on the screen in at most six clicks; a neighbour answers and a place has figures."""

import pytest
from playwright.sync_api import Page, expect

from survey_app.access import Role
from tests.journeys.steps import answer, screen

MOST_CLICKS = 6

_COUNT = """
sessionStorage.clicks = sessionStorage.clicks || "0";
addEventListener("click", event => { if (event.detail) sessionStorage.clicks = Number(sessionStorage.clicks) + 1; }, true);
"""


@pytest.mark.long
def test_an_officer_has_a_qr_on_the_screen_in_six_clicks(
    make_commune, make_survey, serve, desktop: Page, phone: Page
):
    commune = make_commune()
    make_survey(commune)

    with serve() as server:
        server.sit_down(desktop, Role.COMMUNE, commune.unit)
        desktop.add_init_script(_COUNT)
        desktop.goto(f"{server.url}/can-bo")
        with desktop.expect_event("load"):
            desktop.get_by_role("link", name="Góp ý nhanh bằng QR").click()
        desktop.get_by_label("Góp ý về Bộ phận một cửa (mẫu)").click()
        with desktop.expect_event("load"):
            desktop.get_by_role("button", name="Tạo mã QR").click()

        expect(desktop.locator(".open-qr")).to_be_visible()
        screen(desktop, "gop-y-qr")
        assert 0 < int(desktop.evaluate("sessionStorage.clicks")) <= MOST_CLICKS

        link = desktop.locator("p.typed a").get_attribute("href")
        assert "/g/" in link
        answer(phone, f"{server.url}/g/{link.rsplit('/', 1)[-1]}")

        # The words to send are copied with the whole address.
        desktop.context.grant_permissions(["clipboard-read", "clipboard-write"])
        desktop.get_by_role("button", name="Chép đường dẫn và lời mời (Zalo)").click()
        expect(desktop.locator("[data-copied]")).to_be_visible()
        assert link in desktop.locator("textarea[readonly]").input_value()
