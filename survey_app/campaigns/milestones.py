"""How far each commune has come in its year: what is done, on which day and by whom.

Reads what other rooms keep of their acts; a fixed number of statements, however many communes there are. Of a second
round the milestones are those of the newest survey.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.access import LOCAL
from survey_app.accounts import queries as accounts
from survey_app.accounts.models import Invitation, User
from survey_app.approvals.models import Approval
from survey_app.campaigns.consultations import Consultation
from survey_app.campaigns.models import Appraisal
from survey_app.fieldwork import acts, calendar
from survey_app.fieldwork.acts import Act
from survey_app.fieldwork.models import FrameRow, PrintBatch, State
from survey_app.results import postings
from survey_app.sealing import signatures
from survey_app.units import queries as units
from survey_app.units.models import HouseholdCount, Level, Unit


class Milestone(StrEnum):
    """In the order of the work."""

    SIGNED_IN = "signed_in"
    HOUSEHOLDS = "households"
    APPROVED = "approved"
    PRINTED = "printed"
    OPENED = "opened"
    COVERAGE = "coverage"
    CLOSED = "closed"
    SEALED = "sealed"
    SIGNED = "signed"
    POSTED = "posted"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Done:
    """A milestone that was reached; `on` is None where no day is on record, `by` "" where no person did it."""

    on: date | None
    by: str = ""


Milestones = Mapping[Milestone, Done]
#: Moment and actor of an act, by unit or survey.
_Acts = Mapping[str, tuple[datetime, str]]


def of_year(
    session: Session,
    province_path: str,
    newest: Mapping[int, Consultation],
    counted: Mapping[int, bool],
    sealed: Mapping[str, datetime],
) -> Mapping[int, Milestones]:
    """By commune id. `newest` is its decision survey; `counted`, whether all its villages have households.

    `sealed` is when each survey was sealed.
    """
    numbers = [survey.id for survey in newest.values()]
    come, reported = _come(session, province_path), _reported(session, province_path)
    published, signed = _agreed(session)
    printed = _printed(session, numbers)
    posted = postings.posted_everywhere(session, numbers)
    accepted = _accepted(session, numbers)
    by_unit: dict[int, dict[Milestone, tuple[datetime | date | None, str]]] = defaultdict(dict)
    for unit_id, is_counted in counted.items():
        if unit_id in come:
            by_unit[unit_id][Milestone.SIGNED_IN] = come[unit_id]
        if is_counted and unit_id in reported:
            by_unit[unit_id][Milestone.HOUSEHOLDS] = reported[unit_id]
    for unit_id, survey in newest.items():
        mine, subject = by_unit[unit_id], acts.subject(survey.id)
        if survey.step.state is not State.DRAFT:
            mine[Milestone.APPROVED] = published.get(subject, (survey.published_at, ""))
        if survey.id in printed and survey.step.state is not State.DRAFT:
            mine[Milestone.PRINTED] = printed[survey.id]
        if survey.step.state not in {State.DRAFT, State.PUBLISHED}:
            mine[Milestone.OPENED] = (max(filter(None, (survey.step.opens_at, survey.published_at))), "")
        if survey.phones_closed_at is not None:
            mine[Milestone.CLOSED] = (calendar.last_day(survey.phones_closed_at), "")
        if survey.id in sealed:
            mine[Milestone.SEALED] = (sealed[survey.id], "")
        if survey.step.state is State.SIGNED:
            mine[Milestone.SIGNED] = signed.get(subject, (None, ""))
        if survey.id in posted:
            mine[Milestone.POSTED] = posted[survey.id]
        if survey.id in accepted:
            mine[Milestone.ACCEPTED] = accepted[survey.id]
    return _named(session, by_unit)


def _named(
    session: Session, by_unit: Mapping[int, Mapping[Milestone, tuple[datetime | date | None, str]]]
) -> Mapping[int, Milestones]:
    actors = {actor for reached in by_unit.values() for _at, actor in reached.values() if actor}
    names = accounts.names_of(session, actors)
    return {
        unit_id: {one: Done(_day(at), names.get(actor, "")) for one, (at, actor) in reached.items()}
        for unit_id, reached in by_unit.items()
    }


def _day(at: datetime | date | None) -> date | None:
    return units.civil(at) if isinstance(at, datetime) else at


def _come(session: Session, path: str) -> Mapping[int, tuple[datetime | None, str]]:
    """Communes in which somebody of the two bodies has chosen a password, with the first who did."""
    rows = session.execute(
        select(User.unit_id, User.id, func.min(Invitation.used_at).label("at"))
        .join(Unit, Unit.id == User.unit_id)
        .outerjoin(Invitation, Invitation.user_id == User.id)
        .where(
            Unit.path.startswith(path, autoescape=True),
            Unit.level == Level.COMMUNE,
            User.role.in_(LOCAL),
            User.password_hash.is_not(None),
        )
        .group_by(User.unit_id, User.id)
        .order_by(User.id.desc())
    )
    found: dict[int, tuple[datetime | None, str]] = {}
    for unit_id, user_id, at in rows:
        kept = found.get(unit_id)
        if kept is None or at is None or (kept[0] is not None and at <= kept[0]):
            found[unit_id] = (at, f"user:{user_id}")
    return found


def _reported(session: Session, path: str) -> Mapping[int, tuple[datetime, str]]:
    """When a commune's villages were last counted, and by whom."""
    last = (
        select(Unit.parent_id, func.max(HouseholdCount.id).label("id"))
        .join(HouseholdCount, HouseholdCount.unit_id == Unit.id)
        .where(Unit.level == Level.VILLAGE, Unit.path.startswith(path, autoescape=True))
        .group_by(Unit.parent_id)
        .subquery()
    )
    rows = session.execute(
        select(last.c.parent_id, HouseholdCount.recorded_at, HouseholdCount.recorded_by)
        .join(HouseholdCount, HouseholdCount.id == last.c.id)
        .order_by(last.c.parent_id)
    )
    return {unit_id: (at, by) for unit_id, at, by in rows}


