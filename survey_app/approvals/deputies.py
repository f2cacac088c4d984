"""Who signs in whose place: somebody away names a deputy of the same role and unit, from one day to another.

A deputy gains no right: who may not decide cannot be named. What changes is whose name is beside the
deputy's on lists and papers. Each person is part of one deputyship at a time. Writes and never commits.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, aliased

from survey_app import access, audit, db
from survey_app.access import Identity
from survey_app.accounts.models import User
from survey_app.alphabet import reading_order
from survey_app.approvals.models import DeputisedAct, Deputyship
from survey_app.approvals.refusals import DeputyRefused
from survey_app.i18n import gettext as _
from survey_app.units.queries import civil

#: Roles that decide, and so may be away.
ROLES = access.NAME_DEPUTIES


class RequestSide(StrEnum):
    """The two sides of a request."""

    REQUEST = "request"
    DECISION = "decision"


@dataclass(frozen=True, slots=True)
class Colleague:
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class DeputyshipView:
    """A deputyship as both of its people see it. Days are civil days, the last one included."""

    id: int
    user_id: int
    user_name: str
    deputy_id: int
    deputy_name: str
    starts_on: date
    ends_on: date
    reason: str


def colleagues(session: Session, person: Identity) -> tuple[Colleague, ...]:
    """Whom the person may name: open accounts of the same role and unit that somebody uses, by name."""
    same = select(User).where(
        User.role == person.role,
        User.unit_id == person.unit_id,
        User.id != person.user_id,
        User.active,
        User.password_hash.is_not(None),
    )
    found = (Colleague(user.id, user.name) for user in session.scalars(same.order_by(User.id)))
    return tuple(sorted(found, key=lambda one: reading_order(one.name)))


def name_deputy(
    session: Session,
    deputy_id: int,
    *,
    starts_on: date,
    ends_on: date,
    reason: str,
    by: Identity,
    now: datetime,
) -> None:
    """Name who signs in the person's place in these days. Raises DeputyRefused."""
    if deputy_id not in {colleague.id for colleague in colleagues(session, by)}:
        raise DeputyRefused(_("Choose a colleague of the same office whose account is in use."))
    if not civil(now) <= starts_on <= ends_on:
        raise DeputyRefused(_("The days must be in order and may not lie in the past."))
    both = sorted({by.user_id, deputy_id})
    # Held in one order, so that two who name each other wait for one another instead of both going through.
    db.hold_rows(session, select(User.id).where(User.id.in_(both)).order_by(User.id))
    if session.scalar(
        _standing(both).where(Deputyship.starts_on <= ends_on, Deputyship.ends_on >= starts_on)
    ):
        raise DeputyRefused(_("One of the two has or is a deputy in these days already. End that first."))
    session.add(
        Deputyship(
            user_id=by.user_id,
            deputy_id=deputy_id,
            starts_on=starts_on,
            ends_on=ends_on,
            reason=reason,
            named_at=now,
        )
    )
    days = {"before": starts_on.isoformat(), "after": ends_on.isoformat()}
    audit.record(
        session, by.actor, "accounts.name_deputy", f"user:{deputy_id}", at=now, acted_for=by.user_id, **days
    )


def end(session: Session, deputyship_id: int, *, by: Identity, now: datetime) -> None:
    """End a deputyship early, as either of its two people. Raises DeputyRefused when it is nobody's or over."""
    mine = _standing([by.user_id]).where(Deputyship.id == deputyship_id, Deputyship.ends_on >= civil(now))
    found = db.hold_rows(session, mine).first()
    if found is None:
        raise DeputyRefused(_("This deputyship is over already. Reload the page."))
    found.ended_at = now
    audit.record(
        session, by.actor, "accounts.end_deputy", f"user:{found.deputy_id}", at=now, acted_for=found.user_id
    )


