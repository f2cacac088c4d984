"""The page in an evidence pack, opened from the disk without a network: the whole ZIP, a changed one, an unpacked one."""

import base64
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from flask import Flask, current_app
from playwright.sync_api import Browser, Page, expect

from survey_app import db, keys
from survey_app.reporting import pack
from tests.journeys.conftest import window
from tests.rooms.sealing.conftest import HAPPY, NOW, UNHAPPY, Surveys

_DROP = """([content, name]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], name, { type: "application/zip" }));
  document.dispatchEvent(new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def held(app: Flask) -> Mapping[str, bytes]:
    """The files of a pack of one village."""
    made = Surveys(db.session())
    made.make(households={"Linh Cang": 76})
    made.answer("0001", "Linh Cang", HAPPY, times=71)
    made.answer("0001", "Linh Cang", UNHAPPY)
    made.seal()
    stream = io.BytesIO()
    pack.write(
        db.session(), "0001", stream, settings=current_app.extensions["settings"], store=keys.store(), now=NOW
    )
    archive = zipfile.ZipFile(stream)
    return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.long
def test_the_page_of_a_pack_finds_a_whole_one_sound_and_names_what_was_changed(
    held: Mapping[str, bytes], browser: Browser, tmp_path: Path
) -> None:
    (tmp_path / "index.html").write_bytes(held["index.html"])
    context = window(browser, viewport={"width": 360, "height": 740}, offline=True)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((tmp_path / "index.html").as_uri())
    docx = "01-bien-ban-kiem-phieu-0001.docx"

    # Dragged onto the page under another name.
    page.evaluate(_DROP, [base64.b64encode(zipped(held)).decode(), "đổi tên.zip"])
    expect(page.locator("#verdict")).to_contain_text("không thấy sai lệch. Số việc chưa kiểm được: 0")
    assert statuses(page) == {"ok"}
    assert page.locator('#result li[data-check="one"]').count() == len(held) - 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

    # One DOCX saved again, a file taken out, one put in.
    changed = {name: body for name, body in held.items() if not name.startswith("10-")}
    check(page, tmp_path, {"hồ sơ.zip": zipped({**changed, docx: held[docx] + b" ", "la.txt": b"?"})})
    expect(page.locator("#verdict")).to_contain_text("CÓ SAI LỆCH. Số việc sai: 3")
    wrong = page.locator('#result li[data-status="fail"]').all_inner_texts()
    assert [line.split("] ")[1].split(" – ")[0] for line in wrong] == [
        docx, "10-niem-yet-0001.csv", "la.txt",
    ]  # fmt: skip
    assert "Word" in wrong[0]

    # Unpacked, with what Windows puts beside it.
    check(page, tmp_path, {**held, "desktop.ini": b"[x]"})
    expect(page.locator("#verdict")).to_contain_text("không thấy sai lệch")

    # The list itself changed to fit a changed file: its signature does not fit any more.
    told = held[pack.SIGNED_MANIFEST].replace(b'"survey": "0001"', b'"survey": "0002"')
    check(page, tmp_path, {"x.zip": zipped({**held, pack.SIGNED_MANIFEST: told})})
    expect(page.locator('#result li[data-check="manifest"]')).to_have_attribute("data-status", "fail")
    assert page.locator('#result li[data-check="one"][data-status="ok"]').count() == 0

    assert errors == []
    context.close()


def check(page: Page, folder: Path, chosen: Mapping[str, bytes]) -> None:
    """Choose the files and have them checked."""
    place = folder / "chosen"
    place.mkdir(exist_ok=True)
    for name, body in chosen.items():
        (place / name).write_bytes(body)
    page.locator("#file").set_input_files([place / name for name in chosen])
    page.get_by_role("button", name="Kiểm tra", exact=True).click()


def statuses(page: Page) -> set[str | None]:
    return {line.get_attribute("data-status") for line in page.locator("#result li").all()}


def zipped(files: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return stream.getvalue()
