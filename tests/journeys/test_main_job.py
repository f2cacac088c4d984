"""The main job from end to end: a survey is made, answered from a printed QR, sealed, and counted by the province."""

import json
import random
import re
import subprocess
import urllib.request
import uuid
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import zxingcpp
from openpyxl import Workbook
from PIL import Image
from playwright.sync_api import Page, expect

from survey_app.config import VIETNAM
from tests import shipped
from tests.journeys.conftest import Server
from tests.journeys.steps import press, screen, send_slip

pytestmark = pytest.mark.both_engines(long="sqlite")

COMMUNE = "23590"  # Xã Biển Hồ
PASSWORD = "mot cau du dai de nho"
ITEMS = 19


@pytest.fixture
def staff(server: Server) -> dict[str, str]:
    """Accounts the operator made: sign-in names by role."""
    secret = server.folder / "password"
    secret.write_text(PASSWORD)
    made = {"commune": COMMUNE, "front_commune": COMMUNE, "province": "52"}
    for role, unit in made.items():
        server.prepare(
            "accounts", "create", "--email", f"{role}@gialai", "--name", f"Bà {role}", "--role", role,
            "--unit", unit, "--password-file", str(secret),
        )  # fmt: skip
    return {role: f"{role}@gialai" for role in made}


def test_a_survey_is_made_answered_from_its_printed_qr_sealed_and_counted_by_the_province(
    server: Server, staff: dict[str, str], desktop: Page, phone: Page, plain_phone: Page
) -> None:
    # The commune officer imports the villages and makes a survey from the template.
    sign_in(desktop, server, staff["commune"])
    screen(desktop, "01-hom-nay")
    import_villages(desktop, server)
    survey = make_survey(desktop, server)
    screen(desktop, "03-dot-nhap")
    desktop.get_by_role("button", name="Gửi bên kia duyệt công bố").click()
    expect(desktop.get_by_text("Đã gửi. Bên kia")).to_be_visible()

    # A Front officer approves it on a phone and downloads the slips.
    sign_in(phone, server, staff["front_commune"])
    screen(phone, "04-mat-tran-hom-nay")
    phone.get_by_role("link", name=re.compile("Duyệt")).first.click()
    screen(phone, "05-mat-tran-duyet")
    phone.get_by_label("Tôi đồng ý").check()
    phone.get_by_role("button", name="Ghi nhận quyết định").click()
    expect(phone.get_by_text("Đã ghi nhận quyết định")).to_be_visible()
    slips = download_slips(phone, server, survey)
    addresses = decode(slips)
    assert len(addresses) == 30
    phone.context.clear_cookies()

    # A villager answers without JavaScript; another with it.
    answer_without_javascript(plain_phone, addresses[0])
    answer_with_javascript(phone, addresses[1])
    for address in addresses[2:24]:
        send(server, address)
    assert already_used(plain_phone, addresses[0])

    # Progress moves, in the command at once and on the screen with the hour's copy.
    progress = server.json("fieldwork", "progress", "--survey", survey)
    assert [village["answered"] for village in progress["villages"]] == [24, 0]
    server.flask("fieldwork", "tick")
    desktop.goto(f"{server.url}/can-bo/dot/{survey}")
    expect(desktop.get_by_role("row", name=re.compile(r"^Thôn 1 30 24 80,00\s% 6"))).to_be_visible()
    screen(desktop, "09-tien-do")
    desktop.goto(f"{server.url}/can-bo/dot/{survey}/ket-qua")
    expect(desktop.get_by_text("98,")).to_have_count(0)

    # The phones close, answers are counted and sealed; the recount agrees.
    server.json("results", "close", "--survey", survey)
    assert server.json("results", "verify", "--survey", survey)["equal"] is True
    card = server.json("results", "scorecard", "--survey", survey)
    assert card["answered"] == 24
    assert card["households"] == 70
    assert card["pooled"]["of"] == card["valid"] * ITEMS

    # The officer sees the scorecard; the public page tells less.
    desktop.goto(f"{server.url}/can-bo/dot/{survey}/ket-qua")
    expect(desktop.locator("h1")).to_be_visible()
    expect(desktop.locator("main")).to_contain_text("34,29")
    screen(desktop, "10-bang-diem", full=True)
    plain_phone.goto(addresses[5])
    expect(plain_phone).to_have_url(re.compile(f"/ket-qua/{survey}$"))
    screen(plain_phone, "11-ket-qua-cong-khai", full=True)

    plain_phone.goto(f"{server.url}/kiem-tra")
    screen(plain_phone, "13-kiem-tra-bien-nhan", full=True)

    # Until both bodies have signed it counts nowhere.
    year = datetime.now(VIETNAM).year
    waiting = server.json("reporting", "province", "--unit", "52", "--year", str(year))
    told = next(commune for commune in waiting["communes"] if commune["unit"] == COMMUNE)
    assert (told["finding"], told["awaits"]) == ("insufficient_evidence", ["signatures"])
    assert waiting["targets"][0]["met"] == 0
    desktop.goto(f"{server.url}/can-bo/dot/{survey}/ky")
    desktop.get_by_role("button", name="Tôi ký cho bên mình").click()
    expect(desktop.get_by_text("Đã ghi nhận quyết định")).to_be_visible()
    sign_in(phone, server, staff["front_commune"])
    phone.get_by_role("link", name=re.compile("Ký kết quả")).first.click()
    phone.get_by_label("Tôi đồng ý").check()
    phone.get_by_role("button", name="Ghi nhận quyết định").click()
    expect(phone.get_by_text("Đã ghi nhận quyết định")).to_be_visible()

    # The province counts the commune.
    desktop.context.clear_cookies()
    sign_in(desktop, server, staff["province"])
    desktop.goto(f"{server.url}/can-bo/tinh/{year}?q=Biển+Hồ")
    expect(desktop.get_by_role("heading", level=1)).to_be_visible()
    row = desktop.get_by_role("row", name=re.compile("Biển Hồ"))
    expect(row.locator(".badge").get_by_text("đạt", exact=True)).to_be_visible()
    screen(desktop, "12-tinh")
    board = server.json("reporting", "province", "--unit", "52", "--year", str(year))
    findings = {commune["unit"]: commune["finding"] for commune in board["communes"]}
    assert findings[COMMUNE] == "met"
    assert sum(commune["in_scope"] for commune in board["communes"]) == shipped.RURAL_COMMUNES
    assert board["targets"][0]["met"] == 1


