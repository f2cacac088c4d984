"""What the page on accessibility says of the keyboard, held in a real browser; what it says of letters and targets is in `test_axe`."""

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Field


def test_from_the_code_to_the_receipt_by_keyboard_alone(field: Field, plain_phone: Page, phone: Page):
    for code, page in zip(field.codes, (plain_phone, phone), strict=False):
        page.goto(f"{field.server.url}/k")
        reach(page, "#code")
        page.keyboard.type(code)
        press_enter(page)
        reach(page, "[name=planning]")
        page.keyboard.press("Space")
        reach(page, "[name=_step][value=review]")
        # Without scripts nothing but the browser's own ways is needed; with them the phone shows its own pages.
        if page is plain_phone:
            press_enter(page)
        else:
            page.keyboard.press("Enter")
            expect(page.locator("#xem h1")).to_be_focused()
        reach(page, "button[value=send]")
        page.keyboard.press("Enter")
        expect(page.locator("h1:visible")).to_contain_text("Cảm ơn")

    assert field.answered() == {"self_online": 2}


def reach(page: Page, wanted: str) -> None:
    """Go on by Tab until that stands in the focus."""
    for _press in range(200):
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} cannot be reached by Tab")


def press_enter(page: Page) -> None:
    with page.expect_event("load"):
        page.keyboard.press("Enter")
