"""What one evidence pack costs of the processor, and how much memory it takes: a commune of seven villages."""

import io
import resource
import time
import zipfile
from datetime import UTC, datetime

from flask import current_app

from bench import house as houses
from bench.tables import show
from survey_app import db
from survey_app.audit import OPERATOR
from survey_app.reporting import pack
from survey_app.sealing import operations as results

_VILLAGES, _HOUSEHOLDS, _REPEATS = 7, 100, 3


def run() -> None:
    """Print a row for the first pack of a process, which loads what draws, and one for each further pack."""
    now = datetime.now(UTC)
    with houses.house("sqlite", now) as house:
        number, printed = houses.survey(
            house, houses.commune(now), villages=_VILLAGES, households=_HOUSEHOLDS, opens=now, days=9
        )
        houses.answer(house, number, printed, now)
        with db.transaction() as current:
            results.close_and_seal(current, number, actor=OPERATOR, now=now, keys=house.keys)
        rows = [_row(house, number, now, which) for which in range(1, _REPEATS + 1)]
    head = ("Pack", "CPU, s", "Files", "ZIP, KB", "Peak memory, MB")
    show(f"Evidence pack of {_VILLAGES} villages, {_VILLAGES * _HOUSEHOLDS} households", head, rows)


def _row(house: houses.House, number: str, now: datetime, which: int) -> tuple[str, ...]:
    stream, began = io.BytesIO(), time.process_time()
    pack.write(
        db.session(), number, stream, settings=current_app.extensions["settings"], store=house.keys, now=now
    )
    spent = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    files = len(zipfile.ZipFile(stream).namelist())
    return f"number {which}", f"{spent:.2f}", str(files), f"{len(stream.getvalue()) / 1024:.0f}", str(peak)
