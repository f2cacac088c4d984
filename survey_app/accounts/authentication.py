"""Whether a password is right, how many wrong ones are let through, and the same work for a name nobody has.

Knows no page. Who calls must not hold a transaction: a hash takes longer than any write should last.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from survey_app import db, throttle
from survey_app.accounts import operations, passwords, queries, telephones
from survey_app.accounts.queries import Credentials
from survey_app.accounts.refusals import AccountRefused
from survey_app.i18n import gettext as _

#: Wrong passwords in a quarter of an hour before a name, or an address, has to wait. A whole office, or a
#: training course, shares one address; a name belongs to one person.
_LIMIT_NAME = 10
_LIMIT_ADDRESS = 50
MINUTES = 15


def authenticated(email: str, typed: str, now: datetime) -> Credentials | None:
    """The account, if the password is right; else the failure is counted. Unknown names cost the same."""
    account = _account_named(email)
    if passwords.matches(account.password_hash if account else None, typed) and account:
        _modernise(account, typed)
        return account
    user_id = account.user_id if account else None
    with db.transaction() as current:
        for key in _throttle_keys(email, now):
            throttle.record_failure(current, key, now)
        operations.record_failed_sign_in(current, user_id, now=now)
        if _has_to_wait(current, email, now):
            operations.record_lock_out(current, user_id, now=now)
    return None


def is_throttled(email: str, now: datetime) -> bool:
    """Whether this name, or this address, has to wait before another password is looked at."""
    return _has_to_wait(db.session(), email, now)


def too_many() -> str:
    """What a throttled person reads."""
    text: str = _(
        "Too many wrong passwords. Please wait %(minutes)s minutes, then try again.",
        minutes=MINUTES,
    )
    return text


def _has_to_wait(session: Session, email: str, now: datetime) -> bool:
    limits = zip(_throttle_keys(email, now), (_LIMIT_NAME, _LIMIT_ADDRESS), strict=True)
    return any(throttle.is_blocked(session, key, now, limit=limit, minutes=MINUTES) for key, limit in limits)


def _account_named(email: str) -> Credentials | None:
    """By the name as it is stored, or by a telephone number in whatever groups it was typed."""
    try:
        found = queries.credentials(db.session(), operations.sign_in_name(email))
    except AccountRefused:
        found = None
    number = telephones.normal(email)
    return found or (queries.credentials(db.session(), number) if number else None)


def _spelled_once(email: str) -> str:
    """One spelling for every spelling that finds the same account; what finds none is counted as it was typed."""
    try:
        return telephones.normal(email) or operations.sign_in_name(email)
    except AccountRefused:
        return email.strip().lower()


def _modernise(account: Credentials, typed: str) -> None:
    if account.password_hash and passwords.is_outdated(account.password_hash):
        password_hash = passwords.hashed(typed)
        with db.transaction() as current:
            operations.renew_hash(current, account.user_id, password_hash)


def _throttle_keys(email: str, now: datetime) -> tuple[str, str]:
    name = _spelled_once(email)
    return throttle.subject_key("sign-in name", name, now), throttle.address_key("sign-in address", now)
