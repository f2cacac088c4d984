"""Beginning an installation in one act: register, forms, and the two bodies' first accounts.

The keys are not made here: `keys create` is the one act that makes a secret.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app import audit, db
from survey_app.access import PROVINCIAL, Role
from survey_app.accounts import operations as accounts
from survey_app.accounts import queries
from survey_app.accounts.operations import Invited
from survey_app.authoring import operations as authoring
from survey_app.errors import DomainError
from survey_app.i18n import gettext as _
from survey_app.key_marks import KeyMark
from survey_app.units import queries as units
from survey_app.units import reforms
from survey_app.units.models import Level
from survey_app.units.queries import UnitNotFound, UnitView

#: The bodies whose first accounts are made, in the order in which they are named.
FIRST_ROLES = tuple(role for role in Role if role in PROVINCIAL)


class AlreadyBegun(DomainError):
    """Somebody has come in already: whatever is still to be made is made by the officers."""

    code = "da-thiet-lap"

    def __init__(self) -> None:
        super().__init__(
            _(
                "This installation is set up already. Sign in, or ask the person who set it up for your letter."
            )
        )


@dataclass(frozen=True, slots=True)
class FirstPerson:
    """The first officer of a body, as typed; the telephone in digits."""

    name: str
    email: str
    telephone: str = ""


@dataclass(frozen=True, slots=True)
class FirstLetter:
    """The invitation of a body's first officer. The token is in this value and nowhere else."""

    role: Role
    name: str
    email: str
    invited: Invited


def begin(
    session: Session, code: str, people: Mapping[Role, FirstPerson], now: datetime
) -> tuple[UnitView, tuple[FirstLetter, ...]]:
    """Enter units and forms, and invite the first officers. Raises UnitNotFound, AccountRefused, NameTaken."""
    province = _province(session, code, now)
    authoring.load_library(session, now)
    return province, tuple(_invited(session, province, role, people[role], now) for role in FIRST_ROLES)


def require_nobody_has_come(session: Session) -> None:
    """Of two who begin at once the second waits here and sees what the first has made. Raises AlreadyBegun."""
    db.hold_rows(session, select(KeyMark).order_by(KeyMark.name, KeyMark.mark)).all()
    if queries.has_anybody_come(session):
        raise AlreadyBegun


def again(session: Session, now: datetime) -> tuple[FirstLetter, ...]:
    """New letters for the first officers, whose older ones are worth nothing from then on; none before `begin`."""
    return tuple(
        FirstLetter(
            account.role,
            account.name,
            account.email,
            accounts.renew_by_operator(session, account.user_id, now=now),
        )
        for account in queries.first_accounts(session, FIRST_ROLES)
    )


def provinces(session: Session, now: datetime) -> tuple[tuple[str, str], ...]:
    """Codes and names of provinces whose communes are known here or come with the product."""
    on = units.civil(now)
    here = {unit.code: unit.full_name for unit in units.provinces_with_communes(session, on)}
    return tuple(sorted((here or reforms.packaged_provinces()).items(), key=lambda one: one[0]))


def _province(session: Session, code: str, now: datetime) -> UnitView:
    """The unit of that code; the register that comes with the product is entered where it is not known yet."""
    try:
        found = units.unit_by_code(session, code, units.civil(now))
    except UnitNotFound:
        reforms.import_register(session, None, now=now)
        found = units.unit_by_code(session, code, units.civil(now))
    if found.level != Level.PROVINCE:
        raise UnitNotFound(_("%(code)s is not the code of a province.", code=code))
    return found


def _invited(
    session: Session, province: UnitView, role: Role, person: FirstPerson, now: datetime
) -> FirstLetter:
    invited = accounts.create_account(
        session,
        email=person.email,
        name=person.name,
        telephone=person.telephone,
        role=role,
        unit_id=province.id,
        actor=audit.OPERATOR,
        now=now,
    )
    return FirstLetter(role, person.name, person.email, invited)


def next_steps() -> tuple[str, ...]:
    """What comes after the first accounts."""
    return (
        _("Hand each link to its own body: who opens it sets the password, and nobody else knows it."),
        _(
            "Copy the keys to a second place: survey keys backup --out FILE. Without them no result can be checked."
        ),
        _("Each body invites its communes: sign in, then “Accounts”."),
        _("A commune enters its villages and households, drafts a survey from a form, and its Front agrees."),
    )
