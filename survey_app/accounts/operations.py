"""What changes accounts: making them, inviting, passwords, closing.

Writes in the caller's transaction and never commits. Passwords arrive hashed wherever a transaction is open
already, because hashing takes longer than any write should hold the database.
"""

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey_app import audit
from survey_app.access import Identity, Role
from survey_app.accounts import management, passwords, queries, sessions
from survey_app.accounts.models import Invitation, User
from survey_app.accounts.refusals import (
    AccountNotFound,
    AccountRefused,
    InvitationUnknown,
    NameTaken,
    NotYourAccount,
)
from survey_app.i18n import gettext as _
from survey_app.units import queries as units

INVITATION_DAYS = 14

_TOKEN_BYTES = 32
_EMAIL = re.compile(r"[^\s\x00-\x1f\x7f]{3,254}")
_NAME_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Invited:
    """A new account or a renewed invitation. The token is in this value and nowhere else."""

    user_id: int
    token: str
    expires_at: datetime


def create_account(
    session: Session,
    *,
    email: str,
    name: str,
    role: Role,
    unit_id: int,
    actor: str,
    now: datetime,
    telephone: str = "",
) -> Invited:
    """A new account without a password, and its invitation; `telephone` in digits alone.

    Raises AccountRefused for a bad name or a role that does not fit the unit, NameTaken, UnitNotFound.
    """
    email, name = sign_in_name(email), unicodedata.normalize("NFC", name).strip()
    if not 1 <= len(name) <= _NAME_LENGTH or not name.isprintable():
        raise AccountRefused(_("Give the person's name, in at most 120 characters."))
    unit = units.unit(session, unit_id)
    if not management.fits(role, unit.level):
        raise AccountRefused(_("This role does not belong to this unit: %(unit)s.", unit=unit.full_name))
    user = User(email=email, name=name, telephone=telephone, role=role, unit_id=unit.id, created_at=now)
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError as error:
        raise NameTaken(email) from error
    audit.record(session, actor, "accounts.create", f"user:{user.id}", at=now, role=role, unit=unit.id)
    return _invite(session, user.id, now)


def sign_in_name(email: str) -> str:
    """`email` as it is stored and compared. Raises AccountRefused."""
    normal = unicodedata.normalize("NFKC", email).strip().lower()
    if not _EMAIL.fullmatch(normal) or not normal.isprintable():
        raise AccountRefused(_("The sign-in name must have 3 to 254 characters and no spaces."))
    return normal


def invite(
    session: Session,
    *,
    email: str,
    name: str,
    telephone: str,
    role: Role,
    unit_id: int,
    by: Identity,
    now: datetime,
) -> Invited:
    """`create_account` by a signed-in person. Raises NotYourAccount besides."""
    if not management.may_manage(by, role, units.unit(session, unit_id).path):
        raise NotYourAccount
    return create_account(
        session,
        email=email,
        name=name,
        telephone=telephone,
        role=role,
        unit_id=unit_id,
        actor=by.actor,
        now=now,
    )


def renew_invitation(session: Session, user_id: int, *, by: Identity, now: datetime) -> Invited:
    """A new link to choose a password; older ones die, a password in use stays until then."""
    user = _managed(session, user_id, by, now)
    if not user.active:
        raise AccountRefused(_("This account is closed. Reopen it before inviting the person again."))
    audit.record(session, by.actor, "accounts.invite", f"user:{user.id}", at=now)
    return _invite(session, user.id, now)


def renew_by_operator(session: Session, user_id: int, *, now: datetime) -> Invited:
    """The same by the operator of the server, where nobody has come who could."""
    audit.record(session, audit.OPERATOR, "accounts.invite", f"user:{user_id}", at=now)
    return _invite(session, user_id, now)


def accept_invitation(
    session: Session, token: str, password_hash: str, *, now: datetime
) -> queries.Credentials:
    """Set the password chosen through a link and spend the link; what the new session needs.

    Raises InvitationUnknown or InvitationOver, also for the second of two that arrive together.
    """
    offer = queries.invitation(session, token, now)
    spend = (
        update(Invitation)
        .where(Invitation.token_digest == queries.token_digest(token), Invitation.used_at.is_(None))
        .values(used_at=now)
    )
    if session.connection().execute(spend).rowcount != 1:
        raise InvitationUnknown
    user = _store_password(session, offer.user_id, password_hash)
    audit.record(session, f"user:{user.id}", "accounts.accept", f"user:{user.id}", at=now)
    account = queries.credentials_of(session, user.id, user.session_epoch)
    if account is None:
        raise AccountNotFound
    return account


def set_password(session: Session, user_id: int, password: str, *, demo: bool = False) -> None:
    """Give an account a password; every session and open invitation of it ends.

    `demo` marks a password that is printed for everybody to read: it works on the machine itself only.
    Raises WeakPassword, AccountNotFound.
    """
    passwords.check(password, queries.own_email(session, user_id))
    _store_password(session, user_id, passwords.hashed(password)).demo_password = demo


