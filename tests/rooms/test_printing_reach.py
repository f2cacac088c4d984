"""Papers whose address opens on the server alone: refused for a real survey, marked for the sample."""

from dataclasses import replace

import pytest

from survey_app import db
from survey_app.access import Role
from survey_app.config import load_settings
from survey_app.fieldwork import queries
from survey_app.fieldwork.models import State
from tests.readers import words

HERE = "http://127.0.0.1:8000"
MARK = "MẪU – chỉ mở được trên máy này"


@pytest.fixture
def at(app):
    """Let the application be reached at an address, with the sample loaded or without."""

    def change(public_url, *, demo=False):
        app.config["WTF_CSRF_ENABLED"] = False
        settings = replace(app.extensions["settings"], public_url=public_url, demo=demo)
        app.extensions["settings"] = settings

    return change


@pytest.mark.parametrize(
    ("address", "alone"),
    [
        ("http://127.0.0.1:8000", True), ("http://localhost", True), ("http://[::1]:8000", True),
        ("http://0.0.0.0:8000", True), ("https://khaosat.example.vn", False), ("http://192.168.1.5", False),
    ],
)  # fmt: skip
def test_an_address_of_the_machine_itself_is_known_as_one(tmp_path, address, alone):
    assert replace(load_settings(tmp_path), public_url=address).opens_here_alone is alone


@pytest.mark.parametrize(
    "paper", ["phieu/{village}", "phieu/{village}.csv", "ap-phich/A4.pdf", "bia-tap/{village}.pdf"]
)
def test_papers_of_a_real_survey_that_lead_nowhere_are_refused_with_the_setting(
    make_commune, make_survey, sign_in, at, paper
):
    commune = make_commune()
    survey, village = make_survey(commune), commune.villages["Phung"]
    at(HERE)
    front = sign_in(Role.FRONT_COMMUNE, commune.unit)

    address = f"/can-bo/dot/{survey.id}/{paper.format(village=village.code)}"
    reply = front.post(address, data={"count": "3"}) if paper.startswith("phieu") else front.get(address)

    db.session().rollback()
    assert reply.status_code == 409
    assert "public_url" in reply.text
    assert queries.batches(db.session(), survey.id) == ()


def test_a_notice_that_leads_nowhere_is_refused_too(make_commune, make_survey, sign_in, at):
    commune = make_commune()
    survey = make_survey(commune, State.SEALED)
    at(HERE)

    reply = sign_in(Role.COMMUNE, commune.unit).get(f"/can-bo/dot/{survey.id}/ban-niem-yet.pdf")

    assert reply.status_code == 409
    assert "public_url" in reply.text


@pytest.mark.usefixtures("undrawn")
def test_the_sample_is_printed_and_says_so(make_commune, make_survey, sign_in, at):
    commune = make_commune()
    survey, village = make_survey(commune), commune.villages["Phung"]
    at(HERE, demo=True)
    front = sign_in(Role.FRONT_COMMUNE, commune.unit)

    slips = front.post(f"/can-bo/dot/{survey.id}/phieu/{village.code}", data={"count": "3"})
    poster = front.get(f"/can-bo/dot/{survey.id}/ap-phich/A4.pdf")
    cover = front.get(f"/can-bo/dot/{survey.id}/bia-tap/{village.code}.pdf")

    assert [MARK in words(paper.data) for paper in (slips, poster, cover)] == [True, True, True]


def test_the_command_refuses_the_pdf_and_makes_no_code(app, make_commune, make_survey, at, tmp_path):
    survey = make_survey(make_commune())
    at(HERE)

    done = app.test_cli_runner().invoke(
        args=[
            "fieldwork",
            "slips",
            "--survey",
            survey.id,
            "--village",
            "Phung",
            "--count",
            "3",
            "--out",
            str(tmp_path / "a.pdf"),
        ]
    )

    db.session().rollback()
    assert (done.exit_code, "public_url" in done.stderr) == (1, True)
    assert queries.batches(db.session(), survey.id) == ()
