"""What the auditor's set of a very large commune costs: every answer, as the button on the page fetches it."""

import os
import time
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

from bench import house as houses
from bench.processes import peak_mebibytes
from bench.tables import show
from survey_app import db, keys
from survey_app.app import create_app
from survey_app.audit import OPERATOR
from survey_app.config import load_settings
from survey_app.results import set_views, sets
from survey_app.sealing import operations

_ANSWERS, _VILLAGES = 100_000, 50


def run() -> None:
    """Print one row."""
    now = datetime.now(UTC)
    with houses.house("SQLite", now) as house:
        number, printed = houses.survey(
            house,
            houses.commune(now),
            villages=_VILLAGES,
            households=_ANSWERS // _VILLAGES,
            opens=now,
            days=9,
        )
        houses.answer(house, number, printed, now)
        with db.transaction() as current:
            operations.close_and_seal(current, number, actor=OPERATOR, now=now, keys=house.keys)
        with get_context("spawn").Pool(1) as pool:
            seconds, before, peak, size = pool.apply(fetch, (house.instance, number))
    show(
        f"The auditor's set of {_ANSWERS:,} answers",
        ("CPU-s", "Memory before, MiB", "Peak, MiB", "File, MB"),
        [(f"{seconds:.1f}", f"{before:.0f}", f"{peak:.0f}", f"{size / 1e6:.0f}")],
    )


def fetch(instance: Path, number: str) -> tuple[float, float, float, int]:
    """CPU-seconds, memory before and at most in MiB, and bytes of the file."""
    app = create_app(load_settings(instance))
    with app.app_context():
        before, began = peak_mebibytes(os.getpid()), time.process_time()
        size = sum(
            map(len, set_views.body(sets.auditor_set(db.session(), number, keys.store().public_keys())))
        )
        return time.process_time() - began, before, peak_mebibytes(os.getpid()), size
