"""axe, with its rules of good practice, on every page that households, the public and officers are led to.

Officers' pages are found by following links as each role, of every kind of page the first that is met; a new page is
looked at as soon as one leads to it.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Error, Page, expect
from werkzeug.exceptions import HTTPException

from survey_app import db
from survey_app.access import Role
from survey_app.audit import OPERATOR
from survey_app.authoring import operations as authoring
from survey_app.authoring import queries as instruments
from survey_app.fieldwork.models import Purpose, State
from tests.every_kind import EXAMPLES
from tests.journeys.conftest import Commune, Server
from tests.journeys.steps import look_over, send_slip

OF_PROVINCE = {Role.PROVINCE, Role.FRONT_PROVINCE, Role.AUDITOR, Role.DIGITAL_TEAM}
#: Kinds of pages that are looked at for certain.
OPEN_PAGES = {
    "authoring_editing.question", "campaigns.board", "fieldwork.page", "journal.audit_log", "paper.key_slip", "printing.papers",
    "printing.read_at_meeting", "printing.village_kit", "scans.page", "units.villages",
}  # fmt: skip
SEALED_PAGES = {"papers.page", "results.page", "results.public", "signing.page", "texts.page"}

#: All rules, best practices too. What was checked and found good is not made ready to be reported.
_FIND = "axe.run({ resultTypes: ['violations'] }).then(found => found.violations)"


class Checker:
    """Looks at pages, and remembers which kinds were seen and what was found."""

    def __init__(self, server: Server, page: Page) -> None:
        self._server, self._page = server, page
        self._addresses = server.app.url_map.bind("")
        self.seen: set[str] = set()
        self.found: list[str] = []

    def look(self, what: str) -> None:
        """At the page as it is now."""
        self._page.evaluate(AXE_SCRIPT)
        for finding in self._page.evaluate(_FIND):
            places = "; ".join(node["html"][:200] for node in finding["nodes"][:3])
            self.found.append(f"{what}: {finding['id']}: {places}")

    def visit(self, path: str) -> None:
        self._page.goto(self._server.url + path)
        self.look(path)

    def walk(self, path: str, who: str) -> None:
        """From there on by links that were not followed before."""
        waiting = [path]
        while waiting:
            path = waiting.pop(0)
            kind = self._kind(path)
            if kind is None or kind in self.seen:
                continue
            self.seen.add(kind)
            try:
                self._page.goto(self._server.url + path)
            except Error:
                continue  # a file, which is no page
            reached = self._kind(self._page.url)
            if reached is not None:
                self.seen.add(reached)
            self.look(f"{who}, {path}")
            links = "all => all.map(one => one.getAttribute('href'))"
            waiting += self._page.eval_on_selector_all("a[href^='/']", links)

    def _kind(self, url: str) -> str | None:
        path = urlsplit(url).path
        if "." in path.rsplit("/", 1)[-1]:
            return None
        try:
            endpoint, _values = self._addresses.match(path)
        except HTTPException:
            return None
        return str(endpoint)


@pytest.fixture
def form(make_form) -> str:
    """A form that asks every kind of question."""
    return make_form(*(example.asked for example in EXAMPLES.values()))


def test_no_page_of_households_and_the_public_has_a_finding(
    form, make_commune, make_survey, hand_out, serve, phone: Page
):
    commune = make_commune("98001", "Mẫu", Phung=9)
    survey = make_survey(commune, form=form)
    codes = hand_out(survey, commune.villages["Phung"], 4)
    feedback = make_survey(make_commune("98004", "Góp ý"), purpose=Purpose.FEEDBACK)
    sealed = make_survey(make_commune("98002", "Đã xong"), State.SEALED)

    with serve(DEMO="1") as server:
        checker = Checker(server, phone)
        households(checker, phone, codes)
        for path in ("/", "/dang-nhap", f"/g/{feedback.link}", f"/ket-qua/{sealed.id}", "/ket-qua/khoa"):
            checker.visit(path)

    assert not checker.found, "\n".join(checker.found)


def test_no_page_of_officers_has_a_finding_while_a_survey_runs(
    form, make_commune, make_survey, hand_out, serve, desktop: Page
):
    commune = make_commune("98001", "Mẫu", Phung=9)
    survey = make_survey(commune, form=form)
    hand_out(survey, commune.villages["Phung"], 4)
    make_survey(make_commune("98003", "Còn nháp"), State.DRAFT)
    with db.transaction() as current:
        template = instruments.latest_frozen(current, "xa-ntm")
        authoring.start_from_template(current, template, commune.unit, actor=OPERATOR, now=datetime.now(UTC))

    with serve(DEMO="1") as server:
        checker = Checker(server, desktop)
        officers(checker, server, desktop, commune, survey.id, Role)

    assert not checker.found, "\n".join(checker.found)
    assert OPEN_PAGES - checker.seen == set()


def test_no_page_of_officers_has_a_finding_once_a_result_is_sealed(
    app, form, make_commune, make_survey, hand_out, submission, serve, desktop: Page
):
    commune = make_commune("98001", "Mẫu", Bang=9)
    survey = make_survey(commune, form=form)
    for code in hand_out(survey, commune.villages["Bang"], 6):
        answers = {"long_text": "Đường hay ngập", "planning": "satisfied"}
        reply = app.test_client().post("/api/v1/submissions", json=submission(code=code, answers=answers))
        assert reply.status_code == 201

    with serve(DEMO="1") as server:
        server.flask("results", "close", "--survey", survey.id)
        checker = Checker(server, desktop)
        officers(
            checker, server, desktop, commune, survey.id, (Role.FRONT_COMMUNE, Role.PROVINCE, Role.AUDITOR)
        )

    assert not checker.found, "\n".join(checker.found)
    assert SEALED_PAGES - checker.seen == set()


def households(checker: Checker, page: Page, codes: Sequence[str]) -> None:
    """Every page of a slip: those of the server, and those that the phone makes itself."""
    addresses = [f"/k/{quote(code)}" for code in codes]
    for path in ("/k", "/k/1234", "/kiem-tra", "/kiem-tra/phieu", "/tiep-can", "/khong-co"):
        checker.visit(path)
    page.route("**/phieu/*.js", lambda route: route.abort())
    checker.visit(addresses[0])
    for step in ("review", "change"):
        push(page, step)
        checker.look(f"{step} of a blank slip")
    page.locator("input[name=number]").fill("nhiều")
    push(page, "review")
    checker.look("form with a mistake")
    page.locator("input[name=number]").fill("3")
    page.locator("input[value=satisfied]").first.check()
    for step in ("review", "send"):
        push(page, step)
        checker.look(f"{step} without scripts")
    checker.visit(addresses[0])
    page.unroute("**/phieu/*.js")

    checker.visit(addresses[1])
    look_over(page)
    checker.look("blank slip looked over on the phone")
    page.go_back()
    page.locator("input[value=satisfied]").first.check()
    look_over(page)
    checker.look("looked over on the phone")
    page.route("**/api/**", lambda route: route.abort())
    page.locator("#xem button[value=send]").click()
    expect(page.locator("#cho")).to_be_visible()
    checker.look("kept on the phone")
    checker.visit(addresses[2])
    page.unroute("**/api/**")
    page.locator("input[value=satisfied]").first.check()
    send_slip(page)
    checker.look("thanks on the phone")


def push(page: Page, step: str) -> None:
    with page.expect_event("load"):
        page.locator(f"button[name=_step][value={step}]:visible").first.click()


def officers(
    checker: Checker, server: Server, page: Page, commune: Commune, survey: str, roles: Iterable[Role]
) -> None:
    """Every page that these roles are led to, begun where the day begins and at the survey."""
    for role in roles:
        server.sit_down(page, role, commune.province if role in OF_PROVINCE else commune.unit)
        checker.seen -= {"accounts.home", "fieldwork.page"}
        checker.walk("/can-bo", role)
        checker.walk(f"/can-bo/dot/{survey}", role)
