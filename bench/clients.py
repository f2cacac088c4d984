"""Sixteen phones at once: each opens the form of a fresh code, fills it in and sends it."""

import gzip
import re
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from bench.servers import UnixConnection
from survey_app.questions.instrument import SATISFIED, Instrument

CLIENTS = 16
_FIELD = re.compile(rb'<input type="hidden" name="(_id|_ticket)" value="([^"]*)">')
PAGE = {"Accept-Encoding": "gzip, deflate", "Accept-Language": "vi"}
POST = PAGE | {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True, slots=True)
class Run:
    """What the clients saw. `flows` are seconds from asking for the form to the end of the thanks page."""

    seconds: float
    acknowledged: int
    flows: tuple[float, ...]


def submit_all(socket: Path, printed: Sequence[str], instrument: Instrument) -> Run:
    """Answer every code once, sixteen at a time over connections that stay open."""
    fields = answers(instrument)
    shares = [printed[start::CLIENTS] for start in range(CLIENTS)]
    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        flows = [
            seconds
            for done in pool.map(lambda share: _client(socket, share, fields), shares)
            for seconds in done
        ]
    return Run(time.perf_counter() - began, len(flows), tuple(sorted(flows)))


def answers(instrument: Instrument) -> dict[str, str]:
    """The fields of a form on which every scored question is answered."""
    return dict.fromkeys((question.key for question in instrument.scored), SATISFIED)


def controls(page: bytes) -> dict[str, str]:
    """What the compressed form carries besides answers."""
    return {name.decode(): value.decode() for name, value in _FIELD.findall(gzip.decompress(page))}


def _client(socket: Path, printed: Iterable[str], fields: dict[str, str]) -> list[float]:
    connection = UnixConnection(socket)
    try:
        return [_submit(connection, f"/k/{code}", fields) for code in printed]
    finally:
        connection.close()


def _submit(connection: UnixConnection, path: str, fields: dict[str, str]) -> float:
    """One household, as a browser without JavaScript. Raises RuntimeError unless both replies are as promised."""
    began = time.perf_counter()
    connection.request("GET", path, headers=PAGE)
    page = connection.getresponse()
    body = page.read()
    if page.status != 200:
        raise RuntimeError(f"form: {page.status}")
    connection.request("POST", path, urlencode(controls(body) | fields | {"_step": "send"}), POST)
    thanks = connection.getresponse()
    thanks.read()
    if thanks.status != 201:
        raise RuntimeError(f"answer: {thanks.status}")
    return time.perf_counter() - began
