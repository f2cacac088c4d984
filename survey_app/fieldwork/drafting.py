"""A survey before anybody agreed to it: what it asks, where and when, and the villages it would ask."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from survey_app import audit
from survey_app.fieldwork import codes, readiness
from survey_app.fieldwork.models import FrameRow, Purpose, State, Survey, SurveyNumber
from survey_app.fieldwork.operations import hold, require_state
from survey_app.fieldwork.refusals import DatesReversed


@dataclass(frozen=True, slots=True)
class SurveyDraft:
    """What people decide when they draft a survey. Moments are UTC."""

    unit_id: int
    instrument_id: int
    purpose: Purpose
    rehearsal: bool
    plan_number: str
    plan_date: date | None
    aim: str
    contact: str
    opens_at: datetime
    closes_at: datetime
    #: Share of households that the plan strives for, in per cent.
    goal_percent: int | None = None
    keyed_twice: bool = False
    #: Where the open link of a feedback survey hangs.
    place: str = ""
    #: What recognition the commune aims at.
    level: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A village of the frame: how many households it has, who says so, and as of when."""

    unit_id: int
    households: int
    source: str
    as_of: date


def draft_survey(
    session: Session, draft: SurveyDraft, frame: Sequence[Asked], *, actor: str, now: datetime
) -> str:
    """A new draft; its number. Raises DatesReversed."""
    row = SurveyNumber()
    session.add(row)
    session.flush()  # the running number is needed for the id
    number = codes.survey_number(row.number)
    session.add(
        Survey(
            id=number,
            state=State.DRAFT,
            cover_token=secrets.token_urlsafe(16),
            link=None if draft.purpose.asks_households else secrets.token_urlsafe(9),
            created_at=now,
            created_by=actor,
            **_columns(draft),
        )
    )
    session.flush()  # the frame refers to the survey
    _replace_frame(session, number, frame)
    changes = audit.changes({}, _columns(draft) | _noted(frame))
    audit.record(session, actor, "fieldwork.draft", f"survey:{number}", at=now, **changes)
    return number


def change_draft(session: Session, survey_id: str, draft: SurveyDraft, *, actor: str, now: datetime) -> None:
    """Replace what the draft says. Raises WrongState after publishing."""
    survey = hold(session, survey_id)
    require_state(survey, State.DRAFT)
    columns = _columns(draft)
    changes = audit.changes({name: getattr(survey, name) for name in columns}, columns)
    for name, value in columns.items():
        setattr(survey, name, value)
    survey.revision += 1
    audit.record(session, actor, "fieldwork.change", f"survey:{survey_id}", at=now, **changes)


def set_frame(session: Session, survey_id: str, frame: Sequence[Asked], *, actor: str, now: datetime) -> None:
    """Make the draft's frame exactly these villages. Raises WrongState after publishing."""
    require_state(hold(session, survey_id), State.DRAFT)
    changes = audit.changes(_noted(_frame(session, survey_id)), _noted(frame))
    _replace_frame(session, survey_id, frame)
    if changes:
        audit.record(session, actor, "fieldwork.change_frame", f"survey:{survey_id}", at=now, **changes)


def _frame(session: Session, survey_id: str) -> Sequence[Asked]:
    rows = session.scalars(select(FrameRow).where(FrameRow.survey_id == survey_id).order_by(FrameRow.unit_id))
    return [Asked(row.unit_id, row.households, row.source, row.as_of) for row in rows]


def _noted(frame: Sequence[Asked]) -> dict[str, object]:
    """The frame as the audit log names its fields."""
    return {
        f"unit:{line.unit_id}/{name}": value
        for line in frame
        for name, value in (("households", line.households), ("source", line.source), ("as_of", line.as_of))
    }


def _replace_frame(session: Session, survey_id: str, frame: Sequence[Asked]) -> None:
    session.execute(delete(FrameRow).where(FrameRow.survey_id == survey_id))
    for line in frame:
        session.add(
            FrameRow(
                survey_id=survey_id,
                unit_id=line.unit_id,
                households=line.households,
                source=line.source,
                as_of=line.as_of,
            )
        )
    session.flush()  # callers read the frame in the same transaction


def discard_draft(session: Session, survey_id: str, *, actor: str, now: datetime) -> None:
    """Throw a draft away; its number is never given again. Raises WrongState after publishing."""
    survey = hold(session, survey_id)
    require_state(survey, State.DRAFT)
    before = {name: getattr(survey, name) for name in _PRINTED} | _noted(_frame(session, survey_id))
    session.execute(delete(FrameRow).where(FrameRow.survey_id == survey_id))
    session.delete(survey)
    changes = audit.changes(before, {})
    audit.record(session, actor, "fieldwork.discard", f"survey:{survey_id}", at=now, **changes)


def conflicts(
    session: Session, draft: SurveyDraft, villages: int, now: datetime, *, survey_id: str | None = None
) -> tuple[str, ...]:
    """What would be in the way of what people are typing, as sentences; `survey_id` is the draft that they change."""
    return readiness.conflicts(session, Survey(id=survey_id, **_columns(draft)), villages, now)


#: What a draft says of itself, in the columns of `_columns`.
_PRINTED = (
    "unit_id", "instrument_id", "purpose", "rehearsal", "plan_number", "plan_date", "aim", "contact", "opens_at",
    "closes_at", "goal_percent", "keyed_twice", "place", "level",
)  # fmt: skip


def _columns(draft: SurveyDraft) -> dict[str, object]:
    if draft.closes_at <= draft.opens_at:
        raise DatesReversed
    return {
        "unit_id": draft.unit_id,
        "instrument_id": draft.instrument_id,
        "purpose": draft.purpose,
        "rehearsal": draft.rehearsal,
        "plan_number": draft.plan_number,
        "plan_date": draft.plan_date,
        "aim": draft.aim,
        "contact": draft.contact,
        "opens_at": draft.opens_at,
        "closes_at": draft.closes_at,
        "goal_percent": draft.goal_percent,
        "keyed_twice": draft.keyed_twice,
        "place": draft.place,
        "level": draft.level,
    }
