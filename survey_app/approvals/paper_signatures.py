"""A decision signed by hand: one person uploads the scan, a second one of the same body confirms it, in five days.

Only then it counts, and the act is carried out in the same transaction. A scan nobody confirms in time lapses by the
minute job and the request is open again.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey_app import attachments, audit, clock, db, working_days
from survey_app.access import Identity
from survey_app.approvals import deciding, passed_over
from survey_app.approvals import requests as approvals
from survey_app.approvals.approval import ApprovalView
from survey_app.approvals.models import Approval, PaperSignature
from survey_app.approvals.papers import ScanOutcome
from survey_app.approvals.refusals import ApprovalDecided, ApprovalRefused, PaperRefused
from survey_app.i18n import gettext as _
from survey_app.units.queries import civil

#: From the day of the upload; the product's own setting of the time, no rule of law.
WORKING_DAYS = 5


@dataclass(frozen=True, slots=True)
class Signed:
    """What the paper says."""

    approved: bool
    reason: str
    signer: str
    signed_on: date
    scan: bytes


def upload(
    session: Session,
    approval_id: int,
    signed: Signed,
    *,
    by: Identity,
    now: datetime,
    days_off: Collection[date],
) -> None:
    """Keep the scan of a decision until a second person confirms it.

    Raises ApprovalNotFound, ApprovalDecided, ApprovalRefused; PaperRefused for a file of another kind, a day that
    cannot be, a refusal without a reason, or while another paper waits.
    """
    asked = _held(session, approval_id, by)
    if not asked.may_decide(by, now):
        raise ApprovalRefused(_("The other body must decide this request, on paper as well as here."))
    kind = attachments.media_type(signed.scan)
    if kind is None:
        raise PaperRefused(
            _(
                "This file is not a whole PDF, PNG or JPEG of at most 5 MB. Scan or photograph the paper again."
            )
        )
    passed_over.refuse_by_a_doubtful_clock(session, asked, by.role, now)
    _refuse_what_cannot_be(signed, asked, now)
    due_at = working_days.end_of(working_days.last_of(WORKING_DAYS, after=civil(now), days_off=days_off))
    digest = hashlib.sha256(signed.scan).hexdigest()
    row = PaperSignature(
        approval_id=approval_id, decision="approved" if signed.approved else "refused", reason=signed.reason,
        signer=signed.signer, signed_on=signed.signed_on, media_type=kind, digest=digest, scan=signed.scan,
        uploaded_by=by.user_id, uploaded_as=by.role, uploaded_at=now, due_at=due_at,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise PaperRefused(_("A signed paper is waiting for its second person already.")) from error
    details = {"approval": approval_id, "digest": digest}
    audit.record(session, by.actor, "accounts.paper_uploaded", asked.subject, at=now, **details)


def confirm(session: Session, approval_id: int, *, by: Identity, now: datetime) -> ApprovalView:
    """Confirm, as the second person, that scan and entry agree; the decision counts and is carried out.

    Raises ApprovalNotFound, ApprovalDecided, ApprovalRefused, PaperRefused after the last day, and what the act's own
    room refuses: then nothing is stored.
    """
    paper, asked = _waiting(session, approval_id, by, now)
    paper.outcome, paper.checked_by, paper.checked_at = ScanOutcome.CONFIRMED, by.user_id, now
    request = session.get_one(Approval, approval_id)
    request.decision, request.decision_reason = paper.decision, paper.reason
    request.decided_by, request.decided_as, request.decided_at = paper.uploaded_by, paper.uploaded_as, now
    session.flush()  # the decision is read back below by a query
    decided = approvals.approval(session, approval_id, by)
    details = {"approval": approval_id, "decision": paper.decision, "digest": paper.digest}
    said = passed_over.details(decided)
    audit.record(session, by.actor, "accounts.paper_confirmed", asked.subject, at=now, **details, **said)
    deciding.carry_out(session, decided, by, now)
    return decided


def reject(session: Session, approval_id: int, remark: str, *, by: Identity, now: datetime) -> None:
    """Say, as the second person, why scan and entry do not agree; the request is open again.

    Raises what `confirm` raises, and PaperRefused without a remark.
    """
    paper, asked = _waiting(session, approval_id, by, now)
    if not remark.strip():
        raise PaperRefused(
            _("Please say what does not agree, so that the paper can be scanned or signed again.")
        )
    paper.outcome, paper.checked_by, paper.checked_at = ScanOutcome.REJECTED, by.user_id, now
    paper.remark = remark
    audit.record(session, by.actor, "accounts.paper_rejected", asked.subject, at=now, approval=approval_id)


def scan(session: Session, approval_id: int, *, by: Identity, now: datetime) -> tuple[bytes, str] | None:
    """Content and media type of the newest scan, noted as read; None where there is none. Raises ApprovalNotFound."""
    asked = approvals.approval(session, approval_id, by)
    if asked.paper is None:
        return None
    row = session.get_one(PaperSignature, asked.paper.id)
    audit.record(
        session,
        by.actor,
        "accounts.paper_read",
        asked.subject,
        at=now,
        approval=approval_id,
        digest=row.digest,
    )
    return row.scan, row.media_type


def lapse_due(now: datetime) -> int:
    """End the wait for every paper whose last day was over in rounds on two days; how many."""
    with db.transaction() as current:
        due = select(PaperSignature).where(PaperSignature.outcome.is_(None), PaperSignature.due_at <= now)
        waiting = {str(row.id): row for row in db.hold_rows(current, due.order_by(PaperSignature.id))}
        lapsed = [
            waiting[key] for key in clock.due_on_two_days(current, "paper_signatures.lapse", waiting, now)
        ]
        for paper in lapsed:
            paper.outcome = ScanOutcome.LAPSED
            subject = current.get_one(Approval, paper.approval_id).subject
            audit.record(current, "job", "accounts.paper_lapsed", subject, at=now, approval=paper.approval_id)
    return len(lapsed)


def _refuse_what_cannot_be(signed: Signed, asked: ApprovalView, now: datetime) -> None:
    if not civil(asked.requested_at) <= signed.signed_on <= civil(now):
        raise PaperRefused(
            _("The paper must be signed on the day of the request or later, and not after today.")
        )
    if not signed.approved and not signed.reason.strip():
        raise PaperRefused(_("Please give the reason that the paper states for not agreeing."))


def _held(session: Session, approval_id: int, by: Identity) -> ApprovalView:
    """The open request, held to the end of the transaction. Raises ApprovalNotFound, ApprovalDecided."""
    asked = approvals.approval(session, approval_id, by)
    held = db.hold(session, Approval, approval_id)
    if held is None or held.decision is not None:
        raise ApprovalDecided
    return asked


def _waiting(
    session: Session, approval_id: int, by: Identity, now: datetime
) -> tuple[PaperSignature, ApprovalView]:
    """The paper that waits for this person. A clock behind the job's never gives a paper more time than it had."""
    asked = _held(session, approval_id, by)
    mine = select(PaperSignature).where(
        PaperSignature.approval_id == approval_id, PaperSignature.outcome.is_(None)
    )
    paper = db.hold_rows(session, mine).first()
    if paper is None or paper.due_at <= now:
        raise PaperRefused(
            _("No signed paper waits here any more. Decide on this page, or upload the scan again.")
        )
    if not asked.may_confirm(by, now):
        raise ApprovalRefused(
            _("Who uploaded the scan cannot confirm it; a second person of the same body has to.")
        )
    return paper, asked
