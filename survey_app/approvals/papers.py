"""Decisions signed by hand on paper, as values: who signed, whose scan it is, and what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from survey_app.access import Role
from survey_app.accounts.models import User
from survey_app.approvals.models import PaperSignature
from survey_app.approvals.parties import OnPaper
from survey_app.units.queries import civil


class ScanOutcome(StrEnum):
    """What became of a scan: a second person confirmed it, or did not, or nobody looked in time."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class PaperView:
    """One paper. It counts only once it is confirmed; `outcome` is None while it waits."""

    id: int
    decision: str
    reason: str
    signer: str
    signed_on: date
    media_type: str
    #: SHA-256 of the scan.
    digest: str
    uploaded_by: int
    uploaded_by_name: str
    uploaded_as: Role
    uploaded_at: datetime
    due_at: datetime
    outcome: ScanOutcome | None
    checked_by_name: str | None
    remark: str

    @property
    def last_day(self) -> date:
        """The last civil day on which it may be confirmed."""
        return civil(self.due_at - timedelta(seconds=1))

    @property
    def on_paper(self) -> OnPaper:
        """For papers and lists, once it is confirmed."""
        return OnPaper(self.signed_on, self.uploaded_by_name, self.checked_by_name or "")


def newest_papers(session: Session, approval_ids: Iterable[int]) -> dict[int, PaperView]:
    """The newest paper of each request that has one, by the number of the request."""
    uploader, checker = aliased(User), aliased(User)
    query = (
        select(PaperSignature, uploader.name, checker.name)
        .join(uploader, uploader.id == PaperSignature.uploaded_by)
        .outerjoin(checker, checker.id == PaperSignature.checked_by)
        .where(PaperSignature.approval_id.in_(list(approval_ids)))
        .order_by(PaperSignature.id)
    )
    return {
        row.approval_id: PaperView(
            id=row.id,
            decision=row.decision,
            reason=row.reason,
            signer=row.signer,
            signed_on=row.signed_on,
            media_type=row.media_type,
            digest=row.digest,
            uploaded_by=row.uploaded_by,
            uploaded_by_name=uploader_name,
            uploaded_as=Role(row.uploaded_as),
            uploaded_at=row.uploaded_at,
            due_at=row.due_at,
            outcome=ScanOutcome(row.outcome) if row.outcome else None,
            checked_by_name=checker_name,
            remark=row.remark,
        )
        for row, uploader_name, checker_name in session.execute(query)
    }
