"""How many paper slips a clerk keys in five minutes, by the keystroke-level model with the server's time measured.

The model is that of Card, Moran and Newell (1980): 0.28 s a key of an average typist, 1.35 s to think. The server's
time is what one clerk waits for over TCP: the look at the code, then saving and the next page. Turning the paper is
thinking; no clerk was timed.
"""

import html
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from urllib.parse import urlencode

from bench import databases, servers
from bench import house as houses
from bench.house import House
from bench.tables import median, show
from survey_app import db
from survey_app.access import Role
from survey_app.accounts import operations as accounts
from survey_app.audit import OPERATOR
from survey_app.units.queries import UnitView

_KEY_SECONDS, _THINKING_SECONDS, _MINUTES, _WANTED = 0.28, 1.35, 5, 20
_SLIPS = 30
_EMAIL, _PASSWORD = "nhap@bench.vn", "mot-cau-dai-de-do-thoi-gian"
_ENTER = "\n"
_INPUT = re.compile("<input[^>]*>")
_SCREEN = re.compile(b"<form[^>]*data-keys.*?</form>", re.DOTALL)
_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Way:
    """One way to key a slip of twenty lines: every key in order, and how often the clerk has to think or look."""

    name: str
    #: What follows the twelve digits of the code and Enter.
    keys: str
    thinking: int
    #: Seconds that are neither: writing by hand.
    by_hand: float = 0

    @property
    def pressed(self) -> int:
        """Keys in all."""
        return 12 + len(_ENTER) + len(self.keys)

    def seconds(self, server: float) -> float:
        """One slip."""
        return self.pressed * _KEY_SECONDS + self.thinking * _THINKING_SECONDS + self.by_hand + server


#: By exception: the next slip and its code, its "không", its blanks, their count, the large figure beside the paper.
_EXCEPTIONS = 5
#: Digit by digit: the next slip and its code, then five lines at a time, then a look over all.
_DIGITS = 6
_WAYS = (
    Way("by exception, all satisfied", f"{_ENTER}{_ENTER}0{_ENTER}", _EXCEPTIONS),
    Way("by exception, two “không”", f"12 17{_ENTER}{_ENTER}2{_ENTER}", _EXCEPTIONS),
    Way("by exception, four “không”, one blank", f"3 12 17 19{_ENTER}8{_ENTER}5{_ENTER}", _EXCEPTIONS),
    Way("digit by digit", "1" * 20 + _ENTER, _DIGITS),
    Way("digit by digit, receipt by hand (before)", "1" * 20 + _ENTER, _DIGITS, by_hand=10),
)


def run() -> None:
    """Print the table of the model, with the server's time on each database."""
    waits = {name: _measured(name) for name in databases.NAMES}
    show(
        f"What one clerk waits for, median of {_SLIPS} slips",
        ("Database", "Look at the code, ms", "Save and next page, ms", "Slowest slip, ms"),
        [
            (name, f"{median(looks) * 1000:.0f}", f"{median(saves) * 1000:.0f}", f"{max(whole) * 1000:.0f}")
            for name, (looks, saves) in waits.items()
            for whole in [[look + save for look, save in zip(looks, saves, strict=True)]]
        ],
    )
    server = max(median(looks) + median(saves) for looks, saves in waits.values())
    show(
        f"A slip of 20 lines: {_KEY_SECONDS} s a key, {_THINKING_SECONDS} s a thought, {server:.2f} s of the server",
        ("Way", "Keys", "Thoughts", "Seconds", f"Slips in {_MINUTES} minutes", f"At least {_WANTED}"),
        [_row(way, server) for way in _WAYS],
    )


def _row(way: Way, server: float) -> tuple[object, ...]:
    slips = _MINUTES * 60 / way.seconds(server)
    reached = "yes" if slips >= _WANTED else "**no**"
    return way.name, way.pressed, way.thinking, f"{way.seconds(server):.1f}", f"{slips:.1f}", reached


def _measured(database: str) -> tuple[list[float], list[float]]:
    """Seconds of looking at a code, and of saving until the next page is there, slip by slip."""
    now = datetime.now(UTC)
    with houses.house(database, now) as house:
        commune = houses.commune(now)
        number, printed = houses.survey(house, commune, villages=1, households=_SLIPS, opens=now, days=9)
        _make_clerk(commune, now)
        with _desk(house, number) as desk:
            return desk.key(printed)


class Desk:
    """One clerk's browser: a connection that stays open, and its cookies."""

    def __init__(self, port: int, survey: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self._cookies: dict[str, str] = {}
        self._address = f"/can-bo/nhap-phieu/{survey}"
        self._page = b""

    def sign_in(self) -> None:
        """Open the screen of the first slip."""
        form = _hidden(self._ask("/dang-nhap"))
        self._ask("/dang-nhap", {**form, "email": _EMAIL, "password": _PASSWORD}, expected=302)
        self._page = self._ask(self._address)

    def key(self, printed: Sequence[str]) -> tuple[list[float], list[float]]:
        """Key every slip with two exceptions."""
        looks, saves = [], []
        for code in printed:
            (screen,) = _SCREEN.findall(self._page)
            form = {**_hidden(screen), "_code": code[-14:]}
            began = time.perf_counter()
            self._ask(f"{self._address}/ma", form)
            looks.append(time.perf_counter() - began)
            began = time.perf_counter()
            self._ask(self._address, {**form, "_not": "12 17", "_blank": "", "_count": "2"}, expected=302)
            self._page = self._ask(self._address)
            saves.append(time.perf_counter() - began)
        return looks, saves

    def close(self) -> None:
        self._connection.close()

    def _ask(self, path: str, form: Mapping[str, str] | None = None, *, expected: int = 200) -> bytes:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if form is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
        body = None if form is None else urlencode(form)
        self._connection.request("GET" if form is None else "POST", path, body, headers)
        reply = self._connection.getresponse()
        content = reply.read()
        for cookie in reply.headers.get_all("Set-Cookie") or ():
            name, _equals, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        if reply.status != expected:
            raise RuntimeError(f"{path}: {reply.status}, not {expected}")
        return content


def _hidden(page: bytes) -> dict[str, str]:
    """The hidden fields of a page of officers, whose attributes are in any order."""
    fields = (dict(_ATTRIBUTE.findall(tag)) for tag in _INPUT.findall(page.decode()))
    return {
        field["name"]: html.unescape(field.get("value", ""))
        for field in fields
        if field.get("type") == "hidden"
    }


@contextmanager
def _desk(house: House, survey: str) -> Iterator[Desk]:
    with servers.serving(house.instance) as (_process, port):
        desk = Desk(port, survey)
        desk.sign_in()
        yield desk
        desk.close()


def _make_clerk(commune: UnitView, now: datetime) -> None:
    with db.transaction() as current:
        invited = accounts.create_account(
            current,
            email=_EMAIL,
            name="Người nhập",
            role=Role.CLERK,
            unit_id=commune.id,
            actor=OPERATOR,
            now=now,
        )
        accounts.set_password(current, invited.user_id, _PASSWORD)
