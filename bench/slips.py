"""What 400 slips of one village cost: seconds and memory, each time in a process of its own."""

import os
import time
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

from bench import house as houses
from bench.processes import peak_mebibytes
from bench.tables import median, show
from survey_app import db
from survey_app.app import create_app
from survey_app.config import load_settings
from survey_app.fieldwork import codes, queries
from survey_app.printing import slips

_SLIPS, _REPEATS = 400, 3


def run() -> None:
    """Print one row; the database plays no part in it."""
    now = datetime.now(UTC)
    with houses.house("SQLite", now) as house:
        number, _printed = houses.survey(
            house, houses.commune(now), villages=1, households=_SLIPS, opens=now, days=9
        )
        with get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
            measured = [pool.apply(make, (house.instance, number)) for _repeat in range(_REPEATS)]
    seconds, before, peak, size = (median(column) for column in zip(*measured, strict=True))
    show(
        f"{_SLIPS} slips as PDF, median of {_REPEATS} processes",
        ("Seconds", "Memory before, MiB", "Peak, MiB", "File, kB"),
        [(f"{seconds:.1f}", f"{before:.0f}", f"{peak:.0f}", f"{size / 1000:.0f}")],
    )


def make(instance: Path, number: str) -> tuple[float, float, float, int]:
    """Seconds, memory before and at most in MiB, and bytes of the file."""
    app = create_app(load_settings(instance))
    with app.app_context():
        survey = queries.survey(db.session(), number)
        village = queries.frame(db.session(), number)[0].unit
        printed = [codes.new_code(number) for _slip in range(_SLIPS)]
        before, began = peak_mebibytes(os.getpid()), time.perf_counter()
        file = slips.pdf(survey, village, printed, app.extensions["settings"])
        return time.perf_counter() - began, before, peak_mebibytes(os.getpid()), len(file)
