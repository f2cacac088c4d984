"""Nothing is ended by one reading of the clock: a jump is for a person, and what is final must be due on two days."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from survey_app import clock, db, jobs, keys, throttle
from survey_app.access import Role
from survey_app.accounts import kept_forms, sessions
from survey_app.accounts.models import KeptForm, StaffSession, User
from survey_app.approvals import paper_signatures
from survey_app.audit import AuditEvent
from survey_app.clock import ClockReading, DueAct, Machine
from survey_app.fieldwork import answering, queries, schedule
from survey_app.fieldwork.models import HourlyProgress, Purpose, State
from survey_app.forms import Posted
from survey_app.results import schedule as keys_schedule
from survey_app.sealing import schedule as results
from survey_app.throttle import Failure
from tests.rooms.sealing.conftest import NOW as EVENING

pytestmark = pytest.mark.both_engines(long="postgresql")

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
WRONG = timedelta(days=60)


def compare(now, *, boot="first", uptime=0, synchronised=False):
    with db.transaction() as current:
        return clock.compare(current, now, Machine(boot, uptime, synchronised))


def jump(by=WRONG):
    """Two rounds a minute apart, the second with a clock that went wrong in between."""
    now = datetime.now(UTC)
    compare(now, uptime=0)
    return compare(now + MINUTE + by, uptime=60), now + MINUTE + by


def acts():
    return db.session().scalars(select(AuditEvent.act).order_by(AuditEvent.id)).all()


# Whether the clock is believed


@pytest.mark.parametrize(
    ("later", "uptime", "believed"),
    [
        pytest.param(timedelta(minutes=1), 60, True, id="a minute as counted"),
        pytest.param(timedelta(minutes=61), 60, True, id="an hour ahead"),
        pytest.param(timedelta(minutes=62), 60, False, id="more than an hour ahead"),
        pytest.param(timedelta(minutes=-62), 60, False, id="more than an hour back"),
        pytest.param(timedelta(days=3), 3 * 86400, True, id="the job was down for three days"),
        pytest.param(timedelta(days=60), 60, False, id="sixty days ahead"),
    ],
)
def test_a_clock_is_believed_while_it_moves_as_the_machine_counts(app, later, uptime, believed):
    compare(NOW)

    assert compare(NOW + later, uptime=uptime) is believed
    assert clock.is_doubted(db.session()) is not believed


@pytest.mark.parametrize(
    ("later", "synchronised", "believed"),
    [
        pytest.param(timedelta(minutes=5), False, True, id="soon back"),
        pytest.param(timedelta(hours=3), False, False, id="nobody vouches for the clock"),
        pytest.param(timedelta(hours=3), True, True, id="a time service vouches"),
        pytest.param(timedelta(days=-60), False, False, id="an empty battery"),
    ],
)
def test_a_machine_started_again_needs_a_time_service_or_little_time_between(
    app, later, synchronised, believed
):
    compare(NOW, uptime=5000)

    assert compare(NOW + later, boot="second", uptime=40, synchronised=synchronised) is believed


def test_a_clock_put_right_is_believed_again_by_itself_and_the_log_has_both(app):
    compare(NOW)

    assert not compare(NOW + WRONG, uptime=60)
    assert not compare(NOW + WRONG + MINUTE, uptime=120)
    assert compare(NOW + 3 * MINUTE, uptime=180)
    assert not clock.is_doubted(db.session())
    assert acts() == ["clock.doubt", "clock.right_again"]


def test_a_person_may_confirm_the_clock_as_it_was_shown_and_not_another(app):
    compare(NOW)
    compare(NOW + WRONG, uptime=60)
    with db.transaction() as current, pytest.raises(clock.ClockMoved):
        clock.confirm(current, NOW + 2 * WRONG, actor="user:1", now=NOW)

    with db.transaction() as current:
        clock.confirm(current, NOW + WRONG, actor="user:1", now=NOW + WRONG)

    assert compare(NOW + WRONG + MINUTE, uptime=120)
    assert acts() == ["clock.doubt", "clock.confirm"]


def test_the_round_of_the_minute_reads_this_machine_first(app):
    assert next(iter(app.extensions["jobs"])) == "clock"

    done = jobs.run_due(datetime.now(UTC))

    assert done["clock"] is True
    assert db.session().get(ClockReading, "believed").boot == clock.machine().boot


# What waits for a person while it is not


def test_a_minute_of_a_wrong_clock_closes_no_phones_and_the_round_after_it_goes_on(commune, make_survey):
    survey = make_survey(commune)
    believed, wrong = jump()

    schedule.open_and_close(wrong)
    while_wrong = queries.survey(db.session(), survey.id).state
    db.session().rollback()
    compare(datetime.now(UTC) + 2 * MINUTE, uptime=120)
    schedule.open_and_close(survey.closes_at)

    assert not believed
    assert while_wrong is State.OPEN
    assert queries.survey(db.session(), survey.id).state is State.COUNTING


def test_a_confirmed_clock_closes_the_phones_that_are_due(app, commune, make_survey, sign_in):
    app.config["WTF_CSRF_ENABLED"] = False
    survey = make_survey(commune)
    _believed, ahead = jump()
    officer = sign_in(Role.PROVINCE, commune.province)
    today, page = officer.get("/can-bo").text, officer.get("/can-bo/dong-ho").text
    assert "/can-bo/dong-ho" in today
    assert ahead.astimezone().strftime("%Y") in page

    officer.post("/can-bo/dong-ho", data={"shown": ahead.isoformat()})
    schedule.open_and_close(ahead)

    assert not clock.is_doubted(db.session())
    assert queries.survey(db.session(), survey.id).state is State.COUNTING
    assert "/can-bo/dong-ho" not in officer.get("/can-bo").text


def test_who_waits_for_the_phones_reads_why_they_do_not_close(app, commune, make_survey, sign_in):
    survey = make_survey(commune)
    officer = sign_in(Role.COMMUNE, commune.unit)
    before = officer.get(f"/can-bo/dot/{survey.id}").text
    jump()

    assert "Đồng hồ" not in before
    assert "Đồng hồ" in officer.get(f"/can-bo/dot/{survey.id}").text
    assert officer.get("/can-bo/dong-ho").status_code == 403


def test_a_wrong_clock_signs_nobody_out_and_forgets_no_failure(app, commune):
    now = datetime.now(UTC)
    with db.transaction() as current:
        officer = User(email="a", name="A", role="viewer", unit_id=commune.unit.id, created_at=now)
        current.add(officer)
        current.flush()
        sessions.begin(current, officer.id, now=now)
        throttle.record_failure(current, "k", datetime.now(UTC))
        kept_forms.keep(
            current, Posted((("aim", "x"),), ()), user_id=officer.id, page="/", action="/",
            key=kept_forms.new_key(), now=now,
        )  # fmt: skip
    _believed, wrong = jump()

    app.extensions["jobs"].pop("clock")
    jobs.run_due(wrong)

    assert db.session().scalars(select(StaffSession)).all() != []
    assert db.session().scalars(select(Failure)).all() != []
    assert db.session().scalars(select(KeptForm)).all() != []


@pytest.mark.both_engines
def test_the_command_tells_of_the_doubt_and_confirms(app):
    with db.transaction() as current:
        counted = clock.machine()
        clock.compare(current, datetime.now(UTC) - WRONG, counted)

    def run(*arguments):
        return app.test_cli_runner().invoke(args=["fieldwork", "clock", *arguments, "--json"])

    told, confirmed, after = run(), run("--confirm"), run()

    assert json.loads(told.output)["believed"] is False
    assert json.loads(confirmed.output) == json.loads(after.output) == {"believed": True, "doubt": None}


@pytest.mark.both_engines
def test_a_copy_of_progress_taken_under_a_clock_ahead_does_not_stand_for_ever(commune, make_survey):
    survey, now = make_survey(commune), datetime.now(UTC)
    village = commune.villages["Phung"].id
    with db.transaction() as current:
        current.add(
            HourlyProgress(
                survey_id=survey.id, unit_id=village, channel="self_online", answered=9, as_of=now + WRONG
            )
        )

    assert schedule.open_and_close(now)["copied"] == 0
    assert answering.answered_hourly(db.session(), survey.id) == ({}, None)


def test_no_figure_of_a_day_to_come_is_counted_while_the_clock_is_in_doubt(surveys):
    surveys.make(purpose=Purpose.FEEDBACK, state=State.OPEN)
    surveys.answer("0001", None, {"roads": "satisfied"}, times=10)
    jump()

    while_wrong = results.refresh_feedback(EVENING + WRONG)
    compare(datetime.now(UTC) + 2 * MINUTE, uptime=120)

    assert while_wrong == ()
    assert results.refresh_feedback(EVENING) == ("0001",)


def test_a_paper_decision_does_not_lapse_under_a_clock_in_doubt(app):
    jump()

    assert paper_signatures.lapse_due(datetime.now(UTC) + WRONG) == 0


# What is final


def due(now, *subjects):
    with db.transaction() as current:
        return clock.due_on_two_days(current, "act", subjects, now)


def test_what_is_final_happens_when_it_was_due_in_rounds_on_two_days(app):
    #: 23:58 and 00:02 in Vietnam.
    late, past_midnight = datetime(2026, 6, 1, 16, 58, tzinfo=UTC), datetime(2026, 6, 1, 17, 2, tzinfo=UTC)

    assert due(late, "a") == due(late + MINUTE, "a", "b") == ()
    assert due(past_midnight, "a", "c") == ("a",)
    assert db.session().scalars(select(DueAct.subject).order_by(DueAct.subject)).all() == ["a", "c"]


def test_what_was_due_under_a_wrong_clock_alone_begins_again(app):
    due(NOW + WRONG, "a")
    due(NOW + MINUTE)

    assert due(NOW + 2 * WRONG, "a") == ()


def test_a_day_noted_under_a_clock_ahead_does_not_count_as_an_earlier_one(app):
    due(NOW + WRONG, "a")

    assert due(NOW, "a") == ()
    assert due(NOW + DAY, "a") == ("a",)


def test_nothing_is_due_while_the_clock_is_in_doubt(app):
    due(NOW, "a")
    jump()

    assert due(NOW + WRONG, "a") == ()
    assert db.session().scalars(select(DueAct.first_on)).all() == [date(2026, 6, 1)]


@pytest.mark.both_engines
def test_a_wrong_clock_neither_seals_nor_destroys_a_key_though_nobody_noticed_the_jump(surveys):
    """As when the machine was started with a wrong clock: one round on one day is not enough."""
    surveys.make(households={"Một": 10})
    surveys.answer("0001", "Một", {"roads": "satisfied"}, times=2)

    assert results.seal_due(EVENING + WRONG) == {}
    assert results.seal_due(EVENING + WRONG + MINUTE) == {}
    assert results.seal_due(EVENING + WRONG + DAY) == {"0001": "sealed"}


def test_a_key_is_not_destroyed_by_one_reading(commune, make_survey):
    survey = make_survey(commune, State.ANNULLED)
    wrong = datetime.now(UTC) + WRONG

    assert keys_schedule.destroy_keys(wrong) == keys_schedule.destroy_keys(wrong + MINUTE) == ()
    assert keys.store().pepper(survey.id)
    assert keys_schedule.destroy_keys(wrong + DAY) == (survey.id,)


def test_commands_that_depend_on_the_hour_refuse_a_clock_that_jumped(app, commune, make_survey):
    survey = make_survey(commune, State.ANNULLED)
    with db.transaction() as current:
        clock.compare(current, datetime.now(UTC) - WRONG, clock.machine())

    done = [
        app.test_cli_runner().invoke(args=["results", *arguments])
        for arguments in (["destroy-pepper", "--survey", survey.id], ["retain", "--due", "--months", "1"])
    ]

    assert [one.exit_code for one in done] == [1, 1]
    assert all("--confirm" in one.output for one in done)
    assert keys.store().pepper(survey.id)


@pytest.fixture
def commune(make_commune):
    return make_commune(Phung=20)
