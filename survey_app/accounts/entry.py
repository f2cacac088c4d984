"""From a right password to a running session, by way of the second factor where there is one or must be."""

from datetime import datetime

from flask import redirect
from flask.typing import ResponseReturnValue

from survey_app import db
from survey_app.accounts import operations, queries, sessions, signin
from survey_app.accounts.queries import Credentials

SECOND_STEP = "/dang-nhap/ma"
ENROLMENT = "/can-bo/ma-xac-thuc"


def enter(account: Credentials, target: str, now: datetime) -> ResponseReturnValue:
    """Where a person goes after a right password: to `target`, or to the second factor first."""
    if not account.has_second_factor and not signin.is_second_factor_due(account.role):
        return admit(account, target, now)
    signin.hold(account.user_id, account.session_epoch, target, now)
    return redirect(next_step(account))


def admit(account: Credentials, target: str, now: datetime) -> ResponseReturnValue:
    """Begin the session of a person who has given everything asked for."""
    with db.transaction() as current:
        operations.record_sign_in(current, account.user_id, now=now)
        mark = sessions.begin(current, account.user_id, now=now)
    signin.start(account.user_id, account.session_epoch, mark, now)
    return redirect(target)


def next_step(account: Credentials) -> str:
    """The page that asks for what is still missing."""
    return SECOND_STEP if account.has_second_factor else ENROLMENT


def held_account(now: datetime) -> Credentials | None:
    """The account whose password was right a moment ago, if it still waits for its second factor."""
    held = signin.held(now)
    return None if held is None else queries.credentials_of(db.session(), held.user_id, held.epoch)
