"""Accounts, invitations and requests for approval, as frozen values.

Every query that a screen uses takes the identity and looks inside its subtree only.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from survey_app.access import Body, Identity, Role
from survey_app.accounts.deputies import Step, names_acted_for
from survey_app.accounts.models import Approval, Invitation, SecondFactor, User
from survey_app.accounts.papers import Outcome, PaperView, newest_papers
from survey_app.accounts.parties import Party
from survey_app.accounts.refusals import AccountNotFound, ApprovalNotFound, InvitationOver, InvitationUnknown
from survey_app.audit import OPERATOR, AuditEvent
from survey_app.i18n import gettext as _
from survey_app.units import queries as units
from survey_app.units.models import Unit

#: Roles of a province; in a commune's matter they stand in for the commune's own body.
_PROVINCIAL = (Role.PROVINCE, Role.FRONT_PROVINCE)


class AccountState(StrEnum):
    """Where an account stands: invited (no password yet), expired (nor a valid link), active, closed."""

    INVITED = "invited"
    EXPIRED = "expired"
    ACTIVE = "active"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What signing in compares with. Never leaves this room."""

    user_id: int
    password_hash: str | None
    session_epoch: int
    demo_password: bool
    email: str
    role: Role
    has_second_factor: bool


@dataclass(frozen=True, slots=True)
class AccountView:
    id: int
    email: str
    name: str
    role: Role
    unit_id: int
    unit_path: str
    #: Like "Xã Biển Hồ".
    unit_name: str
    state: AccountState
    #: Until when the open invitation holds, if there is one.
    invited_until: datetime | None
    has_second_factor: bool


@dataclass(frozen=True, slots=True)
class InvitationView:
    """What an invitation link says to the person who opens it."""

    user_id: int
    email: str
    name: str
    role: Role
    unit_name: str
    #: Name of the colleague who made the link; None when the operator did.
    invited_by: str | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ApprovalView:
    """A request of one body and, once made, the decision of the other."""

    id: int
    act: str
    subject: str
    unit_id: int
    unit_path: str
    payload: Mapping[str, object]
    reason: str
    requested_by: int
    requested_by_name: str
    requested_body: Body
    requested_as: Role
    requested_at: datetime
    #: "approved", "refused" or "withdrawn".
    decision: str | None
    decided_by_name: str | None
    decided_as: Role | None
    decided_at: datetime | None
    decision_reason: str
    #: Name of the person whose deputy asked or decided, if a deputy did.
    requested_for: str | None
    decided_for: str | None
    #: The newest decision signed by hand, whatever became of it.
    paper: PaperView | None

    @property
    def requester(self) -> Party:
        """Who asked, for `parties.signed_as`."""
        role = self.requested_as
        return Party(self.requested_by_name, role, self.stands_in(role), self.requested_for)

    @property
    def decider(self) -> Party | None:
        """Who decided, for `parties.signed_as`; None before, and for what was withdrawn."""
        if self.decided_as is None:
            return None
        stands_in, paper = self.stands_in(self.decided_as), self.paper
        if paper is not None and paper.outcome is Outcome.CONFIRMED:
            return Party(paper.signer, self.decided_as, stands_in, on_paper=paper.on_paper)
        return Party(self.decided_by_name or "", self.decided_as, stands_in, self.decided_for)

    @property
    def waits_for_paper(self) -> bool:
        """Whether a signed paper has to be confirmed before anything else is decided."""
        return self.decision is None and self.paper is not None and self.paper.outcome is None

    def stands_in(self, role: Role | None) -> bool:
        """Whether somebody of the province acted in this role for a unit below it."""
        return role in _PROVINCIAL and self.unit_path.count("/") > 2

    def may_decide(self, person: Identity) -> bool:
        """Whether it waits for `person`: of the other body, on the unit, and not the one who asked."""
        return self.decision is None and not self.waits_for_paper and self.is_for(person)

    def may_confirm(self, person: Identity) -> bool:
        """Whether `person` may be the second one to look at the scan of a signed paper."""
        return (
            self.waits_for_paper
            and self.paper is not None
            and self.paper.uploaded_by != person.user_id
            and self.is_for(person)
        )

    def is_for(self, person: Identity) -> bool:
        """Whether `person` belongs to the body that decides: not the one that asked, and on the unit or above it."""
        return (
            person.body is not None
            and person.body != self.requested_body
            and person.user_id != self.requested_by
            and person.covers(self.unit_path)
        )


