"""Keying paper in a real browser, with the keys a clerk presses."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from survey_app import db
from survey_app.collecting.held import MENDED_WITHIN
from survey_app.collecting.models import DeskCounter, HeldSlip, Response
from tests.journeys import steps
from tests.journeys.conftest import Field

#: Keys in all for a slip with two items that are not satisfied, the last twelve digits of its code among them.
MOST_KEYS = 22


@pytest.fixture
def screen(field: Field, enter, desktop: Page) -> Page:
    """A clerk's screen, ready for the first slip."""
    enter(desktop, "clerk")
    desktop.goto(f"{field.server.url}/can-bo/nhap-phieu/{field.survey}")
    expect(desktop.locator("#code")).to_be_focused()
    return desktop


@pytest.fixture
def digits(field: Field, screen: Page) -> Page:
    """The same for a clerk who keys digit by digit."""
    with screen.expect_event("load"):
        screen.get_by_role("link", name="Chuyển sang gõ từng số").click()
    expect(screen.locator("#code")).to_be_focused()
    return screen


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


def stored(page: Page) -> str:
    """What is said of the slip before."""
    return page.locator("#before p").first.inner_text()


@pytest.mark.parametrize("slips", [6, pytest.param(20, marks=pytest.mark.long)])
def test_slips_in_a_row_by_exception_take_22_keys_and_one_page_each(field: Field, screen: Page, slips: int):
    loads, pressed = [], []
    screen.on("load", lambda _page: loads.append(1))
    two_digits = [str(10 + number % 9) for number in range(slips)]

    for number, other in enumerate(two_digits):
        keys = [*field.codes[number].replace(" ", "")[-12:], "Enter"]
        keys += [*f"{other} 20", "Enter", "Enter", "2"]
        expect(screen.locator("#code")).to_be_focused()
        for pushed in keys:
            screen.keyboard.press("Space" if pushed == " " else pushed)
        expect(screen.locator(".exceptions .keyed-large")).to_contain_text("18 hài lòng")
        if not number:
            steps.screen(screen, "nhap-phieu")
        save(screen)
        pressed.append(len(keys) + 1)
        expect(screen.locator(".notice-success")).to_contain_text(field.codes[number][-9:])
        expect(screen.locator(".notice-success .keyed-large")).to_contain_text("18 hài lòng")

    assert set(pressed) == {MOST_KEYS}
    assert len(loads) == slips
    save(screen)  # Enter in the empty code field stores the last one
    assert field.answered() == {"paper_entry": slips}
    answers = db.session().scalars(select(Response.answers)).all()
    field.server.leave_database()
    assert {list(given.values()).count("dissatisfied") for given in answers} == {2}
    assert {given["overall"] for given in answers} == {"dissatisfied"}


@pytest.mark.long
def test_a_wrong_count_is_told_before_the_slip_is_sent(field: Field, screen: Page):
    screen.keyboard.type(field.codes[0])
    screen.keyboard.press("Enter")
    expect(screen.locator("#_not")).to_be_focused()
    screen.keyboard.type("3 17")
    screen.keyboard.press("Enter")
    screen.keyboard.press("Enter")
    screen.keyboard.type("1")
    screen.keyboard.press("Enter")

    expect(screen.locator("#_count-problem")).to_contain_text("Ở trên đã gõ 2 mục")
    expect(screen.locator("#_count")).to_be_focused()
    screen.keyboard.type("2")
    save(screen)
    expect(screen.locator(".notice-success .keyed-large")).to_contain_text("18 hài lòng")


@pytest.mark.long
def test_enter_saves_wherever_the_keying_stands_and_once(field: Field, digits: Page):
    for number, answers in enumerate(("1" * 20, "12" * 10)):
        key(digits, field.codes[number], answers)
        # The next good code has stored the slip before.
        expect(digits.locator("#before")).to_contain_text("đã được lưu" if number else "")
        save(digits)
        expect(digits.locator(".notice-success")).to_contain_text(field.codes[number][-7:])

    # What is neither answered nor marked as blank is where Enter leads, and nothing is saved before.
    key(digits, field.codes[2], "121")
    digits.keyboard.press("Enter")
    expect(digits.locator(".paper-question").nth(3).locator(":focus")).to_have_count(1)
    digits.keyboard.type("0" * 17)
    save(digits)
    expect(digits.locator(".notice-success .keyed-large")).to_contain_text("2 hài lòng 1 không, 17 để trống")

    # On the list of reasons Enter saves as well and opens no list.
    key(digits, field.codes[3], "")
    digits.locator("#invalid").focus()
    digits.keyboard.press("ArrowDown")
    save(digits)
    expect(digits.locator(".notice-success")).to_contain_text(field.codes[3][-7:])

    # Pressed three times in a row it saves one slip; Enter in the empty code field stores it.
    key(digits, field.codes[4], "1" * 20)
    digits.evaluate(
        "() => { const save = document.querySelector('[data-save]'); [1, 2, 3].forEach(() => save.click()) }"
    )
    expect(digits.locator(".notice-success")).to_contain_text("từ khi đăng nhập: 5.")
    expect(digits.locator("#code")).to_be_focused()
    save(digits)
    assert "đã được lưu" in stored(digits)
    assert field.answered() == {"paper_entry": 5}


