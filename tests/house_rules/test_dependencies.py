"""What setup.cfg declares is what the code imports, and the other way round: nothing is there by accident."""

import configparser
import json
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]

#: Needed without an import: chosen by name (a driver, a compressor, the server, the zones) ...
BY_NAME = {"gunicorn", "psycopg", "tzdata"}
#: ... or run as a command, as a plug-in of the runner, or for the types of a library.
TOOLS = {
    "bandit", "deptry", "djlint", "import-linter", "mypy", "pytest-timeout", "pytest-xdist", "ruff",
    "types-openpyxl", "types-qrcode",
}  # fmt: skip


def declared(folder: Path) -> tuple[Path, Path]:
    """Files that list what running needs and what testing needs besides."""
    setup = configparser.ConfigParser()
    setup.read(PROJECT / "setup.cfg", encoding="utf-8")
    run, test = folder / "run.txt", folder / "test.txt"
    run.write_text(setup["options"]["install_requires"], encoding="utf-8")
    test.write_text(setup["options.extras_require"]["test"], encoding="utf-8")
    return run, test


def faults(folder: Path, roots: list[str], lists: list[Path]) -> set[tuple[str, str]]:
    out = folder / "found.json"
    subprocess.run(
        [Path(sys.executable).with_name("deptry"), *roots, "--requirements-files", ",".join(map(str, lists)),
         "--json-output", out],
        cwd=PROJECT, capture_output=True, check=False,
    )  # fmt: skip
    return {(fault["error"]["code"], fault["module"]) for fault in json.loads(out.read_text("utf-8"))}


def test_running_needs_what_it_declares_and_declares_what_it_needs(tmp_path):
    run, _test = declared(tmp_path)

    found = faults(tmp_path, ["survey_app", "verifier", "migrations"], [run])

    assert found == {("DEP002", name) for name in BY_NAME}


def test_testing_needs_what_it_declares_and_declares_what_it_needs(tmp_path):
    run, test = declared(tmp_path)

    found = faults(tmp_path, ["survey_app", "verifier", "migrations", "tests", "bench"], [run, test])

    assert found - {("DEP002", name) for name in BY_NAME} == {("DEP002", name) for name in TOOLS}
