"""A survey that was cancelled as a whole: what becomes of its answers, and of the key of its slips."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from survey_app import db, keys
from survey_app.access import Role
from survey_app.collecting.models import AnnulledResponse, Response, RetainedLeaf, SpentCode
from survey_app.fieldwork.models import State, Survey
from survey_app.privacy import erasing, retention
from survey_app.results import custody
from survey_app.results import schedule as keys_schedule
from survey_app.sealing import schedule

pytestmark = pytest.mark.both_engines


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


def test_the_minute_job_destroys_a_key_when_nothing_keeps_it_any_more_and_again_if_it_comes_back(cancelled):
    now, store = datetime.now(UTC), keys.store()
    with db.transaction() as current:
        custody.open_complaint(current, cancelled.id, "Mất phiếu", actor="operator", now=now)
    complained = keys_schedule.destroy_keys(now + timedelta(days=31))
    with db.transaction() as current:
        [complaint] = custody.custody(current, cancelled.id, now).complaints
        custody.close_complaint(current, cancelled.id, complaint.id, "Đã trả lời", actor="operator", now=now)
    early = keys_schedule.destroy_keys(now + timedelta(days=29))
    store.pepper(cancelled.id)

    due = keys_schedule.destroy_keys(now + timedelta(days=31))
    done = keys_schedule.destroy_keys(now + timedelta(days=32))
    with pytest.raises(keys.KeyMissing):
        store.pepper(cancelled.id)
    store.ensure_pepper(cancelled.id)
    keys_schedule.destroy_keys(now + timedelta(days=33))

    assert (complained, early, due, done) == ((), (), (), (cancelled.id,))
    with pytest.raises(keys.KeyMissing):
        store.pepper(cancelled.id)


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


@pytest.fixture
def answered(client, commune, make_survey, hand_out, submission, move_on):
    """A survey that was cancelled before its seal after one household had answered; what it sent, and the reply."""
    survey = make_survey(commune)
    sent = submission(code=hand_out(survey, commune.villages["Phung"], 1)[0])
    reply = client.post("/api/v1/submissions", json=sent)
    return move_on(survey, State.ANNULLED), sent, reply


def rows(table):
    db.session().rollback()
    return db.session().scalar(select(func.count()).select_from(table))


def remove(survey, *, before):
    with db.transaction() as current:
        return retention.remove_answers(current, survey.id, before, actor="operator", now=datetime.now(UTC))


def test_the_minute_job_sets_the_answers_of_a_cancelled_survey_aside_once(answered):
    survey, _sent, _reply = answered

    assert schedule.set_aside_cancelled(datetime.now(UTC)) == {survey.id: 1}
    assert schedule.set_aside_cancelled(datetime.now(UTC)) == {}
    assert (rows(Response), rows(AnnulledResponse), rows(SpentCode)) == (0, 1, 1)


def test_what_setting_aside_leaves_on_the_disk_is_owed_and_erased(answered, monkeypatch):
    monkeypatch.setattr(erasing, "SMALL", 0)
    midnight = datetime(2026, 6, 1, 18, tzinfo=UTC)
    schedule.set_aside_cancelled(datetime.now(UTC))

    by_day = erasing.erase_owed(db.database.engine, datetime(2026, 6, 1, 9, tzinfo=UTC), actor="job")

    assert {"responses", "slips", "spent_codes"} <= set(by_day)
    assert erasing.erase_owed(db.database.engine, midnight, actor="job") == ()


def test_a_repeated_sending_still_gets_its_receipt_and_hears_that_it_does_not_count(client, answered):
    _survey, sent, reply = answered
    schedule.set_aside_cancelled(datetime.now(UTC))

    again = client.post("/api/v1/submissions", json=sent)

    assert (again.status_code, again.json["receipt"]) == (200, reply.json["receipt"])
    assert (again.json["annulled"], again.json["counted"]) == (True, False)


def test_the_answers_of_a_cancelled_survey_are_kept_for_their_time_and_then_removed(answered):
    survey, _sent, _reply = answered
    schedule.set_aside_cancelled(datetime.now(UTC))
    later = datetime.now(UTC) + timedelta(days=1)

    with pytest.raises(retention.TooEarly):
        remove(survey, before=datetime.now(UTC) - timedelta(days=1))
    assert retention.due(db.session(), later) == (survey.id,)
    assert remove(survey, before=later).answers == 1

    assert (rows(AnnulledResponse), rows(RetainedLeaf)) == (0, 1)
    assert retention.due(db.session(), later) == ()
