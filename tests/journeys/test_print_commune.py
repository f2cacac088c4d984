"""The Front prints all slips of its commune with one press, in a real browser."""

import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from survey_app.config import VIETNAM
from tests.journeys.conftest import Server

VILLAGES = {"Thôn 2": 9, "Thôn 10": 4, "Làng Kép": 6}
LACKING = 10 + 5 + 7


@pytest.fixture
def papers(server: Server) -> str:
    """The page of papers of an open survey of Xã Biển Hồ in which no slip was made."""
    frame = server.folder / "frame.csv"
    rows = [f"23590,{name},thon,{households},Báo cáo,2026-01-31" for name, households in VILLAGES.items()]
    frame.write_text("\n".join(["commune,village,kind,households,source,as_of", *rows, ""]), encoding="utf-8")
    today = datetime.now(VIETNAM).date()
    server.prepare(
        "fieldwork", "open", "--instrument", "xa-ntm", "--unit", "23590", "--frame", str(frame),
        "--opens", str(today), "--closes", str(today + timedelta(days=9)), "--purpose", "decision",
        "--contact", "Bà Hoa, 0269 000 000",
    )  # fmt: skip
    return f"{server.url}/can-bo/dot/0001/in"


@pytest.mark.long
def test_one_press_brings_the_slips_of_all_villages(
    server: Server, papers: str, enter, desktop: Page, tmp_path: Path
):
    enter(desktop, "front_commune")
    desktop.goto(f"{server.url}/can-bo/dot/0001")
    desktop.locator("a[href$='/can-bo/dot/0001/in']").first.click()
    form = desktop.locator("form[data-print-commune]")
    expect(desktop.get_by_text(f"3 thôn còn thiếu phiếu, cần làm {LACKING} phiếu.")).to_be_visible()

    # The line breaks before anything is made: the page says so, and nothing is lost.
    desktop.route("**/in/ca-xa", lambda route: route.abort())
    form.locator("button").click()
    expect(form.locator("[data-status]")).to_contain_text("bị đứt")
    desktop.unroute("**/in/ca-xa")
    desktop.goto(papers)

    with desktop.expect_download() as waiting:
        leaves = desktop.evaluate(
            """() => {
              document.querySelector("form[data-print-commune] button").click();
              return window.dispatchEvent(new Event("beforeunload", { cancelable: true }));
            }"""
        )
    assert not leaves
    saved = tmp_path / "phieu.zip"
    waiting.value.save_as(saved)

    assert waiting.value.suggested_filename == "phieu-ca-xa-0001.zip"
    expect(form.locator("[data-status]")).to_contain_text(f"Đã gửi hết phiếu: 3 thôn, {LACKING} phiếu")
    with zipfile.ZipFile(saved) as archive:
        assert archive.testzip() is None
        folders = list(dict.fromkeys(name.split("/")[0] for name in archive.namelist()))
    # In the order of the pages: numbers as numbers; what is for all stands before them.
    assert [folder.split("-", 1)[0] for folder in folders] == ["00", "01", "02", "03"]
    assert desktop.evaluate("window.dispatchEvent(new Event('beforeunload', { cancelable: true }))")

    desktop.goto(papers)
    expect(desktop.get_by_text("Thôn nào cũng đã đủ phiếu.")).to_be_visible()
    expect(desktop.get_by_text(f"3/3 thôn, {LACKING} phiếu")).to_be_visible()
    expect(form).to_have_count(0)
