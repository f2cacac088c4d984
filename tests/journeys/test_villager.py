"""A villager's phone, with scripts and without: the cards, looking over, and a send, Back or reload that goes wrong."""

import re
from contextlib import suppress

import pytest
from playwright.sync_api import Error, Page, expect

from tests.journeys.conftest import PHONE, Field
from tests.journeys.steps import look_over, send_slip

WIDTHS = (320, 360)
_FREE = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}


def choose(page: Page, question: str, answer: str) -> None:
    page.locator(f"input[name={question}][value={answer}]").check()


def press(page: Page, step: str) -> None:
    """Press a button that leads to another page of the server."""
    with page.expect_event("load"):
        page.locator(f"button[name=_step][value={step}]:visible").first.click()


def test_cards_say_once_what_all_ask_and_choose_nothing_beforehand(field: Field, phone: Page):
    phone.goto(field.address(field.codes[0]))

    expect(phone.get_by_text("Ông/bà có hài lòng về từng việc dưới đây không?")).to_have_count(1)
    assert phone.locator("input:checked").count() == 0
    expect(phone.locator("#q-transport legend")).to_contain_text("giao thông (đường sá) của xã")
    assert phone.locator("a[href='tel:0269000000']").count() == 1
    look(phone)
    screens = phone.evaluate("document.documentElement.scrollHeight") / PHONE["height"]
    assert (phone.locator("fieldset").count(), screens <= 7) == (20, True), screens


@pytest.mark.long
def test_both_answers_look_alike_when_chosen_and_stay_whole_on_the_narrowest_phone(field: Field, phone: Page):
    phone.set_viewport_size({"width": 320, "height": 640})
    phone.goto(field.address(field.codes[0]))
    choose(phone, "planning", "satisfied")
    choose(phone, "transport", "dissatisfied")

    colours, signs, lines = (
        [
            phone.evaluate(what, f"input[name={name}]:checked+span")
            for name in ("planning", "transport")
        ]
        for what in (
            "s => getComputedStyle(document.querySelector(s)).backgroundColor",
            "s => getComputedStyle(document.querySelector(s), '::after').content",
            "s => { let r = document.createRange(); r.selectNodeContents(document.querySelector(s).lastChild);"
            " return r.getClientRects().length }",
        )
    )  # fmt: skip

    assert len(set(colours)) == 1
    assert signs == ['"✓"', '"✓"']
    assert lines == [1, 1]


@pytest.fixture
def with_and_without_scripts(phone: Page, plain_phone: Page) -> tuple[Page, Page]:
    return phone, plain_phone


@pytest.mark.long
def test_a_choice_is_taken_back_and_what_is_answered_is_counted(field: Field, with_and_without_scripts):
    for page in with_and_without_scripts:
        page.goto(field.address(field.codes[0]))
        undo = page.locator("#q-planning .no")
        expect(undo).to_be_hidden()
        choose(page, "planning", "satisfied")
        choose(page, "transport", "dissatisfied")
        expect(undo).to_be_visible()
        undo.click()
        expect(page.locator("input[name=planning][value=satisfied]")).not_to_be_checked()
        page.locator("h1:visible").click()
        if page is with_and_without_scripts[0]:
            expect(page.locator("#dem")).to_have_text("1/20")
            page.locator("#trong").click()
            expect(page.locator("input[name=planning][value=satisfied]")).to_be_focused()


@pytest.mark.long
def test_twenty_answers_take_twenty_two_taps_and_each_line_leads_to_its_card_and_back(
    field: Field, phone: Page
):
    phone.goto(field.address(field.codes[0]))
    requests: list[str] = []
    phone.on("request", lambda request: requests.append(request.method))
    for place in range(20):
        side = "dissatisfied" if place < 2 else "satisfied"
        phone.locator(f"input[value={side}]").nth(place).check()
    look_over(phone)
    expect(phone.locator("#xem h1")).to_be_focused()
    expect(phone).to_have_title("Xem lại phiếu")
    expect(phone.locator("#xem h2")).to_have_text(["Không hài lòng (2)", "Hài lòng (18)"])
    look(phone)

    phone.get_by_role("button", name="2. Giao thông").click()
    expect(phone.locator("input[name=transport][value=dissatisfied]")).to_be_focused()
    phone.locator("#q-transport .no").click()
    look_over(phone)

    expect(phone.locator("#xem h2")).to_have_text(["Không hài lòng (1)", "Để trống (1)", "Hài lòng (18)"])
    phone.locator("#xem button[value=send]").click()
    expect(phone.locator("h1:visible")).to_have_text("Cảm ơn ông/bà!")
    expect(phone.get_by_role("status")).to_contain_text("quét lại chính mã QR này để xem kết quả của xã")
    look(phone)
    receipt = phone.locator("#cam-on .code").first.inner_text()
    switch(phone, "en")
    expect(phone.locator("#cam-on h1")).to_have_text("Thank you for answering!")
    expect(phone.locator("#cam-on .code").first).to_have_text(receipt)
    # The form was there: looking over asked nobody, and sending is one request.
    assert [method for method in requests if method == "POST"] == ["POST"]
    assert field.answered() == {"self_online": 1}


