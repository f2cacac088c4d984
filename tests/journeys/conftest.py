"""A real server, a real browser: nothing of the product is replaced in these tests.

The server is started on a port the system chose, with its own instance folder, and is ended by the test that
started it.
"""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from survey_app import db

PROJECT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
PHONE = {"width": 360, "height": 640}
DESKTOP = {"width": 1280, "height": 900}
#: How long a state is waited for. A machine that has other work is slow, and whoever waits goes on as soon as it is there.
_START_SECONDS = 180
_WAIT_MILLISECONDS = 120_000

expect.set_options(timeout=_WAIT_MILLISECONDS)


@dataclass(frozen=True)
class Server:
    """A running installation: its address, and its commands as an operator gives them."""

    url: str
    environment: dict[str, str]
    folder: Path
    app: Flask

    def prepare(self, *arguments: str) -> None:
        """A command given before the journey begins: run in this process, because starting another takes seconds."""
        done = self.app.test_cli_runner().invoke(args=list(arguments))
        db.session().close()
        db.database.engine.dispose()
        assert done.exit_code == 0, done.output

    def flask(self, *arguments: str) -> str:
        """What a command prints; fails the test when the command fails."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
            cwd=PROJECT, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def json(self, *arguments: str) -> dict:
        """The same, read as JSON."""
        return json.loads(self.flask(*arguments, "--json"))


@pytest.fixture
def server(app: Flask, database_url: str, tmp_path: Path) -> Iterator[Server]:
    """The product on a fresh database, once on each engine, with the units of Gia Lai and the template library."""
    yield from _running(app, database_url, tmp_path, SECOND_FACTOR="0")


@pytest.fixture
def strict_server(app: Flask, database_url: str, tmp_path: Path) -> Iterator[Server]:
    """The same where whoever approves or signs needs a code from a phone."""
    yield from _running(app, database_url, tmp_path, SECOND_FACTOR="1")


def _running(app: Flask, database_url: str, tmp_path: Path, **changes: str) -> Iterator[Server]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        environment = os.environ | {
            "SURVEY_INSTANCE": str(tmp_path / "instance"),
            "DATABASE_URL": database_url,
            "PUBLIC_URL": url,
            "KEY_DIR": str(tmp_path / "keys"),
            **changes,
        }
        made = Server(url, environment, tmp_path, app)
        made.prepare("units", "import")
        made.prepare("authoring", "list")
        os.set_inheritable(listening.fileno(), True)
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py",
             "--bind", f"fd://{listening.fileno()}", "wsgi:app"],
            cwd=PROJECT, env=environment, pass_fds=[listening.fileno()],
        )  # fmt: skip
        try:
            _wait_until_healthy(url)
            yield made
        finally:
            process.terminate()
            process.wait(timeout=30)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. A missing browser is a failure, never a skip."""
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=quiet)
        yield started
        started.close()


@pytest.fixture
def desktop(browser: Browser) -> Iterator[Page]:
    """An officer's screen."""
    yield from _opened(browser.new_context(viewport=DESKTOP, locale="vi-VN", accept_downloads=True))


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A villager's or a Front officer's phone."""
    yield from _opened(browser.new_context(viewport=PHONE, locale="vi-VN", accept_downloads=True))


@pytest.fixture
def plain_phone(browser: Browser) -> Iterator[Page]:
    """A phone without JavaScript."""
    yield from _opened(browser.new_context(viewport=PHONE, locale="vi-VN", java_script_enabled=False))


def _opened(context: BrowserContext) -> Iterator[Page]:
    context.set_default_timeout(_WAIT_MILLISECONDS)
    yield context.new_page()
    context.close()


def _wait_until_healthy(url: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
