"""What is changed while a survey runs, by both bodies: a wronged village asked again, phones open for longer."""

import csv
import re
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

from survey_app.access import Role
from survey_app.fieldwork.models import State
from tests.journeys.steps import agree, answer, begin, press, today, told


def test_a_wronged_village_is_set_aside_by_two_bodies_and_answers_again_with_new_slips(
    make_commune, make_survey, hand_out, serve, desktop: Page, phone: Page, tmp_path: Path
):
    commune = make_commune(Phung=6, Bang=4)
    survey, village = make_survey(commune), commune.villages["Phung"]
    codes = hand_out(survey, village, 2)

    with serve() as server:
        page = f"{server.url}/can-bo/dot/{survey.id}"
        receipt = answer(phone, f"{server.url}/k/{codes[0]}")

        # The commune asks, with a reason.
        server.sit_down(desktop, Role.COMMUNE, commune.unit)
        desktop.goto(page)
        desktop.get_by_text("Lấy ý kiến lại ở thôn có sai phạm").click()
        with desktop.expect_event("load"):
            desktop.locator("details[open]").get_by_role("link", name="Làng Phung").click()
        desktop.locator("#reason").fill("Phiếu bị giữ lại ở nhà văn hóa")
        press(desktop, "Đề nghị bên kia cùng đồng ý hủy")
        told(desktop, "Đã gửi.")

        # The Front agrees, and prints new slips.
        server.sit_down(desktop, Role.FRONT_COMMUNE, commune.unit)
        agree(desktop, server.url, "Duyệt: Hủy lượt trả lời của một thôn")
        expect(desktop.get_by_role("main")).to_contain_text("1 phiếu không được tính")
        begin(desktop, server.url, f"In phiếu của đợt {survey.id}")
        desktop.get_by_label(re.compile("Làng Phung")).first.fill("3")
        slips = desktop.locator(f"#v{village.code}")
        with desktop.expect_download() as waiting:
            slips.get_by_role("button", name="Tạo phiếu mới: bảng CSV").click()
        waiting.value.save_as(tmp_path / "phieu.csv")
        with (tmp_path / "phieu.csv").open(encoding="utf-8-sig", newline="") as file:
            new = [row["code"] for row in csv.DictReader(file)]

        # Slips of before do nothing, and say why; the household's earlier receipt says so too.
        assert phone.goto(f"{server.url}/k/{codes[1]}").status == 410
        assert phone.goto(f"{server.url}/k/{codes[0]}").status in {409, 410}
        expect(phone.locator("body")).to_contain_text("bằng phiếu mới")
        answer(phone, f"{server.url}/k/{new[0]}", "dissatisfied")
        phone.goto(f"{server.url}/kiem-tra")
        phone.locator("#receipt").press_sequentially(receipt)
        with phone.expect_event("load"):
            phone.keyboard.press("Enter")
        expect(phone.locator(".box[role=status]")).to_contain_text("không được tính")
        phone.goto(f"{server.url}/ket-qua/{survey.id}")
        expect(phone.locator("main")).to_contain_text("Phiếu bị giữ lại ở nhà văn hóa")
        counted = server.json("fieldwork", "progress", "--survey", survey.id)["villages"]
        assert sorted(row["answered"] for row in counted) == [0, 1]


def test_phones_stay_open_longer_when_the_other_body_agrees_and_villagers_read_the_new_day(
    make_commune, make_survey, hand_out, serve, desktop: Page, phone: Page
):
    commune = make_commune(Phung=6)
    survey = make_survey(commune, State.OPEN)
    (code,) = hand_out(survey, commune.villages["Phung"])
    later = today() + timedelta(days=12)

    def ask(day: object, reason: str) -> None:
        desktop.locator("summary", has_text="Gia hạn trả lời qua điện thoại").click()
        asking = desktop.locator("details[open] form")
        asking.get_by_label("Ngày cuối mới").fill(str(day))
        asking.locator("textarea").fill(reason)
        with desktop.expect_event("load"):
            asking.get_by_role("button").click()

    with serve() as server:
        page = f"{server.url}/can-bo/dot/{survey.id}"
        server.sit_down(desktop, Role.COMMUNE, commune.unit)
        desktop.goto(page)

        ask(later, "Mùa gặt")
        told(desktop, "Đã gửi.")

        # The Front does not agree, and has to say why.
        server.sit_down(phone, Role.FRONT_COMMUNE, commune.unit)
        begin(phone, server.url, "Duyệt: Gia hạn")
        phone.get_by_label("Tôi không đồng ý").check()
        press(phone, "Ghi nhận quyết định")
        expect(phone.get_by_role("alert")).to_contain_text("Hãy ghi lý do")
        phone.locator("#reason").fill("Hai ngày nữa là họp thôn")
        press(phone, "Ghi nhận quyết định")
        told(phone, "Đã ghi nhận quyết định.")

        # The commune reads it and asks again; now the Front agrees, and the slip says the new day.
        desktop.goto(page)
        expect(desktop.locator("main")).to_contain_text("Hai ngày nữa là họp thôn")
        ask(later, "Mùa gặt, và họp thôn đã hoãn")
        told(desktop, "Đã gửi.")
        agree(phone, server.url, "Duyệt: Gia hạn")
        phone.context.clear_cookies()
        phone.goto(f"{server.url}/k/{code}")
        expect(phone.locator("body")).to_contain_text(f"{later:%d/%m/%Y}")
