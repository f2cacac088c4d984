"""How long it takes to count and seal a commune of 5,000 answers, and to check the seal."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from bench import databases
from bench import house as houses
from bench.tables import median, show
from survey_app import db
from survey_app.audit import OPERATOR
from survey_app.sealing import operations as results
from survey_app.sealing import queries, verification

_ANSWERS, _REPEATS = 5000, 3


def run() -> None:
    """Print a row for each database."""
    head = ("Database", "Count and seal, s", "Verify, s")
    show(f"{_ANSWERS} answers, median of {_REPEATS} surveys", head, [_row(name) for name in databases.NAMES])


def _row(name: str) -> tuple[str, str, str]:
    now = datetime.now(UTC)
    sealing, verifying = [], []
    with houses.house(name, now) as house:
        for _repeat in range(_REPEATS):
            number, printed = houses.survey(
                house, houses.commune(now), villages=10, households=_ANSWERS // 10, opens=now, days=9
            )
            houses.answer(house, number, printed, now)
            sealing.append(_seconds(lambda number=number: _seal(house, number, now)))
            verifying.append(_seconds(lambda number=number: _verify(house, number)))
    return name, f"{median(sealing):.2f}", f"{median(verifying):.2f}"


def _seal(house: houses.House, number: str, now: datetime) -> None:
    with db.transaction() as current:
        results.close_and_seal(current, number, actor=OPERATOR, now=now, keys=house.keys)
        if queries.scorecard(current, number).commune.tally.answered != _ANSWERS:
            raise RuntimeError("not every answer was counted")


def _verify(house: houses.House, number: str) -> None:
    db.session().rollback()
    found = verification.verify(db.session(), number, house.keys)
    if not found.equal:
        raise RuntimeError(found.first_difference)


def _seconds(act: Callable[[], None]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
