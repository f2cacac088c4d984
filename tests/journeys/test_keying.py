"""Keying paper in a real browser, with the keys a clerk presses."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from survey_app import db
from survey_app.collecting.held import MENDED_WITHIN
from survey_app.collecting.models import HeldSlip
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
    with page.expect_event("load"):
        page.keyboard.press("Enter")
    expect(page.locator("#code")).to_be_focused()


def receipt(page: Page) -> str:
    found = re.search(r"BN 0001 – \d{3} \d{4} \d{4}", page.locator(".notice-receipt").inner_text())
    assert found
    return found[0]


def test_enter_saves_wherever_the_keying_stands_and_once(field: Field, screen: Page):
    for number, answers in enumerate(("1" * 20, "121", "1")):
        key(screen, field.codes[number], answers)
        # The next good code has stored the slip before, and shows the receipt to write on it.
        expect(screen.locator(".notice-receipt")).to_have_count(min(number, 1))
        save(screen)
        expect(screen.locator(".notice-success")).to_contain_text(field.codes[number][-7:])
        expect(screen.locator(".notice-success")).to_contain_text(f"Đã trả lời: {len(answers)}")

    # On the list of reasons Enter saves as well and opens no list.
    key(screen, field.codes[3], "")
    screen.locator("#invalid").focus()
    screen.keyboard.press("ArrowDown")
    save(screen)
    expect(screen.locator(".notice-success")).to_contain_text(field.codes[3][-7:])

    # Pressed three times in a row it saves one slip; Enter in the empty code field stores it.
    key(screen, field.codes[4], "1" * 20)
    screen.evaluate(
        "() => { const save = document.querySelector('[data-save]'); [1, 2, 3].forEach(() => save.click()) }"
    )
    expect(screen.locator(".notice-success")).to_contain_text("từ khi đăng nhập: 5.")
    expect(screen.locator("#code")).to_be_focused()
    save(screen)
    assert receipt(screen)
    assert field.answered() == {"paper_entry": 5}


def test_the_slip_just_keyed_is_mended_and_a_closed_browser_loses_nothing(
    field: Field, screen: Page, tmp_path: Path
):
    key(screen, field.codes[0], "1" * 20)
    save(screen)
    screen.screenshot(path=tmp_path / "giu.png", full_page=True)
    with screen.expect_event("load"):
        screen.get_by_role("button", name="Sửa phiếu này").click()
    expect(screen.locator("#code")).to_have_value(field.codes[0])
    screen.locator("input[name=planning][data-key='1']").focus()
    screen.keyboard.press("2")
    save(screen)
    assert field.answered() == {}

    # The browser is closed; the minute job stores the slip once its minute is over.
    address = screen.url
    screen.close()
    field.server.flask("fieldwork", "tick")
    assert field.answered() == {}
    with db.transaction() as current:
        current.execute(update(HeldSlip).values(held_at=datetime.now(UTC) - MENDED_WITHIN))
    field.server.flask("fieldwork", "tick")
    assert field.answered() == {"paper_entry": 1}
    back = screen.context.new_page()
    back.goto(address)
    assert receipt(back)


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
    save(screen)
    written = receipt(screen)
    screen.context.clear_cookies()
    enter(screen, "clerk", "-hai")
    screen.goto(f"{field.server.url}/can-bo/nhap-phieu/{field.survey}/nhap-lai")

    expect(screen.locator("#code")).to_be_focused()
    screen.keyboard.type(written[:-1] + ("0" if written[-1] != "0" else "2"))
    screen.keyboard.press("Enter")
    expect(screen.locator("#code-problem")).to_be_visible()
    expect(screen.locator("#code")).to_be_focused()
    key(screen, written, "1" * 20)
    save(screen)

    expect(screen.locator(".notice-success")).to_contain_text("Thôn 1")
