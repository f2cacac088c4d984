"""One walk from an empty server to a published survey: link of the start, accounts, the commune's list, form, approval, slips.

What follows has journeys of its own: twenty slips keyed (`test_keying`), twenty scanned (`test_scanning`).
"""

import io
import re
import zipfile
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import PUBLIC_HOST, Server, window
from tests.journeys.steps import agree, answer, begin, follow, press, today, told

_PASSWORD = "mot cau du dai de nho"
_LIST = Path(__file__).parents[1] / "offices" / "01-commune-report.xlsx"
#: One list for both bodies, as the province's office has it.
_PEOPLE = "\n".join(
    ("Họ tên\tĐơn vị\tVai trò\tĐiện thoại",
     "Siu Blơng\tXã Ia Grai\tCán bộ xã\t0905 123 457",
     "Ksor Phước\tXã Ia Grai\tCán bộ Mặt trận xã\t0914 222 334")
)  # fmt: skip
_VILLAGES, _HOUSEHOLDS = 6, 721


def come(page: Page, letter: str) -> str:
    """Take an invitation up as its letter says, no matter who used the screen before; the address people see."""
    page.context.clear_cookies()
    page.goto(letter)
    for name in ("password", "again"):
        page.locator(f"main input[name={name}]").fill(_PASSWORD)
    press(page, "Đặt mật khẩu và đăng nhập")
    expect(page.locator("h1")).to_have_text("Hôm nay phải làm gì")
    return letter.partition("/moi/")[0]


def set_up(page: Page, server: Server) -> list[str]:
    """The province and the first person of each body; both letters."""
    page.goto(server.url + urlsplit(server.json("setup", "--link")["link"]).path)
    for role, name, number in (
        ("province", "Rơ Châm Hà", "0905 123 456"),
        ("front_province", "Siu Lan", "0914 222 333"),
    ):
        page.locator(f"#{role}-name").fill(name)
        page.locator(f"#{role}-telephone").fill(number)
    press(page, "Bắt đầu: nạp đơn vị, mẫu phiếu và làm hai thư mời")
    expect(page.locator("h1")).to_have_text("Hai thư mời đầu tiên")
    return [field.input_value() for field in page.get_by_label("Đường dẫn để gửi").all()]


def invite_from_list(page: Page, url: str, name: str) -> str:
    """The letter of that one of the list whose account the reader's body makes."""
    page.goto(f"{url}/can-bo/tai-khoan")
    follow(page, "Tạo tài khoản từ danh sách")
    page.locator("main textarea").fill(_PEOPLE)
    press(page, "Xem trước")
    press(page, "Tạo các tài khoản này và thư mời")
    expect(page.locator("h1")).to_have_text("1 thư mời")
    return page.get_by_label(f"Đường dẫn của {name}").input_value()


def enter_villages(page: Page, url: str) -> None:
    begin(page, url, "Nhập danh sách thôn và số hộ")
    page.locator("input[type=file]").set_input_files(_LIST)
    press(page, "Xem trước")
    expect(page.locator("main")).to_contain_text(f"Đọc được {_VILLAGES} thôn, {_HOUSEHOLDS} hộ")
    page.locator("input[name=source]").fill("Danh sách hộ của xã")
    press(page, f"Lưu {_VILLAGES} thôn")
    expect(page.get_by_role("button", name="Hoàn tác")).to_be_visible()


def draft_survey(page: Page, url: str) -> str:
    page.goto(f"{url}/can-bo")
    follow(page, "Lập đợt mới")
    label = next(one for one in page.locator("select option").all_inner_texts() if "xa-ntm-2026" in one)
    page.locator("select[name=instrument]").select_option(label=label)
    for field, value in {
        "plan_number": "12/KH-MTTQ-BTT",
        "plan_date": str(today()),
        "aim": "Để xã biết bà con hài lòng điều gì, chưa hài lòng điều gì.",
        "contact": "Bà Siu H'Lan, Mặt trận xã, 0269 123 456",
        "opens_on": str(today()),
        "closes_on": str(today() + timedelta(days=9)),
    }.items():
        page.locator(f"[name={field}]").fill(value)
    press(page, "Lưu bản nháp")
    expect(page.locator("main")).to_contain_text(str(_HOUSEHOLDS))
    press(page, "Gửi bên kia duyệt công bố")
    told(page, "Đã gửi.")
    return urlsplit(page.url).path.rsplit("/", 1)[-1]


def print_commune(page: Page, url: str, survey: str) -> zipfile.ZipFile:
    page.goto(f"{url}/can-bo/dot/{survey}/in")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Làm tất cả phiếu còn thiếu (ZIP)").click()
    return zipfile.ZipFile(io.BytesIO(Path(waiting.value.path()).read_bytes()))


def first_address(archive: zipfile.ZipFile) -> str:
    """What the QR of the uppermost slip of the first village leads to."""
    slips = next(name for name in archive.namelist() if name.endswith(".pdf") and "phieu" in name)
    inside = pypdfium2.PdfDocument(archive.read(slips))[1].render(scale=2.5).to_pil()
    return zxingcpp.read_barcodes(inside)[0].text


@pytest.mark.long
def test_from_an_empty_server_to_the_first_answer(serve, browser: Browser, desktop: Page, phone: Page):
    with serve() as server:
        province, front_of_province = set_up(desktop, server)
        url = come(desktop, province)
        assert PUBLIC_HOST in url
        officer = invite_from_list(desktop, url, "Siu Blơng")
        come(desktop, front_of_province)
        front = invite_from_list(desktop, url, "Ksor Phước")

        come(desktop, officer)
        enter_villages(desktop, url)
        survey = draft_survey(desktop, url)

        come(phone, front)
        agree(phone, url, re.compile("Công bố|Duyệt"))
        with print_commune(phone, url, survey) as archive:
            assert (
                len({name.split("/")[0] for name in archive.namelist()}) == 1 + _VILLAGES
            )  # one folder for the commune
            address = first_address(archive)

        villager = window(browser, viewport={"width": 360, "height": 640}).new_page()
        answer(villager, address.lower())
        villager.context.close()
        counted = server.json("fieldwork", "progress", "--survey", survey)["villages"]
        assert [village["answered"] for village in counted] == [1] + [0] * (_VILLAGES - 1)
