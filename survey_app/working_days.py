"""Working days as offices count them: Saturdays and Sundays do not count.

Public holidays are not known here, so a window can be a day short of the office calendar around Tết, never longer.
"""

from datetime import UTC, date, datetime, time, timedelta

from survey_app.config import VIETNAM


def last_of(working_days: int, *, after: date) -> date:
    """The last of so many working days after a day.

    >>> last_of(2, after=date(2026, 6, 5)).isoformat()  # a Friday
    '2026-06-09'
    """
    day = after
    while working_days:
        day += timedelta(days=1)
        if day.isoweekday() <= 5:
            working_days -= 1
    return day


def end_of(day: date) -> datetime:
    """24:00 of the day in Vietnam, as UTC."""
    return datetime.combine(day + timedelta(days=1), time(), VIETNAM).astimezone(UTC)
