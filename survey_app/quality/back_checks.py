"""The back-check: totals of the receipt lists, the sample that is called back, and what it found.

None of these acts changes an answer, a tally or a score. Lists cannot change once the sample is drawn: it was drawn
from them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app import audit, db
from survey_app.accounts import queries as accounts
from survey_app.errors import DomainError
from survey_app.fieldwork import frames
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.models import WITH_SEAL, State
from survey_app.i18n import gettext as _
from survey_app.i18n import ngettext
from survey_app.quality.models import BackCheck, BackCheckReplies
from survey_app.scoring import back_check
from survey_app.scoring.back_check import Contradiction, Replies
from survey_app.sealing.models import ReceiptList, Seal
from survey_app.units.models import Unit

#: The act of entering the totals of a list; the comparison counts those after the seal.
RECEIPTS = "results.receipts"


class TooEarlyToCompare(DomainError):
    """Lists are read off when the phones are closed, and a sample needs the digest of the seal."""

    code = "chua-dong"
    status = HTTPStatus.FORBIDDEN

    def __init__(self) -> None:
        super().__init__(
            _("Lists are entered once the phones are closed, and the sample is drawn after sealing.")
        )


class AlreadyDrawn(DomainError):
    """The sample is drawn, and with it the lists it was drawn from."""

    code = "da-boc-tham"

    def __init__(self) -> None:
        super().__init__(
            _("The back-check sample has been drawn, so neither it nor the lists can change any more.")
        )


class NothingToDraw(DomainError):
    """No ticked row was entered yet."""

    code = "chua-co-danh-sach"

    def __init__(self) -> None:
        super().__init__(_("No receipt list with a ticked row has been entered. Enter the lists first."))


class ListsMissing(DomainError):
    """Lists of some villages are missing, and nobody said that the draw is made without them."""

    code = "thieu-danh-sach"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, count: int) -> None:
        super().__init__(
            ngettext(
                "The receipt list of %(num)d village has not been entered. Enter it, or tick the box that you draw "
                "without this village.",
                "The receipt lists of %(num)d villages have not been entered. Enter them, or tick the box that you "
                "draw without these villages.",
                count,
            )
        )


class RepliesDoNotFit(DomainError):
    """The replies are not those of the sample."""

    code = "so-khong-khop"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, size: int) -> None:
        super().__init__(
            _(
                "Confirmed, denied and not reached must add up to the %(size)d households of the sample.",
                size=size,
            )
        )


def record_receipts(
    session: Session,
    survey_id: str,
    village_code: str,
    counts: Mapping[str, int | None],
    *,
    actor: str,
    now: datetime,
) -> None:
    """Keep the totals of one village's list: issued, ticked, returned, voided, and filled slips brought back.

    The last may be left out while nobody has counted them. A second entry corrects the first.

    Both stay in the audit log. Raises SurveyNotFound, TooEarlyToCompare, AlreadyDrawn.
    """
    survey = surveys.survey(session, survey_id)
    if survey.state not in {State.COUNTING, *WITH_SEAL}:
        raise TooEarlyToCompare
    _require_not_drawn(session, survey_id)
    unit_id = frames.frame_line(session, survey_id, village_code).unit.id
    row = session.get(ReceiptList, (survey_id, unit_id))
    if row is None:
        row = ReceiptList(survey_id=survey_id, unit_id=unit_id)
        session.add(row)
    changes = audit.changes({name: getattr(row, name) for name in counts}, counts)
    row.issued, row.ticked = counts["issued"] or 0, counts["ticked"] or 0
    row.returned, row.voided = counts["returned"] or 0, counts["voided"] or 0
    row.brought_back = counts.get("brought_back")
    row.entered_by, row.entered_at = actor, now
    subject = f"survey:{survey_id}"
    audit.record(session, actor, RECEIPTS, subject, at=now, village=village_code, **counts, **changes)


def draw_sample(session: Session, survey_id: str, *, without_lists: bool, actor: str, now: datetime) -> None:
    """Draw the sample from the lists entered so far; where one is missing, only if that was said to be known.

    Raises TooEarlyToCompare, AlreadyDrawn, NothingToDraw, ListsMissing.
    """
    _require_not_drawn(session, survey_id)
    if session.get(Seal, survey_id) is None:
        raise TooEarlyToCompare
    lists = session.execute(
        select(Unit.code, ReceiptList.ticked)
        .join(Unit, Unit.id == ReceiptList.unit_id)
        .where(ReceiptList.survey_id == survey_id, ReceiptList.ticked > 0)
        .order_by(Unit.code)
    )
    ticked = {line.code: line.ticked for line in lists}
    if not ticked:
        raise NothingToDraw
    missing = _lists_missing(session, survey_id)
    if missing and not without_lists:
        raise ListsMissing(missing)
    size = min(back_check.USUAL_SAMPLE, sum(ticked.values()))
    session.add(BackCheck(survey_id=survey_id, size=size, ticked=ticked, drawn_by=actor, drawn_at=now))
    audit.record(
        session,
        actor,
        "results.callback_draw",
        f"survey:{survey_id}",
        at=now,
        size=size,
        ticked=ticked,
        lists_missing=missing,
    )


def record_replies(session: Session, survey_id: str, replies: Replies, *, actor: str, now: datetime) -> None:
    """Keep what the households of the sample said; a further entry corrects the one before, and both stay.

    Raises NothingToDraw before a sample, RepliesDoNotFit.
    """
    row = db.hold(session, BackCheck, survey_id)
    if row is None:
        raise NothingToDraw
    if replies.reached + replies.not_reached != row.size:
        raise RepliesDoNotFit(row.size)
    done = session.scalar(select(func.count()).where(BackCheckReplies.survey_id == survey_id)) or 0
    session.add(
        BackCheckReplies(
            survey_id=survey_id, number=done + 1, confirmed=replies.confirmed, denied=replies.denied,
            not_reached=replies.not_reached, noted_by=actor, noted_at=now,
        )
    )  # fmt: skip
    audit.record(
        session,
        actor,
        "results.callback_replies",
        f"survey:{survey_id}",
        at=now,
        confirmed=replies.confirmed,
        denied=replies.denied,
        not_reached=replies.not_reached,
    )


@dataclass(frozen=True, slots=True)
class RepliesEntry:
    """One entry of replies, with who made it and when."""

    replies: Replies
    name: str
    noted_at: datetime


def entries(session: Session, survey_id: str) -> tuple[RepliesEntry, ...]:
    """Every entry of replies, oldest first; the last one counts."""
    mine = select(BackCheckReplies).where(BackCheckReplies.survey_id == survey_id)
    return tuple(
        RepliesEntry(
            Replies(row.confirmed, row.denied, row.not_reached),
            accounts.name_of(session, row.noted_by),
            row.noted_at,
        )
        for row in session.scalars(mine.order_by(BackCheckReplies.number))
    )


def recorded(session: Session, survey_ids: Iterable[str]) -> frozenset[str]:
    """Those of the surveys for which replies of a back-check are on record."""
    done = select(BackCheckReplies.survey_id).where(BackCheckReplies.survey_id.in_(tuple(survey_ids)))
    return frozenset(session.scalars(done.distinct().order_by(BackCheckReplies.survey_id)))


def contradictions(session: Session, survey_ids: Iterable[str]) -> Mapping[str, Contradiction]:
    """What the back-check puts beside the results of those surveys that it contradicts."""
    wanted = tuple(survey_ids)
    rows = session.execute(
        select(BackCheck.survey_id, BackCheck.ticked, BackCheckReplies)
        .join(BackCheckReplies, BackCheckReplies.survey_id == BackCheck.survey_id)
        .where(BackCheck.survey_id.in_(wanted))
        .order_by(BackCheckReplies.number)
    )
    newest = {survey_id: (sum(ticked.values()), row) for survey_id, ticked, row in rows}
    by_survey = {
        survey_id: back_check.contradiction(ticked, Replies(row.confirmed, row.denied, row.not_reached))
        for survey_id, (ticked, row) in newest.items()
    }
    return {survey_id: found for survey_id, found in by_survey.items() if found is not None}


def _lists_missing(session: Session, survey_id: str) -> int:
    mine = select(ReceiptList.unit_id).where(ReceiptList.survey_id == survey_id)
    entered = set(session.scalars(mine))
    return sum(line.unit.id not in entered for line in frames.frame(session, survey_id))


def _require_not_drawn(session: Session, survey_id: str) -> None:
    if session.get(BackCheck, survey_id) is not None:
        raise AlreadyDrawn
