"""`flask keys …`: make the secrets of a new installation, copy all of them, and renew one that is lost.

Nothing else makes a session secret or a signing key: one that were made again without a word would end every session,
and no sealed result could be checked any more.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from survey_app import audit, command_line, db, doors, key_marks
from survey_app.i18n import gettext as _
from survey_app.i18n import lazy_gettext as _l
from survey_app.key_backups import write_archive
from survey_app.keys import store

group = AppGroup("keys", help="The secret files of the service.")

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON alone.")

WORDS = audit.Words(
    acts={
        "keys.create": _l("Created the keys of the service"),
        "keys.renew": _l("Made a key of the service again"),
        "keys.backup": _l("Backed up the keys"),
    },
    details={
        "made": _l("made"),
        "recorded": _l("recorded as known"),
        "mark": _l("mark of the key"),
    },
)


@group.command("create")
@_JSON
def create(as_json: bool) -> None:
    """Make signing key and session secret of a new installation; repeatable, and never over a key that was lost."""
    now = datetime.now(UTC)
    try:
        with db.transaction() as current:
            before = key_marks.faults(current, store())
            made = key_marks.create(current, store(), now=now)
            if before:
                written = [fault.name for fault in before]
                audit.record(
                    current,
                    audit.OPERATOR,
                    "keys.create",
                    "keys",
                    at=now,
                    made=list(made),
                    recorded=written,
                )
    except key_marks.KeysLost as lost:
        raise click.ClickException(
            " ".join(doors.sentence(fault, store()) for fault in lost.faults)
        ) from lost
    except OSError as error:
        raise click.ClickException(f"{store().folder}: {error.strerror}") from error
    if as_json:
        click.echo(json.dumps({"made": made, "folder": str(store().folder)}))
    elif made:
        click.echo(
            _(
                "Made signing key and session secret in %(folder)s. Back them up apart from the data: "
                "flask --app wsgi keys backup",
                folder=store().folder,
            )
        )
    else:
        click.echo(_("The keys are there: %(folder)s", folder=store().folder))


@group.command("renew")
@click.argument("name", type=click.Choice(key_marks.NAMES))
@click.option("--reason", required=True, type=command_line.WORDS, help="Why; it is kept in the audit log.")
@_JSON
def renew(name: str, reason: str, as_json: bool) -> None:
    """Make a signing key or session secret again that is lost for good, or was seen; move the old file away first."""
    now = datetime.now(UTC)
    try:
        with db.transaction() as current:
            mark = key_marks.renew(current, store(), name, now=now)
            audit.record(
                current, audit.OPERATOR, "keys.renew", "keys", at=now, key=name, mark=mark, reason=reason
            )
    except FileExistsError as error:
        raise click.ClickException(
            _(
                "%(file)s is there and is not replaced. Move it to a safe place first.",
                file=store().folder / name,
            )
        ) from error
    except OSError as error:
        raise click.ClickException(f"{store().folder}: {error.strerror}") from error
    if as_json:
        click.echo(json.dumps({"renewed": name, "mark": mark}))
    else:
        click.echo(_("Made a new key: %(name)s. Restart the servers, and back up the keys.", name=name))


@group.command("backup")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="A new .tar file."
)
@_JSON
def backup(out: Path, as_json: bool) -> None:
    """Copy every key into one archive that only its owner can read; never over an existing file."""
    try:
        kept = write_archive(store(), out)
    except OSError as error:
        raise click.ClickException(f"{out}: {error.strerror}") from error
    with db.transaction() as current:
        audit.record(current, audit.OPERATOR, "keys.backup", "keys", at=datetime.now(UTC), files=kept)
    if as_json:
        click.echo(json.dumps({"file": str(out), "keys": kept}))
        return
    click.echo(
        _(
            "%(count)d keys in %(file)s. Encrypt it, and keep it apart from backups of the data.",
            count=kept,
            file=out,
        )
    )
