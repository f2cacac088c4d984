"""A survey in the field: its slips, its frame, the clock that opens and closes it, and what its pages show."""

from datetime import UTC, datetime, timedelta

import pytest

from survey_app import db
from survey_app.access import Role
from survey_app.fieldwork import answering, batches, calendar, frames, operations, queries, refusals, schedule
from survey_app.fieldwork.calendar import Keying
from survey_app.fieldwork.models import HourlyProgress, State
from tests.pages import Page
from tests.rooms.test_fieldwork_surveys import DAY, fresh, state_of


@pytest.fixture
def two_bodies(commune, sign_in):
    """Continue as the commune or as its Front."""

    def enter(body):
        return sign_in({"commune": Role.COMMUNE, "front": Role.FRONT_COMMUNE}[body], commune.unit)

    return enter


def test_slips_are_limited_to_households_and_spares(commune, make_survey, hand_out):
    survey, village = make_survey(commune), commune.villages["Phung"]
    hand_out(survey, village, 21)

    with pytest.raises(refusals.TooManySlips):
        hand_out(survey, village, 1)


def test_a_voided_batch_makes_room_for_a_new_one(commune, make_survey, hand_out):
    survey, village = make_survey(commune), commune.villages["Phung"]
    hand_out(survey, village, 21)
    with db.transaction() as current:
        batches.void_batch(current, survey.id, 1, reason="Mất", actor="operator", now=datetime.now(UTC))

    assert len(hand_out(survey, village, 21)) == 21


def test_slips_are_made_before_the_first_day_and_not_after_the_phones_closed(
    commune, make_survey, make_commune, hand_out, move_on
):
    other = make_commune("98002", "Khác")
    closed = move_on(make_survey(other), State.COUNTING)

    assert hand_out(make_survey(commune, State.PUBLISHED), commune.villages["Phung"])
    with pytest.raises(operations.WrongState):
        hand_out(closed, other.villages["Phung"])


@pytest.mark.parametrize("count", [0, -1, 10**6])
def test_a_senseless_number_of_slips_is_refused(commune, make_survey, hand_out, count):
    with pytest.raises(refusals.TooManySlips):
        hand_out(make_survey(commune), commune.villages["Phung"], count)


def test_a_corrected_number_of_households_keeps_the_old_one_and_its_reason(commune, make_survey, two_bodies):
    survey, village = make_survey(commune), commune.villages["Phung"]
    client = two_bodies("commune")
    address = f"/can-bo/dot/{survey.id}/khung/{village.code}"
    (form,) = [
        form
        for form in Page(client.get(address).text).forms
        if any(name == "households" for name, _ in form.fields)
    ]

    client.post(address, data=form.data(households="23", reason="Ba hộ mới tách"))

    line = frames.frame_line(fresh(), survey.id, village.code)
    (correction,) = line.corrections
    assert (line.households, correction.households_before, correction.households) == (23, 20, 23)
    assert "Ba hộ mới tách" in client.get(f"/can-bo/dot/{survey.id}").text


def test_the_frame_is_settled_once_the_phones_are_closed(commune, make_survey, move_on):
    survey = move_on(make_survey(commune), State.COUNTING)

    with pytest.raises(operations.FrameClosed), db.transaction() as current:
        operations.correct_frame(
            current,
            survey.id,
            commune.villages["Phung"].id,
            30,
            reason="x",
            actor="operator",
            now=datetime.now(UTC),
        )


def test_the_clock_opens_what_is_due_and_closes_what_is_over(commune, make_survey):
    survey = make_survey(commune, State.PUBLISHED)

    before = schedule.open_and_close(survey.opens_at - timedelta(seconds=1))
    opened = schedule.open_and_close(survey.opens_at)
    opened_state = state_of(survey)
    closed = schedule.open_and_close(survey.closes_at)

    assert [(job["opened"], job["closed"]) for job in (before, opened, closed)] == [(0, 0), (1, 0), (0, 1)]
    assert (opened_state, state_of(survey)) == (State.OPEN, State.COUNTING)


def test_running_the_clock_twice_changes_nothing(commune, make_survey):
    survey = make_survey(commune)
    schedule.open_and_close(survey.closes_at)
    before = queries.survey(fresh(), survey.id)

    schedule.open_and_close(survey.closes_at + timedelta(hours=3))

    assert queries.survey(fresh(), survey.id) == before


