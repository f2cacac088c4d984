"""How long a household waits on a slow network: first view, form usable, the whole journey, with scripts and without.

Chromium itself slows the network down (bandwidth and latency of each request; no lost packets, no TLS). Waiting is the
time in which nothing can be done: from asking for a page until it is there, and from "send" until thanks are read.
"""

import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from urllib.parse import quote

from playwright.sync_api import Browser, Page, sync_playwright

from bench import house as houses
from bench import servers
from bench.tables import median, show

#: Bits a second and milliseconds of latency.
_NETWORKS: Mapping[str, tuple[int, int]] = {
    "64 kbit/s": (64_000, 400),
    "400 kbit/s": (400_000, 400),
    "4G": (9_000_000, 85),
}
_TURNS = 3
HEAD = ("Network", "Scripts", "First view, s", "Form complete, s", "Waiting in all, s", "Requests for it")


def run() -> None:
    """Print the waiting of a household on each network."""
    now = datetime.now(UTC)
    count = len(_NETWORKS) * 2 * _TURNS
    with houses.house("SQLite", now) as house:
        _number, printed = houses.survey(
            house, houses.commune(now), villages=1, households=count, opens=now, days=9
        )
        codes = iter(printed)
        with servers.serving(house.instance) as (_process, port), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=servers.CHROMIUM, args=["--no-sandbox"])
            rows = [
                (name, "yes" if scripts else "no", *_row(browser, port, codes, speed, scripts=scripts))
                for name, speed in _NETWORKS.items()
                for scripts in (True, False)
            ]
            browser.close()
    show(f"What a household waits for, medians of {_TURNS}", HEAD, rows)


def _row(
    browser: Browser, port: int, codes: Iterator[str], speed: tuple[int, int], *, scripts: bool
) -> tuple[str, str, str, str]:
    turns = [
        _journey(browser, f"http://127.0.0.1:{port}/k/{quote(next(codes))}", speed, scripts=scripts)
        for _turn in range(_TURNS)
    ]
    first, complete, waiting, requests = (median([turn[place] for turn in turns]) for place in range(4))
    return f"{first:.2f}", f"{complete:.2f}", f"{waiting:.2f}", f"{requests:.0f}"


def _journey(
    browser: Browser, address: str, speed: tuple[int, int], *, scripts: bool
) -> tuple[float, float, float, float]:
    context = browser.new_context(
        viewport={"width": 360, "height": 640}, locale="vi", java_script_enabled=scripts
    )
    page = context.new_page()
    protocol = context.new_cdp_session(page)
    protocol.send("Network.enable")
    bits, latency = speed
    slow = {
        "offline": False,
        "latency": latency,
        "downloadThroughput": bits / 8,
        "uploadThroughput": bits / 8,
    }
    protocol.send("Network.emulateNetworkConditions", slow)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if _is_waited_for(request.url) else None)
    began = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.locator("h1").first.wait_for()
    first = time.perf_counter() - began
    page.locator("#phieu button[value=review]").wait_for()
    complete = time.perf_counter() - began
    page.wait_for_load_state("load")
    waiting = complete + (_with_scripts(page) if scripts else _without(page))
    context.close()
    return first, complete, waiting, len(asked)


def _is_waited_for(url: str) -> bool:
    return "/k/" in url or "/api/" in url


def _with_scripts(page: Page) -> float:
    page.locator("html[data-san]").wait_for(
        state="attached"
    )  # the policy of the page lets nothing be evaluated in it
    page.locator("input[value=satisfied]").first.check()
    page.locator("button[value=review]:visible").click()
    began = time.perf_counter()
    page.locator("#xem button[value=send]").click()
    page.locator("#cam-on").wait_for()
    return time.perf_counter() - began


def _without(page: Page) -> float:
    page.locator("input[value=satisfied]").first.check()
    waited = 0.0
    for step, then in (("review", "button[value=send]"), ("send", ".code")):
        began = time.perf_counter()
        page.locator(f"button[value={step}]:visible").first.click(no_wait_after=True)
        page.locator(then).first.wait_for()
        waited += time.perf_counter() - began
    return waited
