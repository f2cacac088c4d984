"""`flask setup`: what a new installation begins with, or the link to the page that does the same."""

import json
from datetime import UTC, datetime

import click
from flask.cli import with_appcontext

from survey_app import db
from survey_app.access import Role
from survey_app.accounts import queries
from survey_app.accounts.letters import invitation_link
from survey_app.accounts.operations import INVITATION_DAYS
from survey_app.errors import DomainError
from survey_app.i18n import gettext as _
from survey_app.setting_up import beginning, first_link
from survey_app.setting_up.beginning import FirstPerson
from survey_app.templating import role_name


@click.command("setup")
@click.option("--unit", "unit_code", help="Code of the province, like 52.")
@click.option("--province-email", help="Sign-in name of the first officer of the province.")
@click.option("--front-email", help="Sign-in name of the first officer of the province's Front.")
@click.option(
    "--link", "link_alone", is_flag=True, help="Only print the link to the first page, while nobody has come."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON alone.")
@with_appcontext
def setup(
    unit_code: str | None,
    province_email: str | None,
    front_email: str | None,
    link_alone: bool,
    as_json: bool,
) -> None:
    """Begin a new installation: units, forms, and an invitation for the province and for its Front."""
    if link_alone:
        _print_link(as_json)
        return
    for value, name in (
        (unit_code, "unit"),
        (province_email, "province-email"),
        (front_email, "front-email"),
    ):
        if value is None:
            raise click.MissingParameter(param_hint=f"--{name}", param_type="option")
    emails = {Role.PROVINCE: province_email or "", Role.FRONT_PROVINCE: front_email or ""}
    people = {role: FirstPerson(email, email) for role, email in emails.items()}
    try:
        with db.transaction() as current:
            province, letters = beginning.begin(current, unit_code or "", people, datetime.now(UTC))
    except DomainError as error:
        raise click.ClickException(error.message) from error
    links = {letter.role: invitation_link(letter.invited.token) for letter in letters}
    if as_json:
        click.echo(json.dumps({"unit": province.code, "invitations": links}))
        return
    click.echo(_("%(unit)s: two invitations, each opens once within %(days)s days.",
                 unit=province.full_name, days=INVITATION_DAYS))  # fmt: skip
    for role, link in links.items():
        click.echo(f"  {role_name(role)}: {link}")
    click.echo(_("What comes next:"))
    for place, step in enumerate(beginning.next_steps(), start=1):
        click.echo(f"  {place}. {step}")


def _print_link(as_json: bool) -> None:
    link = None if queries.has_anybody_come(db.session()) else first_link.address()
    if as_json:
        click.echo(json.dumps({"link": link}))
    elif link:
        click.echo(
            _(
                "Nobody has an account here yet. Set it up on this page, within %(days)s days:",
                days=first_link.DAYS,
            )
        )
        click.echo(f"  {link}")
