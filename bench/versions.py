"""Two versions of the product side by side: the one that lies here, and an earlier one in a folder of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench import processes, servers

#: What the goals of an answer are ratios to.
BEFORE = "402b6fe"


@dataclass(frozen=True, slots=True)
class Side:
    """One version with a commune that is asked. `web` is None where nothing is served."""

    name: str
    url: str
    survey: str
    codes: tuple[str, ...]
    questions: tuple[str, ...]
    database: int | None
    web: int | None
    port: int
    #: Counts the answers that are stored; asked once, at the end.
    stored: Callable[[], int]

    def cpu_seconds(self) -> tuple[float, float]:
        """Processor time so far of the web server and of the database server."""
        web, database = (processes.cpu_seconds(head) if head else 0.0 for head in (self.web, self.database))
        return web, database


@contextmanager
def checkout(commit: str) -> Iterator[Path]:
    """The files of a commit in a temporary folder, its catalogues compiled."""
    with TemporaryDirectory(prefix="bench-") as name:
        folder, git = Path(name) / commit, ["git", "-C", servers.PROJECT, "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", folder, commit], check=True)
        try:
            compiling = [Path(sys.executable).with_name("pybabel"), "-q", "compile"]
            domains = ["-D", "messages wtforms", "-d", "translations"]
            subprocess.run([*compiling, *domains], cwd=folder, check=True)
            yield folder
        finally:
            subprocess.run([*git, "remove", "--force", folder], check=True)


@contextmanager
def side(
    project: Path, name: str, database: str, *, villages: int, households: int, served: bool = True
) -> Iterator[Side]:
    """A fresh installation of the version in `project`, with a code for every household."""
    standing = Path(__file__).with_name("standing.py")
    process = subprocess.Popen(
        [sys.executable, "-P", standing, database, str(villages), str(households)],
        cwd=project, env={**os.environ, "PYTHONPATH": str(project)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        told = _line(process)
        given = {
            "name": name, "url": told["url"], "survey": told["survey"], "codes": tuple(told["codes"]),
            "questions": tuple(told["questions"]), "database": told["process"],
            "stored": lambda: int(_asked(process)["stored"]),
        }  # fmt: skip
        if not served:
            yield Side(**given, web=None, port=0)
            return
        with servers.serving(Path(told["instance"]), project) as (web, port):
            yield Side(**given, web=web, port=port)
    finally:
        process.communicate("\n")


def _asked(process: subprocess.Popen[str]) -> Mapping[str, Any]:
    if process.stdin is None:
        raise RuntimeError("the house cannot be asked")
    process.stdin.write("\n")
    process.stdin.flush()
    return _line(process)


def _line(process: subprocess.Popen[str]) -> Mapping[str, Any]:
    """The last thing the house said; what comes before it are words of the migrations."""
    for line in process.stdout or ():
        if line.startswith("{"):
            found: Mapping[str, Any] = json.loads(line)
            return found
    raise RuntimeError("the house did not come up")
