"""Which results of a year wait for appraisal, and which of them are opened one by one.

One by one: where something is open, and five of the others, drawn by their seals so that nobody chooses them.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from survey_app.campaigns import appraisal_points, appraisals, queries
from survey_app.campaigns.appraisal_points import AppraisalPoint
from survey_app.campaigns.appraisals import AppraisalView, Said
from survey_app.campaigns.rows import BoardRow
from survey_app.fieldwork import queries as surveys
from survey_app.sealing import queries as seals
from survey_app.units.queries import UnitView

#: How many results in which nothing is open are opened one by one all the same.
DRAWN = 5


@dataclass(frozen=True, slots=True)
class Appraised:
    """A signed result of the year with what is open and what was said of it."""

    row: BoardRow
    survey_id: str
    points: tuple[AppraisalPoint, ...]
    last: AppraisalView | None
    is_drawn: bool

    @property
    def seen(self) -> int:
        """Up to which row of the history this is."""
        return self.last.number if self.last else 0

    @property
    def is_accepted(self) -> bool:
        return self.last is not None and self.last.step is Said.ACCEPTED

    @property
    def is_sent_back(self) -> bool:
        """Whether the commune has to answer first."""
        return self.last is not None and self.last.step is Said.CHANGES

    @property
    def waits(self) -> bool:
        """Whether the province has to decide."""
        return not self.is_accepted and not self.is_sent_back

    @property
    def is_single(self) -> bool:
        """Whether it is opened by itself: something is open, it was drawn, or the commune has answered."""
        return bool(self.points) or self.is_drawn or self.last is not None


@dataclass(frozen=True, slots=True)
class Appraising:
    """The results of a year as the appraising Front looks at them."""

    year: int
    all: tuple[Appraised, ...]

    @property
    def single(self) -> tuple[Appraised, ...]:
        """Those that wait and are opened one by one."""
        return tuple(one for one in self.all if one.waits and one.is_single)

    @property
    def together(self) -> tuple[Appraised, ...]:
        """Those that wait and may be accepted in one step."""
        return tuple(one for one in self.all if one.waits and not one.is_single)

    @property
    def sent_back(self) -> tuple[Appraised, ...]:
        """Those that wait for the commune."""
        return tuple(one for one in self.all if one.is_sent_back)

    @property
    def accepted(self) -> tuple[Appraised, ...]:
        """Those that are done."""
        return tuple(one for one in self.all if one.is_accepted)


def of_year(session: Session, province: UnitView, year: int, now: datetime) -> Appraising:
    """Every signed result of the year that speaks for its commune, by name."""
    board = queries.board(session, province, year, now)
    rows = [(row, row.survey_id) for row in board.rows if row.is_signed and row.survey_id is not None]
    numbers = [number for _row, number in rows]
    last = appraisals.newest(session, numbers)
    # What is open counts no more once it was accepted.
    done = {number for number, said in last.items() if said.step is Said.ACCEPTED}
    waiting = [surveys.survey(session, number) for number in numbers if number not in done]
    points = {number: last[number].points for number in done} | dict(
        appraisal_points.of_surveys(session, waiting)
    )
    drawn = drawn_among(seals.digests(session, [number for number in numbers if not points[number]]))
    return Appraising(
        year,
        tuple(
            Appraised(row, number, points[number], last.get(number), number in drawn) for row, number in rows
        ),
    )


def drawn_among(digests: Mapping[str, str]) -> frozenset[str]:
    """The surveys drawn of those with these digests of their seals: nobody knew them before the count.

    >>> len(drawn_among({str(number): str(number) for number in range(9)}))
    5
    """
    lots = {
        number: hashlib.sha256(f"appraisal {digest}".encode()).digest() for number, digest in digests.items()
    }
    return frozenset(sorted(lots, key=lambda number: (lots[number], number))[:DRAWN])
