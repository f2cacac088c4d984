"""Group administration: meetings of a village at which many answer at once, announced so that the crowd is expected.

Only what was announced before it began explains many answers in ten minutes or from one network. What is said
afterwards is kept as "báo sau" and explains nothing. A meeting is never changed: before it begins it may be withdrawn
and announced again. Once it has begun it is noted how many households were present, a count that can be corrected until
the survey is sealed. Knows no answer and nobody who came.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from sqlalchemy import Exists, bindparam, exists, func, select
from sqlalchemy.orm import Session

from survey_app import audit
from survey_app.fieldwork import calendar
from survey_app.fieldwork.models import IN_THE_FIELD, TAKING_ANSWERS, FrameRow, Meeting
from survey_app.fieldwork.operations import hold, require_state
from survey_app.fieldwork.queries import SurveyNotFound
from survey_app.fieldwork.refusals import MorePresentThanAsked, WrongState
from survey_app.i18n import gettext as _
from survey_app.templating import day
from survey_app.units import queries as units


@dataclass(frozen=True, slots=True)
class MeetingAnnouncement:
    """Where and when a village meets; moments are UTC."""

    unit_id: int
    starts_at: datetime
    ends_at: datetime
    place: str


@dataclass(frozen=True, slots=True)
class MeetingView:
    """A meeting as it was announced."""

    id: int
    unit_id: int
    starts_at: datetime
    ends_at: datetime
    place: str
    announced_at: datetime
    withdrawn_at: datetime | None
    #: Households that were present; None until they are counted.
    present: int | None

    @property
    def on(self) -> date:
        """The civil day on which it begins."""
        return units.civil(self.starts_at)

    @property
    def is_late(self) -> bool:
        """Whether it was announced when it had begun already ("báo sau")."""
        return self.announced_at >= self.starts_at

    @property
    def is_announced(self) -> bool:
        """Whether it explains a crowd: announced before it began, and not withdrawn."""
        return not self.is_late and self.withdrawn_at is None

    def may_be_counted(self, now: datetime) -> bool:
        """Whether it has begun, so that households were present."""
        return self.withdrawn_at is None and self.starts_at <= now

    def may_be_withdrawn(self, now: datetime) -> bool:
        """Whether it has not begun yet."""
        return self.withdrawn_at is None and now < self.starts_at


def announce(
    session: Session, survey_id: str, plan: MeetingAnnouncement, *, actor: str, now: datetime
) -> MeetingView:
    """Keep a meeting of a village of the survey. Raises SurveyNotFound, and WrongState outside of the survey's days.

    One that has begun already can be announced until the survey is sealed.
    """
    survey = hold(session, survey_id)
    require_state(survey, *IN_THE_FIELD)
    if session.get(FrameRow, (survey_id, plan.unit_id)) is None:
        raise SurveyNotFound
    closed_at = survey.phones_closed_at or survey.closes_at
    if plan.starts_at < survey.opens_at or plan.starts_at >= closed_at:
        raise WrongState(
            _(
                "The meeting must begin while the phones are open: %(first)s to %(last)s.",
                first=day(units.civil(survey.opens_at)),
                last=day(calendar.last_day(closed_at)),
            )
        )
    before = session.scalar(select(func.count()).where(Meeting.survey_id == survey_id)) or 0
    row = Meeting(
        survey_id=survey_id,
        id=before + 1,
        unit_id=plan.unit_id,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        place=plan.place,
        announced_by=actor,
        announced_at=now,
    )
    session.add(row)
    view = _view(row)
    audit.record(
        session, actor, "fieldwork.tell_meeting_late" if view.is_late else "fieldwork.announce_meeting",
        f"survey:{survey_id}", at=now, unit=plan.unit_id, number=row.id,
        **audit.changes({}, _printed(row)),
    )  # fmt: skip
    return view


def withdraw(session: Session, survey_id: str, meeting_id: int, *, actor: str, now: datetime) -> None:
    """Take an announcement back before the meeting begins. Raises SurveyNotFound, and WrongState once it began."""
    hold(session, survey_id)
    row = session.get(Meeting, (survey_id, meeting_id))
    if row is None:
        raise SurveyNotFound
    if not _view(row).may_be_withdrawn(now):
        raise WrongState(_("A meeting can be withdrawn only before it begins."))
    row.withdrawn_at, row.withdrawn_by = now, actor
    audit.record(
        session, actor, "fieldwork.withdraw_meeting", f"survey:{survey_id}", at=now, number=meeting_id,
        **audit.changes(_printed(row), {}),
    )  # fmt: skip


def count_present(
    session: Session, survey_id: str, meeting_id: int, present: int, *, actor: str, now: datetime
) -> None:
    """Keep how many households were present, or correct it. Raises SurveyNotFound, WrongState, MorePresentThanAsked."""
    survey = hold(session, survey_id)
    require_state(survey, *TAKING_ANSWERS)
    row = session.get(Meeting, (survey_id, meeting_id))
    if row is None:
        raise SurveyNotFound
    if not _view(row).may_be_counted(now):
        raise WrongState(_("Households present can be counted once the meeting has begun."))
    frame = session.get_one(FrameRow, (survey_id, row.unit_id))
    if present > frame.households:
        raise MorePresentThanAsked(frame.households)
    before, row.present = row.present, present
    audit.record(
        session, actor, "fieldwork.count_present", f"survey:{survey_id}", at=now, unit=row.unit_id,
        number=meeting_id, **audit.changes({"present": before}, {"present": present}),
    )  # fmt: skip


def held(session: Session, survey_id: str, meeting_id: int) -> MeetingView:
    """A meeting as it is now, its survey held until the transaction ends. Raises SurveyNotFound."""
    hold(session, survey_id)
    row = session.get(Meeting, (survey_id, meeting_id), populate_existing=True)
    if row is None:
        raise SurveyNotFound
    return _view(row)


def _printed(row: Meeting) -> dict[str, object]:
    return {"place": row.place, "starts_at": row.starts_at, "ends_at": row.ends_at}


def meetings(session: Session, survey_id: str) -> tuple[MeetingView, ...]:
    """Every meeting that was announced, withdrawn ones too, by when they begin."""
    return meetings_of(session, [survey_id]).get(survey_id, ())


def meetings_of(session: Session, survey_ids: Iterable[str]) -> Mapping[str, tuple[MeetingView, ...]]:
    """The meetings of several surveys, by survey; surveys without one are absent."""
    rows = session.scalars(
        select(Meeting)
        .where(Meeting.survey_id.in_(tuple(survey_ids)))
        .order_by(Meeting.survey_id, Meeting.starts_at, Meeting.id)
    )
    found: dict[str, list[MeetingView]] = {}
    for row in rows:
        found.setdefault(row.survey_id, []).append(_view(row))
    return {survey_id: tuple(listed) for survey_id, listed in found.items()}


def counted(session: Session, survey_id: str) -> tuple[MeetingView, ...]:
    """Meetings whose households were counted: paper of theirs may be keyed as a batch."""
    return tuple(
        found for found in meetings(session, survey_id)
        if found.withdrawn_at is None and found.present is not None
    )  # fmt: skip


@cache
def announced_between() -> Exists:
    """Whether any part of the time from :start to :end, its end not included, lies in an announced meeting.

    A condition for a statement that gives :survey, its number, and :village, the unit's id.
    """
    return exists().where(
        Meeting.survey_id == bindparam("survey"),
        Meeting.unit_id == bindparam("village"),
        Meeting.starts_at < bindparam("end"),
        Meeting.ends_at >= bindparam("start"),
        Meeting.announced_at < Meeting.starts_at,
        Meeting.withdrawn_at.is_(None),
    )


def uncounted(found: Iterable[MeetingView], now: datetime) -> tuple[MeetingView, ...]:
    """Meetings that are over, without the number of households present."""
    return tuple(
        one for one in found if one.withdrawn_at is None and one.present is None and one.ends_at < now
    )


def soon(found: Iterable[MeetingView], now: datetime) -> tuple[MeetingView, ...]:
    """Announced meetings that are on, or begin today or tomorrow."""
    until = calendar.closing(units.civil(now) + timedelta(days=1))
    return tuple(one for one in found if one.is_announced and one.ends_at >= now and one.starts_at < until)


def _view(row: Meeting) -> MeetingView:
    return MeetingView(
        id=row.id,
        unit_id=row.unit_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        place=row.place,
        announced_at=row.announced_at,
        withdrawn_at=row.withdrawn_at,
        present=row.present,
    )
