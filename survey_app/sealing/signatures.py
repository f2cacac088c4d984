"""Who signed a sealed result, and who was asked to; papers of every room above print it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from survey_app.access import Body, Role
from survey_app.approvals import requests as approvals
from survey_app.approvals.approval import ApprovalView
from survey_app.approvals.parties import Party
from survey_app.fieldwork import acts

#: The act of signing.
ACT = "results.sign"


@dataclass(frozen=True, slots=True)
class Signature:
    """One body's signature, as papers print it."""

    name: str
    body: Body
    role: Role
    signed_at: datetime
    #: Whether somebody of the province signed for the commune's own body.
    stands_in: bool
    #: Who signed and in whose place, for `approvals.parties.signed_as`.
    party: Party
    #: Why it was signed although drawn slips were not compared, and what else was said; often "".
    reason: str


def requests(session: Session, survey_id: str) -> tuple[ApprovalView, ...]:
    """Every request to sign this result, oldest first."""
    return tuple(
        found for found in approvals.approvals_of(session, acts.subject(survey_id)) if found.act == ACT
    )


def signatures(session: Session, survey_id: str) -> tuple[Signature, ...]:
    """Both signatures of a signed result, the one who asked first; empty before."""
    signed = next((found for found in requests(session, survey_id) if found.decision == "approved"), None)
    if signed is None or signed.decider is None or signed.decided_at is None:
        return ()
    return (
        _signature(signed.requester, signed.requested_at, signed.reason),
        _signature(signed.decider, signed.decided_at, signed.decision_reason),
    )


def _signature(party: Party, at: datetime, reason: str) -> Signature:
    body = party.role.body
    if body is None:
        raise LookupError(f"a signature of the role {party.role}, which acts for no body")
    return Signature(party.name, body, party.role, at, party.stands_in, party, reason)
