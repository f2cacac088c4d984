"""An empty installation, set up in a browser by the link of the start: two letters, and the province's officer is in."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.steps import press

_PASSWORD = "mot cau du dai de nho"


@pytest.mark.long
def test_from_the_link_of_the_start_to_the_first_officer(serve, desktop: Page, phone: Page):
    with serve() as server:
        link = server.url + urlsplit(server.json("setup", "--link")["link"]).path
        desktop.goto(link)
        expect(desktop.get_by_label("Tỉnh")).to_have_value("52")
        press(desktop, "Bắt đầu: nạp đơn vị, mẫu phiếu và làm hai thư mời")
        expect(desktop.get_by_role("alert").first).to_be_visible()
        for role, name, number in (
            ("province", "Siu Blơng", "0905 123 456"),
            ("front_province", "Rơ H'Lan", "0914 222 333"),
        ):
            desktop.locator(f"#{role}-name").fill(name)
            desktop.locator(f"#{role}-telephone").fill(number)
        press(desktop, "Bắt đầu: nạp đơn vị, mẫu phiếu và làm hai thư mời")
        expect(desktop.locator("h1")).to_have_text("Hai thư mời đầu tiên")
        expect(desktop.get_by_role("img", name="Mã QR")).to_have_count(2)
        letter = desktop.get_by_label("Đường dẫn để gửi").first.input_value()

        phone.goto(letter)
        for name in ("password", "again"):
            phone.locator(f"main input[name={name}]").fill(_PASSWORD)
        press(phone, "Đặt mật khẩu và đăng nhập")
        expect(phone.locator("h1")).to_have_text("Hôm nay phải làm gì")
        expect(phone.locator("main")).to_contain_text("Mời các xã: Cán bộ xã")

        # Nobody sets the same installation up a second time, and the next start prints no link.
        assert desktop.goto(link).status == 409
        assert server.json("setup", "--link") == {"link": None}