def sign_in(page: Page, server: Server, email: str) -> None:
    page.goto(f"{server.url}/dang-nhap")
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hôm nay")


def import_villages(page: Page, server: Server) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in (
        ["UBND XÃ BIỂN HỒ"],
        ["TỔNG HỢP SỐ HỘ THEO THÔN, LÀNG (tính đến ngày 01/11/2026)"],
        [],
        ["STT", "Thôn, làng", "Số hộ", "Ghi chú"],
        [1, "Thôn 1", 30, ""],
        [2, "Làng Phung", 40, ""],
        ["", "Tổng cộng", 70, ""],
        ["", "", "", "CHỦ TỊCH"],
    ):
        sheet.append(cells)
    file = server.folder / "so-ho.xlsx"
    book.save(file)
    page.goto(f"{server.url}/can-bo/don-vi/{COMMUNE}")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Xem trước").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("xem trước, chưa lưu")
    expect(page.get_by_text("Khớp với dòng tổng trong tệp")).to_be_visible()
    page.locator("input[name=source]").fill("Danh sách hộ của xã")
    screen(page, "02-xem-truoc")
    page.get_by_role("button", name="Lưu 2 thôn").click()
    expect(page.get_by_role("row", name=re.compile("Làng Phung"))).to_contain_text("40")
    expect(page.get_by_role("button", name="Hoàn tác")).to_be_visible()
    screen(page, "02-thon")


