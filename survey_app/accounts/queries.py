"""Accounts and invitations, as frozen values.

Every query that a screen uses takes the identity and looks inside its subtree only.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, String, cast, func, select
from sqlalchemy.orm import Session

from survey_app.access import Body, Identity, Role
from survey_app.accounts.models import Invitation, SecondFactor, User
from survey_app.accounts.refusals import AccountNotFound, InvitationOver, InvitationUnknown
from survey_app.alphabet import reading_order
from survey_app.audit import OPERATOR, AuditEvent
from survey_app.i18n import gettext as _
from survey_app.units import queries as units
from survey_app.units.models import Level, Unit
from survey_app.units.queries import UnitView


class AccountState(StrEnum):
    """The state of an account: invited (no password yet), expired (nor a valid link), active, closed."""

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
class FirstAccount:
    """An account of a new installation, which nobody has come to yet."""

    user_id: int
    name: str
    email: str
    role: Role


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account as those who manage it see it."""

    id: int
    email: str
    name: str
    role: Role
    #: Digits alone; "" where it is not known.
    telephone: str
    unit_id: int
    unit_path: str
    #: Like "Xã Biển Hồ".
    unit_name: str
    state: AccountState
    #: Until when the open invitation holds, if there is one.
    invited_until: datetime | None
    has_second_factor: bool
    #: The body whose officer made it; None for the operator of the server.
    made_by: Body | None

    @property
    def is_waited_for(self) -> bool:
        """Whether the person was invited and has not come yet."""
        return self.state in {AccountState.INVITED, AccountState.EXPIRED}


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


def credentials(session: Session, email: str) -> Credentials | None:
    """What the open account named `email` signs in with, or None."""
    return _credentials(session, select(User).where(User.email == email, User.active))


def credentials_of(session: Session, user_id: int, epoch: int) -> Credentials | None:
    """The same for an open account whose password was right a moment ago, unless its sessions ended since."""
    return _credentials(
        session, select(User).where(User.id == user_id, User.active, User.session_epoch == epoch)
    )


def accounts(session: Session, identity: Identity, now: datetime) -> tuple[AccountView, ...]:
    """The accounts in the identity's subtree, the province's first, by unit and name."""
    inside = Unit.path.startswith(identity.unit_path, autoescape=True)
    rows = list(session.execute(_accounts().where(inside).order_by(User.id)))
    places = units.units(session, {row[0].unit_id for row in rows})
    rows.sort(key=lambda row: _in_order(places[row[0].unit_id], row[0].name))
    makers = _makers(session, [row[0].id for row in rows])
    return tuple(
        _account(user, path, places[user.unit_id].full_name, until, enrolled, makers.get(user.id), now)
        for user, path, until, enrolled in rows
    )


def _in_order(place: UnitView, name: str) -> tuple[bool, object, object]:
    return place.level != Level.PROVINCE, place.in_order, reading_order(name)


def telephone_of(session: Session, unit_path: str, roles: Collection[Role]) -> str:
    """The number of somebody in one of these roles, on the unit at that path or above it; "" where none is known."""
    places = [int(unit_id) for unit_id in unit_path.strip("/").split("/")]
    nearest = (
        select(User.telephone)
        .join(Unit, Unit.id == User.unit_id)
        .where(User.unit_id.in_(places), User.role.in_(roles), User.active, User.telephone != "")
        .order_by(func.length(Unit.path).desc(), User.password_hash.is_(None), User.id)
    )
    return session.scalar(nearest.limit(1)) or ""


def telephones_below(session: Session, path: str) -> dict[tuple[int, Role], str]:
    """A number for each role on each unit below `path` where one is known; of somebody who has come, if possible."""
    inside = Unit.path.startswith(path, autoescape=True)
    rows = (
        select(User.unit_id, User.role, User.telephone)
        .join(Unit, Unit.id == User.unit_id)
        .where(inside, User.active, User.telephone != "")
        .order_by(User.password_hash.is_not(None), User.id.desc())
    )
    return {(unit_id, Role(role)): number for unit_id, role, number in session.execute(rows)}


