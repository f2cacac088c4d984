"""A stack of scans on its way in: each page is read apart, what may be looked at is kept, the rest said in words."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from survey_app import db, uploads
from survey_app.collecting import desk, meeting_batches, scanned
from survey_app.collecting.scanned import Scan, ScanLine
from survey_app.errors import DATABASE_AWAY, DomainError
from survey_app.fieldwork import codes
from survey_app.fieldwork.codes import MistypedCode
from survey_app.fieldwork.meetings import MeetingView
from survey_app.fieldwork.queries import SurveyView
from survey_app.i18n import gettext as _
from survey_app.keys import KeyMissing, KeyStore
from survey_app.printing.blank_pages import KeptPage
from survey_app.uploads import NotOpened


@dataclass(frozen=True, slots=True)
class PageRead:
    """What became of one page, in words. `waits` for what is now to be looked at, `problem` for what is not."""

    page: str
    text: str
    waits: bool = False
    problem: bool = False


def read(
    survey: SurveyView,
    files: Sequence[bytes],
    blanks: Sequence[KeptPage],
    *,
    batch: MeetingView | None,
    by: int,
    keys: KeyStore,
) -> Iterator[PageRead]:
    """Read a stack, of a meeting or of none; of each page what became of it, as soon as that is committed."""
    head = {
        "files": [len(content) for content in files],
        "blanks": [{"bytes": len(blank.pdf), "layout": blank.layout} for blank in blanks],
    }
    parts = [*files, *(blank.pdf for blank in blanks)]
    try:
        for page in uploads.scanned(head, parts):
            name = _name(page, len(files))
            if "refused" in page:
                yield PageRead(name, _refused(page["refused"]), problem=True)
            elif not page["slips"]:
                _keep(survey, _scan(name, "", page, batch), by, keys)
                yield PageRead(name, _("No QR was read: look at it, and key its code."), waits=True)
            for slip in page.get("slips", ()):
                yield _slip(survey, name, slip, batch, by, keys)
    except NotOpened as error:
        yield PageRead("", _broken_off(error.word), problem=True)
    except (*DATABASE_AWAY, KeyMissing):
        yield PageRead(
            "", _("The server is busy for a moment. Send the same file again in a minute."), problem=True
        )


def _slip(
    survey: SurveyView,
    name: str,
    slip: Mapping[str, Any],
    batch: MeetingView | None,
    by: int,
    keys: KeyStore,
) -> PageRead:
    """Keep a slip whose code can still answer; the others are named, to be put aside."""
    try:
        code = codes.normalise(slip["text"])
    except MistypedCode:
        return PageRead(name, _("The QR on this page is not one of a slip."), problem=True)
    ending = codes.ending(codes.grouped(code))
    try:
        door = desk.door_of(db.session(), survey, code, datetime.now(UTC))
        desk.require_unused(door, code)
        meeting_batches.channel(door, batch)
    except DomainError as refusal:
        return PageRead(name, f"…{ending}: {refusal.message}", problem=True)
    scan = _scan(name, codes.grouped(code), slip, batch)
    is_new = _keep(survey, scan, by, keys)
    if not scan.lines:
        return PageRead(
            name,
            _("…%(ending)s: the lines were not found; key them from the picture.", ending=ending),
            waits=True,
        )
    if not is_new:
        return PageRead(
            name,
            _("…%(ending)s: scanned before and not looked at yet; it waits once.", ending=ending),
            waits=True,
        )
    unclear = sum(not line.clear for line in scan.lines)
    if unclear:
        return PageRead(
            name, _("…%(ending)s: read, %(n)s lines to decide.", ending=ending, n=unclear), waits=True
        )
    return PageRead(name, _("…%(ending)s: read.", ending=ending), waits=True)


def _keep(survey: SurveyView, scan: Scan, by: int, keys: KeyStore) -> bool:
    with db.transaction() as writing:
        return scanned.keep(writing, survey, scan, by=by, keys=keys)


def _scan(name: str, code: str, found: Mapping[str, Any], batch: MeetingView | None) -> Scan:
    rows = found.get("rows", {})
    lines = [
        ScanLine(key, tuple(ticked), clear, tuple(rows[key]) if key in rows else None)
        for key, ticked, clear in found.get("lines", ())
    ]
    wide, high = found["size"]
    picture = base64.b64decode(found["picture"])
    return Scan(code, name, tuple(lines), (wide, high), picture, batch.id if batch is not None else None)


def _name(page: Mapping[str, Any], files: int) -> str:
    """The page as people count it."""
    number = str(page["page"]) if page["page"] else "–"
    return number if files == 1 else f"{page['file'] + 1}/{number}"


def _refused(word: str) -> str:
    """Why a page or a file is not read, and what to do."""
    return {
        "black_and_white": _(
            "Scanned in black and white: pencil and pale ink are lost in it, and nobody can see that they were there. "
            "Set the copier to grey (greyscale) or colour and scan again. Nothing of this page was taken."
        ),
        "heic": _("A photo in the form HEIC. Set the phone to take photos as JPEG, or send a PDF."),
        "not_a_scan": _("Neither a PDF nor a photo. Send a PDF, JPEG, PNG or TIFF."),
        "locked": _("This PDF is locked with a password. Send it without one."),
        "too_many_pages": _(
            "More than %(n)s pages: divide the stack. What was read before this page is kept.", n=200
        ),
        "odd_size": _("This page is too small or too large for a slip."),
        "too_large": _(
            "Reading this file takes more memory than any stack of slips needs. Divide the stack."
        ),
    }.get(word, _("This file is damaged and cannot be read. Scan it again."))


def _broken_off(word: str) -> str:
    if word == uploads.BUSY:
        return _("Another stack is being read at this moment. Send the same file again in a minute.")
    return _("Reading broke off here. What was read before is kept; send the rest again in smaller parts.")
