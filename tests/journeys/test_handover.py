"""An officer leaves: one press ends the sign-in and makes the successor's letter, who finds what waits on “Today”."""

import pytest
from playwright.sync_api import Browser, Page, expect

from survey_app import db
from survey_app.access import Role
from survey_app.accounts.models import User
from survey_app.fieldwork.models import State, Survey
from tests.journeys.conftest import DESKTOP, window
from tests.journeys.steps import begin, follow, press, told

_PASSWORD = "mot cau du dai de nho"


@pytest.mark.long
def test_who_leaves_is_out_at_once_and_the_successor_goes_on(
    make_commune, make_survey, serve, browser: Browser, desktop: Page, phone: Page
):
    commune = make_commune()
    survey = make_survey(commune, State.DRAFT)

    with serve() as server:
        leaving = window(browser, viewport=DESKTOP).new_page()
        server.sit_down(leaving, Role.COMMUNE, commune.unit, "Siu Blơng")
        with db.transaction() as current:
            user = current.query(User).filter_by(name="Siu Blơng").one()
            current.get_one(Survey, survey.id).created_by = f"user:{user.id}"
        server.leave_database()
        server.sit_down(desktop, Role.PROVINCE, commune.province)
        leaving.goto(f"{server.url}/can-bo")

        # The province opens the handover twice, in two tabs.
        desktop.goto(f"{server.url}/can-bo/tai-khoan")
        follow_link(desktop, "Bàn giao: Siu Blơng")
        expect(desktop.locator("main")).to_contain_text(f"Bản nháp đợt {survey.id}")
        other = desktop.context.new_page()
        other.goto(desktop.url)

        # What is missing is said, and nothing has happened yet.
        desktop.get_by_label("Người mới").check()
        press(desktop, "Bàn giao và chấm dứt đăng nhập cũ")
        expect(desktop.get_by_role("alert")).to_be_visible()
        leaving.reload()
        expect(leaving.locator("h1")).to_have_text("Hôm nay phải làm gì")
        desktop.get_by_label("Người mới").check()
        desktop.locator("#name").fill("Rơ H'Lan")
        desktop.locator("#telephone").fill("0905 123 456")
        press(desktop, "Bàn giao và chấm dứt đăng nhập cũ")
        told(desktop, "Đã bàn giao công việc của Siu Blơng.")
        link = desktop.get_by_label("Đường dẫn để gửi").input_value()

        # Out with the next click; the second tab is told who has it now.
        leaving.reload()
        expect(leaving.locator("h1")).to_have_text("Đăng nhập")
        other.locator("#name").fill("Ai Khác")
        other.locator("#telephone").fill("0905 999 999")
        other.get_by_label("Người mới").check()
        press(other, "Bàn giao và chấm dứt đăng nhập cũ")
        expect(other.locator("main")).to_contain_text("Rơ H'Lan")

        # The successor comes by the letter and finds what waits.
        phone.goto(link)
        for name in ("password", "again"):
            phone.locator(f"main input[name={name}]").fill(_PASSWORD)
        press(phone, "Đặt mật khẩu và đăng nhập")
        begin(phone, link.partition("/moi/")[0], "Nhận bàn giao công việc của Siu Blơng")
        follow(phone, f"Bản nháp đợt {survey.id}")
        expect(phone.locator("h1")).to_contain_text(survey.id)
        leaving.context.close()


def follow_link(page: Page, name: str) -> None:
    """Follow the link that is read out like this."""
    with page.expect_event("load"):
        page.get_by_role("main").get_by_role("link", name=name, exact=True).click()
