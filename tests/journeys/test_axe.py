"""axe, with its rules of good practice, on every page that households, the public and officers are led to.

Officers' pages are found by following links as each role, of every kind of page the first that is met; a new page is
looked at as soon as one leads to it. So is the reply to every form of such a page that is sent with nothing or nonsense
typed in: what a refusal looks like. The suite looks at every kind of page once, and at contrast wherever text looks as none
did before; the long run looks at everything, as each role, and again once the survey is sealed. Their pages are replies of the application of the test itself, handed to the browser
by a thread of it; those of households come from a real server, because their phones keep and send things themselves. These
are looked at on the narrowest phone: nothing may be pushed sideways, with large and spaced letters neither, and a finger
must find what it presses.
"""

import io
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import quote, urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree
from PIL import Image
from playwright.sync_api import Page as BrowserPage
from playwright.sync_api import expect
from werkzeug import Request, Response
from werkzeug.exceptions import HTTPException
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from survey_app import db, uploads
from survey_app.access import Role
from survey_app.accounts.models import User
from survey_app.audit import OPERATOR
from survey_app.authoring import operations as authoring
from survey_app.authoring import queries as instruments
from survey_app.collecting import scanned
from survey_app.collecting.scanned import Scan, ScanLine
from survey_app.fieldwork.models import Purpose, State
from survey_app.fieldwork.queries import SurveyView
from survey_app.keys import store
from survey_app.sealing import operations as sealing
from survey_app.units import reforms
from survey_app.units.queries import UnitView
from tests.every_kind import EXAMPLES
from tests.journeys.conftest import Commune, Server
from tests.journeys.steps import look_over, send_slip
from tests.opening import opened_here
from tests.pages import Page, form_with

#: The narrowest phone.
NARROWEST = {"width": 320, "height": 640}
OF_PROVINCE = {Role.PROVINCE, Role.FRONT_PROVINCE, Role.AUDITOR, Role.DIGITAL_TEAM}
#: Kinds of pages that are looked at for certain.
OPEN_PAGES = {
    "authoring_editing.question", "campaigns.board", "fieldwork.page", "journal.audit_log", "paper.key_slip", "printing.papers",
    "printing.village_kit", "scans.page", "units.villages",
}  # fmt: skip
#: Forms whose refusal is looked at for certain.
REFUSED = {
    "absences.page", "accounts.look_at_people", "fieldwork.new", "lists.look_at", "paper.record_slip", "scans.read_stack",
    "second_keying.key_again",
}  # fmt: skip
#: A form that asks every kind of question fits no script, and to find that out takes seconds; another one is looked at.
_NOT_FOLLOWED = {"printing.read_at_meeting"}
SEALED_PAGES = {"papers.page", "results.page", "results.public", "signing.page", "texts.page"}
PEOPLE = "/can-bo/tai-khoan/danh-sach"
#: The scripts of a page.
_SCRIPT = re.compile(r"<script[^>]*>")
#: Fields of a form that nobody fills in, and those into which nobody types.
_PRESSED = {"hidden", "submit", "button"}
_NOT_TYPED = {*_PRESSED, "radio", "checkbox", "file"}
_REFUSALS = {HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY}

