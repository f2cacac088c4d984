"""Bytes and requests of the first view of a household's form, as they go over the wire, headers included.

Chromium counts what it receives; it asks for brotli, here as over TLS. The lengths under each encoding come from a
client that only counts. Bytes of TLS and TCP are in neither.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote

from playwright.sync_api import sync_playwright

from bench import house as houses
from bench import servers
from bench.tables import show

_BUDGET_BYTES, _BUDGET_REQUESTS = 6000, 2


def run() -> None:
    """Print bytes and requests beside their budget."""
    now = datetime.now(UTC)
    with houses.house("SQLite", now) as house:
        _number, printed = houses.survey(
            house, houses.commune(now), villages=1, households=9, opens=now, days=9
        )
        items = len(houses.instrument().scored)
        with servers.serving(house.instance) as (_process, port):
            path = f"/k/{quote(printed[0])}"
            received, requests = _in_chromium(f"http://127.0.0.1:{port}{path}")
            counted = {name: _counted(port, path, name) for name in ("identity", "gzip", "br")}
    show(
        f"First view of a form with {items} scored items",
        ("What", "Measured", "Budget"),
        [
            ("Requests, Chromium", requests, _BUDGET_REQUESTS),
            ("Bytes received, Chromium (brotli)", received, _BUDGET_BYTES),
            ("Bytes of the reply, gzip", counted["gzip"], _BUDGET_BYTES),
            ("Bytes of the reply, brotli", counted["br"], _BUDGET_BYTES),
            ("Bytes of the reply, not compressed", counted["identity"], "–"),
        ],
    )


def _in_chromium(url: str) -> tuple[int, int]:
    """Bytes over the wire and number of requests of a first visit, as the browser itself counts them."""
    sent: list[Mapping[str, Any]] = []
    finished: list[Mapping[str, Any]] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=servers.CHROMIUM, args=["--no-sandbox"])
        page = browser.new_context(viewport={"width": 360, "height": 640}, locale="vi").new_page()
        protocol = page.context.new_cdp_session(page)
        protocol.on("Network.requestWillBeSent", lambda event: sent.append(event))
        protocol.on("Network.loadingFinished", lambda event: finished.append(event))
        protocol.send("Network.enable")
        page.goto(url, wait_until="networkidle")
        if page.locator("fieldset").count() == 0:
            raise RuntimeError("no form was shown")
        browser.close()
    fetched = [event for event in sent if not event["request"]["url"].startswith("data:")]
    return int(sum(event["encodedDataLength"] for event in finished)), len(fetched)


def _counted(port: int, path: str, encoding: str) -> int:
    """Bytes of status line, headers and body under `encoding`."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={"Accept-Encoding": encoding})
    reply = connection.getresponse()
    head = f"HTTP/1.1 {reply.status} {reply.reason}\r\n{reply.headers}"
    size = len(head.encode()) + head.count("\n") - head.count("\r\n") + len(reply.read())
    connection.close()
    return size
