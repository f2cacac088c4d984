"""The authoring screen in a real browser: by keyboard, on a phone, and when the session ends."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

PASSWORD = "bến nước đầu làng"
COMMUNE = "23638"
_MOST_TABS = 400


@pytest.fixture
def screen(server, phone: Page, tmp_path: Path) -> Page:
    """A commune officer's phone, signed in, on the list of forms."""
    (tmp_path / "password").write_text(PASSWORD, encoding="utf-8")
    server.prepare(
        "accounts", "create", "--email", "can.bo", "--role", "commune", "--unit", COMMUNE,
        "--password-file", str(tmp_path / "password"),
    )  # fmt: skip
    sign_in(phone, server.url)
    phone.goto(f"{server.url}/can-bo/mau-phieu")
    return phone


def sign_in(page: Page, url: str) -> None:
    page.goto(f"{url}/dang-nhap")
    page.locator("input[name=email]").fill("can.bo")
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{url}/can-bo")


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus, as somebody without a mouse does."""
    for _press in range(_MOST_TABS):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {selector}")


def press(page: Page, selector: str) -> None:
    """Reach a link or a button by keyboard, press Enter, and wait for the next page."""
    tab_to(page, selector)
    with page.expect_event("load"):
        page.keyboard.press("Enter")


def has_no_sideways_scroll(page: Page, picture: Path) -> bool:
    page.screenshot(path=picture, full_page=True)
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def keys(page: Page) -> list[str]:
    cards = page.locator(".question-card").evaluate_all("cards => cards.map(card => card.id)")
    return [card.removeprefix("cau-") for card in cards]


def test_a_form_is_made_ordered_extended_and_frozen_by_keyboard_on_a_phone(screen: Page, tmp_path: Path):
    wide = {"list": has_no_sideways_scroll(screen, tmp_path / "list.png")}
    press(screen, ".form-list button")
    editor = screen.url.split("?")[0]
    wide["editor"] = has_no_sideways_scroll(screen, tmp_path / "editor.png")
    first, second, third = keys(screen)[:3]

    press(screen, f"#cau-{first} button[value=xuong]")
    screen.wait_for_function(
        "document.activeElement !== document.body"
    )  # the button that was pressed has focus again
    with screen.expect_event("load"):
        screen.keyboard.press("Enter")

    assert keys(screen)[:3] == [second, third, first]

    press(screen, "form[action$='/cau'] button")
    tab_to(screen, "[name=kind]")
    screen.keyboard.press("ArrowDown")
    press(screen, "button[value=save]")
    tab_to(screen, "[name=text_vi]")
    screen.keyboard.type("Bà con biết tin qua đâu?")
    tab_to(screen, "[name=text_en]")
    screen.keyboard.type("Where did you hear of it?")
    for row, (vietnamese, english) in enumerate((("Loa làng", "Loudspeaker"), ("Zalo", "Zalo"))):
        tab_to(screen, f"[name=option_{row}_vi]")
        screen.keyboard.type(vietnamese)
        tab_to(screen, f"[name=option_{row}_en]")
        screen.keyboard.type(english)
    wide["question"] = has_no_sideways_scroll(screen, tmp_path / "question.png")
    with screen.expect_event("load"):
        screen.keyboard.press("Enter")
    expect(screen.locator("body")).to_contain_text("Loa làng")

    press(screen, "a[href$='/xem-thu']")
    wide["preview"] = has_no_sideways_scroll(screen, tmp_path / "preview.png")
    expect(screen.locator("fieldset")).to_have_count(21)
    screen.goto(editor)
    press(screen, "form[action$='/chot'] button")

    expect(screen.locator(".digest")).to_be_visible()
    wide["frozen"] = has_no_sideways_scroll(screen, tmp_path / "frozen.png")
    assert all(wide.values()), wide


def test_text_typed_before_the_session_ended_is_back_after_signing_in_again(server, screen: Page):
    press(screen, ".form-list button")
    address = f"{screen.url}/cau/planning"
    screen.goto(address)
    screen.locator("[name=text_vi]").fill("Lời đang gõ dở")
    screen.context.clear_cookies()
    screen.locator("button[value=save]").click()
    screen.wait_for_url("**/dang-nhap**")

    sign_in(screen, server.url)
    screen.goto(address)

    expect(screen.locator("[data-unsaved]")).to_be_visible()
    expect(screen.locator("[name=text_vi]")).to_have_value("Lời đang gõ dở")
    screen.locator("button[value=save]").click()
    expect(screen.locator("#cau-planning")).to_contain_text("Lời đang gõ dở")
    screen.goto(address)
    expect(screen.locator("[data-unsaved]")).to_be_hidden()


def test_kept_text_can_be_discarded(screen: Page):
    press(screen, ".form-list button")
    address = f"{screen.url}/cau/planning"
    screen.goto(address)
    stored = screen.locator("[name=text_vi]").input_value()
    screen.locator("[name=text_vi]").fill("Lời bỏ đi")
    screen.goto(address)
    expect(screen.locator("[name=text_vi]")).to_have_value("Lời bỏ đi")

    screen.locator("[data-unsaved] button[data-discard]").click()

    expect(screen.locator("[name=text_vi]")).to_have_value(stored)
    expect(screen.locator("[data-unsaved]")).to_be_hidden()


def test_signing_out_leaves_nothing_typed_on_the_computer(screen: Page):
    press(screen, ".form-list button")
    screen.goto(f"{screen.url}/cau/planning")
    screen.locator("[name=text_vi]").fill("Lời không ai khác nên đọc")
    assert screen.evaluate("localStorage.length") == 1

    screen.locator("form[action='/dang-xuat'] button").click()

    screen.wait_for_url("**/dang-nhap")
    assert screen.evaluate("localStorage.length") == 0
