"""Files that people hand in as evidence or as signed paper: whole PDF, PNG or JPEG by what is in them.

Neither a name nor what the browser says counts. A file is never opened: it leaves again as a download, as it came. One
kept here lies under its SHA-256, so that the same file given twice is stored once; who may fetch it is for the page of
what it is evidence of.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from flask import Response
from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey_app import db, files
from survey_app.db import Base, UtcDateTime
from survey_app.errors import DomainError
from survey_app.files import FileFormat
from survey_app.i18n import gettext as _

MAX_BYTES = 5 * 1024 * 1024

#: How such a file begins, and what must stand near its end, so that a cut-off upload is noticed.
_KINDS = (
    (files.PDF, b"%PDF-", b"%%EOF"),
    (files.PNG, b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"),
    (files.JPEG, b"\xff\xd8\xff", b"\xff\xd9"),
)
#: By media type.
FORMATS = {form.content_type: form for form, _start, _end in _KINDS}
#: Scanners put some bytes after the end of a file.
_TAIL = 2048


class Attachment(Base):
    """A file as it came, under its SHA-256."""

    __tablename__ = "evidence_files"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(20))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    uploaded_by: Mapped[str] = mapped_column(String(40))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class NoAttachment(DomainError):
    """The file is none of the kinds that are kept, whatever it is called, or is too large."""

    code = "tep-minh-chung-sai"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__(
            _(
                "This file is not a whole PDF, PNG or JPEG of up to 5 MB, whatever its name says. Save the document as "
                "PDF, or scan it."
            )
        )


class AttachmentNotFound(DomainError):
    """There is no such file here."""

    code = "khong-co-tep-minh-chung"
    status = HTTPStatus.NOT_FOUND

    def __init__(self) -> None:
        super().__init__(_("There is no such file."))


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file as it came."""

    digest: str
    form: FileFormat
    content: bytes


def media_type(body: bytes) -> str | None:
    """The media type of a whole PDF, PNG or JPEG of a lawful size; None for everything else.

    >>> media_type(b"%PDF-1.7 ... %%EOF"), media_type(b"%PDF-1.7 cut off"), media_type(b"<html>")
    ('application/pdf', None, None)
    """
    if len(body) > MAX_BYTES:
        return None
    found = (
        form.content_type for form, start, end in _KINDS if body.startswith(start) and end in body[-_TAIL:]
    )
    return next(found, None)


def keep(session: Session, content: bytes, *, actor: str, now: datetime) -> str:
    """Keep a file; its SHA-256 in hexadecimal. Raises NoAttachment."""
    kind = media_type(content)
    if kind is None:
        raise NoAttachment
    digest = hashlib.sha256(content).hexdigest()
    row = {
        "digest": digest,
        "media_type": kind,
        "content": content,
        "uploaded_by": actor,
        "uploaded_at": now,
    }
    db.insert_if_new(session, Attachment, row)
    return digest


def fetch(session: Session, digest: str | None) -> KeptFile:
    """The file of that digest. Raises AttachmentNotFound."""
    row = session.get(Attachment, digest) if digest else None
    if row is None:
        raise AttachmentNotFound
    return KeptFile(row.digest, FORMATS[row.media_type], row.content)


def download(found: KeptFile, stem: str) -> Response:
    """The file as a download that browsers neither open nor sniff."""
    return files.download(found.content, stem, found.form)
