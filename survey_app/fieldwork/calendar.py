"""Days of fieldwork in Vietnamese time: when a date opens, when it closes, and when keying of paper ends."""

from datetime import UTC, date, datetime, time, timedelta

from survey_app.config import VIETNAM


def opening(day: date) -> datetime:
    """00:00 of the day in Vietnam, as UTC."""
    return datetime.combine(day, time(), VIETNAM).astimezone(UTC)


def closing(day: date) -> datetime:
    """24:00 of the day in Vietnam, as UTC."""
    return opening(day + timedelta(days=1))


def last_day(closes_at: datetime) -> date:
    """The last civil day on which phones are open, for a closing moment."""
    return (closes_at.astimezone(VIETNAM) - timedelta(seconds=1)).date()


def counting_end(closed_at: datetime, working_days: int) -> datetime:
    """24:00 of the last of `working_days` working days after the phones closed.

    Saturdays and Sundays do not count; public holidays are not known here, so the window can be a day short of the
    office calendar around Tết, never longer.
    """
    day = last_day(closed_at)
    while working_days:
        day += timedelta(days=1)
        if day.isoweekday() <= 5:
            working_days -= 1
    return closing(day)


def full_hour(now: datetime) -> datetime:
    """The last full hour."""
    return now.replace(minute=0, second=0, microsecond=0)
