"""Which survey speaks for a unit and a year: the one choice that board, files, papers and pages ask for.

The newest sealed decision survey of the year in which its phones closed, never a rehearsal or a cancelled one. The
others of the year stay on record; whether one of them was the event that a rule book asks for is for `criteria`.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Text, case, cast, func, select
from sqlalchemy.orm import Session

from survey_app.criteria.frameworks import NEVER_MEETING_INDICATOR
from survey_app.fieldwork import calendar, frames, names
from survey_app.fieldwork.models import (
    WITH_SEAL,
    Channel,
    FrameRow,
    Medium,
    Purpose,
    SealedUnit,
    State,
    Survey,
)
from survey_app.fieldwork.queries import SurveyView
from survey_app.scoring import tallies
from survey_app.scoring.scorecards import Scorecard
from survey_app.sealing.models import Seal, TallyRow
from survey_app.units.models import Unit

#: What says which of two surveys is newer, and of which year one is.
_AGE = (Survey.id, Survey.closes_at, Survey.phones_closed_at, Seal.sealed_at)


@dataclass(frozen=True, slots=True)
class AboveFrame:
    """A village in which more households answered than its frame holds: an error to show, never to clip."""

    unit: str
    name: str
    answered: int
    households: int


@dataclass(frozen=True, slots=True)
class SealedSurvey:
    """A sealed decision survey as the province adds it up; `scorecard` is the commune's."""

    survey_id: str
    instrument_id: int
    sealed_at: datetime
    is_signed: bool
    #: Whether the Front had confirmed the form.
    confirmed: bool
    households: int
    #: Whether a ward was asked: it is outside the programme, and the form is a sample for it.
    is_outside_programme: bool
    scorecard: Scorecard
    #: Valid slips by phone.
    phone_slips: int
    #: Households that answered, by the id of each village in which they are more than its frame holds.
    overfull: Mapping[int, int]


def year_of(closes_at: datetime, phones_closed_at: datetime | None) -> int:
    """The year in Vietnam whose survey it is: that of the last day on which its phones were open."""
    return calendar.last_day(min(closes_at, phones_closed_at or closes_at)).year


def of_year(session: Session, unit_path: str, year: int) -> Mapping[int, tuple[SealedSurvey, ...]]:
    """The sealed decision surveys of the year at or below the path, by commune id; the first of each speaks.

    Two statements, however many communes there are.
    """
    rows = session.execute(
        select(*_AGE, Survey.unit_id, Survey.instrument_id, Survey.state, Survey.confirmed)
        .add_columns(func.coalesce(SealedUnit.kind, Unit.kind).label("kind"))
        .add_columns(cast(Seal.document, Text).label("document"))
        .join(Seal, Seal.survey_id == Survey.id)
        .join(Unit, Unit.id == Survey.unit_id)
        .outerjoin(SealedUnit, names.of(Survey.id))
        .where(Unit.path.startswith(unit_path, autoescape=True), *_final(), *_touches(year))
        .order_by(Survey.id)
    ).all()
    of_the_year = [row for row in rows if year_of(row.closes_at, row.phones_closed_at) == year]
    slips, overfull = _counts(session, [row.id for row in of_the_year])
    found: defaultdict[int, list[SealedSurvey]] = defaultdict(list)
    for row in sorted(of_the_year, key=_age, reverse=True):
        found[row.unit_id].append(_sealed_survey(row, slips.get(row.id, 0), overfull.get(row.id, {})))
    return {unit_id: tuple(sealed) for unit_id, sealed in found.items()}


def above_frame(session: Session, sealed: Iterable[SealedSurvey]) -> Mapping[str, tuple[AboveFrame, ...]]:
    """The villages above their frame by survey, in the order of the frame; surveys without one are absent.

    One statement for each survey that has such a village.
    """
    return {
        one.survey_id: tuple(
            AboveFrame(line.unit.code, line.unit.full_name, one.overfull[line.unit.id], line.households)
            for line in frames.frame(session, one.survey_id)
            if line.unit.id in one.overfull
        )
        for one in sealed
        if one.overfull
    }


def newest(session: Session, unit_id: int) -> str | None:
    """The number of the unit's newest sealed decision survey of any year."""
    found = max(_of_unit(session, unit_id, *_final()), key=_age, default=None)
    return found.id if found else None


