"""Photos of notices where they hang, each with the posting that it shows; kept as they came (`attachments`).

A posting that completes or corrects another has that one's photos too.
"""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app import attachments, audit, files
from survey_app.attachments import AttachmentNotFound, KeptFile
from survey_app.errors import DomainError
from survey_app.fieldwork import operations as fieldwork
from survey_app.i18n import gettext as _
from survey_app.results import postings
from survey_app.results.models import PostingPhoto

ADDED = "results.posting_photo"

_PICTURES = {files.PNG.content_type, files.JPEG.content_type}


class NotAPhoto(DomainError):
    """The file is no picture, whatever it is called, or is too large."""

    code = "khong-phai-anh"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__(
            _(
                "This file is not a whole PNG or JPEG picture of up to 5 MB, whatever its name says. Take it again."
            )
        )


def add(session: Session, survey_id: str, number: int, content: bytes, *, actor: str, now: datetime) -> None:
    """Keep a photo with the posting of that number. Raises NotAPhoto, and PostingNotFound where it is not in force."""
    if attachments.media_type(content) not in _PICTURES:
        raise NotAPhoto
    fieldwork.hold(session, survey_id)
    postings.in_force(session, survey_id, number)
    digest = attachments.keep(session, content, actor=actor, now=now)
    if session.get(PostingPhoto, (survey_id, number, digest)) is not None:
        return
    session.add(PostingPhoto(survey_id=survey_id, number=number, digest=digest))
    audit.record(session, actor, ADDED, f"survey:{survey_id}", at=now, posting=number, file=digest)


def of_survey(session: Session, survey_id: str) -> Mapping[int, tuple[str, ...]]:
    """By number of a posting, the SHA-256 of its photos and of those of the postings that it replaces."""
    rows = session.scalars(
        select(PostingPhoto)
        .where(PostingPhoto.survey_id == survey_id)
        .order_by(PostingPhoto.number, PostingPhoto.digest)
    )
    own: dict[int, tuple[str, ...]] = {}
    for row in rows:
        own[row.number] = (*own.get(row.number, ()), row.digest)
    found: dict[int, tuple[str, ...]] = {}
    for posting in postings.postings(session, survey_id):
        before = found.get(posting.replaces, ()) if posting.replaces is not None else ()
        found[posting.number] = tuple(dict.fromkeys((*before, *own.get(posting.number, ()))))
    return found


def fetch(session: Session, survey_id: str, digest: str) -> KeptFile:
    """A photo of the survey. Raises AttachmentNotFound, also for a file of something else."""
    mine = select(PostingPhoto.number).where(
        PostingPhoto.survey_id == survey_id, PostingPhoto.digest == digest
    )
    if session.scalar(mine.limit(1)) is None:
        raise AttachmentNotFound
    return attachments.fetch(session, digest)
