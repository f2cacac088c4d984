"""A real server, a real browser: nothing of the product is replaced in these tests.

The server is started on a port the system chose, with its own instance folder, and is ended by the test that
started it.
"""

import csv
import json
import shutil
import socket
import sqlite3
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask import session as cookie
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from survey_app import db, uploads
from survey_app.access import NEED_SECOND_FACTOR, Role
from survey_app.accounts import enrolment, passwords, second_factor, sessions, signin
from survey_app.accounts.models import User
from survey_app.config import VIETNAM
from survey_app.fieldwork.models import Survey
from survey_app.units.queries import UnitView
from tests.factories import (
    Commune,
    commune,
    hand_out,
    make_commune,
    make_form,
    make_survey,
    move_on,
    sign_in,
    submission,
)
from tests.opening import opened_here
from tests.servers import serving

#: Fixtures that stand in a module of their own.
__all__ = [
    "Commune",
    "commune",
    "hand_out",
    "make_commune",
    "make_form",
    "make_survey",
    "move_on",
    "sign_in",
    "submission",
]

PROJECT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium-headless-shell"
#: What slips are printed with: papers of a real survey are refused where the address leads to this machine alone.
PUBLIC_HOST = "khaosat.test"
PHONE = {"width": 360, "height": 640}
DESKTOP = {"width": 1280, "height": 900}
#: How long a state is waited for. A machine that has other work is slow, and who waits goes on as soon as it is there.
_START_SECONDS = 180
_WAIT_MILLISECONDS = 120_000
_PASSWORD = "mot cau du dai de nho"

expect.set_options(timeout=_WAIT_MILLISECONDS)


@dataclass(frozen=True)
class Server:
    """A running installation: its address, and its commands as an operator gives them."""

    url: str
    folder: Path
    app: Flask

    def prepare(self, *arguments: str) -> None:
        """A command given before the journey begins."""
        self.flask(*arguments)

    def flask(self, *arguments: str) -> str:
        """What a command prints, run in this process, because starting another takes seconds; a failure fails the test."""
        done = self.app.test_cli_runner().invoke(args=list(arguments))
        self.leave_database()
        assert done.exit_code == 0, done.output
        return done.stdout

    def json(self, *arguments: str) -> dict:
        """The same, read as JSON."""
        return json.loads(self.flask(*arguments, "--json"))

    def change(self, survey_id: str, **columns: object) -> None:
        """Other days of a survey, as if time had passed; then the round of the minute job."""
        with db.transaction() as current:
            survey = current.get_one(Survey, survey_id)
            for name, value in columns.items():
                setattr(survey, name, value)
        self.flask("fieldwork", "tick")

    def sit_down(self, page: Page, role: Role, unit: UnitView, name: str = "") -> None:
        """Let somebody of that role use the page, signed in a moment ago; how people sign in is another journey."""
        name, now = name or f"Bà {role.value}", datetime.now(UTC)
        with db.transaction() as current:
            user = current.query(User).filter_by(name=name, role=role).one_or_none()
            if user is None:
                user = User(
                    email=f"{current.query(User).count()}@thu", name=name, role=role, unit_id=unit.id,
                    password_hash=passwords.hashed(_PASSWORD), created_at=now,
                )  # fmt: skip
                current.add(user)
                current.flush()  # a session is of an account by its number
                if role in NEED_SECOND_FACTOR:
                    enrolment.enrol(current, user.id, second_factor.new_secret(), 0, now=now)
            mark, user_id, epoch = sessions.begin(current, user.id, now=now), user.id, user.session_epoch
        with self.app.test_request_context("/can-bo"):
            signin.start(user_id, epoch, mark, now)
            interface = self.app.session_interface
            value = interface.get_signing_serializer(self.app).dumps(dict(cookie))
            page.context.clear_cookies()
            page.context.add_cookies(
                [{"name": interface.get_cookie_name(self.app), "value": value, "url": self.url}]
            )
        self.leave_database()

    def leave_database(self) -> None:
        """Hold nothing of the database, so that the server is alone with it."""
        db.session().close()
        db.database.engine.dispose()


@dataclass(frozen=True)
class Beginnings:
    """What journeys begin with, as it was in the first installation of this process in which commands had put it."""

    folder: Path

    def put(self, database_url: str, folder: Path, name: str, prepare: Callable[[], None]) -> None:
        """Bring an installation in which nothing else is to where `prepare` leads; SQLite after the first time by copying.

        A server may be at work on it: pages are copied in one transaction. Keys of surveys are files of the folder.
        """
        file, kept = database_url.removeprefix("sqlite:///"), self.folder / name
        if file == database_url:
            prepare()
        elif kept.exists():
            _copy(kept / "database", kept / "folder", file, folder)
        else:
            prepare()
            half = self.folder / f"{name}.half"
            half.mkdir()
            _copy(file, folder, half / "database", half / "folder")
            half.rename(kept)


def _copy(file: Path | str, folder: Path, new_file: Path | str, new_folder: Path) -> None:
    with closing(sqlite3.connect(file)) as old, closing(sqlite3.connect(new_file)) as new:
        old.backup(new)
    shutil.copytree(folder, new_folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("instance"))


@pytest.fixture(scope="session")
def beginnings(tmp_path_factory: pytest.TempPathFactory) -> Beginnings:
    """The databases that journeys of this process begin with."""
    return Beginnings(tmp_path_factory.mktemp("beginnings"))


