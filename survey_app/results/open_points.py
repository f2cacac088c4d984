"""What is still open when a result is about to be signed, and what was open when somebody signed all the same.

Each point is a count: who signs over one says why, and the minutes print both.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import assert_never

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app import audit
from survey_app.access import Identity
from survey_app.criteria.frameworks import RequirementKind
from survey_app.errors import DomainError
from survey_app.fieldwork import acts
from survey_app.fieldwork.queries import SurveyView
from survey_app.i18n import gettext as _
from survey_app.privacy.models import Complaint
from survey_app.quality import back_checks, paper_draw
from survey_app.results import public_remarks
from survey_app.results.models import SignedOver
from survey_app.rulebooks import pins
from survey_app.rulebooks.pins import Pin
from survey_app.templating import number

#: The act of signing over one, by the name that it had while drawn slips were the only point.
SIGNED_OVER = "results.sign_uncompared"


class OpenKind(StrEnum):
    """What can be open."""

    DRAWN_SLIPS = "drawn_slips"
    KEYED_AGAIN = "keyed_again"
    COMPLAINTS = "open_complaints"
    REMARKS = "open_remarks"
    BACK_CHECK = "back_check"
    CONTRADICTION = "contradiction"


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """This many of one kind."""

    kind: OpenKind
    count: int


@dataclass(frozen=True, slots=True)
class Over:
    """What one side signed over."""

    approval_id: int
    is_second: bool
    points: tuple[OpenPoint, ...]
    reason: str


class SignedOverOpenPoints(DomainError):
    """Something is open, and nobody said why it is signed all the same."""

    code = "con-viec-chua-xong"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, points: Iterable[OpenPoint]) -> None:
        super().__init__(
            _(
                "Open before signing: %(points)s. Settle it first, or give the reason why you sign all the same: it is "
                "kept and printed in the minutes.",
                points="; ".join(map(text, points)),
            )
        )


def of_survey(session: Session, survey: SurveyView) -> tuple[OpenPoint, ...]:
    """What is open for a sealed survey, in the order in which it is shown."""
    return of_surveys(session, [survey])[survey.id]


def of_surveys(session: Session, found: Sequence[SurveyView]) -> Mapping[str, tuple[OpenPoint, ...]]:
    """The same of each of these surveys, by its number."""
    numbers = [survey.id for survey in found]
    complaints = dict(
        session.execute(
            select(Complaint.survey_id, func.count())
            .where(Complaint.survey_id.in_(numbers), Complaint.closed_at.is_(None))
            .group_by(Complaint.survey_id)
            .order_by(Complaint.survey_id)
        ).all()
    )
    drawn, remarks = paper_draw.outcomes(session, numbers), public_remarks.waiting(session, numbers)
    contradicted = back_checks.contradictions(session, numbers)
    awaits_back_check = _await_back_check(session, found)
    counts = {
        number: {
            OpenKind.DRAWN_SLIPS: drawn[number].open,
            OpenKind.KEYED_AGAIN: sum(
                village.missing > 0 for village in paper_draw.keyed_again(session, number)
            ),
            OpenKind.COMPLAINTS: complaints.get(number, 0),
            OpenKind.REMARKS: sum(remarks.get(number, ())),
            OpenKind.BACK_CHECK: int(number in awaits_back_check),
            OpenKind.CONTRADICTION: int(number in contradicted),
        }
        for number in numbers
    }
    return {
        number: tuple(OpenPoint(kind, count) for kind, count in mine.items() if count)
        for number, mine in counts.items()
    }


def require_reason(points: Iterable[OpenPoint], reason: str) -> None:
    """Raises SignedOverOpenPoints where something is open and no reason is given."""
    found = tuple(points)
    if found and not reason.strip():
        raise SignedOverOpenPoints(found)


def record(
    session: Session,
    survey_id: str,
    approval_id: int,
    points: Iterable[OpenPoint],
    *,
    is_second: bool,
    reason: str,
    by: Identity,
    now: datetime,
) -> None:
    """Keep over what somebody signed, and why; nothing where nothing was open."""
    counts = {point.kind.value: point.count for point in points}
    if not counts:
        return
    session.add(
        SignedOver(
            approval_id=approval_id,
            is_second=is_second,
            survey_id=survey_id,
            points=counts,
            reason=reason,
            said_by=by.actor,
            said_at=now,
        )
    )
    details: dict[str, object] = {**counts, "reason": reason}
    audit.record(session, by.actor, SIGNED_OVER, acts.subject(survey_id), at=now, **details)


def signed_over(session: Session, survey_id: str) -> tuple[Over, ...]:
    """What was signed over, the side that asked first."""
    rows = session.scalars(
        select(SignedOver)
        .where(SignedOver.survey_id == survey_id)
        .order_by(SignedOver.approval_id, SignedOver.is_second)
    )
    return tuple(Over(row.approval_id, row.is_second, _points(row.points), row.reason) for row in rows)


def text(point: OpenPoint) -> str:
    """One open point with its count."""
    count = number(point.count)
    match point.kind:
        case OpenKind.DRAWN_SLIPS:
            said = _("paper slips drawn for signers and not compared: %(count)s", count=count)
        case OpenKind.KEYED_AGAIN:
            said = _("villages whose paper slips were not keyed again: %(count)s", count=count)
        case OpenKind.COMPLAINTS:
            said = _("complaints without an answer: %(count)s", count=count)
        case OpenKind.REMARKS:
            said = _("remarks of the public not read or not answered: %(count)s", count=count)
        case OpenKind.BACK_CHECK:
            said = _("the back-check that the rule book asks for is not recorded")
        case OpenKind.CONTRADICTION:
            said = _("the back-check contradicts the result")
        case _:
            assert_never(point.kind)
    return said


def _points(counts: Mapping[str, int]) -> tuple[OpenPoint, ...]:
    return tuple(OpenPoint(kind, counts[kind]) for kind in OpenKind if kind in counts)


def _await_back_check(session: Session, found: Sequence[SurveyView]) -> frozenset[str]:
    """Those whose rule book asks for a back-check that is not on record; of a ward it asks nothing."""
    done = back_checks.recorded(session, [survey.id for survey in found])
    judged = {one.id: one.rulebook for one in found if one.rulebook and not one.is_outside_programme}
    asking = {pin: _asks_back_check(session, pin) for pin in {*judged.values()}}
    return frozenset(number for number, pin in judged.items() if number not in done and asking[pin])


def _asks_back_check(session: Session, pin: Pin) -> bool:
    try:
        book = pins.pinned(session, pin).framework
    except pins.PinnedBookMissing:  # The findings block says so; nothing can be asked by a book that is gone.
        return False
    return book.asks(RequirementKind.BACK_CHECK)
