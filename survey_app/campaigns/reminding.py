"""Whom a unit waits for, and the words to send them by one's own telephone. Nothing is sent from here."""

from collections.abc import Iterable, Mapping
from typing import assert_never

from flask import current_app
from sqlalchemy.orm import Session

from survey_app.access import LOCAL, PROVINCIAL, Body, Identity, Role
from survey_app.accounts import queries as accounts
from survey_app.accounts.todo import Message
from survey_app.campaigns.rows import BoardRow
from survey_app.campaigns.waits import Reason
from survey_app.campaigns.wording import wait_text
from survey_app.i18n import force_locale
from survey_app.i18n import gettext as _
from survey_app.templating import role_name


def may_remind(person: Identity) -> bool:
    """Whether the person belongs to one of the province's two bodies, who know the numbers of communes."""
    return person.role in PROVINCIAL


def messages(session: Session, rows: Iterable[BoardRow], person: Identity) -> Mapping[int, Message]:
    """By unit, of the `rows` in which somebody has to act; for the province's two bodies alone."""
    if not may_remind(person):
        return {}
    numbers = accounts.telephones_below(session, person.unit_path)
    address = f"{current_app.extensions['settings'].public_url}/can-bo"
    found = {}
    with force_locale("vi"):
        for row in rows:
            asked = _asked(row.wait.reason) if row.needs_somebody and row.wait else ()
            if asked and row.wait:
                found[row.unit.id] = Message(
                    _(
                        "To %(who)s (%(unit)s): %(wait)s. Please open: %(address)s",
                        who=" / ".join(role_name(role) for role in asked),
                        unit=row.unit.full_name,
                        wait=wait_text(row.wait),
                        address=address,
                    ),
                    next(filter(None, (numbers.get((row.unit.id, role)) for role in asked)), ""),
                )
    return found


def to_all(rows: Iterable[BoardRow]) -> Message:
    """One text that names all these units, for the group of communes."""
    with force_locale("vi"):
        text = _(
            "Still waiting for: %(units)s. What each has to do is at %(address)s",
            units=", ".join(row.unit.full_name for row in rows),
            address=f"{current_app.extensions['settings'].public_url}/can-bo",
        )
    return Message(text, label=_("Copy a reminder for all of them (Zalo)"))


def _asked(reason: Reason) -> tuple[Role, ...]:
    """Who of the commune has to act; nobody where the calendar or the server does."""
    bodies = _bodies(reason)
    return tuple(role for role in sorted(LOCAL) if role.body in bodies)


def _bodies(reason: Reason) -> frozenset[Body]:
    match reason:
        case Reason.NO_HOUSEHOLDS | Reason.NO_SURVEY | Reason.NOT_SUBMITTED | Reason.AWAITING_COMMUNE:
            return frozenset({Body.GOVERNMENT})
        case Reason.AWAITING_FRONT | Reason.NOT_PRINTED:
            return frozenset({Body.FRONT})
        case Reason.SIGNATURES | Reason.NOT_POSTED:
            return frozenset(Body)
        case Reason.NOT_OPEN | Reason.OPEN | Reason.COUNTING:
            return frozenset()
        case _:
            assert_never(reason)
