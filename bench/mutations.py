"""How many small mistakes in the rules the tests find: `python -m bench.mutations [--each N] [--seed N] [room …]`.

Prints killed of sampled for each room, and every survivor with its place. What of them cannot be told apart from the
right program, or is accepted, is in docs/security/figures.md.
"""

import argparse
import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench import mutants, mutated
from bench.mutants import Mutant

SEED, EACH = 8, 40
#: What all tests of one room take at most.
_FRESH_CPU_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Room:
    """Patterns below `survey_app` and below `tests`; modules that hold words, forms, pages or tables are left out.

    The examples in the docstrings of the modules are run with the tests.
    """

    modules: tuple[str, ...]
    tests: tuple[str, ...]
    #: Names of modules that the patterns find and another row holds, or that hold no rule.
    without: tuple[str, ...] = ()


ROOMS = {
    "scoring": Room(
        ("scoring/*.py",),
        ("unit/test_scoring_*.py", "unit/test_statistics.py", "unit/test_promised_figures.py"),
        without=("disclosure", "subtraction"),
    ),
    "disclosure": Room(
        ("scoring/disclosure.py", "scoring/subtraction.py"),
        ("unit/test_scoring_disclosure.py", "unit/test_scoring_subtraction.py"),
    ),
    "criteria": Room(("criteria/*.py",), ("unit/test_criteria_*.py", "unit/test_documents.py")),
    "questions": Room(
        ("questions/*.py",),
        ("unit/test_questions_*.py", "unit/test_documents.py", "unit/test_stem.py"),
    ),
    "collecting": Room(
        ("collecting/operations.py",),
        ("rooms/test_collecting_exactly_once.py", "rooms/test_collecting_held.py"),
    ),
    "sealing": Room(
        ("sealing/*.py",),
        (
            "rooms/sealing/test_sealing_seal.py", "rooms/sealing/test_sealing_annulled_rows.py",
            "rooms/sealing/test_sealing_annulling.py", "rooms/sealing/test_sealing_cancelled.py",
            "rooms/sealing/test_sealing_clock.py", "rooms/sealing/test_sealing_recounts.py",
            "rooms/results/test_results_signing.py",
        ),
        without=("annulling_views", "at_sealing", "commands", "log_words", "models", "queries", "reminders"),
    ),
    "codes": Room(
        ("fieldwork/codes.py", "fieldwork/former_codes.py"),
        ("unit/test_codes.py", "rooms/test_fieldwork_codes.py"),
    ),
    "approvals": Room(
        (
            "approvals/agreement.py", "approvals/approval.py", "approvals/deciding.py", "approvals/deputies.py",
            "approvals/paper_signatures.py", "approvals/parties.py", "approvals/passed_over.py",
            "approvals/refusals.py", "approvals/registry.py", "approvals/requests.py", "attachments.py",
        ),
        ("rooms/test_approvals_*.py", "rooms/test_accounts_handover.py"),
    ),
    "access": Room(("access.py",), ("unit/test_access.py",)),
}  # fmt: skip


def main(names: Sequence[str], *, each: int, seed: int) -> None:
    """Run the named rooms, or all."""
    killed = sampled = 0
    for name in names or ROOMS:
        verdicts = try_room(name, each=each, seed=seed)
        killed, sampled = killed + sum(verdicts.values()), sampled + len(verdicts)
    print(f"all: {killed} of {sampled} killed, {100 * killed / sampled:.1f} % (seed {seed})")


def try_room(name: str, *, each: int, seed: int) -> dict[Mutant, bool]:
    """What the room's tests say of its sample, printed."""
    room, began = ROOMS[name], time.monotonic()
    paths = [path for path in _files("survey_app", room.modules) if path.stem not in room.without]
    arguments = [
        *(str(path) for path in [*_files("tests", room.tests), *paths]),
        "-q", "-p", "no:cacheprovider", "--engine", "sqlite", "--assert", "plain", "--tb", "native",
    ]  # fmt: skip
    possible = [mutant for path in paths for mutant in mutants.mutants(path)]
    sample = random.Random(f"{seed} {name}").sample(possible, min(each, len(possible)))
    verdicts = _apart(mutated.run, paths, arguments, sample)
    left = [mutant for mutant in sample if mutant not in verdicts]
    if left and _falls_afresh(None, arguments):
        raise SystemExit(f"{name}: the tests fail without a mutant")
    verdicts |= {mutant: _falls_afresh(mutant, arguments) for mutant in left}
    killed = sum(verdicts.values())
    print(
        f"{name}: {killed} of {len(verdicts)} killed, of {len(possible)} possible, {time.monotonic() - began:.0f} s",
        flush=True,
    )
    for mutant in sorted(sample, key=lambda one: (one.path, one.line)):
        if not verdicts[mutant]:
            print(f"    {mutant.path.relative_to(Path.cwd())}:{mutant.line}: {mutant.change}", flush=True)
    return verdicts


def _falls_afresh(mutant: Mutant | None, arguments: Sequence[str]) -> bool:
    return mutated.in_child(partial(mutated.falls_afresh, mutant, arguments), cpu_seconds=_FRESH_CPU_SECONDS)


def _files(folder: str, patterns: Sequence[str]) -> list[Path]:
    return sorted({path for pattern in patterns for path in (Path.cwd() / folder).glob(pattern)})


def _apart(act: Callable[..., Any], *given: object) -> Any:
    """What `act` says in a process of its own, so that no room is imported into this one."""
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as process:
        return process.submit(act, *given).result()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rooms", nargs="*", choices=[[], *ROOMS], metavar="room")
    parser.add_argument("--each", type=int, default=EACH, help="mutants of each room")
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    main(asked.rooms, each=asked.each, seed=asked.seed)
