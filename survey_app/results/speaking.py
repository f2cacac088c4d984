"""Which survey speaks for a unit and a year: the one choice that board, files, papers and pages ask for.

The newest sealed decision survey of the year in which its phones closed, never a rehearsal or an annulled one. The
others of the year stay on record; whether one of them was the event that a rule book asks for is for `criteria`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from survey_app.fieldwork import calendar
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.models import Channel, FrameRow, Medium, Purpose, State, Survey
from survey_app.fieldwork.queries import SurveyView
from survey_app.scoring import tallies
from survey_app.scoring.scorecards import Scorecard
from survey_app.sealing.models import Seal, TallyRow
from survey_app.units.models import Unit

_FINAL = (State.SEALED, State.SIGNED)


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
    scorecard: Scorecard
    #: Valid slips by phone.
    phone_slips: int


def year_of(closes_at: datetime, phones_closed_at: datetime | None) -> int:
    """The year in Vietnam whose survey it is: that of the last day on which its phones were open."""
    return calendar.last_day(min(closes_at, phones_closed_at or closes_at)).year


def of_year(session: Session, unit_path: str, year: int) -> Mapping[int, tuple[SealedSurvey, ...]]:
    """The sealed decision surveys of the year at or below the path, by commune id; the first of each speaks.

    Two statements, however many communes there are.
    """
    rows = session.execute(
        select(Survey, Seal.sealed_at, Seal.document)
        .join(Seal, Seal.survey_id == Survey.id)
        .join(Unit, Unit.id == Survey.unit_id)
        .where(Unit.path.startswith(unit_path, autoescape=True), *_final(), *_touches(year))
        .order_by(Survey.id)
    ).all()
    of_the_year = [row for row in rows if _is_of(row.Survey, year)]
    slips = _phone_slips(session, [row.Survey.id for row in of_the_year])
    found: defaultdict[int, list[SealedSurvey]] = defaultdict(list)
    for survey, sealed_at, document in sorted(of_the_year, key=_age, reverse=True):
        found[survey.unit_id].append(_sealed_survey(survey, sealed_at, document, slips.get(survey.id, 0)))
    return {unit_id: tuple(sealed) for unit_id, sealed in found.items()}


def above_frame(session: Session, survey_ids: Iterable[str]) -> Mapping[str, tuple[AboveFrame, ...]]:
    """The villages above their frame by survey, in the order of the frame; surveys without one are absent.

    One statement, and one more for each survey that has such a village.
    """
    answered = func.sum(TallyRow.tally["valid"].as_integer() + TallyRow.tally["invalid"].as_integer())
    rows = session.execute(
        select(TallyRow.survey_id, TallyRow.unit_id, answered)
        .join(FrameRow, (FrameRow.survey_id == TallyRow.survey_id) & (FrameRow.unit_id == TallyRow.unit_id))
        .where(TallyRow.survey_id.in_(list(survey_ids)))
        .group_by(TallyRow.survey_id, TallyRow.unit_id, FrameRow.households)
        .having(answered > FrameRow.households)
        .order_by(TallyRow.survey_id, TallyRow.unit_id)
    )
    counts: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for survey_id, unit_id, count in rows:
        counts[survey_id][unit_id] = int(count)
    return {
        survey_id: tuple(
            AboveFrame(line.unit.code, line.unit.full_name, villages[line.unit.id], line.households)
            for line in surveys.frame(session, survey_id)
            if line.unit.id in villages
        )
        for survey_id, villages in counts.items()
    }


def newest(session: Session, unit_id: int) -> str | None:
    """The number of the unit's newest sealed decision survey of any year."""
    found = max(_of_unit(session, unit_id, *_final()), key=_age, default=None)
    return found[0].id if found else None


def instead_of(session: Session, survey: SurveyView) -> str | None:
    """The number of the survey that speaks in place of this one; None where it speaks, or could not speak anyhow."""
    if survey.purpose is not Purpose.DECISION or survey.rehearsal or survey.state not in _FINAL:
        return None
    year = year_of(survey.closes_at, survey.phones_closed_at)
    rows = _of_unit(session, survey.unit.id, *_final(), *_touches(year))
    speaks = max((row for row in rows if _is_of(row[0], year)), key=_age, default=None)
    return speaks[0].id if speaks and speaks[0].id != survey.id else None


def _of_unit(
    session: Session, unit_id: int, *conditions: ColumnElement[bool]
) -> tuple[tuple[Survey, datetime], ...]:
    rows = session.execute(
        select(Survey, Seal.sealed_at)
        .join(Seal, Seal.survey_id == Survey.id)
        .where(Survey.unit_id == unit_id, *conditions)
        .order_by(Survey.id)
    )
    return tuple((survey, sealed_at) for survey, sealed_at in rows)


def _final() -> tuple[ColumnElement[bool], ...]:
    """What can speak."""
    return Survey.purpose == Purpose.DECISION, Survey.rehearsal.is_(False), Survey.state.in_(_FINAL)


def _touches(year: int) -> tuple[ColumnElement[bool], ...]:
    """Surveys with a day in the year; `_is_of` says whether it is theirs."""
    return (
        Survey.opens_at < calendar.opening(date(year + 1, 1, 1)),
        Survey.closes_at > calendar.opening(date(year, 1, 1)),
    )


def _is_of(survey: Survey, year: int) -> bool:
    return year_of(survey.closes_at, survey.phones_closed_at) == year


def _age(found: Sequence[Any]) -> tuple[datetime, datetime, str]:
    """Later is newer: by when the phones closed, so that an old survey whose seal was held up does not come first."""
    survey, sealed_at = found[0], found[1]
    return survey.phones_closed_at or survey.closes_at, sealed_at, survey.id


def _phone_slips(session: Session, survey_ids: Iterable[str]) -> Mapping[str, int]:
    rows = session.execute(
        select(TallyRow.survey_id, func.sum(TallyRow.tally["valid"].as_integer()))
        .where(TallyRow.survey_id.in_(list(survey_ids)), TallyRow.channel.in_(Channel.on(Medium.PHONE)))
        .group_by(TallyRow.survey_id)
        .order_by(TallyRow.survey_id)
    )
    return {survey_id: int(slips) for survey_id, slips in rows}


def _sealed_survey(
    survey: Survey, sealed_at: datetime, document: Mapping[str, object], phone_slips: int
) -> SealedSurvey:
    # The document was written by `documents.build`; its shape is covered by the digest.
    sealed = cast(Mapping[str, Any], document)
    return SealedSurvey(
        survey_id=survey.id,
        instrument_id=survey.instrument_id,
        sealed_at=sealed_at,
        is_signed=survey.state == State.SIGNED,
        confirmed=survey.confirmed,
        households=sealed["households"],
        scorecard=Scorecard(
            sealed["unit"], sealed["households"], tallies.load(sealed["tally"]), sealed["channels"]
        ),
        phone_slips=phone_slips,
    )
