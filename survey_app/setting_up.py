"""`flask setup`: what a new installation begins with, in one act: register, forms, and the two bodies' first accounts.

The keys are not made here: `keys create` is the one act that makes a secret.
"""

import json
from datetime import UTC, datetime

import click
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from survey_app import audit, db
from survey_app.access import Role
from survey_app.accounts import operations as accounts
from survey_app.accounts.letters import invitation_link
from survey_app.accounts.operations import INVITATION_DAYS
from survey_app.authoring import operations as authoring
from survey_app.errors import DomainError
from survey_app.i18n import gettext as _
from survey_app.templating import role_name
from survey_app.units import queries as units
from survey_app.units import reforms
from survey_app.units.queries import UnitNotFound, UnitView


@click.command("setup")
@click.option("--unit", "unit_code", required=True, help="Code of the province, like 52.")
@click.option("--province-email", required=True, help="Sign-in name of the first officer of the province.")
@click.option(
    "--front-email", required=True, help="Sign-in name of the first officer of the province's Front."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON alone.")
@with_appcontext
def setup(unit_code: str, province_email: str, front_email: str, as_json: bool) -> None:
    """Begin a new installation: units, forms, and an invitation for the province and for its Front."""
    now = datetime.now(UTC)
    try:
        with db.transaction() as current:
            province = _province(current, unit_code, now)
            authoring.load_library(current, now)
            links = {
                Role.PROVINCE: _invited(current, province, Role.PROVINCE, province_email, now),
                Role.FRONT_PROVINCE: _invited(current, province, Role.FRONT_PROVINCE, front_email, now),
            }
    except DomainError as error:
        raise click.ClickException(error.message) from error
    if as_json:
        click.echo(json.dumps({"unit": province.code, "invitations": links}))
        return
    click.echo(_("%(unit)s: two invitations, each opens once within %(days)s days.",
                 unit=province.full_name, days=INVITATION_DAYS))  # fmt: skip
    for role, link in links.items():
        click.echo(f"  {role_name(role)}: {link}")
    click.echo(_("What comes next:"))
    for place, step in enumerate(_next_steps(), start=1):
        click.echo(f"  {place}. {step}")


def _province(session: Session, code: str, now: datetime) -> UnitView:
    """The unit of that code; the register that comes with the product is entered where it is not known yet."""
    try:
        return units.unit_by_code(session, code, units.civil(now))
    except UnitNotFound:
        reforms.import_register(session, None, now=now)
    return units.unit_by_code(session, code, units.civil(now))


def _invited(session: Session, province: UnitView, role: Role, email: str, now: datetime) -> str:
    invited = accounts.create_account(
        session, email=email, name=email, role=role, unit_id=province.id, actor=audit.OPERATOR, now=now
    )
    return invitation_link(invited.token)


def _next_steps() -> tuple[str, ...]:
    return (
        _("Hand each link to its own body: who opens it sets the password, and nobody else knows it."),
        _(
            "Copy the keys to a second place: survey keys backup --out FILE. Without them no result can be checked."
        ),
        _("Each body invites its communes: sign in, then “Accounts”."),
        _("A commune enters its villages and households, drafts a survey from a form, and its Front agrees."),
    )