#: All rules, best practices too. What was checked and found good is not made ready to be reported, and style sheets are
#: not fetched once more for a rule that is not on.
_FIND = """async ([everywhere, known]) => {
  const options = { resultTypes: ['violations'], preload: false };
  if (everywhere) return [(await axe.run(options)).violations, []];

  // Contrast is two thirds of the work. It is the same wherever letters and all that lies behind them look the same.
  const grounds = new Map();
  const ground = e => {
    if (!e) return '';
    if (!grounds.has(e)) {
      const { backgroundColor, backgroundImage, opacity, position, clip, clipPath } = getComputedStyle(e);
      const own = [backgroundColor, backgroundImage, opacity, position, clip, clipPath].join();
      grounds.set(e, ground(e.parentElement) + (own === 'rgba(0, 0, 0, 0),none,1,static,auto,none' ? '' : own + '/'));
    }
    return grounds.get(e);
  };
  const fresh = new Map(), seen = new Set(known);
  for (const e of document.querySelectorAll('html *')) {
    const typed = e.matches('input, select, textarea');
    if (!typed && ![...e.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue;
    const { color, fontSize, fontWeight, textShadow } = getComputedStyle(e);
    const off = Boolean(e.closest(':disabled, [aria-disabled=true], label:has(:disabled)'));
    const look = [typed && e.tagName, off, color, fontSize, fontWeight, textShadow, ground(e)].join();
    if (!seen.has(look) && e.checkVisibility({ visibilityProperty: true })) fresh.set(look, fresh.get(look) || e);
  }
  const found = (await axe.run({ ...options, rules: { 'color-contrast': { enabled: false } } })).violations;
  if (fresh.size) {
    const contrast = { ...options, runOnly: { type: 'rule', values: ['color-contrast'] } };
    found.push(...(await axe.run({ include: [...fresh.values()] }, contrast)).violations);
  }
  return [found, [...fresh.keys()]];
}"""


#: What is wider than the phone with letters as they are, twice as large, and spaced as WCAG 1.4.12 asks a page to bear;
#: and what is pressed and is lower or narrower than 44 px; the map has its list. A box to tick is pressed with its label, a radio on a card too.
_FIT = """() => {
  const found = [], pressed = 'a[href]:not(svg *),button,summary,select,textarea,input:not([type=hidden])';
  for (const css of ['', 'html{font-size:200%!important}',
      '*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}p{margin-bottom:2em!important}']) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = [sheet];
    const wide = [...document.querySelectorAll('html, .table-wrap')].filter(e => e.scrollWidth > e.clientWidth + 1);
    if (wide.length) {
      const widest = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + .5);
      found.push(`wider than the phone ${css}: ${widest.slice(0, 3).map(e => e.outerHTML.slice(0, 120))}`);
    }
  }
  document.adoptedStyleSheets = [];
  for (const one of document.querySelectorAll(pressed)) {
    const place = (/radio|checkbox/.test(one.type) && one.closest('label') || one).getBoundingClientRect();
    if (place.width && one.checkVisibility({ visibilityProperty: true }) && (place.height < 43.5 || place.width < 43.5))
      found.push(`${Math.round(place.width)} × ${Math.round(place.height)}: ${one.outerHTML.slice(0, 160)}`);
  }
  return found;
}"""


_SEND = """([action, fields]) => {
  const form = Object.assign(document.createElement('form'), { method: 'post', action });
  for (const name in fields) form.append(Object.assign(document.createElement('input'), { name, value: fields[name] }));
  document.body.append(form);
  setTimeout(() => form.submit());
}"""


#: Show a page in the place of another that ran the same scripts.
_TAKE_THE_PLACE = """async text => {
  const shown = new DOMParser().parseFromString(text, 'text/html');
  const sheets = [...shown.querySelectorAll('link[rel=stylesheet]')];
  const loaded = sheets.map(sheet => new Promise((done, failed) => { sheet.onload = done; sheet.onerror = failed; }));
  document.documentElement.lang = shown.documentElement.lang;
  document.head.replaceWith(shown.head);
  document.body.replaceWith(shown.body);
  scrollTo(0, 0);
  await Promise.all(loaded);
}"""


class Checker:
    """Looks at pages, and remembers what was found."""

    def __init__(self, page: BrowserPage, *, everything: bool, fits: bool = False) -> None:
        page.add_init_script(AXE_SCRIPT)
        self.page = page
        self.everything = everything
        self.found: list[str] = []
        self._looks: list[str] = []
        self._fits = fits

    def look(self, what: str) -> None:
        """At the page as it is now."""
        findings, looks = self.page.evaluate(_FIND, [self.everything, self._looks])
        self._looks += looks
        for finding in findings:
            places = "; ".join(node["html"][:200] for node in finding["nodes"][:3])
            self.found.append(f"{what}: {finding['id']}: {places}")
        if self._fits:
            self.found += [f"{what}: {one}" for one in self.page.evaluate(_FIT)]

    def visit(self, url: str, *, refused: bool = False) -> None:
        reply = self.page.goto(url)
        assert reply is not None
        assert reply.ok is not refused, (url, reply.status)
        self.look(url)

    def send(self, path: str, **fields: str) -> None:
        """Look at what a form of the site that the page is of gives for this."""
        with self.page.expect_event("load"):
            self.page.evaluate(_SEND, [path, fields])
        self.look(f"{path} sent with {fields}")