def roles_held(session: Session, path: str) -> dict[int, set[Role]]:
    """The roles of open accounts below `path`, invited ones included, by unit."""
    held: dict[int, set[Role]] = {}
    inside = Unit.path.startswith(path, autoescape=True)
    rows = select(User.unit_id, User.role).join(Unit, Unit.id == User.unit_id).where(inside, User.active)
    for unit_id, role in session.execute(rows.distinct().order_by(User.unit_id, User.role)):
        held.setdefault(unit_id, set()).add(Role(role))
    return held


def account(session: Session, user_id: int, identity: Identity, now: datetime) -> AccountView:
    """One account of the identity's subtree. Raises AccountNotFound."""
    row = session.execute(_accounts().where(User.id == user_id)).first()
    if row is None or not identity.covers(row[1]):
        raise AccountNotFound
    user, path, until, enrolled = row
    place, made_by = units.unit(session, user.unit_id).full_name, _makers(session, [user_id]).get(user_id)
    return _account(user, path, place, until, enrolled, made_by, now)


def own_telephone(session: Session, user_id: int) -> str:
    """The telephone number of an account, "" where it is not known."""
    return session.scalar(select(User.telephone).where(User.id == user_id)) or ""


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


def emails_taken(session: Session, emails: Collection[str]) -> frozenset[str]:
    """Which of these sign-in names have an account, anywhere."""
    return frozenset(session.scalars(select(User.email).where(User.email.in_(emails)).order_by(User.email)))


def has_anybody_come(session: Session) -> bool:
    """Whether anybody here has ever chosen a password."""
    return session.scalar(select(User.id).where(User.password_hash.is_not(None)).limit(1)) is not None


def first_accounts(session: Session, roles: Collection[Role]) -> tuple[FirstAccount, ...]:
    """The open accounts of these roles, in the order in which they were made: who was invited at the very beginning."""
    made = select(User).where(User.role.in_(roles), User.active).order_by(User.id)
    return tuple(
        FirstAccount(user.id, user.name, user.email, Role(user.role)) for user in session.scalars(made)
    )


def name_of(session: Session, actor: str) -> str:
    """The name behind one actor, see `names_of`."""
    return names_of(session, (actor,))[actor]


def names_of(session: Session, actors: Iterable[str]) -> dict[str, str]:
    """Names by actor as the audit log writes actors; the log's own word where no person is behind it."""
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
                "tell the person who invited you at once."
            )
        )
    if found.expires_at <= now or not user.active:
        raise InvitationOver(
            _("This invitation is no longer valid. Ask the person who invited you for a new letter.")
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


def _makers(session: Session, user_ids: Sequence[int]) -> dict[int, Body]:
    """Which body's officer made each account; the audit log is the one place that says so."""
    subjects = {f"user:{user_id}": user_id for user_id in user_ids}
    made = (
        select(AuditEvent.subject, User.role)
        .join(User, AuditEvent.actor == "user:" + cast(User.id, String))
        .where(AuditEvent.act == "accounts.create", AuditEvent.subject.in_(subjects))
    )
    bodies = ((subjects[subject], Role(role).body) for subject, role in session.execute(made))
    return {user_id: body for user_id, body in bodies if body is not None}


def _account(
    user: User,
    path: str,
    unit_name: str,
    until: datetime | None,
    enrolled: int | None,
    made_by: Body | None,
    now: datetime,
) -> AccountView:
    return AccountView(
        id=user.id,
        email=user.email,
        name=user.name,
        role=Role(user.role),
        telephone=user.telephone,
        unit_id=user.unit_id,
        unit_path=path,
        unit_name=unit_name,
        state=_state(user, until, now),
        invited_until=until,
        has_second_factor=enrolled is not None,
        made_by=made_by,
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
