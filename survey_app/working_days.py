"""Working days as offices count them: Saturdays, Sundays and the days off that an operator has entered do not count.

Which days offices are closed is announced every year: where nobody has entered them, a window is shorter than the
office calendar around Tết, never longer.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta

from survey_app.config import VIETNAM


def last_of(working_days: int, *, after: date, days_off: Collection[date]) -> date:
    """The last of this many working days after a day.

    >>> last_of(2, after=date(2026, 6, 5), days_off=()).isoformat()  # a Friday
    '2026-06-09'
    """
    day = after
    while working_days:
        day += timedelta(days=1)
        if day.isoweekday() <= 5 and day not in days_off:
            working_days -= 1
    return day


def end_of(day: date) -> datetime:
    """24:00 of the day in Vietnam, as UTC."""
    return datetime.combine(day + timedelta(days=1), time(), VIETNAM).astimezone(UTC)
