"""The slip a clerk has just keyed: held, not yet an answer, until the next one begins or a minute is over.

While it is held it may be mended: nothing was acknowledged, its code is not spent, no receipt exists. Storing it is
`paper.store_slip` as for every paper slip, by whichever comes first: the clerk's next slip, the clerk's wish, the
minute job, the seal. It is stored once, because its submission id is. See ADR 27.

A held slip lies in the database, so a closed browser loses nothing, and it is encrypted under the survey's pepper, so
that neither the database nor a backup of it joins a code and an answer.
"""

import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from survey_app import db
from survey_app.collecting import operations, paper, queries, scanned
from survey_app.collecting.models import HeldSlip, KeyingWay
from survey_app.collecting.operations import Submission
from survey_app.collecting.paper import PaperOutcome
from survey_app.collecting.queries import Door
from survey_app.collecting.refusals import KeyedJustNow, OtherContent
from survey_app.errors import DomainError
from survey_app.fieldwork import codes
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.models import TAKING_ANSWERS, Channel, Survey
from survey_app.i18n import gettext as _
from survey_app.keys import KeyStore
from survey_app.questions.reading import Value

#: How long the slip just keyed can be mended.
MENDED_WITHIN = timedelta(seconds=60)
#: Keeps this use of the pepper apart from the digests of codes, which begin with a survey number and a zero byte.
_LABEL = b"held-slip"
_NONCE_BYTES = 12
#: The two places of a clerk: the slip that is held, and what became of the one before it.
PLACE, _LAST = "held", "last"


class MendedTooLate(DomainError):
    """The slip was stored as it was keyed first."""

    code = "het-han-sua"
    status = HTTPStatus.CONFLICT

    def __init__(self) -> None:
        super().__init__(
            _(
                "The minute for mending is over: the slip is stored as it was keyed first, and no answer is changed. "
                "If it was keyed wrongly, put the slip aside and tell the Front."
            )
        )


@dataclass(frozen=True, slots=True)
class Held:
    """A slip that can still be mended, as it was keyed."""

    survey_id: str
    submission_id: str
    #: As printed.
    code: str
    village: str
    answers: dict[str, Value]
    invalid_reason: str | None
    way: KeyingWay
    #: Paper of a meeting, or other paper.
    channel: Channel
    until: datetime

    @property
    def ending(self) -> str:
        """The end of the printed code."""
        return codes.ending(self.code)


@dataclass(frozen=True, slots=True)
class HeldOutcome:
    """What became of the slip before: stored, or why it was refused. `slip` is the end of its printed code."""

    survey_id: str
    slip: str
    village: str
    #: Empty where it was stored.
    refusal: str


def hold(
    session: Session,
    door: Door,
    code: str,
    submission: Submission,
    *,
    way: KeyingWay,
    by: int,
    now: datetime,
    keys: KeyStore,
) -> bool:
    """Hold a keyed slip, and store the one before; whether it is a new one. `code` as printed.

    The slip that is held already, mended or sent again, takes its own place.

    Raises the refusals that storing it would raise now, and MendedTooLate; then nothing was written.
    """
    operations.require_storable(session, door, submission)
    content = closed(door.survey.id, by, _content(door, code, submission, way), keys)
    before = claim(session, by, PLACE)
    held = opened(before, keys) if before is not None else {}
    if before is not None and held["id"] == submission.id and now - moment(before) <= MENDED_WITHIN:
        before.survey_id, before.held_at, before.content = door.survey.id, now, content
        return False
    if before is not None:
        if held["code"] == code and held["id"] != submission.id:
            raise KeyedJustNow
        _store(session, before, now=now, keys=keys)
    if queries.stored_response(session, door.survey.id, submission.id) is not None:
        try:
            operations.record_response(session, door, submission, now=now, keys=keys)
        except OtherContent as error:
            raise MendedTooLate from error
        return False
    session.add(HeldSlip(user_id=by, place=PLACE, survey_id=door.survey.id, held_at=now, content=content))
    return True


