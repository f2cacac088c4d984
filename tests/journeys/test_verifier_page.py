"""The offline page that checks sets, opened from the disk as a citizen opens it, without a network."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import verifying
from tests.journeys.conftest import window
from tests.tamperings import (
    KNOWN_KEY,
    SETS,
    TAMPERINGS,
    TAMPERINGS_ACTS,
    TAMPERINGS_ASKED_AGAIN,
    TAMPERINGS_PUBLISHED,
    edit_every_figure,
    genuine,
)

_WITHOUT_ED25519 = """
const own = crypto.subtle.importKey.bind(crypto.subtle);
crypto.subtle.importKey = (format, key, kind, ...rest) =>
  kind.name === "Ed25519" ? Promise.reject(new DOMException("", "NotSupportedError")) : own(format, key, kind, ...rest);
"""


@pytest.fixture
def verifier(browser: Browser) -> Iterator[Page]:
    """The page on a phone that has no network; a script error fails the test."""
    yield from _opened(browser)


@pytest.fixture
def old_verifier(browser: Browser) -> Iterator[Page]:
    """The page in a browser that knows SHA-256 and not Ed25519."""
    yield from _opened(browser, _WITHOUT_ED25519)


def _opened(browser: Browser, script: str = "") -> Iterator[Page]:
    context = window(browser, viewport={"width": 360, "height": 740}, offline=True)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.add_init_script(script)
    page.goto((verifying.FOLDER / "verifier.html").as_uri())
    yield page
    context.close()
    assert errors == []


def test_the_page_finds_the_twelve_tamperings_and_says_what_the_command_says(
    verifier: Page, tmp_path: Path
) -> None:
    found = 0
    for name, tamper in TAMPERINGS.items():
        tampered, check, place = tamper(genuine())
        file = _write(tmp_path, tampered)
        told = _check(verifier, file, key=KNOWN_KEY, previous=SETS / "auditor.json")

        assert (check, "fail", place) in [
            (line["check"], line["status"], line["where"]) for line in _lines(verifier)
        ], name
        assert told == _command(file, "--key", KNOWN_KEY, "--previous", str(SETS / "auditor.json")), name
        found += 1

    assert found == 12


@pytest.mark.long
def test_the_page_knows_annulled_answers_and_finds_them_tampered_with(verifier: Page, tmp_path: Path) -> None:
    found = genuine("asked_again")
    receipt = found["annulled_leaves"][0]
    assert _check(verifier, _write(tmp_path, found), receipt=receipt) == _command(
        _write(tmp_path, found), "--receipt", receipt
    )

    for name, tamper in TAMPERINGS_ASKED_AGAIN.items():
        tampered, check, place = tamper(genuine("asked_again"))
        file = _write(tmp_path, tampered)
        told = _check(verifier, file)

        assert (check, "fail", place) in [
            (line["check"], line["status"], line["where"]) for line in _lines(verifier)
        ], name
        assert told == _command(file), name


@pytest.mark.long
def test_the_page_finds_acts_of_the_audit_log_tampered_with(verifier: Page, tmp_path: Path) -> None:
    kept = SETS / "acts.json"
    assert _check(verifier, kept, previous=kept) == _command(kept, "--previous", str(kept))

    for name, tamper in TAMPERINGS_ACTS.items():
        tampered, check, place = tamper(genuine("acts"))
        file = _write(tmp_path, tampered)
        told = _check(verifier, file, previous=kept)

        assert (check, "fail", place) in [
            (line["check"], line["status"], line["where"]) for line in _lines(verifier)
        ], name
        assert told == _command(file, "--previous", str(kept)), name


@pytest.mark.long
def test_the_page_names_every_edited_figure_of_what_is_published(verifier: Page, tmp_path: Path) -> None:
    kept = SETS / "signed.json"
    assert _check(verifier, kept, previous=kept) == _command(kept, "--previous", str(kept))

    for name, tamper in TAMPERINGS_PUBLISHED.items():
        tampered, check, place = tamper(genuine("signed_public"))
        file = _write(tmp_path, tampered)
        told = _check(verifier, file, previous=kept)

        assert (check, "fail", place) in [
            (line["check"], line["status"], line["where"]) for line in _lines(verifier)
        ], name
        assert told == _command(file, "--previous", str(kept)), name

    everything = genuine("signed")
    edit_every_figure(everything["disclosed"], "disclosed")
    edit_every_figure(everything["seal"]["statement"]["tables"], "tables")
    file = _write(tmp_path, everything)
    assert _check(verifier, file) == _command(file)


@pytest.mark.parametrize(
    "name",
    [
        "auditor",
        "public",
        *(pytest.param(name, marks=pytest.mark.long) for name in ("signed", "signed_public")),
    ],
)
def test_a_genuine_set_is_sound_and_both_languages_say_what_the_command_says(
    verifier: Page, tmp_path: Path, name: str
) -> None:
    found = genuine(name)
    file = _write(tmp_path, found)
    known = found["seal"]["public_key"]
    beside = {"key": known, "paper": found["seal"]["digest"][:20], "receipt": found["leaves"][0]}
    options = ["--key", known, "--paper-digest", beside["paper"], "--receipt", beside["receipt"]]

    vietnamese = _check(verifier, file, **beside)
    _screen(verifier, f"kiem-chung-{name}")
    verifier.get_by_role("button", name="English").click()
    english = _text(verifier)

    assert vietnamese == _command(file, *options)
    assert english == _command(file, *options, "--lang", "en")
    assert "KẾT LUẬN: không thấy sai lệch" in vietnamese


def test_a_browser_without_ed25519_comes_to_the_same_result(old_verifier: Page, tmp_path: Path) -> None:
    for found in (genuine(), TAMPERINGS["signature changed"](genuine())[0]):
        file = _write(tmp_path, found)

        assert _check(old_verifier, file) == _command(file)


def test_a_text_taken_out_and_answers_removed_by_retention_are_told_and_are_no_fault(
    verifier: Page, tmp_path: Path
) -> None:
    found = genuine()
    found["raw_answers_removed_on"] = "2027-06-01"
    for row in found["answers"]:
        row["answers"] = None
    file = _write(tmp_path, found)

    told = _check(verifier, file)

    assert told == _command(file)
    assert "phiếu gốc đã xóa ngày 2027-06-01" in told


def test_a_file_that_is_no_set_is_named_as_such(verifier: Page, tmp_path: Path) -> None:
    file = _write(tmp_path, {"format": "other"})

    verifier.locator("#file").set_input_files(file)
    verifier.get_by_role("button", name="Kiểm tra", exact=True).click()

    expect(verifier.locator("#heading")).to_contain_text("Không đọc được tệp này")


def test_the_page_fits_a_narrow_phone(verifier: Page, tmp_path: Path) -> None:
    tampered, _check_name, _place = TAMPERINGS["row changed"](genuine())
    _check(verifier, _write(tmp_path, tampered))
    _screen(verifier, "kiem-chung-sai")

    assert verifier.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_page_and_the_command_hold_the_same_words() -> None:
    text = (verifying.FOLDER / "verifier.html").read_text(encoding="utf-8")
    block = text.partition('id="words">')[2].partition("</script>")[0]
    words = verifying.part("words")
    tables = ("CHECKS", "REASONS", "STATUS", "SENTENCES", "PAGE", "PACK")

    assert json.loads(block) == json.loads(json.dumps({name: getattr(words, name) for name in tables}))


def _write(folder: Path, found: dict[str, Any]) -> Path:
    file = folder / "set.json"
    file.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    return file


def _check(
    page: Page, file: Path, *, key: str = "", paper: str = "", receipt: str = "", previous: Path | None = None
) -> str:
    """Let the page check the file; everything it says, line by line."""
    page.locator("#file").set_input_files(file)
    page.locator("#paper").fill(paper)
    page.locator("#receipt").fill(receipt)
    page.locator("details").evaluate("element => { element.open = true; }")
    page.locator("#key").fill(key)
    page.locator("#previous").set_input_files(previous or [])
    page.get_by_role("button", name="Kiểm tra", exact=True).click()
    expect(page.locator("#verdict")).to_be_visible()
    return _text(page)


def _text(page: Page) -> str:
    lines = [page.locator("#heading").text_content(), *page.locator("#result li").all_text_contents()]
    return "\n".join([*map(str, lines), str(page.locator("#verdict").text_content())])


def _lines(page: Page) -> list[dict[str, str]]:
    return page.locator("#result li").evaluate_all("lines => lines.map((line) => ({ ...line.dataset }))")


def _command(file: Path, *options: str) -> str:
    return verifying.command(file, *options).stdout.strip()


def _screen(page: Page, name: str) -> None:
    """Keep a picture when a folder for pictures is named."""
    folder = os.environ.get("SCREENS")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
