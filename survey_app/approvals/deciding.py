"""Deciding what the other side asked, and carrying it out in the same transaction; on a screen or by a signed paper."""

from datetime import datetime

from sqlalchemy.orm import Session

from survey_app.access import Identity
from survey_app.approvals import registry, requests
from survey_app.approvals.approval import ApprovalView


def decide(
    session: Session, approval_id: int, *, approved: bool, reason: str, by: Identity, now: datetime
) -> ApprovalView:
    """Agree and have the act carried out, or refuse it with a reason.

    Raises what `requests.decide` refuses, and what the act's own room refuses: then nothing is stored.
    """
    decided = requests.decide(session, approval_id, by=by, approved=approved, reason=reason, now=now)
    carry_out(session, decided, by, now)
    return decided


def carry_out(session: Session, decided: ApprovalView, by: Identity, now: datetime) -> None:
    """Do what was agreed to; nothing where it was refused."""
    if decided.decision == "approved":
        registry.act(decided.act).carry_out(session, decided, by, now)
