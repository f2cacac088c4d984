"""The key of the slips of a survey that was cancelled as a whole: how long it is kept, and what its slips say after."""

from datetime import UTC, datetime, timedelta

import pytest

from survey_app import db, keys
from survey_app.access import Role
from survey_app.fieldwork.models import State, Survey
from survey_app.results import custody


@pytest.fixture
def commune(make_commune):
    return make_commune(Phung=20)


@pytest.fixture
def cancelled(commune, make_survey):
    return make_survey(commune, State.ANNULLED)


def destroy(survey, *, days):
    with db.transaction() as current:
        custody.record_destruction(
            current, survey.id, actor="operator", now=datetime.now(UTC) + timedelta(days=days)
        )


def test_the_key_of_a_cancelled_survey_is_kept_for_thirty_days_and_then_destroyed(cancelled):
    with pytest.raises(custody.KeyKept, match="30 ngày"):
        destroy(cancelled, days=29)
    destroy(cancelled, days=31)

    db.session().rollback()
    assert db.session().get_one(Survey, cancelled.id).pepper_destroyed_at is not None


def test_an_open_complaint_keeps_the_key_of_a_cancelled_survey(cancelled):
    with db.transaction() as current:
        custody.open_complaint(current, cancelled.id, "Mất phiếu", actor="operator", now=datetime.now(UTC))

    with pytest.raises(custody.KeyKept, match="khiếu nại"):
        destroy(cancelled, days=400)


def test_without_its_key_a_slip_still_says_that_the_survey_was_cancelled(
    app, client, commune, make_survey, move_on, hand_out
):
    survey = make_survey(commune)
    code = hand_out(survey, commune.villages["Phung"], 1)[0]
    cancelled = move_on(survey, State.ANNULLED)
    destroy(cancelled, days=31)
    keys.store().destroy_pepper(cancelled.id)

    page = client.get(f"/k/{code}")

    assert page.status_code == 410
    assert "đã bị hủy" in page.text
    assert client.post(f"/k/{code}", data={"_step": "send"}).status_code == 410
    assert client.get("/healthz").status_code == 200


def test_the_province_sees_when_the_key_of_a_cancelled_survey_may_go(client, commune, cancelled, sign_in):
    sign_in(Role.PROVINCE, commune.province)

    page = client.get(f"/can-bo/dot/{cancelled.id}/khieu-nai").text

    assert "30 ngày" in page
    assert f"/can-bo/dot/{cancelled.id}/khieu-nai" in client.get(f"/can-bo/dot/{cancelled.id}").text