def signed_at(session: Session, numbers: Collection[str]) -> Mapping[str, datetime]:
    """When the second of two bodies signed each of these surveys; those not signed are absent."""
    _published, signed = _agreed(session)
    return {number: at for number in numbers if (at := signed.get(f"survey:{number}", (None, ""))[0])}


def _agreed(session: Session) -> tuple[_Acts, _Acts]:
    """By subject, when the second of two bodies agreed to publishing, and when it signed."""
    rows = session.execute(
        select(Approval.act, Approval.subject, Approval.decided_at, Approval.decided_by)
        .where(Approval.act.in_((Act.PUBLISH, signatures.ACT)), Approval.decision == "approved")
        .order_by(Approval.id)
    )
    found: dict[str, dict[str, tuple[datetime, str]]] = {Act.PUBLISH: {}, signatures.ACT: {}}
    for act, subject, at, by in rows:
        if at is not None:
            found[act][subject] = (at, f"user:{by}")
    return found[Act.PUBLISH], found[signatures.ACT]


def _printed(session: Session, numbers: Sequence[str]) -> Mapping[str, tuple[datetime, str]]:
    """Surveys of which every village has slips that were not voided, with the last print run."""
    asked = (
        select(FrameRow.survey_id, func.count().label("villages"))
        .where(FrameRow.survey_id.in_(numbers))
        .group_by(FrameRow.survey_id)
        .subquery()
    )
    rows = session.execute(
        select(PrintBatch.survey_id, func.max(PrintBatch.made_at), func.max(PrintBatch.made_by))
        .join(asked, asked.c.survey_id == PrintBatch.survey_id)
        .where(PrintBatch.voided_at.is_(None))
        .group_by(PrintBatch.survey_id, asked.c.villages)
        .having(func.count(PrintBatch.unit_id.distinct()) >= asked.c.villages)
        .order_by(PrintBatch.survey_id)
    )
    return {survey_id: (at, by) for survey_id, at, by in rows}


def _accepted(session: Session, numbers: Sequence[str]) -> Mapping[str, tuple[datetime, str]]:
    """Surveys that the province accepted: nothing is said of a result after that."""
    rows = session.execute(
        select(Appraisal.survey_id, Appraisal.made_at, Appraisal.made_by)
        .where(Appraisal.survey_id.in_(numbers), Appraisal.step == "accepted")
        .order_by(Appraisal.survey_id)
    )
    return {survey_id: (at, by) for survey_id, at, by in rows}
