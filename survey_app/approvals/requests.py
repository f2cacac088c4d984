"""Requests of one body and the decisions of the other: nothing that needs two bodies is done by one.

Writes down who asked and who decided; `deciding` has the act carried out. Never commits. Every query that a screen
uses takes the identity and looks inside its subtree only.
"""

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from survey_app import audit, db
from survey_app.access import Identity, Role
from survey_app.accounts import handover
from survey_app.accounts.models import User
from survey_app.approvals import deputies, passed_over, registry
from survey_app.approvals.approval import ApprovalView, Refusal
from survey_app.approvals.deputies import RequestSide
from survey_app.approvals.models import Approval
from survey_app.approvals.papers import newest_papers
from survey_app.approvals.refusals import (
    ApprovalDecided,
    ApprovalNotFound,
    ApprovalOpen,
    ApprovalRefused,
    ReasonMissing,
)
from survey_app.i18n import gettext as _
from survey_app.units import queries as units
from survey_app.units.models import Unit

_REASON_LENGTH = 500


def open_approvals(session: Session, identity: Identity) -> tuple[ApprovalView, ...]:
    """Requests of the subtree that wait, oldest first: those to decide (`may_decide`) and the own body's."""
    if identity.body is None:
        return ()
    inside = Unit.path.startswith(identity.unit_path, autoescape=True)
    return _approvals(session, _approval_query().where(Approval.decision.is_(None), inside))


def waiting(session: Session, which: ColumnElement[bool]) -> tuple[ApprovalView, ...]:
    """Open requests that a condition on them picks, oldest first; for other modules of this room."""
    return _approvals(session, _approval_query().where(Approval.decision.is_(None), which))


def approval(session: Session, approval_id: int, identity: Identity) -> ApprovalView:
    """One request on the identity's subtree. Raises ApprovalNotFound."""
    found = _approvals(session, _approval_query().where(Approval.id == approval_id))
    if not found or not identity.covers(found[0].unit_path):
        raise ApprovalNotFound
    return found[0]


def approvals_of(session: Session, subject: str) -> tuple[ApprovalView, ...]:
    """Every request ever made about `subject`, oldest first."""
    return _approvals(session, _approval_query().where(Approval.subject == subject))


def standing_refusal(
    session: Session, act: str, subject: str, role: Role, payload: Mapping[str, object]
) -> Refusal | None:
    """The second side's refusal of exactly this, where somebody of this role may ask others to go on without it."""
    if not registry.act(act).needs.deciders_instead(role):
        return None
    return _refusal(_words(session, {subject}), act, subject, payload)


def request_approval(
    session: Session,
    *,
    act: str,
    subject: str,
    unit_id: int,
    payload: Mapping[str, object],
    reason: str,
    by: Identity,
    now: datetime,
) -> int:
    """Ask the other body to agree to `act` on `subject`; the number of the request.

    Raises ApprovalRefused for a role without a body or a unit outside its subtree, ApprovalOpen.
    """
    if by.body is None:
        raise ApprovalRefused(_("Only an officer of the government or of the Front may ask for approval."))
    if by.role not in registry.act(act).needs.askers:
        raise ApprovalRefused(_("This act is agreed on by others; your office has no part in it."))
    if not by.covers(units.unit(session, unit_id).path):
        raise ApprovalRefused(_("This unit is outside your area."))
    request = Approval(
        act=act,
        subject=subject,
        unit_id=unit_id,
        payload=dict(payload),
        reason=_reason(reason, required=False),
        requested_by=by.user_id,
        requested_body=by.body,
        requested_as=by.role,
        requested_at=now,
    )
    try:
        with session.begin_nested():
            session.add(request)
    except IntegrityError as error:
        raise ApprovalOpen from error
    away = deputies.note(session, request.id, RequestSide.REQUEST, by=by, now=now)
    audit.record(
        session,
        by.actor,
        "accounts.request_approval",
        subject,
        at=now,
        approval=request.id,
        asked=act,
        **_in_place_of(away),
    )
    return request.id


def decide(
    session: Session, approval_id: int, *, by: Identity, approved: bool, reason: str, now: datetime
) -> ApprovalView:
    """Agree to a request of the other body, or refuse it with a reason; called by `deciding` alone.

    Raises ApprovalNotFound outside the subtree, ApprovalDecided, ApprovalRefused, ReasonMissing.
    """
    request = db.hold(session, Approval, approval_id)
    asked = approval(session, approval_id, by)
    if request is None or request.decision is not None:
        raise ApprovalDecided
    if asked.is_held_up(by.role, now):
        raise ApprovalRefused(
            _("A decision signed on paper waits for a second person. Confirm or reject it first.")
        )
    if not asked.may_decide(by, now):
        raise ApprovalRefused(
            _("The other body must decide this request: two bodies have to agree, and nobody agrees twice.")
        )
    passed_over.refuse_by_a_doubtful_clock(session, asked, by.role, now)
    request.decision = "approved" if approved else "refused"
    request.decided_by = by.user_id
    request.decided_as = by.role
    request.decided_at = now
    request.decision_reason = _reason(reason, required=not approved)
    session.flush()  # The decision is read back below by a query.
    away = deputies.note(session, approval_id, RequestSide.DECISION, by=by, now=now)
    decided = approval(session, approval_id, by)
    audit.record(
        session,
        by.actor,
        "accounts.decide",
        asked.subject,
        at=now,
        approval=approval_id,
        decision=request.decision,
        **_in_place_of(away),
        **passed_over.details(decided),
    )
    return decided


