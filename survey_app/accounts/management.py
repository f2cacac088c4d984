"""Who may make, close and reopen whose account.

The Front's accounts are the Front's own affair: no government role is ever in a position to create, close or
renew one, or the consent of two bodies would be the consent of one. Auditors, who check the government's figures, are
made by the Front alone. Both sides have clerks: each manages its own.
"""

from collections.abc import Mapping
from typing import assert_never

from survey_app import access
from survey_app.access import Body, Identity, Role
from survey_app.units.models import Level

#: Whose accounts each role manages: every role has its row.
MANAGED: Mapping[Role, frozenset[Role]] = {
    Role.PROVINCE: frozenset({Role.PROVINCE, Role.COMMUNE, Role.VIEWER, Role.DIGITAL_TEAM, Role.CLERK}),
    Role.FRONT_PROVINCE: frozenset({Role.FRONT_PROVINCE, Role.FRONT_COMMUNE, Role.AUDITOR}),
    Role.FRONT_COMMUNE: frozenset({Role.FRONT_COMMUNE, Role.CLERK}),
    Role.COMMUNE: frozenset({Role.CLERK, Role.DIGITAL_TEAM, Role.VIEWER}),
    Role.VIEWER: frozenset(),
    Role.AUDITOR: frozenset(),
    Role.DIGITAL_TEAM: frozenset(),
    Role.CLERK: frozenset(),
}

#: Roles that manage any account at all.
MANAGERS = access.MANAGE_ACCOUNTS


def managed_roles(role: Role) -> tuple[Role, ...]:
    """The roles whose accounts a holder of `role` manages, in the order of `Role`."""
    held = MANAGED[role]
    return tuple(other for other in Role if other in held)


def may_manage(person: Identity, role: Role, unit_path: str, made_by: Body | None = None) -> bool:
    """Whether `person` manages accounts of `role` on the unit at `unit_path` that `made_by` made.

    None is an account that is still to be made, or that the operator of the server made.
    """
    is_own = made_by is None or made_by is person.body
    return is_own and role in managed_roles(person.role) and person.covers(unit_path)


def fits(role: Role, level: str) -> bool:
    """Whether an account of `role` may be on a unit of `level`."""
    return level in _levels(role)


def _levels(role: Role) -> tuple[Level, ...]:
    match role:
        case Role.PROVINCE | Role.FRONT_PROVINCE:
            return (Level.PROVINCE,)
        case Role.FRONT_COMMUNE | Role.COMMUNE | Role.DIGITAL_TEAM | Role.CLERK:
            return (Level.COMMUNE,)
        case Role.VIEWER | Role.AUDITOR:
            return (Level.PROVINCE, Level.COMMUNE)
        case _:
            assert_never(role)
