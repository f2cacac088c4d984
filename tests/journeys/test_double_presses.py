"""Officers press a button twice: what it does is done once."""

from playwright.sync_api import Page, Request, expect

from tests.journeys.conftest import Field


def test_a_draft_is_begun_once_however_fast_the_button_is_pressed(field: Field, enter, desktop: Page):
    enter(desktop, "commune")
    desktop.goto(f"{field.server.url}/can-bo/mau-phieu")
    posts: list[Request] = []
    desktop.on("request", lambda request: posts.append(request) if request.method == "POST" else None)

    desktop.evaluate(
        "[0, 5, 10].forEach(wait => setTimeout(() => document.querySelector('.form-list button').click(), wait))"
    )

    expect(desktop.locator(".question-card").first).to_be_visible()
    assert len(posts) == 1
