"""The product's own web server in a process of its own, begun without importing the product a second time.

The process is forked from the test's: gunicorn, its workers and `wsgi:app` are what `make run` starts, only the modules
are there already. Starting it from nothing costs five seconds of processor; `tests/journeys/test_setup.py` does that.
"""

import gc
import logging
import multiprocessing
import os
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path

from gunicorn.app.wsgiapp import WSGIApplication

PROJECT = Path(__file__).resolve().parents[1]
_ENDING_SECONDS = 60


@contextmanager
def serving(
    listening: socket.socket, environment: Mapping[str, str], application: str = "wsgi:app"
) -> Iterator[BaseProcess]:
    """Serve on that socket until the block ends; nothing of the test's own databases may be open when it begins."""
    process = multiprocessing.get_context("fork").Process(
        target=_serve, args=(listening, environment, application)
    )
    process.start()
    try:
        yield process
    finally:
        process.terminate()
        process.join(_ENDING_SECONDS)
        if process.is_alive():
            process.kill()
            process.join()


def _serve(listening: socket.socket, environment: Mapping[str, str], application: str) -> None:
    gc.freeze()  # what the test holds is nobody's garbage here, and looking at it would copy its memory
    os.environ.update(environment)
    os.chdir(PROJECT)
    sys.modules.pop("wsgi", None)
    logging.getLogger().handlers.clear()  # of the test's own report
    os.set_inheritable(listening.fileno(), True)
    config = Path(__file__).with_name("gunicorn.conf.py")
    sys.argv = ["gunicorn", "--config", str(config), "--bind", f"fd://{listening.fileno()}", application]
    WSGIApplication("%(prog)s").run()