def store_held(session: Session, user_id: int, *, now: datetime, keys: KeyStore) -> None:
    """Store the held slip of this person, if there is one. Raises KeyMissing."""
    before = claim(session, user_id, PLACE)
    if before is not None:
        _store(session, before, now=now, keys=keys)


def store_one(session: Session, user_id: int, submission_id: str, *, now: datetime, keys: KeyStore) -> None:
    """The same, if it is still this slip: the next one may have taken its place meanwhile. Raises KeyMissing."""
    before = claim(session, user_id, PLACE)
    if before is not None and opened(before, keys)["id"] == submission_id:
        _store(session, before, now=now, keys=keys)


def store_due(session: Session, user_id: int, *, now: datetime, keys: KeyStore) -> None:
    """The same, unless its minute was begun again meanwhile."""
    before = claim_over(session, user_id, PLACE, now)
    if before is not None:
        _store(session, before, now=now, keys=keys)


def store_before_seal(session: Session, survey_id: str, *, now: datetime, keys: KeyStore) -> None:
    """Store every held slip of a survey that is about to be sealed; its caller holds the survey."""
    for user_id in holders(session, survey_id, PLACE):
        store_held(session, user_id, now=now, keys=keys)


def holders(session: Session, survey_id: str, place: str) -> tuple[int, ...]:
    """Who holds something of this survey in that place."""
    mine = select(HeldSlip.user_id).where(HeldSlip.survey_id == survey_id, HeldSlip.place == place)
    return tuple(session.scalars(mine.order_by(HeldSlip.user_id)))


def due(session: Session, place: str, now: datetime) -> tuple[int, ...]:
    """Who holds something in that place that can no longer be mended."""
    # A moment to come was written under a clock since put back.
    over = select(HeldSlip.user_id).where(
        HeldSlip.place == place, ~HeldSlip.held_at.between(now - MENDED_WITHIN, now)
    )
    return tuple(session.scalars(over.order_by(HeldSlip.user_id)))


def renew(session: Session, user_id: int, *, now: datetime) -> None:
    """Begin the minute again, because the slip is being mended. Raises MendedTooLate."""
    before = claim(session, user_id, PLACE)
    if before is None or now - moment(before) > MENDED_WITHIN:
        raise MendedTooLate
    before.held_at = now


def forget_ended(session: Session) -> None:
    """Delete what became of slips of surveys that take no paper any more."""
    taking = select(Survey.id).where(Survey.state.in_(TAKING_ANSWERS))
    session.execute(delete(HeldSlip).where(HeldSlip.held_at.is_(None), HeldSlip.survey_id.not_in(taking)))


def of_clerk(session: Session, user_id: int, keys: KeyStore) -> tuple[Held | None, HeldOutcome | None]:
    """The held slip of this person, and what became of the one before. Raises KeyMissing."""
    mine = select(HeldSlip).where(HeldSlip.user_id == user_id).order_by(HeldSlip.place)
    rows = {row.place: row for row in session.scalars(mine)}
    return (
        _held(rows[PLACE], keys) if PLACE in rows else None,
        _outcome(rows[_LAST], keys) if _LAST in rows else None,
    )


def claim(session: Session, user_id: int, place: str) -> HeldSlip | None:
    """What this person holds in that place, locked after its survey, in the order in which sealing locks them."""
    mine = (HeldSlip.user_id == user_id, HeldSlip.place == place)
    number = session.scalar(select(HeldSlip.survey_id).where(*mine))
    if number is None:
        return None
    operations.hold_survey(session, number)
    return db.hold_rows(session, select(HeldSlip).where(*mine, HeldSlip.survey_id == number)).first()


def claim_over(session: Session, user_id: int, place: str, now: datetime) -> HeldSlip | None:
    """The same, if its minute is over: it may have begun again meanwhile."""
    row = claim(session, user_id, place)
    return row if row is not None and now - moment(row) > MENDED_WITHIN else None


