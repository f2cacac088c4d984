"""The sample province: it loads into an empty database only, everything in it is marked, and it can be tried out."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from dataclasses import astuple, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from survey_app import db
from survey_app.access import Role
from survey_app.accounts.models import User
from survey_app.config import load_settings
from survey_app.demo import sample
from survey_app.fieldwork import answering, frames, queries
from survey_app.fieldwork.models import State
from survey_app.units import queries as units
from survey_app.units.models import Unit
from tests.pages import Page


@pytest.fixture
def loaded(app):
    """The reply of loading the smallest sample."""
    done = app.test_cli_runner().invoke(args=["demo", "load", "--size", "commune", "--json"])
    assert done.exit_code == 0, done.output
    db.session().rollback()
    app.extensions["settings"] = replace(app.extensions["settings"], demo=True)
    return json.loads(done.stdout)


def test_the_sample_has_accounts_of_both_bodies_and_an_open_survey(app, loaded):
    (survey,) = queries.surveys_under(db.session(), "/")
    kept = app.extensions["settings"].instance / "demo-accounts.json"

    assert survey.state is State.OPEN
    assert {"tinh@mau.vn", "mttq-tinh@mau.vn", "xa@mau.vn", "mttq-xa@mau.vn"} <= set(loaded["accounts"])
    assert len(set(loaded["accounts"].values())) == len(loaded["accounts"])
    assert json.loads(kept.read_text()) == loaded["accounts"]
    assert kept.stat().st_mode & 0o077 == 0


def test_the_next_start_says_that_it_is_a_sample(app, loaded):
    assert load_settings(app.extensions["settings"].instance).demo is True


def test_the_commune_for_own_trials_has_no_survey(loaded):
    current = db.session()

    untouched = units.unit_by_code(current, "23938", units.civil(datetime.now(UTC)))

    assert queries.surveys_under(current, untouched.path) == ()


def test_some_villages_have_answers_and_one_waits_for_visitors(loaded):
    (survey,) = queries.surveys_under(db.session(), "/")

    answered = answering.answered_by_village(answering.answered_now(db.session(), survey.id))

    frame = frames.frame(db.session(), survey.id)
    assert all(0 < answered[line.unit.id] <= line.households for line in frame[:-1])
    assert frame[-1].unit.id not in answered


def test_a_visitor_gets_codes_that_open_the_form(client, loaded):
    page = client.post("/mau/phieu")

    links = {
        link["href"] for link in Page(page.text).all("a") if link.get("href", "").startswith(("/k/", "http"))
    }
    assert page.status_code == 200
    assert links
    assert all(client.get("/k/" + link.rpartition("/")[2]).status_code == 200 for link in links)


def test_visitors_never_run_out_of_codes_with_an_error_of_ours(client, loaded):
    assert {client.post("/mau/phieu").status_code for _time in range(30)} <= {200, 409}


def test_without_the_sample_nobody_hands_out_codes(client):
    assert client.post("/mau/phieu").status_code == 404


def test_loading_twice_is_refused_and_changes_nothing(app, loaded):
    again = app.test_cli_runner().invoke(args=["demo", "load", "--json"])

    assert again.exit_code == 1
    assert "không trống" in again.stderr
    assert len(queries.surveys_under(db.session(), "/")) == 1


def test_a_load_that_is_killed_leaves_nothing_and_the_next_one_is_whole(app, monkeypatch):
    """Killed once villages are written: the next `make run` has sign-ins and all surveys."""
    prepare = ["demo", "prepare", "--size", "few"]

    def load_and_die():
        with monkeypatch.context() as dying:
            dying.setattr(sample, "open_survey", lambda *_given: os.kill(os.getpid(), signal.SIGKILL))
            app.test_cli_runner().invoke(args=prepare)

    db.session().close()
    db.database.engine.dispose()
    cut = multiprocessing.get_context("fork").Process(target=load_and_die)
    cut.start()
    cut.join()
    left = db.session().scalars(select(Unit.id)).all()
    db.session().rollback()

    again = app.test_cli_runner().invoke(args=prepare, catch_exceptions=False)

    assert (cut.exitcode, left) == (-signal.SIGKILL, [])
    assert "Loading" in again.stdout
    assert_whole(again.stdout)


@pytest.mark.long
def test_a_load_that_is_cut_off_leaves_nothing_and_the_next_one_is_whole(app, database_url):
    """Killed two seconds after it began to load: wherever that was, the next `make run` has sign-ins and all surveys."""
    settings = app.extensions["settings"]
    environment = os.environ | {
        "SURVEY_INSTANCE": str(settings.instance), "DATABASE_URL": database_url, "KEY_DIR": str(settings.key_dir),
    }  # fmt: skip
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "demo", "prepare", "--size", "few"]
    project = Path(__file__).resolve().parents[2]
    cut = subprocess.Popen(command, cwd=project, env=environment, stdout=subprocess.PIPE, text=True)
    assert cut.stdout is not None
    assert "Loading" in cut.stdout.readline()
    time.sleep(2)
    cut.kill()
    cut.communicate()

    again = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)

    assert again.returncode == 0, again.stderr
    assert_whole(again.stdout)


def assert_whole(told):
    """The sign-ins are told, and every commune is at its step of the year."""
    db.session().rollback()
    assert "tinh@mau.vn" in told
    # The commune that visitors answer in, and those at each step of the year.
    steps = [count for count in astuple(sample.FEW) if isinstance(count, int)]
    assert len(queries.surveys_under(db.session(), "/")) == 1 + sum(steps)
    officers = db.session().scalars(select(User).where(User.role == Role.COMMUNE)).all()
    never_came = [officer for officer in officers if officer.password_hash is None]
    assert len(never_came) == sample.FEW.no_households
    assert all(officer.telephone for officer in never_came)
