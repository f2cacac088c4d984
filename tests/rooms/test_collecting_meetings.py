"""Paper of a meeting: counted first, keyed as a batch of its own, and told apart to the tally and the minutes."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from survey_app import db, i18n, keys
from survey_app.access import Role
from survey_app.audit import AuditEvent
from survey_app.collecting import meeting_batches
from survey_app.collecting.models import Response
from survey_app.fieldwork import meetings
from survey_app.fieldwork.models import Channel, Meeting, State
from survey_app.fieldwork.refusals import MorePresentThanAsked, WrongState
from survey_app.reporting import papers, printing
from survey_app.sealing import verification
from tests.pages import Page
from tests.readers import words

HOUR = timedelta(hours=1)


@pytest.fixture
def held(commune, survey):
    """A meeting of Phung that was announced in time and is over; nobody counted yet."""
    now = datetime.now(UTC)
    return tell(survey, commune.villages["Phung"], now - 4 * HOUR, now=now - 5 * HOUR)


def tell(survey, village, starts_at, *, now):
    plan = meetings.MeetingAnnouncement(village.id, starts_at, starts_at + 2 * HOUR, "Nhà rông")
    with db.transaction() as current:
        return meetings.announce(current, survey.id, plan, actor="user:1", now=now)


def count(survey, meeting, present, now=None):
    with db.transaction() as current:
        meetings.count_present(
            current, survey.id, meeting.id, present, actor="user:1", now=now or datetime.now(UTC)
        )


def key(clerk, survey, code, *, batch=None, **fields):
    """Key a slip digit by digit as of that meeting, and store it at once."""
    address = f"/can-bo/nhap-phieu/{survey.id}"
    chosen = "" if batch is None else f"&hop={batch.id}"
    form = Page(clerk.get(f"{address}?cach=tung-so{chosen}").text).form(class_="paper-form")
    reply = clerk.post(address, data=form.keyed(_code=code, planning="satisfied", **fields))
    clerk.post(f"{address}/luu", data={"csrf_token": form.data()["csrf_token"]})
    return reply


def channels():
    current = db.session()
    current.rollback()
    return sorted(current.scalars(select(Response.channel)))


def test_households_present_are_counted_once_it_began_and_corrected_on_record(survey, held):
    count(survey, held, 15)
    count(survey, held, 14)

    acts = db.session().scalars(select(AuditEvent).where(AuditEvent.act == "fieldwork.count_present")).all()
    assert db.session().get_one(Meeting, (survey.id, held.id)).present == 14
    assert [act.details["changes"]["present"] for act in acts] == [[None, 15], [15, 14]]


def test_more_households_than_the_village_has_or_a_meeting_to_come_are_not_counted(commune, survey, held):
    now = datetime.now(UTC)
    coming = tell(survey, commune.villages["Bang"], now + HOUR, now=now)

    with pytest.raises(MorePresentThanAsked):
        count(survey, held, 21)
    with pytest.raises(WrongState):
        count(survey, coming, 5)


def test_a_sealed_survey_keeps_its_count(survey, held, move_on):
    count(survey, held, 15)
    move_on(survey, State.COUNTING)
    move_on(survey, State.SEALED)

    with pytest.raises(WrongState):
        count(survey, held, 16)


def test_the_page_takes_the_number_and_today_asks_for_it_until_then(commune, survey, held, sign_in):
    officer = sign_in(Role.FRONT_COMMUNE, commune.unit)
    asked = "số hộ có mặt"
    before = officer.get("/can-bo").text
    form = Page(officer.get(f"/can-bo/dot/{survey.id}/hop").text).form(
        action=f"/can-bo/dot/{survey.id}/hop/{held.id}/co-mat"
    )

    refused = officer.post(form.action, data=form.data(present="40"), follow_redirects=True)
    kept = officer.post(form.action, data=form.data(present="15"), follow_redirects=True)

    assert asked in before.lower()
    assert refused.status_code == 422
    assert "20 hộ" in refused.text
    assert 'value="40"' in refused.text
    assert "15 hộ có mặt" in kept.text
    assert asked not in officer.get("/can-bo").text.lower()


def test_who_counts_second_sees_what_the_first_one_kept(commune, survey, held, sign_in):
    officer = sign_in(Role.FRONT_COMMUNE, commune.unit)
    address = f"/can-bo/dot/{survey.id}/hop/{held.id}/co-mat"
    opened = Page(officer.get(f"/can-bo/dot/{survey.id}/hop").text).form(action=address)
    count(survey, held, 12)

    shown = officer.post(address, data=opened.data(present="3"))

    assert shown.status_code == 409
    assert "12 hộ có mặt" in shown.text
    form = Page(shown.text).form(action=address)
    assert form.data()["present"] == ["3"]
    assert officer.post(address, data=form.data()).status_code == 303
    db.session().rollback()
    assert db.session().get_one(Meeting, (survey.id, held.id)).present == 3


@pytest.mark.both_engines
@pytest.mark.usefixtures("undrawn")
def test_paper_of_a_meeting_is_a_channel_of_its_own_up_to_the_tally_and_the_minutes(
    commune, survey, held, hand_out, sign_in, move_on
):
    codes = hand_out(survey, commune.villages["Phung"], 3)
    count(survey, held, 15)
    clerk = sign_in(Role.CLERK, commune.unit)

    key(clerk, survey, codes[0], batch=held)
    key(clerk, survey, codes[1])  # what was chosen stays chosen
    page = clerk.get(f"/can-bo/nhap-phieu/{survey.id}").text
    clerk.get(f"/can-bo/nhap-phieu/{survey.id}?hop=")
    key(clerk, survey, codes[2])

    assert channels() == [Channel.MEETING, Channel.MEETING, Channel.PAPER_ENTRY]
    assert "15" in Page(page).text("strong")
    move_on(survey, State.COUNTING)
    move_on(survey, State.SEALED)
    exact = papers.exact(db.session(), survey.id)
    assert exact.total.card.channels == {Channel.MEETING: 2, Channel.PAPER_ENTRY: 1}
    [told] = exact.meetings
    with i18n.force_locale("vi"):
        printed = printing.minutes(exact, datetime.now(UTC))
    assert "Nhà rông; số hộ có mặt: 15; phiếu họp của thôn: 2" in words(printed)
    assert verification.verify(db.session(), survey.id, keys.store()).equal
    assert (told.meeting.place, told.meeting.present, told.slips) == ("Nhà rông", 15, 2)


def test_a_slip_of_another_village_is_no_slip_of_the_meeting(commune, survey, held, hand_out, sign_in):
    [code] = hand_out(survey, commune.villages["Bang"], 1)
    count(survey, held, 15)
    clerk = sign_in(Role.CLERK, commune.unit)

    reply = key(clerk, survey, code, batch=held)
    form = Page(clerk.get(f"/can-bo/nhap-phieu/{survey.id}").text).form(class_="paper-form")
    looked = clerk.post(f"/can-bo/nhap-phieu/{survey.id}/ma", data=form.data(_code=code))

    said = meeting_batches.NotOfTheMeeting(commune.villages["Bang"].full_name).message
    assert reply.status_code == 409
    assert said in Page(reply.text).text("small")
    assert looked.get_json()["message"] == said
    assert channels() == []


def test_a_meeting_that_was_not_counted_is_no_batch(commune, survey, held, hand_out, sign_in):
    [code] = hand_out(survey, commune.villages["Phung"], 1)
    clerk = sign_in(Role.CLERK, commune.unit)
    form = Page(clerk.get(f"/can-bo/nhap-phieu/{survey.id}?cach=tung-so").text).form(class_="paper-form")

    reply = clerk.post(
        f"/can-bo/nhap-phieu/{survey.id}", data=form.keyed(_code=code, planning="satisfied", _meeting="1")
    )

    assert reply.status_code == 404
    assert meeting_batches.NoSuchMeeting().message in reply.text
    assert channels() == []


def test_a_mended_slip_stays_in_its_batch(commune, survey, held, hand_out, sign_in):
    [code] = hand_out(survey, commune.villages["Phung"], 1)
    count(survey, held, 15)
    clerk = sign_in(Role.CLERK, commune.unit)
    address = f"/can-bo/nhap-phieu/{survey.id}"
    form = Page(clerk.get(f"{address}?cach=tung-so&hop={held.id}").text).form(class_="paper-form")
    clerk.post(address, data=form.keyed(_code=code, planning="satisfied"))
    clerk.get(f"{address}?hop=")

    mend = Page(clerk.get(f"{address}/sua").text).form(class_="paper-form")
    clerk.post(address, data=mend.keyed(planning="dissatisfied"))
    clerk.post(f"{address}/luu", data={"csrf_token": form.data()["csrf_token"]})

    assert channels() == [Channel.MEETING]
