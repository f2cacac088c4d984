"""Which door an answer comes through: the slip of a household, or the link of a feedback survey."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, or_, select, true
from sqlalchemy.orm import Session

from survey_app import throttle
from survey_app.collecting.leaves import Receipted
from survey_app.collecting.models import AnnulledResponse, Response, RetainedLeaf, SealedResponse, SpentCode
from survey_app.collecting.refusals import AlreadySealed, Annulled, CodeUsed, SetAside, UnknownCode
from survey_app.errors import DomainError
from survey_app.fieldwork import codes, rounds
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.codes import MistypedCode
from survey_app.fieldwork.models import (
    IN_THE_FIELD,
    TAKING_ANSWERS,
    WITH_SEAL,
    PrintBatch,
    SlipRow,
    State,
    Survey,
)
from survey_app.fieldwork.queries import SurveyNotFound, SurveyView
from survey_app.keys import KeyMissing, KeyStore, is_marked
from survey_app.units.kinds import full_name
from survey_app.units.models import Unit

#: What a link can look like; anything else never reaches the database, which refuses some characters loudly.
_LINK = re.compile(r"[A-Za-z0-9_-]{1,32}")
#: An answer wherever it lies.
Stored = Response | SealedResponse | AnnulledResponse


class AnswerState(StrEnum):
    """What has become of the answer a receipt was given for."""

    STORED = "stored"
    ANNULLED = "annulled"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Door:
    """A way into one survey. `unit` is the village of the slip, or the commune of a feedback survey."""

    survey: SurveyView
    unit_id: int
    unit_code: str
    unit_name: str
    #: None for a feedback survey, which has no codes.
    code_mac: bytes | None = None
    spent: bool = False
    #: When its batch was voided; a code that had answered by then stays answered.
    voided_at: datetime | None = None
    #: When the slip was made; None for a feedback survey.
    made_at: datetime | None = None

    @property
    def voided(self) -> bool:
        return self.voided_at is not None


@dataclass(frozen=True, slots=True)
class Found:
    """What one statement says of a code: its survey, its slip, and how often the caller guessed wrong just now."""

    code: str
    survey: SurveyView | None
    slip: Door | None
    has_pepper: bool
    guesses: int

    def door(self) -> Door:
        """The door of the code; raises what `slip_door` raises."""
        if self.survey is None or not _has_slips(self.survey):
            raise _no_such(self.code)
        _require_key(self.survey)
        if not self.has_pepper:
            raise KeyMissing(f"pepper of survey {self.survey.id}")
        if self.slip is None:
            raise _no_such(self.code)
        return self.slip


def look_up(session: Session, code: str, keys: KeyStore, caller: str, now: datetime) -> Found:
    """All that the page of a normalised code needs; `caller` is the key under which wrong guesses are counted."""
    number = codes.survey_of(code)
    pepper = _pepper(keys, number)
    code_mac = None if pepper is None else codes.mac(pepper, number, code)
    values = {"number": number, "mac": code_mac, **throttle.window(caller, now)}
    statement = _survey_slip_and_guesses(session.get_bind().dialect.name)
    row = session.connection().execute(statement, values).one()
    survey = None if row.facts is None else surveys.remembered(session, number, row.facts)
    mark = survey.pepper_mark if survey else None
    if pepper is not None and mark is not None and not is_marked(pepper, mark):
        code_mac = None  # another pepper in its place finds no slip at all
    known = survey is not None and code_mac is not None and row.slip_unit is not None
    return Found(
        code=code,
        survey=survey,
        slip=_door(survey, code_mac, row) if survey and code_mac and known else None,
        has_pepper=code_mac is not None,
        guesses=row.failures,
    )


def survey_of_code(session: Session, code: str) -> SurveyView:
    """The survey a normalised code belongs to. Raises UnknownCode, or MistypedCode for digits that lack some."""
    try:
        return surveys.survey(session, codes.survey_of(code))
    except SurveyNotFound as error:
        raise _no_such(code) from error


def are_letters_known(session: Session) -> bool:
    """Whether a survey of a former number, whose codes and receipts hold letters, is held at all."""
    return session.scalar(select(Survey.id).where(func.length(Survey.id) < 4).limit(1)) is not None


def are_letters_out(session: Session) -> bool:
    """Whether a survey of a former number, whose codes hold letters, still takes answers."""
    out = Survey.state.in_(IN_THE_FIELD) & (func.length(Survey.id) < 4)
    return session.scalar(select(Survey.id).where(out).limit(1)) is not None


def slip_door(session: Session, survey: SurveyView, code: str, keys: KeyStore) -> Door:
    """The door of a normalised code.

    Raises UnknownCode, Annulled or AlreadySealed once the survey's pepper was destroyed, KeyMissing when it is away.
    """
    if not _has_slips(survey):
        raise _no_such(code)
    _require_key(survey)
    code_mac = codes.mac(keys.pepper(survey.id, survey.pepper_mark), survey.id, code)
    row = session.execute(_slip(), {"number": survey.id, "mac": code_mac}).first()
    if row is None:
        raise _no_such(code)
    return _door(survey, code_mac, row)


def _no_such(code: str) -> DomainError:
    """Why a code without a slip is refused: digits alone of a former length lack some, and guess nothing."""
    return MistypedCode(code) if codes.is_digits_alone(code) else UnknownCode()


def _has_slips(survey: SurveyView) -> bool:
    return survey.state is not State.DRAFT and survey.link is None


def _require_key(survey: SurveyView) -> None:
    """Once the key is destroyed nobody can find which village a slip is of; such a survey takes no answer any more."""
    if survey.key_destroyed:
        raise Annulled if survey.state is State.ANNULLED else AlreadySealed


def _pepper(keys: KeyStore, number: str) -> bytes | None:
    try:
        return keys.pepper(number)
    except KeyMissing:
        return None


def _door(survey: SurveyView, code_mac: bytes, row: Row[*tuple[Any, ...]]) -> Door:
    return Door(
        survey=survey,
        unit_id=row.slip_unit,
        unit_code=row.slip_unit_code,
        unit_name=full_name(row.slip_unit_kind, row.slip_unit_name, row.slip_unit_former),
        code_mac=code_mac,
        spent=row.spent is not None,
        voided_at=row.voided_at,
        made_at=row.made_at,
    )


@cache
def _slip() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Unit.id.label("slip_unit"),
            Unit.code.label("slip_unit_code"),
            Unit.kind.label("slip_unit_kind"),
            Unit.name.label("slip_unit_name"),
            Unit.old_unit.label("slip_unit_former"),
            PrintBatch.made_at,
            PrintBatch.voided_at,
            SpentCode.code_mac.label("spent"),
        )
        .select_from(SlipRow)
        .join(Unit, Unit.id == SlipRow.unit_id)
        .join(
            PrintBatch, (PrintBatch.survey_id == SlipRow.survey_id) & (PrintBatch.id == SlipRow.print_batch)
        )
        .outerjoin(
            SpentCode, (SpentCode.survey_id == SlipRow.survey_id) & (SpentCode.code_mac == SlipRow.code_mac)
        )
        .where(SlipRow.survey_id == bindparam("number"), SlipRow.code_mac == bindparam("mac"))
    )


@cache
def _survey_slip_and_guesses(dialect: str) -> Select[*tuple[Any, ...]]:
    """One row always. A round trip costs the web server more than the database needs for all three together."""
    survey, slip = surveys.facts(dialect).subquery("survey"), _slip().subquery("slip")
    guesses = throttle.counted().subquery("guesses")
    return select(survey, slip, guesses).select_from(
        guesses.outerjoin(survey, true()).outerjoin(slip, true())
    )


def link_door(session: Session, link: str) -> Door:
    """The door of a feedback survey. Raises SurveyNotFound."""
    known = select(Survey.id).where(Survey.link == link, Survey.state != State.DRAFT)
    number = session.scalar(known) if _LINK.fullmatch(link) else None
    if number is None:
        raise SurveyNotFound
    survey = surveys.survey(session, number)
    return Door(survey, survey.unit.id, survey.unit.code, survey.unit.full_name)


def is_final(survey: SurveyView) -> bool:
    """Whether the survey has a result that no answer changes."""
    return survey.state in WITH_SEAL


def stored_response(session: Session, survey_id: str, submission_id: str) -> Stored | None:
    """The answer stored under a submission id: sealed or not, also when it was annulled with its village."""
    key = (survey_id, submission_id)
    return (
        session.get(Response, key) or session.get(SealedResponse, key) or session.get(AnnulledResponse, key)
    )


def spent_refusal(session: Session, door: Door) -> CodeUsed:
    """What the holder of a spent slip reads: used, or used and set aside with a village that is being asked again.

    An annulment voids every batch of its village, so a batch voided after it belongs to the asking that followed.
    """
    voided_at = door.voided_at
    asking = door.survey.state in TAKING_ANSWERS
    if asking and voided_at and rounds.ended_since(session, door.survey.id, door.unit_id, voided_at):
        return SetAside(door.survey.whom_to_call)
    return CodeUsed()


def codes_spent(session: Session, named: Collection[str]) -> Mapping[str, int]:
    """How many codes are spent, by survey: of those that take answers, and of those named. None is not listed."""
    running = select(Survey.id).where(Survey.state.in_(TAKING_ANSWERS))
    counted = (
        select(SpentCode.survey_id, func.count().label("spent"))
        .where(or_(SpentCode.survey_id.in_(running), SpentCode.survey_id.in_(named)))
        .group_by(SpentCode.survey_id)
        .order_by(SpentCode.survey_id)
    )
    return {row.survey_id: row.spent for row in session.execute(counted)}


def is_spent(session: Session, survey_id: str, code_mac: bytes) -> bool:
    """Whether the code has answered."""
    return session.get(SpentCode, (survey_id, code_mac)) is not None


def receipt_state(session: Session, receipt: Receipted) -> AnswerState:
    """What has become of an answer with this receipt."""
    if _has_leaf(session, Response, receipt) or _has_leaf(session, SealedResponse, receipt):
        return AnswerState.STORED
    if _has_leaf(session, AnnulledResponse, receipt):
        return AnswerState.ANNULLED
    kept = select(RetainedLeaf.annulled).where(
        RetainedLeaf.survey_id == receipt.survey_id, RetainedLeaf.leaf.between(receipt.first, receipt.last)
    )
    annulled = session.scalar(kept.limit(1))
    if annulled is None:
        return AnswerState.ABSENT
    return AnswerState.ANNULLED if annulled else AnswerState.STORED


def _has_leaf(session: Session, table: type[Stored], receipt: Receipted) -> bool:
    found = select(table.leaf).where(
        table.survey_id == receipt.survey_id, table.leaf.between(receipt.first, receipt.last)
    )
    return session.scalar(found.limit(1)) is not None
