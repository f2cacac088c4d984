"""Whether the time of a reply tells what its words do not: an unknown code from a used one, a name from no name.

The replies to codes differ in words anyhow, on purpose; what may not be told by time is how much of a code was right.
Requests alternate inside one process, so that whatever else the machine does falls on both alike; what the processor
spends is told apart, because waiting grows with a busy machine. An unknown code is counted, and so waits for a commit.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import delete

from bench import databases
from bench import house as houses
from bench.tables import median, show
from survey_app import audit, db
from survey_app.access import Role
from survey_app.accounts import authentication
from survey_app.accounts import operations as accounts
from survey_app.fieldwork import codes
from survey_app.throttle import Failure

_PAIRS, _SIGN_INS = 300, 20
_PASSWORD = "mot-cau-dai-de-do-thoi-gian"


class Spent(NamedTuple):
    """Seconds until the reply, and seconds of the processor."""

    elapsed: float
    processor: float


def run() -> None:
    """Print medians and their difference on both databases."""
    now = datetime.now(UTC)
    rows: list[Sequence[object]] = []
    for database in databases.NAMES:
        with houses.house(database, now) as house:
            number, printed = houses.survey(
                house, houses.commune(now), villages=1, households=40, opens=now, days=9
            )
            houses.answer(house, number, printed[:20], now)
            rows.append(_codes(house, number, printed, database))
            rows.append(_names(house, now, database))
    show(
        "Differences in time (medians in milliseconds)",
        ("Database", "What", "One", "The other", "Difference", "Difference of processor time"),
        rows,
    )


def _codes(house: houses.House, number: str, printed: Sequence[str], database: str) -> Sequence[object]:
    client = house.app.test_client()
    looks = house.app.extensions.setdefault("looks", Counter())
    unknown: list[Spent] = []
    used: list[Spent] = []
    for turn in range(_PAIRS):
        if turn % 8 == 0:
            _forget()
            looks.clear()
        unknown.append(_took(lambda: client.get(f"/k/{codes.new_code(number)}").status_code, 404))
        used.append(_took(lambda place=turn % 20: client.get(f"/k/{printed[place]}").status_code, 409))
    return database, "page of an unknown and of a used code", *_compared(unknown, used)


def _names(house: houses.House, now: datetime, database: str) -> Sequence[object]:
    with db.transaction() as current:
        unit = houses.commune(now)
        made = accounts.create_account(
            current, email="do@bench.vn", name="Đo", role=Role.CLERK, unit_id=unit.id, actor=audit.OPERATOR, now=now
        )  # fmt: skip
        accounts.set_password(current, made.user_id, _PASSWORD)
    known: list[Spent] = []
    unknown: list[Spent] = []
    for turn in range(_SIGN_INS):
        if turn % 4 == 0:
            _forget()
        for name, spent in (("do@bench.vn", known), ("ai@bench.vn", unknown)):
            with house.app.test_request_context():
                spent.append(
                    _took(lambda name=name: authentication.authenticated(name, "khong phai", now), None)
                )
    return database, "wrong password of a known and of an unknown name", *_compared(known, unknown)


def _took(ask: Callable[[], object], expected: object) -> Spent:
    begun, busy = time.perf_counter(), time.thread_time()
    reply = ask()
    took = Spent(time.perf_counter() - begun, time.thread_time() - busy)
    if reply != expected:
        raise RuntimeError(f"expected {expected}: {reply}")
    return took


def _forget() -> None:
    with db.transaction() as current:
        current.execute(delete(Failure))


def _compared(one: Sequence[Spent], other: Sequence[Spent]) -> tuple[str, ...]:
    first, second = ([1000 * median(column) for column in zip(*spent, strict=True)] for spent in (one, other))
    differences = [abs(mine - theirs) for mine, theirs in zip(first, second, strict=True)]
    return tuple(f"{value:.2f}" for value in (first[0], second[0], *differences))
