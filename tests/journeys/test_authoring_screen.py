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


def tab_to(page: Page, selector: str, key: str = "Tab") -> None:
    """Press Tab until the element has the focus, as somebody without a mouse does."""
    for _press in range(_MOST_TABS):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press(key)
    raise AssertionError(f"Tab never reaches {selector}")


def press(page: Page, selector: str, key: str = "Tab") -> None:
    """Reach a link or a button by keyboard, press Enter, and wait for the next page."""
    tab_to(page, selector, key)
    with page.expect_event("load"):
        page.keyboard.press("Enter")


def has_no_sideways_scroll(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def keys(page: Page) -> list[str]:
    cards = page.locator(".question-card").evaluate_all("cards => cards.map(card => card.id)")
    return [card.removeprefix("cau-") for card in cards]


def test_a_form_is_made_ordered_extended_and_frozen_by_keyboard_on_a_phone(screen: Page):
    wide = {"list": has_no_sideways_scroll(screen)}
    press(screen, ".form-list button")
    editor = screen.url.split("?")[0]
    wide["editor"] = has_no_sideways_scroll(screen)
    first, second, third = keys(screen)[:3]

    # Moved by keys alone, without a new page; the button that was pressed has the focus again.
    screen.evaluate("window.samePage = true")
    tab_to(screen, f"#cau-{first} button[value=xuong]")
    for place in (1, 2):
        screen.keyboard.press("Enter")
        expect(screen.locator(".question-card").nth(place)).to_have_id(f"cau-{first}")
    screen.keyboard.press("Alt+ArrowUp")
    expect(screen.locator(".question-card").nth(1)).to_have_id(f"cau-{first}")
    screen.keyboard.press("Alt+ArrowDown")
    expect(screen.locator(".question-card").nth(2)).to_have_id(f"cau-{first}")

    assert keys(screen)[:3] == [second, third, first]
    assert screen.evaluate("window.samePage")

    press(screen, "section form[action$='/cau'] button")
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
    wide["question"] = has_no_sideways_scroll(screen)
    with screen.expect_event("load"):
        screen.keyboard.press("Enter")
    expect(screen.locator("body")).to_contain_text("Loa làng")

    press(screen, "a[href$='/xem-thu']")
    wide["preview"] = has_no_sideways_scroll(screen)
    expect(screen.locator("fieldset")).to_have_count(21)
    screen.goto(editor)
    press(screen, "form[action$='/chot'] button", "Shift+Tab")  # from the end of the page

    expect(screen.locator(".digest")).to_be_visible()
    wide["frozen"] = has_no_sideways_scroll(screen)
    assert all(wide.values()), wide


@pytest.mark.long
def test_a_question_is_added_behind_another_copied_and_given_a_pasted_list(screen: Page):
    press(screen, ".form-list button")
    editor = screen.url.split("?")[0]
    first, second = keys(screen)[:2]
    expect(screen.locator("#tren-giay")).to_contain_text("Vừa phiếu giấy")

    card = screen.locator(f"#cau-{first}")
    card.locator(".add-after summary").click()
    card.locator(".add-after select").select_option("single_choice")
    with screen.expect_event("load"):
        card.locator(".add-after button").click()
    screen.locator("[name=text_vi]").fill("Bà con biết tin qua đâu?")
    screen.locator("[name=text_en]").fill("Where did you hear of it?")
    screen.locator("summary", has_text="Dán danh sách lựa chọn").click()
    screen.locator("[name=pasted]").fill("1. Loa làng\n- Zalo\n\nc) Trưởng thôn")
    with screen.expect_event("load"):
        screen.get_by_role("button", name="Đưa vào các ô").click()
    expect(screen.locator("[name=option_2_vi]")).to_have_value("Trưởng thôn")
    for row, words in enumerate(("Loudspeaker", "Zalo", "Village head")):
        screen.locator(f"[name=option_{row}_en]").fill(words)
    with screen.expect_event("load"):
        screen.locator("button[value=save]").last.click()
    added = keys(screen)[1]
    assert keys(screen)[:3] == [first, added, second]
    expect(screen.locator(f"#cau-{added}")).to_contain_text("Trưởng thôn")

    with screen.expect_event("load"):
        screen.locator(f"#cau-{added} form[action$='/chep'] button").click()
    expect(screen.locator("[name=text_vi]")).to_have_value("Bà con biết tin qua đâu?")
    screen.goto(editor)
    assert [keys(screen)[place] for place in (0, 1, 3)] == [first, added, second]

    # Before a limit is broken it is told.
    screen.goto(f"{editor}/cau/{added}")
    screen.locator("[name=option_0_vi]").fill("a" * 190)
    expect(screen.locator("[name=option_0_vi] + small")).to_have_text("còn 10 chữ")


@pytest.mark.long
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


@pytest.mark.long
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
