"""The auditor reads who did what: by act, by day, page by page; and leaves with every answer, which is noted too."""

import json
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page, expect

from survey_app import audit, db
from survey_app.access import Role
from survey_app.fieldwork.models import State
from tests.journeys.steps import fetch, press, today, told


def test_an_auditor_reads_the_log_by_act_and_day_and_the_own_download_stands_in_it(
    make_commune, make_survey, hand_out, serve, desktop: Page, phone: Page, tmp_path: Path
):
    now = datetime.now(UTC)
    commune = make_commune(Phung=6)
    survey = make_survey(commune, State.OPEN)
    hand_out(survey, commune.villages["Phung"], 2)
    with db.transaction() as current:
        for _look in range(60):
            audit.record(
                current, "operator", "results.exact", f"survey:{survey.id}", at=now, form="comparison"
            )

    with serve() as server:
        # An officer corrects a number.
        server.sit_down(desktop, Role.COMMUNE, commune.unit)
        desktop.goto(f"{server.url}/can-bo/dot/{survey.id}/khung/{commune.villages['Phung'].code}")
        desktop.locator("#households").fill("7")
        desktop.locator("#reason").fill("Hộ mới tách")
        with desktop.expect_event("load"):
            desktop.keyboard.press("Tab")
            desktop.keyboard.press("Enter")
        told(desktop, "Đã sửa.")
        server.flask("results", "close", "--survey", survey.id)

        # The auditor finds it, newest first, with the old and the new number.
        server.sit_down(phone, Role.AUDITOR, commune.province)
        phone.goto(f"{server.url}/can-bo")
        phone.get_by_role("button", name="Trình đơn").click()
        with phone.expect_event("load"):
            phone.get_by_role("link", name="Nhật ký", exact=True).click()
        entries = phone.locator("main ol.todo-list > li")
        expect(entries).to_have_count(50)
        with phone.expect_event("load"):
            phone.get_by_role("button", name="Việc cũ hơn").or_(
                phone.get_by_role("link", name="Việc cũ hơn")
            ).click()
        expect(entries.last).to_contain_text("Số 1")
        phone.goto(f"{server.url}/can-bo/nhat-ky")
        phone.locator("#viec").select_option("fieldwork.correct_frame")
        phone.locator("#ngay").fill(str(today()))
        press(phone, "Xem")
        expect(entries).to_have_count(1)
        expect(entries).to_contain_text("Bà commune")
        expect(entries).to_contain_text("Hộ mới tách")
        phone.locator("#ngay").fill("2020-01-01")
        press(phone, "Xem")
        expect(phone.locator("main")).to_contain_text("Không có việc nào phù hợp.")

        # Taking all answers is an act like any other.
        phone.goto(f"{server.url}/can-bo/dot/{survey.id}/giay-to")
        taken = fetch(phone, "Bộ dữ liệu kiểm tra (toàn bộ phiếu; việc tải được ghi nhật ký)", tmp_path)
        assert json.loads(taken.read_text(encoding="utf-8"))
        phone.goto(f"{server.url}/can-bo/nhat-ky")
        expect(entries.first).to_contain_text("Bà auditor")