def pass_on(session: Session, old: int, new: int, *, actor: str, now: datetime) -> None:
    """What becomes of the deputyships of somebody who left: the successor signs in a third person's place instead,
    where neither of the two has or is a deputy in these days; who signed for the one who left does so no longer.
    """
    today = civil(now)
    running = _standing([old]).where(Deputyship.ends_on >= today).order_by(Deputyship.id)
    for row in db.hold_rows(session, running).all():
        row.ended_at = now
        audit.record(
            session, actor, "accounts.end_deputy", f"user:{row.deputy_id}", at=now, acted_for=row.user_id
        )
        starts_on = max(row.starts_on, today)
        session.flush()  # the one that ended is no hindrance below
        busy = _standing([new]).where(Deputyship.starts_on <= row.ends_on, Deputyship.ends_on >= starts_on)
        if row.deputy_id != old or row.user_id == new or session.scalar(busy) is not None:
            continue
        session.add(
            Deputyship(
                user_id=row.user_id,
                deputy_id=new,
                starts_on=starts_on,
                ends_on=row.ends_on,
                reason=row.reason,
                named_at=now,
            )
        )
        days = {"before": starts_on.isoformat(), "after": row.ends_on.isoformat()}
        audit.record(
            session, actor, "accounts.name_deputy", f"user:{new}", at=now, acted_for=row.user_id, **days
        )


def deputyships(session: Session, user_id: int, now: datetime) -> tuple[DeputyshipView, ...]:
    """Those that run or are to come and have the person on either side, the earliest first."""
    away, deputy = aliased(User), aliased(User)
    query = (
        select(Deputyship, away.name, deputy.name)
        .join(away, away.id == Deputyship.user_id)
        .join(deputy, deputy.id == Deputyship.deputy_id)
        .where(_is_party([user_id]), Deputyship.ended_at.is_(None), Deputyship.ends_on >= civil(now))
        .order_by(Deputyship.starts_on, Deputyship.id)
    )
    return tuple(
        DeputyshipView(
            row.id, row.user_id, user_name, row.deputy_id, deputy_name, row.starts_on, row.ends_on, row.reason
        )
        for row, user_name, deputy_name in session.execute(query)
    )


def note(session: Session, approval_id: int, step: RequestSide, *, by: Identity, now: datetime) -> int | None:
    """Write down in whose place the person asks or decides now; the number of that account, None for their own."""
    today, away = civil(now), aliased(User)
    found = session.scalar(
        select(Deputyship)
        .join(away, away.id == Deputyship.user_id)
        .where(Deputyship.deputy_id == by.user_id, Deputyship.ended_at.is_(None))
        .where(Deputyship.starts_on <= today, Deputyship.ends_on >= today)
        .where(away.active, away.role == by.role, away.unit_id == by.unit_id)
    )
    if found is None:
        return None
    session.add(DeputisedAct(approval_id=approval_id, step=step, deputyship_id=found.id))
    session.flush()  # the decision is read back by a query
    return found.user_id


def names_acted_for(session: Session, approval_ids: Iterable[int]) -> dict[tuple[int, RequestSide], str]:
    """Names of those in whose place a deputy took a side of these requests."""
    query = (
        select(DeputisedAct.approval_id, DeputisedAct.step, User.name)
        .join(Deputyship, Deputyship.id == DeputisedAct.deputyship_id)
        .join(User, User.id == Deputyship.user_id)
        .where(DeputisedAct.approval_id.in_(list(approval_ids)))
    )
    return {(approval_id, RequestSide(step)): name for approval_id, step, name in session.execute(query)}


def _standing(user_ids: Iterable[int]) -> Select[Deputyship]:
    """Deputyships that nobody ended, with any of these people on either side."""
    return select(Deputyship).where(_is_party(list(user_ids)), Deputyship.ended_at.is_(None))


def _is_party(user_ids: list[int]) -> ColumnElement[bool]:
    return or_(Deputyship.user_id.in_(user_ids), Deputyship.deputy_id.in_(user_ids))
