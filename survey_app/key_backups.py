"""`flask keys backup`: the secret files in one archive, because no backup of the data holds them.

Without the peppers no open survey takes an answer; without the signing key no receipt can be checked. Whoever holds
the archive and a copy of the database can tell whether a code was used: keep the two apart.
"""

import json
import os
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from survey_app import audit, db
from survey_app.i18n import gettext as _
from survey_app.keys import NETWORKS, KeyStore, store

group = AppGroup("keys", help="The secret files of the service.")


@group.command("backup")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="A new .tar file."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON alone.")
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


def write_archive(keys: KeyStore, out: Path) -> int:
    """Write session secret, signing key and peppers to `out`, readable by the owner alone; how many files.

    Network keys are left out: a copy would outlive the sealing that destroys them. Raises FileExistsError rather than
    replace an older archive.
    """
    networks = keys.folder / NETWORKS
    files = sorted(path for path in keys.folder.rglob("[!.]*") if path.is_file() and path.parent != networks)
    descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream, tarfile.open(fileobj=stream, mode="w") as archive:
        for path in files:
            archive.add(path, arcname=str(path.relative_to(keys.folder)), filter=_without_owner)
    return len(files)


def _without_owner(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """The account that holds the keys may have another number on the machine they are restored to."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry
