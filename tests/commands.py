"""A command of the operator in a process of its own, begun without importing the product a second time.

For tests of what happens before there is an application: settings, addresses and folders that cannot be used.
"""

import logging
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from flask.cli import main

PROJECT = Path(__file__).resolve().parents[1]


def flask(environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `flask --app wsgi` with these arguments and nothing but that environment."""
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as out,
        tempfile.TemporaryFile("w+", encoding="utf-8") as err,
    ):
        process = multiprocessing.get_context("fork").Process(
            target=_run, args=(arguments, environment, out.fileno(), err.fileno())
        )
        process.start()
        process.join()
        said = [(stream.seek(0), stream.read())[1] for stream in (out, err)]
    return subprocess.CompletedProcess(arguments, process.exitcode or 0, *said)


def _run(arguments: tuple[str, ...], environment: Mapping[str, str], out: int, err: int) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(PROJECT)
    os.dup2(out, 1)
    os.dup2(err, 2)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - as long as the process
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.modules.pop("wsgi", None)
    logging.getLogger().handlers.clear()  # of the test's own report
    sys.argv = ["flask", "--app", "wsgi", *arguments]
    main()
