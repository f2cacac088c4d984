"""What changed on the board since last Monday. Pure: counts rows by their days; the clock is an argument."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from survey_app.campaigns.milestones import Milestone
from survey_app.campaigns.rows import BoardRow


@dataclass(frozen=True, slots=True)
class Changes:
    """How many communes took a step on `since` or later, and how many became late in those days."""

    since: date
    signed: int
    sealed: int
    opened: int
    late: int


def last_monday(today: date) -> date:
    """The Monday before today: on a Monday the one of a week ago.

    >>> [last_monday(date(2026, 12, day)).day for day in (14, 15, 20)]
    [7, 14, 14]
    """
    return today - timedelta(days=(today.weekday() or 7))


def since_monday(rows: Iterable[BoardRow], today: date) -> Changes:
    """Of the units that the indicator applies to."""
    since = last_monday(today)
    mine = [row for row in rows if row.in_scope]

    def count(milestone: Milestone) -> int:
        days = (row.milestones[milestone].on for row in mine if milestone in row.milestones)
        return sum(on is not None and on >= since for on in days)

    return Changes(
        since,
        signed=count(Milestone.SIGNED),
        sealed=count(Milestone.SEALED),
        opened=count(Milestone.OPENED),
        late=sum(_is_newly_late(row, since) for row in mine),
    )


def _is_newly_late(row: BoardRow, since: date) -> bool:
    """Whether its day passed on `since` or later: the day itself was still in time."""
    last_day = row.wait.last_day if row.is_late and row.wait else None
    return last_day is not None and last_day + timedelta(days=1) >= since
