"""The minute job: rooms register what must happen by the clock, `run_due` does all of it.

Knows no room. A job gets the moment as an argument, opens its own transactions and must be safe to run twice.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from flask import Flask, current_app

Job: TypeAlias = Callable[[datetime], object]


def register(app: Flask, name: str, job: Job) -> None:
    """Have `job` run every minute under `name`, after those registered before it."""
    app.extensions.setdefault("jobs", {})[name] = job


def run_due(now: datetime) -> dict[str, object]:
    """Run every job once; what each returned, by name."""
    registered: dict[str, Job] = current_app.extensions.get("jobs", {})
    return {name: job(now) for name, job in registered.items()}
