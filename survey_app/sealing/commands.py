"""`flask results …`: close a survey at once, check its seal. Rooms above add theirs to the group."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime

import click
from flask.cli import AppGroup

from survey_app import audit, db, keys, witness
from survey_app.errors import DomainError
from survey_app.i18n import gettext as _
from survey_app.i18n import ngettext
from survey_app.sealing import at_sealing, operations, queries, verification
from survey_app.templating import day

group = AppGroup("results", help="Counting, sealing and checking.")

SURVEY = click.option("--survey", "survey_id", required=True, metavar="ID", help="Number of the survey.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON alone.")


@group.command("close")
@SURVEY
@JSON
def close(survey_id: str, as_json: bool) -> None:
    """End phones and counting at once, count and seal."""
    now = datetime.now(UTC)
    with refusals(), db.transaction() as current:
        unkeyed = queries.unkeyed(current, survey_id)
        digest = operations.close_and_seal(
            current, survey_id, actor=audit.OPERATOR, now=now, keys=keys.store()
        )
    keys.store().destroy_network_key(survey_id)
    at_sealing.follow(now, audit.OPERATOR)
    with db.transaction() as current:
        witness.write(current, keys.store(), now)
    if as_json:
        click.echo(json.dumps({"survey": survey_id, "digest": digest, "unkeyed": asdict(unkeyed)}))
        return
    click.echo(_("Survey %(survey)s is sealed. Digest: %(digest)s", survey=survey_id, digest=digest))
    click.echo(
        _(
            "Households that did not answer: %(households)d. Live slips never used: %(slips)d.",
            households=unkeyed.households,
            slips=unkeyed.live_slips,
        )
    )
    if unkeyed.filled:
        click.echo(
            ngettext(
                "%(num)d filled slip was brought back and is not keyed: it does not count.",
                "%(num)d filled slips were brought back and are not keyed: they do not count.",
                unkeyed.filled,
            )
        )
    for village in unkeyed.villages:
        click.echo(
            _(
                "%(village)s: %(households)d did not answer",
                village=village.unit,
                households=village.households,
            )
        )


@group.command("verify")
@SURVEY
@JSON
def verify(survey_id: str, as_json: bool) -> None:
    """Count the sealed answers again and compare; exit 1 and the first difference when they do not agree."""
    with refusals():
        found = verification.verify(db.session(), survey_id, keys.store())
    if as_json:
        click.echo(json.dumps({"survey": survey_id, **asdict(found)}, ensure_ascii=False, default=str))
    elif found.equal:
        click.echo(_("Survey %(survey)s: everything agrees with the seal.", survey=survey_id))
        if found.raw_answers_removed_on:
            click.echo(
                _("Raw answers removed on %(day)s, digests checked.", day=day(found.raw_answers_removed_on))
            )
    else:
        click.echo(found.first_difference, err=True)
    if not found.equal:
        raise SystemExit(1)


@contextmanager
def refusals() -> Iterator[None]:
    """A refusal as its message on stderr and exit 1."""
    try:
        yield
    except DomainError as error:
        raise click.ClickException(error.message) from error
