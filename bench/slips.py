"""What the slips of one village cost: processor and memory, each time in a process of its own."""

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
from survey_app.fieldwork import codes, frames, queries
from survey_app.printing import slips

#: How many slips; the larger number shows what memory grows by.
_SLIPS, _REPEATS = (400, 1600), 3


def run() -> None:
    """Print one row for each number of slips; the database plays no part in it."""
    now = datetime.now(UTC)
    rows = []
    with houses.house("SQLite", now) as house:
        number, _printed = houses.survey(
            house, houses.commune(now), villages=1, households=max(_SLIPS), opens=now, days=9
        )
        for slips_made in _SLIPS:
            with get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
                measured = [
                    pool.apply(make, (house.instance, number, slips_made)) for _repeat in range(_REPEATS)
                ]
            seconds, before, peak, size = (median(column) for column in zip(*measured, strict=True))
            rows.append((slips_made, f"{seconds:.1f}", f"{before:.0f}", f"{peak:.0f}", f"{size / 1000:.0f}"))
    show(
        f"Slips of one village as PDF, median of {_REPEATS} processes that never printed before",
        ("Slips", "CPU-s", "Memory before, MiB", "Peak, MiB", "File, kB"),
        rows,
    )


def make(instance: Path, number: str, slips_made: int) -> tuple[float, float, float, int]:
    """Seconds of processor, memory before and at most in MiB, and bytes of the file."""
    app = create_app(load_settings(instance))
    with app.app_context():
        survey = queries.survey(db.session(), number)
        village = frames.frame(db.session(), number)[0].unit
        printed = [codes.new_code(number) for _slip in range(slips_made)]
        before, began = peak_mebibytes(os.getpid()), time.process_time()
        file = slips.pdf(survey, village, printed, app.extensions["settings"])
        return time.process_time() - began, before, peak_mebibytes(os.getpid()), len(file)
