"""`demo load` fills an empty database with the sample province; `demo prepare` is what `make run` calls."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from survey_app import config, db
from survey_app.accounts import queries
from survey_app.audit import OPERATOR
from survey_app.authoring import operations as authoring
from survey_app.demo import accounts, nation, sample, year
from survey_app.fieldwork import operations
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.models import State
from survey_app.i18n import gettext as _
from survey_app.keys import store
from survey_app.privacy.erasing import after_sealing
from survey_app.rulebooks import operations as rulebooks
from survey_app.units import queries as units
from survey_app.units import reforms
from survey_app.units.queries import UnitNotFound, UnitView

group = AppGroup("demo", help="The sample province.")

#: `few` is a province with a handful of communes at each step and few households, to be loaded in seconds.
_SIZES = ["commune", "few", "province", "nation"]
_FRAMEWORK = "mau-trinh-dien"
#: How an address that `make run` chose is in the settings; an operator's own is left alone.
_SERVED_HERE = 'public_url = "http://127.0.0.1:'


@group.command("load")
@click.option("--size", type=click.Choice(_SIZES), default="province")
@click.option("--json", "as_json", is_flag=True)
def load(size: str, as_json: bool) -> None:
    """Load the sample into an empty database and print its sign-ins."""
    if not _is_empty():
        raise click.ClickException(_("The database is not empty; the sample goes into an empty one."))
    passwords = _load(size)
    click.echo(json.dumps({"accounts": passwords}) if as_json else _letter(passwords))


@group.command("prepare")
@click.option("--size", type=click.Choice(_SIZES), default="province")
def prepare(size: str) -> None:
    """Load the sample if the database is empty; print the sign-ins of a loaded sample."""
    if _is_empty():
        click.echo("Loading the sample province (about a minute) ...")
        _load(size)
    passwords = accounts.kept(_password_file())
    if passwords:
        _remember_demo()
        click.echo(_letter(passwords))


def _is_empty() -> bool:
    try:
        units.unit_by_code(db.session(), "52", units.today())
    except UnitNotFound:
        return True
    return False


def _load(size: str) -> dict[str, str]:
    """Everything in one transaction, so that a load that is cut off leaves an empty database, not half a province."""
    now, keys = datetime.now(UTC), store()
    with db.transaction() as current:
        reforms.import_register(current, now=now)
        authoring.load_library(current, now)
        rulebooks.load_packaged(current, now=now)
        province = units.unit_by_code(current, "52", units.civil(now))
        rulebooks.use_framework(
            current, province.id, units.civil(now).year, _FRAMEWORK, actor=OPERATOR, now=now
        )
        commune = units.unit_by_code(current, sample.OPEN_COMMUNE, units.civil(now))
        passwords = accounts.create(current, province, commune, now)
        if size == "commune":
            sample.load_villages(current, [commune], now)
        else:
            scale = sample.FEW if size == "few" else sample.YEAR
            communes = units.communes(current, province.path, units.civil(now))
            where = year.steps(communes, scale)
            counted = [one for one in communes if one not in where.no_households]
            sample.load_villages(current, counted, now, scale.households)
        sample.open_survey(current, commune, now, keys)
        if size == "commune":
            operations.copy_progress(current, now)
        else:
            front = year.front_of(province, queries.user_named(current, accounts.FRONT))
            year.load(current, province, where, front, now, keys)
            year.appraise(current, _signed(current, province), front, now)
        if size == "nation":
            nation.load(current, now)
        # Before the commit: nobody could enter a sample without sign-ins; another load writes them again.
        accounts.keep(_password_file(), passwords)
    after_sealing(db.database.engine)
    _remember_demo()
    return passwords


def _signed(current: Session, province: UnitView) -> list[str]:
    """The signed surveys, oldest first."""
    current.flush()  # they are read back
    return [one.id for one in surveys.surveys_under(current, province.path) if one.state is State.SIGNED][
        ::-1
    ]


def _remember_demo() -> None:
    """From now on every page says that this is a sample, and every command prints the address it is served at."""
    file = config.settings().instance / "settings.toml"
    written = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    lines = [line for line in written if not line.startswith(("demo =", _SERVED_HERE))]
    lines.append("demo = true")
    if not any(line.startswith("public_url") for line in lines):
        lines.append(f'{_SERVED_HERE}{os.environ.get("PORT", "8000")}"')
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _password_file() -> Path:
    return config.settings().instance / "demo-accounts.json"


def _letter(passwords: dict[str, str]) -> str:
    lines = [f"  {email:<20} {password}" for email, password in passwords.items()]
    return "\n".join(
        ["", "Sample accounts (they work on this machine only, until the password is changed):", *lines, ""]
    )