class Officers:
    """A browser that is shown replies of the test's own application, and the kinds of pages that were seen in it."""

    def __init__(self, app: Flask, client: FlaskClient, page: BrowserPage, *, everything: bool) -> None:
        self.checker = Checker(page, everything=everything)
        self._client, self._page = client, page
        self._addresses, self._rules = app.url_map.bind(""), tuple(app.url_map.iter_rules())
        self._shown: TestResponse | None = None
        self._scripts: list[str] = []
        self._followed = set(_NOT_FOLLOWED)
        self._looked_at: set[str] = set()
        self.seen: set[str] = set()
        self.refused: set[str] = set()
        self.server = make_server("127.0.0.1", 0, self._answer)

    def walk(self, path: str, who: str) -> None:
        """From there on by links that were not followed before, with every form sent empty."""
        waiting = [path]
        while waiting:
            path = waiting.pop(0)
            kind = self._kind(path)
            if kind is None or kind in self._followed:
                continue
            self._followed.add(kind)
            reply = self._client.get(path, follow_redirects=True)
            reached = self._kind(reply.request.path)
            if reply.status_code != HTTPStatus.OK:
                self._followed.remove(kind)  # another role may be let in
                continue
            if reply.mimetype != "text/html" or reached is None:
                continue
            self._followed.add(reached)
            self.seen |= {kind, reached}
            if self.checker.everything or reached not in self._looked_at:
                self._looked_at |= {kind, reached}
                self.show(reply, f"{who}, {path}")
            page = etree.HTML(reply.text)
            waiting += [
                link.get("href") for link in page.iterfind(".//a[@href]") if link.get("href")[0] == "/"
            ]
            self._send_wrong(page, reply.request.path, who)

    def begin_again(self, kinds: set[str], *, look: bool) -> None:
        """Follow links to these kinds once more, as somebody else, and look at them too if they show most to them."""
        self._followed -= kinds
        if look:
            self._looked_at -= kinds

    def after_the_seal(self) -> None:
        """Follow links to pages of a survey or a year once more: they say other things now."""
        self._followed -= {rule.endpoint for rule in self._rules if rule.arguments & {"survey_id", "year"}}
        self._looked_at -= SEALED_PAGES
        self.seen.clear()

    def show(self, reply: TestResponse, what: str) -> None:
        """Look at a reply of the application."""
        assert reply.mimetype == "text/html", what
        assert reply.status_code != HTTPStatus.FORBIDDEN, what
        scripts = _SCRIPT.findall(reply.text)
        if scripts == self._scripts and not self.checker.everything:
            self._page.evaluate(_TAKE_THE_PLACE, reply.text)
        else:
            self._shown, self._scripts = reply, scripts
            self._page.goto(f"http://127.0.0.1:{self.server.port}{reply.request.path}")
        self.checker.look(what)

    def _send_wrong(self, page: etree._Element, path: str, who: str) -> None:
        """What is told where nothing was typed, or nonsense; forms without a field do something and stay alone."""
        for form in page.iterfind('.//form[@method="post"]'):
            action = form.get("action") or path
            kind = self._kind(action, "POST")
            fields = [one for one in form.iter("input", "select", "textarea") if one.get("name")]
            typed = [one.get("name") for one in fields if one.get("type") not in _NOT_TYPED]
            if all(one.get("type") in _PRESSED for one in fields) or kind is None or kind in self.refused:
                continue
            sent = {one.get("name"): one.get("value", "") for one in fields if one.get("type") == "hidden"}
            for nonsense in ("", "???"):
                reply = self._client.post(action, data=sent | dict.fromkeys(typed, nonsense))
                if reply.status_code in _REFUSALS:
                    self.refused.add(kind)
                    self.show(reply, f"{who}, refused: {action}")
                    break

    @Request.application
    def _answer(self, asked: Request) -> Response:
        """The shown reply, once; and what its page loads, while the test waits for the page."""
        reply, self._shown = self._shown, None
        if reply is None:
            reply = self._client.get(asked.full_path)
        return Response(reply.data, reply.status_code, reply.headers.items())

    def _kind(self, url: str, method: str = "GET") -> str | None:
        """The page that an address is of; None for a file, and for what is no page of ours."""
        path = urlsplit(url).path
        if "." in path.rsplit("/", 1)[-1]:
            return None
        try:
            endpoint, _values = self._addresses.match(path, method=method)
        except HTTPException:
            return None
        return str(endpoint)


