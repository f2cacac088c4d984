"""The `authoring` commands: the operator's way to list, read, import and freeze instruments.

They see the shipped library even on a database nobody has opened yet. Never prompts; refusals go to stderr
with exit 1.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click
from flask.cli import AppGroup

from survey_app import audit, db, uploads
from survey_app.authoring import check, drafts, operations, queries
from survey_app.authoring.queries import InstrumentView
from survey_app.errors import DomainError
from survey_app.i18n import gettext as _
from survey_app.questions.document import InvalidInstrument
from survey_app.uploads import NotOpened

group = AppGroup("authoring", help="Questionnaires: the library of templates, drafts, frozen versions.")
_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON alone.")


@group.command("list")
@_as_json
def list_instruments(as_json: bool) -> None:
    """Every instrument and version."""
    _load_library()
    listed = queries.all_instruments(db.session())
    rows = [
        {
            "key": line.key,
            "version": line.version,
            "title": line.title.get("vi", ""),
            "frozen": line.frozen,
            "confirmed": line.confirmed_number is not None,
        }
        for line in listed
    ]
    if as_json:
        click.echo(json.dumps({"instruments": rows}, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['key']} v{row['version']}{'' if row['frozen'] else ' (draft)'}  {row['title']}")


@group.command()
@click.argument("key")
@_as_json
def show(key: str, as_json: bool) -> None:
    """The newest frozen version of KEY, or its draft where nothing is frozen."""
    _load_library()
    view = _find(key)
    if as_json:
        click.echo(json.dumps(_described(view), ensure_ascii=False))
        return
    click.echo(f"{view.key} v{view.version}  {view.digest or 'draft'}")
    for number, item in enumerate(view.document["questions"], start=1):
        click.echo(f"{number:>3}  {item['key']}  {item['kind']}  {item['text'].get('vi', '')}")


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_as_json
def import_file(file: Path, as_json: bool) -> None:
    """Make a draft of the JSON document in FILE.

    With any problem nothing is stored and all problems are listed.
    """
    _load_library()
    raw = _read(file)
    try:
        with db.transaction() as current:
            view = operations.import_document(current, raw, now=datetime.now(UTC))
    except InvalidInstrument as refused:
        _refuse(refused)
    except DomainError as refusal:
        raise click.ClickException(refusal.message) from refusal
    _tell({"key": view.key, "version": view.version, "frozen": False}, as_json)


@group.command()
@click.argument("key")
@_as_json
def freeze(key: str, as_json: bool) -> None:
    """Freeze the draft of KEY."""
    _load_library()
    with_draft = queries.draft_of(db.session(), key)
    if with_draft is None:
        raise click.ClickException(_("There is no draft of %(key)s.", key=key))
    try:
        with db.transaction() as current:
            digest = operations.freeze(
                current,
                with_draft.id,
                revision=with_draft.revision,
                actor=audit.OPERATOR,
                now=datetime.now(UTC),
            )
    except DomainError as refusal:
        found = check.problems(with_draft.document, with_draft.problems)
        raise click.ClickException("\n".join((refusal.message, *map(_line, found)))) from refusal
    _tell({"key": key, "version": with_draft.version, "digest": digest}, as_json)


def _load_library() -> None:
    with db.transaction() as current:
        operations.load_library(current, datetime.now(UTC))


def _find(key: str) -> InstrumentView:
    try:
        return queries.latest_frozen(db.session(), key)
    except DomainError as refusal:
        draft = queries.draft_of(db.session(), key)
        if draft is None:
            raise click.ClickException(refusal.message) from refusal
        return draft


def _described(view: InstrumentView) -> dict[str, Any]:
    return {
        "key": view.key,
        "version": view.version,
        "digest": view.digest,
        "title": view.title.get("vi", ""),
        "frozen": view.frozen,
        "questions": [_described_question(item) for item in view.document["questions"]],
    }


def _described_question(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": item["key"],
        "kind": item["kind"],
        "required": item["required"],
        "scored": drafts.kind_row(item).two_way and not item["closing"],
        "closing": item["closing"],
        "options": list(drafts.answers_of(item)),
    }


def _read(file: Path) -> dict[str, object]:
    try:
        content = file.read_bytes()
        uploads.opened("document", content)
        raw = json.loads(content.decode("utf-8-sig"))
    except NotOpened as refused:
        if refused.word == "damaged":
            raise click.ClickException(_("%(file)s is not JSON in UTF-8.", file=file.name)) from refused
        raise click.ClickException(" ".join(uploads.sentence(refused.word))) from refused
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise click.ClickException(_("%(file)s is not JSON in UTF-8.", file=file.name)) from error
    if not isinstance(raw, dict):
        raise click.ClickException(_("%(file)s holds no JSON object.", file=file.name))
    return raw


def _refuse(refused: InvalidInstrument) -> NoReturn:
    worded = check.unplaced(refused.problems)
    lines = [_("Nothing was imported. The document has these problems:"), *map(_line, worded)]
    raise click.ClickException("\n".join(lines)) from refused


def _line(finding: check.CheckLine) -> str:
    return f"- {finding.key}: {finding.sentence}" if finding.key else f"- {finding.sentence}"


def _tell(result: dict[str, object], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False))
    else:
        click.echo("  ".join(f"{name}: {value}" for name, value in result.items()))
