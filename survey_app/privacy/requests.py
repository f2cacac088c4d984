"""The log of what people ask about their personal data, and the day by which each must be answered.

Decree 356/2025/NĐ-CP is reported to give two working days (reading of a law firm, not of the text; have it confirmed).
The log needs no name: the office keeps a reference of its own. Neither reference nor answer goes into the audit log,
which is never erased.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from http import HTTPStatus

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from survey_app import audit, db, working_days
from survey_app.access import Identity
from survey_app.errors import DomainError
from survey_app.i18n import gettext as _
from survey_app.privacy.models import DataRequest, DataRequestAnswer
from survey_app.units.models import Unit

#: Working days from the day a request was received.
WORKING_DAYS = 2


class RequestKind(StrEnum):
    ACCESS = "access"
    CORRECTION = "correction"
    ERASURE = "erasure"
    OBJECTION = "objection"


class RequestNotFound(DomainError):
    code = "khong-co-yeu-cau"
    status = HTTPStatus.NOT_FOUND

    def __init__(self) -> None:
        super().__init__(_("There is no such request in your area."))


@dataclass(frozen=True, slots=True)
class Answer:
    text: str
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class RequestView:
    """One request; open while it has no answer."""

    id: int
    kind: RequestKind
    reference: str
    received_on: date
    due_on: date
    answers: tuple[Answer, ...]

    @property
    def is_open(self) -> bool:
        return not self.answers

    def is_late(self, on: date) -> bool:
        """Whether the last day has passed without an answer."""
        return self.is_open and self.due_on < on


def due_on(received_on: date, days_off: Collection[date]) -> date:
    """The last day to answer what was received that day.

    >>> due_on(date(2026, 6, 5), ()).isoformat()  # a Friday
    '2026-06-09'
    """
    return working_days.last_of(WORKING_DAYS, after=received_on, days_off=days_off)


def receive(
    session: Session,
    kind: RequestKind,
    reference: str,
    received_on: date,
    *,
    by: Identity,
    now: datetime,
    days_off: Collection[date],
) -> DataRequest:
    """Record a request for the person's own unit."""
    row = DataRequest(
        unit_id=by.unit_id,
        kind=kind,
        reference=reference,
        received_on=received_on,
        due_on=due_on(received_on, days_off),
        recorded_by=by.actor,
        recorded_at=now,
    )
    session.add(row)
    session.flush()  # the note of the act names the request by its number
    audit.record(session, by.actor, "results.request_received", f"request:{row.id}", at=now, kind=kind.value)
    return row


def answer(session: Session, request_id: int, text: str, *, by: Identity, now: datetime) -> None:
    """Add what was answered; nothing said before is changed. Raises RequestNotFound outside the person's subtree."""
    mine = (
        select(DataRequest.id).join(Unit, Unit.id == DataRequest.unit_id).where(DataRequest.id == request_id)
    )
    if db.hold_rows(session, mine.where(_below(by))).first() is None:
        raise RequestNotFound
    before = select(func.count()).where(DataRequestAnswer.request_id == request_id)
    number = session.scalars(before).one() + 1
    session.add(
        DataRequestAnswer(
            request_id=request_id, number=number, answer=text, answered_by=by.actor, answered_at=now
        )
    )
    audit.record(
        session, by.actor, "results.request_answered", f"request:{request_id}", at=now, number=number
    )


def requests_of(session: Session, person: Identity) -> tuple[RequestView, ...]:
    """Requests of the person's subtree: open ones first, the nearest day to answer first; then the newest."""
    rows = session.scalars(
        select(DataRequest)
        .join(Unit, Unit.id == DataRequest.unit_id)
        .where(_below(person))
        .order_by(DataRequest.id)
    ).all()
    answers = _answers(session, (row.id for row in rows))
    found = [
        RequestView(
            row.id, RequestKind(row.kind), row.reference, row.received_on, row.due_on, answers.get(row.id, ())
        )
        for row in rows
    ]
    waiting = sorted((view for view in found if view.is_open), key=lambda view: (view.due_on, view.id))
    return (*waiting, *(view for view in reversed(found) if not view.is_open))


def _answers(session: Session, request_ids: Iterable[int]) -> dict[int, tuple[Answer, ...]]:
    rows = session.scalars(
        select(DataRequestAnswer)
        .where(DataRequestAnswer.request_id.in_(list(request_ids)))
        .order_by(DataRequestAnswer.request_id, DataRequestAnswer.number)
    )
    found: dict[int, tuple[Answer, ...]] = {}
    for row in rows:
        found[row.request_id] = (*found.get(row.request_id, ()), Answer(row.answer, row.answered_at))
    return found


def _below(person: Identity) -> ColumnElement[bool]:
    return Unit.path.startswith(person.unit_path, autoescape=True)