@pytest.fixture
def units_and_library(app: Flask, database_url: str, tmp_path: Path, beginnings: Beginnings) -> None:
    """The units of Gia Lai and the template library."""
    made = Server("", tmp_path, app)

    def prepare() -> None:
        made.prepare("units", "import")
        made.prepare("authoring", "list")

    beginnings.put(database_url, tmp_path, "units", prepare)


@pytest.fixture
def server(app: Flask, database_url: str, tmp_path: Path, units_and_library: None) -> Iterator[Server]:
    """The product on a fresh database with the units of Gia Lai and the template library."""
    with _running(app, database_url, tmp_path, SECOND_FACTOR="0") as made:
        yield made


@pytest.fixture
def serve(app: Flask, database_url: str, tmp_path: Path) -> Callable[..., AbstractContextManager[Server]]:
    """Serve what the test has put into the database while a `with` lasts; settings of the environment by name."""

    def begin(**changes: str) -> AbstractContextManager[Server]:
        return _running(app, database_url, tmp_path, **({"SECOND_FACTOR": "0"} | changes))

    return begin


@contextmanager
def _running(app: Flask, database_url: str, tmp_path: Path, **changes: str) -> Iterator[Server]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        environment = {
            "SURVEY_INSTANCE": str(tmp_path / "instance"),
            "DATABASE_URL": database_url,
            "PUBLIC_URL": url.replace("127.0.0.1", PUBLIC_HOST),
            "KEY_DIR": str(tmp_path / "keys"),
            "WEB_WORKERS": "1",
            **changes,
        }
        made = Server(url, tmp_path, app)
        made.leave_database()
        with serving(listening, environment) as process:
            _wait_until_healthy(url, process)
            yield made


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. A missing browser is a failure, never a skip."""
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    quiet.append(f"--host-resolver-rules=MAP {PUBLIC_HOST} 127.0.0.1")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=quiet)
        yield started
        started.close()


@pytest.fixture
def desktop(browser: Browser) -> Iterator[Page]:
    """An officer's screen."""
    yield from _opened(window(browser, viewport=DESKTOP, accept_downloads=True))


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A villager's or a Front officer's phone."""
    yield from _opened(window(browser, viewport=PHONE, accept_downloads=True))


@pytest.fixture
def plain_phone(browser: Browser) -> Iterator[Page]:
    """A phone without JavaScript."""
    yield from _opened(window(browser, viewport=PHONE, java_script_enabled=False))


@dataclass(frozen=True)
class Field:
    """A decision survey that is open, with the codes of some slips of one village."""

    server: Server
    survey: str
    codes: tuple[str, ...]

    def address(self, code: str) -> str:
        """What the QR of a slip leads to."""
        return f"{self.server.url}/k/{code}"

    def answered(self) -> dict[str, int]:
        """Answers by channel, exactly, as the operator's command counts them."""
        counted = self.server.json("fieldwork", "progress", "--survey", self.survey)["villages"][0]
        return {channel: count for channel, count in counted["channels"].items() if count}


@pytest.fixture
def field(
    server: Server, database_url: str, beginnings: Beginnings, monkeypatch: pytest.MonkeyPatch
) -> Field:
    """A survey of Thôn 1 in Xã Biển Hồ, opened by the operator, with 24 slips."""
    slips = server.folder / "slips.csv"
    beginnings.put(database_url, server.folder, "field", lambda: _open_field(server, slips, monkeypatch))
    with slips.open(encoding="utf-8-sig", newline="") as file:
        return Field(server, "0001", tuple(row["code"] for row in csv.DictReader(file)))


def _open_field(server: Server, slips: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = server.folder / "frame.csv"
    frame.write_text(
        "commune,village,kind,households,source,as_of\n23590,Thôn 1,thon,60,Báo cáo,2026-01-31\n",
        encoding="utf-8",
    )
    today = datetime.now(VIETNAM).date()
    with monkeypatch.context() as patch:  # of this process alone: the server was begun before
        patch.setattr(uploads, "opened", opened_here)
        server.prepare(
            "fieldwork", "open", "--instrument", "xa-ntm", "--unit", "23590", "--frame", str(frame),
            "--opens", str(today), "--closes", str(today + timedelta(days=9)), "--purpose", "decision",
            "--contact", "Bà Hoa, 0269 000 000",
        )  # fmt: skip
    server.prepare(
        "fieldwork", "slips", "--survey", "0001", "--village", "Thôn 1", "--count", "24", "--out", str(slips)
    )


@pytest.fixture
def enter(server: Server) -> Callable[[Page, str], None]:
    """Sign somebody of that role of Xã Biển Hồ in on a screen, by keyboard."""
    secret = server.folder / "password"
    secret.write_text(_PASSWORD, encoding="utf-8")

    def sign(page: Page, role: str, name: str = "") -> None:
        email = f"{role}{name}@gialai"
        server.prepare(
            "accounts", "create", "--email", email, "--name", f"Bà {role}", "--role", role,
            "--unit", "23590", "--password-file", str(secret),
        )  # fmt: skip
        page.goto(f"{server.url}/dang-nhap")
        page.locator("input[name=email]").fill(email)
        page.locator("input[name=password]").fill(_PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{server.url}/can-bo")

    return sign


def window(browser: Browser, **options: Any) -> BrowserContext:
    """A Vietnamese browser of somebody, patient with a slow machine."""
    context = browser.new_context(locale="vi-VN", **options)
    context.set_default_timeout(_WAIT_MILLISECONDS)
    return context


def _opened(context: BrowserContext) -> Iterator[Page]:
    yield context.new_page()
    context.close()


def _wait_until_healthy(url: str, process: BaseProcess) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        assert process.is_alive(), f"the server ended with {process.exitcode}"
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