def test_a_clock_that_is_set_back_never_opens_a_survey_again(commune, make_survey, move_on):
    survey = move_on(make_survey(commune), State.COUNTING)

    schedule.open_and_close(survey.opens_at)

    assert state_of(survey) is State.COUNTING


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=40), timedelta(hours=7)])
def test_keying_has_its_days_from_the_announced_end_even_if_the_job_is_late(commune, make_survey, late):
    survey = make_survey(commune)

    schedule.open_and_close(survey.closes_at + late)

    found = queries.survey(fresh(), survey.id)
    assert found.counting_ends_at == Keying(5).ends(survey.closes_at)
    assert found.phones_closed_at == survey.closes_at + late


def test_keying_has_its_full_time_after_a_server_that_was_down_for_days(commune, make_survey):
    survey = make_survey(commune)
    returned = survey.closes_at + 9 * DAY

    schedule.open_and_close(returned)

    assert queries.survey(fresh(), survey.id).counting_ends_at == Keying(5).ends(returned)


def test_screens_show_how_many_answered_as_of_the_last_full_hour(
    client, commune, make_survey, hand_out, submission, two_bodies
):
    survey = make_survey(commune)
    slips = hand_out(survey, commune.villages["Phung"], 3)
    hour = calendar.full_hour(datetime.now(UTC))
    client.post("/api/v1/submissions", json=submission(code=slips[0]))
    schedule.open_and_close(hour)
    client.post("/api/v1/submissions", json=submission(code=slips[1]))
    schedule.open_and_close(hour + timedelta(minutes=59))

    shown, as_of = answering.answered_hourly(fresh(), survey.id)
    now = answering.answered_now(fresh(), survey.id)

    assert (sum(shown.values()), sum(now.values()), as_of) == (1, 2, hour)
    schedule.open_and_close(hour + timedelta(minutes=60))
    assert sum(answering.answered_hourly(fresh(), survey.id)[0].values()) == 2
    assert two_bodies("commune").get(f"/can-bo/dot/{survey.id}").status_code == 200


def test_more_answers_than_households_are_shown_as_an_error(commune, make_survey, two_bodies):
    survey, village = make_survey(commune), commune.villages["Phung"]
    with db.transaction() as current:
        current.add(
            HourlyProgress(
                survey_id=survey.id,
                unit_id=village.id,
                channel="self_online",
                answered=21,
                as_of=datetime.now(UTC),
            )
        )

    assert "field-error" in two_bodies("commune").get(f"/can-bo/dot/{survey.id}").text


@pytest.mark.parametrize(
    "state", [State.DRAFT, State.PUBLISHED, State.OPEN, State.COUNTING, State.SEALED, State.ANNULLED]
)
@pytest.mark.parametrize("role", [Role.COMMUNE, Role.FRONT_COMMUNE, Role.VIEWER])
def test_the_page_of_a_survey_shows_in_every_state_to_everybody_who_may_read(
    commune, make_survey, sign_in, state, role
):
    survey = make_survey(commune, state)
    client = sign_in(role, commune.unit)

    assert client.get(f"/can-bo/dot/{survey.id}").status_code == 200
    assert survey.id in client.get("/can-bo/dot").text
    assert client.get("/can-bo").status_code == 200


def test_an_officer_of_another_commune_finds_nothing(commune, make_commune, make_survey, sign_in):
    survey = make_survey(commune)
    stranger = sign_in(Role.COMMUNE, make_commune("98002", "Khác").unit)

    for path in ("", "/sua", "/duyet/1", "/huy-phieu/1", f"/khung/{commune.villages['Phung'].code}"):
        assert stranger.get(f"/can-bo/dot/{survey.id}{path}").status_code == 404
    assert survey.id not in Page(stranger.get("/can-bo/dot").text).text("td")


@pytest.mark.parametrize(
    "path", ["/can-bo/dot/0001/duyet/99999999999999999999", "/can-bo/dot/0001/huy-phieu/2147483648"]
)
def test_a_number_that_no_column_holds_is_a_page_that_does_not_exist(commune, two_bodies, path):
    assert two_bodies("commune").get(path).status_code == 404