@pytest.fixture
def form(make_form) -> str:
    """A form that asks every kind of question."""
    return make_form(*(example.asked for example in EXAMPLES.values()))


@pytest.fixture(
    params=[False, pytest.param(True, marks=pytest.mark.long)], ids=["each kind once", "everything"]
)
def everything(request: pytest.FixtureRequest) -> bool:
    """Whether the run is the long one."""
    return request.param


@pytest.fixture
def officers(
    app: Flask, client: FlaskClient, desktop: BrowserPage, monkeypatch: pytest.MonkeyPatch, everything: bool
) -> Iterator[Officers]:
    """An officer's browser on the test's own application."""
    with monkeypatch.context() as patch:
        patch.setattr(uploads, "opened", opened_here)
        patch.setitem(app.extensions, "settings", replace(app.extensions["settings"], demo=True))
        made = Officers(app, client, desktop, everything=everything)
        threading.Thread(target=made.server.serve_forever, daemon=True).start()
        yield made
        made.server.shutdown()
        made.server.server_close()


def test_no_page_of_households_and_the_public_has_a_finding(
    form,
    make_commune,
    make_survey,
    hand_out,
    submission,
    move_on,
    client,
    serve,
    phone: BrowserPage,
    everything: bool,
):
    commune = make_commune("98001", "Mẫu", Phung=9)
    survey = make_survey(commune, form=form)
    codes = hand_out(survey, commune.villages["Phung"], 4)
    feedback = make_survey(make_commune("98004", "Góp ý"), purpose=Purpose.FEEDBACK)
    done_in = make_commune("98002", "Đã xong", Bang=30)
    sealed = make_survey(done_in)
    for place, code in enumerate(hand_out(sealed, done_in.villages["Bang"], 24)):
        sent = submission(code=code, answers={"planning": ("satisfied", "dissatisfied")[place % 2]})
        assert client.post("/api/v1/submissions", json=sent).status_code == HTTPStatus.CREATED
    move_on(sealed, State.SEALED)
    closed_in, early_in = make_commune("98005", "Hết hạn", Ko=9), make_commune("98006", "Chưa mở", Plei=9)
    closed, early = make_survey(closed_in), make_survey(early_in, State.PUBLISHED)
    at_wrong_time = hand_out(closed, closed_in.villages["Ko"]) + hand_out(early, early_in.villages["Plei"])
    move_on(closed, State.COUNTING)
    with db.transaction() as current:
        reforms.import_register(current, now=datetime.now(UTC))
    cover, year = f"/bia/{survey.cover_token}", survey.first_day.year
    phone.set_viewport_size(NARROWEST)

    with serve(DEMO="1") as server:
        checker = Checker(phone, everything=everything, fits=True)
        households(checker, server, phone, codes)
        for path in (
            "/", "/dang-nhap", f"/g/{feedback.link}", f"/ket-qua/{sealed.id}", f"/ket-qua/{survey.id}",
            f"/ket-qua/{feedback.id}", "/ket-qua/khoa", "/ket-qua", f"/ket-qua/nam/{year}?tim=không+có",
            f"/ket-qua/nam/{year}/ban-do?tinh=52", "/ket-qua/du-lieu-mo", "/tiep-can?lang=en",
            "/kiem-tra?lang=en",
            f"{cover}/{commune.villages['Phung'].code}", *(f"/bia/{early.cover_token}/loi-doc/{tag}" for tag in (("vi", "en") if everything else ("vi",))),
        ):  # fmt: skip
            checker.visit(server.url + path)
        for code in at_wrong_time:
            checker.visit(f"{server.url}/k/{quote(code)}", refused=True)
        for path, fields in (
            ("/k", {"code": "1234 5678"}), ("/kiem-tra", {"receipt": "BN 1"}), ("/kiem-tra/phieu", {"code": codes[0]}),
            (f"/ket-qua/{survey.id}/phan-anh", {"text": ""}), (f"/ket-qua/{survey.id}/phan-anh", {"text": "Đường ngập"}),
        ):  # fmt: skip
            checker.send(path, **fields)

    assert not checker.found, "\n".join(checker.found)


