"""An open link: one body publishes it, anybody answers, and once a day the figures are counted, never for a score."""

from datetime import timedelta

from playwright.sync_api import Page, expect

from survey_app.access import Role
from survey_app.fieldwork.models import Purpose, State
from tests.journeys.steps import answer, look_over, press, told
from tests.journeys.test_offline import kept, until_all_are_sent


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
        expect(phone.locator("#cam-on")).to_contain_text("Đã ghi nhận góp ý của ông/bà.")
        result = phone.get_by_role("link", name="xem kết quả")
        expect(result).to_have_attribute("href", f"/ket-qua/{survey.id}?lang=vi")

        # Without a signal a second and a third person answer on the same phone; no slip takes the form from the next.
        phone.route("**/api/v1/submissions*", lambda route: route.abort())
        phone.goto(link)
        for side in ("satisfied", "dissatisfied"):
            expect(phone.locator("fieldset input:checked")).to_have_count(0)
            phone.locator(f"input[type=radio][value={side}]").first.check()
            look_over(phone)
            phone.locator("#xem button[value=send]").click()
            expect(phone.locator("#cho")).to_be_visible()
            phone.get_by_role("button", name="Góp ý khác").click()
        expect(phone.locator("#dem-cho")).to_contain_text("Chưa gửi: 2 phiếu")
        assert [slip["page"] for slip in kept(phone)] == [f"/g/{survey.link}"] * 2
        # The receipts of both come while a fourth person is answering: neither the page nor what is kept is taken from her.
        mine = phone.locator("input[type=radio][value=dissatisfied]").first
        mine.check()
        other = phone.context.new_page()
        other.goto(f"{link.partition('/g/')[0]}/k")
        until_all_are_sent(other)
        other.close()
        phone.unroute("**/api/v1/submissions*")
        phone.evaluate("window.dispatchEvent(new Event('online'))")
        expect(phone.locator("#dem-cho")).to_have_count(0)
        expect(mine).to_be_checked()
        # The link opened again says thanks for the two, and offers the next person what was not sent.
        phone.goto("about:blank")
        phone.goto(link)
        for _thanked in range(2):
            expect(phone.locator("#cam-on")).to_be_visible()
            with phone.expect_event("load"):
                phone.get_by_role("button", name="Góp ý khác").click()
        expect(phone.locator("fieldset input:checked")).to_have_count(0)
        phone.get_by_role("button", name="Dùng tiếp").click()
        expect(mine).to_be_checked()

        phone.goto(f"{server.url}/ket-qua/{survey.id}")
        expect(phone.locator("main")).to_contain_text("Góp ý, không dùng để chấm điểm.")
        expect(phone.locator("dl")).to_have_count(0)

        # From ten answers on the minute job counts, and the page shows figures marked as feedback.
        client = app.test_client()
        for _answer in range(7):
            sent = client.post("/api/v1/submissions", json=submission(link=link.rsplit("/", 1)[-1]))
            assert sent.json["counted"] is False
        server.flask("fieldwork", "tick")
        phone.goto(f"{server.url}/ket-qua/{survey.id}")
        expect(phone.locator("main")).to_contain_text("không dùng để chấm điểm")
        expect(phone.locator("dl")).to_contain_text("10")
        desktop.goto(f"{page}/ket-qua")
        expect(desktop.locator("dl").first).to_contain_text("10")
