"""Phones open and close by the clock, unless it is in doubt."""

from datetime import datetime

from survey_app import config, db
from survey_app.clock import is_doubted
from survey_app.fieldwork import operations
from survey_app.fieldwork.calendar import Keying


def open_and_close(now: datetime) -> dict[str, int]:
    """Open and close the phones that are due, and copy the hour's progress; how many of each.

    While the clock is in doubt phones stay as they are: a person decides first.
    """
    keying = Keying.by(config.settings())
    with db.transaction() as current:
        believed = not is_doubted(current)
        opened = operations.open_due(current, now) if believed else 0
        closed = operations.close_due(current, now, keying) if believed else 0
        copied = operations.copy_progress(current, now)
    return {"opened": opened, "closed": closed, "copied": copied}
