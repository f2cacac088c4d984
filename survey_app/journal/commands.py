"""`flask audit …`: check the chain of the audit log, and print the digest to keep outside."""

import json

import click
from flask.cli import AppGroup
from flask_babel import LazyString
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from survey_app import audit, config, db, doors
from survey_app.i18n import gettext as _

group = AppGroup("audit", help="The audit log.")

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON alone.")


@group.command("head")
@_JSON
def head(as_json: bool) -> None:
    """Print number and digest of the newest act; kept outside, it shows a restored backup later."""
    number, digest = audit.head(db.session())
    click.echo(json.dumps({"acts": number, "digest": digest}) if as_json else f"{number} {digest}")


@group.command("verify")
@click.option(
    "--head", "kept", metavar="DIGEST", help="A digest kept outside that must still be in the chain."
)
@_JSON
def verify(kept: str | None, as_json: bool) -> None:
    """Check every act against the one before it, and against the head kept outside; exit 1 and what is wrong."""
    current = db.session()
    broken = audit.verify(current)
    number, digest = audit.head(current)
    holds = _holds(current, kept)
    fault = _fault(broken, holds)
    if as_json:
        answer = {
            "whole": fault is None,
            "first_broken": broken,
            "acts": number,
            "digest": digest,
            "holds_head": holds,
        }
        click.echo(json.dumps(answer))
    elif fault is None:
        click.echo(
            _("The audit log is whole: %(acts)d acts. Newest digest: %(digest)s", acts=number, digest=digest)
        )
    if fault is not None:
        click.echo(fault, err=True)
        raise SystemExit(1)


@group.command("may-start")
def may_start() -> None:
    """Refuse, with exit 1, a start without the right keys, or on an older database than was used last."""
    try:
        found = doors.obstacles(db.session())
    except SQLAlchemyError:
        return  # no database, or no tables yet: the health check says so
    for obstacle in found:
        click.echo(_("Not started: %(fault)s", fault=obstacle.message), err=True)
    if found:
        raise SystemExit(1)


def _holds(current: Session, kept: str | None) -> bool:
    """Whether the digest that was given, or else the configured file of another holder, agrees with the log."""
    return audit.holds(current, kept.strip().lower()) if kept is not None else _contradiction() is None


def _contradiction() -> LazyString | None:
    """Why the log is not the one known outside. A file that cannot be read contradicts nothing and is named."""
    try:
        return audit.contradiction(db.session(), config.settings().audit_head_file)
    except audit.HeadUnreadable as unreadable:
        click.echo(str(unreadable), err=True)
        return None


def _fault(broken: int | None, holds: bool) -> str | None:
    if broken is not None:
        return _("Act %(number)d of the audit log was changed or is missing.", number=broken)
    if not holds:
        return _(
            "The digest kept outside is not in the audit log: acts were removed, or an older backup was restored."
        )
    return None
