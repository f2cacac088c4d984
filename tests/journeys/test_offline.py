"""A phone without a signal: what is answered stays on it, and arrives once, whatever happens meanwhile."""

import csv
import json
import os
import re
import signal
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Route, expect

from survey_app import db
from survey_app.audit import OPERATOR
from survey_app.fieldwork import batches
from survey_app.fieldwork.models import State
from tests.journeys.conftest import CHROMIUM, PHONE, Field, window
from tests.journeys.steps import look_over

#: Slips that one phone keeps; the figure of fifty is measured with PHONE_SLIPS=50 (docs/respondent.md).
SLIPS = int(os.environ.get("PHONE_SLIPS", "6"))
#: What the phone keeps, as its own script asks for it.
_KEPT = """kind => new Promise(done => { const asked = indexedDB.open('phieu');
  asked.onsuccess = () => { const rows = asked.result.transaction(kind).objectStore(kind).getAll();
    rows.onsuccess = () => { asked.result.close(); done(rows.result) } } })"""
#: A slip as an earlier version of the script kept it.
_AS_BEFORE = """slip => new Promise(done => { const asked = indexedDB.open('phieu');
  asked.onsuccess = () => { const b = slip.body, moving = asked.result.transaction('queue', 'readwrite');
    moving.objectStore('queue').put({ format: 1, key: slip.key, id: slip.key, code: b.code, ticket: b.ticket,
      answers: b.answers, at: slip.at });
    moving.oncomplete = () => { asked.result.close(); done() } } })"""
_PUT = """record => new Promise(done => { const asked = indexedDB.open('phieu');
  asked.onsuccess = () => { const moving = asked.result.transaction('queue', 'readwrite');
    moving.objectStore('queue').put(record);
    moving.oncomplete = () => { asked.result.close(); done() } } })"""
#: What is the same in every record of a slip that waits.
_WAITING = {"format": 3, "state": "waiting", "at": 0, "tries": 0, "next": 0, "before": ""}
_CLEAR = """() => new Promise(done => { const asked = indexedDB.open('phieu');
  asked.onsuccess = () => { const moving = asked.result.transaction('queue', 'readwrite');
    moving.objectStore('queue').clear();
    moving.oncomplete = () => { asked.result.close(); done() } } })"""
#: As typing does it: the field is changed, and not left.
_INPUT = """wanted => { const field = document.querySelector(wanted); field.checked = true;
  field.dispatchEvent(new Event('input', { bubbles: true })) }"""
#: As when another application comes before the browser.
_OUT_OF_SIGHT = """Object.defineProperty(document, 'hidden', { get: () => true });
  document.dispatchEvent(new Event('visibilitychange'))"""
_NOWHERE = """for (const name of ['indexedDB', 'localStorage'])
  Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError') } })"""
_FULL = """IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError') };
  Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }"""

Own = Callable[..., AbstractContextManager[BrowserContext]]

#: A port of this machine on which nothing listens.
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def own(browser: Browser, tmp_path: Path) -> Own:
    """A phone with a memory of its own, which stays when its browser is ended and begun again."""

    @contextmanager
    def opened(**options: object) -> Iterator[BrowserContext]:
        context = browser.browser_type.launch_persistent_context(
            tmp_path / "phone", executable_path=CHROMIUM, viewport=PHONE, locale="vi-VN",
            args=["--no-sandbox", "--disable-gpu"], **options,
        )  # fmt: skip
        context.set_default_timeout(120_000)
        yield context
        with suppress(Error):  # of a browser that lost its power
            context.close()

    return opened


def ready(page: Page) -> None:
    """Until the script has looked into what the phone keeps."""
    expect(page.locator("html")).to_have_attribute("data-san", "1")


def until(page: Page, expression: str) -> None:
    """Ask the page until it is so. Its policy lets nothing be evaluated inside it, which waiting in the page would need."""
    deadline = time.monotonic() + 120
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, expression
        page.wait_for_timeout(100)


def until_all_are_sent(page: Page) -> None:
    until(page, f"({_KEPT})('queue').then(rows => rows.length === 0)")


def open_and_prepare(page: Page, address: str) -> None:
    """Open a form with a signal, and wait until the phone has the worker and the empty form."""
    page.goto(address)
    ready(page)
    until(page, "!!navigator.serviceWorker.controller")
    until(page, "caches.open('phieu-vo').then(c => c.keys()).then(k => k.length === 2)")
    until(page, "caches.open('phieu-js').then(c => c.keys()).then(k => k.length === 2)")


