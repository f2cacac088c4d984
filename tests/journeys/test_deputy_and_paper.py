"""Who signs by hand, and who signs in somebody's place: both count like a press of the button, and papers say so."""

from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

from survey_app.access import Role
from survey_app.fieldwork.models import State
from tests.journeys.steps import agree, begin, fetch, follow, press, today, told

_PDF = b"%PDF-1.4\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"


def test_a_paper_signed_by_hand_publishes_a_survey_and_a_deputy_decides_in_the_place_of_who_is_away(
    make_commune, make_survey, serve, desktop: Page, phone: Page, tmp_path: Path
):
    commune = make_commune()
    survey = make_survey(commune, State.DRAFT)
    scan = tmp_path / "quyet-dinh.pdf"
    scan.write_bytes(_PDF)

    with serve(PAPER_SIGNATURES="1") as server:
        page = f"{server.url}/can-bo/dot/{survey.id}"
        server.sit_down(phone, Role.FRONT_COMMUNE, commune.unit, "Bà Hoa")
        server.sit_down(desktop, Role.COMMUNE, commune.unit)
        desktop.goto(page)
        press(desktop, "Gửi bên kia duyệt công bố")

        # One of the Front brings the signed paper, without its scan first, then with it.
        server.sit_down(desktop, Role.FRONT_COMMUNE, commune.unit, "Ông Thanh")
        begin(desktop, server.url, "Duyệt: Công bố")
        follow(desktop, "Đã ký tay trên giấy: đưa bản chụp lên")
        desktop.get_by_label("Đồng ý", exact=True).check()
        desktop.locator("#signer").fill("Rah Lan Hương, Chủ tịch Mặt trận xã")
        desktop.locator("#signed_on").fill(str(today()))
        press(desktop, "Gửi bản chụp")
        expect(desktop.get_by_role("alert")).to_be_visible()
        expect(desktop.locator("#signer")).to_have_value("Rah Lan Hương, Chủ tịch Mặt trận xã")
        desktop.locator("#scan").set_input_files(scan)
        press(desktop, "Gửi bản chụp")
        told(desktop, "Đã nhận bản chụp.")

        # Another one of the Front compares the scan with the paper; then the survey is published.
        begin(phone, server.url, "Xác nhận quyết định do Rah Lan Hương")
        assert fetch(phone, "Tải bản chụp", tmp_path).read_bytes() == _PDF
        phone.get_by_label("Khớp: tôi đã đối chiếu với bản giấy").check()
        press(phone, "Ghi nhận quyết định")
        phone.goto(page)
        expect(phone.locator("h1")).not_to_contain_text("bản nháp")
        expect(phone.locator("main")).to_contain_text("ký trên giấy ngày")

        # Bà Hoa goes away and names Ông Thanh, who then decides in her place.
        phone.goto(f"{server.url}/can-bo/ky-thay")
        phone.locator("#deputy").select_option(label="Ông Thanh")
        phone.locator("#starts_on").fill(str(today()))
        phone.locator("#ends_on").fill(str(today() + timedelta(days=3)))
        phone.locator("#reason").fill("Đi công tác")
        press(phone, "Cử người này")
        told(phone, "Đã cử người ký thay.")
        server.sit_down(phone, Role.COMMUNE, commune.unit)
        phone.goto(page)
        phone.locator("summary", has_text="Hủy đợt lấy ý kiến").click()
        phone.locator("details[open] textarea").fill("Sai mẫu phiếu")
        with phone.expect_event("load"):
            phone.locator("details[open]").get_by_role("button").click()
        agree(desktop, server.url, "Duyệt: Hủy")
        expect(desktop.locator("main")).to_contain_text("Ông Thanh, ký thay Bà Hoa")
        expect(desktop.locator("h1")).to_contain_text("đã hủy")
