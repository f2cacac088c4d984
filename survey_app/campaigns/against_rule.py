"""Communes with a sealed result against the rule that each was asked under: coverage and satisfaction.

The rule book is the one that the survey pinned; a condition without a figure asks nothing. Rows come from the board,
after disclosure.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.campaigns.rows import BoardRow
from survey_app.criteria.frameworks import NEVER_MEETING_INDICATOR, Framework, RequirementKind, Threshold
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.models import WITH_SEAL, Survey
from survey_app.rulebooks import pins


@dataclass(frozen=True, slots=True)
class AgainstRule:
    """One commune, and what its rule book asks of its coverage and of its rate; None where it asks nothing."""

    row: BoardRow
    coverage: Threshold | None
    pooled: Threshold | None


def standings(session: Session, rows: Iterable[BoardRow]) -> tuple[AgainstRule, ...]:
    """The communes with a sealed result, in the order of the rows; wards meet no rule. Raises PinnedBookMissing."""
    sealed = [row for row in rows if row.state in WITH_SEAL and row.unit.kind not in NEVER_MEETING_INDICATOR]
    numbers = [row.survey_id for row in sealed]
    found = session.scalars(select(Survey).where(Survey.id.in_(numbers)).order_by(Survey.id))
    pinned = {survey.id: pin for survey in found if (pin := surveys.pin_of(survey))}
    books = {pin: pins.pinned(session, pin).framework for pin in {*pinned.values()}}
    judged = {number: books[pin] for number, pin in pinned.items()}
    return tuple(_standing(row, judged.get(row.survey_id or "")) for row in sealed)


def _standing(row: BoardRow, book: Framework | None) -> AgainstRule:
    return AgainstRule(row, _asked(book, RequirementKind.COVERAGE), _asked(book, RequirementKind.POOLED_RATE))


def _asked(book: Framework | None, kind: RequirementKind) -> Threshold | None:
    """The first figure that the book asks of such a rate."""
    requirements = book.requirements if book else ()
    return next((one.threshold for one in requirements if one.kind is kind and one.threshold), None)
