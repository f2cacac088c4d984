"""A Front officer approves and signs on a phone of 360 points, with a code from that phone; and a phone gets lost."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from survey_app.access import Role
from survey_app.fieldwork import calendar
from survey_app.fieldwork.models import State
from tests.journeys.conftest import PHONE, Commune, Server, window
from tests.journeys.steps import press, screen, today

PASSWORD = "mot cau du dai de nho"

#: From the empty sign-in page on: name, password, button, code, button, the line of today, yes, button.
MOST_TAPS = 8
#: From the heading to the button, everything that is decided in between.
MOST_SCREENS = 2


@dataclass
class Thumb:
    """Somebody's thumb on their phone: every field and button it has to find is counted."""

    page: Page
    secret: str = ""
    taps: int = 0
    codes: list[str] = field(default_factory=list)

    def type(self, name: str, text: str) -> None:
        self.taps += 1
        self.page.locator(f"main input[name={name}]").fill(text)

    def press(self, name: str | re.Pattern[str], role: str = "button") -> None:
        """Press what leads to another page, and wait for it."""
        self.taps += 1
        with self.page.expect_event("load"):
            self.page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]  # a role as text

    def choose(self, label: str) -> None:
        self.taps += 1
        self.page.get_by_label(label, exact=True).check()

    def password(self, server: Server, email: str) -> None:
        """The first step of signing in."""
        self.taps = 0
        self.page.goto(f"{server.url}/dang-nhap")
        self.type("email", email)
        self.type("password", PASSWORD)
        self.press("Đăng nhập")

    def enrol(self) -> None:
        """Set the phone up, and write the recovery codes down."""
        self.secret = self.page.locator("code.secret").inner_text().replace(" ", "")
        self.type("code", pyotp.TOTP(self.secret).now())
        self.press("Cài đặt")
        written = self.page.locator("li code")
        expect(written).to_have_count(10)
        self.codes = written.all_inner_texts()

    def digits(self) -> str:
        """What the phone shows next; the code of this moment was taken already."""
        return pyotp.TOTP(self.secret).at(int(time.time()) + 30)

    def leave(self, server: Server) -> None:
        self.page.context.clear_cookies()
        self.page.goto(f"{server.url}/dang-nhap")


@pytest.fixture
def strict_server(serve, commune: Commune) -> Iterator[Server]:
    """A server where the person who approves or signs needs a code from a phone, with accounts of the two Fronts."""
    with serve(SECOND_FACTOR="1") as made:
        secret = made.folder / "password"
        secret.write_text(PASSWORD)
        for name, role, unit in (
            ("mattran", "front_commune", commune.unit),
            ("pho", "front_commune", commune.unit),
            ("tinh", "front_province", commune.province),
        ):
            made.prepare(
                "accounts", "create", "--email", name, "--name", f"Bà {name}", "--role", role,
                "--unit", unit.code, "--password-file", str(secret),
            )  # fmt: skip
        yield made


@pytest.fixture
def thumbs(browser: Browser):
    """One phone for each person."""
    contexts = [window(browser, viewport=PHONE) for _phone in range(3)]
    yield [Thumb(context.new_page()) for context in contexts]
    for context in contexts:
        context.close()


@pytest.mark.long
def test_a_front_officer_approves_with_the_phones_code_and_signs_with_a_recovery_code(
    strict_server: Server,
    app,
    commune: Commune,
    make_survey,
    hand_out,
    submission,
    desktop: Page,
    thumbs: list[Thumb],
) -> None:
    server, thumb = strict_server, thumbs[0]
    survey = make_survey(commune, State.DRAFT, opens_at=calendar.opening(today()))
    page = f"{server.url}/can-bo/dot/{survey.id}"
    server.sit_down(desktop, Role.COMMUNE, commune.unit)
    desktop.goto(page)
    desktop.get_by_role("button", name="Gửi bên kia duyệt công bố").click()
    expect(desktop.get_by_text("Đã gửi. Bên kia")).to_be_visible()
    thumb.password(server, "mattran")
    thumb.enrol()
    thumb.leave(server)

    # Approving, from the password to the decision.
    thumb.password(server, "mattran")
    thumb.type("code", thumb.digits())
    thumb.press("Đăng nhập")
    thumb.press(re.compile("Duyệt"), "link")
    assert screens(thumb.page) <= MOST_SCREENS
    screen(thumb.page, "14-duyet-cong-bo", full=True)
    thumb.choose("Tôi đồng ý")
    thumb.press("Ghi nhận quyết định")
    expect(thumb.page.get_by_text("Đã ghi nhận quyết định")).to_be_visible()
    assert thumb.taps == MOST_TAPS
    thumb.leave(server)

    # Signing the result, without the phone at hand.
    for code in hand_out(survey, commune.villages["Phung"], 2):
        app.test_client().post("/api/v1/submissions", json=submission(code=code))
    server.json("results", "close", "--survey", survey.id)
    desktop.goto(f"{page}/ky")
    press(desktop, "Tôi ký cho bên mình")
    thumb.password(server, "mattran")
    thumb.type("code", thumb.codes[0])
    thumb.press("Đăng nhập")
    thumb.press(re.compile("Ký kết quả"), "link")
    assert screens(thumb.page) <= MOST_SCREENS
    screen(thumb.page, "15-ky-ket-qua", full=True)
    thumb.choose("Tôi đồng ý")
    thumb.press("Ghi nhận quyết định")
    expect(thumb.page.get_by_text("Đã ghi nhận quyết định")).to_be_visible()
    assert thumb.taps == MOST_TAPS

    # The same recovery code opens nothing a second time.
    thumb.leave(server)
    thumb.password(server, "mattran")
    thumb.type("code", thumb.codes[0])
    thumb.press("Đăng nhập")
    expect(thumb.page.get_by_role("alert")).to_be_visible()


@pytest.mark.long
def test_two_colleagues_take_a_lost_phone_off_and_its_owner_sets_up_another(
    strict_server: Server, thumbs: list[Thumb]
) -> None:
    server = strict_server
    owner, deputy, province = thumbs
    for thumb, name in zip(thumbs, ("mattran", "pho", "tinh"), strict=True):
        thumb.password(server, name)
        thumb.enrol()

    deputy.page.goto(f"{server.url}/can-bo/tai-khoan")
    deputy.press("Mất điện thoại: Bà mattran", "link")
    deputy.press("Đề nghị gỡ")
    province.page.goto(f"{server.url}/can-bo")
    province.press(re.compile("Bà mattran"), "link")
    province.press(re.compile("Xác nhận"))

    owner.page.goto(f"{server.url}/can-bo")
    expect(owner.page).to_have_url(re.compile("/dang-nhap"))
    owner.password(server, "mattran")
    owner.enrol()
    owner.page.goto(f"{server.url}/can-bo")
    expect(owner.page.get_by_role("heading", level=1)).to_contain_text("Hôm nay")


def screens(page: Page) -> float:
    """How many screenfuls the person scrolls from the heading to the button."""
    top = page.locator("h1").bounding_box()
    button = page.get_by_role("button", name="Ghi nhận quyết định").bounding_box()
    assert top is not None
    assert button is not None
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    return (button["y"] + button["height"] - top["y"]) / PHONE["height"]
