"""What people do on any page: press a button, follow a link, agree to what the other body asks, fetch a file."""

import os
import re
from datetime import UTC, date, datetime
from pathlib import Path

from playwright.sync_api import Page, expect

from survey_app.units.queries import civil


def today() -> date:
    """The day as an officer's calendar shows it while the form is filled in."""
    return civil(datetime.now(UTC))


def press(page: Page, name: str | re.Pattern[str]) -> None:
    """Press a button of the page, and wait for the page that comes."""
    with page.expect_event("load"):
        page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str | re.Pattern[str]) -> None:
    """Follow a link or a link that looks like a button, to the page it leads to."""
    with page.expect_event("load"):
        page.get_by_role("main").get_by_text(name, exact=True).click()


def told(page: Page, text: str | re.Pattern[str]) -> None:
    """The page says on top what became of what was done."""
    expect(page.locator("main > .notice[role]").first).to_contain_text(text)


def begin(page: Page, url: str, task: str | re.Pattern[str]) -> None:
    """Look what is to be done today, and begin with this."""
    page.goto(f"{url}/can-bo")
    with page.expect_event("load"):
        page.locator(".todo-list").get_by_role("link", name=task).first.click()


def agree(page: Page, url: str, task: str | re.Pattern[str]) -> None:
    """Find under “Today” what the other body asks, and agree."""
    begin(page, url, task)
    page.get_by_label("Tôi đồng ý").check()
    press(page, "Ghi nhận quyết định")
    told(page, "Đã ghi nhận quyết định.")


def fetch(page: Page, name: str, folder: Path) -> Path:
    """Follow a link to a file, and keep the file as a browser does."""
    with page.expect_download() as waiting:
        page.get_by_role("main").get_by_text(name, exact=True).click()
    file = folder / waiting.value.suggested_filename
    waiting.value.save_as(file)
    return file


def look_over(page: Page) -> None:
    """Read over on the phone itself what was answered."""
    page.locator("button[value=review]:visible").click()
    expect(page.locator("#xem h1")).to_have_text("Xem lại phiếu")


def send_slip(page: Page) -> None:
    """Look over, and send."""
    look_over(page)
    page.locator("#xem button[value=send]").click()
    expect(page.locator("#cam-on")).to_be_visible()


def answer(page: Page, address: str, choice: str = "satisfied") -> str:
    """Answer the first question of a slip and send it; the receipt as the phone shows it."""
    page.goto(address)
    page.locator(f"input[type=radio][value={choice}]").first.check()
    send_slip(page)
    expect(page.locator("h1")).to_have_text("Cảm ơn ông/bà!")
    found = re.search(r"BN \d{4} – \d{3} \d{4} \d{4}", page.locator("body").inner_text())
    assert found
    return found[0]


def screen(page: Page, name: str, *, full: bool = False) -> None:
    """Keep a picture where SCREENS says (`make screens`), to be looked at."""
    folder = os.environ.get("SCREENS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=full)
