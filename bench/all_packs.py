"""All evidence packs of a province in one run of the background spool: `python -m bench.all_packs [110]`.

Communes of seven villages are asked, answered and sealed; their packs are ordered in one go; a process of its own then
works the orders off as the minute job does, without waiting for the next minute. Takes a quarter of an hour or more, so
that `python -m bench` does not run it.
"""

import random
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from bench import house as houses
from bench.house import House
from bench.tables import median, show
from survey_app import db
from survey_app.app import create_app
from survey_app.audit import OPERATOR
from survey_app.config import load_settings
from survey_app.demo import answers
from survey_app.demo.answers import Asking, Character
from survey_app.fieldwork import frames
from survey_app.fieldwork import queries as surveys
from survey_app.reporting import spool
from survey_app.sealing import operations as results
from survey_app.units import queries as units

_ALL, _VILLAGES, _HOUSEHOLDS = 110, 7, 100
_LIKE = Character(answering=0.9, satisfied=0.9, on_paper=0.1)


@dataclass(frozen=True, slots=True)
class Worked:
    """What the process that made the packs took; sizes in bytes, memory in kibibytes."""

    made: int
    failed: int
    seconds: float
    processor: float
    each: tuple[float, ...]
    peak: int
    bytes: int


def run(count: int) -> None:
    """Print one row for the whole run."""
    now = datetime.now(UTC)
    with houses.house("sqlite", now) as house:
        began = time.perf_counter()
        numbers = [_sealed(house, place, now) for place in range(count)]
        for number in numbers:
            spool.order(db.session(), number, now)
        print(f"{len(numbers)} communes sealed in {time.perf_counter() - began:.0f} s", file=sys.stderr)
        db.session().close()
        found = _worked(house.instance, numbers)
    head = (
        "Made",
        "Failed",
        "Time, min",
        "CPU, min",
        "One pack, s",
        "Slowest, s",
        "Peak memory, MB",
        "ZIPs, MB",
    )
    row = (
        str(found.made), str(found.failed), f"{found.seconds / 60:.1f}", f"{found.processor / 60:.1f}",
        f"{median(found.each):.1f}", f"{max(found.each):.1f}", str(found.peak // 1024), f"{found.bytes / 2**20:.0f}",
    )  # fmt: skip
    show(
        f"Packs of {count} communes of {_VILLAGES} villages, {_VILLAGES * _HOUSEHOLDS} households",
        head,
        [row],
    )


def _sealed(house: House, place: int, now: datetime) -> str:
    """A commune's sealed survey; its slips are answered in bulk, as in the sample province."""
    province = units.unit_by_code(db.session(), houses.PROVINCE, units.civil(now))
    communes = [
        one for one in units.communes(db.session(), province.path, units.civil(now)) if one.kind == "xa"
    ]
    opens = now - timedelta(days=9)
    number, _printed = houses.survey(
        house, communes[place], villages=_VILLAGES, households=_HOUSEHOLDS, opens=opens, days=20, slips=False
    )
    with db.transaction() as current:
        asking = Asking(surveys.survey(current, number), opens, house.keys)
        for line in frames.frame(current, number):
            answers.answer(current, asking, line, _LIKE, random.Random(f"{place} {line.unit.code}"))
    with db.transaction() as current:
        results.close_and_seal(current, number, actor=OPERATOR, now=now, keys=house.keys)
    return number


def _worked(instance: Path, numbers: Sequence[str]) -> Worked:
    """Work the orders off in a process that has done nothing else, so that its memory is that of the packs."""
    context = get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(instance, tuple(numbers), there))
    process.start()
    there.close()
    found: Worked = here.recv()
    process.join()
    return found


def _work(instance: Path, numbers: Sequence[str], told: Connection) -> None:
    app = create_app(load_settings(instance))
    with app.app_context():
        began, each = time.perf_counter(), []
        while any(order.waits for order in spool.orders(numbers)):
            started = time.perf_counter()
            made = spool.work(datetime.now(UTC))
            each += [(time.perf_counter() - started) / max(made, 1)] * made
            print(f"{len(each)} packs", file=sys.stderr)
        orders = spool.orders(numbers)
    used = resource.getrusage(resource.RUSAGE_SELF)
    told.send(
        Worked(
            made=sum(order.is_made for order in orders),
            failed=sum(order.has_failed for order in orders),
            seconds=time.perf_counter() - began,
            processor=used.ru_utime + used.ru_stime,
            each=tuple(each),
            peak=used.ru_maxrss,
            bytes=sum(order.bytes for order in orders),
        )
    )


if __name__ == "__main__":
    run(int(sys.argv[1]) if len(sys.argv) > 1 else _ALL)
