"""Where the sets are fetched: the public one by everybody, the auditor's by auditors and the Front of the province.

The page that checks them is handed out here too, as a file to keep and open without a network; who does not
trust this server takes that page, or the command, from somebody else.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from survey_app import access, audit, db, files, keys
from survey_app.accounts.freshness import fresh
from survey_app.fieldwork.models import PUBLIC
from survey_app.fieldwork.scope import own_survey, public_survey
from survey_app.i18n import carry_language
from survey_app.results import sets
from survey_app.sealing import documents

bp = Blueprint("sets", __name__, template_folder="templates")
bp.url_defaults(carry_language)

#: It holds the answers slip by slip, and with a household's receipt its answer is found in it. So nobody gets it who
#: works where the households live, the Front of the commune included (ADR 20).
AUDITORS = access.TAKE_SINGLE_ANSWERS

_VERIFIER = Path(__file__).resolve().parents[2] / "verifier" / "verifier.html"


@bp.get("/ket-qua/<survey_id>/du-lieu.json")
@access.public
def public_set(survey_id: str) -> ResponseReturnValue:
    """The public set of a sealed survey; a cancelled one has no result to check."""
    survey = public_survey(survey_id, PUBLIC)
    found = sets.public_set(db.session(), survey.id, keys.store().public_keys())
    return files.download(body(found), f"bo-cong-khai-{survey.id}", files.JSON)


@bp.get("/can-bo/dot/<survey_id>/bo-kiem-toan.json")
@access.roles(*AUDITORS)
@fresh
def auditor_set(survey_id: str) -> ResponseReturnValue:
    """The auditor's set; that somebody took it is noted before the first byte leaves."""
    person = access.identity()
    survey = own_survey(survey_id)
    found = sets.auditor_set(db.session(), survey.id, keys.store().public_keys())
    with db.transaction() as current:
        subject = f"survey:{survey.id}"
        audit.record(current, person.actor, "results.auditor_set", subject, at=datetime.now(UTC))
    return files.download(body(found), f"bo-kiem-toan-{survey.id}", files.JSON)


@bp.get("/ket-qua/khoa")
@access.public
def public_keys() -> ResponseReturnValue:
    """The public keys of this server, the one in force and those before it: what a set is signed with is among them."""
    known = [(documents.key_id(key), key.public_bytes_raw().hex()) for key in keys.store().public_keys()]
    return render_template("results/keys.html", known=known)


@bp.get("/ket-qua/kiem-chung.html")
@access.public
def verifier_page() -> ResponseReturnValue:
    """The page that checks sets, to be saved: it is never shown from here, so it runs under no policy of ours."""
    return files.download(_VERIFIER.read_bytes(), "kiem-chung", files.HTML_PAGE)


def body(found: Mapping[str, Any]) -> Iterator[bytes]:
    """A set as JSON: a line for each part, and in a part that is a list one for each row, so that it can be read."""
    between = "{"
    for name, part in found.items():
        yield f"{between}\n{_json(name)}: ".encode()
        between = ","
        if not isinstance(part, list):
            yield _json(part).encode()
            continue
        yield b"["
        for place, row in enumerate(part):
            yield f"{',' if place else ''}\n {_json(row)}".encode()
        yield b"\n]"
    yield b"\n}\n"


_json = partial(json.dumps, ensure_ascii=False)
