"""Storing one household's answer: exactly once, whatever the network does, through every door.

One transaction spends the code, stores the response and counts it. The unique keys of the database decide who was
first; nothing is looked up first and written later. Knows no page and no form.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import assert_never

from sqlalchemy import Executable, Select, String, bindparam, delete, exists, select
from sqlalchemy.orm import Session

from survey_app import db, standby
from survey_app.collecting import leaves, networks, one_statement, paradata, queries, stored
from survey_app.collecting.models import AnnulledResponse, InvalidPaper, Response, SpentCode
from survey_app.collecting.queries import Door, Stored
from survey_app.collecting.refusals import (
    AlreadySealed,
    Annulled,
    CodeUsed,
    CodeVoid,
    NotOpenYet,
    OtherContent,
    PhonesClosed,
)
from survey_app.fieldwork.models import Channel, Medium, PrintBatch, Progress, SlipRow, State, Survey
from survey_app.keys import KeyStore
from survey_app.questions.reading import Value
from survey_app.scoring.paradata import Mode


@dataclass(frozen=True, slots=True)
class Submission:
    """One answer as it came in, read but not yet stored."""

    id: str
    answers: Mapping[str, Value]
    channel: Channel
    #: When its form was opened, by the server's clock; None without a ticket of this very slip.
    form_opened_at: datetime | None = None
    #: Why a keyed paper slip is invalid; its answers are then all None.
    invalid_reason: str | None = None
    #: Where a household's own phone sent from, without the part that names the phone; never printed, never stored.
    network: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The server's promise. `stored_now` is False for a repeated sending."""

    printed: str
    leaf: str
    signature: str
    salts: Mapping[str, str]
    stored_now: bool
    #: Whether the answers of its village were annulled since, so that it does not count.
    annulled: bool = False


#: Values of a row of `responses` by column.
_Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Held:
    """What decides whether a survey takes an answer now."""

    state: str
    phones_closed_at: datetime | None


def record_response(
    session: Session, door: Door, submission: Submission, *, now: datetime, keys: KeyStore
) -> Receipt:
    """Store the answer, or recognise it as stored. Raises the refusals of this room; then nothing was written.

    A repeated sending of the same content gets the same receipt, also after closing and sealing.
    """
    refusal = _refusal(hold_survey(session, door.survey.id), door, submission)
    if refusal is not None:
        return _known(session, door, submission, keys, otherwise=refusal)
    packed = stored.pack(door.survey.instrument, submission.answers, {})
    leaf = _leaf(door, submission, packed)
    row = _row(door, submission, packed, leaf)
    is_at_once = one_statement.takes(session, door.code_mac, submission.channel)
    take = _take_at_once if is_at_once else _take_by_steps
    is_spent, is_new = take(session, door, submission, row, now, keys)
    if not is_spent:
        return _known(session, door, submission, keys, otherwise=_unspendable(session, door))
    if not is_new:
        _take_back(session, door)
        return _known(session, door, submission, keys, otherwise=CodeUsed())
    return _receipt(keys, door, leaf, stored.salts(packed), stored_now=True)


def require_storable(session: Session, door: Door, submission: Submission) -> None:
    """Raise what storing this answer would raise now; an answer that is stored already passes."""
    refusal = _refusal(hold_survey(session, door.survey.id), door, submission)
    if refusal is None and door.spent:
        refusal = queries.spent_refusal(session, door)
    if refusal is not None and queries.stored_response(session, door.survey.id, submission.id) is None:
        raise refusal


def hold_survey(session: Session, survey_id: str) -> _Held:
    """The survey, held in its state until this answer is committed, so that closing waits for answers in flight."""
    return _Held(*session.connection().execute(_held(), {"number": survey_id}).one())


@cache
def _held() -> Select[str, datetime | None]:
    held = select(Survey.state, Survey.phones_closed_at).where(Survey.id == bindparam("number"))
    return db.shared(held)


def _refusal(survey: _Held, door: Door, submission: Submission) -> Exception | None:
    """Why this answer may not be stored now; None when it may."""
    match State(survey.state):
        case State.DRAFT | State.PUBLISHED:
            return NotOpenYet(door.survey.first_day.strftime("%d/%m/%Y"))
        case State.ANNULLED:
            return Annulled()
        case State.SEALED | State.SIGNED:
            return AlreadySealed()
        case State.COUNTING:
            if not _may_still_arrive(survey, door, submission):
                return PhonesClosed(door.survey.id, door.survey.last_day_of_phones)
        case State.OPEN:
            pass
        case _ as unknown:
            assert_never(unknown)
    if door.voided and not door.spent:
        return CodeVoid()
    return None


def _may_still_arrive(survey: _Held, door: Door, submission: Submission) -> bool:
    """In the counting window paper is keyed, and phones deliver what was opened before they were closed.

    The form of a slip made later, for a village that is asked again, cannot have been open by then.
    """
    if submission.channel.medium is Medium.PAPER:
        return True
    opened, closed = submission.form_opened_at, survey.phones_closed_at
    if opened is None or closed is None or opened > closed:
        return False
    return door.made_at is None or door.made_at <= closed


def _take_by_steps(
    session: Session, door: Door, submission: Submission, row: _Row, now: datetime, keys: KeyStore
) -> tuple[bool, bool]:
    """Spend, store and count: whether the code could be spent, and whether the answer was new and so was counted."""
    if not _spend(session, door, submission):
        return False, False
    if not db.insert_if_new(session, Response, row):
        return True, False
    _count(session, door, submission, now, keys)
    return True, True


