"""The stand-alone command that checks sets, run as somebody would who has only the file.

It runs inside the test process, because an interpreter takes longer to start than a set to check. That it needs
nothing but Python is what `tests/unit/test_verifier.py` holds, in processes of their own.
"""

import io
import json
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

FOLDER = Path(__file__).parents[1] / "verifier"


@dataclass(frozen=True, slots=True)
class Told:
    """What the command answered: its exit status and its words."""

    status: int
    stdout: str
    stderr: str

    @property
    def outcomes(self) -> dict[str, tuple[str, str]]:
        """Status and place by check; of a command that was asked for JSON."""
        return {line["check"]: (line["status"], line["where"]) for line in json.loads(self.stdout)["checks"]}

    def checks(self, status: str) -> list[str]:
        return [check for check, (found, _where) in self.outcomes.items() if found == status]


def part(name: str) -> ModuleType:
    """A module of the verifier."""
    if str(FOLDER) not in sys.path:
        sys.path.append(str(FOLDER))
    return import_module(name)


def command(*arguments: str | Path) -> Told:
    """Run the command."""
    said, complained = io.StringIO(), io.StringIO()
    with redirect_stdout(said), redirect_stderr(complained):
        status = part("verify").main([str(argument) for argument in arguments])
    return Told(status, said.getvalue(), complained.getvalue())


def verify(found: Mapping[str, Any] | bytes, folder: Path, *options: str) -> Told:
    """What the command says, as JSON, of a set that somebody saved."""
    file = folder / "set.json"
    file.write_bytes(
        found if isinstance(found, bytes) else json.dumps(found, ensure_ascii=False).encode("utf-8")
    )
    return command(file, "--json", *options)
