"""`flask ops …`: what an operator asks of the whole installation, and the one act that accepts a restored database."""

import json
from dataclasses import asdict
from datetime import UTC, datetime

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from survey_app import audit, command_line, db, health, witness
from survey_app.i18n import gettext as _
from survey_app.i18n import in_english
from survey_app.i18n import lazy_gettext as _l
from survey_app.keys import store
from survey_app.witness import Gap

group = AppGroup("ops", help="The installation as a whole.")

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON alone.")

WORDS = audit.Words(
    acts={"ops.accept_restored": _l("Accepted a restored database as the newest")},
    details={
        "fault": _l("what was found"),
        "acts_known": _l("acts known before"),
        "acts_found": _l("acts found"),
        "codes_again": _l("codes that can be used again"),
    },
)


@group.command("check")
@_JSON
def check(as_json: bool) -> None:
    """Whether answers can be taken now, as /ready says it; exit 1 and the reasons."""
    found = health.readiness(datetime.now(UTC))
    if as_json:
        click.echo(json.dumps(health.as_json(found)))
    else:
        for sentence in (*found.reasons, *found.warnings, command_line.database_fault()):
            if sentence:
                click.echo(sentence, err=True)
        click.echo(
            _(
                "Free space: %(free)d MiB. Seconds since the last round of the minute job: %(tick)s, since the last "
                "backup: %(backup)s.",
                free=found.free_bytes // 2**20,
                tick="–" if found.tick_seconds is None else found.tick_seconds,
                backup="–" if found.backup_seconds is None else found.backup_seconds,
            )
        )
    if found.reasons:
        raise SystemExit(1)


@group.command("accept-restored")
@click.option(
    "--reason",
    required=True,
    type=command_line.WORDS,
    help="Why no newer database is there; it goes into the audit log.",
)
@_JSON
def accept_restored(reason: str, as_json: bool) -> None:
    """Go on with a database that is older than the one used last; says which codes can be used again."""
    now = datetime.now(UTC)
    with db.transaction() as current:
        found = witness.gap(current, store())
        if found is not None:
            _record(current, found, reason, now)
    with db.transaction() as current:
        witness.write(current, store(), now)
    if as_json:
        click.echo(json.dumps({"accepted": found is not None, **(_as_json(found) if found else {})}))
    else:
        click.echo("\n".join(_meaning(found)))


def _as_json(found: Gap) -> dict[str, object]:
    return {
        "reason": in_english(found.reason),
        "acts_known": found.acts_known,
        "acts_found": found.acts_found,
        "lost": [asdict(lost) for lost in found.lost],
    }


def _record(session: Session, found: Gap, reason: str, now: datetime) -> None:
    audit.record(
        session,
        audit.OPERATOR,
        "ops.accept_restored",
        "database",
        at=now,
        reason=reason,
        fault=in_english(found.reason),
        acts_known=found.acts_known,
        acts_found=found.acts_found,
        codes_again={lost.survey: lost.known - lost.found for lost in found.lost},
    )


def _meaning(found: Gap | None) -> list[str]:
    """What it means for the households and for the record, sentence by sentence."""
    if found is None:
        return [_("This is the newest database that is known; there is nothing to accept.")]
    sentences = [_("The restored database is accepted (%(reason)s).", reason=found.reason)]
    if found.acts_known is None:
        sentences.append(
            _(
                "How far the database had come before is not known here: compare with what its second holder keeps."
            )
        )
    elif found.acts_known > found.acts_found:
        sentences.append(
            _("Acts of officers that are lost: %(count)d.", count=found.acts_known - found.acts_found)
        )
    sentences += [
        _(
            "Survey %(survey)s: %(count)d answers are lost, at least, and their codes open the form again.",
            survey=lost.survey,
            count=lost.known - lost.found,
        )
        for lost in found.lost
    ]
    sentences.append(
        _(
            "Who answered after the backup was made holds a receipt that is not found any more. Announce it in "
            "every village of a survey that runs, and ask those households to answer once more with the same slip."
        )
    )
    return sentences