def test_the_slip_just_keyed_is_mended_and_a_closed_browser_loses_nothing(field: Field, digits: Page):
    key(digits, field.codes[0], "1" * 20)
    save(digits)
    with digits.expect_event("load"):
        digits.get_by_role("button", name="Sửa phiếu này").click()
    expect(digits.locator("#code")).to_have_value(field.codes[0])
    digits.locator("input[name=planning][data-key='1']").focus()
    digits.keyboard.press("2")
    save(digits)
    assert field.answered() == {}

    # The browser is closed; the minute job stores the slip once its minute is over.
    address = digits.url
    digits.close()
    field.server.flask("fieldwork", "tick")
    assert field.answered() == {}
    with db.transaction() as current:
        current.execute(update(HeldSlip).values(held_at=datetime.now(UTC) - MENDED_WITHIN))
    field.server.flask("fieldwork", "tick")
    assert field.answered() == {"paper_entry": 1}
    back = digits.context.new_page()
    back.goto(address)
    assert field.codes[0][-9:] in stored(back)


@pytest.mark.long
def test_a_code_that_cannot_be_keyed_is_told_before_the_first_answer(field: Field, screen: Page, phone: Page):
    phone.goto(field.address(field.codes[0]))
    phone.get_by_label("Hài lòng", exact=True).first.check()
    steps.send_slip(phone)
    problem = screen.locator("#code-problem")

    expect(screen.locator("#code")).to_be_focused()
    screen.keyboard.type(field.codes[0])
    screen.keyboard.press("Enter")
    expect(problem).to_contain_text("đã trả lời qua điện thoại")
    expect(screen.locator("#code")).to_be_focused()
    used = problem.inner_text()

    screen.keyboard.type(field.codes[1][:-1] + ("0" if field.codes[1][-1] != "0" else "2"))
    screen.keyboard.press("Tab")
    expect(problem).to_be_visible()
    expect(screen.locator("#code")).to_have_attribute("aria-invalid", "true")
    expect(screen.locator("#code")).to_be_focused()

    assert problem.inner_text() != used
    screen.keyboard.type(field.codes[1])
    for pushed in ("Enter", "Enter", "Enter", "0"):
        screen.keyboard.press(pushed)
    expect(problem).to_be_hidden()
    save(screen)
    expect(screen.locator(".notice-success")).to_be_visible()
    expect(screen.get_by_text("Đã trả lời qua điện thoại: 1 phiếu.")).to_be_visible()
    counted = db.session().scalars(select(DeskCounter.outcome)).all()
    field.server.leave_database()
    assert counted == ["by_phone"]


@pytest.mark.long
def test_a_slip_is_keyed_again_by_its_own_code_with_the_same_keys(field: Field, screen: Page, enter):
    screen.keyboard.type(field.codes[0])
    for pushed in ("Enter", "Enter", "Enter", "0"):
        screen.keyboard.press(pushed)
    save(screen)
    save(screen)
    assert "đã được lưu" in stored(screen)
    screen.context.clear_cookies()
    enter(screen, "clerk", "-hai")
    screen.goto(f"{field.server.url}/can-bo/nhap-phieu/{field.survey}/nhap-lai")

    expect(screen.get_by_text(f"…{field.codes[0][-9:]}")).to_be_visible()
    expect(screen.locator("#code")).to_be_focused()
    screen.keyboard.type(field.codes[1])
    screen.keyboard.press("Enter")
    expect(screen.locator("#code-problem")).to_be_visible()
    expect(screen.locator("#code")).to_be_focused()
    key(screen, field.codes[0], "1" * 20)
    save(screen)

    expect(screen.locator(".notice-success")).to_contain_text("Thôn 1")
