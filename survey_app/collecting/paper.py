"""A paper slip becomes an answer: the one operation of every desk, whether the slip was keyed or scanned.

Beside the answer it keeps which slip it came from, so that a drawn slip is found again by its own code. The code lies
there encrypted under the survey's pepper. The same code always gives the same bytes, so both ways are found, from slip
to answer and back, by those alone who have the key. After the seal the drawn slips alone are kept, and none
once the key is destroyed. On paper alone: no code leads to an answer that came by phone. See ADR 39.

A slip whose household had answered by phone is refused and counted, once however often it is tried.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from survey_app import db
from survey_app.collecting import operations, queries
from survey_app.collecting.models import DeskCounter, KeyingWay, PaperKeyer, PaperSlip, Response
from survey_app.collecting.operations import Receipt, Submission
from survey_app.collecting.queries import Door
from survey_app.collecting.refusals import AnsweredByPhone, CodeUsed, KeyedBefore
from survey_app.errors import DomainError
from survey_app.fieldwork import codes
from survey_app.fieldwork.models import Channel, Medium
from survey_app.fieldwork.queries import SurveyView
from survey_app.keys import KeyStore

#: Keeps this use of the pepper apart from every other.
_LABEL = b"paper-slip"
#: AES-SIV takes two keys of AES-256 as one.
_KEY_BYTES = 64
_BY_PHONE = "by_phone"


@dataclass(frozen=True, slots=True)
class PaperOutcome:
    """What became of a paper slip: its receipt, or why it is no answer."""

    receipt: Receipt | None
    refusal: DomainError | None


def store_slip(
    session: Session,
    door: Door,
    code: str,
    submission: Submission,
    *,
    way: KeyingWay,
    by: int,
    now: datetime,
    keys: KeyStore,
) -> PaperOutcome:
    """Make a paper slip an answer, or say why not; either is to be committed. `code` normalised, `door` its own.

    `submission` comes on a channel of paper; `by` is the account that keyed it. Raises KeyMissing.
    """
    try:
        receipt = operations.record_response(session, door, submission, now=now, keys=keys)
    except CodeUsed as used:
        return PaperOutcome(None, _why_used(session, door, code, used, keys))
    except DomainError as refusal:
        return PaperOutcome(None, refusal)
    _note_keyer(session, door, by)
    row = {**_key(door.survey, code, keys), "unit_id": door.unit_id, "leaf": receipt.leaf, "way": way}
    if db.insert_if_new(session, PaperSlip, row):
        _count(session, door, way)
    return PaperOutcome(receipt, None)


def note_used(session: Session, door: Door, code: str, keys: KeyStore) -> CodeUsed:
    """Why a spent slip is not keyed; where a phone was first it is counted, so this is to be committed.

    `code` normalised. Raises KeyMissing.
    """
    return _why_used(session, door, code, queries.spent_refusal(session, door), keys)


def leaf_of(session: Session, survey: SurveyView, code: str, keys: KeyStore) -> str | None:
    """The leaf of the answer that came on the paper slip of a normalised code. Raises KeyMissing."""
    found = session.get(PaperSlip, tuple(_key(survey, code, keys).values()))
    return None if found is None else found.leaf


def codes_of(
    session: Session, survey: SurveyView, leaves: Collection[str], keys: KeyStore
) -> Mapping[str, str]:
    """Printed codes of the slips of these answers, by leaf; one that was keyed before codes were kept is absent.

    Raises KeyMissing. Who reads them holds the slips.
    """
    kept = select(PaperSlip.leaf, PaperSlip.slip).where(
        PaperSlip.survey_id == survey.id, PaperSlip.leaf.is_not(None)
    )
    found: dict[str, str] = {}
    cipher = _cipher(survey, keys)
    for leaf, slip in session.execute(kept.order_by(PaperSlip.slip)):
        if leaf is not None and leaf in leaves:
            try:
                found[leaf] = codes.grouped(cipher.decrypt(slip, [survey.id.encode()]).decode())
            except InvalidTag:  # a row that another hand wrote leads nowhere
                continue
    return found


def way_of(session: Session, survey_id: str, leaf: str) -> KeyingWay | None:
    """How the slip of this answer was keyed; None where that is not known."""
    way = session.scalar(
        select(PaperSlip.way).where(PaperSlip.survey_id == survey_id, PaperSlip.leaf == leaf)
    )
    return None if way is None else KeyingWay(way)


def answered_by_phone(session: Session, survey_id: str) -> Mapping[int, int]:
    """Paper slips whose household had answered by phone, by village id; villages without are absent."""
    counted = select(DeskCounter.unit_id, DeskCounter.slips).where(
        DeskCounter.survey_id == survey_id, DeskCounter.outcome == _BY_PHONE
    )
    return {row.unit_id: row.slips for row in session.execute(counted.order_by(DeskCounter.unit_id))}


def keyed_by_way(session: Session, survey_id: str) -> Mapping[KeyingWay, int]:
    """How many slips of the survey were keyed in which way; a way without any is absent."""
    counted = (
        select(DeskCounter.outcome, func.sum(DeskCounter.slips))
        .where(DeskCounter.survey_id == survey_id, DeskCounter.outcome != _BY_PHONE)
        .group_by(DeskCounter.outcome)
        .order_by(DeskCounter.outcome)
    )
    return {KeyingWay(outcome): slips for outcome, slips in session.execute(counted)}


def keep_only(session: Session, survey_id: str, drawn: Collection[str]) -> None:
    """Forget every slip but those of these leaves: nobody looks for the others any more."""
    others = or_(PaperSlip.leaf.is_(None), PaperSlip.leaf.not_in(drawn))
    session.execute(delete(PaperSlip).where(PaperSlip.survey_id == survey_id, others))


def _why_used(session: Session, door: Door, code: str, used: CodeUsed, keys: KeyStore) -> CodeUsed:
    """The refusal made plainer where that is known; what was set aside with its village stays as it is said."""
    if type(used) is not CodeUsed:
        return used
    if leaf_of(session, door.survey, code, keys) is not None:
        return KeyedBefore()
    if not _knows_all_paper(session, door):
        return used
    row = {**_key(door.survey, code, keys), "unit_id": door.unit_id, "leaf": None, "way": None}
    if db.insert_if_new(session, PaperSlip, row):
        _count(session, door, _BY_PHONE)
    return AnsweredByPhone()


def _knows_all_paper(session: Session, door: Door) -> bool:
    """Whether the slip of every paper answer of the village is known, so that any other spent slip is a phone's."""
    here = (Response.survey_id == door.survey.id, Response.unit_id == door.unit_id)
    known = select(PaperSlip.leaf).where(PaperSlip.survey_id == door.survey.id, PaperSlip.leaf.is_not(None))
    unknown = select(Response.id).where(
        *here, Response.channel.in_(Channel.on(Medium.PAPER)), Response.leaf.not_in(known)
    )
    return session.scalar(unknown.limit(1)) is None


def _note_keyer(session: Session, door: Door, user_id: int) -> None:
    """Remember that this person keys paper of this village."""
    row = {"survey_id": door.survey.id, "unit_id": door.unit_id, "user_id": user_id}
    db.insert_if_new(session, PaperKeyer, row)


def _count(session: Session, door: Door, outcome: str) -> None:
    key = {"survey_id": door.survey.id, "unit_id": door.unit_id, "outcome": outcome}
    db.count_up(session, DeskCounter, key, "slips")


def _key(survey: SurveyView, code: str, keys: KeyStore) -> dict[str, object]:
    return {
        "survey_id": survey.id,
        "slip": _cipher(survey, keys).encrypt(code.encode(), [survey.id.encode()]),
    }


def _cipher(survey: SurveyView, keys: KeyStore) -> AESSIV:
    own = HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=_LABEL)
    return AESSIV(own.derive(keys.pepper(survey.id, survey.pepper_mark)))