def test_no_page_of_officers_has_a_finding_while_a_survey_runs_nor_once_it_is_sealed(
    form, make_commune, make_survey, hand_out, submission, client, sign_in, officers: Officers
):
    commune = make_commune("98001", "Mẫu", Phung=9)
    survey = make_survey(commune, form=form)
    codes = hand_out(survey, commune.villages["Phung"], 6)
    make_survey(make_commune("98003", "Còn nháp"), State.DRAFT)
    with db.transaction() as current:
        template = instruments.latest_frozen(current, "xa-ntm")
        authoring.start_from_template(current, template, commune.unit, actor=OPERATOR, now=datetime.now(UTC))
    short = make_survey(make_commune("98005", "Phiếu ngắn"))

    walk(officers, sign_in, commune, survey.id, Role)
    assert OPEN_PAGES - officers.seen == set()
    assert REFUSED - officers.refused == set()
    look_at_lists(officers, sign_in(Role.COMMUNE, commune.unit), commune)
    if officers.checker.everything:  # the suite looks at it on a phone
        officers.show(client.get(f"/bia/{short.cover_token}/loi-doc/vi"), "a script to read aloud")
    look_at_scans(officers, sign_in(Role.CLERK, commune.unit), survey)

    for code in codes:
        answers = {"long_text": "Đường hay ngập", "planning": "satisfied"}
        reply = client.post("/api/v1/submissions", json=submission(code=code, answers=answers))
        assert reply.status_code == 201
    with db.transaction() as current:
        sealing.close_and_seal(current, survey.id, actor=OPERATOR, now=datetime.now(UTC), keys=store())
    officers.after_the_seal()
    walk(officers, sign_in, commune, survey.id, (Role.FRONT_COMMUNE, Role.PROVINCE, Role.AUDITOR))
    assert SEALED_PAGES - officers.seen == set()

    assert not officers.checker.found, "\n".join(officers.checker.found)


def households(checker: Checker, server: Server, page: BrowserPage, codes: Sequence[str]) -> None:
    """Every page of a slip: those of the server, and those that the phone makes itself."""
    addresses = [f"{server.url}/k/{quote(code)}" for code in codes]
    for path in ("/k", "/kiem-tra", "/kiem-tra/phieu", "/tiep-can"):
        checker.visit(server.url + path)
    for path in ("/k/1234", "/khong-co"):
        checker.visit(server.url + path, refused=True)
    page.route("**/phieu/*.js", lambda route: route.abort())
    checker.visit(addresses[0])
    for step in ("review", "change"):
        push(page, step)
        checker.look(f"{step} of a blank slip")
    page.locator("input[name=number]").fill("nhiều")
    page.locator("input[value=satisfied]").first.check()
    push(page, "review")
    checker.look("form with a choice and a mistake")
    page.locator("input[name=number]").fill("3")
    for step in ("review", "send"):
        push(page, step)
        checker.look(f"{step} without scripts")
    checker.visit(addresses[0], refused=True)
    page.unroute("**/phieu/*.js")

    checker.visit(addresses[1])
    look_over(page)
    checker.look("blank slip looked over on the phone")
    page.go_back()
    page.locator("input[value=satisfied]").first.check()
    look_over(page)
    checker.look("looked over on the phone")
    page.route("**/api/**", lambda route: route.abort())
    page.locator("#xem button[value=send]").click()
    expect(page.locator("#cho")).to_be_visible()
    checker.look("kept on the phone")
    checker.visit(addresses[2])
    page.unroute("**/api/**")
    page.locator("input[value=satisfied]").first.check()
    send_slip(page)
    checker.look("thanks on the phone")