def answer_and_send(page: Page, side: str = "satisfied") -> None:
    ready(page)
    page.locator(f"input[value={side}]").first.check()
    look_over(page)
    page.locator("#xem button[value=send]").click()


def wait_on_the_phone(page: Page) -> None:
    expect(page.locator("#cho h1")).to_have_text("Đã giữ trên máy này, chưa gửi được")


def kept(page: Page, kind: str = "queue") -> list[dict]:
    found: list[dict] = page.evaluate(_KEPT, kind)
    return [row for row in found if not row["key"].startswith("sent:")]


@pytest.mark.long
def test_slips_kept_for_eight_days_arrive_each_once_through_a_restart_a_new_worker_and_an_older_format(
    field: Field, own: Own
):
    codes = slips(field, SLIPS)
    with own() as context:
        page = context.pages[0]
        open_and_prepare(page, field.address(codes[0]))
        context.set_offline(True)
        for code in codes:
            page.goto(field.address(code))
            answer_and_send(page)
            wait_on_the_phone(page)
        assert len(kept(page)) == len(codes)
        page.evaluate(_AS_BEFORE, kept(page)[0])
        page.evaluate(_PUT, kept(page)[1] | {"format": 2, "tries": 0})
        expect(page.get_by_text("Phải gửi trước hết ngày").first).to_be_visible()
    assert field.answered() == {}

    # A browser that begins again sends what waits by itself; here nothing it sends arrives.
    with own(proxy={"server": NOWHERE}) as context:
        page = context.pages[0]
        page.clock.set_fixed_time(datetime.now(UTC) + timedelta(days=8))
        page.goto(field.address(codes[0]))
        expect(page.locator("#cho")).to_contain_text("Đã 8 ngày chưa gửi được.")
        assert len(kept(page)) == len(codes)
        # A tab that was open before goes on seeing its own slip: a try leaves it in the format of who wrote it.
        until(page, f"({_KEPT})('queue').then(rows => rows.some(r => r.format === 2 && r.tries > 0))")
    assert field.answered() == {}

    with own() as context:
        page = context.pages[0]
        page.goto(f"{field.server.url}/k")
        page.evaluate("navigator.serviceWorker.register('/sw.js?moi')")
        until_all_are_sent(page)
        assert [row for row in kept(page, "drafts") if row["key"].endswith(codes[0].replace(" ", ""))] == []
        addresses = page.evaluate(
            "caches.keys().then(names => Promise.all(names.map(n => caches.open(n).then(c => c.keys()))))"
            ".then(all => all.flat().map(r => r.url))"
        )
        assert [url for url in addresses if "/k/" in url] == []
    assert field.answered() == {"self_online": len(codes)}


def slips(field: Field, count: int) -> tuple[str, ...]:
    """This many codes; more than the field has are printed for the purpose."""
    if count <= len(field.codes):
        return field.codes[:count]
    printed = field.server.folder / "more.csv"
    field.server.prepare(
        "fieldwork", "slips", "--survey", field.survey, "--village", "Thôn 1", "--count",
        str(count - len(field.codes)), "--out", str(printed),
    )  # fmt: skip
    with printed.open(encoding="utf-8-sig", newline="") as file:
        return field.codes + tuple(row["code"] for row in csv.DictReader(file))


def test_two_tabs_and_the_worker_at_once_send_each_slip_once_and_the_worker_alone_where_no_page_is_open(
    field: Field, own: Own
):
    with own() as context:
        first, second = context.pages[0], context.new_page()
        open_and_prepare(first, field.address(field.codes[0]))
        context.set_offline(True)
        for page, code in zip((first, second), field.codes, strict=False):
            page.goto(field.address(code))
            answer_and_send(page)
            wait_on_the_phone(page)
        context.set_offline(False)
        for page in (first, second):
            expect(page.locator("h1:visible")).to_have_text("Cảm ơn ông/bà!")
            assert kept(page) == []
        assert field.answered() == {"self_online": 2}

        # The browser closes its pages, and wakes the worker when there is a signal.
        second.close()
        context.set_offline(True)
        first.goto(field.address(field.codes[2]))
        answer_and_send(first)
        wait_on_the_phone(first)
        first.goto("about:blank")
        context.set_offline(False)
        synchronise(context, first, field.server.url)
        deadline = time.monotonic() + 120
        while field.answered() != {"self_online": 3}:
            assert time.monotonic() < deadline
            first.wait_for_timeout(100)
        first.goto(f"{field.server.url}/k")
        ready(first)
        assert kept(first) == []

    assert field.answered() == {"self_online": 3}


