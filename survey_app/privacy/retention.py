"""Removing what is no longer needed: raw answers some months after their survey was sealed, and old invitations.

Tallies, seal and the list of leaves stay, so a receipt can still be found and the seal still be checked. The law
names no number of months, and neither does this module: who runs the server sets it.
"""

import calendar
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus

from sqlalchemy import delete, exists, func, insert, or_, select, update
from sqlalchemy.orm import Session

from survey_app import audit
from survey_app.accounts.models import Invitation
from survey_app.collecting import paper
from survey_app.collecting.models import AnnulledResponse, RetainedLeaf, SealedResponse
from survey_app.errors import DomainError
from survey_app.fieldwork import operations
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.calendar import opening
from survey_app.fieldwork.models import Survey
from survey_app.i18n import gettext as _
from survey_app.privacy.models import Complaint, PublicRemark, TextReview
from survey_app.privacy.permits import permitted
from survey_app.scoring.texts import RELEASED
from survey_app.sealing import cancelling, queries
from survey_app.sealing.models import Seal
from survey_app.templating import day
from survey_app.units.queries import civil

#: Where raw answers lie: those that count, and those annulled with their village.
_ANSWERS = (SealedResponse, AnnulledResponse)
#: What is decided of a remark of the public whose text is erased.
TAKEN_OUT = "taken_out"
#: The act under which the removal of old invitations is noted.
RETAIN = "results.retain"


class NotConfigured(DomainError):
    """Nobody has said how long answers are kept."""

    code = "chua-cau-hinh-thoi-han"

    def __init__(self) -> None:
        super().__init__(
            _(
                "How long raw answers are kept is not configured. Set retention_months in settings.toml, "
                "or give --months."
            )
        )


class TooEarly(DomainError):
    """The answers of this survey are still to be kept."""

    code = "chua-het-thoi-han"

    def __init__(self, survey_id: str, ended_at: datetime) -> None:
        super().__init__(
            _(
                "Survey %(survey)s ended on %(day)s; its answers are still to be kept.",
                survey=survey_id,
                day=day(civil(ended_at)),
            )
        )


class ComplaintOpen(DomainError):
    """While a complaint is open nothing that could answer it is removed."""

    code = "dang-co-khieu-nai"
    status = HTTPStatus.CONFLICT

    def __init__(self, survey_id: str) -> None:
        super().__init__(
            _(
                "A complaint about survey %(survey)s is open, so its answers are kept until it is closed.",
                survey=survey_id,
            )
        )


class AlreadyRemoved(DomainError):
    """The answers of this survey are gone."""

    code = "da-xoa"

    def __init__(self, survey_id: str, on: date) -> None:
        super().__init__(
            _("The raw answers of survey %(survey)s were removed on %(day)s.", survey=survey_id, day=day(on))
        )


@dataclass(frozen=True, slots=True)
class Removed:
    """What one run took away from one survey, annulled answers included."""

    survey: str
    answers: int


def keep_from(on: date, months: int) -> datetime:
    """What was sealed before this moment has been kept for this many months on the day `on`."""
    year, month = divmod(on.year * 12 + on.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return opening(date(year, month + 1, min(on.day, last)))


def due(session: Session, before: datetime) -> tuple[str, ...]:
    """Surveys sealed, or cancelled without a seal, before that moment whose answers are still there."""
    kept = or_(*(exists().where(table.survey_id == Survey.id) for table in _ANSWERS))
    numbers = session.scalars(select(Survey.id).where(kept).order_by(Survey.id)).all()
    ends = ((number, ended_at(session, number)) for number in numbers)
    return tuple(number for number, end in ends if end is not None and end < before)


def ended_at(session: Session, survey_id: str) -> datetime | None:
    """From when on its answers are kept for their time: its seal, or without one its cancelling; None before both."""
    seal = session.get(Seal, survey_id)
    return seal.sealed_at if seal else cancelling.cancelled_at(session, survey_id)


def remove_answers(
    session: Session, survey_id: str, before: datetime, *, actor: str, now: datetime
) -> Removed:
    """Remove the raw answers of one survey and keep their leaves, in the caller's transaction with the note of it.

    `erasing.erase_owed` erases what stays on the disk. Raises SurveyNotFound, NotSealed, AlreadyRemoved, TooEarly and
    ComplaintOpen.
    """
    number = _removable(session, survey_id, before)
    answers = sum(_keep_leaves_alone(session, table, number) for table in _ANSWERS)
    paper.keep_only(session, number, ())
    session.execute(delete(TextReview).where(TextReview.survey_id == number))
    # What was shown was found to tell of nobody, and stays with its answer.
    unshown = (PublicRemark.survey_id == number, PublicRemark.decision.is_distinct_from(RELEASED))
    session.execute(update(PublicRemark).where(*unshown).values(text="", decision=TAKEN_OUT))
    audit.record(session, actor, queries.RAW_REMOVED, f"survey:{number}", at=now, answers=answers)
    return Removed(number, answers)


def forget_invitations(session: Session, before: datetime, *, actor: str, now: datetime) -> int:
    """Remove invitations that ran out before that moment; how many.

    Failures counted against guessing and ended sessions are forgotten by the minute job.
    """
    old = Invitation.expires_at < before
    count = session.scalars(select(func.count()).select_from(Invitation).where(old)).one()
    if count:
        session.execute(delete(Invitation).where(old))
        audit.record(session, actor, RETAIN, "server", at=now, invitations=count)
    return count


def _keep_leaves_alone(
    session: Session, table: type[SealedResponse | AnnulledResponse], survey_id: str
) -> int:
    """Remove the survey's answers in that table and keep their leaves; how many."""
    mine, annulled = table.survey_id == survey_id, table is AnnulledResponse
    leaves = sorted(session.scalars(select(table.leaf).where(mine)))
    if leaves:
        session.execute(
            insert(RetainedLeaf),
            [{"survey_id": survey_id, "leaf": leaf, "annulled": annulled} for leaf in leaves],
        )
    with permitted(session, survey_id):
        session.execute(delete(table).where(mine))
    return len(leaves)


def _removable(session: Session, survey_id: str, before: datetime) -> str:
    """The number of a survey whose answers may go; it is held, so that no complaint comes in between."""
    survey = surveys.survey(session, survey_id)
    operations.hold(session, survey.id)
    end = ended_at(session, survey.id)
    if end is None:
        raise queries.NotSealed(survey)
    gone = queries.removed_on(session, survey.id)
    if gone:
        raise AlreadyRemoved(survey.id, gone)
    if end >= before:
        raise TooEarly(survey.id, end)
    complaint = select(Complaint.id).where(Complaint.survey_id == survey.id, Complaint.closed_at.is_(None))
    if session.scalar(complaint.limit(1)) is not None:
        raise ComplaintOpen(survey.id)
    return survey.id
