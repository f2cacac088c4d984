"""The minute job: one failing part stops no other."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from survey_app import db, jobs

pytestmark = pytest.mark.both_engines

NOW = datetime(2026, 6, 1, 2, 0, 30, tzinfo=UTC)


def test_one_failing_job_stops_no_other_and_how_each_ended_is_kept(app):
    def break_off(_now):
        db.session().execute(text("SELECT 1"))
        raise ZeroDivisionError("what is stored")

    app.extensions["jobs"] = {"first": lambda _now: 1, "bad": break_off, "last": lambda _now: 3}
    jobs.run_due(NOW - timedelta(minutes=1))
    app.extensions["jobs"]["bad"] = lambda _now: 2
    jobs.run_due(NOW)
    app.extensions["jobs"]["bad"] = break_off

    done = jobs.run_due(NOW + timedelta(minutes=1))

    assert (done["first"], done["last"]) == (1, 3)
    assert done["bad"].reason.startswith("ZeroDivisionError in ")
    assert "stored" not in done["bad"].reason
    kept = {run.name: run for run in jobs.last_runs(db.session())}
    assert kept.keys() == {"first", "bad", "last"}
    assert (kept["bad"].succeeded_at, kept["bad"].failed_at) == (NOW, NOW + timedelta(minutes=1))
    assert kept["bad"].failure == done["bad"].reason
    assert (kept["last"].succeeded_at, kept["last"].failed_at) == (NOW + timedelta(minutes=1), None)


def test_no_job_of_the_application_fails_on_an_empty_database(app):
    done = jobs.run_due(NOW)

    assert [name for name, result in done.items() if isinstance(result, jobs.Failed)] == []
    assert {run.name for run in jobs.last_runs(db.session())} == set(done)