def push(page: BrowserPage, step: str) -> None:
    with page.expect_event("load"):
        page.locator(f"button[name=_step][value={step}]:visible").first.click()


def walk(
    officers: Officers,
    sign_in: Callable[[Role, UnitView], FlaskClient],
    commune: Commune,
    survey: str,
    roles: Iterable[Role],
) -> None:
    """Every page that these roles are led to, begun where the day begins and at the survey."""
    for role in roles:
        sign_in(role, commune.province if role in OF_PROVINCE else commune.unit)
        officers.begin_again({"accounts.home", "fieldwork.page"}, look=role is Role.FRONT_COMMUNE)
        officers.walk("/can-bo", role)
        officers.walk(f"/can-bo/dot/{survey}", role)


def look_at_lists(officers: Officers, client: FlaskClient, commune: Commune) -> None:
    """What is said of lists that are good and of lists that are not, and the letters that one becomes."""
    for what, reply in (
        ("a good list of people", look_at_people(client, "Siu Blơng;Xã Mẫu;Nhập phiếu;0914222333")),
        ("a bad list of people", look_at_people(client, ";Xã Mẫu;Nhập phiếu;12")),
        ("a good list of villages", look_at_villages(client, commune, "Phung;làng;12;Báo cáo;31/01/2026")),
        ("a bad list of villages", look_at_villages(client, commune, "Phung;làng;không;;hôm nào")),
    ):
        officers.show(reply, what)
    shown = look_at_people(client, "Siu Blơng;Xã Mẫu;Nhập phiếu;0914222333")
    letters = client.post(f"{PEOPLE}/luu", data=form_with(shown.text, "state").data())
    officers.show(letters, "the letters of a list")


def look_at_scans(officers: Officers, client: FlaskClient, survey: SurveyView) -> None:
    """What is said of a stack that was read, of a slip that waits for its clerk, and of one that is refused."""
    scans, photo = f"/can-bo/nhap-phieu/{survey.id}/quet", io.BytesIO()
    Image.new("L", (400, 300), 255).save(photo, "PNG")
    sent = {"files": (io.BytesIO(photo.getvalue()), "quet.png")}
    officers.show(client.post(scans, data=sent), "a stack that was read")
    question = survey.instrument.scored[0].key
    slip = Scan("", "1", (ScanLine(question, (), False, (10, 40)),), (400, 300), photo.getvalue())
    with db.transaction() as current:
        clerk = current.query(User).filter_by(name=f"Bà {Role.CLERK.value}").one()
        scanned.keep(current, survey, slip, by=clerk.id, keys=store())
    page = client.get(f"{scans}/xem", follow_redirects=True)
    officers.show(page, "a scanned slip")
    form = Page(page.text).form(class_="paper-form")
    officers.show(client.post(form.action, data=form.data()), "a scanned slip, refused")


def look_at_people(client: FlaskClient, row: str) -> TestResponse:
    """What the page says of a list of one person."""
    form = form_with(client.get(PEOPLE).text, "pasted")
    return client.post(PEOPLE, data=form.data(pasted=f"Họ và tên;Đơn vị;Vai trò;Số điện thoại\n{row}\n"))


def look_at_villages(client: FlaskClient, commune: Commune, row: str) -> TestResponse:
    """What the page says of a list of one village."""
    address = f"/can-bo/don-vi/{commune.unit.code}"
    form = form_with(client.get(address).text, "pasted")
    return client.post(f"{address}/tep", data=form.data(pasted=f"thôn;loại;số hộ;nguồn;ngày\n{row}\n"))
