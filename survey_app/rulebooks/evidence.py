"""Files given as evidence: a whole PDF, PNG or JPEG by what is in it, kept as it came under its SHA-256, never opened.

The same file given twice is stored once. Who may fetch one is for the page of what it is evidence of.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from flask import Response
from sqlalchemy.orm import Session

from survey_app import db, files
from survey_app.approvals import scans
from survey_app.errors import DomainError
from survey_app.files import FileFormat
from survey_app.i18n import gettext as _
from survey_app.rulebooks.models import EvidenceFile

MAX_BYTES = scans.MAX_BYTES


class NoEvidence(DomainError):
    """The file is none of the kinds that are kept, whatever it is called, or is too large."""

    code = "tep-minh-chung-sai"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__(
            _(
                "This file is no whole PDF, PNG or JPEG of up to 5 MB, whatever its name says. Save the document as "
                "PDF, or scan it."
            )
        )


class EvidenceNotFound(DomainError):
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


def keep(session: Session, content: bytes, *, actor: str, now: datetime) -> str:
    """Keep a file; its SHA-256 in hexadecimal. Raises NoEvidence."""
    media_type = scans.media_type(content)
    if media_type is None:
        raise NoEvidence
    digest = hashlib.sha256(content).hexdigest()
    row = {
        "digest": digest,
        "media_type": media_type,
        "content": content,
        "uploaded_by": actor,
        "uploaded_at": now,
    }
    db.insert_if_new(session, EvidenceFile, row)
    return digest


def fetch(session: Session, digest: str | None) -> KeptFile:
    """The file of that digest. Raises EvidenceNotFound."""
    row = session.get(EvidenceFile, digest) if digest else None
    if row is None:
        raise EvidenceNotFound
    return KeptFile(row.digest, scans.FORMATS[row.media_type], row.content)


def download(found: KeptFile, stem: str) -> Response:
    """The file as a download that browsers neither open nor sniff."""
    return files.download(found.content, stem, found.form)
