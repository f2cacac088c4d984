"""A stack of scanned slips in a real browser: in at once, each looked at, decided and counted once."""

from collections import Counter
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from survey_app import db
from survey_app.collecting.models import DeskCounter, Response
from survey_app.fieldwork import frames, queries
from survey_app.printing import blank_pages
from survey_app.printing.slips import qr_text
from tests import scans
from tests.journeys.conftest import Field
from tests.journeys.steps import screen

#: One of them carries something that no reader can tell.
ODD = 3

Truths = dict[str, dict[str, str | None]]


@pytest.fixture(params=[4, pytest.param(20, marks=pytest.mark.long)])
def stack(field: Field, request: pytest.FixtureRequest) -> tuple[Path, Truths]:
    """A copier's PDF of slips of the field, and what each says by the last eight digits of its code."""
    settings = field.server.app.extensions["settings"]
    survey = queries.survey(db.session(), field.survey)
    village = frames.frame(db.session(), field.survey)[0].unit
    with db.transaction() as current:
        blank_pages.keep(current, survey, settings)
    printed = scans.printed(survey, village, field.codes[:1], settings)
    pages, truths = [], {}
    for number, code in enumerate(field.codes[: request.param]):
        paper = printed.with_code(qr_text("https://khaosat.example.vn", code))
        slip = paper.ticked(0, Random(number), odd="both" if number == ODD else "")
        pages.append(paper.scanned(slip, Random(100 + number)))
        truths[code[-9:]] = slip.truth
    file = field.server.folder / "quet.pdf"
    file.write_bytes(scans.stack(pages))
    field.server.leave_database()
    return file, truths


def send(page: Page, field: Field, file: Path) -> None:
    page.goto(f"{field.server.url}/can-bo/nhap-phieu/{field.survey}/quet")
    page.locator("#files").set_input_files(file)
    with page.expect_event("load"):
        page.get_by_role("button", name="Đọc chồng phiếu").click()
    expect(page.locator(".notice-success")).to_contain_text("Đã đọc xong")


def decide(page: Page, truth: dict[str, str | None]) -> None:
    """Choose on every line that stands undecided what is on the paper; where both are ticked, nothing."""
    for line in page.locator(".scan-doubt").all():
        expect(line.locator("input:checked")).to_have_count(0)
        expect(line.locator(".scan-crop")).to_be_visible()
        key = line.locator("fieldset").get_attribute("id").removeprefix("q-")
        said = "" if truth[key] in (None, "?") else truth[key]
        line.locator(f"input[value='{said}']").check()


def test_a_stack_is_sent_looked_at_slip_by_slip_and_counted_once(
    field: Field, stack: tuple[Path, Truths], enter, desktop: Page
):
    file, truths = stack
    slips = len(truths)
    enter(desktop, "clerk")

    send(desktop, field, file)
    expect(desktop.locator(".scan-pages li")).to_have_count(slips)
    assert field.answered() == {}
    with desktop.expect_event("load"):
        desktop.get_by_role("button", name="Sang bước xem phiếu").click()
    with desktop.expect_event("load"):
        desktop.get_by_role("button", name="Xem lần lượt").click()

    for number in range(slips):
        heading = desktop.locator("h1").inner_text()
        decide(desktop, truths[heading[-9:]])
        if number == ODD:
            screen(desktop, "xem-phieu-quet")
        with desktop.expect_event("load"):
            desktop.get_by_role("button", name="Đúng như trên giấy").press("Enter")
    with desktop.expect_event("load"):
        desktop.get_by_role("button", name="Lưu hẳn ngay").click()

    assert field.answered() == {"paper_entry": slips}
    current = db.session()
    stored = Counter(str(sorted(row.answers.items())) for row in current.scalars(select(Response)))
    said = ({key: None if one == "?" else one for key, one in truth.items()} for truth in truths.values())
    assert stored == Counter(str(sorted(truth.items())) for truth in said)
    assert [(row.outcome, row.slips) for row in current.scalars(select(DeskCounter))] == [("scan", slips)]
    field.server.leave_database()

    send(desktop, field, file)

    expect(desktop.locator(".scan-problem")).to_have_count(slips)
    assert field.answered() == {"paper_entry": slips}
