"""Two villages of one name look different: every page, list, file and paper says which former commune each lay in."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from survey_app import db
from survey_app.access import Role
from survey_app.audit import OPERATOR
from survey_app.fieldwork import meetings
from survey_app.fieldwork.models import State
from survey_app.units.models import Unit
from tests.factories import Commune, advance
from tests.readers import words
from tests.rooms.test_ground_access import address, staff_routes

#: Together they are shown whatever anybody is shown.
_OFFICES = (Role.PROVINCE, Role.FRONT_COMMUNE, Role.COMMUNE, Role.CLERK)
#: Sees by itself what two of them see; in the long runs.
_BESIDES = Role.FRONT_PROVINCE
_PROVINCIAL = {Role.PROVINCE, Role.FRONT_PROVINCE}
#: The name without the former commune behind it.
_ALIKE = re.compile(r"làng Phung(?! \(xã cũ Ia (Mơ|Băng)\))", re.IGNORECASE)


@pytest.fixture
def commune(make_commune) -> Commune:
    """A commune with two villages called Phung; its other village has a name of its own."""
    made = make_commune(First=30, Second=25, Bang=20)
    with db.transaction() as current:
        for name, former in (("First", "Ia Mơ"), ("Second", "xã Ia Băng")):
            row = current.get_one(Unit, made.villages[name].id)
            row.name, row.old_unit = "Phung", former
    return made


@pytest.fixture
def survey(commune, make_survey, hand_out, client, submission):
    """An open survey with slips and 22 answers in each of the two villages."""
    survey = make_survey(commune)
    for village in ("First", "Second"):
        for code in hand_out(survey, commune.villages[village], 26)[:22]:
            assert client.post("/api/v1/submissions", json=submission(code=code)).status_code == 201
    return survey


def known(commune, survey, village):
    code = commune.villages[village].code
    return {
        "survey_id": survey.id, "village": code, "village_code": code, "code": commune.unit.code,
        "year": str(datetime.now(UTC).year), "size": "A4", "kind": "csv", "batch": "1", "instrument_id": "1",
        "key": "planning",
    }  # fmt: skip


def told(app, client, sign_in, commune, survey, offices):
    """Address → words of everything that any office may fetch about this survey and commune; a paper is read once."""
    found, papers = {}, set()
    for role in offices:
        sign_in(role, commune.province if role in _PROVINCIAL else commune.unit)
        for rule, method in staff_routes(app):
            if method != "GET" or role not in app.view_functions[rule.endpoint].access_roles:
                continue
            for village in (
                ("First", "Second") if {"village", "village_code"} & rule.arguments else ("First",)
            ):
                place = address(rule, known(commune, survey, village))
                if place in papers:
                    continue
                reply = client.get(place)
                if reply.status_code == 200:
                    papers |= {place} if reply.mimetype != "text/html" else set()
                    found[f"{role} {reply.request.path}"] = words(reply.data)
    return found


def without_former_commune(pages):
    return {where: _ALIKE.search(text)[0] for where, text in pages.items() if _ALIKE.search(text)}


def naming(pages, former):
    return [where for where, text in pages.items() if f"Phung (xã cũ {former})" in text]


@pytest.mark.parametrize(
    "state",
    [
        State.DRAFT,
        State.SEALED,
        *(pytest.param(state, marks=pytest.mark.long) for state in (State.OPEN, State.COUNTING)),
    ],
)
@pytest.mark.usefixtures("undrawn")
def test_every_page_file_and_paper_of_a_survey_tells_them_apart(
    app, client, sign_in, commune, make_survey, request, state
):
    if state is State.DRAFT:
        survey = make_survey(commune, State.DRAFT)
    else:
        survey = request.getfixturevalue("survey")
        begin = datetime.now(UTC) + timedelta(hours=1)
        plan = meetings.MeetingAnnouncement(
            commune.villages["First"].id, begin, begin + timedelta(hours=2), "Nhà rông"
        )
        with db.transaction() as current:
            meetings.announce(current, survey.id, plan, actor=OPERATOR, now=datetime.now(UTC))
        survey = survey if state is State.OPEN else advance(survey.id, state)

    offices = _OFFICES if state in {State.DRAFT, State.SEALED} else (*_OFFICES, _BESIDES)

    pages = told(app, client, sign_in, commune, survey, offices)

    assert without_former_commune(pages) == {}
    assert naming(pages, "Ia Mơ")
    assert naming(pages, "Ia Băng")


def test_the_form_the_result_and_the_public_set_tell_them_apart(client, commune, survey, hand_out):
    (code,) = hand_out(survey, commune.villages["Second"], 1)
    form = words(client.get(f"/k/{code}").data)
    advance(survey.id, State.SEALED)

    pages = {
        path: words(client.get(path).data)
        for path in (f"/ket-qua/{survey.id}", f"/ket-qua/{survey.id}/du-lieu.json")
    }

    assert "Làng Phung (xã cũ Ia Băng)" in form
    assert without_former_commune(pages) == {}
    assert len(naming(pages, "Ia Mơ")) == len(naming(pages, "Ia Băng")) == 2


@pytest.mark.parametrize("typed", ["Phung", "Làng Phung"])
def test_a_command_does_not_guess_which_of_the_two_is_meant(app, commune, survey, typed, tmp_path):
    out = ["--count", "1", "--out", str(tmp_path / "slips.csv")]

    slips = ["fieldwork", "slips", "--survey", survey.id, *out]

    guessed = app.test_cli_runner().invoke(args=[*slips, "--village", typed])
    named = app.test_cli_runner().invoke(args=[*slips, "--village", f"{typed} (xã cũ Ia Mơ)"])

    assert guessed.exit_code == 1
    assert "Phung (xã cũ Ia Băng)" in guessed.output
    assert (named.exit_code == 0) is typed.startswith("Làng")
