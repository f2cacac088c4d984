"""Days of fieldwork in Vietnamese time: when a date opens, when it closes, and when keying of paper ends."""

from datetime import UTC, date, datetime, time, timedelta

from survey_app import working_days
from survey_app.config import VIETNAM


def opening(day: date) -> datetime:
    """00:00 of the day in Vietnam, as UTC."""
    return datetime.combine(day, time(), VIETNAM).astimezone(UTC)


def closing(day: date) -> datetime:
    """24:00 of the day in Vietnam, as UTC."""
    return working_days.end_of(day)


def last_day(closes_at: datetime) -> date:
    """The last civil day on which phones are open, for a closing moment."""
    return (closes_at.astimezone(VIETNAM) - timedelta(seconds=1)).date()


def counting_end(closed_at: datetime, days: int) -> datetime:
    """24:00 of the last of so many working days after the phones closed."""
    return closing(working_days.last_of(days, after=last_day(closed_at)))


def full_hour(now: datetime) -> datetime:
    """The last full hour."""
    return now.replace(minute=0, second=0, microsecond=0)