@pytest.mark.long
def test_a_send_that_got_stuck_can_be_sent_again_after_a_while_and_counts_once(field: Field, phone: Page):
    browser = phone.context.new_cdp_session(phone)
    browser.send("Network.enable")
    phone.clock.install()
    phone.goto(field.address(field.codes[0]))
    choose(phone, "planning", "satisfied")
    look_over(phone)
    expect(phone.locator("#gui")).to_be_hidden()

    # The network swallows the first sending; after a while it can be pressed again.
    nothing_moves = {"offline": False, "latency": 600_000, "downloadThroughput": 1, "uploadThroughput": 1}
    browser.send("Network.emulateNetworkConditions", nothing_moves)
    phone.locator("#xem button[value=send]").click()
    expect(phone.locator("#gui")).to_have_text("Đang gửi…")
    phone.clock.fast_forward(15_000)
    expect(phone.locator("#cho h1")).to_have_text("Đã giữ trên máy này, chưa gửi được")
    browser.send("Network.emulateNetworkConditions", nothing_moves | _FREE)
    phone.get_by_role("button", name="Gửi ngay").click()

    expect(phone.locator("h1:visible")).to_have_text("Cảm ơn ông/bà!")
    assert field.answered() == {"self_online": 1}


def test_a_double_press_sends_once(field: Field, phone: Page):
    phone.goto(field.address(field.codes[0]))
    choose(phone, "planning", "satisfied")
    look_over(phone)
    posts: list[str] = []
    phone.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)

    phone.evaluate(
        "setTimeout(() => [1, 2].forEach(() => document.querySelector('#xem button[value=send]').click()))"
    )

    expect(phone.get_by_text("Đã ghi nhận phiếu của gia đình.")).to_be_visible()
    assert len(posts) == 1


@pytest.mark.long
def test_back_meets_a_page_of_ours_and_keeps_what_was_answered(field: Field, phone: Page):
    phone.goto(field.address(field.codes[0]))
    choose(phone, "planning", "dissatisfied")
    switch(phone, "en")
    expect(phone.locator("input[name=planning][value=dissatisfied]")).to_be_checked()
    choose(phone, "transport", "satisfied")
    switch(phone, "vi")
    look_over(phone)
    phone.go_back()
    expect(phone.locator("#xem")).to_have_count(0)
    expect(phone.locator("input[name=planning][value=dissatisfied]")).to_be_checked()
    phone.reload()
    expect(phone.locator("input[name=transport][value=satisfied]")).to_be_checked()
    send_slip(phone)
    expect(phone.locator("h1:visible")).to_have_text("Cảm ơn ông/bà!")

    phone.reload()
    expect(phone.locator("h1:visible")).to_have_text("Phiếu này đã được gửi")
    phone.go_back()
    expect(phone.locator("h1:visible")).to_be_visible()
    assert "chrome-error" not in phone.url
    assert field.answered() == {"self_online": 1}


def test_without_scripts_back_keeps_what_was_answered_and_reload_gives_the_same_receipt(
    field: Field, plain_phone: Page
):
    plain_phone.goto(field.address(field.codes[0]))
    choose(plain_phone, "planning", "dissatisfied")
    switch(plain_phone, "en")
    choose(plain_phone, "transport", "satisfied")
    switch(plain_phone, "vi")
    press(plain_phone, "review")
    expect(plain_phone.locator("h2")).to_have_text(["Không hài lòng (1)", "Để trống (18)", "Hài lòng (1)"])
    plain_phone.go_back()
    expect(plain_phone.locator("input[name=planning][value=dissatisfied]")).to_be_checked()
    expect(plain_phone.locator("input[name=transport][value=satisfied]")).to_be_checked()
    press(plain_phone, "review")
    with plain_phone.expect_event("load"):
        plain_phone.get_by_role("button", name="2. Giao thông").click()
    expect(plain_phone).to_have_url(re.compile("#q-transport$"))
    press(plain_phone, "review")
    press(plain_phone, "send")
    receipt = plain_phone.locator(".code").first.inner_text()

    plain_phone.reload()

    expect(plain_phone.locator(".code").first).to_have_text(receipt)
    assert field.answered() == {"self_online": 1}


