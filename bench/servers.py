"""A web server of the bench's own over a Unix socket, as it runs in production: two workers, four threads each."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from socket import AF_UNIX, SOCK_STREAM, socket

from bench.house import House

PROJECT = Path(__file__).resolve().parent.parent
GUNICORN, GRANIAN = "gunicorn", "granian"


class UnixConnection(HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=60)
        self.path = path

    def connect(self) -> None:
        self.sock = socket(AF_UNIX, SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))


@contextmanager
def serving(house: House, kind: str = GUNICORN, *, port: int | None = None) -> Iterator[tuple[int, Path]]:
    """The server's head process and its socket; with `port`, on that port of the loopback instead."""
    path = house.instance / "web.sock"
    command = _gunicorn(path, port) if kind == GUNICORN else _granian(path)
    environment = {**os.environ, "SURVEY_INSTANCE": str(house.instance)}
    process = subprocess.Popen(command, cwd=PROJECT, env=environment, start_new_session=True)
    try:
        _wait(process, path, port)
        yield process.pid, path
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def _gunicorn(path: Path, port: int | None) -> list[str]:
    address = f"unix:{path}" if port is None else f"127.0.0.1:{port}"
    return [_beside("gunicorn"), "--config", "gunicorn.conf.py", "--bind", address, "wsgi:app"]


def _granian(path: Path) -> list[str]:
    options = ["--interface", "wsgi", "--workers", "2", "--blocking-threads", "4", "--log-level", "warning"]
    return [_beside("granian"), *options, "--uds", str(path), "wsgi:app"]


def _beside(program: str) -> str:
    return str(Path(sys.executable).with_name(program))


def _wait(process: subprocess.Popen[bytes], path: Path, port: int | None) -> None:
    """Until the health check answers."""
    for _attempt in range(300):
        if process.poll() is not None:
            raise RuntimeError("the server ended before it answered")
        connection = UnixConnection(path) if port is None else HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise RuntimeError("the server did not become healthy")