def credentials(session: Session, email: str) -> Credentials | None:
    """What the open account named `email` signs in with, or None."""
    return _credentials(session, select(User).where(User.email == email, User.active))


def credentials_of(session: Session, user_id: int, epoch: int) -> Credentials | None:
    """The same for an open account whose password was right a moment ago, unless its sessions ended since."""
    return _credentials(
        session, select(User).where(User.id == user_id, User.active, User.session_epoch == epoch)
    )


def accounts(session: Session, identity: Identity, now: datetime) -> tuple[AccountView, ...]:
    """The accounts in the identity's subtree, by unit and name."""
    inside = Unit.path.startswith(identity.unit_path, autoescape=True)
    order = (Unit.level.desc(), Unit.code, User.name, User.id)
    rows = session.execute(_accounts().where(inside).order_by(*order)).all()
    places = units.units(session, {row[0].unit_id for row in rows})
    return tuple(
        _account(user, path, places[user.unit_id].full_name, until, enrolled, now)
        for user, path, until, enrolled in rows
    )


def account(session: Session, user_id: int, identity: Identity, now: datetime) -> AccountView:
    """One account of the identity's subtree. Raises AccountNotFound."""
    row = session.execute(_accounts().where(User.id == user_id)).first()
    if row is None or not identity.covers(row[1]):
        raise AccountNotFound
    user, path, until, enrolled = row
    return _account(user, path, units.unit(session, user.unit_id).full_name, until, enrolled, now)


def own_email(session: Session, user_id: int) -> str:
    """The sign-in name of an account. Raises AccountNotFound."""
    email = session.scalar(select(User.email).where(User.id == user_id))
    if email is None:
        raise AccountNotFound
    return email


def user_named(session: Session, email: str) -> int:
    """The number of the account with this sign-in name. Raises AccountNotFound."""
    user_id = session.scalar(select(User.id).where(User.email == email))
    if user_id is None:
        raise AccountNotFound
    return user_id


def name_of(session: Session, actor: str) -> str:
    """The name behind one actor, see `names_of`."""
    return names_of(session, (actor,))[actor]


def names_of(session: Session, actors: Iterable[str]) -> dict[str, str]:
    """Names by actor as the audit log writes actors; the log's own word where no person stands behind it."""
    names = {actor: _("The operator of the server") if actor == OPERATOR else actor for actor in actors}
    numbers = [int(actor.removeprefix("user:")) for actor in names if actor.startswith("user:")]
    people = session.execute(select(User.id, User.name).where(User.id.in_(numbers)).order_by(User.id))
    return names | {f"user:{number}": name for number, name in people}


def has_demo_password(session: Session, user_id: int) -> bool:
    """Whether the account still has a printed demo password."""
    return bool(session.scalar(select(User.demo_password).where(User.id == user_id)))


def invitation(session: Session, token: str, now: datetime) -> InvitationView:
    """The open invitation behind a link. Raises InvitationUnknown or InvitationOver."""
    found = session.get(Invitation, token_digest(token))
    if found is None:
        raise InvitationUnknown
    user = session.get_one(User, found.user_id)
    if found.used_at is not None:
        raise InvitationOver(
            _(
                "This invitation has been used. Sign in with the password chosen then. If that was not you, "
                "tell whoever invited you at once."
            )
        )
    if found.expires_at <= now or not user.active:
        raise InvitationOver(
            _("This invitation is no longer valid. Ask whoever invited you for a new letter.")
        )
    return InvitationView(
        user_id=user.id,
        email=user.email,
        name=user.name,
        role=Role(user.role),
        unit_name=units.unit(session, user.unit_id).full_name,
        invited_by=_inviter(session, user.id),
        expires_at=found.expires_at,
    )


