"""Bytes and requests of the first view of a household's form, as they go over the wire, headers included.

Chromium counts what it receives; it asks for brotli, here as over TLS. The lengths under each encoding come from a
client that only counts. Bytes of TLS and TCP are in neither.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote

from playwright.sync_api import sync_playwright

from bench import house as houses
from bench import servers
from bench.tables import show

_BUDGET_BYTES, _BUDGET_REQUESTS = 6000, 2
#: What is received for what. The worker and what it keeps come when the phone has nothing else to do.
_VIEW, _SCRIPT, _KEPT = "the page", "its script", "empty forms, and scripts of other languages"
#: What the phone has then: how many of each.
_PREPARED = """Promise.all(['phieu-vo', 'phieu-js'].map(name => caches.open(name).then(kept => kept.keys())))
  .then(both => both.every(kept => kept.length > 1))"""


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
            parts = _in_chromium(f"http://127.0.0.1:{port}{path}")
            counted = {name: _counted(port, path, name) for name in ("identity", "gzip", "br")}
            worker = _counted(port, "/sw.js", "br")
    view = parts[_VIEW]
    show(
        f"First view of a form with {items} scored items",
        ("What", "Measured", "Budget"),
        [
            ("Requests, Chromium", len(view), _BUDGET_REQUESTS),
            ("Bytes received, Chromium (brotli)", sum(view), _BUDGET_BYTES),
            ("Bytes of the reply, gzip", counted["gzip"], _BUDGET_BYTES),
            ("Bytes of the reply, brotli", counted["br"], _BUDGET_BYTES),
            ("Bytes of the reply, not compressed", counted["identity"], "–"),
        ],
    )
    show(
        "After it, while the form is read",
        ("What", "Requests", "Bytes, Chromium (brotli)"),
        [
            *((what, len(parts[what]), sum(parts[what])) for what in (_SCRIPT, _KEPT)),
            ("the worker, which the browser fetches for itself", 1, worker),
        ],
    )


def _in_chromium(url: str) -> Mapping[str, Sequence[int]]:
    """Bytes over the wire of each request of a first visit, as the browser counts them, by what they are for."""
    sent: dict[str, str] = {}
    parts: dict[str, list[int]] = {_VIEW: [], _SCRIPT: [], _KEPT: []}
    received: dict[str, int] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=servers.CHROMIUM, args=["--no-sandbox"])
        page = browser.new_context(viewport={"width": 360, "height": 640}, locale="vi").new_page()
        protocol = page.context.new_cdp_session(page)

        def note(event: Mapping[str, Any]) -> None:
            sent[event["requestId"]] = event["request"]["url"]

        protocol.on("Network.requestWillBeSent", note)
        protocol.on(
            "Network.loadingFinished",
            lambda event: received.update({event["requestId"]: int(event["encodedDataLength"])}),
        )
        protocol.send("Network.enable")
        page.goto(url)
        if page.locator("fieldset").count() == 0:
            raise RuntimeError("no form was shown")
        while not page.evaluate(_PREPARED):
            page.wait_for_timeout(100)
        browser.close()
    for number, address in sent.items():
        if not address.startswith("data:"):
            parts[_kind(address)].append(received.get(number, 0))
    return parts


def _kind(address: str) -> str:
    if "/k/" in address:
        return _VIEW
    return _SCRIPT if address.endswith(".js") and "/phieu/vi." in address else _KEPT


def _counted(port: int, path: str, encoding: str) -> int:
    """Bytes of status line, headers and body under `encoding`."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={"Accept-Encoding": encoding})
    reply = connection.getresponse()
    head = f"HTTP/1.1 {reply.status} {reply.reason}\r\n{reply.headers}"
    size = len(head.encode()) + head.count("\n") - head.count("\r\n") + len(reply.read())
    connection.close()
    return size
