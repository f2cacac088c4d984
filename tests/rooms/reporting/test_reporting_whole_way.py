"""From a commune's list of households to the province's board, through the doors that everybody uses."""

import csv
import json
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest

from survey_app import db
from survey_app.access import Identity, Role
from survey_app.accounts.models import User
from survey_app.approvals import deciding
from survey_app.config import VIETNAM
from survey_app.fieldwork import queries as surveys
from survey_app.results import signing
from survey_app.units import kinds
from survey_app.units import queries as units
from tests import shipped

pytestmark = pytest.mark.both_engines

#: Commands live by the real clock, so this test is about the running year, whichever it is.
YEAR = datetime.now(VIETNAM).year


def command(app, *words: str):
    db.session().rollback()  # the next command is another process and sees what was stored meanwhile
    run = app.test_cli_runner().invoke(args=list(words))
    assert run.exit_code == 0, run.stderr
    return run.stdout


def board(app):
    made = json.loads(command(app, "reporting", "province", "--unit", "52", "--year", str(YEAR), "--json"))
    row = next(row for row in made["communes"] if row["unit"] == "23938")
    # The other targets of the plan are told by units, and nothing is told here.
    computed = (one for one in made["targets"] if one["kind"] == "computed")
    return row, {one["key"]: (one["met"], one["total"]) for one in computed}


def sign(number):
    """Commune and Front sign, the province's Front standing in for the commune's."""
    now = datetime.now(UTC)
    people = []
    with db.transaction() as current:
        for role, code in ((Role.COMMUNE, "23938"), (Role.FRONT_PROVINCE, "52")):
            unit = units.unit_by_code(current, code, units.civil(now))
            user = User(email=role, name=role, role=role, unit_id=unit.id, created_at=now)
            current.add(user)
            current.flush()
            people.append(Identity(user.id, user.name, role, unit.id, unit.path))
        asked = signing.ask(current, surveys.survey(current, number), by=people[0], now=now)
    with db.transaction() as current:
        deciding.decide(current, asked, approved=True, reason="", by=people[1], now=now)


def test_one_valid_slip_by_phone_the_seal_and_two_signatures_make_a_commune_meet_the_consultation_half(
    app, tmp_path: Path
):
    frame = tmp_path / "khung.csv"
    lines = ("commune,village,kind,households,source,as_of", f"23938,Một,lang,40,UBND xã,{YEAR}-01-01", "")
    frame.write_text("\n".join(lines), encoding="utf-8")
    command(app, "units", "import", str(kinds.DATA / "reforms/2025-07-01-gia-lai/units.csv"))
    number = json.loads(
        command(
            app, "fieldwork", "open", "--instrument", "xa-ntm", "--unit", "23938", "--frame", str(frame),
            "--opens", f"{YEAR}-01-01", "--closes", f"{YEAR + 1}-12-31", "--purpose", "decision", "--json",
        )
    )["survey"]  # fmt: skip
    slips = tmp_path / "phieu.csv"
    village = ("--survey", number, "--village", "Một")
    command(app, "fieldwork", "slips", *village, "--count", "1", "--out", str(slips))
    with slips.open(encoding="utf-8-sig", newline="") as file:
        code = next(csv.DictReader(file))["code"]
    shown = json.loads(command(app, "authoring", "show", "xa-ntm", "--json"))
    scored = [question["key"] for question in shown["questions"] if question["scored"]]
    answers = dict.fromkeys(scored, "satisfied") | {scored[0]: "dissatisfied"}

    before = board(app)
    stored = app.test_client().post(
        "/api/v1/submissions",
        json={
            "submission_id": str(uuid.uuid4()),
            "code": code,
            "channel": "self_online",
            "answers": answers,
        },
    )
    running = board(app)
    command(app, "results", "close", "--survey", number)
    sealed = board(app)
    sign(number)
    after = board(app)

    assert stored.status_code == 201
    assert (before[0]["state"], before[0]["finding"]) == ("open", "not_met")
    assert before[0]["coverage"] == {"n": 0, "of": 40}
    assert (running[0]["coverage"], running[0]["pooled"]) == ({"n": 1, "of": 40}, None)
    assert (sealed[0]["state"], sealed[0]["finding"]) == ("sealed", "insufficient_evidence")
    assert sealed[0]["awaits"] == ["signatures"]
    assert (after[0]["state"], after[0]["finding"]) == ("signed", "met")
    assert after[0]["pooled"] == {"n": len(scored) - 1, "of": len(scored)}
    assert after[0]["coverage"] == {"n": 1, "of": 40}
    assert before[1] == {
        "communes_8_4": (0, shipped.RURAL_COMMUNES),
        "online_feedback": (0, shipped.COMMUNES),
    }
    assert sealed[1] == before[1]
    assert after[1] == {"communes_8_4": (1, shipped.RURAL_COMMUNES), "online_feedback": (0, shipped.COMMUNES)}
