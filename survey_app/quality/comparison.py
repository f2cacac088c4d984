"""A sealed survey beside its papers: flags, the reconciliation of every village, and the back-check.

For the Front, the province and the auditor. Counts of villages only, nothing of a household.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.audit import AuditEvent
from survey_app.fieldwork import answering, meetings
from survey_app.fieldwork.frames import FrameLine
from survey_app.fieldwork.meetings import MeetingView
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.rounds import AnnulmentView
from survey_app.quality import back_checks, balance, paradata
from survey_app.quality.back_checks import RepliesEntry
from survey_app.quality.balance import SlipBalance
from survey_app.quality.models import BackCheck
from survey_app.scoring import back_check, flags
from survey_app.scoring.back_check import Contradiction, Meaning, Replies, TickedRow
from survey_app.scoring.flags import Flag, Limits
from survey_app.scoring.paradata import Receipts, SurveyParadata, Window
from survey_app.scoring.scorecards import Scorecard
from survey_app.sealing import queries
from survey_app.sealing.models import ReceiptList


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """One village's counted households beside its paper list; without a list `receipts` is None."""

    line: FrameLine
    answered: int
    receipts: Receipts | None
    #: How often the list was entered when the result was known already: each time the draw would come out otherwise.
    late_entries: int

    @property
    def exceeds_list(self) -> bool:
        """Whether more households were counted than are ticked."""
        return self.receipts is not None and self.answered > self.receipts.ticked


@dataclass(frozen=True, slots=True)
class Sample:
    """The back-check sample, how likely it finds one false row in ten, and what was found; None before."""

    rows: tuple[TickedRow, ...]
    ticked: int
    drawn_at: datetime
    chance: float
    #: Villages with ticked rows, which the chance holds for, and the names of the others, where nothing is checked.
    checked: int
    unchecked: tuple[str, ...]
    replies: Replies | None
    meaning: Meaning | None
    #: Every entry of replies, oldest first; the last one counts.
    entries: tuple[RepliesEntry, ...]


@dataclass(frozen=True, slots=True)
class MeetingWithAnswers:
    """A meeting as it was announced, and how many answered by phone in its hours, in full ten minutes."""

    meeting: MeetingView
    answers: int


@dataclass(frozen=True, slots=True)
class ResultBesidePapers:
    """Everything there is to compare of one survey."""

    survey: SurveyView
    digest: str
    flags: tuple[Flag, ...]
    villages: tuple[Reconciliation, ...]
    #: Announced in time or afterwards, not those withdrawn.
    meetings: tuple[MeetingWithAnswers, ...]
    sample: Sample | None
    #: The chance that the same sample finds one false answer in ten where there is no list; None without households.
    chance_without_list: float | None
    #: Villages that were asked again; their lists, counters and counts are those of the last time alone.
    annulments: tuple[AnnulmentView, ...]
    #: Where the slips of each village are.
    balances: tuple[SlipBalance, ...]

    @property
    def contradiction(self) -> Contradiction | None:
        """What the back-check puts beside the result; None where it contradicts nothing."""
        if self.sample is None or self.sample.replies is None:
            return None
        return back_check.contradiction(self.sample.ticked, self.sample.replies)

    @property
    def exceeding(self) -> tuple[Reconciliation, ...]:
        """Villages with more households counted than ticked, also by so few that there is no flag."""
        return tuple(village for village in self.villages if village.exceeds_list)

    @property
    def without_list(self) -> tuple[str, ...]:
        """Names of the villages whose list has not been entered."""
        return tuple(village.line.unit.full_name for village in self.villages if village.receipts is None)

    @property
    def names(self) -> Mapping[str, str]:
        """Names of the commune and its villages by unit code."""
        villages = {village.line.unit.code: village.line.unit.full_name for village in self.villages}
        return {self.survey.unit.code: self.survey.unit.full_name, **villages}


