"""While paper is counted two bodies may give more time and open the phones again, with a reason that everybody reads."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from survey_app import db
from survey_app.access import Role
from survey_app.approvals import requests as approvals
from survey_app.audit import AuditEvent
from survey_app.config import VIETNAM
from survey_app.fieldwork import acts, calendar, counting, operations, queries, schedule
from survey_app.fieldwork.models import State, Survey
from survey_app.fieldwork.refusals import WrongState
from survey_app.results import retiming
from survey_app.units.queries import civil
from tests.factories import ticket_of
from tests.pages import Page

API = "/api/v1/submissions"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def commune(make_commune):
    return make_commune(Phung=20)


@pytest.fixture
def slips(commune, survey, hand_out):
    return hand_out(survey, commune.villages["Phung"], 4)


@pytest.fixture
def counted(survey, slips, move_on):
    """The survey once its phones are closed."""
    return move_on(survey, State.COUNTING)


@pytest.fixture
def agree(commune, sign_in):
    """Ask by a form of the survey's page as the Front, and agree as the commune."""

    def both(survey, place, **fields):
        front = sign_in(Role.FRONT_COMMUNE, commune.unit)
        page = Page(front.get(f"/can-bo/dot/{survey.id}").text)
        [form] = [form for form in page.forms if form.action.endswith(place)]
        asked = front.post(form.action, data=form.data(**fields))
        if asked.status_code != 302:
            return asked
        db.session().rollback()
        [waiting] = [
            one
            for one in approvals.approvals_of(db.session(), acts.subject(survey.id))
            if one.decision is None
        ]
        other = sign_in(Role.COMMUNE, commune.unit)
        address = f"/can-bo/dot/{survey.id}/duyet/{waiting.id}"
        [form] = [
            form for form in Page(other.get(address).text).forms if not form.action or form.action == address
        ]
        return other.post(address, data=form.data(decision="approved"))

    return both


def read(survey):
    db.session().rollback()
    return queries.survey(db.session(), survey.id)


def noted(act):
    return db.session().scalars(select(AuditEvent).where(AuditEvent.act == act)).one()


def send(client, code, **more):
    body = {"submission_id": str(uuid.uuid4()), "channel": "self_online", "code": code, "answers": {}}
    return client.post(API, json=body | more)


def test_two_bodies_give_more_time_to_key_paper(counted, agree):
    last = civil(counted.counting_ends_at) + 10 * DAY

    agree(
        counted, "/xin-them-ngay-nhap",
        **{"keying-closes_on": last.isoformat(), "keying-reason": "Đường ngập, phiếu về chậm"},
    )  # fmt: skip

    assert read(counted).counting_ends_at == calendar.closing(last)
    assert noted("fieldwork.extend_counting").details["before"] == counted.counting_ends_at.isoformat()


def test_phones_open_again_until_the_hour_and_close_by_the_clock_with_the_full_time_for_paper(
    app, client, counted, slips, agree
):
    until = datetime.combine(civil(datetime.now(UTC)) + 3 * DAY, datetime.min.time(), VIETNAM) + 17 * HOUR
    closed = send(client, slips[0]).status_code

    reply = agree(
        counted, "/xin-mo-lai",
        **{"reopen-closes_on": until.date().isoformat(), "reopen-hour": "17:00", "reopen-reason": "Mất sóng ba ngày"},
    )  # fmt: skip
    again = read(counted)
    opened = send(client, slips[0]).status_code
    schedule.open_and_close(until - timedelta(minutes=1))
    before = read(counted).state
    schedule.open_and_close(until)
    after = read(counted)

    assert reply.status_code == 303
    assert (closed, opened) == (410, 201)
    assert (again.state, again.closes_at, again.phones_closed_at) == (State.OPEN, until, None)
    assert (before, after.state, after.phones_closed_at) == (State.OPEN, State.COUNTING, until)
    assert after.counting_ends_at == calendar.Keying.by(app.extensions["settings"]).ends(until)
    assert noted("fieldwork.reopen").details["before"] == counted.phones_closed_at.isoformat()


