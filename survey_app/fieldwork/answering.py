"""How many households answered a survey: exact to the moment, or as copied hourly for the screens; never what."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.fieldwork.models import Channel, HourlyProgress, Medium, Progress

#: Households that answered, by village id and channel.
Answered = Mapping[tuple[int, Channel], int]


def answered_now(session: Session, survey_id: str) -> Answered:
    """Exact to the moment: for commands and for counting, never for a screen while the survey is open."""
    rows = session.scalars(select(Progress).where(Progress.survey_id == survey_id))
    return {(row.unit_id, Channel(row.channel)): row.answered for row in rows}


def answered_hourly(session: Session, survey_id: str) -> tuple[Answered, datetime | None]:
    """As copied once an hour for the screens, and when that was; None when no copy was taken yet."""
    rows = tuple(session.scalars(select(HourlyProgress).where(HourlyProgress.survey_id == survey_id)))
    as_of = max((row.as_of for row in rows), default=None)
    return {(row.unit_id, Channel(row.channel)): row.answered for row in rows}, as_of


def answered_by_village(answered: Answered) -> dict[int, int]:
    """Households that answered through any channel, by village id; villages without answers are absent."""
    totals: dict[int, int] = {}
    for (unit_id, _channel), count in answered.items():
        totals[unit_id] = totals.get(unit_id, 0) + count
    return totals


def answered_by_door(answered: Answered) -> tuple[int, int]:
    """Answers by phone and on paper: the two doors officers see."""
    counted: Counter[Medium] = Counter()
    for (_unit, channel), count in answered.items():
        counted[channel.medium] += count
    return counted[Medium.PHONE], counted[Medium.PAPER]


def paper_by_village(answered: Answered) -> dict[int, int]:
    """Answers on paper by village id; villages without are absent."""
    counted: Counter[int] = Counter()
    for (unit_id, channel), count in answered.items():
        if channel.medium is Medium.PAPER:
            counted[unit_id] += count
    return dict(counted)