_NO_THANKS_ARE_OWED = """() => new Promise((tell) => {
  const opened = indexedDB.open("phieu");
  opened.onsuccess = () => {
    const kept = opened.result.transaction("drafts").objectStore("drafts").getAll();
    kept.onsuccess = () => { opened.result.close(); tell(!kept.result.some((one) => one.receipt)); };
  };
})"""


def test_after_sending_back_shows_no_answer_to_the_next_person(field: Field, phone: Page):
    phone.goto(field.address(field.codes[0]))
    choose(phone, "planning", "dissatisfied")
    send_slip(phone)

    # Thanks are shown before they are put down as shown; and Back loads the page again, which a wait for it may meet.
    phone.wait_for_function(_NO_THANKS_ARE_OWED)
    phone.evaluate("() => { setTimeout(() => history.back()) }")
    expect(phone.locator("h1:visible")).to_have_text("Phiếu này đã được gửi")
    expect(phone.locator("#phieu")).to_have_count(0)


@pytest.mark.long
def test_after_sending_without_scripts_back_shows_no_answer_to_the_next_person(
    field: Field, plain_phone: Page
):
    plain_phone.goto(field.address(field.codes[0]))
    choose(plain_phone, "planning", "dissatisfied")
    press(plain_phone, "review")
    press(plain_phone, "change")
    press(plain_phone, "review")
    press(plain_phone, "send")
    expect(plain_phone.locator("h1:visible")).to_have_text("Cảm ơn ông/bà!")

    for _time in range(3):
        back_or_the_browsers_own_page(plain_phone)
        expect(plain_phone.get_by_text("Không hài lòng (1)")).to_have_count(0)
        expect(plain_phone.locator("input:checked")).to_have_count(0)


def back_or_the_browsers_own_page(page: Page) -> None:
    """Back; where the browser has dropped what a post led to it asks whether to send again, which is no page."""
    with suppress(Error):
        page.go_back()


def test_a_blank_slip_takes_a_second_act(field: Field, phone: Page, plain_phone: Page):
    phone.goto(field.address(field.codes[0]))
    look_over(phone)
    expect(phone.get_by_text("Ông/bà chưa trả lời câu nào.")).to_be_visible()
    look(phone)
    expect(phone.locator("#xem button[value=send]")).to_be_disabled()
    phone.get_by_label("Tôi muốn gửi phiếu trống.").check()
    phone.locator("#xem button[value=send]").click()
    expect(phone.locator("h1:visible")).to_have_text("Cảm ơn ông/bà!")

    plain_phone.goto(field.address(field.codes[1]))
    press(plain_phone, "review")
    press(plain_phone, "send")
    expect(plain_phone.locator("[name=_blank]")).to_be_focused()
    # Enter goes back to the questions: the first button is the harmless one.
    with plain_phone.expect_event("load"):
        plain_phone.keyboard.press("Enter")
    expect(plain_phone.locator("input[name=planning]").first).to_be_visible()
    press(plain_phone, "review")
    plain_phone.locator("[name=_blank]").check()
    press(plain_phone, "send")
    expect(plain_phone.locator("h1:visible")).to_have_text("Cảm ơn ông/bà!")
    assert field.answered() == {"self_online": 2}


@pytest.mark.long
def test_enter_on_an_answer_leads_to_the_review_and_switches_no_language(field: Field, phone: Page):
    phone.goto(field.address(field.codes[0]))
    choose(phone, "planning", "satisfied")

    phone.keyboard.press("Enter")

    expect(phone.locator("#xem h1")).to_have_text("Xem lại phiếu")


def switch(page: Page, tag: str) -> None:
    with page.expect_event("load"):
        page.locator(f"button[name=_switch][value={tag}]").click()


def look(page: Page) -> None:
    """Nothing may be wider than the narrowest phones."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), width
    page.set_viewport_size(PHONE)