def synchronise(context: BrowserContext, page: Page, origin: str) -> None:
    """Let the browser give the worker the event of Background Sync for which the page asked."""
    found: list[dict] = []
    session = context.new_cdp_session(page)
    session.on("ServiceWorker.workerRegistrationUpdated", lambda told: found.extend(told["registrations"]))
    session.send("ServiceWorker.enable")
    deadline = time.monotonic() + 120
    while not (ours := [one for one in found if one["scopeURL"].startswith(origin) and not one["isDeleted"]]):
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)
    session.send(
        "ServiceWorker.dispatchSyncEvent",
        {"origin": origin, "registrationId": ours[-1]["registrationId"], "tag": "phieu", "lastChance": False},
    )


@pytest.mark.parametrize(
    "arrives",
    [False, pytest.param(True, marks=pytest.mark.long)],
    ids=["nothing arrived", "only the receipt was lost"],
)
def test_a_phone_that_loses_power_while_it_sends_has_the_slip_afterwards_and_it_counts_once(
    field: Field, own: Own, tmp_path: Path, arrives: bool
):
    reached: list[int] = []

    def swallow(route: Route) -> None:
        if arrives:
            reached.append(route.fetch().status)
        else:
            reached.append(0)

    with own() as context:
        page = context.pages[0]
        page.route("**/api/v1/submissions*", swallow)
        page.goto(field.address(field.codes[0]))
        answer_and_send(page)
        expect(page.locator("#gui")).to_be_visible()
        deadline = time.monotonic() + 120
        while not reached:
            assert time.monotonic() < deadline
            page.wait_for_timeout(50)
        lose_power(tmp_path / "phone")
    assert (reached, field.answered()) == (([201], {"self_online": 1}) if arrives else ([0], {}))

    with own() as context:
        page = context.pages[0]
        page.goto(field.address(field.codes[0]))
        expect(page.locator("#cam-on, #phieu h1, main h1:visible").first).to_be_visible()
        page.goto(f"{field.server.url}/k")
        until_all_are_sent(page)

    assert field.answered() == {"self_online": 1}


def lose_power(profile: Path) -> None:
    """End the browser that has this profile as if its power were gone."""
    mine = f"--user-data-dir={profile}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (process / "cmdline").read_bytes().split(b"\0")
            if mine in words and not any(word.startswith(b"--type=") for word in words):
                os.kill(int(process.name), signal.SIGKILL)


