"""Remarks of the public on a consultation (phản ánh, kiến nghị): received, read by the Front, answered, counted.

Nobody needs an account and nothing of a person is asked. The Front reads a remark before anybody else does and shows
it or withholds it for a reason of a list (ADR 52); what it shows can be answered, and is shown with its answer on
the public page. Withheld ones are counted there. Neither a remark nor an answer is in the audit log.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import assert_never

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from survey_app import audit, db
from survey_app.access import Body, Identity
from survey_app.errors import DomainError
from survey_app.fieldwork import operations as fieldwork
from survey_app.fieldwork.models import TAKING_ANSWERS, WITH_SEAL, Purpose
from survey_app.fieldwork.queries import SurveyView
from survey_app.i18n import gettext as _
from survey_app.privacy.models import PublicRemark, PublicRemarkAnswer
from survey_app.privacy.retention import TAKEN_OUT
from survey_app.scoring.texts import RELEASED, WITHHELD
from survey_app.units import queries as units

ENTERED = "results.remark_entered"
READ = "results.remark_read"
ANSWERED = "results.remark_answered"

#: The last one withholds too, and the text itself is erased: it is about a person.
DECISIONS = (RELEASED, *WITHHELD, TAKEN_OUT)
#: Letters of a remark and of an answer.
LONGEST = 2000

_OPEN = (*TAKING_ANSWERS, *WITH_SEAL)


class NoRemarks(DomainError):
    """Nothing can be remarked on this survey: it has not begun, was cancelled, or is none of households."""

    code = "khong-nhan-phan-anh"

    def __init__(self) -> None:
        super().__init__(
            _(
                "Remarks are received from the day on which a consultation of households opens; not on one that was "
                "cancelled."
            )
        )


class NoSuchRemark(DomainError):
    """No remark of that number on this survey."""

    code = "khong-co-phan-anh"
    status = HTTPStatus.NOT_FOUND

    def __init__(self) -> None:
        super().__init__(_("There is no such remark on this survey."))


class ReadMeanwhile(DomainError):
    """Somebody decided or answered after the page was opened."""

    code = "da-co-nguoi-xu-ly"

    def __init__(self) -> None:
        super().__init__(_("Somebody decided or answered after you opened this page. Look again."))


class NotShown(DomainError):
    """Only what is shown is answered: the answer is shown beside it."""

    code = "phan-anh-chua-duyet"

    def __init__(self) -> None:
        super().__init__(_("The Front has not shown this remark, so it is not answered here."))


@dataclass(frozen=True, slots=True)
class AnswerView:
    """One answer, and which body of which unit gave it."""

    text: str
    by: str
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class RemarkView:
    """One remark as the Front reads it; `text` is "" once it was taken out."""

    number: int
    text: str
    received_on: date
    #: Whose officer entered it at the commune; None from the public form.
    entered_for: Body | None
    decision: str | None
    answers: tuple[AnswerView, ...]

    @property
    def is_shown(self) -> bool:
        return self.decision == RELEASED

    @property
    def waits_for_the_front(self) -> bool:
        return self.decision is None

    @property
    def waits_for_an_answer(self) -> bool:
        return self.is_shown and not self.answers

    @property
    def mark(self) -> str:
        """By which who decides or answers says what was seen."""
        return f"{self.decision or ''}-{len(self.answers)}"


@dataclass(frozen=True, slots=True)
class Counted:
    """How many remarks there are, by their way in and by what became of them."""

    received: int
    at_commune: int
    answered: int
    withheld: int
    #: Not read by the Front, or shown and without an answer.
    waiting: int

    @property
    def online(self) -> int:
        return self.received - self.at_commune


def are_received(survey: SurveyView) -> bool:
    """Whether remarks on this survey are received now."""
    return survey.purpose is Purpose.DECISION and survey.state in _OPEN


def on_record(session: Session, survey_id: str) -> tuple[RemarkView, ...]:
    """Every remark of the survey, oldest first."""
    rows = session.scalars(
        select(PublicRemark).where(PublicRemark.survey_id == survey_id).order_by(PublicRemark.number)
    ).all()
    answers = _answers(session, [row.id for row in rows])
    return tuple(
        RemarkView(
            row.number,
            row.text,
            row.received_on,
            Body(row.entered_for) if row.entered_for else None,
            row.decision,
            answers.get(row.id, ()),
        )
        for row in rows
    )


def one(session: Session, survey_id: str, number: int) -> RemarkView:
    """Raises NoSuchRemark."""
    for found in on_record(session, survey_id):
        if found.number == number:
            return found
    raise NoSuchRemark


def counted(remarks: Iterable[RemarkView]) -> Counted:
    """What there is, in numbers."""
    found = tuple(remarks)
    return Counted(
        received=len(found),
        at_commune=sum(one.entered_for is not None for one in found),
        answered=sum(one.is_shown and bool(one.answers) for one in found),
        withheld=sum(one.decision is not None and not one.is_shown for one in found),
        waiting=sum(one.waits_for_the_front or one.waits_for_an_answer for one in found),
    )


def waiting(session: Session, survey_ids: Iterable[str]) -> Mapping[str, tuple[int, int]]:
    """By survey, remarks that the Front has not read, and shown ones without an answer; surveys without are absent."""
    is_answered = select(PublicRemarkAnswer.remark_id).where(PublicRemarkAnswer.remark_id == PublicRemark.id)
    unanswered = (PublicRemark.decision == RELEASED) & ~is_answered.exists()
    unread = PublicRemark.decision.is_(None)
    rows = session.execute(
        select(PublicRemark.survey_id, unread, func.count())
        .where(PublicRemark.survey_id.in_(list(survey_ids)), or_(unread, unanswered))
        .group_by(PublicRemark.survey_id, unread)
        .order_by(PublicRemark.survey_id, unread)
    )
    found: dict[str, tuple[int, int]] = {}
    for survey_id, is_unread, count in rows:
        before = found.get(survey_id, (0, 0))
        found[survey_id] = (count, before[1]) if is_unread else (before[0], count)
    return found


def sent_as(page: str, text: str) -> str:
    """What tells one sending from another: a page sent twice is the same one, another text of that page is not."""
    return hashlib.sha256(f"{page}\0{text}".encode()).hexdigest()


def stored_as(session: Session, survey_id: str, sent: str) -> int | None:
    """The number under which this sending is stored; None where it is not."""
    mine = select(PublicRemark.number).where(
        PublicRemark.sent_as == sent, PublicRemark.survey_id == survey_id
    )
    return session.scalar(mine)


def receive(
    session: Session,
    survey: SurveyView,
    text: str,
    *,
    sent: str,
    received_on: date,
    by: Identity | None,
    now: datetime,
) -> int:
    """Store a remark, from the public form or entered at the commune `by` somebody; its number. Sent twice is one.

    Raises NoRemarks.
    """
    if not are_received(survey):
        raise NoRemarks
    fieldwork.hold(session, survey.id)
    before = stored_as(session, survey.id, sent)
    if before is not None:
        return before
    last = select(func.max(PublicRemark.number)).where(PublicRemark.survey_id == survey.id)
    number = (session.scalar(last) or 0) + 1
    body = by.body if by else None
    session.add(
        PublicRemark(
            survey_id=survey.id,
            number=number,
            sent_as=sent,
            text=text,
            received_on=received_on,
            entered_for=body.value if body else None,
            entered_by=by.actor if by else None,
        )
    )
    if by:
        audit.record(session, by.actor, ENTERED, f"survey:{survey.id}", at=now, remark=number)
    return number


def decide(
    session: Session, survey_id: str, number: int, decision: str, *, seen: str, actor: str, now: datetime
) -> None:
    """Show a remark or withhold it; taken out, its text is erased. Raises NoSuchRemark and ReadMeanwhile."""
    row, found = _held(session, survey_id, number)
    if found.mark != seen or found.decision == TAKEN_OUT:
        raise ReadMeanwhile
    row.decision = decision
    if decision == TAKEN_OUT:
        row.text = ""
    audit.record(session, actor, READ, f"survey:{survey_id}", at=now, remark=number, decision=decision)


def answer(
    session: Session, survey_id: str, number: int, text: str, *, seen: str, by: Identity, now: datetime
) -> None:
    """Add an answer of the person's body. Raises NoSuchRemark, ReadMeanwhile and NotShown."""
    row, found = _held(session, survey_id, number)
    if not found.is_shown:
        raise NotShown
    if found.mark != seen:
        raise ReadMeanwhile
    if by.body is None:
        raise LookupError(f"{by.role} answers for no body")
    session.add(
        PublicRemarkAnswer(
            remark_id=row.id,
            number=len(found.answers) + 1,
            text=text,
            body=by.body.value,
            unit_id=by.unit_id,
            answered_by=by.actor,
            answered_at=now,
        )
    )
    audit.record(session, by.actor, ANSWERED, f"survey:{survey_id}", at=now, remark=number)


