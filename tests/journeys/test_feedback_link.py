"""An open link: one body publishes it, anybody answers, and once a day the figures are counted, never for a score."""

from datetime import timedelta

from playwright.sync_api import Page, expect

from survey_app.access import Role
from survey_app.fieldwork.models import Purpose, State
from tests.journeys.steps import answer, press, told


def test_an_open_link_is_published_by_one_body_answered_and_counted_apart_from_every_score(
    app, make_commune, make_survey, submission, serve, desktop: Page, phone: Page
):
    commune = make_commune()
    survey = make_survey(commune, State.DRAFT, purpose=Purpose.FEEDBACK)

    with serve() as server:
        page = f"{server.url}/can-bo/dot/{survey.id}"
        server.sit_down(desktop, Role.COMMUNE, commune.unit)
        desktop.goto(page)
        press(desktop, "Công bố")
        told(desktop, "Đã công bố.")
        server.change(survey.id, opens_at=survey.opens_at - timedelta(days=2))
        desktop.goto(page)
        expect(desktop.locator(".open-qr")).to_be_visible()
        link = desktop.locator("p.typed a").get_attribute("href")

        # Anybody answers; before ten have, there is no figure.
        answer(phone, link)
        phone.goto(f"{server.url}/ket-qua/{survey.id}")
        expect(phone.locator("main")).to_contain_text("Góp ý, không dùng để chấm điểm.")
        expect(phone.locator("dl")).to_have_count(0)

        # From ten answers on the minute job counts, and the page shows figures marked as feedback.
        client = app.test_client()
        for _answer in range(9):
            sent = client.post("/api/v1/submissions", json=submission(link=link.rsplit("/", 1)[-1]))
            assert sent.json["counted"] is False
        server.flask("fieldwork", "tick")
        phone.goto(f"{server.url}/ket-qua/{survey.id}")
        expect(phone.locator("main")).to_contain_text("không dùng để chấm điểm")
        expect(phone.locator("dl")).to_contain_text("10")
        desktop.goto(f"{page}/ket-qua")
        expect(desktop.locator("dl").first).to_contain_text("10")
