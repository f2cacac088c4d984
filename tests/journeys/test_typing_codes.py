"""Typing the code of a slip on a phone: in groups, mistyped, of a used slip; and looking the receipt up."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Field
from tests.journeys.steps import send_slip


def type_code(page: Page, typed: str) -> None:
    page.locator("#code").press_sequentially(typed)


def open_slip(page: Page) -> None:
    with page.expect_event("load"):
        page.get_by_role("button", name="Mở phiếu").click()


def test_a_code_is_typed_in_groups_corrected_used_and_its_receipt_found(field: Field, phone: Page):
    code = field.codes[0]
    digits = code.replace(" ", "")
    phone.goto(f"{field.server.url}/k")
    box, missing, button = (
        phone.locator("#code"),
        phone.locator("#con"),
        phone.get_by_role("button", name="Mở phiếu"),
    )

    assert box.get_attribute("inputmode") == "numeric"
    type_code(phone, digits[:14])
    expect(box).to_have_value(f"{code[:14]} {digits[12:14]}")
    expect(missing).to_have_text("Còn 2 số")
    expect(button).to_have_class("plain")
    type_code(phone, digits[14:])
    expect(box).to_have_value(code)
    expect(missing).to_have_text("")
    expect(button).not_to_have_class("plain")

    # Deleting within the code keeps the caret where the finger is.
    box.press("Home")
    for _place in range(3):
        box.press("ArrowRight")
    box.press("Backspace")
    box.press_sequentially(str((int(digits[2]) + 1) % 10))
    assert len(box.input_value()) == 19
    open_slip(phone)
    expect(phone.get_by_role("alert")).to_have_text("Có số gõ chưa đúng. Xin dò từng cụm 4 số với phiếu.")
    box.fill("")
    type_code(phone, digits)
    open_slip(phone)
    phone.locator("input[name=planning][value=satisfied]").check()
    send_slip(phone)
    receipt = re.search(r"BN \d{4} – \d{3} \d{4} \d{4}", phone.locator("main, body").first.inner_text())
    assert receipt

    phone.goto(f"{field.server.url}/k")
    phone.locator("#code").fill(f"Mã phiếu: {code}")
    open_slip(phone)
    expect(phone.locator("h1")).to_have_text("Phiếu này đã được gửi")

    phone.goto(f"{field.server.url}/kiem-tra")
    phone.locator("#receipt").fill(receipt[0])
    with phone.expect_event("load"):
        phone.get_by_role("button", name="Kiểm tra").click()
    expect(phone.locator(".box[role=status]")).to_contain_text("Có")


def test_without_scripts_missing_digits_are_told_and_nothing_typed_is_lost(field: Field, plain_phone: Page):
    plain_phone.goto(f"{field.server.url}/k")
    plain_phone.locator("#code").fill(field.codes[0][:-2])

    open_slip(plain_phone)

    expect(plain_phone.get_by_role("alert")).to_contain_text("Còn thiếu 2 số")
    expect(plain_phone.locator("#code")).to_have_value(field.codes[0][:-2])
