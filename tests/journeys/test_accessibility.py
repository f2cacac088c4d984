"""What the page on accessibility says is met, held in a real browser on every page that households see."""

from playwright.sync_api import Page, expect
from sqlalchemy import select

from survey_app import db
from survey_app.fieldwork.models import Survey
from tests.journeys.conftest import Field


def test_no_page_for_households_is_wider_than_the_narrowest_phone(field: Field, phone: Page):
    token = cover_token(field)
    for path in (
        "/", "/tiep-can", "/tiep-can?lang=en", "/k", "/k/1234", "/kiem-tra", "/khong-co", f"/ket-qua/{field.survey}",
        f"/bia/{token}/23590001", f"/bia/{token}/loi-doc/vi", f"/bia/{token}/loi-doc/en",
    ):  # fmt: skip
        phone.goto(f"{field.server.url}{path}")
        for width in (320, 360):
            phone.set_viewport_size({"width": width, "height": 640})
            assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (path, width)


def test_from_the_code_to_the_receipt_by_keyboard_alone(field: Field, plain_phone: Page):
    """Without scripts, so that nothing but the browser's own ways is needed."""
    page = plain_phone
    page.goto(f"{field.server.url}/k")
    reach(page, "#code")
    page.keyboard.type(field.codes[1])
    press_enter(page)
    reach(page, "[name=planning]")
    page.keyboard.press("Space")
    reach(page, "[name=_step][value=review]")
    press_enter(page)
    reach(page, "[name=_step][value=send]")
    press_enter(page)

    expect(page.locator("h1")).to_contain_text("Cảm ơn")
    assert field.answered() == {"self_online": 1}


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


def cover_token(field: Field) -> str:
    """The random path that the bundle covers of the survey carry."""
    token = db.session().scalar(select(Survey.cover_token).where(Survey.id == field.survey))
    field.server.leave_database()
    return str(token)