def comparison(session: Session, survey_id: str) -> ResultBesidePapers:
    """The survey beside its papers. Raises SurveyNotFound, and NotSealed before the seal."""
    result = queries.scorecard(session, survey_id)
    lists = {row.unit_id: row for row in _lists(session, survey_id)}
    cards = {card.unit: card for card in result.villages}
    late = _late_entries(session, survey_id, result.sealed_at)
    villages = tuple(
        _reconciliation(line, cards[line.unit.code], lists.get(line.unit.id), late[line.unit.code])
        for line in result.frame
    )
    digest, limits = result.digest or "", Limits()
    [consultation] = paradata.gather(session, [survey_id], limits).consultations
    return ResultBesidePapers(
        survey=result.survey,
        digest=digest,
        flags=flags.flags(consultation, limits),
        villages=villages,
        meetings=_meetings(session, survey_id, consultation, result.frame),
        sample=_sample(session, survey_id, digest, result.frame),
        chance_without_list=_chance_without_list(result.commune),
        annulments=result.annulments,
        balances=balance.balances(session, survey_id, {row.line.unit.id: row.answered for row in villages}),
    )


def balances_so_far(session: Session, survey_id: str) -> tuple[tuple[SlipBalance, ...], datetime | None]:
    """Where the slips are while paper is still keyed, as of the last full hour, and when that was."""
    answered, as_of = answering.answered_hourly(session, survey_id)
    used = answering.answered_by_village(answered)
    return balance.balances(session, survey_id, used), as_of


def _lists(session: Session, survey_id: str) -> tuple[ReceiptList, ...]:
    mine = select(ReceiptList).where(ReceiptList.survey_id == survey_id).order_by(ReceiptList.unit_id)
    return tuple(session.scalars(mine))


def _late_entries(session: Session, survey_id: str, sealed_at: datetime | None) -> Counter[str]:
    """How often the list of each village was entered after the seal, as the audit log has it."""
    if sealed_at is None:
        return Counter()
    acts = select(AuditEvent.details).where(
        AuditEvent.subject == f"survey:{survey_id}",
        AuditEvent.act == back_checks.RECEIPTS,
        AuditEvent.at > sealed_at,
    )
    return Counter(str(details["village"]) for details in session.scalars(acts))


def _reconciliation(line: FrameLine, card: Scorecard, row: ReceiptList | None, late: int) -> Reconciliation:
    receipts = paradata.receipts_of(row) if row else None
    return Reconciliation(line, card.tally.answered, receipts, late_entries=late)


def _meetings(
    session: Session, survey_id: str, consultation: SurveyParadata, frame: tuple[FrameLine, ...]
) -> tuple[MeetingWithAnswers, ...]:
    codes = {line.unit.id: line.unit.code for line in frame}
    slots = {village.unit: village.slots for village in consultation.villages}
    return tuple(
        MeetingWithAnswers(
            meeting, sum(slot.answers for slot in slots[codes[meeting.unit_id]] if window.touches(slot))
        )
        for meeting in meetings.meetings(session, survey_id)
        if meeting.withdrawn_at is None
        for window in [Window(meeting.starts_at, meeting.ends_at)]
    )


def _sample(session: Session, survey_id: str, digest: str, frame: tuple[FrameLine, ...]) -> Sample | None:
    row = session.get(BackCheck, survey_id)
    if row is None:
        return None
    ticked = sum(row.ticked.values())
    entries = back_checks.entries(session, survey_id)
    replies = entries[-1].replies if entries else None
    return Sample(
        rows=back_check.draw(digest, row.ticked, row.size),
        ticked=ticked,
        drawn_at=row.drawn_at,
        chance=back_check.chance_to_find(ticked, -(-ticked // 10), row.size),
        checked=len(row.ticked),
        unchecked=tuple(line.unit.full_name for line in frame if line.unit.code not in row.ticked),
        replies=replies,
        meaning=back_check.meaning(ticked, replies) if replies else None,
        entries=entries,
    )


def _chance_without_list(commune: Scorecard) -> float | None:
    counted = min(commune.tally.answered, commune.households)
    if counted <= 0:
        return None
    return back_check.chance_without_list(commune.households, counted, -(-counted // 10))
