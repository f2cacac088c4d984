"""Sixteen phones at once, each from an address of its own: they open the form, look over, and press send.

A phone sends what its page holds: every hidden field and what was chosen. It knows nothing else of the product, so
any version can be measured with it.
"""

import gzip
import html
import json
import re
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from socket import create_connection
from urllib.parse import quote, urlencode

from survey_app.questions.instrument import SATISFIED, Instrument

CLIENTS = 16
_HIDDEN = re.compile(rb'<input type="?hidden"? name="([^"]*)" value="([^"]*)"')
_PLAIN = re.compile(rb"<noscript>.*?</noscript>", re.DOTALL)
PAGE = {"Accept-Encoding": "gzip, deflate", "Accept-Language": "vi"}
POST = PAGE | {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
_JSON = PAGE | {"Content-Type": "application/json"}
#: What a household answers, by question.
Answers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Run:
    """What the phones saw. `flows` are seconds of one household, from its first request to its last reply."""

    seconds: float
    flows: tuple[float, ...]

    @property
    def acknowledged(self) -> int:
        return len(self.flows)


class Phone:
    """One connection that stays open."""

    def __init__(self, port: int, place: int) -> None:
        address = (f"127.0.{place}.1", 0)
        self._socket = create_connection(("127.0.0.1", port), timeout=60, source_address=address)
        self._reader = self._socket.makefile("rb")

    def ask(
        self, path: str, expected: int, headers: Mapping[str, str] = PAGE, body: str | None = None
    ) -> bytes:
        """The body of the reply, unpacked. Raises RuntimeError for another status."""
        line = f"{'GET' if body is None else 'POST'} {path} HTTP/1.1"
        given = {"Host": "localhost", **headers, "Content-Length": str(len(body or ""))}
        head = "\r\n".join([line, *(f"{name}: {value}" for name, value in given.items()), "", ""])
        self._socket.sendall((head + (body or "")).encode())
        status = int(self._reader.readline().split()[1])
        found = dict(self._header(line) for line in iter(self._reader.readline, b"\r\n"))
        content = self._reader.read(int(found[b"content-length"]))
        if status != expected:
            raise RuntimeError(f"{line.partition('/k/')[0]}: {status}, not {expected}")
        return gzip.decompress(content) if found.get(b"content-encoding") == b"gzip" else content

    def close(self) -> None:
        self._reader.close()
        self._socket.close()

    @staticmethod
    def _header(line: bytes) -> tuple[bytes, bytes]:
        name, _colon, value = line.partition(b":")
        return name.lower(), value.strip()


def send_from_page(phone: Phone, code: str, answers: Answers) -> None:
    """What a household does whose phone runs scripts, as `web/src/sending.js` does it: two requests."""
    form = hidden(phone.ask(f"/k/{quote(code)}", 200))
    body = {
        "submission_id": form["_id"], "ticket": form["_ticket"], "code": code, "channel": "self_online",
        "answers": answers,
    }  # fmt: skip
    headers = _JSON | {"Sec-Fetch-Site": "same-origin"}
    phone.ask("/api/v1/submissions?lang=vi", 201, headers, json.dumps(body))


def press_send(phone: Phone, code: str, answers: Answers) -> None:
    """What a household does without scripts, and did before the phone looked over: three requests."""
    path = f"/k/{quote(code)}"
    form = hidden(phone.ask(path, 200))
    review = hidden(phone.ask(path, 200, POST, urlencode({**form, **answers, "_step": "review"})))
    phone.ask(path, 201, POST, urlencode({**review, "_step": "send"}))


def call_api(phone: Phone, code: str, answers: Answers) -> None:
    """What a program does: one request."""
    body = {"submission_id": str(uuid.uuid4()), "code": code, "channel": "self_online", "answers": answers}
    phone.ask("/api/v1/submissions", 201, _JSON, json.dumps(body))


def submit_all(
    port: int, codes: Sequence[str], answers: Answers, act: Callable[[Phone, str, Answers], None]
) -> Run:
    """Answer every code once, sixteen at a time."""
    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        shares = pool.map(
            lambda place: _share(port, place, codes[place::CLIENTS], answers, act), range(CLIENTS)
        )
        flows = [seconds for share in shares for seconds in share]
    return Run(time.perf_counter() - began, tuple(sorted(flows)))


def answers(instrument: Instrument) -> dict[str, str]:
    """The fields of a form on which every scored question is answered."""
    return dict.fromkeys((question.key for question in instrument.scored), SATISFIED)


def hidden(page: bytes) -> dict[str, str]:
    """The hidden fields of a page, as a browser with JavaScript sends them."""
    return {
        name.decode(): html.unescape(value.decode()) for name, value in _HIDDEN.findall(_PLAIN.sub(b"", page))
    }


def _share(
    port: int, place: int, codes: Sequence[str], answers: Answers, act: Callable[[Phone, str, Answers], None]
) -> list[float]:
    phone, flows = Phone(port, place), []
    try:
        for code in codes:
            began = time.perf_counter()
            act(phone, code, answers)
            flows.append(time.perf_counter() - began)
    finally:
        phone.close()
    return flows
