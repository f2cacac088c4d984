"""The product's settings of the web server, but for what only takes time in a server that a test soon ends.

The command that looks at the audit log before the first worker is a program of its own, so it would import everything
again; tests of it start the whole.
"""

import runpy
from pathlib import Path
from typing import Any

from tests.applications import TEMPLATES

globals().update(runpy.run_path(str(Path(__file__).resolve().parents[1] / "gunicorn.conf.py")))


def on_starting(_server: object) -> None:
    """Nothing."""


def post_worker_init(worker: Any) -> None:
    """Templates are compiled once for all servers of a run; the garbage of the test's own process is not looked at."""
    worker.wsgi.jinja_env.bytecode_cache = TEMPLATES
