"""Daily limit of opening the page of one slip, so that nobody can watch a photographed slip being used.

Sending an answer is never counted and never refused here, except with a cancelled slip, which no longer takes any: its
refusals tell used from unused. Knows no address and no person.
"""

from collections import Counter
from datetime import datetime

from flask import current_app

from survey_app import db, throttle
from survey_app.collecting.refusals import OpenedTooOften

#: Times a slip's page or its review opens in one civil day: plenty for a family that shares a phone.
LOOKS_A_DAY = 40
#: The first looks are counted in this process alone: the usual household costs no write and leaves no row.
_UNWRITTEN = 5
#: Slips remembered at once; beyond that counting begins again, which only gives some more unwritten looks.
_MOST_REMEMBERED = 50_000


def count_look(code_mac: bytes, now: datetime) -> None:
    """Count one look at the slip with this code. Raises OpenedTooOften beyond the day's limit."""
    key = throttle.subject_key("look", code_mac.hex(), now)
    seen: Counter[str] = current_app.extensions.setdefault("looks", Counter())
    if len(seen) >= _MOST_REMEMBERED:
        seen.clear()
    seen[key] += 1
    if seen[key] <= _UNWRITTEN:
        return
    with db.transaction() as current:
        written = throttle.count_of_day(current, key, now)
    if written > LOOKS_A_DAY - _UNWRITTEN:
        raise OpenedTooOften(throttle.seconds_left_of_day(now))
