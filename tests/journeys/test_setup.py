"""The commands of a bare machine: what they do when something is in the way. `scripts/bare-machine` walks them whole."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.applications import put_keys
from tests.commands import flask

PROJECT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


def environment(folder: Path, port: int) -> dict[str, str]:
    return os.environ | {
        "SURVEY_INSTANCE": str(folder), "HOST": "127.0.0.1", "PORT": str(port), "WEB_WORKERS": "1",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
    }  # fmt: skip


@pytest.mark.parametrize("arguments", [[], ["--look"]], ids=["serving", "looking"])
def test_a_taken_port_is_said_before_anything_is_begun_and_ends_nobody_else(tmp_path, arguments):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        caller = ["bash", "-c", '"$@"; code=$?; echo "caller lives"; exit $code', "caller"]
        done = subprocess.run(
            [*caller, PROJECT / "scripts" / "serve", *arguments],
            env=environment(tmp_path, port), capture_output=True, text=True, check=False,
        )  # fmt: skip

    assert done.returncode == 1
    assert f"Port {port} of 127.0.0.1 is taken" in done.stderr
    assert "Serving" not in done.stdout
    assert "caller lives" in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long
def test_server_and_minute_job_begin_and_end_together(database_url, tmp_path):
    port = free_port()
    put_keys(tmp_path / "keys")

    with started(PROJECT, environment(tmp_path, port) | {"DATABASE_URL": database_url}) as serving:
        assert serving.stdout.readline().startswith(f"Serving http://127.0.0.1:{port}")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as reply:
            assert reply.status == 200
        # Nobody has an account yet: the start prints the way to the first two.
        assert any(f"http://127.0.0.1:{port}/bat-dau/" in line for line in iter(serving.stdout.readline, ""))
        began = children(serving.pid)

    assert len(began) >= 3
    assert [pid for pid in began if Path(f"/proc/{pid}").exists()] == []


def test_what_the_start_begins_ends_with_it(tmp_path):
    """By programs that do nothing but stay, in the places of server and minute job."""
    port = free_port()
    scripts, programs = tmp_path / "scripts", tmp_path / ".venv" / "bin"
    scripts.mkdir()
    programs.mkdir(parents=True)
    shutil.copy(PROJECT / "scripts" / "serve", scripts)
    listen = f"import socket, time; kept = socket.create_server(('127.0.0.1', {port})); time.sleep(600)"
    for name, lines in (
        ("gunicorn", f'exec "{sys.executable}" -S -c "{listen}"'),
        ("flask", 'case "$*" in *tick*) exec sleep 600 ;; *) echo "asked: $*" ;; esac'),
    ):
        (programs / name).write_text(f"#!/bin/sh\n{lines}\n", encoding="utf-8")
        (programs / name).chmod(0o755)

    with started(tmp_path, environment(tmp_path, port)) as serving:
        assert serving.stdout.readline().startswith(f"Serving http://127.0.0.1:{port}")
        assert serving.stdout.readline() == "asked: --app wsgi setup --link\n"
        began = children(serving.pid)

    assert len(began) >= 3
    assert [pid for pid in began if Path(f"/proc/{pid}").exists()] == []


def test_a_misspelt_setting_stops_every_start_with_the_name_that_was_meant(tmp_path):
    (tmp_path / "settings.toml").write_text("htps = true\n", encoding="utf-8")

    done = flask(environment(tmp_path, 8000), "routes")

    assert done.returncode == 1
    assert "không có thiết lập “htps”; có phải “https” không?" in done.stderr
    assert "Traceback" not in done.stderr


def test_missing_packages_are_all_named_to_who_may_not_install_them(tmp_path):
    """A machine that has none of them, by a `dpkg-query` that knows nothing and a user who is not root."""
    for name, text in (("dpkg-query", "exit 1"), ("id", "echo 1000"), ("sudo", "exit 1")):
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)

    done = subprocess.run(
        [PROJECT / "scripts" / "system-packages", "one", "two"],
        env=os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 1
    assert "apt-get install --no-install-recommends one two" in done.stderr


def test_make_asks_for_all_packages_before_it_makes_the_environment(tmp_path):
    make = shutil.which("make")
    assert make

    steps = subprocess.run(
        [make, "--dry-run", "test"], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout

    assert steps.index("scripts/system-packages") < steps.index("ruff check")
    for package in ("chromium-headless-shell", "libatomic1", "postgresql", "libpango-1.0-0"):
        assert package in steps.split("scripts/system-packages")[1].splitlines()[0]


@contextmanager
def started(folder: Path, environ: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """`scripts/serve` of that folder while a `with` lasts, ended as a machine ends it."""
    serving = subprocess.Popen(
        [folder / "scripts" / "serve"],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield serving
    finally:
        serving.send_signal(signal.SIGTERM)
        serving.communicate(timeout=300)


def children(pid: int) -> list[int]:
    """All processes below that one, while they run."""
    below: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text(encoding="utf-8").split():
            below += [int(child), *children(int(child))]
    return below
