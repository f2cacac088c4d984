"""Settings of the web server. Access logs are off: a path can hold a household's code."""

import gc
import os
import subprocess
import sys
from pathlib import Path

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
worker_class = "gthread"
accesslog = None
errorlog = "-"
# A request that cannot be read is a warning that quotes the address it came from; errors quote none.
loglevel = "error"
timeout = 60
keepalive = 15
limit_request_line = 2048
# `make dev`: begun again when a module, a template or a text changes.
reload = os.environ.get("WEB_RELOAD") == "1"
_WATCHED = {".html", ".css", ".js", ".mo"}
reload_extra_files = [str(file) for file in Path().rglob("*") if file.suffix in _WATCHED] if reload else []


def on_starting(_server: object) -> None:
    """Before any worker: a rolled-back database must not take codes a second time. The command says why not."""
    check = [sys.executable, "-m", "flask", "--app", "wsgi", "audit", "may-start"]
    if subprocess.run(check, check=False).returncode:  # noqa: S603  # a fixed command of our own
        raise SystemExit(1)


def post_worker_init(_worker: object) -> None:
    """What is there before the first request stays for good: the garbage collector need not look at it again.

    Looking through it, and so often, took a seventh of the processor time of an answer.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)