def change_password(session: Session, user_id: int, password_hash: str, *, now: datetime) -> int:
    """Replace one's own password; every session ends but the one that carries the epoch returned."""
    user = _store_password(session, user_id, password_hash)
    audit.record(session, f"user:{user.id}", "accounts.password", f"user:{user.id}", at=now)
    return user.session_epoch


def renew_hash(session: Session, user_id: int, password_hash: str) -> None:
    """Keep the same password under today's parameters."""
    session.get_one(User, user_id).password_hash = password_hash


def record_sign_in(session: Session, user_id: int, *, now: datetime) -> None:
    """Note that somebody signed in."""
    audit.record(session, f"user:{user_id}", "accounts.sign_in", f"user:{user_id}", at=now)


def record_failed_sign_in(session: Session, user_id: int | None, *, now: datetime) -> None:
    """Note a wrong password, or a name nobody has; the same work for both."""
    subject = f"user:{user_id or 'unknown'}"
    audit.record(session, "nobody", "accounts.sign_in_failed", subject, at=now)


def record_lock_out(session: Session, user_id: int | None, *, now: datetime) -> None:
    """Note that a name, or the address it was typed at, now has to wait; once, because nobody is asked meanwhile."""
    audit.record(session, "nobody", "accounts.locked_out", f"user:{user_id or 'unknown'}", at=now)


def end_sessions(session: Session, user_id: int, *, now: datetime) -> None:
    """Sign a person out on every device."""
    sessions.end_all(session, session.get_one(User, user_id))
    audit.record(session, f"user:{user_id}", "accounts.end_sessions", f"user:{user_id}", at=now)


def close_account(session: Session, user_id: int, *, by: Identity, now: datetime) -> None:
    """Shut an account at once: its sessions end with the next request, its invitations die."""
    user = _managed(session, user_id, by, now)
    if user.id == by.user_id:
        raise AccountRefused(_("Nobody can close their own account. Ask a colleague who manages accounts."))
    shut(session, user)
    audit.record(session, by.actor, "accounts.close", f"user:{user.id}", at=now)


def shut(session: Session, user: User) -> None:
    """End what an account could do: its sessions end with the next request, its invitations die."""
    user.active = False
    sessions.end_all(session, user)
    _drop_invitations(session, user.id)


def reopen_account(session: Session, user_id: int, *, by: Identity, now: datetime) -> None:
    """Let a closed account sign in again with its old password."""
    user = _managed(session, user_id, by, now)
    user.active = True
    audit.record(session, by.actor, "accounts.reopen", f"user:{user.id}", at=now)


def change_telephone(session: Session, user_id: int, number: str, *, by: Identity, now: datetime) -> str:
    """Another number, in digits, or "" for none; one's own, or of an account that `by` manages. Gives the sign-in name.

    Who signed in with the old number signs in with the new one. Raises AccountRefused where that one would be missing,
    NameTaken, NotYourAccount.
    """
    user = session.get_one(User, user_id) if user_id == by.user_id else _managed(session, user_id, by, now)
    if number == user.telephone:
        return user.email
    if user.email == user.telephone and not number:
        raise AccountRefused(_("This number is also the sign-in name. Give the new number."))
    is_name, user.telephone = user.email == user.telephone, number
    if is_name:
        user.email = number
    try:
        with session.begin_nested():
            session.flush()  # the database says whether the name is taken
    except IntegrityError as error:
        raise NameTaken(number) from error
    audit.record(session, by.actor, "accounts.telephone", f"user:{user_id}", at=now)
    return user.email


def _managed(session: Session, user_id: int, by: Identity, now: datetime) -> User:
    account = queries.account(session, user_id, by, now)
    if not management.may_manage(by, account.role, account.unit_path, account.made_by):
        raise NotYourAccount
    return session.get_one(User, user_id)


def _invite(session: Session, user_id: int, now: datetime) -> Invited:
    _drop_invitations(session, user_id)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    expires_at = now + timedelta(days=INVITATION_DAYS)
    session.add(Invitation(token_digest=queries.token_digest(token), user_id=user_id, expires_at=expires_at))
    return Invited(user_id, token, expires_at)


def _drop_invitations(session: Session, user_id: int) -> None:
    session.execute(delete(Invitation).where(Invitation.user_id == user_id, Invitation.used_at.is_(None)))


def _store_password(session: Session, user_id: int, password_hash: str) -> User:
    user = session.get(User, user_id)
    if user is None:
        raise AccountNotFound
    user.password_hash = password_hash
    sessions.end_all(session, user)
    user.demo_password = False
    _drop_invitations(session, user_id)
    return user