def withdraw_requests(session: Session, subject: str, *, actor: str, why: str, now: datetime) -> int:
    """Take back what is still asked about `subject`, because it is no longer what was asked about; how many."""
    waiting = (
        select(Approval).where(Approval.subject == subject, Approval.decision.is_(None)).order_by(Approval.id)
    )
    taken_back = db.hold_rows(session, waiting).all()
    for request in taken_back:
        request.decision = "withdrawn"
        request.decided_at = now
        request.decision_reason = why
        audit.record(session, actor, "accounts.withdraw_request", subject, at=now, approval=request.id)
    return len(taken_back)


def _approval_query() -> Select[Approval, str, str, str]:
    asker, decider = aliased(User), aliased(User)
    return (
        select(Approval, Unit.path, asker.name, decider.name)
        .join(Unit, Unit.id == Approval.unit_id)
        .join(asker, asker.id == Approval.requested_by)
        .outerjoin(decider, decider.id == Approval.decided_by)
        .order_by(Approval.requested_at, Approval.id)
    )


def _approvals(session: Session, query: Select[Approval, str, str, str]) -> tuple[ApprovalView, ...]:
    rows = session.execute(query).all()
    ids = [row[0].id for row in rows]
    acted_for, papers = deputies.names_acted_for(session, ids), newest_papers(session, ids)
    heirs = handover.successors(session, {row[0].requested_by for row in rows})
    refusals, off = _refusals(session, [row[0] for row in rows]), passed_over.days_off()
    return tuple(
        ApprovalView(
            id=row.id,
            act=row.act,
            subject=row.subject,
            unit_id=row.unit_id,
            unit_path=path,
            payload=row.payload,
            reason=row.reason,
            requested_by=row.requested_by,
            requested_by_name=asker,
            requested_as=Role(row.requested_as),
            requested_at=row.requested_at,
            decision=row.decision,
            decided_by_name=decider,
            decided_as=Role(row.decided_as) if row.decided_as else None,
            decided_at=row.decided_at,
            decision_reason=row.decision_reason,
            requested_for=acted_for.get((row.id, RequestSide.REQUEST)),
            decided_for=acted_for.get((row.id, RequestSide.DECISION)),
            paper=papers.get(row.id),
            needs=registry.act(row.act).needs,
            instead_from=_instead_from(row, refusals.get(row.id), off),
            refusal=refusals.get(row.id),
            requester_heirs=heirs.get(row.requested_by, frozenset()),
        )
        for row, path, asker, decider in rows
    )


def _refusals(session: Session, asked: Sequence[Approval]) -> dict[int, Refusal]:
    """By request, what the second side said to the same before; only where others may go on without it."""
    waiting = [row for row in asked if registry.act(row.act).needs.deciders_instead(Role(row.requested_as))]
    words = _words(session, {row.subject for row in waiting}) if waiting else ()
    found = {
        row.id: _refusal([word for word in words if word[0].id < row.id], row.act, row.subject, row.payload)
        for row in waiting
    }
    return {number: refusal for number, refusal in found.items() if refusal is not None}


def _words(session: Session, subjects: Collection[str]) -> Sequence[Row[Approval, str]]:
    """What was decided on these subjects and by whom, the newest first."""
    made = (
        select(Approval, User.name)
        .join(User, User.id == Approval.decided_by)
        .where(Approval.subject.in_(subjects), Approval.decision.in_(("approved", "refused")))
        .order_by(Approval.id.desc())
    )
    return session.execute(made).all()


def _refusal(
    words: Iterable[Row[Approval, str]], act: str, subject: str, payload: Mapping[str, object]
) -> Refusal | None:
    """The second side's word on exactly this. The newest on the act counts: who agreed since has not refused."""
    same = ((word, name) for word, name in words if (word.act, word.subject) == (act, subject))
    word, name = next(same, (None, ""))
    if word is None or word.decided_at is None or word.decision != "refused" or word.payload != payload:
        return None
    if word.decided_as not in registry.act(act).needs.sides[1]:
        return None
    return Refusal(name, word.decided_at, word.decision_reason)


def _instead_from(row: Approval, refusal: Refusal | None, off: Collection[date]) -> datetime | None:
    if not registry.act(row.act).needs.deciders_instead(Role(row.requested_as)):
        return None
    return row.requested_at if refusal else passed_over.silent_from(row.requested_at, off)


def _in_place_of(away: int | None) -> dict[str, int]:
    """What the audit log says besides, when a deputy acted."""
    return {} if away is None else {"acted_for": away}


def _reason(reason: str, *, required: bool) -> str:
    normal = unicodedata.normalize("NFC", reason).strip()
    if len(normal) > _REASON_LENGTH or (required and not normal) or "\0" in normal:
        raise ReasonMissing
    return normal
