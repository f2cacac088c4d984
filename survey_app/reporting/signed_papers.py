"""Papers of a result that came back signed and stamped, and photos of where notices hang.

A file is kept as it came, under its SHA-256, and never opened; what it is, its bytes say (`attachments`). Nothing
is replaced: a better scan is a further row, and the newest of a kind is shown first. Whether the scan says what the
sealed result says is for people to compare.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import assert_never

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app import attachments, audit
from survey_app.accounts import queries as accounts
from survey_app.errors import DomainError
from survey_app.fieldwork import operations as fieldwork
from survey_app.i18n import gettext as _
from survey_app.reporting import papers
from survey_app.reporting.models import SignedPaper

UPLOADED = "reporting.signed"


class PaperKind(StrEnum):
    """What a file is of."""

    MINUTES = "minutes"
    VILLAGE_MINUTES = "village_minutes"
    TABLE = "table"
    REPORT = "report"
    NOTICE = "notice"
    PHOTO = "photo"

    @property
    def holds_exact_counts(self) -> bool:
        """Whether exact counts of villages are on it, so that not every officer may have it."""
        match self:
            case PaperKind.MINUTES | PaperKind.VILLAGE_MINUTES | PaperKind.TABLE:
                return True
            case PaperKind.REPORT | PaperKind.NOTICE | PaperKind.PHOTO:
                return False
            case _:
                assert_never(self)


class NotAPaper(DomainError):
    """The file is not a whole PDF, PNG or JPEG, or is too large."""

    code = "khong-phai-ban-quet"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__(
            _(
                "This file is not a whole PDF, PNG or JPEG of up to 5 MB, whatever its name says. Scan the paper again."
            )
        )


class NoSuchPaper(DomainError):
    code = "khong-co-giay"
    status = HTTPStatus.NOT_FOUND

    def __init__(self) -> None:
        super().__init__(_("There is no such signed paper."))


@dataclass(frozen=True, slots=True)
class SignedView:
    """One file on record."""

    number: int
    kind: PaperKind
    media_type: str
    digest: str
    #: The name of the person.
    uploaded_by: str
    uploaded_at: datetime
    is_newest: bool


def paper_kind_name(kind: PaperKind) -> str:
    """What it is called on screen and in the pack."""
    match kind:
        case PaperKind.MINUTES:
            return _("Minutes of the count")
        case PaperKind.VILLAGE_MINUTES:
            return _("Minutes of every village")
        case PaperKind.TABLE:
            return _("Table of the commune")
        case PaperKind.REPORT:
            return _("Report of the result")
        case PaperKind.NOTICE:
            return _("Notice of the commune")
        case PaperKind.PHOTO:
            return _("Photo of where a notice hangs")
        case _:
            assert_never(kind)


def on_record(session: Session, survey_id: str) -> tuple[SignedView, ...]:
    """Every file, newest first."""
    rows = session.scalars(
        select(SignedPaper).where(SignedPaper.survey_id == survey_id).order_by(SignedPaper.number.desc())
    ).all()
    people = accounts.names_of(session, (row.uploaded_by for row in rows))
    newest = {row.kind: row.number for row in reversed(rows)}
    return tuple(
        SignedView(
            number=row.number,
            kind=PaperKind(row.kind),
            media_type=row.media_type,
            digest=row.digest,
            uploaded_by=people[row.uploaded_by],
            uploaded_at=row.uploaded_at,
            is_newest=newest[row.kind] == row.number,
        )
        for row in rows
    )


def keep(
    session: Session, survey_id: str, kind: PaperKind, content: bytes, *, actor: str, now: datetime
) -> int:
    """Keep a file; its number. Raises NotAPaper, and what `papers.require_sealed` raises."""
    media_type = attachments.media_type(content)
    if media_type is None:
        raise NotAPaper
    fieldwork.hold(session, survey_id)
    papers.require_sealed(session, survey_id)
    last = session.scalar(select(func.max(SignedPaper.number)).where(SignedPaper.survey_id == survey_id))
    digest, number = hashlib.sha256(content).hexdigest(), (last or 0) + 1
    session.add(
        SignedPaper(
            survey_id=survey_id,
            number=number,
            kind=kind,
            media_type=media_type,
            digest=digest,
            content=content,
            uploaded_by=actor,
            uploaded_at=now,
        )
    )
    audit.record(
        session, actor, UPLOADED, f"survey:{survey_id}", at=now, number=number, paper=kind, digest=digest
    )
    return number


def content(session: Session, survey_id: str, number: int) -> tuple[PaperKind, str, bytes]:
    """Kind, media type and bytes of a file. Raises NoSuchPaper."""
    row = session.get(SignedPaper, (survey_id, number))
    if row is None:
        raise NoSuchPaper
    return PaperKind(row.kind), row.media_type, row.content
