"""After the seal: the Front reads what was written, compares with the lists, calls back, and answers requests."""

import re

from playwright.sync_api import Page, expect

from survey_app.access import Role
from tests.journeys.steps import begin, follow, press, send_slip, today, told

_NAMES_SOMEBODY = "Ông Nguyễn Văn X giữ phiếu của tôi"


def test_a_remark_is_taken_out_and_the_lists_lead_to_a_back_check_that_signers_read(
    app, make_commune, make_survey, make_form, hand_out, submission, serve, desktop: Page, phone: Page
):
    commune = make_commune(Phung=6)
    form = make_form({"key": "remarks", "kind": "long_text", "text": {"vi": "Ý kiến khác", "en": "Remarks"}})
    survey = make_survey(commune, form=form)
    codes = hand_out(survey, commune.villages["Phung"], 4)

    with serve() as server:
        page = f"{server.url}/can-bo/dot/{survey.id}"
        phone.goto(f"{server.url}/k/{codes[0]}")
        phone.locator("textarea").fill(_NAMES_SOMEBODY)
        phone.locator("input[type=radio][value=satisfied]").first.check()
        send_slip(phone)
        for code in codes[1:]:
            app.test_client().post("/api/v1/submissions", json=submission(code=code))
        server.flask("results", "close", "--survey", survey.id)

        # The remark names somebody: it is taken out, and the result still agrees with its seal.
        server.sit_down(desktop, Role.FRONT_COMMUNE, commune.unit)
        desktop.goto(page)
        follow(desktop, "Ý kiến bằng lời")
        follow(desktop, "Đọc ý kiến")
        expect(desktop.locator("blockquote")).to_have_text(_NAMES_SOMEBODY)
        follow(desktop, "Có nêu tên người: xóa hẳn ý kiến này")
        desktop.locator("#reason").fill("Nêu tên người khác")
        press(desktop, "Đồng ý, xóa hẳn")
        expect(desktop.locator("main")).not_to_contain_text(_NAMES_SOMEBODY)
        assert server.json("results", "verify", "--survey", survey.id)["equal"] is True

        # The list of the village has fewer rows ticked than households counted.
        desktop.goto(page)
        follow(desktop, "Đối chiếu với giấy tờ")
        for name, count in {"issued": 4, "ticked": 2, "returned": 0, "voided": 0}.items():
            desktop.locator(f"#{name}").fill(str(count))
        press(desktop, "Lưu số liệu của thôn này")
        expect(desktop.get_by_role("row", name="Làng Phung")).to_contain_text("Số đã đếm vượt số ký nhận")

        # Two rows are called back; replies that do not add up are told.
        press(desktop, "Bốc thăm")
        expect(desktop.get_by_role("row", name=re.compile("Làng Phung 1, 2"))).to_be_visible()
        call_back(desktop, confirmed=1, denied=0, not_reached=0)
        expect(desktop.locator("#not_reached-error")).to_be_visible()
        call_back(desktop, confirmed=1, denied=1, not_reached=0)
        expect(desktop.locator(".callback-outcome")).to_contain_text(
            "1 trong 2 hộ liên lạc được nói không trả lời"
        )

        # Who signs reads it first.
        server.sit_down(phone, Role.COMMUNE, commune.unit)
        phone.goto(f"{page}/ky")
        expect(phone.locator("main")).to_contain_text("1 trong 2 hộ liên lạc được nói không trả lời")


def call_back(page: Page, **replies: int) -> None:
    for name, count in replies.items():
        page.locator(f"#{name}").fill(str(count))
    press(page, "Lưu kết quả gọi lại")


def test_a_request_on_personal_data_is_recorded_found_under_today_and_answered(
    make_commune, serve, desktop: Page
):
    commune = make_commune()

    with serve() as server:
        server.sit_down(desktop, Role.FRONT_COMMUNE, commune.unit)
        desktop.goto(f"{server.url}/can-bo")
        with desktop.expect_event("load"):
            desktop.get_by_role("link", name="Yêu cầu về dữ liệu cá nhân").first.click()
        expect(desktop.locator("main")).to_contain_text("Chưa có yêu cầu nào.")
        desktop.locator("#received_on").fill(str(today()))
        desktop.locator("#kind").select_option("erasure")
        desktop.locator("#reference").fill("Công văn đến 41")
        press(desktop, "Ghi nhận yêu cầu")
        told(desktop, "Hạn trả lời:")

        begin(desktop, server.url, re.compile("Trả lời yêu cầu số"))
        desktop.get_by_label("Nội dung đã trả lời").first.fill("Phiếu không ghi tên nên không tìm được.")
        press(desktop, "Ghi nhận nội dung trả lời")
        told(desktop, "Đã ghi nhận nội dung trả lời.")
        expect(desktop.get_by_role("listitem").filter(has_text="Công văn đến 41")).to_contain_text(
            "Phiếu không ghi tên nên không tìm được."
        )
        desktop.goto(f"{server.url}/can-bo")
        expect(desktop.locator("main")).not_to_contain_text("Công văn đến 41")