def test_a_form_opened_while_the_phones_were_open_again_may_still_arrive_after_the_second_closing(
    client, survey, counted, slips
):
    now = datetime.now(UTC)
    ticket = ticket_of(slips[0], now + HOUR)
    first = send(client, slips[0], ticket=ticket).status_code
    with db.transaction() as current:
        counting.reopen(current, survey.id, now + 2 * HOUR, reason="Mất sóng", actor="operator", now=now)
    schedule.open_and_close(now + 2 * HOUR)

    assert first == 410
    assert send(client, slips[0], ticket=ticket).status_code == 201


@pytest.mark.parametrize(
    ("place", "typed"),
    [
        ("/xin-them-ngay-nhap", {"keying-closes_on": "2020-01-01", "keying-reason": "Lũ"}),
        ("/xin-mo-lai", {"reopen-closes_on": "2020-01-01", "reopen-reason": "Lũ"}),
        ("/xin-mo-lai", {"reopen-closes_on": "2099-01-01", "reopen-reason": ""}),
    ],
    ids=["keying earlier", "an hour gone by", "no reason"],
)
def test_what_cannot_be_is_refused_when_it_is_asked_and_what_was_typed_stays(counted, agree, place, typed):
    reply = agree(counted, place, **typed)

    assert reply.status_code == 422
    assert typed[next(iter(typed))] in reply.text
    assert read(counted).state is State.COUNTING


@pytest.mark.parametrize("state", [State.OPEN, State.SEALED])
def test_before_the_phones_close_and_after_the_seal_neither_is_possible(commune, make_survey, state):
    found, now = make_survey(commune, state), datetime.now(UTC)

    with db.transaction() as current, pytest.raises(WrongState):
        counting.reopen(current, found.id, now + DAY, reason="x", actor="operator", now=now)
    with db.transaction() as current, pytest.raises(WrongState):
        counting.extend(current, found.id, now + 99 * DAY, reason="x", actor="operator", now=now)


def test_phones_do_not_open_again_into_the_days_of_another_survey(commune, make_survey, survey, counted):
    with db.transaction() as current:
        current.get_one(Survey, survey.id).closes_at = datetime.now(UTC) - HOUR
    now = datetime.now(UTC)
    make_survey(commune, State.OPEN, opens_at=now, closes_at=now + 9 * DAY)

    with db.transaction() as current, pytest.raises(WrongState, match="0002"):
        counting.reopen(current, survey.id, now + DAY, reason="x", actor="operator", now=now)


def test_every_change_of_the_announced_days_is_told_with_its_reason(app, survey, agree, move_on):
    later = survey.last_day + DAY
    agree(survey, "/xin-gia-han", **{"extend-closes_on": later.isoformat(), "extend-reason": "Mưa lũ."})
    found = move_on(survey, State.COUNTING)
    ends = civil(found.counting_ends_at) + 9 * DAY
    agree(
        found, "/xin-them-ngay-nhap", **{"keying-closes_on": ends.isoformat(), "keying-reason": "Đường ngập"}
    )
    agree(found, "/xin-mo-lai", **{"reopen-closes_on": later.isoformat(), "reopen-reason": "Mất sóng"})

    db.session().rollback()
    with app.test_request_context():
        told = [retiming.sentence(change) for change in retiming.changes(db.session(), survey.id)]

    assert [said.rpartition(": ")[2] for said in told] == ["Mưa lũ.", "Đường ngập.", "Mất sóng."]
    assert f"{later:%d/%m/%Y}" in told[0]
    assert f"{ends:%d/%m/%Y}" in told[1]


def test_a_moved_end_of_phones_does_not_pass_over_a_state_that_moved_on(counted):
    with db.transaction() as current, pytest.raises(WrongState):
        operations.extend(
            current, counted.id, counted.closes_at + DAY, reason="x", actor="operator", now=datetime.now(UTC)
        )
