"""Which door an answer comes through: the slip of a household, or the link of a feedback survey."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from survey_app.collecting.models import AnnulledResponse, Response, RetainedLeaf, SealedResponse, SpentCode
from survey_app.collecting.refusals import AlreadySealed, Annulled, UnknownCode
from survey_app.fieldwork import codes
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.models import PrintBatch, SlipRow, State, Survey
from survey_app.fieldwork.queries import SurveyNotFound, SurveyView
from survey_app.keys import KeyStore
from survey_app.units.kinds import full_name
from survey_app.units.models import Unit

#: What a link can look like; anything else never reaches the database, which refuses some characters loudly.
_LINK = re.compile(r"[A-Za-z0-9_-]{1,32}")
#: States in which a code leads to the public result by the survey number alone.
_FINAL = (State.SEALED, State.SIGNED)


#: An answer wherever it lies.
Stored = Response | SealedResponse | AnnulledResponse


class Standing(StrEnum):
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
    voided: bool = False
    #: When the slip was made; None for a feedback survey.
    made_at: datetime | None = None


def survey_of_code(session: Session, code: str) -> SurveyView:
    """The survey a normalised code belongs to. Raises UnknownCode."""
    try:
        return surveys.survey(session, codes.survey_of(code))
    except SurveyNotFound as error:
        raise UnknownCode from error


def slip_door(session: Session, survey: SurveyView, code: str, keys: KeyStore) -> Door:
    """The door of a normalised code.

    Raises UnknownCode, Annulled or AlreadySealed once the survey's pepper was destroyed, KeyMissing when it is away.
    """
    if survey.state is State.DRAFT or survey.link is not None:
        raise UnknownCode
    if survey.key_destroyed:
        # Which village a slip is of can no longer be found; such a survey takes no answer any more.
        raise Annulled if survey.state is State.ANNULLED else AlreadySealed
    code_mac = codes.mac(keys.pepper(survey.id), survey.id, code)
    row = session.execute(_slip(), {"number": survey.id, "mac": code_mac}).first()
    if row is None:
        raise UnknownCode
    unit_id, unit_code, kind, name, made_at, voided_at, spent = row
    return Door(
        survey=survey,
        unit_id=unit_id,
        unit_code=unit_code,
        unit_name=full_name(kind, name),
        code_mac=code_mac,
        spent=spent is not None,
        voided=voided_at is not None,
        made_at=made_at,
    )


@cache
def _slip() -> Select[int, str, str, str, datetime, datetime | None, bytes | None]:
    return (
        select(
            Unit.id,
            Unit.code,
            Unit.kind,
            Unit.name,
            PrintBatch.made_at,
            PrintBatch.voided_at,
            SpentCode.code_mac,
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
    return survey.state in _FINAL


def stored_response(session: Session, survey_id: str, submission_id: str) -> Stored | None:
    """The answer stored under a submission id: sealed or not, also when it was annulled with its village."""
    key = (survey_id, submission_id)
    return (
        session.get(Response, key) or session.get(SealedResponse, key) or session.get(AnnulledResponse, key)
    )


def is_spent(session: Session, survey_id: str, code_mac: bytes) -> bool:
    """Whether the code has answered."""
    return session.get(SpentCode, (survey_id, code_mac)) is not None


def receipt_standing(session: Session, survey_id: str, leaf_start: str) -> Standing:
    """What has become of an answer of the survey whose leaf begins so."""
    if _has_leaf(session, Response, survey_id, leaf_start):
        return Standing.STORED
    if _has_leaf(session, SealedResponse, survey_id, leaf_start):
        return Standing.STORED
    if _has_leaf(session, AnnulledResponse, survey_id, leaf_start):
        return Standing.ANNULLED
    kept = select(RetainedLeaf.annulled).where(
        RetainedLeaf.survey_id == survey_id, RetainedLeaf.leaf.startswith(leaf_start, autoescape=True)
    )
    annulled = session.scalar(kept.limit(1))
    if annulled is None:
        return Standing.ABSENT
    return Standing.ANNULLED if annulled else Standing.STORED


def _has_leaf(session: Session, table: type[Stored], survey_id: str, leaf_start: str) -> bool:
    found = select(table.leaf).where(
        table.survey_id == survey_id, table.leaf.startswith(leaf_start, autoescape=True)
    )
    return session.scalar(found.limit(1)) is not None
