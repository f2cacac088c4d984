"""What an answer costs, beside version 402b6fe in the same minutes, and how near it comes to what the database can do.

An answer is one household: form asked for, looked over, sent. Where scripts run the phone itself looks over, which is
two requests beside the three of 402b6fe; without scripts it is three in both. Both versions run side by side and are
asked by turns, so that whatever else the machine does falls on both alike; what counts is processor time and the ratio
of one turn. Of every run, the answers stored must equal the answers acknowledged.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench import clients, databases, versions
from bench.clients import Answers, Phone
from bench.limit import VILLAGES, Limit
from bench.servers import PROJECT
from bench.tables import median, show
from bench.versions import BEFORE, Side
from survey_app.questions.instrument import SATISFIED

_TURNS, _ANSWERS, _WARM_UP = 7, 240, 160
_NOW = "this version"
_Act = Callable[[Phone, str, Answers], None]
#: What is done at each door: in the version before, and in this one.
_DOORS: Mapping[str, tuple[_Act, _Act]] = {
    "page": (clients.press_send, clients.send_from_page),
    "page without scripts": (clients.press_send, clients.press_send),
    "API": (clients.call_api, clients.call_api),
}
HEAD = (
    "Database",
    "Door",
    "Version",
    "CPU-ms",
    "of it web",
    "database",
    "answers/s",
    "p50 ms",
    "p95 ms",
    "ratio",
)


@dataclass(frozen=True, slots=True)
class Turn:
    """CPU-ms of the web server and of the database for each answer, answers a second, p50 and p95 in ms."""

    web: float
    database: float
    rate: float
    middle: float
    slow: float

    @property
    def cpu(self) -> float:
        return self.web + self.database


def run() -> None:
    """Print both databases, both doors and both versions."""
    shares: dict[str, list[float]] = {BEFORE: [], _NOW: []}
    with versions.checkout(BEFORE) as before:
        rows = [row for database in databases.NAMES for row in _rows(database, before, shares)]
    load = os.getloadavg()[1]
    show(f"An answer, {clients.CLIENTS} phones, {_TURNS} turns of {_ANSWERS}, load {load:.1f}", HEAD, rows)
    for name, measured in shares.items():
        print(
            f"\nThe page of {name} to what pgbench does with the statements of {BEFORE}: {median(measured):.1%}"
        )


def _rows(database: str, before: Path, shares: Mapping[str, list[float]]) -> list[Sequence[object]]:
    households = (_WARM_UP + len(_DOORS) * _TURNS * _ANSWERS) // VILLAGES
    turns: dict[tuple[str, str], list[Turn]] = {}
    with ExitStack() as stack:
        sides = [
            stack.enter_context(
                versions.side(project, name, database, villages=VILLAGES, households=households)
            )
            for name, project in ((BEFORE, before), (_NOW, PROJECT))
        ]
        limit = None
        if database == "PostgreSQL":
            empty = versions.side(before, "", database, villages=VILLAGES, households=1, served=False)
            limit = Limit(stack.enter_context(empty))
        codes = {side.name: iter(side.codes) for side in sides}
        for side in sides:
            _measured(side, [next(codes[side.name]) for _answer in range(_WARM_UP)], clients.press_send)
        for _turn in range(_TURNS):
            for door, acts in _DOORS.items():
                for side, act in zip(sides, acts, strict=True):
                    share = [next(codes[side.name]) for _answer in range(_ANSWERS)]
                    turns.setdefault((door, side.name), []).append(_measured(side, share, act))
            if limit is not None:
                possible = limit.transactions_per_second()
                for name, measured in shares.items():
                    measured.append(turns["page", name][-1].rate / possible)
        for side in sides:
            if side.stored() != len(side.codes):
                raise RuntimeError(f"{side.name}: {len(side.codes)} answers acknowledged, not all are stored")
    return [_row(database, door, side.name, turns) for door in _DOORS for side in sides]


def _measured(side: Side, codes: Sequence[str], act: _Act) -> Turn:
    before = side.cpu_seconds()
    done = clients.submit_all(side.port, codes, dict.fromkeys(side.questions, SATISFIED), act)
    spent = [after - start for after, start in zip(side.cpu_seconds(), before, strict=True)]
    web, database = (seconds * 1000 / done.acknowledged for seconds in spent)
    middle, slow = (done.flows[int(len(done.flows) * share)] * 1000 for share in (0.5, 0.95))
    return Turn(web, database, done.acknowledged / done.seconds, middle, slow)


def _row(
    database: str, door: str, name: str, turns: Mapping[tuple[str, str], Sequence[Turn]]
) -> Sequence[object]:
    mine, before = turns[door, name], turns[door, BEFORE]
    ratio = median([now.cpu / then.cpu for now, then in zip(mine, before, strict=True)])
    cpu, web, spent = (median([getattr(one, what) for one in mine]) for what in ("cpu", "web", "database"))
    rate, middle, slow = (median([getattr(one, what) for one in mine]) for what in ("rate", "middle", "slow"))
    times = (f"{rate:.0f}", f"{middle:.0f}", f"{slow:.0f}")
    return database, door, name, f"{cpu:.2f}", f"{web:.2f}", f"{spent:.2f}", *times, f"{ratio:.2f}"
