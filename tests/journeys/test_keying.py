"""Keying paper in a real browser, with the keys a clerk presses."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Field


@pytest.fixture
def screen(field: Field, enter, desktop: Page) -> Page:
    """A clerk's screen, ready for the first slip."""
    enter(desktop, "clerk")
    desktop.goto(f"{field.server.url}/can-bo/nhap-phieu/{field.survey}")
    return desktop


def key(page: Page, code: str, answers: str) -> None:
    """Type a slip as a clerk does: the code, Enter, one digit for each question."""
    expect(page.locator("#code")).to_be_focused()
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    expect(page.locator(".paper-question").first.locator(":focus")).to_have_count(1)
    page.keyboard.type(answers)


def save(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_enter_saves_wherever_the_keying_stands_and_once(field: Field, screen: Page):
    for code, answers in zip(field.codes, ("1" * 20, "121", "1"), strict=False):
        key(screen, code, answers)
        save(screen)
        expect(screen.locator(".notice-success")).to_contain_text("Thôn 1")
        expect(screen.locator("#code")).to_have_value("")

    # On the list of reasons Enter saves as well and opens no list.
    key(screen, field.codes[3], "")
    screen.locator("#invalid").focus()
    screen.keyboard.press("ArrowDown")
    save(screen)
    expect(screen.locator(".notice-success")).to_contain_text("Thôn 1")

    # Pressed three times in a row it stores one slip.
    key(screen, field.codes[4], "1" * 20)
    screen.evaluate(
        "() => { const save = document.querySelector('[data-save]'); [1, 2, 3].forEach(() => save.click()) }"
    )
    expect(screen.locator(".notice-success")).to_contain_text("đã nhập từ khi đăng nhập: 5.")


def test_a_code_that_cannot_be_keyed_is_told_before_the_first_answer(field: Field, screen: Page, phone: Page):
    phone.goto(field.address(field.codes[0]))
    phone.get_by_label("Hài lòng", exact=True).first.check()
    phone.get_by_role("button", name="Xem lại").click()
    phone.get_by_role("button", name=re.compile("Gửi")).first.click()
    problem = screen.locator("#code-problem")

    expect(screen.locator("#code")).to_be_focused()
    screen.keyboard.type(field.codes[0])
    screen.keyboard.press("Enter")
    expect(problem).to_contain_text("đã")
    expect(screen.locator("#code")).to_be_focused()
    used = problem.inner_text()

    screen.keyboard.type(field.codes[1][:-1] + ("0" if field.codes[1][-1] != "0" else "2"))
    screen.keyboard.press("Tab")
    expect(problem).to_be_visible()
    expect(screen.locator("#code")).to_have_attribute("aria-invalid", "true")
    expect(screen.locator("#code")).to_be_focused()

    assert problem.inner_text() != used
    key(screen, field.codes[1], "1" * 20)
    expect(problem).to_be_hidden()
    save(screen)
    expect(screen.locator(".notice-success")).to_be_visible()


def test_a_slip_is_keyed_again_with_the_same_keys(field: Field, screen: Page, enter):
    key(screen, field.codes[0], "1" * 20)
    save(screen)
    receipt = re.search(r"001(-\w{4}){4}-\w", screen.locator(".notice-receipt").inner_text())[0]
    screen.context.clear_cookies()
    enter(screen, "clerk", "-hai")
    screen.goto(f"{field.server.url}/can-bo/nhap-phieu/{field.survey}/nhap-lai")

    expect(screen.locator("#code")).to_be_focused()
    screen.keyboard.type(receipt[:-1] + ("0" if receipt[-1] != "0" else "2"))
    screen.keyboard.press("Enter")
    expect(screen.locator("#code-problem")).to_be_visible()
    expect(screen.locator("#code")).to_be_focused()
    key(screen, receipt, "1" * 20)
    save(screen)

    expect(screen.locator(".notice-success")).to_contain_text("Thôn 1")
