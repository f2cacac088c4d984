"""The province's year: a campaign of three communes, one complete, one sent back, one late, to accepted packs."""

import re
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from survey_app import db
from survey_app.access import Role
from survey_app.audit import OPERATOR
from survey_app.campaigns import campaigns, opening
from survey_app.demo import accounts, sample
from survey_app.fieldwork import operations
from survey_app.fieldwork.models import State
from survey_app.keys import store
from tests.factories import advance
from tests.journeys.steps import press, today


@pytest.mark.long
def test_a_campaign_of_three_communes_comes_to_accepted_packs(
    app, make_commune, hand_out, submission, serve, desktop: Page, phone: Page, tmp_path
):
    whole, sent_back, late = (
        make_commune(code, name, Phung=6)
        for code, name in (("98001", "Trọn Vẹn"), ("98002", "Trả Lại"), ("98003", "Trễ Hạn"))
    )

    def ask_households(commune, number):
        """Both bodies agree, four of six households answer, the count is sealed and signed."""
        now = datetime.now(UTC)
        with db.transaction() as current:
            operations.publish(current, number, actor=OPERATOR, now=now, keys=store())
        codes = hand_out(advance(number, State.OPEN), commune.villages["Phung"], 4)
        for code in codes[:4]:
            assert (
                app.test_client().post("/api/v1/submissions", json=submission(code=code)).status_code == 201
            )
        advance(number, State.SEALED)
        with db.transaction() as current:
            people = accounts.signers(current, commune.unit, now, has_come=now)
            current.flush()  # their numbers sign
            sample.sign_result(current, number, people)

    with serve() as server:
        # One step opens it for all three; phones open today, and the first steps should have been done yesterday.
        server.sit_down(desktop, Role.FRONT_PROVINCE, whole.province)
        desktop.goto(f"{server.url}/can-bo/tinh/ke-hoach/moi")
        words = {
            "title": "Đợt lấy ý kiến cả tỉnh", "plan_number": "12/KH-MTTQ-BTT",
            "aim": "Để biết bà con hài lòng không.", "contact": "Mặt trận tỉnh, 0269 000 000",
        }  # fmt: skip
        days = {"opens_on": 0, "closes_on": 9, "day_households": -3, "day_approved": -2, "day_printed": -1}
        for name, value in words.items():
            desktop.locator(f"#{name}").fill(value)
        for name, later in days.items():
            desktop.locator(f"#{name}").fill((today() + timedelta(days=later)).isoformat())
        desktop.locator("input[name=level][value=xa]").check()
        press(desktop, "Mở kế hoạch")
        expect(desktop.get_by_role("row", name=re.compile("Trễ Hạn"))).to_be_visible()
        [made] = campaigns.of_year(db.session(), whole.province.id, today().year)
        drafts = opening.surveys_of(db.session(), made.id)
        for commune in (whole, sent_back):
            ask_households(commune, drafts[commune.unit.id])
        server.leave_database()

        # The Front of the province asks one commune for a change; the commune says what it did.
        first, second = (drafts[commune.unit.id] for commune in (whole, sent_back))
        appraisal = f"{server.url}/can-bo/dot/%s/tham-dinh"
        desktop.goto(appraisal % second)
        desktop.locator("#reason").fill("Đề nghị nhập danh sách ký nhận của làng Phung.")
        press(desktop, "Yêu cầu sửa")
        server.sit_down(phone, Role.COMMUNE, sent_back.unit)
        phone.goto(appraisal % second)
        expect(phone.locator("main")).to_contain_text("Đề nghị nhập danh sách ký nhận")
        phone.locator("#reason").fill("Danh sách đã gửi kèm công văn 15.")
        press(phone, "Gửi trả lời")

        # Then both are accepted, each with the reason why nothing was compared.
        for number in (first, second):
            desktop.goto(appraisal % number)
            desktop.locator("#reason").fill("Đối chiếu tại thực địa theo lịch của Mặt trận tỉnh.")
            press(desktop, "Chấp nhận")
        desktop.goto(f"{server.url}/can-bo/tinh/{today().year}?need=late")
        expect(desktop.get_by_role("row", name=re.compile("Trễ Hạn"))).to_contain_text("Quá hạn")
        expect(desktop.get_by_role("row", name=re.compile("Trọn Vẹn|Trả Lại"))).to_have_count(0)

        # The packs of the accepted ones are made by the minute job.
        desktop.goto(f"{server.url}/can-bo/ho-so")
        press(desktop, "Lập hồ sơ của năm này")
        server.flask("fieldwork", "tick")
        desktop.goto(f"{server.url}/can-bo/ho-so")
        expect(desktop.get_by_text("Tải hồ sơ minh chứng", exact=True)).to_have_count(2)
        row = desktop.get_by_role("row", name=re.compile("Trả Lại"))
        with desktop.expect_download() as waiting:
            row.get_by_role("link").click()
        pack = tmp_path / "pack.zip"
        waiting.value.save_as(pack)
        with zipfile.ZipFile(pack) as found:
            assert "index.html" in found.namelist()
