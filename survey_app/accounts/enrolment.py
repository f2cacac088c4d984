"""Whose second factor is enrolled, taking its codes, and what happens when it is lost.

A code is taken once. A lost factor comes off by two colleagues, neither of them its owner: one alone could let anybody
in. Writes in the caller's transaction and never commits.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session, aliased

from survey_app import audit, db, throttle
from survey_app.access import Identity
from survey_app.accounts import management, queries, second_factor, sessions
from survey_app.accounts.models import FactorReset, RecoveryCode, SecondFactor, User
from survey_app.accounts.refusals import AccountNotFound, FactorMissing, NotYourAccount, ResetRefused
from survey_app.i18n import gettext as _
from survey_app.units.models import Unit

#: Wrong codes in `MINUTES` before an account has to wait: a guess has one chance in 60,000 or so.
LIMIT = 5
MINUTES = 15

#: An unconfirmed request to take a factor off is void after this time.
_RESET_LASTS = timedelta(days=1)


class Check(StrEnum):
    """What became of a typed code."""

    RIGHT = "right"
    WRONG = "wrong"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class FactorView:
    """The second factor of an account, as its owner sees it."""

    enrolled_at: datetime
    codes_left: int


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A new second factor. The recovery codes are in this value and nowhere else."""

    codes: tuple[str, ...]
    #: What a session that may go on carries.
    session_epoch: int


@dataclass(frozen=True, slots=True)
class ResetView:
    """A request to take a lost factor off that waits for the second colleague."""

    user_id: int
    name: str
    asked_by: int
    asked_by_name: str
    asked_at: datetime


def factor(session: Session, user_id: int) -> FactorView | None:
    """The enrolled second factor of an account, or None."""
    found = session.get(SecondFactor, user_id)
    if found is None:
        return None
    unused = select(func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return FactorView(found.enrolled_at, session.scalar(unused) or 0)


def enrol(session: Session, user_id: int, secret: str, step: int, *, now: datetime) -> Enrolled:
    """Take `secret` as the account's second factor, instead of any earlier one. Every session of the account ends.

    `step` is that of the code which proved that the phone has the secret.
    """
    user = _locked(session, user_id)
    session.execute(
        delete(FactorReset).where(FactorReset.user_id == user_id, FactorReset.confirmed_at.is_(None))
    )
    session.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))
    sealed = second_factor.sealed(secret, user_id, now)
    session.add(SecondFactor(user_id=user_id, secret=sealed, last_step=step, enrolled_at=now))
    sessions.end_all(session, user)
    audit.record(session, f"user:{user_id}", "accounts.enrol_factor", f"user:{user_id}", at=now)
    return Enrolled(_fresh_codes(session, user_id), user.session_epoch)


def renew_codes(session: Session, user_id: int, *, now: datetime) -> tuple[str, ...]:
    """Ten new recovery codes; the older ones die. Raises FactorMissing."""
    if session.get(SecondFactor, user_id) is None:
        raise FactorMissing
    audit.record(session, f"user:{user_id}", "accounts.recovery_codes", f"user:{user_id}", at=now)
    return _fresh_codes(session, user_id)


def check(session: Session, user_id: int, typed: str, *, now: datetime) -> Check:
    """Take a code of the phone or a recovery code, once; a wrong one is counted. Raises FactorMissing.

    One after the other for each account, so that guesses sent together do not slip past the count.
    """
    held = db.hold(session, SecondFactor, user_id)
    if held is None:
        raise FactorMissing
    key = throttle.subject_key("second factor", str(user_id), now)
    if throttle.is_blocked(session, key, now, limit=LIMIT, minutes=MINUTES):
        return Check.BLOCKED
    if second_factor.is_digits(typed):
        is_right = _take_digits(held, typed, now)
    else:
        is_right = _take_recovery_code(session, user_id, typed, now)
    if is_right:
        return Check.RIGHT
    throttle.record_failure(session, key, now)
    audit.record(session, "nobody", "accounts.wrong_code", f"user:{user_id}", at=now)
    if throttle.is_blocked(session, key, now, limit=LIMIT, minutes=MINUTES):
        audit.record(session, "nobody", "accounts.locked_out", f"user:{user_id}", at=now)
    return Check.WRONG


def open_reset(session: Session, user_id: int, now: datetime) -> ResetView | None:
    """The request about this account that still waits, or None."""
    row = session.execute(_open_resets(now).where(FactorReset.user_id == user_id)).first()
    return None if row is None else _reset(*row)


def resets_for(session: Session, person: Identity, now: datetime) -> tuple[ResetView, ...]:
    """Requests that wait for `person` to be the second, oldest first."""
    return tuple(
        _reset(asked, user, asker)
        for asked, user, asker, path in session.execute(_open_resets(now).add_columns(Unit.path))
        if person.user_id not in {asked.asked_by, user.id} and management.may_manage(person, user.role, path)
    )


