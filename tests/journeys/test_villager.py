"""A villager's phone when something goes wrong: a send that got stuck, Back, a blank slip, Enter."""

import time
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page, expect

from tests.journeys.conftest import Field

WIDTHS = (320, 360)
_FREE = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}


def choose(page: Page, question: str, answer: str) -> None:
    page.locator(f"input[name={question}][value={answer}]").check()


def press(page: Page, step: str) -> None:
    with page.expect_event("load"):
        page.locator(f"button[name=_step][value={step}]:visible").first.click()


def test_a_send_that_got_stuck_can_be_sent_again_and_counts_once(field: Field, phone: Page):
    browser = phone.context.new_cdp_session(phone)
    browser.send("Network.enable")
    phone.goto(field.address(field.codes[0]))
    choose(phone, "planning", "satisfied")
    press(phone, "review")
    expect(phone.locator("#gui")).to_be_hidden()

    # The network swallows the first sending; the villager presses Stop, waits a moment, and presses again.
    nothing_moves = {"offline": False, "latency": 600_000, "downloadThroughput": 1, "uploadThroughput": 1}
    browser.send("Network.emulateNetworkConditions", nothing_moves)
    # The page notes its own words, because the browser answers no question while a reply is waited for.
    phone.evaluate("setInterval(() => { window.said = document.querySelector('#gui').textContent }, 20)")
    phone.evaluate("setTimeout(() => document.querySelector('button[value=send]').click())")
    time.sleep(1)
    browser.send("Page.stopLoading")
    assert "Đang gửi" in phone.evaluate("window.said")
    browser.send("Network.emulateNetworkConditions", nothing_moves | _FREE)
    phone.wait_for_timeout(1100)
    phone.evaluate("setTimeout(() => document.querySelector('button[value=send]').click())")

    expect(phone.locator("h1")).to_have_text("Cảm ơn bà con!")
    assert field.answered() == {"self_online": 1}


def test_a_double_press_sends_once(field: Field, phone: Page):
    phone.goto(field.address(field.codes[0]))
    choose(phone, "planning", "satisfied")
    press(phone, "review")
    posts = []
    phone.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)

    phone.evaluate(
        "setTimeout(() => [1, 2].forEach(() => document.querySelector('button[value=send]').click()))"
    )

    expect(phone.get_by_text("Đã ghi nhận phiếu của gia đình.")).to_be_visible()
    assert len(posts) == 1


@pytest.fixture
def with_and_without_scripts(phone: Page, plain_phone: Page) -> tuple[Page, Page]:
    return phone, plain_phone


def test_back_never_meets_a_page_of_the_browser_and_keeps_what_was_answered(
    field: Field, with_and_without_scripts: tuple[Page, Page]
):
    for page, code in zip(with_and_without_scripts, field.codes, strict=False):
        page.goto(field.address(code))
        # Switched before anything is answered, switched again with answers, looked over: then back, step by step.
        switch(page, "en")
        choose(page, "planning", "dissatisfied")
        switch(page, "vi")
        choose(page, "transport", "satisfied")
        press(page, "review")
        page.go_back()
        expect(page.locator("html")).to_have_attribute("lang", "vi")
        expect(page.locator("input[name=planning][value=dissatisfied]")).to_be_checked()
        expect(page.locator("input[name=transport][value=satisfied]")).to_be_checked()
        page.go_back()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page.locator("#phieu")).to_be_visible()
        page.go_forward()
        press(page, "review")
        press(page, "send")
        expect(page.locator("h1")).to_have_text("Cảm ơn bà con!")
        if page is with_and_without_scripts[0]:
            page.go_back()
            expect(page.locator("h1")).to_be_visible()
            assert "chrome-error" not in page.url
    assert field.answered() == {"self_online": 2}


def test_after_sending_back_shows_no_answer_to_the_next_person(field: Field, phone: Page):
    phone.goto(field.address(field.codes[0]))
    choose(phone, "planning", "dissatisfied")
    press(phone, "review")
    press(phone, "send")

    for _time in range(2):
        phone.go_back()
        expect(phone.locator("h1")).to_have_text("Phiếu này đã được trả lời")
        expect(phone.locator("#phieu")).to_have_count(0)


def test_after_sending_without_scripts_back_shows_no_answer_to_the_next_person(
    field: Field, plain_phone: Page
):
    plain_phone.goto(field.address(field.codes[0]))
    choose(plain_phone, "planning", "dissatisfied")
    press(plain_phone, "review")
    expect(plain_phone.get_by_text("Không hài lòng")).to_have_count(1)
    press(plain_phone, "change")
    press(plain_phone, "review")
    press(plain_phone, "send")
    expect(plain_phone.locator("h1")).to_have_text("Cảm ơn bà con!")

    for _time in range(3):
        back_or_the_browsers_own_page(plain_phone)
        expect(plain_phone.get_by_text("Không hài lòng")).to_have_count(0)
        expect(plain_phone.locator("input:checked")).to_have_count(0)


def back_or_the_browsers_own_page(page: Page) -> None:
    """Back; where the browser has dropped what a post led to it asks whether to send again, which is no page."""
    with suppress(Error):
        page.go_back()


def test_a_blank_slip_takes_a_second_act_by_keyboard_too(
    field: Field, with_and_without_scripts, tmp_path: Path
):
    for page, code in zip(with_and_without_scripts, field.codes, strict=False):
        page.goto(field.address(code))
        press(page, "review")
        expect(page.get_by_text("Ông/bà chưa trả lời câu nào.")).to_be_visible()
        look(page, tmp_path / "trong")
        press(page, "send")
        expect(page.locator("[name=_blank]")).to_be_focused()
        # Enter goes back to the questions: the first button is the harmless one.
        with page.expect_event("load"):
            page.keyboard.press("Enter")
        expect(page.locator("input[name=planning]").first).to_be_visible()
        press(page, "review")
        page.locator("[name=_blank]").check()
        press(page, "send")
        expect(page.locator("h1")).to_have_text("Cảm ơn bà con!")
    assert field.answered() == {"self_online": 2}


def test_the_card_is_right_on_a_narrow_phone_and_chooses_nothing_beforehand(
    field: Field, phone: Page, tmp_path: Path
):
    phone.goto(field.address(field.codes[0]))

    assert phone.locator("input:checked").count() == 0
    assert phone.locator("a[href='tel:0269000000']").count() == 1
    look(phone, tmp_path / "phieu")
    phone.locator("label.blank").first.click()
    expect(phone.locator("input[name=planning][value='']")).to_be_checked()


def test_enter_on_an_answer_leads_to_the_review_and_switches_no_language(field: Field, phone: Page):
    phone.goto(field.address(field.codes[0]))
    choose(phone, "planning", "satisfied")

    with phone.expect_event("load"):
        phone.keyboard.press("Enter")

    expect(phone.locator("html")).to_have_attribute("lang", "vi")
    expect(phone.locator("h1")).to_have_text("Xem lại phiếu")


def switch(page: Page, tag: str) -> None:
    with page.expect_event("load"):
        page.locator(f"button[name=_switch][value={tag}]").click()


def look(page: Page, picture: Path) -> None:
    """Take pictures on the narrowest phones; nothing may be wider than they are."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 640})
        page.screenshot(path=f"{picture}-{width}.png", full_page=True)
        if page.evaluate("1"):
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (
                picture,
                width,
            )