def token_digest(token: str) -> str:
    """What the database keeps of an invitation token."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_approvals(session: Session, identity: Identity) -> tuple[ApprovalView, ...]:
    """Requests of the subtree that wait, oldest first: those to decide (`may_decide`) and the own body's."""
    if identity.body is None:
        return ()
    inside = Unit.path.startswith(identity.unit_path, autoescape=True)
    return _approvals(session, _approval_query().where(Approval.decision.is_(None), inside))


def approval(session: Session, approval_id: int, identity: Identity) -> ApprovalView:
    """One request on the identity's subtree. Raises ApprovalNotFound."""
    found = _approvals(session, _approval_query().where(Approval.id == approval_id))
    if not found or not identity.covers(found[0].unit_path):
        raise ApprovalNotFound
    return found[0]


def approvals_of(session: Session, subject: str) -> tuple[ApprovalView, ...]:
    """Every request ever made about `subject`, oldest first."""
    return _approvals(session, _approval_query().where(Approval.subject == subject))


def _credentials(session: Session, query: Select[User]) -> Credentials | None:
    user = session.scalar(query)
    if user is None:
        return None
    return Credentials(
        user_id=user.id,
        password_hash=user.password_hash,
        session_epoch=user.session_epoch,
        demo_password=user.demo_password,
        email=user.email,
        role=Role(user.role),
        has_second_factor=session.get(SecondFactor, user.id) is not None,
    )


def _accounts() -> Select[User, str, datetime, int]:
    until = (
        select(func.max(Invitation.expires_at))
        .where(Invitation.user_id == User.id, Invitation.used_at.is_(None))
        .scalar_subquery()
    )
    return (
        select(User, Unit.path, until, SecondFactor.user_id)
        .join(Unit, Unit.id == User.unit_id)
        .outerjoin(SecondFactor, SecondFactor.user_id == User.id)
    )


def _account(
    user: User, path: str, unit_name: str, until: datetime | None, enrolled: int | None, now: datetime
) -> AccountView:
    return AccountView(
        id=user.id,
        email=user.email,
        name=user.name,
        role=Role(user.role),
        unit_id=user.unit_id,
        unit_path=path,
        unit_name=unit_name,
        state=_state(user, until, now),
        invited_until=until,
        has_second_factor=enrolled is not None,
    )


def _state(user: User, until: datetime | None, now: datetime) -> AccountState:
    if not user.active:
        return AccountState.CLOSED
    if user.password_hash is not None:
        return AccountState.ACTIVE
    return AccountState.INVITED if until is not None and until > now else AccountState.EXPIRED


def _inviter(session: Session, user_id: int) -> str | None:
    """The audit log is the one place that says who made the newest link."""
    acts = ("accounts.create", "accounts.invite")
    made = select(AuditEvent.actor).where(AuditEvent.subject == f"user:{user_id}", AuditEvent.act.in_(acts))
    actor = session.scalar(made.order_by(AuditEvent.id.desc()).limit(1)) or ""
    number = actor.removeprefix("user:")
    return session.scalar(select(User.name).where(User.id == int(number))) if number.isdecimal() else None


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
    acted_for, papers = names_acted_for(session, ids), newest_papers(session, ids)
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
            requested_body=Body(row.requested_body),
            requested_as=Role(row.requested_as),
            requested_at=row.requested_at,
            decision=row.decision,
            decided_by_name=decider,
            decided_as=Role(row.decided_as) if row.decided_as else None,
            decided_at=row.decided_at,
            decision_reason=row.decision_reason,
            requested_for=acted_for.get((row.id, Step.REQUEST)),
            decided_for=acted_for.get((row.id, Step.DECISION)),
            paper=papers.get(row.id),
        )
        for row, path, asker, decider in rows
    )
