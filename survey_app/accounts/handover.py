"""One act when somebody leaves: the sign-in ends at once, and a successor answers for what still waits.

Tasks belong to a role and a unit, so the successor has them by holding both. What is tied to the person, like open
requests and drafts, is named by the rooms that have it; they also say what a successor takes over. Nothing that was
signed, decided or saved is rewritten: old papers keep the old name. Writes and never commits.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from flask import Flask, current_app
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from survey_app import audit, db
from survey_app.access import Identity
from survey_app.accounts import management, operations, queries
from survey_app.accounts.models import Handover, User
from survey_app.accounts.queries import AccountState, AccountView
from survey_app.accounts.refusals import (
    AccountNotFound,
    AccountRefused,
    AlreadyHandedOver,
    HandoverNotFound,
    NotYourAccount,
)
from survey_app.alphabet import reading_order
from survey_app.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class OpenWork:
    """Something that waits and is tied to one person; texts in the reader's language."""

    title: str
    detail: str
    url: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may take over."""

    id: int
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Passing:
    """One person's work passing to another one of the same role and unit."""

    old: int
    new: int
    by: Identity
    now: datetime


#: What waits and is tied to the account of that number.
OpenWorkOf: TypeAlias = Callable[[Session, int, datetime], Iterable[OpenWork]]
#: Has the successor take over what only an act can pass on.
TakeOver: TypeAlias = Callable[[Session, Passing], None]


@dataclass(frozen=True, slots=True)
class HandoverView:
    """A handover as its people see it."""

    id: int
    old_id: int
    old_name: str
    new_id: int
    new_name: str
    by_name: str
    at: datetime


def register(app: Flask, open_work: OpenWorkOf, take_over: TakeOver | None = None) -> None:
    """Have a room asked what is tied to a person, and say when it passes on."""
    app.extensions.setdefault("handover_parts", []).append((open_work, take_over))


def open_work(session: Session, user_id: int, now: datetime) -> tuple[OpenWork, ...]:
    """Everything that waits and is tied to a person."""
    return tuple(work for ask, _take in _parts() for work in ask(session, user_id, now))


def candidates(session: Session, leaving: AccountView) -> tuple[Candidate, ...]:
    """Who may take over: open accounts of the same role and unit, by name."""
    same = select(User).where(
        User.role == leaving.role, User.unit_id == leaving.unit_id, User.active, User.id != leaving.id
    )
    found = (Candidate(user.id, user.name, user.email) for user in session.scalars(same.order_by(User.id)))
    return tuple(sorted(found, key=lambda one: reading_order(one.name)))


def leaving(session: Session, user_id: int, person: Identity, now: datetime) -> AccountView:
    """The account that `person` may hand over.

    Raises AccountNotFound, NotYourAccount, AlreadyHandedOver; AccountRefused for one's own.
    """
    account = queries.account(session, user_id, person, now)
    if not management.may_manage(person, account.role, account.unit_path, account.made_by):
        raise NotYourAccount
    if account.id == person.user_id:
        raise AccountRefused(_("Nobody hands over their own account. Ask a colleague who manages accounts."))
    last = newest_from(session, user_id)
    if last and not session.get_one(User, user_id).active:
        raise AlreadyHandedOver(account.name, last.new_name, last.at)
    return account


def hand_over(session: Session, user_id: int, successor_id: int, *, by: Identity, now: datetime) -> int:
    """Pass everything on and end the old sign-in at once; the number of the handover.

    Raises what `leaving` raises; AccountRefused where the successor is not of the same role and unit or closed.
    """
    # Held in one order, so that two who pass on to each other come one after the other.
    both = select(User).where(User.id.in_((user_id, successor_id))).order_by(User.id)
    held = {user.id: user for user in db.hold_rows(session, both)}
    account = leaving(session, user_id, by, now)
    new = held.get(successor_id)
    same = new and (new.role, new.unit_id) == (account.role, account.unit_id)
    if new is None or not same or not new.active or new.id == user_id:
        raise AccountRefused(
            _(
                "The successor needs an open account of the same role and unit. It may have been closed: look again."
            )
        )
    operations.shut(session, held[user_id])
    passed = Handover(from_user=user_id, to_user=new.id, by_user=by.user_id, at=now)
    session.add(passed)
    session.flush()  # the number leads to its page
    passing = Passing(old=user_id, new=new.id, by=by, now=now)
    for _ask, take in _parts():
        if take is not None:
            take(session, passing)
    audit.record(session, by.actor, "accounts.hand_over", f"user:{user_id}", at=now, successor=new.id)
    return passed.id


def handover(session: Session, handover_id: int, person: Identity, now: datetime) -> HandoverView:
    """One handover, for its successor and the one who manages that account. Raises HandoverNotFound."""
    found = next(iter(_views(session, Handover.id == handover_id)), None)
    if found is None or not (person.user_id == found.new_id or _manages(session, found.new_id, person, now)):
        raise HandoverNotFound
    return found


def newest_from(session: Session, user_id: int) -> HandoverView | None:
    """The newest time that this person's work was passed on."""
    return next(iter(_views(session, Handover.from_user == user_id)), None)


def newest_of_closed(session: Session, accounts: Iterable[AccountView]) -> dict[int, HandoverView]:
    """The newest handover of each of these accounts that is closed, by its number."""
    closed = [one.id for one in accounts if one.state is AccountState.CLOSED]
    found: dict[int, HandoverView] = {}
    for view in _views(session, Handover.from_user.in_(closed)):
        found.setdefault(view.old_id, view)
    return found


def taken_over(session: Session, user_id: int) -> tuple[HandoverView, ...]:
    """What this person took over, the newest first."""
    return _views(session, Handover.to_user == user_id)


def successors(session: Session, user_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Everybody who took over from each person, directly or by way of others; nobody's own number."""
    steps: dict[int, set[int]] = {}
    for old, new in session.execute(select(Handover.from_user, Handover.to_user).order_by(Handover.id)):
        steps.setdefault(old, set()).add(new)
    return {user_id: frozenset(_reached(steps, user_id)) for user_id in user_ids if user_id in steps}


def _reached(steps: dict[int, set[int]], user_id: int) -> set[int]:
    found: set[int] = set()
    waiting = set(steps.get(user_id, ()))
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting |= steps.get(one, set())
    return found - {user_id}


def _parts() -> Sequence[tuple[OpenWorkOf, TakeOver | None]]:
    parts: Sequence[tuple[OpenWorkOf, TakeOver | None]] = current_app.extensions.get("handover_parts", ())
    return parts


def _manages(session: Session, user_id: int, person: Identity, now: datetime) -> bool:
    try:
        account = queries.account(session, user_id, person, now)
    except AccountNotFound:
        return False
    return management.may_manage(person, account.role, account.unit_path, account.made_by)


def _views(session: Session, which: ColumnElement[bool]) -> tuple[HandoverView, ...]:
    old, new, by = aliased(User), aliased(User), aliased(User)
    query = (
        select(Handover, old.name, new.name, by.name)
        .join(old, old.id == Handover.from_user)
        .join(new, new.id == Handover.to_user)
        .join(by, by.id == Handover.by_user)
        .where(which)
        .order_by(Handover.id.desc())
    )
    return tuple(
        HandoverView(row.id, row.from_user, old_name, row.to_user, new_name, by_name, row.at)
        for row, old_name, new_name, by_name in session.execute(query)
    )
