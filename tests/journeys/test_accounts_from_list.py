"""A list of people as an office has it, pasted, looked at, made into accounts, and one letter taken up on a phone."""

import io

import pypdfium2
import pytest
import xlsxwriter
from playwright.sync_api import Page, expect

from survey_app.access import Role
from tests.journeys.steps import follow, press, screen, told

_PASSWORD = "mot cau du dai de nho"


def book(*rows: tuple[object, ...]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        sheet = made.add_worksheet("Sheet1")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return out.getvalue()


def send(page: Page, file: bytes) -> None:
    page.locator("#file").set_input_files(
        {"name": "can bo.xlsx", "mimeType": "application/octet-stream", "buffer": file}
    )
    press(page, "Xem trước")


@pytest.mark.long
def test_a_list_of_people_becomes_letters_and_one_of_them_signs_in_by_telephone(
    make_commune, serve, desktop: Page, phone: Page, tmp_path
):
    commune = make_commune("98001", "Ia Grai")
    rows = (
        ("DANH SÁCH CÁN BỘ LẤY Ý KIẾN",),
        ("STT", "Họ và tên", "Đơn vị", "Chức vụ", "SĐT"),
        (1, "Siu Blơng", "UBND xã Ia Grai", "Công chức", 905123456),
        (2, "Rơ H'Lan", "MTTQ xã Ia Grai", "Cán bộ MTTQ", "0914.222.333"),
    )
    third = (3, "Nguyễn Văn An", "UBND xã Ia Grai", "công chức")

    with serve() as server:
        server.sit_down(desktop, Role.PROVINCE, commune.province)
        desktop.goto(f"{server.url}/can-bo/tai-khoan")
        follow(desktop, "Tạo tài khoản từ danh sách")

        # One number is wrong: everything that is wrong is told at once, and nothing was made.
        send(desktop, book(*rows, (*third, "0905 12")))
        expect(desktop.locator(".error-summary")).to_contain_text("“0905 12” không phải số điện thoại.")
        expect(desktop.locator(".error-summary tbody tr")).to_have_count(1)
        follow(desktop, "Chọn tệp khác")

        # Mended: the role of "Công chức" is asked once, the Front's person is named and left to the Front.
        send(desktop, book(*rows, (*third, "0905 125 125")))
        expect(desktop.locator("section:has(#theirs)")).to_contain_text("Rơ H'Lan")
        screen(desktop, "tai-khoan-xem-truoc")
        desktop.get_by_label("Cán bộ xã", exact=True).check()
        press(desktop, "Tạo các tài khoản này và thư mời")
        expect(desktop.locator("h1")).to_have_text("2 thư mời")
        with desktop.expect_download() as waiting:
            desktop.get_by_role("button", name="Tải 2 thư").click()
        letters = tmp_path / "thu.pdf"
        waiting.value.save_as(letters)
        assert len(pypdfium2.PdfDocument(letters)) == 2
        link = desktop.get_by_label("Đường dẫn của Siu Blơng").input_value()

        # On the phone: the link, a password, out, and in again by the number as people write it.
        phone.goto(link)
        for name in ("password", "again"):
            phone.locator(f"main input[name={name}]").fill(_PASSWORD)
        press(phone, "Đặt mật khẩu và đăng nhập")
        told(phone, "0905123456")
        with phone.expect_event("load"):
            phone.get_by_role("button", name="Đăng xuất").click()
        phone.goto(f"{server.url}/dang-nhap")
        phone.locator("input[name=email]").fill("0905 123 456")
        phone.locator("input[name=password]").fill(_PASSWORD)
        with phone.expect_event("load"):
            phone.keyboard.press("Enter")
        expect(phone.locator("h1")).to_have_text("Hôm nay phải làm gì")

        # The same list, with what was mended, sent once more: nobody is made twice.
        desktop.goto(f"{server.url}/can-bo/tai-khoan/danh-sach")
        send(desktop, book(*rows, (*third, "0905 125 125")))
        desktop.get_by_label("Cán bộ xã", exact=True).check()
        press(desktop, "Tạo các tài khoản này và thư mời")
        expect(desktop.locator("section:has(#has)")).to_contain_text("Siu Blơng")
