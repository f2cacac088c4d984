"""A web server of the bench's own on a port of the loopback, as in production: two workers, four threads each."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
#: The browser of benches that look as people do.
CHROMIUM = "/usr/bin/chromium-headless-shell"


@contextmanager
def serving(instance: Path, project: Path = PROJECT) -> Iterator[tuple[int, int]]:
    """The server's head process and its port; `project` is the checkout whose version serves."""
    port = _free_port()
    command = [
        Path(sys.executable).with_name("gunicorn"),
        "--config",
        "gunicorn.conf.py",
        "--bind",
        f"127.0.0.1:{port}",
        "wsgi:app",
    ]
    environment = {**os.environ, "SURVEY_INSTANCE": str(instance)}
    process = subprocess.Popen(command, cwd=project, env=environment, start_new_session=True)
    try:
        _wait(process, port)
        yield process.pid, port
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    """Until the health check answers."""
    for _attempt in range(300):
        if process.poll() is not None:
            raise RuntimeError("the server ended before it answered")
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise RuntimeError("the server did not become healthy")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
