"""A sealed survey beside its papers: flags, the reconciliation of every village, and the call-back sample.

For the Front, the province and the auditor. Counts of villages only, nothing of a household.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.collecting import activity
from survey_app.fieldwork.queries import FrameLine, SurveyView
from survey_app.results import queries
from survey_app.results.models import Callback, ReceiptList, TallyRow
from survey_app.scoring import callback, signals, tallies
from survey_app.scoring.activity import Activity, Consultation, Door, Receipts
from survey_app.scoring.callback import Meaning, Replies, Row
from survey_app.scoring.scorecards import Scorecard
from survey_app.scoring.signals import Flag, Limits


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """One village's counted households beside its paper list; without a list `receipts` is None."""

    line: FrameLine
    answered: int
    receipts: Receipts | None
    #: Whether the list was entered when the result was known already.
    entered_late: bool = False

    @property
    def exceeds_list(self) -> bool:
        """Whether more households were counted than are ticked."""
        return self.receipts is not None and self.answered > self.receipts.ticked


@dataclass(frozen=True, slots=True)
class Sample:
    """The call-back sample, how likely it finds one false row in ten, and what was found; None before."""

    rows: tuple[Row, ...]
    ticked: int
    drawn_at: datetime
    chance: float
    replies: Replies | None
    meaning: Meaning | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything there is to compare of one survey."""

    survey: SurveyView
    digest: str
    flags: tuple[Flag, ...]
    villages: tuple[Reconciliation, ...]
    sample: Sample | None
    #: The chance that the same sample finds one false answer in ten where there is no list; None without households.
    chance_without_list: float | None

    @property
    def names(self) -> Mapping[str, str]:
        """Names of the commune and its villages by unit code."""
        villages = {village.line.unit.code: village.line.unit.full_name for village in self.villages}
        return {self.survey.unit.code: self.survey.unit.full_name, **villages}


def comparison(session: Session, survey_id: str) -> Comparison:
    """The survey beside its papers. Raises SurveyNotFound, and NotSealed before the seal."""
    result = queries.scorecard(session, survey_id)
    lists = {row.unit_id: row for row in _lists(session, survey_id)}
    cards = {card.unit: card for card in result.villages}
    villages = tuple(
        _reconciliation(line, cards[line.unit.code], lists.get(line.unit.id), result.sealed_at)
        for line in result.frame
    )
    digest = result.digest or ""
    consultation = Consultation(
        unit=result.survey.unit.code,
        kind=result.survey.unit.kind,
        villages=_activities(session, survey_id, villages, cards),
    )
    return Comparison(
        survey=result.survey,
        digest=digest,
        flags=signals.flags(consultation, Limits()),
        villages=villages,
        sample=_sample(session, survey_id, digest),
        chance_without_list=_chance_without_list(result.commune),
    )


def _lists(session: Session, survey_id: str) -> tuple[ReceiptList, ...]:
    mine = select(ReceiptList).where(ReceiptList.survey_id == survey_id).order_by(ReceiptList.unit_id)
    return tuple(session.scalars(mine))


def _reconciliation(
    line: FrameLine, card: Scorecard, row: ReceiptList | None, sealed_at: datetime | None
) -> Reconciliation:
    if row is None:
        return Reconciliation(line, card.tally.answered, None)
    # A spoilt slip came back as one that was returned did.
    receipts = Receipts(row.issued, row.ticked, row.returned + row.voided)
    late = sealed_at is not None and row.entered_at > sealed_at
    return Reconciliation(line, card.tally.answered, receipts, entered_late=late)


def _activities(
    session: Session, survey_id: str, villages: tuple[Reconciliation, ...], cards: Mapping[str, Scorecard]
) -> tuple[Activity, ...]:
    slots, doors = activity.slots(session, survey_id), _doors(session, survey_id)
    return tuple(
        Activity(
            unit=village.line.unit.code,
            households=village.line.households,
            answered=village.answered,
            satisfied=cards[village.line.unit.code].tally.satisfied,
            of=cards[village.line.unit.code].tally.valid * len(cards[village.line.unit.code].tally.items),
            receipts=village.receipts,
            channels=doors.get(village.line.unit.id, {}),
            slots=slots.get(village.line.unit.id, ()),
        )
        for village in villages
    )


def _doors(session: Session, survey_id: str) -> dict[int, dict[str, Door]]:
    found: dict[int, dict[str, Door]] = {}
    for row in session.scalars(select(TallyRow).where(TallyRow.survey_id == survey_id)):
        tally = tallies.load(row.tally)
        door = Door(tally.answered, tally.satisfied, tally.valid * len(tally.items))
        found.setdefault(row.unit_id, {})[row.channel] = door
    return found


def _sample(session: Session, survey_id: str, digest: str) -> Sample | None:
    row = session.get(Callback, survey_id)
    if row is None:
        return None
    ticked = sum(row.ticked.values())
    replies = None
    if row.confirmed is not None and row.denied is not None and row.not_reached is not None:
        replies = Replies(row.confirmed, row.denied, row.not_reached)
    return Sample(
        rows=callback.draw(digest, row.ticked, row.size),
        ticked=ticked,
        drawn_at=row.drawn_at,
        chance=callback.chance_to_find(ticked, -(-ticked // 10), row.size),
        replies=replies,
        meaning=callback.meaning(ticked, replies) if replies else None,
    )


def _chance_without_list(commune: Scorecard) -> float | None:
    counted = min(commune.tally.answered, commune.households)
    if counted <= 0:
        return None
    return callback.chance_without_list(commune.households, counted, -(-counted // 10))
