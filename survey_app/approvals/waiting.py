"""Whom an open request waits for and since when, and the words with which its asker may remind them.

Nothing is sent from here: people copy the words, or send them by a telephone of their own.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from survey_app import config
from survey_app.accounts import queries as accounts
from survey_app.accounts.todo import Message
from survey_app.approvals import registry
from survey_app.approvals.approval import ApprovalView
from survey_app.i18n import force_locale
from survey_app.i18n import gettext as _
from survey_app.templating import role_name, since
from survey_app.units import queries as units


@dataclass(frozen=True, slots=True)
class Waiting:
    """Whom a request waits for, in a sentence, and what may be sent to them."""

    sentence: str
    message: Message


def of(session: Session, asked: ApprovalView, now: datetime) -> Waiting:
    """Of an open request."""
    return Waiting(sentence(session, asked, now), message(session, asked, now))


def sentence(session: Session, asked: ApprovalView, now: datetime) -> str:
    """Whom it waits for, and since when."""
    return _(
        "Waits for: %(who)s, since %(when)s.",
        who=_who(session, asked, now),
        when=since(asked.requested_at, now),
    )


def message(session: Session, asked: ApprovalView, now: datetime) -> Message:
    """What may be sent to those who decide, with the address of the page, in Vietnamese."""
    with force_locale("vi"):
        text = _(
            "To %(who)s: “%(act)s” (%(subject)s) has waited for your decision since %(when)s. Please open: %(address)s",
            who=_who(session, asked, now),
            act=registry.act_name(asked.act),
            subject=asked.subject.partition(":")[2],
            when=since(asked.requested_at, now),
            address=config.settings().public_url + registry.decision_page(asked),
        )
    return Message(text, accounts.telephone_of(session, asked.unit_path, asked.deciders(now)))


def _who(session: Session, asked: ApprovalView, now: datetime) -> str:
    unit = units.unit(session, asked.unit_id).full_name
    roles = sorted(role_name(role) for role in asked.deciders(now))
    return f"{' / '.join(roles)} ({unit})"