def ask_reset(session: Session, user_id: int, *, by: Identity, now: datetime) -> None:
    """Ask a second colleague to take a lost factor off.

    Raises AccountNotFound, NotYourAccount, FactorMissing; ResetRefused for the own one or while a request waits.
    """
    _manageable(session, user_id, by, now)
    if session.get(SecondFactor, user_id) is None:
        raise FactorMissing
    _locked(session, user_id)
    session.execute(
        delete(FactorReset).where(
            FactorReset.user_id == user_id,
            FactorReset.confirmed_at.is_(None),
            FactorReset.asked_at <= now - _RESET_LASTS,
        )
    )
    if open_reset(session, user_id, now) is not None:
        raise ResetRefused(_("This is already asked for. Another colleague has to confirm it."))
    session.add(FactorReset(user_id=user_id, asked_by=by.user_id, asked_at=now))
    audit.record(session, by.actor, "accounts.ask_factor_reset", f"user:{user_id}", at=now)


def confirm_reset(session: Session, user_id: int, *, by: Identity, now: datetime) -> None:
    """Take a lost factor off, as the second of two colleagues; the person's sessions end.

    Raises AccountNotFound, NotYourAccount; ResetRefused without a request, or for the one who asked.
    """
    _manageable(session, user_id, by, now)
    waiting = select(FactorReset).where(FactorReset.user_id == user_id, FactorReset.confirmed_at.is_(None))
    asked = db.hold_rows(session, waiting).first()
    if asked is None or asked.asked_at <= now - _RESET_LASTS:
        raise ResetRefused(_("Nobody is waiting for this any more. If the phone is still lost, ask again."))
    if asked.asked_by == by.user_id:
        raise ResetRefused(_("You asked for this yourself. Another colleague has to confirm it."))
    asked.confirmed_by, asked.confirmed_at = by.user_id, now
    _take_off(session, user_id)
    audit.record(session, by.actor, "accounts.factor_reset", f"user:{user_id}", at=now)


def reset_by_operator(session: Session, user_id: int, *, now: datetime) -> None:
    """Take a factor off where no two colleagues are left. Raises FactorMissing."""
    if session.get(SecondFactor, user_id) is None:
        raise FactorMissing
    _take_off(session, user_id)
    audit.record(session, audit.OPERATOR, "accounts.factor_reset", f"user:{user_id}", at=now)


def _take_digits(held: SecondFactor, typed: str, now: datetime) -> bool:
    secret = second_factor.opened(held.secret, held.user_id)
    step = second_factor.matching_step(secret, typed, now)
    if step is None or step <= held.last_step:
        return False
    held.last_step = step
    return True


def _take_recovery_code(session: Session, user_id: int, typed: str, now: datetime) -> bool:
    spend = (
        update(RecoveryCode)
        .where(RecoveryCode.digest == second_factor.recovery_digest(user_id, typed))
        .where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
        .values(used_at=now)
    )
    if session.connection().execute(spend).rowcount != 1:
        return False
    audit.record(session, f"user:{user_id}", "accounts.recovery_code_used", f"user:{user_id}", at=now)
    return True


def _fresh_codes(session: Session, user_id: int) -> tuple[str, ...]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = second_factor.new_recovery_codes()
    session.add_all(
        RecoveryCode(digest=second_factor.recovery_digest(user_id, code), user_id=user_id) for code in codes
    )
    return codes


def _take_off(session: Session, user_id: int) -> None:
    session.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    sessions.end_all(session, _locked(session, user_id))


def _locked(session: Session, user_id: int) -> User:
    """The account, held to the end of the transaction, so that what is done to it comes one after the other."""
    user = db.hold(session, User, user_id)
    if user is None:
        raise AccountNotFound
    return user


def _manageable(session: Session, user_id: int, by: Identity, now: datetime) -> None:
    account = queries.account(session, user_id, by, now)
    if not management.may_manage(by, account.role, account.unit_path, account.made_by):
        raise NotYourAccount
    if user_id == by.user_id:
        raise ResetRefused(_("Two colleagues have to do this for you; you cannot do it for yourself."))


def _open_resets(now: datetime) -> Select[FactorReset, User, str]:
    asker = aliased(User)
    return (
        select(FactorReset, User, asker.name)
        .join(User, User.id == FactorReset.user_id)
        .join(asker, asker.id == FactorReset.asked_by)
        .join(Unit, Unit.id == User.unit_id)
        .where(FactorReset.confirmed_at.is_(None), FactorReset.asked_at > now - _RESET_LASTS)
        .order_by(FactorReset.asked_at, FactorReset.id)
    )


def _reset(asked: FactorReset, user: User, asker: str) -> ResetView:
    return ResetView(user.id, user.name, asked.asked_by, asker, asked.asked_at)