def body_name(body: Body, unit: units.UnitView) -> str:
    """The body of that unit as an answer is signed: never a person."""
    match body:
        case Body.GOVERNMENT:
            return _("People's Committee of %(commune)s", commune=unit.running_name)
        case Body.FRONT:
            return _("Fatherland Front Committee of %(commune)s", commune=unit.running_name)
        case _:
            assert_never(body)


def _held(session: Session, survey_id: str, number: int) -> tuple[PublicRemark, RemarkView]:
    mine = select(PublicRemark).where(PublicRemark.survey_id == survey_id, PublicRemark.number == number)
    row = db.hold_rows(session, mine).first()
    if row is None:
        raise NoSuchRemark
    return row, one(session, survey_id, number)


def _answers(session: Session, remark_ids: list[int]) -> Mapping[int, tuple[AnswerView, ...]]:
    rows = session.scalars(
        select(PublicRemarkAnswer)
        .where(PublicRemarkAnswer.remark_id.in_(remark_ids))
        .order_by(PublicRemarkAnswer.remark_id, PublicRemarkAnswer.number)
    ).all()
    by = {unit_id: units.unit(session, unit_id) for unit_id in {row.unit_id for row in rows}}
    found: dict[int, tuple[AnswerView, ...]] = {}
    for row in rows:
        said = AnswerView(row.text, body_name(Body(row.body), by[row.unit_id]), row.answered_at)
        found[row.remark_id] = (*found.get(row.remark_id, ()), said)
    return found
