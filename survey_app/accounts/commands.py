"""The operator's commands for accounts."""

import json
from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from survey_app import audit, clock, db
from survey_app.access import Role
from survey_app.accounts import enrolment, operations, queries, sessions
from survey_app.accounts.letters import invitation_link
from survey_app.errors import DomainError
from survey_app.units import queries as units

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

accounts = AppGroup("accounts", help="Staff accounts.")


@accounts.command("create")
@click.option("--email", required=True, help="Name to sign in with.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--unit", "unit_code", required=True, help="Code of the province or commune.")
@click.option("--name", default="", help="Full name; the sign-in name if left out.")
@click.option("--password-file", type=_FILE, help="Its first line is the password.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON alone.")
def create(
    email: str, role: str, unit_code: str, name: str, password_file: Path | None, as_json: bool
) -> None:
    """Make an account; print its invitation link, or set its password from a file."""
    now = datetime.now(UTC)
    try:
        with db.transaction() as current:
            unit = units.unit_by_code(current, unit_code, units.civil(now))
            invited = operations.create_account(
                current,
                email=email,
                name=name or email,
                role=Role(role),
                unit_id=unit.id,
                actor=audit.OPERATOR,
                now=now,
            )
            if password_file:
                operations.set_password(current, invited.user_id, _first_line(password_file))
    except DomainError as error:
        raise click.ClickException(error.message) from error
    link = None if password_file else invitation_link(invited.token)
    if as_json:
        made = {"user": invited.user_id, "email": email, "role": role, "unit": unit_code, "invitation": link}
        click.echo(json.dumps(made))
    else:
        click.echo(link or f"{email}: password set")


@accounts.command("reset-second-factor")
@click.option("--email", required=True, help="Name the person signs in with.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON alone.")
def reset_second_factor(email: str, as_json: bool) -> None:
    """Take a lost second factor off, where no two colleagues are left to do it."""
    try:
        with db.transaction() as current:
            user_id = queries.user_named(current, operations.sign_in_name(email))
            enrolment.reset_by_operator(current, user_id, now=datetime.now(UTC))
    except DomainError as error:
        raise click.ClickException(error.message) from error
    click.echo(
        json.dumps({"user": user_id, "email": email}) if as_json else f"{email}: second factor taken off"
    )


def forget_sessions(now: datetime) -> int:
    """The job that deletes sessions which are over; how many. None while the clock is in doubt."""
    with db.transaction() as current:
        return 0 if clock.is_doubted(current) else sessions.forget(current, now)


def _first_line(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file}: {error}") from error