def _take_at_once(
    session: Session, door: Door, submission: Submission, row: _Row, now: datetime, keys: KeyStore
) -> tuple[bool, bool]:
    """The same in one statement."""
    network = submission.network if submission.channel.mode is Mode.SELF else None
    given = {
        **row,
        "mac": door.code_mac,
        "ten_minutes": paradata.slot_start(now),
        "fast": paradata.is_fast(door.survey.instrument, submission.form_opened_at, now),
        **networks.values(door.survey.id, door.unit_id, network, keys=keys, now=now),
    }
    return one_statement.take(session, _spendable(), given)


def _spend(session: Session, door: Door, submission: Submission) -> bool:
    """Spend the code; False when it may not be spent. A feedback survey has no code to spend."""
    if door.code_mac is None:
        return True
    given = {"survey_id": door.survey.id, "mac": door.code_mac, "id": submission.id}
    spending = _spending(session.get_bind().dialect.name)
    return session.connection().execute(spending, given).first() is not None


@cache
def _spending(dialect: str) -> Executable:
    return db.insert_selected_if_new(dialect, SpentCode, _spendable())


@cache
def _spendable() -> Select[str, bytes]:
    """The code if it may be spent.

    A slip may have been voided, and its village be asked again, since its door was looked at; and the id of an answer
    that was annulled is known. All this is decided by the one statement that spends, in the state that `hold_survey`
    holds.
    """
    survey = bindparam("survey_id", type_=String)
    annulled = exists().where(
        AnnulledResponse.survey_id == survey, AnnulledResponse.id == bindparam("id", type_=String)
    )
    batch = (PrintBatch.survey_id == SlipRow.survey_id) & (PrintBatch.id == SlipRow.print_batch)
    return (
        select(SlipRow.survey_id, SlipRow.code_mac)
        .join(PrintBatch, batch)
        .where(
            SlipRow.survey_id == survey,
            SlipRow.code_mac == bindparam("mac"),
            PrintBatch.voided_at.is_(None),
            ~annulled,
        )
    )


def _unspendable(session: Session, door: Door) -> Exception:
    """Why a code that no known answer was sent with could not be spent."""
    if door.code_mac is None or queries.is_spent(session, door.survey.id, door.code_mac):
        return queries.spent_refusal(session, door)
    return CodeVoid()


def _take_back(session: Session, door: Door) -> None:
    """Unspend the code this transaction has just spent: its answer turned out to be stored under another code."""
    mine = (SpentCode.survey_id == door.survey.id, SpentCode.code_mac == door.code_mac)
    session.connection().execute(delete(SpentCode).where(*mine))


def _row(door: Door, submission: Submission, packed: Mapping[str, object], leaf: str) -> _Row:
    """The answer as it lies in `responses`."""
    return {
        "survey_id": door.survey.id,
        "id": submission.id,
        "unit_id": door.unit_id,
        "channel": submission.channel,
        "version": door.survey.instrument.version,
        "answers": packed,
        "leaf": leaf,
    }


def _count(session: Session, door: Door, submission: Submission, now: datetime, keys: KeyStore) -> None:
    key = {"survey_id": door.survey.id, "unit_id": door.unit_id}
    db.count_up(session, Progress, {**key, "channel": submission.channel}, "answered")
    if submission.invalid_reason is not None:
        db.count_up(session, InvalidPaper, {**key, "reason": submission.invalid_reason}, "slips")
    if door.code_mac is not None:
        fast = paradata.is_fast(door.survey.instrument, submission.form_opened_at, now)
        paradata.count(session, door.survey.id, door.unit_id, submission.channel, is_fast=fast, now=now)
        if submission.network is not None and submission.channel.mode is Mode.SELF:
            networks.count(session, door.survey.id, door.unit_id, submission.network, keys=keys, now=now)


def _known(
    session: Session, door: Door, submission: Submission, keys: KeyStore, *, otherwise: Exception
) -> Receipt:
    """The receipt of the same content stored before. Raises OtherContent, or `otherwise` for an unknown id."""
    before = queries.stored_response(session, door.survey.id, submission.id)
    if before is None:
        raise otherwise
    if not _same(door, submission, before):
        raise OtherContent
    standby.confirm(session)
    receipt = _receipt(keys, door, before.leaf, stored.salts(before.answers), stored_now=False)
    return replace(receipt, annulled=isinstance(before, AnnulledResponse))


def _same(door: Door, submission: Submission, before: Stored) -> bool:
    """Whether a retry says what was stored, compared with the stored salts; a redacted text can no longer differ."""
    packed = stored.pack(door.survey.instrument, submission.answers, stored.salts(before.answers))
    packed |= stored.redacted(before.answers)
    return _leaf(door, submission, packed) == before.leaf


def _leaf(door: Door, submission: Submission, packed: Mapping[str, object]) -> str:
    return leaves.leaf(
        survey=door.survey.id,
        version=door.survey.instrument.version,
        unit=door.unit_code,
        channel=submission.channel,
        submission_id=submission.id,
        answers=packed,
    )


def _receipt(keys: KeyStore, door: Door, leaf: str, salts: Mapping[str, str], *, stored_now: bool) -> Receipt:
    return Receipt(
        printed=leaves.receipt(door.survey.id, leaf),
        leaf=leaf,
        signature=leaves.sign(keys, door.survey.id, leaf),
        salts=salts,
        stored_now=stored_now,
    )
