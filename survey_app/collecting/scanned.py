"""Scanned slips between the reader and the answer: each waits for the look of the clerk who scanned it.

Nothing read by a machine is an answer. What a clerk agrees to is held and stored as every keyed slip (`held`, `paper`),
and the row here goes in the same transaction, its picture with it. What nobody decides goes with the seal. Reading and
picture lie encrypted under the survey's pepper, so that they are gone with it in every backup. See ADR 46.
"""

import hmac
import json
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from survey_app.collecting.models import ScannedSlip
from survey_app.fieldwork import codes
from survey_app.fieldwork.models import TAKING_ANSWERS, Survey
from survey_app.fieldwork.queries import SurveyView
from survey_app.keys import KeyStore

#: Keep these uses of the pepper apart from every other.
_LABEL, _MARK = b"scanned-slip", b"scanned-slip-mark"
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class ScanLine:
    """What the reader found on one line; `clear` is False where a person must decide."""

    key: str
    ticked: tuple[str, ...]
    clear: bool
    #: Upper and lower edge of the line in the picture; None where it was not found there.
    rows: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Scan:
    """A slip as the reader gives it: what its QR says, "" where none was read, and where the paper is found."""

    code: str
    #: "3" for the third page of a single file, "2/3" for the third of the second.
    page: str
    lines: tuple[ScanLine, ...]
    size: tuple[int, int]
    picture: bytes
    #: The meeting from whose batch it is; None for other paper.
    meeting: int | None = None

    @property
    def doubtful(self) -> bool:
        """Whether anything on it is for a person to decide."""
        return not self.code or not self.lines or not all(line.clear for line in self.lines)


@dataclass(frozen=True, slots=True)
class WaitingSlip:
    """A scanned slip as its clerk looks at it. `code` as printed, "" where a person has to key it."""

    id: str
    code: str
    page: str
    lines: Mapping[str, ScanLine]
    size: tuple[int, int]
    meeting: int | None

    @property
    def ending(self) -> str:
        """The end of the printed code."""
        return codes.ending(self.code) if self.code else ""


@dataclass(frozen=True, slots=True)
class WaitingScans:
    """How many of a clerk's scanned slips wait: clear ones, doubtful ones, and pages on which no code was read."""

    clear: int
    doubtful: int
    no_code: int

    @property
    def all(self) -> int:
        """All of them."""
        return self.clear + self.doubtful + self.no_code


def keep(session: Session, survey: SurveyView, scan: Scan, *, by: int, keys: KeyStore) -> bool:
    """Keep a scanned slip for its clerk's look; whether it is a new one. Raises KeyMissing.

    One that waits already, no matter who scanned it, gives way to the newer picture, so a slip waits once.
    """
    pepper = keys.pepper(survey.id, survey.pepper_mark)
    mark = _mark(pepper, scan.code) if scan.code else None
    before = None
    if mark is not None:
        same = (ScannedSlip.survey_id == survey.id, ScannedSlip.mark == mark)
        before = session.scalar(select(ScannedSlip.id).where(*same))
        session.execute(delete(ScannedSlip).where(*same))
    last = session.scalar(select(func.max(ScannedSlip.place)).where(*_mine(survey.id, by))) or 0
    row_id = str(uuid.uuid4())
    cipher = _cipher(pepper)
    content = {
        "code": scan.code,
        "page": scan.page,
        "lines": [[line.key, line.ticked, line.clear, line.rows] for line in scan.lines],
        "size": scan.size,
        "batch": scan.meeting,
    }
    session.add(
        ScannedSlip(
            id=row_id,
            survey_id=survey.id,
            user_id=by,
            place=last + 1,
            doubtful=scan.doubtful,
            mark=mark,
            content=_closed(cipher, json.dumps(content).encode(), row_id),
            picture=_closed(cipher, scan.picture, row_id),
        )
    )
    session.flush()  # the next one counts its place from this one
    return before is None


def waiting(session: Session, survey_id: str, user_id: int) -> WaitingScans:
    """What waits for this person's look."""
    counted = (
        select(ScannedSlip.doubtful, ScannedSlip.mark.is_(None), func.count())
        .where(*_mine(survey_id, user_id))
        .group_by(ScannedSlip.doubtful, ScannedSlip.mark.is_(None))
    )
    found = {(bool(doubtful), bool(unknown)): count for doubtful, unknown, count in session.execute(counted)}
    return WaitingScans(
        clear=found.get((False, False), 0),
        doubtful=found.get((True, False), 0),
        no_code=found.get((True, True), 0),
    )