def make_survey(page: Page, server: Server) -> str:
    today = datetime.now(VIETNAM).date()
    page.goto(f"{server.url}/can-bo/dot/moi")
    page.locator("select[name=instrument]").select_option(label=label_of(page))
    page.locator("input[name=plan_number]").fill("12/KH-MTTQ-BTT")
    page.locator("input[name=plan_date]").fill(str(today))
    page.locator("textarea[name=aim]").fill("Để xã biết bà con hài lòng điều gì, chưa hài lòng điều gì.")
    page.locator("input[name=contact]").fill("Bà Siu H'Lan, Mặt trận xã, 0269 123 456")
    page.locator("input[name=opens_on]").fill(str(today))
    page.locator("input[name=closes_on]").fill(str(today + timedelta(days=5)))
    page.get_by_role("button", name="Lưu bản nháp").click()
    expect(page.get_by_text("Đã lưu bản nháp")).to_be_visible()
    return page.url.rsplit("/", 1)[-1]


def label_of(page: Page) -> str:
    """The choice of the advanced commune form, as the screen words it."""
    labels = page.locator("select[name=instrument] option").all_inner_texts()
    return next(label for label in labels if "xa-ntm-nang-cao" in label)


def download_slips(page: Page, server: Server, survey: str) -> Path:
    page.goto(f"{server.url}/can-bo/dot/{survey}/in")
    screen(page, "06-in-phieu")
    form = page.locator("form[action*='/phieu/23590001']").first
    form.locator("input[name=count]").fill("30")
    with page.expect_download() as waiting:
        form.get_by_role("button", name="PDF").click()
    file = server.folder / "phieu.pdf"
    waiting.value.save_as(file)
    return file


def decode(slips: Path) -> list[str]:
    """What a phone's camera reads from the printed sheets."""
    subprocess.run(["pdftoppm", "-r", "110", "-gray", slips, slips.with_suffix("")], check=True)
    found = []
    for sheet in sorted(slips.parent.glob("phieu-*.pgm")):
        with Image.open(sheet) as image:
            found.extend(symbol.text for symbol in zxingcpp.read_barcodes(image))
    return sorted(set(found))


def answer_without_javascript(page: Page, address: str) -> None:
    page.goto(address)
    screen(page, "07-phieu")
    for index, card in enumerate(page.locator("fieldset").all()):
        card.get_by_label("Không hài lòng" if index == 3 else "Hài lòng", exact=True).check()
    page.get_by_role("button", name="Xem lại", exact=True).click()
    expect(page.get_by_text("gửi rồi không sửa được")).to_be_visible()
    screen(page, "08-xem-lai")
    page.get_by_role("button", name=re.compile(r"^4\.")).click()
    expect(page.locator("fieldset").nth(3).get_by_label("Không hài lòng")).to_be_checked()
    press(page, "Xem lại")
    page.get_by_role("button", name="Gửi phiếu").first.click()
    expect(page.get_by_role("status")).to_contain_text("Đã ghi nhận")
    screen(page, "08-cam-on")


def answer_with_javascript(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("fieldset").nth(0).get_by_label("Không hài lòng").check()
    page.get_by_role("button", name="English").click()
    expect(page.locator("fieldset").nth(0).locator("input[value=dissatisfied]")).to_be_checked()
    page.get_by_role("button", name="Tiếng Việt").click()
    send_slip(page)
    expect(page.get_by_role("status")).to_contain_text("Đã ghi nhận")


def send(server: Server, address: str) -> None:
    """A phone program's submission through the documented interface."""
    drawn = random.Random(address)
    keys = server.json("authoring", "show", "xa-ntm-nang-cao")["questions"] if not _KEYS else []
    _KEYS.extend(question["key"] for question in keys)
    body = {
        "submission_id": str(uuid.UUID(int=drawn.getrandbits(128), version=4)),
        "code": address.rsplit("/", 1)[-1],
        "channel": "self_online",
        "answers": {key: "satisfied" if drawn.random() < 0.9 else "dissatisfied" for key in _KEYS},
    }
    request = urllib.request.Request(
        f"{server.url}/api/v1/submissions",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as reply:
        assert reply.status == 201


_KEYS: list[str] = []


def already_used(page: Page, address: str) -> bool:
    reply = page.goto(address)
    return reply is not None and reply.status == 409