def test_a_body_that_is_sent_by_half_stores_nothing_and_sent_again_it_counts_once(field: Field):
    code, other = field.codes[:2]
    answers = {"planning": "satisfied", "transport": "dissatisfied"}
    body = {"submission_id": str(uuid.uuid4()), "code": code, "channel": "self_online", "answers": answers}
    by_script = ("/api/v1/submissions", "application/json", json.dumps(body).encode())
    fields = {"_id": str(uuid.uuid4()), "_step": "send", **answers}
    path = f"/k/{quote(other)}"
    plain = (path, "application/x-www-form-urlencoded", urlencode(fields).encode())
    parts = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    in_parts = (path, "multipart/form-data; boundary=x", f"{parts}--x--\r\n".encode())

    for sent in (by_script, plain, in_parts):
        for share in (0, 1, 2):
            reply = post(field, *sent, length=len(sent[2]) * share // 3)
            assert reply in {b"", b"400"}, (sent, share, reply)
    assert field.answered() == {}

    # The reply is lost; sent again the answer is recognised.
    assert [post(field, *sent) for sent in (by_script, plain, by_script, plain, in_parts)] == [
        b"201", b"201", b"200", b"200", b"200",
    ]  # fmt: skip
    assert field.answered() == {"self_online": 2}


def post(field: Field, path: str, kind: str, body: bytes, length: int | None = None) -> bytes:
    """The status of the reply to a body of which only the first `length` bytes arrive; nothing where there is none."""
    where = urlsplit(field.server.url)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {where.netloc}\r\nSec-Fetch-Site: same-origin\r\nConnection: close\r\n"
        f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((where.hostname, where.port), timeout=120) as line:
        line.sendall(head.encode() + body[:length])
        line.shutdown(socket.SHUT_WR)
        with line.makefile("rb") as reader:
            return b"".join(reader.readline().split()[1:2])


@pytest.mark.long
def test_what_the_server_refuses_stays_to_be_looked_at_with_the_reason_until_it_is_wiped(
    field: Field, own: Own
):
    opened, unopened = field.codes[:2]
    with own() as context:
        page = context.pages[0]
        open_and_prepare(page, field.address(opened))
        context.set_offline(True)
        for code in (opened, unopened):
            page.goto(field.address(code))
            answer_and_send(page)
            wait_on_the_phone(page)
            # Only a slip that was opened with a signal is taken after the phones have closed.
            until_when = "data-han" if code is opened else "data-han-may"
            last = page.locator("#phieu").get_attribute(until_when)
            expect(page.locator("#cho")).to_contain_text(f"Phải gửi trước hết ngày {last}")
        # Meanwhile the phones close: what was opened before is taken, what was only opened on the phone itself is not.
        now = datetime.now(UTC)
        field.server.change(
            field.survey, state=State.COUNTING, phones_closed_at=now, counting_ends_at=now + timedelta(days=5)
        )
        context.set_offline(False)
        expect(page.locator("#cho h1")).to_have_text("Cần xem lại")
        expect(page.locator("#cho")).to_contain_text("đã hết hạn trả lời bằng điện thoại")
        # What to do next, with whom to call; sending again would change nothing.
        expect(page.locator("#cho")).to_contain_text("Phiếu giấy còn được nhận đến hết ngày")
        expect(page.locator("#cho a[href='tel:0269000000']")).to_be_visible()
        expect(page.get_by_role("button", name="Gửi lại")).to_have_count(0)
        page.goto(f"{field.server.url}/k")
        expect(page.locator("#dem-cho")).to_contain_text("Cần xem lại: 1 phiếu")
        expect(page.get_by_role("link", name="Mở phiếu")).to_have_attribute(
            "href", re.compile(r"^/k/\d+\?lang=vi$")
        )
        assert [row["state"] for row in kept(page)] == ["refused"]
        # Its own address leads to no form any more, so it is wiped where it is listed.
        page.get_by_role("button", name="Xóa khỏi máy này").click()
        page.get_by_role("button", name="Bấm lần nữa để xóa hẳn").click()
        expect(page.locator("#dem-cho")).to_have_count(0)
        assert kept(page) == []
        assert field.answered() == {"self_online": 1}


@pytest.mark.parametrize("what", ["used", pytest.param("voided", marks=pytest.mark.long)])
def test_a_code_that_became_worthless_in_the_queue_is_refused_with_the_reason_and_can_be_wiped(
    field: Field, own: Own, phone: Page, what: str
):
    code = field.codes[0]
    with own() as context:
        page = context.pages[0]
        open_and_prepare(page, field.address(code))
        context.set_offline(True)
        answer_and_send(page)
        wait_on_the_phone(page)
        if what == "used":
            phone.goto(field.address(code))
            answer_and_send(phone, "dissatisfied")
            expect(phone.locator("#cam-on")).to_be_visible()
        else:
            now = datetime.now(UTC)
            with db.transaction() as current:
                batches.void_batch(current, field.survey, 1, reason="Mất", actor=OPERATOR, now=now)
            field.server.leave_database()
        context.set_offline(False)
        expect(page.locator("#cho h1")).to_have_text("Cần xem lại")
        expect(page.locator("#cho")).to_contain_text(
            "Mã này đã được dùng" if what == "used" else "Phiếu này đã bị hủy."
        )
        wipe = page.get_by_role("button", name="Xóa khỏi máy này")
        wipe.click()
        with page.expect_event("load"):
            page.get_by_role("button", name="Bấm lần nữa để xóa hẳn").click()
        assert kept(page) == []

    assert field.answered() == ({"self_online": 1} if what == "used" else {})


@pytest.mark.long
def test_a_record_of_a_later_script_is_left_alone_and_one_of_another_version_of_the_form_is_mended(
    field: Field, own: Own
):
    later = {"format": 9, "key": "later", "what": "nobody here knows"}
    with own() as context:
        page = context.pages[0]
        page.goto(field.address(field.codes[0]))
        ready(page)
        page.evaluate(_PUT, later)
        answer_and_send(page)
        expect(page.locator("#cam-on")).to_be_visible()
        assert kept(page) == [later]
        # A tab whose script is older than what is kept says that it cannot tell, and does not take it for deleted.
        expect(page.locator("#dem-cho")).to_contain_text("Có 1 phiếu do bản mới hơn của trang này giữ.")
        until(page, "localStorage['phieu-cho'] === 'later'")
        page.goto(f"{field.server.url}/k")
        expect(page.locator("#dem-cho").get_by_role("button", name="Tải lại trang")).to_be_visible()
        expect(page.get_by_role("alert")).to_have_count(0)

        # A slip that was filled in for another version of the form is mended in the form, with all that fits it still.
        body = {
            "submission_id": str(uuid.uuid4()), "code": field.codes[1], "channel": "self_online",
            "answers": {"planning": "dissatisfied", "gone": "satisfied"},
        }  # fmt: skip
        path = f"/k/{field.codes[1].replace(' ', '')}"
        page.evaluate(_PUT, _WAITING | {"key": body["submission_id"], "page": path, "body": body})
        page.goto(field.server.url + path)
        expect(page.locator("#cho h1")).to_have_text("Cần xem lại")
        page.get_by_role("button", name="Quay lại trả lời").click()
        expect(page.locator("input[name=planning][value=dissatisfied]")).to_be_checked()
        look_over(page)
        page.locator("#xem button[value=send]").click()
        expect(page.locator("#cam-on")).to_be_visible()
        assert kept(page) == [later]

    assert field.answered() == {"self_online": 2}


def test_answers_are_offered_again_and_wiped_on_request_and_after_the_receipt(field: Field, own: Own):
    address = field.address(field.codes[0])
    with own() as context:
        page, blank = context.pages[0], context.new_page()
        for tab in (blank, page):
            tab.goto(address)
            ready(tab)
        page.locator("input[name=planning][value=dissatisfied]").check()
        until(
            page,
            f"({_KEPT})('drafts').then(rows => rows.some(r => r.fields.includes('planning=dissatisfied')))",
        )
        # What is typed is kept before its field is left.
        page.evaluate(_INPUT, "input[name=transport][value=satisfied]")
        until(
            page,
            f"({_KEPT})('drafts').then(rows => rows.some(r => r.fields.includes('transport=satisfied')))",
        )
        # A second tab, in which nobody answered, wipes nothing when it goes out of sight.
        blank.evaluate(_OUT_OF_SIGHT)
        assert [one for one in kept(blank, "drafts") if "transport=satisfied" in one["fields"]]
        # A switch of the language that fails hands these answers to no other household's form.
        page.evaluate("sessionStorage.phieu = location.pathname + '\\nplanning=dissatisfied'")
        page.goto(field.address(field.codes[1]))
        ready(page)
        expect(page.locator("fieldset input:checked")).to_have_count(0)
    with own() as context:
        page = context.pages[0]
        page.goto(address)
        # What is offered outlasts a page that goes out of sight or is loaded again, and a first answer beside it.
        expect(page.get_by_role("button", name="Dùng tiếp")).to_be_visible()
        page.evaluate(_OUT_OF_SIGHT)
        page.reload()
        expect(page.get_by_role("button", name="Dùng tiếp")).to_be_visible()
        page.locator("input[name=transport][value=dissatisfied]").check()
        until(
            page,
            f"({_KEPT})('drafts').then(rows => rows.some(r => /planning=dis.*transport=dis|transport=dis.*planning=dis/"
            ".test(r.fields)))",
        )
        page.get_by_role("button", name="Dùng tiếp").click()
        expect(page.locator("input[name=planning][value=dissatisfied]")).to_be_checked()
        expect(page.locator("input[name=transport][value=dissatisfied]")).to_be_checked()
        look_over(page)
        page.locator("#xem button[value=send]").click()
        expect(page.locator("#cam-on")).to_be_visible()
        assert ([one for one in kept(page, "drafts") if "planning" in one["fields"]], kept(page)) == ([], [])


@pytest.mark.parametrize(
    "broken", [pytest.param(_NOWHERE, marks=pytest.mark.long), _FULL], ids=["private mode", "storage full"]
)
def test_a_browser_that_keeps_nothing_says_so_and_sends_when_there_is_a_signal(
    field: Field, phone: Page, broken: str
):
    phone.add_init_script(broken)
    phone.goto(field.address(field.codes[0]))
    ready(phone)
    expect(phone.locator("#giu")).to_contain_text("Máy này không giữ được câu trả lời")
    phone.context.set_offline(True)
    answer_and_send(phone)
    expect(phone.locator("#cho")).to_contain_text("Trình duyệt này không giữ được phiếu.")

    phone.context.set_offline(False)
    expect(phone.locator("#cam-on")).to_be_visible()

    assert field.answered() == {"self_online": 1}


@pytest.mark.long
@pytest.mark.parametrize("year", [1970, 2037])
def test_a_phone_whose_clock_is_wrong_is_told_and_its_slip_arrives(field: Field, phone: Page, year: int):
    phone.clock.set_system_time(datetime(year, 1, 2, tzinfo=UTC))
    phone.goto(field.address(field.codes[0]))
    ready(phone)
    phone.context.set_offline(True)
    answer_and_send(phone)
    expect(phone.locator("#cho")).to_contain_text("Ngày giờ trên máy này bị sai.")

    phone.context.set_offline(False)

    expect(phone.locator("#cam-on")).to_be_visible()
    assert field.answered() == {"self_online": 1}


def test_who_finds_that_the_browser_deleted_a_slip_is_told_to_scan_again_and_nobody_who_wiped_it(
    field: Field, phone: Page
):
    phone.goto(field.address(field.codes[0]))
    ready(phone)
    phone.context.set_offline(True)
    answer_and_send(phone)
    wait_on_the_phone(phone)
    until(phone, "!!localStorage['phieu-cho']")
    phone.goto("about:blank")
    phone.context.set_offline(False)
    phone.route("**/api/v1/submissions*", lambda route: route.abort())
    phone.goto(f"{field.server.url}/kiem-tra/phieu")
    phone.evaluate("new Promise(done => { indexedDB.deleteDatabase('phieu').onsuccess = done })")

    phone.goto(f"{field.server.url}/k")

    expect(phone.get_by_role("alert")).to_contain_text("Trình duyệt đã xóa dữ liệu giữ trên máy.")

    phone.goto(field.address(field.codes[1]))
    answer_and_send(phone)
    wait_on_the_phone(phone)
    until(phone, "!!localStorage['phieu-cho']")
    phone.get_by_role("button", name="Xóa khỏi máy này").click()
    with phone.expect_event("load"):
        phone.get_by_role("button", name="Bấm lần nữa để xóa hẳn").click()
    ready(phone)
    expect(phone.get_by_role("alert")).to_have_count(0)


@pytest.mark.long
def test_a_slip_that_is_wiped_while_it_is_sent_does_not_come_back(field: Field, phone: Page):
    held: list[Route] = []
    phone.route("**/api/v1/submissions*", lambda route: held.append(route))
    phone.goto(field.address(field.codes[0]))
    answer_and_send(phone)
    deadline = time.monotonic() + 120
    while not held:
        assert time.monotonic() < deadline
        phone.wait_for_timeout(50)
    # As another tab wipes it, or the worker has sent it.
    phone.evaluate(_CLEAR)
    with phone.expect_event("load"):
        held[0].abort()
    ready(phone)

    expect(phone.locator("fieldset").first).to_be_visible()
    assert kept(phone) == []


@pytest.mark.long
def test_zalos_browser_keeps_nothing_and_offers_another(field: Field, browser: Browser):
    android = (
        "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36 Zalo android/1"
    )
    context = window(browser, viewport=PHONE, user_agent=android)
    page = context.new_page()
    page.goto(field.address(field.codes[0]))
    ready(page)
    link = page.get_by_role("link", name="Mở bằng trình duyệt")
    assert (link.get_attribute("href") or "").startswith("intent://")
    page.wait_for_timeout(100)
    assert page.evaluate("indexedDB.databases().then(found => found.length)") == 0
    answer_and_send(page)
    expect(page.locator("#cam-on")).to_be_visible()
    # Nothing is kept here, so the server tells the thanks in another language.
    receipt = page.locator("#cam-on .code").first.inner_text()
    with page.expect_event("load"):
        page.locator(".lang button[value=en]").click()
    expect(page.locator("h1")).to_have_text("Thank you for answering!")
    expect(page.locator(".code").first).to_have_text(receipt)
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then(found => found.length)") == 0
    context.close()

    # No link leads out of Zalo on an iPhone, so words do.
    iphone = (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Zalo iOS/1"
    )
    context = window(browser, viewport=PHONE, user_agent=iphone)
    page = context.new_page()
    page.goto(field.address(field.codes[1]))
    expect(page.locator("#zalo")).to_contain_text("bấm ⋯ ở góc trên màn hình")
    expect(page.locator("#zalo a")).to_have_count(0)
    context.close()

    assert field.answered() == {"self_online": 1}
