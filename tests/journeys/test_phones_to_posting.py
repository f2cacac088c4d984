"""What the minute job does, and what people do after it: phones open and close, the result is signed and posted."""

import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import update

from survey_app import db
from survey_app.access import Role
from survey_app.clock import DueAct
from survey_app.fieldwork.models import State
from survey_app.units.queries import civil
from tests.journeys.steps import agree, answer, begin, fetch, follow, press, today, told
from tests.readers import words

_HOUR = timedelta(hours=1)


def test_phones_open_and_close_by_the_minute_job_and_the_result_is_signed_and_posted(
    app, make_commune, make_survey, hand_out, submission, serve, desktop: Page, phone: Page, tmp_path: Path
):
    now = datetime.now(UTC)
    commune = make_commune(Phung=6)
    survey = make_survey(commune, State.PUBLISHED)
    codes = hand_out(survey, commune.villages["Phung"], 3)

    with serve() as server:
        slips = [f"{server.url}/k/{code}" for code in codes]
        page = f"{server.url}/can-bo/dot/{survey.id}"

        # The day comes: the minute job opens the phones, and at the end it closes them.
        assert phone.goto(slips[0]).status == 403
        server.change(survey.id, opens_at=now - 2 * _HOUR)
        answer(phone, slips[0])
        app.test_client().post("/api/v1/submissions", json=submission(code=codes[1]))
        server.change(survey.id, closes_at=now - _HOUR)
        assert phone.goto(slips[2]).status == 410
        server.sit_down(desktop, Role.FRONT_COMMUNE, commune.unit)
        desktop.goto(page)
        expect(desktop.locator("h1")).to_contain_text("đang kiểm phiếu")

        # Counting is over; what is final must have been due on two days.
        server.change(survey.id, counting_ends_at=now - _HOUR)
        desktop.goto(page)
        expect(desktop.locator("h1")).to_contain_text("đang kiểm phiếu")
        with db.transaction() as current:
            current.execute(update(DueAct).values(first_on=civil(now) - timedelta(days=1)))
        server.flask("fieldwork", "tick")

        # The Front signs, the commune signs, each from its list of today.
        begin(desktop, server.url, f"Ký kết quả đợt {survey.id}")
        press(desktop, "Tôi ký cho bên mình")
        told(desktop, "Đã ghi nhận quyết định.")
        server.sit_down(phone, Role.COMMUNE, commune.unit)
        agree(phone, server.url, "Ký kết quả")

        # The papers name both, and the notice hangs.
        begin(desktop, server.url, f"Niêm yết kết quả đợt {survey.id}")
        minutes = words(fetch(desktop, "Biên bản kiểm phiếu", tmp_path).read_bytes())
        assert "Bà front_commune" in minutes
        assert "Bà commune" in minutes
        follow(desktop, "Ghi nơi niêm yết và thời gian niêm yết")
        desktop.locator("#unit").select_option(label="Làng Phung")
        desktop.locator("#place").fill("Nhà rông làng Phung")
        desktop.locator("#posted_from").fill(str(today()))
        press(desktop, "Ghi nhận")
        told(desktop, "Đã ghi việc niêm yết.")
        expect(desktop.get_by_role("row", name="Nhà rông làng Phung")).to_be_visible()

        # The pack holds it all.
        desktop.goto(f"{page}/giay-to")
        pack = fetch(desktop, "Tải hồ sơ minh chứng", tmp_path)
        with zipfile.ZipFile(pack) as package:
            assert package.testzip() is None
            held = {name: package.read(name) for name in package.namelist()}
        assert any(
            "Nhà rông làng Phung" in words(body) for name, body in held.items() if "niem-yet" in name
        ), list(held)
