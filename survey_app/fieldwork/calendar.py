"""Days of fieldwork in Vietnamese time: when a date opens, when it closes, and when keying of paper ends."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from survey_app import working_days
from survey_app.config import VIETNAM, Settings

#: A survey is sealed by the clock when that was due on two days; the minute job may need the minutes on the second.
SEALING_TAKES = timedelta(days=1, minutes=5)


@dataclass(frozen=True, slots=True)
class Keying:
    """How long paper is keyed after the phones closed, as the operator set it."""

    working_days: int
    days_off: Collection[date] = frozenset()

    @classmethod
    def by(cls, settings: Settings) -> "Keying":
        return cls(settings.counting_days, frozenset(off.day for off in settings.days_off))

    def ends(self, closed_at: datetime) -> datetime:
        """24:00 of the last of the working days after the phones closed."""
        return closing(
            working_days.last_of(self.working_days, after=last_day(closed_at), days_off=self.days_off)
        )


def opening(day: date) -> datetime:
    """00:00 of the day in Vietnam, as UTC."""
    return datetime.combine(day, time(), VIETNAM).astimezone(UTC)


def closing(day: date) -> datetime:
    """24:00 of the day in Vietnam, as UTC."""
    return working_days.end_of(day)


def last_day(closes_at: datetime) -> date:
    """The last civil day on which phones are open, for a closing moment."""
    return (closes_at.astimezone(VIETNAM) - timedelta(seconds=1)).date()


def year_later(day: date) -> date:
    """The same day of the next year; the last of February for its 29th.

    >>> year_later(date(2028, 2, 29))
    datetime.date(2029, 2, 28)
    """
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + 1, day=28 if is_leap_day else day.day)


def full_hour(now: datetime) -> datetime:
    """The last full hour."""
    return now.replace(minute=0, second=0, microsecond=0)
