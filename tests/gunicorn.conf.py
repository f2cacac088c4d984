"""The product's settings of the web server, but for the command that looks at the audit log before the first worker.

It is a program of its own, so it would import everything again; tests of it start the whole.
"""

import runpy
from pathlib import Path

globals().update(runpy.run_path(str(Path(__file__).resolve().parents[1] / "gunicorn.conf.py")))


def on_starting(_server: object) -> None:
    """Nothing."""
