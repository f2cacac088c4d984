"""Counting of failures: who is blocked, for how long, and what is forgotten."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from survey_app import db, jobs, throttle
from survey_app.throttle import Failure

pytestmark = pytest.mark.both_engines

NOW = datetime(2026, 6, 1, 2, 0, 30, tzinfo=UTC)


def test_the_tenth_failure_of_a_minute_blocks_until_the_minute_is_over(app):
    with db.transaction() as current:
        for _time in range(9):
            throttle.record_failure(current, "k", NOW)
        before = throttle.is_blocked(current, "k", NOW, limit=10)
        throttle.record_failure(current, "k", NOW)
        blocked = throttle.is_blocked(current, "k", NOW + timedelta(seconds=29), limit=10)
        after = throttle.is_blocked(current, "k", NOW + timedelta(seconds=30), limit=10)

    assert (before, blocked, after) == (False, True, False)


def test_failures_counted_under_a_clock_that_was_put_back_shut_nobody_out(app):
    with db.transaction() as current:
        for _time in range(10):
            throttle.record_failure(current, "k", NOW + timedelta(hours=2))

        assert throttle.is_blocked(current, "k", NOW + timedelta(hours=2), limit=10)
        assert not throttle.is_blocked(current, "k", NOW, limit=10, minutes=15)


def test_failures_of_days_to_come_are_forgotten(app):
    with db.transaction() as current:
        throttle.record_failure(current, "k", NOW + timedelta(days=60))
        throttle.count_of_day(current, "day", NOW)

    jobs.run_due(NOW)

    assert db.session().scalars(select(Failure.key)).all() == ["day"]


def test_of_a_thousand_guesses_in_a_minute_at_least_990_are_refused_and_the_village_waits_a_minute_at_most(
    app,
):
    refused = 0
    with db.transaction() as current:
        for number in range(1000):
            moment = NOW.replace(second=0) + timedelta(milliseconds=59 * number)
            if throttle.is_blocked(current, "k", moment, limit=10):
                refused += 1
            else:
                throttle.record_failure(current, "k", moment)
        waiting = throttle.is_blocked(current, "k", NOW.replace(second=0) + timedelta(seconds=60), limit=10)

    assert refused >= 990
    assert not waiting


def test_failures_of_another_subject_do_not_count(app):
    with db.transaction() as current:
        for _time in range(20):
            throttle.record_failure(current, "k", NOW)

        assert not throttle.is_blocked(current, "other", NOW, limit=10)


def test_the_key_of_an_address_shows_no_address_and_changes_daily(app):
    first = throttle.subject_key("code", "203.0.113.7", NOW)

    assert "203.0.113" not in first
    assert first == throttle.subject_key("code", "203.0.113.7", NOW + timedelta(hours=2))
    assert first != throttle.subject_key("code", "203.0.113.7", NOW + timedelta(days=1))
    assert first != throttle.subject_key("sign-in", "203.0.113.7", NOW)


def test_failures_are_forgotten_after_an_hour(app):
    with db.transaction() as current:
        throttle.record_failure(current, "k", NOW)

    jobs.run_due(NOW + timedelta(hours=1, minutes=2))

    assert db.session().scalars(select(Failure)).all() == []
