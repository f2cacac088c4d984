"""Runs tests against mutants without copying anything: each in a forked child, which is thrown away.

The tests of a room run once as they are, and it is noted which functions each test reaches. A mutant of a function is
then put into the live functions of a child, which runs the tests that reach it, quickest first, until one fails. One
outside functions, or of a function that runs at import, needs a child that has imported nothing yet.
"""

import functools
import gc
import os
import resource
import signal
import sys
import threading
import time
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, FrameType, FunctionType

import pytest
from _pytest.doctest import DoctestItem
from _pytest.runner import runtestprotocol
from hypothesis import Phase, settings

from bench import mutants
from bench.mutants import Mutant

KILLED, SURVIVED = True, False
#: CPU-seconds of a child beyond what the tests took; one that needs more hangs, which a test would show.
_PATIENCE = 20

Function = tuple[str, int]


def in_child(act: Callable[[], bool], *, cpu_seconds: float) -> bool:
    """What `act` says in a forked child; a child that dies or takes too long says KILLED."""
    child = os.fork()
    if child == 0:
        said = 3
        try:
            limit = round(cpu_seconds) + _PATIENCE
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            if not os.environ.get("MUTATIONS_TALK"):
                os.dup2(nowhere, 2)
            said = int(act())
        except BaseException:  # noqa: BLE001  # whatever breaks, the child must end here
            traceback.print_exc()
        finally:
            os._exit(said)
    return _said_by(child, within=20 * (cpu_seconds + _PATIENCE)) != int(SURVIVED)


def _said_by(child: int, *, within: float) -> int:
    """The exit code of the child, below 0 where a signal ended it."""
    ends = time.monotonic() + within
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > ends:
            os.kill(child, signal.SIGKILL)
        time.sleep(0.005)


class Room:
    """A plugin of pytest that tries mutants instead of ending after the tests."""

    def __init__(self, paths: Sequence[Path], tried: Sequence[Mutant]) -> None:
        self.tried = tried
        #: What was found out of each mutant; those that need a fresh import are missing.
        self.verdicts: dict[Mutant, bool] = {}
        self._files = {str(path) for path in paths}
        self._seen: set[Function] = set()
        self._reached_by: dict[Function, list[tuple[float, pytest.Item]]] = defaultdict(list)

    def watch(self) -> None:
        """Note from now on which functions of the room are called."""
        threading.setprofile(self._note)
        sys.setprofile(self._note)

    def _note(self, frame: FrameType, event: str, _given: object) -> None:
        if event == "call" and frame.f_code.co_filename in self._files:
            self._seen.add((frame.f_code.co_filename, frame.f_code.co_firstlineno))

    def pytest_configure(self) -> None:
        """Properties are tried the same way each time, and a counterexample is not made smaller."""
        settings.register_profile(
            "mutations",
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.explicit, Phase.generate],
        )
        settings.load_profile("mutations")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        gc.unfreeze()  # what the suite froze is in no list of the collector, and the live functions are looked up there
        at_import = frozenset(self._seen)
        if session.testsfailed:
            raise pytest.UsageError("the tests cannot be collected")
        items = session.items
        for place, item in enumerate(items):
            self._seen.clear()
            began = time.process_time()
            if not _passes(item, items[(place + 1) % len(items)]):
                raise pytest.UsageError(f"fails without a mutant: {item.nodeid}")
            for function in self._seen:
                self._reached_by[function].append((time.process_time() - began, item))
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type]  # None ends it
        if in_child(lambda: _falls([], {}, items), cpu_seconds=3 * time.process_time()) is KILLED:
            raise pytest.UsageError("the tests fail when they are run again, without a mutant")
        for mutant in self.tried:
            if mutant.function is not None:
                self._try(mutant, fresh_too=(str(mutant.path), mutant.function) in at_import)
        return True

    def _try(self, mutant: Mutant, *, fresh_too: bool) -> None:
        assert mutant.function is not None
        reaching = sorted(self._reached_by[str(mutant.path), mutant.function], key=lambda timed: timed[0])
        codes = dict(_pairs(_compiled(mutant.path), _compiled(mutant.path, mutant)))
        live = [one for one in gc.get_objects() if isinstance(one, FunctionType) and one.__code__ in codes]
        if reaching and live:
            tests = [item for _seconds, item in reaching]
            verdict = in_child(
                lambda: _falls(live, codes, tests),
                cpu_seconds=3 * sum(seconds for seconds, _item in reaching),
            )
            if verdict is KILLED or not fresh_too:
                self.verdicts[mutant] = verdict
        elif not fresh_too:
            self.verdicts[mutant] = SURVIVED


def _falls(
    live: Sequence[FunctionType], codes: dict[CodeType, CodeType], tests: Sequence[pytest.Item]
) -> bool:
    """Whether one of the tests fails once the live functions have the other code."""
    for function in live:
        function.__code__ = codes[function.__code__]
    for cached in gc.get_objects():
        if isinstance(cached, functools._lru_cache_wrapper) and cached.__module__.startswith("survey_app"):
            cached.cache_clear()
    return not all(_passes(test, after) for test, after in zip(tests, [*tests[1:], tests[-1]], strict=True))


def _passes(item: pytest.Item, following: pytest.Item) -> bool:
    """Whether the test passes; what it shares with the following one is kept."""
    names = item.dtest.globs if isinstance(item, DoctestItem) else {}
    kept = dict(names)  # an example clears the names of its module when it ends
    failed = any(report.failed for report in runtestprotocol(item, log=False, nextitem=following))
    names.update(kept)
    return not failed


def _compiled(path: Path, mutant: Mutant | None = None) -> CodeType:
    code = compile(mutants.tree(path, mutant), str(path), "exec")
    assert isinstance(code, CodeType)
    return code


def _pairs(one: CodeType, other: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """Every code that differs, with what is in its place."""
    if one != other:
        yield one, other
    inner = [[const for const in code.co_consts if isinstance(const, CodeType)] for code in (one, other)]
    for pair in zip(*inner, strict=False):
        yield from _pairs(*pair)


class _Finder:
    """Imports one module as the mutant has it."""

    def __init__(self, mutant: Mutant) -> None:
        parts = mutant.path.relative_to(Path.cwd()).with_suffix("").parts
        self.name, self.loader = ".".join(parts), _Loader(mutant)

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name != self.name:
            return None
        return spec_from_file_location(name, self.loader.path, loader=self.loader)


class _Loader(SourceFileLoader):
    def __init__(self, mutant: Mutant) -> None:
        name = ".".join(mutant.path.relative_to(Path.cwd()).with_suffix("").parts)
        super().__init__(name, str(mutant.path))
        self.mutant = mutant

    def get_code(self, fullname: str) -> CodeType:
        return _compiled(self.mutant.path, self.mutant)


def falls_afresh(mutant: Mutant | None, arguments: Sequence[str]) -> bool:
    """Whether a test fails when the module is imported as the mutant has it. To be called in a child."""
    if mutant:
        sys.meta_path.insert(0, _Finder(mutant))  # type: ignore[arg-type]  # it has the one method imports ask for
    return pytest.main([*arguments, "-x"]) != pytest.ExitCode.OK


def run(paths: Sequence[Path], arguments: Sequence[str], tried: Sequence[Mutant]) -> dict[Mutant, bool]:
    """What the tests say of the mutants of functions. To be called in a process that has not imported the room."""
    room = Room(paths, tried)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    room.watch()
    if pytest.main(list(arguments), plugins=[room]) != pytest.ExitCode.OK:
        raise SystemExit("the tests of the room have to pass first")
    return room.verdicts
