"""Submissions per second with sixteen clients, and what one costs the server in processor time.

A submission is one household: form asked for, form sent, thanks read. Of every run, the answers stored must equal the
answers acknowledged.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from bench import clients, databases, processes, servers
from bench import house as houses
from bench.house import House
from bench.tables import median, show
from survey_app import db
from survey_app.fieldwork import queries as surveys

REPEATS, ANSWERS, WARM_UP = 3, 1600, 160
HEAD = (
    "Database",
    "Submissions/s",
    "CPU-ms/submission",
    "of it web server",
    "Flow p50 ms",
    "p95 ms",
    "Worker peak MiB",
)


def run() -> None:
    """Print a row for each database."""
    show(
        f"Submissions, {clients.CLIENTS} clients, median of {REPEATS} runs of {ANSWERS}",
        HEAD,
        [row(name, servers.GUNICORN) for name in databases.NAMES],
    )


def row(database_name: str, server: str) -> Sequence[object]:
    """Medians on one database and one web server."""
    now = datetime.now(UTC)
    with houses.house(database_name, now) as house:
        number, printed = houses.survey(
            house,
            houses.commune(now),
            villages=8,
            households=(WARM_UP + REPEATS * ANSWERS) // 8,
            opens=now,
            days=9,
        )
        with servers.serving(house, server) as (process, socket):
            clients.submit_all(socket, printed[:WARM_UP], houses.instrument())
            measured = [
                _measured(house, process, socket, printed[WARM_UP + start * ANSWERS :][:ANSWERS])
                for start in range(REPEATS)
            ]
            peak = max(processes.peak_mebibytes(worker) for worker in processes.family(process))
        _require_all_stored(number, WARM_UP + REPEATS * ANSWERS)
    rate, total, web, middle, slow = (median(column) for column in zip(*measured, strict=True))
    return (
        database_name,
        f"{rate:.0f}",
        f"{total:.2f}",
        f"{web:.2f}",
        f"{middle:.0f}",
        f"{slow:.0f}",
        f"{peak:.0f}",
    )


def _measured(house: House, process: int, socket: object, printed: Sequence[str]) -> tuple[float, ...]:
    """Submissions per second, CPU-ms in all and of the web server, flow p50 and p95 in ms."""
    heads = (process, house.database.process)
    before = [processes.cpu_seconds(head) if head else 0 for head in heads]
    done = clients.submit_all(socket, printed, houses.instrument())
    web, database = (
        (processes.cpu_seconds(head) - spent) * 1000 / done.acknowledged if head else 0
        for head, spent in zip(heads, before, strict=True)
    )
    middle, slow = (done.flows[int(len(done.flows) * share)] * 1000 for share in (0.5, 0.95))
    return done.acknowledged / done.seconds, web + database, web, middle, slow


def _require_all_stored(number: str, acknowledged: int) -> None:
    db.session().rollback()
    stored = sum(surveys.answered_now(db.session(), number).values())
    if stored != acknowledged:
        raise RuntimeError(f"{acknowledged} answers acknowledged, {stored} stored")
