"""Concurrent edits: a form that changes a row carries what it showed, so that who saves second is told and decides.

The mark is made of the values themselves, so no table needs a column for it, and who puts back the very value
that was shown disturbs nobody. Compare inside the transaction that writes, with the row held.
"""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import BooleanField, Field, HiddenField, SelectField

from survey_app.audit import AuditEvent
from survey_app.errors import DomainError
from survey_app.forms import StaffForm
from survey_app.i18n import gettext as _

_LETTERS = 16


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that reads differently."""

    label: str
    theirs: str
    mine: str


@dataclass(frozen=True, slots=True)
class Saved:
    """Who saved last, as the audit log writes people or by name, and when."""

    actor: str
    at: datetime


class SavedMeanwhile(DomainError):
    """Somebody saved the same thing after this person opened it. Nothing of either is lost."""

    code = "da-co-nguoi-luu"

    def __init__(self, last: Saved | None, differences: tuple[Difference, ...]) -> None:
        super().__init__(
            _(
                "Somebody else saved this after you opened it. What you typed is not saved yet: compare, then decide."
            )
        )
        self.last = last
        self.differences = differences


class RevisedForm(StaffForm):
    """A form that changes a row. Made from stored values it carries their mark; sent back, the one it had."""

    #: Fields that no row keeps, like the reason of a change.
    APART: frozenset[str] = frozenset()

    seen = HiddenField()
    #: What else the page shows of what is stored, so that its mark changes with it.
    beside = ""

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        if self.seen.raw_data is None:
            self.seen.data = mark(self)


def mark(form: RevisedForm) -> str:
    """A short digest of the values in a form that was made from what is stored."""
    values = {field.name: field.data for field in form if _is_compared(field, form.APART)}
    if form.beside:
        values[""] = form.beside
    text = json.dumps(values, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:_LETTERS]


def last_saved(session: Session, subjects: Collection[str], acts: Collection[str]) -> Saved | None:
    """The newest of these acts on any of the subjects, from the audit log."""
    mine = select(AuditEvent.actor, AuditEvent.at).where(
        AuditEvent.subject.in_(subjects), AuditEvent.act.in_(acts)
    )
    found = session.execute(mine.order_by(AuditEvent.id.desc()).limit(1)).first()
    return None if found is None else Saved(found.actor, found.at)


def refuse_unseen(typed: RevisedForm, stored: RevisedForm, last: Saved | None) -> None:
    """Raise SavedMeanwhile unless `typed` was opened on what is stored now, or says the same.

    Afterwards `typed` carries the mark of what the person is then shown, so that saving again replaces it.
    """
    opened_on, now = typed.seen.data, mark(stored)
    typed.seen.data = now
    if opened_on == now:
        return
    found = differences(stored, typed, apart=typed.APART)
    if found:
        raise SavedMeanwhile(last, found)


def differences(
    stored: StaffForm, typed: StaffForm, *, apart: Collection[str] = ()
) -> tuple[Difference, ...]:
    """Every visible field in which what is stored and what was typed differ, in the order of the form."""
    fields = {field.name: field for form in (stored, typed) for field in form if _is_compared(field, apart)}
    compared = (
        Difference(str(field.label.text), _reading(stored, name), _reading(typed, name))
        for name, field in fields.items()
    )
    return tuple(found for found in compared if found.theirs != found.mine)


def _is_compared(field: Field, apart: Collection[str]) -> bool:
    return not isinstance(field, HiddenField) and field.short_name not in apart


def _reading(form: StaffForm, name: str) -> str:
    return _read(form[name]) if name in form else ""


def _read(field: Field) -> str:
    if isinstance(field, BooleanField):
        return _("yes") if field.data else _("no")
    if isinstance(field, SelectField):
        return ", ".join(str(choice.label) for choice in field.iter_choices() if choice.selected)
    if isinstance(field.data, date):
        return f"{field.data:%d/%m/%Y}"
    return "" if field.data is None else str(field.data)