def _store(session: Session, row: HeldSlip, *, now: datetime, keys: KeyStore) -> None:
    """Make the held slip an answer, and keep what became of it for its clerk to read."""
    content = opened(row, keys)
    survey = surveys.survey(session, row.survey_id)
    submission = Submission(
        id=content["id"],
        answers=values(content),
        channel=_channel(content),
        invalid_reason=content["reason"],
    )
    code, way = codes.normalise(content["code"]), _way(content)
    try:
        door = queries.slip_door(session, survey, code, keys)
        became = paper.store_slip(
            session, door, code, submission, way=way, by=row.user_id, now=now, keys=keys
        )
    except DomainError as error:
        became = PaperOutcome(None, error)
    if became.receipt is not None:
        scanned.forget_code(session, survey, code, keys)
    outcome = {
        "slip": codes.ending(content["code"]),
        "village": content["village"],
        "refusal": became.refusal.message if became.refusal else "",
    }
    session.execute(delete(HeldSlip).where(HeldSlip.user_id == row.user_id, HeldSlip.place == _LAST))
    row.content = closed(row.survey_id, row.user_id, outcome, keys)
    row.place, row.held_at = _LAST, None
    session.flush()  # the place of the held slip is free for the next one


def _content(door: Door, code: str, submission: Submission, way: KeyingWay) -> dict[str, Any]:
    return {
        "id": submission.id,
        "code": code,
        "village": door.unit_name,
        "answers": dict(submission.answers),
        "reason": submission.invalid_reason,
        "way": way,
        "channel": submission.channel,
    }


def _held(row: HeldSlip, keys: KeyStore) -> Held:
    content = opened(row, keys)
    return Held(
        survey_id=row.survey_id,
        submission_id=content["id"],
        code=content["code"],
        village=content["village"],
        answers=values(content),
        invalid_reason=content["reason"],
        way=_way(content),
        channel=_channel(content),
        until=moment(row) + MENDED_WITHIN,
    )


def _outcome(row: HeldSlip, keys: KeyStore) -> HeldOutcome:
    content = opened(row, keys)
    return HeldOutcome(row.survey_id, content["slip"], content["village"], content["refusal"])


def _way(content: Mapping[str, Any]) -> KeyingWay:
    """A slip that was held while the product was upgraded says none: there was one way then."""
    return KeyingWay(content.get("way", KeyingWay.DIGITS))


def _channel(content: Mapping[str, Any]) -> Channel:
    """The same of the channel: there was one of paper then."""
    return Channel(content.get("channel", Channel.PAPER_ENTRY))


def values(content: dict[str, Any]) -> dict[str, Value]:
    """Answers as they were read: JSON knows no tuples."""
    return {
        key: tuple(value) if isinstance(value, list) else value for key, value in content["answers"].items()
    }


def moment(row: HeldSlip) -> datetime:
    """When its minute began."""
    if row.held_at is None:
        raise ValueError("only a held slip has a moment")
    return row.held_at


def closed(survey_id: str, user_id: int, content: dict[str, Any], keys: KeyStore) -> bytes:
    """The content as it lies in the database. Raises KeyMissing."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    plain = json.dumps(content, ensure_ascii=False).encode()
    return nonce + _cipher(survey_id, keys).encrypt(nonce, plain, _bound(survey_id, user_id))


def opened(row: HeldSlip, keys: KeyStore) -> dict[str, Any]:
    """The content again. Raises KeyMissing."""
    nonce, closed = row.content[:_NONCE_BYTES], row.content[_NONCE_BYTES:]
    plain = _cipher(row.survey_id, keys).decrypt(nonce, closed, _bound(row.survey_id, row.user_id))
    content: dict[str, Any] = json.loads(plain)
    return content


def _cipher(survey_id: str, keys: KeyStore) -> AESGCM:
    return AESGCM(hmac.digest(keys.pepper(survey_id), _LABEL, sha256))


def _bound(survey_id: str, user_id: int) -> bytes:
    return f"{survey_id}\0{user_id}".encode()
