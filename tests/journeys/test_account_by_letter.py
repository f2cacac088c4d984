"""An account from the letter to the second sign-in: invited, password chosen, phone set up, in again with a code."""

import re

import pyotp
from playwright.sync_api import Page, expect

from survey_app.access import Role
from tests.journeys.steps import follow, press

_PASSWORD = "mot cau du dai de nho"


def type_and_enter(page: Page, **typed: str) -> None:
    """Fill the fields in by keyboard, and press Enter in the last one."""
    for name, text in typed.items():
        page.locator(f"main input[name={name}]").fill(text)
    with page.expect_event("load"):
        page.keyboard.press("Enter")


def test_from_the_letter_by_password_and_second_factor_to_the_next_sign_in(
    make_commune, serve, desktop: Page, phone: Page
):
    commune = make_commune()

    with serve(SECOND_FACTOR="1") as server:
        # A colleague makes the letter.
        server.sit_down(desktop, Role.FRONT_PROVINCE, commune.province)
        desktop.goto(f"{server.url}/can-bo/tai-khoan")
        follow(desktop, "Mời thêm người")
        desktop.locator("#name").fill("Siu H'Lan")
        desktop.locator("#email").fill("hlan.mttq")
        desktop.locator("#role").select_option("front_commune")
        desktop.locator("#unit").select_option(label=commune.unit.full_name)
        press(desktop, "Tạo thư mời")
        expect(desktop.get_by_role("img", name="Mã QR")).to_be_visible()
        link = desktop.get_by_label("Đường dẫn để gửi").input_value()

        # The person opens it on the phone: a password too weak, then a good one, then the phone's code.
        phone.goto(link)
        expect(phone.locator(".facts")).to_contain_text("hlan.mttq")
        type_and_enter(phone, password="hlan.mttq", again="hlan.mttq")
        expect(phone.get_by_role("alert")).to_be_visible()
        type_and_enter(phone, password=_PASSWORD, again=_PASSWORD)
        expect(phone.locator("h1")).to_have_text("Cài mã xác thực trên điện thoại")
        secret = phone.locator("code.secret").inner_text().replace(" ", "")
        right = pyotp.TOTP(secret).now()
        type_and_enter(phone, code=f"{(int(right) + 500_000) % 1_000_000:06}")
        expect(phone.get_by_role("alert")).to_be_visible()
        assert phone.locator("code.secret").inner_text().replace(" ", "") == secret
        phone.locator("#code").fill("")
        type_and_enter(phone, code=pyotp.TOTP(secret).now())
        written = phone.locator(".recovery-codes code")
        expect(written).to_have_count(10)
        codes = written.all_inner_texts()
        follow(phone, "Tôi đã cất giữ các mã, đi tiếp")
        expect(phone.locator("h1")).to_have_text("Hôm nay phải làm gì")

        # The letter is worth nothing any more.
        assert desktop.goto(link).status == 410

        # Out, and in again with password and a code.
        with phone.expect_event("load"):
            phone.get_by_role("button", name="Đăng xuất").click()
        phone.goto(f"{server.url}/dang-nhap?next=/can-bo/ma-xac-thuc")
        type_and_enter(phone, email="HLan.MTTQ", password=_PASSWORD)
        expect(phone.locator("h1")).to_contain_text("mã", ignore_case=True)
        type_and_enter(phone, code=codes[0])
        expect(phone).to_have_url(re.compile("/can-bo/ma-xac-thuc$"))
        expect(phone.locator("main")).to_contain_text("9")
