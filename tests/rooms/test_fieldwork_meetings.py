"""Announcing meetings of villages: before they begin they explain a crowd, afterwards they are only told."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from survey_app import db
from survey_app.access import Identity, Role
from survey_app.accounts import todo
from survey_app.audit import AuditEvent
from survey_app.fieldwork import meetings
from survey_app.fieldwork.models import Meeting, Purpose, State
from survey_app.fieldwork.queries import SurveyNotFound
from survey_app.fieldwork.refusals import WrongState
from survey_app.templating import clock, day
from survey_app.units import queries as units
from tests.pages import Page

HOUR = timedelta(hours=1)


@pytest.fixture
def now():
    return datetime.now(UTC).replace(second=0, microsecond=0)


def tell(survey, village, starts_at, *, now, hours=2):
    """Announce a meeting of that village, as the commune does."""
    plan = meetings.MeetingAnnouncement(village.id, starts_at, starts_at + hours * HOUR, "Nhà rông")
    with db.transaction() as current:
        return meetings.announce(current, survey.id, plan, actor="user:1", now=now)


def typed(survey, village, starts_at, ends_at, place="Nhà rông"):
    """What an officer types into the form."""
    return {
        "village": village.code,
        "on": day(starts_at),
        "starts": clock(starts_at),
        "ends": clock(ends_at),
        "place": place,
    }


def act_names(survey):
    rows = db.session().query(AuditEvent).filter_by(subject=f"survey:{survey.id}").order_by(AuditEvent.id)
    return [row.act for row in rows if "meeting" in row.act]


def is_meeting(survey_id, village, start, end):
    values = {"survey": survey_id, "village": village.id, "start": start, "end": end}
    return db.session().scalar(select(meetings.announced_between()), values)


def test_a_meeting_told_before_it_begins_explains_the_time_it_lasts(commune, survey, now):
    village = commune.villages["Phung"]
    told = tell(survey, village, now + HOUR, now=now)

    def during(start, minutes=10):
        return is_meeting(survey.id, village, start, start + timedelta(minutes=minutes))

    assert told.is_announced
    assert during(now + HOUR)
    assert during(now + 3 * HOUR)
    assert during(now + HOUR - timedelta(minutes=9))
    assert not during(now + HOUR - timedelta(minutes=10))
    assert not during(now + 3 * HOUR + timedelta(minutes=1))
    assert act_names(survey) == ["fieldwork.announce_meeting"]


def test_it_explains_nothing_in_another_village_or_survey(commune, survey, make_survey, now):
    tell(survey, commune.villages["Phung"], now + HOUR, now=now)
    start = now + HOUR

    assert not is_meeting(survey.id, commune.villages["Bang"], start, start + HOUR)
    assert not is_meeting("ZZZ", commune.villages["Phung"], start, start + HOUR)


@pytest.mark.parametrize("since", [timedelta(0), timedelta(minutes=30), timedelta(hours=30)])
def test_a_meeting_told_when_it_has_begun_is_kept_as_late_and_explains_nothing(commune, survey, now, since):
    village = commune.villages["Phung"]

    told = tell(survey, village, now - since, now=now)

    assert told.is_late
    assert not told.is_announced
    assert not is_meeting(survey.id, village, now - since, now)
    assert act_names(survey) == ["fieldwork.tell_meeting_late"]


def test_an_announcement_can_be_withdrawn_until_it_begins_and_then_explains_nothing(commune, survey, now):
    village = commune.villages["Phung"]
    for _time in range(2):
        tell(survey, village, now + HOUR, now=now)
    with db.transaction() as current:
        meetings.withdraw(current, survey.id, 1, actor="user:2", now=now)
    with db.transaction() as current, pytest.raises(WrongState):
        meetings.withdraw(current, survey.id, 2, actor="user:2", now=now + HOUR)

    first, second = meetings.meetings(db.session(), survey.id)
    assert not first.is_announced
    assert second.is_announced
    with db.transaction() as current, pytest.raises(WrongState):
        meetings.withdraw(current, survey.id, 1, actor="user:2", now=now)
    assert act_names(survey)[-1] == "fieldwork.withdraw_meeting"


def test_a_meeting_lies_within_the_days_of_the_survey_and_in_a_village_of_it(
    commune, survey, make_commune, now
):
    other = make_commune("98002", "Khác", Xa=10)

    with pytest.raises(WrongState):
        tell(survey, commune.villages["Phung"], now + timedelta(days=30), now=now)
    with pytest.raises(WrongState):
        tell(survey, commune.villages["Phung"], now - timedelta(days=30), now=now)
    with pytest.raises(SurveyNotFound):
        tell(survey, other.villages["Xa"], now + HOUR, now=now)
    assert db.session().query(Meeting).count() == 0


def test_after_sealing_nothing_is_told_any_more_and_while_counting_only_afterwards(
    commune, survey, move_on, now
):
    village = commune.villages["Phung"]
    move_on(survey, State.COUNTING)

    assert tell(survey, village, now - HOUR, now=now).is_late
    with pytest.raises(WrongState):
        tell(survey, village, now + HOUR, now=now)
    move_on(survey, State.SEALED)
    with pytest.raises(WrongState):
        tell(survey, village, now - 2 * HOUR, now=now)


def test_the_commune_announces_by_the_form_and_everybody_reads_it_on_the_survey_page(
    commune, survey, sign_in, client, now
):
    # Noon of tomorrow, so that a meeting of two hours ends on the day it begins.
    start = datetime.combine(units.civil(now) + timedelta(days=1), datetime.min.time(), UTC) + 5 * HOUR
    person = sign_in(Role.COMMUNE, commune.unit)
    address = f"/can-bo/dot/{survey.id}/hop"
    form = dict(Page(person.get(address).text).form(action=address).data())

    reply = person.post(
        address, data={**form, **typed(survey, commune.villages["Phung"], start, start + HOUR)}
    )

    assert reply.status_code == 303
    [told] = meetings.meetings(db.session(), survey.id)
    assert (told.starts_at, told.ends_at, told.place) == (start, start + HOUR, "Nhà rông")
    reader = sign_in(Role.VIEWER, commune.unit)
    assert "Nhà rông" in reader.get(f"/can-bo/dot/{survey.id}").text
    assert f'action="{address}"' not in reader.get(address).text


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"place": ""}, 422),
        ({"ends": "00:01"}, 422),
        ({"starts": "sáng"}, 422),
        ({"on": "01/01/2020"}, 409),
        ({"village": "khong-co"}, 422),
    ],
    ids=["no place", "ends first", "no time", "another year", "another village"],
)
def test_what_cannot_be_announced_is_refused_and_what_was_typed_stays(
    app, commune, survey, sign_in, now, change, status
):
    app.config["WTF_CSRF_ENABLED"] = False
    start = datetime.combine(units.civil(now) + timedelta(days=1), datetime.min.time(), UTC) + 5 * HOUR
    person = sign_in(Role.FRONT_COMMUNE, commune.unit)
    body = {**typed(survey, commune.villages["Phung"], start, start + HOUR, "Nhà văn hóa"), **change}

    reply = person.post(f"/can-bo/dot/{survey.id}/hop", data=body)

    assert reply.status_code == status
    assert ("Nhà văn hóa" in reply.text) == ("place" not in change)
    assert db.session().query(Meeting).count() == 0


def test_a_draft_and_a_feedback_survey_have_no_meetings(commune, make_survey, sign_in):
    draft = make_survey(commune, State.DRAFT)
    feedback = make_survey(commune, purpose=Purpose.FEEDBACK, form="xa-ntm-2026")
    person = sign_in(Role.COMMUNE, commune.unit)

    for survey in (draft, feedback):
        assert person.get(f"/can-bo/dot/{survey.id}/hop").status_code == 404


def test_meetings_of_today_and_tomorrow_stand_on_the_list_of_today(app, commune, survey, now):
    village = commune.villages["Phung"]
    tell(survey, village, now + HOUR, now=now)
    tell(survey, village, now + timedelta(days=3), now=now)
    tell(survey, village, now - HOUR, now=now)

    for role, count in ((Role.COMMUNE, 1), (Role.FRONT_COMMUNE, 1), (Role.CLERK, 0)):
        person = identity(role, commune.unit)
        with app.test_request_context():
            found = [item for item in todo.todos(db.session(), person, now) if item.url.endswith("/hop")]

        assert len(found) == count


def identity(role, unit):
    """A person of that role on that unit."""
    return Identity(1, "Cán bộ", role, unit.id, unit.path)