def instead_of(session: Session, survey: SurveyView) -> str | None:
    """The number of the survey that speaks in place of this one; None where it speaks, or could not speak anyhow."""
    if survey.purpose is not Purpose.DECISION or survey.rehearsal or survey.state not in WITH_SEAL:
        return None
    year = year_of(survey.closes_at, survey.phones_closed_at)
    rows = _of_unit(session, survey.unit.id, *_final(), *_touches(year))
    of_the_year = (row for row in rows if year_of(row.closes_at, row.phones_closed_at) == year)
    speaks = max(of_the_year, key=_age, default=None)
    return speaks.id if speaks and speaks.id != survey.id else None


def _of_unit(session: Session, unit_id: int, *conditions: ColumnElement[bool]) -> Sequence[Any]:
    return session.execute(
        select(*_AGE)
        .join(Seal, Seal.survey_id == Survey.id)
        .where(Survey.unit_id == unit_id, *conditions)
        .order_by(Survey.id)
    ).all()


def _final() -> tuple[ColumnElement[bool], ...]:
    """What can speak."""
    return Survey.purpose == Purpose.DECISION, Survey.rehearsal.is_(False), Survey.state.in_(WITH_SEAL)


def _touches(year: int) -> tuple[ColumnElement[bool], ...]:
    """Surveys with a day in the year; `year_of` says whether it is theirs."""
    return (
        Survey.opens_at < calendar.opening(date(year + 1, 1, 1)),
        Survey.closes_at > calendar.opening(date(year, 1, 1)),
    )


def _age(row: Any) -> tuple[datetime, datetime, str]:
    """Later is newer: by when the phones closed, so that an old survey whose seal was held up does not come first."""
    return row.phones_closed_at or row.closes_at, row.sealed_at, row.id


def _counts(
    session: Session, survey_ids: Sequence[str]
) -> tuple[Mapping[str, int], Mapping[str, dict[int, int]]]:
    """By survey, valid slips by phone; and by village how many answered where those are more than its frame holds."""
    valid = TallyRow.tally["valid"].as_integer()
    by_phone = func.sum(case((TallyRow.channel.in_(Channel.on(Medium.PHONE)), valid), else_=0))
    answered = func.sum(valid + TallyRow.tally["invalid"].as_integer())
    rows = session.execute(
        select(TallyRow.survey_id, TallyRow.unit_id, FrameRow.households, by_phone, answered)
        .outerjoin(
            FrameRow, (FrameRow.survey_id == TallyRow.survey_id) & (FrameRow.unit_id == TallyRow.unit_id)
        )
        .where(TallyRow.survey_id.in_(survey_ids))
        .group_by(TallyRow.survey_id, TallyRow.unit_id, FrameRow.households)
        .order_by(TallyRow.survey_id, TallyRow.unit_id)
    )
    slips: Counter[str] = Counter()
    overfull: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for survey_id, unit_id, households, phone, all_slips in rows:
        slips[survey_id] += int(phone)
        if households is not None and all_slips > households:
            overfull[survey_id][unit_id] = int(all_slips)
    return slips, overfull


def _sealed_survey(row: Any, phone_slips: int, overfull: Mapping[int, int]) -> SealedSurvey:
    card = _scorecard(row.document)
    return SealedSurvey(
        survey_id=row.id,
        instrument_id=row.instrument_id,
        sealed_at=row.sealed_at,
        is_signed=row.state == State.SIGNED,
        confirmed=row.confirmed,
        households=card.households,
        is_outside_programme=row.kind in NEVER_MEETING_INDICATOR,
        scorecard=card,
        phone_slips=phone_slips,
        overfull=overfull,
    )


@lru_cache(maxsize=256)
def _scorecard(document: str) -> Scorecard:
    """The commune's counts in a sealed document; it was written by `documents.build` and its digest covers its shape.

    Kept by the text itself, because the same documents are read for every look at a year and reading one takes longer
    than fetching it.
    """
    sealed = json.loads(document)
    return Scorecard(sealed["unit"], sealed["households"], tallies.load(sealed["tally"]), sealed["channels"])
