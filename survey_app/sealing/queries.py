"""What is final, read back exactly: scorecards. Which of them speaks for a unit and a year, `speaking` says.

Exact counts leave this room for papers, the operator's commands and the province's sums; screens, exports and
the public page read `disclosed`.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from http import HTTPStatus
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from survey_app.audit import AuditEvent
from survey_app.collecting.models import SpentCode
from survey_app.errors import DomainError
from survey_app.fieldwork import answering, frames, rounds
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.frames import FrameLine
from survey_app.fieldwork.models import PrintBatch, Purpose, SlipRow
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.rounds import AnnulmentView
from survey_app.i18n import gettext as _
from survey_app.scoring import quartiles, scorecards, tallies
from survey_app.scoring.quartiles import Quartiles
from survey_app.scoring.scorecards import Scorecard
from survey_app.scoring.tallies import Tally
from survey_app.sealing.models import FeedbackFigure, ReceiptList, Seal, TallyRow
from survey_app.templating import day as printed_day
from survey_app.units.queries import civil

#: The act under which the removal of a survey's answers is noted; their leaves stay.
RAW_REMOVED = "results.raw_removed"
#: New answers before a feedback survey's figures change, so that no single answer can be read off two of them.
FEEDBACK_STEP = 10


class NotSealed(DomainError):
    """Nobody sees answers while the survey runs."""

    code = "chua-dong"
    status = HTTPStatus.FORBIDDEN

    def __init__(self, survey: SurveyView) -> None:
        super().__init__(
            _(
                "The survey is not closed yet, so nobody may see its answers. Phones close at the end of "
                "%(day)s; the result comes when the paper slips are counted.",
                day=printed_day(survey.last_day),
            )
        )


class NoFiguresYet(DomainError):
    """A feedback survey shows nothing before ten answers."""

    code = "chua-du-gop-y"
    status = HTTPStatus.FORBIDDEN

    def __init__(self) -> None:
        super().__init__(_("There are no figures yet: they are counted once a day, from ten new answers on."))


@dataclass(frozen=True, slots=True)
class ScorecardView:
    """The exact result. For signed papers, commands and auditors; screens and exports read `disclosed.result`."""

    survey: SurveyView
    commune: Scorecard
    #: In the order of the frame; every village asked is there, also when nobody answered.
    villages: tuple[Scorecard, ...] = ()
    frame: tuple[FrameLine, ...] = ()
    #: None while a feedback survey still runs; then `counted_on` says which day's figures these are.
    digest: str | None = None
    signature: str | None = None
    sealed_at: datetime | None = None
    sealed_by: str | None = None
    counted_on: date | None = None
    #: Of villages that were asked again, oldest first.
    annulments: tuple[AnnulmentView, ...] = ()
    #: Whether what was signed holds names, contact, rule book and tables; a seal of an earlier release does not.
    signs_names: bool = True


@dataclass(frozen=True, slots=True)
class UnkeyedVillage:
    """Households of one village that have not answered."""

    unit: str
    households: int
    #: Filled slips that were brought back and are not keyed.
    filled: int = 0


@dataclass(frozen=True, slots=True)
class Unkeyed:
    """What has not come in: silent households, and live slips never used, some perhaps filled in on paper."""

    households: int
    live_slips: int
    #: Filled slips that were brought back, as the Front counted them, and are not keyed.
    filled: int
    #: Only villages where somebody or a slip is missing.
    villages: tuple[UnkeyedVillage, ...]


def unkeyed(session: Session, survey_id: str) -> Unkeyed:
    """What has not come in at this moment. Says nothing of answers."""
    answered = answering.answered_by_village(answering.answered_now(session, survey_id))
    filled = unkeyed_slips(session, survey_id)
    silent = [
        UnkeyedVillage(
            line.unit.code,
            max(line.households - answered.get(line.unit.id, 0), 0),
            filled.get(line.unit.id, 0),
        )
        for line in frames.frame(session, survey_id)
    ]
    missing = tuple(village for village in silent if village.households > 0 or village.filled)
    return Unkeyed(
        households=sum(village.households for village in missing),
        live_slips=_live_slips(session, survey_id),
        filled=sum(filled.values()),
        villages=missing,
    )


def collected_slips(session: Session, survey_id: str) -> dict[int, int]:
    """Filled slips that were brought back, by village id, as the Front counted them; uncounted villages are absent."""
    counted = select(ReceiptList.unit_id, ReceiptList.brought_back).where(
        ReceiptList.survey_id == survey_id, ReceiptList.brought_back.is_not(None)
    )
    return {unit_id: slips or 0 for unit_id, slips in session.execute(counted.order_by(ReceiptList.unit_id))}


def unkeyed_slips(session: Session, survey_id: str) -> dict[int, int]:
    """Filled slips that were brought back and are not keyed, by village id; villages without any are absent."""
    keyed = answering.paper_by_village(answering.answered_now(session, survey_id))
    missing = {
        unit_id: slips - keyed.get(unit_id, 0)
        for unit_id, slips in collected_slips(session, survey_id).items()
    }
    return {unit_id: slips for unit_id, slips in missing.items() if slips > 0}


def digests(session: Session, survey_ids: Collection[str]) -> dict[str, str]:
    """The digest of each of these surveys that is sealed."""
    rows = select(Seal.survey_id, Seal.digest).where(Seal.survey_id.in_(survey_ids)).order_by(Seal.survey_id)
    return {row.survey_id: row.digest for row in session.execute(rows)}


def scorecard(session: Session, survey_id: str) -> ScorecardView:
    """The exact result; of a running feedback survey, its newest figures of the day.

    Raises SurveyNotFound, NotSealed, and NoFiguresYet for a feedback survey with fewer than ten answers.
    """
    survey = surveys.survey(session, survey_id)
    seal = session.get(Seal, survey_id)
    if seal is None:
        return _running_feedback(session, survey)
    frame = frames.frame(session, survey_id)
    villages = village_cards(survey, frame, _stored_tallies(session, survey_id))
    return ScorecardView(
        survey=survey,
        commune=replace(scorecards.roll_up(survey.unit.code, villages), numbers=_numbers(seal.document)),
        # A feedback survey answers for the commune as a whole: it has no villages to show.
        villages=villages if survey.purpose.asks_households else (),
        frame=frame if survey.purpose.asks_households else (),
        digest=seal.digest,
        signature=seal.signature,
        sealed_at=seal.sealed_at,
        sealed_by=seal.sealed_by,
        annulments=rounds.annulments(session, survey_id),
        signs_names="form" in seal.document,
    )


def removed_on(session: Session, survey_id: str) -> date | None:
    """The civil day on which retention removed the answers, None while they are there."""
    noted = select(AuditEvent.at).where(
        AuditEvent.subject == f"survey:{survey_id}", AuditEvent.act == RAW_REMOVED
    )
    found = session.scalars(noted.order_by(AuditEvent.id).limit(1)).first()
    return civil(found) if found else None


def village_cards(
    survey: SurveyView, frame: Iterable[FrameLine], counted: Mapping[tuple[int, str], Tally]
) -> tuple[Scorecard, ...]:
    """A scorecard of every village asked, in the order given; of the commune alone in a feedback survey."""
    if not survey.purpose.asks_households:
        return (_card(survey, survey.unit.id, survey.unit.code, 0, counted),)
    return tuple(_card(survey, line.unit.id, line.unit.code, line.households, counted) for line in frame)


def _card(
    survey: SurveyView, unit_id: int, code: str, households: int, counted: Mapping[tuple[int, str], Tally]
) -> Scorecard:
    mine = {channel: tally for (unit, channel), tally in counted.items() if unit == unit_id}
    return Scorecard(
        unit=code,
        households=households,
        tally=tallies.add([tallies.empty(survey.instrument), *mine.values()]),
        channels={channel: tally.answered for channel, tally in sorted(mine.items())},
    )


def _live_slips(session: Session, survey_id: str) -> int:
    """Slips of batches that were not voided whose code was never used."""
    spent = exists().where(SpentCode.survey_id == SlipRow.survey_id, SpentCode.code_mac == SlipRow.code_mac)
    voided = exists().where(
        PrintBatch.survey_id == SlipRow.survey_id,
        PrintBatch.id == SlipRow.print_batch,
        PrintBatch.voided_at.is_not(None),
    )
    live = select(func.count()).select_from(SlipRow).where(SlipRow.survey_id == survey_id, ~spent, ~voided)
    return session.scalars(live).one()


def _stored_tallies(session: Session, survey_id: str) -> dict[tuple[int, str], Tally]:
    rows = session.scalars(select(TallyRow).where(TallyRow.survey_id == survey_id))
    return {(row.unit_id, row.channel): tallies.load(row.tally) for row in rows}


def _running_feedback(session: Session, survey: SurveyView) -> ScorecardView:
    """The newest figures of the day. Raises NotSealed for a decision survey, which has none."""
    if survey.purpose is Purpose.DECISION:
        raise NotSealed(survey)
    newest = newest_figure(session, survey.id)
    if newest is None:
        raise NoFiguresYet
    return ScorecardView(survey=survey, commune=figure_card(survey, newest), counted_on=newest.day)


def newest_figure(session: Session, survey_id: str) -> FeedbackFigure | None:
    """The last figure of a feedback survey; None before ten answers, and of every decision survey."""
    return session.scalars(
        select(FeedbackFigure)
        .where(FeedbackFigure.survey_id == survey_id)
        .order_by(FeedbackFigure.day.desc())
        .limit(1)
    ).first()


def kept_figure(session: Session, exact: ScorecardView) -> FeedbackFigure | None:
    """The last figure of a sealed feedback survey, if answers came after it, but too few."""
    sealed = exact.digest is not None
    if not sealed or not few_came_after(session, exact.survey, exact.commune.tally.answered):
        return None
    return newest_figure(session, exact.survey.id)


def few_came_after(session: Session, survey: SurveyView, answered: int) -> bool:
    """Whether, of `answered` in all, too few came after the last figure of a feedback survey to be told apart."""
    newest = newest_figure(session, survey.id) if survey.purpose is Purpose.FEEDBACK else None
    if newest is None:
        return False
    return 0 < answered - tallies.load(newest.tally).answered < FEEDBACK_STEP


def figure_card(survey: SurveyView, figure: FeedbackFigure) -> Scorecard:
    """A figure of a feedback survey as a scorecard: anybody may answer, so there are no households to cover."""
    return Scorecard(
        unit=survey.unit.code,
        households=0,
        tally=tallies.load(figure.tally),
        channels={},
        numbers=_numbers(figure.tally),
    )


def _numbers(document: Mapping[str, Any]) -> dict[str, Quartiles]:
    """Quartiles as they were counted; none where they were counted before there were any."""
    return quartiles.load(document.get("numbers", {}))
