"""What the program costs before it does anything: made as a server makes it, and asked for one command.

Processor time and memory of processes that do nothing else, this version and the one its goals are ratios to in turns.
"""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import servers, versions
from bench.tables import median, show

_REPEATS = 5

#: What only the tools of the tests install, and a library of ours loads where it is there.
_AS_INSTALLED = "import sys; sys.modules['pygments'] = None"
#: Says the processor time and the most memory of the process that made the application.
_MAKING = f"""
{_AS_INSTALLED}
import re, time
from pathlib import Path
import wsgi
most = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())
print(time.process_time(), int(most[1]) / 1024)
"""
_ASKING = ("-c", f"{_AS_INSTALLED}; from flask.cli import main; main()", "--app", "wsgi", "keys", "--help")


def run() -> None:
    """Print a row for each version; an installation with keys and an empty database, as after set-up."""
    with versions.checkout(versions.BEFORE) as before, TemporaryDirectory(prefix="bench-") as name:
        sides = {versions.BEFORE: before, "this version": servers.PROJECT}
        folders = {side: Path(name) / side.replace(" ", "-") for side in sides}
        for side, project in sides.items():
            _set_up(project, folders[side])
        measured: dict[str, list[tuple[float, float, float]]] = {side: [] for side in sides}
        for _repeat in range(_REPEATS):
            for side, project in sides.items():
                measured[side].append(_measured(project, folders[side]))
    rows = []
    for side, found in measured.items():
        making, memory, command = (median(column) for column in zip(*found, strict=True))
        rows.append((side, f"{making:.2f}", f"{memory:.0f}", f"{command:.2f}"))
    head = ("Version", "create_app, CPU-s", "Memory, MiB", "`flask keys --help`, CPU-s")
    show(f"Start, median of {_REPEATS} processes in turns", head, rows)


def _set_up(project: Path, folder: Path) -> None:
    """The keys and the tables that a start looks for; what one version does not have is no mistake of the bench."""
    folder.mkdir()
    for asked in (("db", "upgrade"), ("keys", "create")):
        subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *asked],
            cwd=project, env=_environment(project, folder), check=asked[0] == "db", capture_output=True,
        )  # fmt: skip


def _measured(project: Path, folder: Path) -> tuple[float, float, float]:
    """CPU-seconds and MiB of making the application, and CPU-seconds of a command."""
    environment = _environment(project, folder)
    made = subprocess.run(
        [sys.executable, "-c", _MAKING],
        cwd=folder,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    began = os.times()
    subprocess.run([sys.executable, *_ASKING], cwd=project, env=environment, check=True, capture_output=True)
    ended = os.times()
    command = ended.children_user + ended.children_system - began.children_user - began.children_system
    return float(made[-2]), float(made[-1]), command


def _environment(project: Path, folder: Path) -> dict[str, str]:
    """Where modules may be kept compiled, as on every installation."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": str(project), "SURVEY_INSTANCE": str(folder)}
