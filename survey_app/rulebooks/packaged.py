"""The rule books and the provinces' plans that ship with the product, one JSON file each.

A file is all that a new one needs: a rule book in `data/`, a plan in `data/plans/`, found by its province and years.
Knows no database: `operations` takes rule books into it.
"""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from survey_app.criteria import framework_document, targets
from survey_app.criteria.frameworks import Framework
from survey_app.criteria.targets import Plan

_FOLDER = Path(__file__).parent / "data"


@cache
def packaged() -> tuple[Framework, ...]:
    """Every shipped rule book, by key."""
    return tuple(sorted(map(framework_document.load, _documents(_FOLDER)), key=lambda book: book.key))


@cache
def plans() -> tuple[Plan, ...]:
    """Every shipped plan, by province and the newest first."""
    return tuple(
        sorted(
            map(targets.load, _documents(_FOLDER / "plans")), key=lambda plan: (plan.province, -plan.since)
        )
    )


def plan_of(province: str, year: int) -> Plan | None:
    """The newest plan of the province that had begun in that year; a year before all of them has the oldest."""
    found = [plan for plan in plans() if plan.province == province]
    return next((plan for plan in found if plan.since <= year), found[-1] if found else None)


def _documents(folder: Path) -> Iterator[dict[str, Any]]:
    return (json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.json")))
