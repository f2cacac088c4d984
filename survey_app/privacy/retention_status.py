"""When which raw answers are due to be removed, and what was removed last: for people to read, nothing is done here."""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from survey_app.access import Identity
from survey_app.accounts.models import Invitation
from survey_app.audit import AuditEvent
from survey_app.collecting.models import AnnulledResponse, RetainedLeaf, SealedResponse
from survey_app.fieldwork import names
from survey_app.fieldwork.models import SealedUnit, State, Survey
from survey_app.privacy import retention
from survey_app.privacy.models import Complaint
from survey_app.sealing import queries
from survey_app.sealing.models import Seal
from survey_app.units import queries as units
from survey_app.units.models import Unit
from survey_app.units.queries import civil


@dataclass(frozen=True, slots=True)
class RawAnswersKept:
    """The raw answers of one survey that ended: still there, or removed on a day."""

    survey: str
    unit: str
    #: Of the seal, or of the cancelling of a survey that was never sealed.
    ended_on: date
    #: The first day on which they may be removed; None while nobody has said for how long they are kept.
    due_on: date | None
    removed_on: date | None
    complaint_open: bool

    def is_due(self, today: date) -> bool:
        """Whether the next run removes them."""
        return (
            self.due_on is not None
            and self.due_on <= today
            and self.removed_on is None
            and not self.complaint_open
        )


@dataclass(frozen=True, slots=True)
class LastRemoval:
    """The newest removal that was noted."""

    at: datetime
    survey: str
    answers: int


def first_day(ended_on: date, months: int) -> date:
    """The first day on which answers of a survey that ended that day have been kept for this many months.

    >>> first_day(date(2026, 1, 30), 1), first_day(date(2026, 6, 1), 12)
    (datetime.date(2026, 3, 1), datetime.date(2027, 6, 2))
    """
    after = ended_on + timedelta(days=1)
    year, month = divmod(after.year * 12 + after.month - 1 + months, 12)
    if after.day <= calendar.monthrange(year, month + 1)[1]:
        return date(year, month + 1, after.day)
    return date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)


def kept(session: Session, person: Identity, months: int | None) -> tuple[RawAnswersKept, ...]:
    """Every survey of the person's subtree that was sealed, or cancelled with answers; the first due first."""
    there = or_(
        *(exists().where(table.survey_id == Survey.id) for table in (SealedResponse, AnnulledResponse))
    )
    gone = exists().where(RetainedLeaf.survey_id == Survey.id)
    complaint = exists().where(Complaint.survey_id == Survey.id, Complaint.closed_at.is_(None))
    sealed = exists().where(Seal.survey_id == Survey.id)
    rows = session.execute(
        select(Survey.id, Unit, there.label("there"), complaint.label("complaint"), *names.COLUMNS)
        .join(Unit, Unit.id == Survey.unit_id)
        .outerjoin(SealedUnit, names.of(Survey.id))
        .where(Unit.path.startswith(person.unit_path, autoescape=True))
        .where(or_(sealed, (Survey.state == State.ANNULLED) & or_(there, gone)))
        .order_by(Survey.id)
    ).all()
    removed = _removed(session, (row.id for row in rows if not row.there))
    ends = {row.id: retention.ended_at(session, row.id) for row in rows}
    found = (
        RawAnswersKept(
            survey=row.id,
            unit=names.called(units.view(row.Unit), row).full_name,
            ended_on=civil(end),
            due_on=None if months is None else first_day(civil(end), months),
            removed_on=removed.get(row.id),
            complaint_open=row.complaint,
        )
        for row in rows
        if (end := ends[row.id]) is not None
    )
    return tuple(sorted(found, key=lambda one: (one.removed_on is not None, one.ended_on, one.survey)))


def last_run(session: Session, person: Identity) -> LastRemoval | None:
    """The newest removal of answers of the person's subtree; None when there was none."""
    mine = (
        select("survey:" + Survey.id)
        .join(Unit, Unit.id == Survey.unit_id)
        .where(Unit.path.startswith(person.unit_path, autoescape=True))
    )
    found = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.act == queries.RAW_REMOVED, AuditEvent.subject.in_(mine))
        .order_by(AuditEvent.id.desc())
        .limit(1)
    ).first()
    if found is None:
        return None
    answers = found.details.get("answers")
    return LastRemoval(
        found.at, found.subject.removeprefix("survey:"), answers if isinstance(answers, int) else 0
    )


def old_invitations(session: Session, before: datetime) -> int:
    """Invitations that ran out before that moment and are still there."""
    old = select(func.count()).select_from(Invitation).where(Invitation.expires_at < before)
    return session.scalars(old).one()


def _removed(session: Session, survey_ids: Iterable[str]) -> dict[str, date]:
    """Days on which retention removed the answers, by survey."""
    subjects = [f"survey:{survey_id}" for survey_id in survey_ids]
    rows = session.execute(
        select(AuditEvent.subject, AuditEvent.at)
        .where(AuditEvent.act == queries.RAW_REMOVED, AuditEvent.subject.in_(subjects))
        .order_by(AuditEvent.id)
    )
    return {subject.removeprefix("survey:"): civil(at) for subject, at in rows}