def waiting_by_survey(session: Session, user_id: int) -> Mapping[str, int]:
    """How many slips wait for this person's look, by survey."""
    counted = (
        select(ScannedSlip.survey_id, func.count().label("slips"))
        .where(ScannedSlip.user_id == user_id)
        .group_by(ScannedSlip.survey_id)
        .order_by(ScannedSlip.survey_id)
    )
    return {row.survey_id: row.slips for row in session.execute(counted)}


def first(session: Session, survey_id: str, user_id: int) -> str | None:
    """The slip to look at next: those with a code in the order of the stack, then the pages without one."""
    order = (ScannedSlip.mark.is_(None), ScannedSlip.place, ScannedSlip.id)
    return session.scalar(select(ScannedSlip.id).where(*_mine(survey_id, user_id)).order_by(*order).limit(1))


def slip(
    session: Session, survey: SurveyView, slip_id: str, user_id: int, keys: KeyStore
) -> WaitingSlip | None:
    """A slip that waits for this person; None for any other. Raises KeyMissing."""
    row = _row(session, survey.id, slip_id, user_id)
    if row is None:
        return None
    content: dict[str, Any] = json.loads(_opened(_own(survey, keys), row.content, row.id))
    lines = [
        ScanLine(key, tuple(ticked), clear, tuple(rows) if rows else None)
        for key, ticked, clear, rows in content["lines"]
    ]
    wide, high = content["size"]
    return WaitingSlip(
        row.id,
        content["code"],
        content["page"],
        {line.key: line for line in lines},
        (wide, high),
        content.get("batch"),  # one scanned by a former version names none
    )


def picture(session: Session, survey: SurveyView, slip_id: str, user_id: int, keys: KeyStore) -> bytes | None:
    """The picture of a slip that waits for this person, as JPEG; None for any other. Raises KeyMissing."""
    row = _row(session, survey.id, slip_id, user_id)
    return None if row is None else _opened(_own(survey, keys), row.picture, row.id)


def forget(session: Session, survey_id: str, user_id: int, slip_id: str) -> None:
    """Drop a slip of this person: it was decided, or is none."""
    session.execute(delete(ScannedSlip).where(*_mine(survey_id, user_id), ScannedSlip.id == slip_id))


def forget_without_code(session: Session, survey_id: str, user_id: int) -> None:
    """Drop every page of this person on which no code was read."""
    session.execute(delete(ScannedSlip).where(*_mine(survey_id, user_id), ScannedSlip.mark.is_(None)))


def forget_code(session: Session, survey: SurveyView, code: str, keys: KeyStore) -> None:
    """Drop the scan of a slip keyed from the paper, no matter who scanned it. `code` normalised. Raises KeyMissing."""
    mark = _mark(keys.pepper(survey.id, survey.pepper_mark), codes.grouped(code))
    session.execute(delete(ScannedSlip).where(ScannedSlip.survey_id == survey.id, ScannedSlip.mark == mark))


def undecided(session: Session, survey_id: str) -> int:
    """Slips of any clerk whose code was read and that nobody has decided; the clock does not seal over them."""
    waiting = (ScannedSlip.survey_id == survey_id, ScannedSlip.mark.is_not(None))
    return session.scalar(select(func.count()).where(*waiting)) or 0


def forget_survey(session: Session, survey_id: str) -> None:
    """Drop all that waits in a survey that is being sealed or cancelled."""
    session.execute(delete(ScannedSlip).where(ScannedSlip.survey_id == survey_id))


def forget_ended(session: Session) -> None:
    """Drop what waits in surveys that take no paper any more."""
    taking = select(Survey.id).where(Survey.state.in_(TAKING_ANSWERS))
    session.execute(delete(ScannedSlip).where(ScannedSlip.survey_id.not_in(taking)))


def _mine(survey_id: str, user_id: int) -> tuple[Any, ...]:
    return ScannedSlip.survey_id == survey_id, ScannedSlip.user_id == user_id


def _row(session: Session, survey_id: str, slip_id: str, user_id: int) -> ScannedSlip | None:
    return session.scalar(select(ScannedSlip).where(*_mine(survey_id, user_id), ScannedSlip.id == slip_id))


def _mark(pepper: bytes, printed: str) -> bytes:
    return hmac.digest(pepper, _MARK + b"\0" + printed.encode(), sha256)


def _own(survey: SurveyView, keys: KeyStore) -> AESGCM:
    return _cipher(keys.pepper(survey.id, survey.pepper_mark))


def _cipher(pepper: bytes) -> AESGCM:
    return AESGCM(hmac.digest(pepper, _LABEL, sha256))


def _closed(cipher: AESGCM, plain: bytes, row_id: str) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, plain, row_id.encode())


def _opened(cipher: AESGCM, closed: bytes, row_id: str) -> bytes:
    return cipher.decrypt(closed[:_NONCE_BYTES], closed[_NONCE_BYTES:], row_id.encode())
