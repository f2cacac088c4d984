"""Where a result hangs in public: who records it, what the days are, and that nothing on record ever changes."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from survey_app import db
from survey_app.access import Identity, Role
from survey_app.accounts import todo
from survey_app.audit import AuditEvent
from survey_app.criteria.findings import Verdict
from survey_app.fieldwork.models import FrameRow, Purpose, State
from survey_app.results import postings
from survey_app.results.models import Posting
from survey_app.results.postings import Noted
from survey_app.units.models import Unit
from tests.pages import Page

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
#: The seal is 20 days older.
SEALED = date(2026, 5, 12)
FIRST, LAST = SEALED + timedelta(days=1), SEALED + timedelta(days=11)


@pytest.fixture
def commune(province):
    return province.commune("Biển Hồ")


@pytest.fixture
def survey(province, commune):
    return province.sealed(commune, sealed_at=NOW - timedelta(days=20))


@pytest.fixture
def village(province, commune, survey):
    return province.session.query(Unit).filter_by(parent_id=commune.id).one().id


def note(survey, unit_id, first=FIRST, last=LAST):
    with db.transaction() as current:
        noted = Noted(unit_id, "Nhà văn hóa thôn", first, last)
        return postings.record(current, survey, noted, actor="user:1", now=NOW)


def days(survey):
    current = db.session()
    current.rollback()
    return postings.posted_days(current, [survey])[survey]


def another_village(province, commune, survey):
    """A second village that the survey asked; its id."""
    made = province._unit(f"{commune.code}002", "village", "thon", "Hai", commune)
    province.session.add(
        FrameRow(survey_id=survey, unit_id=made.id, households=9, source="Thôn", as_of=date(2026, 1, 1))
    )
    province.session.commit()
    return made.id


def test_days_are_the_difference_of_the_dates_without_the_day_of_posting(survey, village):
    note(survey, village, date(2026, 5, 13), date(2026, 5, 23))

    assert days(survey) == 10


def test_a_posting_nobody_has_seen_again_counts_nothing_yet(survey, village):
    note(survey, village, FIRST, None)

    assert days(survey) is None


def test_the_longest_posting_of_a_village_counts_and_interrupted_ones_are_not_added(survey, village):
    note(survey, village, FIRST, FIRST + timedelta(days=4))
    note(survey, village, FIRST + timedelta(days=5), FIRST + timedelta(days=11))

    assert days(survey) == 6


def test_the_village_with_the_fewest_days_decides_and_the_communes_board_stands_in_for_none(
    province, commune, survey, village
):
    second = another_village(province, commune, survey)
    commune_id = commune.id
    note(survey, village)
    note(survey, commune_id)
    one_open = days(survey)
    note(survey, second, FIRST, FIRST + timedelta(days=3))

    assert one_open is None
    assert days(survey) == 3


def test_a_correction_is_a_new_row_and_the_former_stays(survey, village):
    number = note(survey, village, FIRST, None)
    with db.transaction() as current:
        noted = Noted(village, "Nhà văn hóa thôn", FIRST, LAST)
        postings.correct(current, survey, number, noted, reason="Đã gỡ", actor="user:2", now=NOW)

    first, second = postings.postings(db.session(), survey)

    assert (first.is_in_force, second.is_in_force, second.replaces) == (False, True, first.number)
    assert first.noted.posted_until is None
    assert days(survey) == 10


def test_what_was_recorded_by_mistake_counts_no_more_and_stays_readable(survey, village):
    number = note(survey, village)
    with db.transaction() as current:
        postings.withdraw(current, survey, number, reason="Nhầm thôn", actor="user:2", now=NOW)

    record = postings.postings(db.session(), survey)

    assert days(survey) is None
    assert [(row.is_in_force, row.reason) for row in record] == [(False, ""), (False, "Nhầm thôn")]


def test_a_record_is_corrected_once_and_then_only_its_successor(survey, village):
    number = note(survey, village, FIRST, None)
    noted = Noted(village, "Nhà văn hóa thôn", FIRST, LAST)
    with db.transaction() as current:
        postings.correct(current, survey, number, noted, reason="Đã gỡ", actor="user:2", now=NOW)

    with pytest.raises(postings.PostingNotFound), db.transaction() as current:
        postings.correct(current, survey, number, noted, reason="Lại", actor="user:2", now=NOW)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (SEALED - timedelta(days=1), LAST),
        (LAST, FIRST),
        (date(2026, 6, 2), None),
        (FIRST, date(2026, 6, 2)),
    ],
    ids=["before the seal", "ends before it begins", "begins tomorrow", "ends tomorrow"],
)
def test_days_that_cannot_be_are_refused(survey, village, first, last):
    with pytest.raises(postings.WrongDays):
        note(survey, village, first, last)

    assert db.session().query(Posting).count() == 0


def test_a_place_that_was_not_asked_is_refused(province, survey):
    elsewhere = province.commune("Khác").id

    with pytest.raises(postings.surveys.SurveyNotFound):
        note(survey, elsewhere)


@pytest.mark.parametrize("statement", ["UPDATE postings SET place = 'x'", "DELETE FROM postings"])
def test_the_database_refuses_to_change_the_record(survey, village, statement):
    note(survey, village)

    with pytest.raises(DatabaseError, match="never changes"):
        db.session().execute(text(statement))
    db.session().rollback()


@pytest.mark.parametrize(
    ("last", "verdict"),
    [
        (None, Verdict.INSUFFICIENT_EVIDENCE),
        (FIRST + timedelta(days=9), Verdict.NOT_MET),
        (FIRST + timedelta(days=10), Verdict.MET),
    ],
    ids=["not seen again", "a day too few", "as many as asked"],
)
def test_the_condition_on_posting_is_computed_from_the_record(
    province, commune, survey, village, last, verdict
):
    province.use()
    note(survey, village, FIRST, last)

    found = {one.requirement.kind: one.verdict for one in province.row(commune).conditions}

    assert found["posting_days"] is verdict


PAGE = "/can-bo/dot/{}/niem-yet"


@pytest.fixture
def office(app, province, commune, client):
    """The client of a commune officer."""
    province.sign_in(Role.COMMUNE, commune)
    return client


def send(client, address, **fields):
    form = Page(client.get(address).text).form(method="post", action=fields.pop("to", address))
    return client.post(address, data=form.data(**fields))


def test_the_commune_records_completes_and_reads_its_postings(office, survey, village):
    address = PAGE.format(survey)
    recorded = send(office, address, unit=str(village), place="Nhà rông", posted_from="2026-05-13")
    waiting = office.get(address + "?lang=en").text
    completed = send(
        office, f"{address}/1", to=None, place="Nhà rông", posted_until="23/05/2026", reason="Đã gỡ"
    )
    page = office.get(address + "?lang=en").text

    assert (recorded.status_code, completed.status_code) == (303, 303)
    assert "last day not known yet" in waiting
    assert "Days posted: 10." in page
    assert "23/05/2026" in page
    assert "Đã gỡ" in page
    db.session().rollback()
    acts = db.session().query(AuditEvent).filter_by(act="reporting.posting").order_by(AuditEvent.id)
    assert [row.details["number"] for row in acts] == [1, 2]


def test_what_was_typed_survives_a_refusal(office, survey, village):
    address = PAGE.format(survey)

    refused = send(office, address, unit=str(village), place="Nhà rông", posted_from="2026-01-01")
    unfinished = send(office, address, unit=str(village), place="Nhà rông", posted_from="")

    assert (refused.status_code, unfinished.status_code) == (422, 422)
    assert 'value="Nhà rông"' in refused.text
    assert 'value="2026-01-01"' in refused.text
    assert 'value="Nhà rông"' in unfinished.text


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [
        (Role.COMMUNE, 200, 422),
        (Role.FRONT_COMMUNE, 200, 422),
        (Role.FRONT_PROVINCE, 200, 422),
        (Role.PROVINCE, 200, 403),
        (Role.AUDITOR, 200, 403),
        (Role.VIEWER, 200, 403),
        (Role.CLERK, 403, 403),
    ],
)
def test_who_hangs_the_notice_records_it_and_who_appraises_only_reads(
    app, province, commune, survey, client, role, reads, writes
):
    app.config["WTF_CSRF_ENABLED"] = False
    province.sign_in(role, None if "province" in role or role is Role.AUDITOR else commune)
    address = PAGE.format(survey)

    assert client.get(address).status_code == reads
    assert client.post(address).status_code == writes


def test_the_record_of_another_commune_is_not_found(province, survey, client):
    province.sign_in(Role.COMMUNE, province.commune("Khác"))

    assert client.get(PAGE.format(survey)).status_code == 404


def test_before_the_seal_and_for_open_links_there_is_nothing_to_post(province, commune, office):
    running = province.survey(commune, State.OPEN)
    link = province.survey(commune, State.OPEN, purpose=Purpose.FEEDBACK)

    assert office.get(PAGE.format(running)).status_code == 403
    assert office.get(PAGE.format(link)).status_code == 404


def test_an_annulled_result_keeps_its_record_and_takes_nothing_more(
    province, commune, survey, village, office
):
    note(survey, village)
    with db.transaction() as current:
        current.execute(text("UPDATE surveys SET state = 'annulled' WHERE id = :number"), {"number": survey})

    page = office.get(PAGE.format(survey))

    assert page.status_code == 200
    assert "Nhà văn hóa thôn" in page.text
    assert '<form method="post" action="/can-bo/dot/' not in page.text
    with pytest.raises(postings.CannotPost):
        note(survey, village)


def test_the_commune_is_told_to_post_its_newest_result_until_a_posting_is_on_record(
    app, province, commune, survey, village
):
    officer = Identity(1, "An", Role.COMMUNE, commune.id, commune.path)
    with app.test_request_context("/?lang=en"):
        before = [one.title for one in todo.todos(db.session(), officer, NOW) if "Post" in one.title]
        note(survey, village, FIRST, None)
        after = [one.title for one in todo.todos(db.session(), officer, NOW) if "Post" in one.title]

    assert before == [f"Post the result of survey {survey}"]
    assert after == []


def send_to(client, page, action, **fields):
    """Fill in one of the forms of a page."""
    return client.post(
        action, data=Page(client.get(page).text).form(method="post", action=action).data(**fields)
    )


def test_the_posting_of_the_whole_commune_is_one_form_and_so_is_its_last_day(
    office, province, commune, survey, village
):
    second = another_village(province, commune, survey)
    address = PAGE.format(survey)
    form = {
        "all-units": [str(village), str(second)],
        "all-place": "Nhà văn hóa",
        "all-posted_from": "2026-05-13",
    }

    recorded = send_to(office, address, f"{address}/ca-xa", **form)
    waiting = days(survey)
    ended = send_to(office, address, f"{address}/ket-thuc", **{"end-last_day": "2026-05-23"})

    assert (recorded.status_code, ended.status_code) == (303, 303)
    assert waiting is None
    assert days(survey) == 10
    current = db.session()
    standing = [one for one in postings.postings(current, survey) if one.is_in_force]
    assert {one.unit.id for one in standing} == {village, second}
    assert {one.noted.place for one in standing} == {"Nhà văn hóa"}


def test_one_place_that_cannot_be_recorded_leaves_none_of_them_on_record(office, survey, village):
    address = PAGE.format(survey)
    form = {"all-units": [str(village)], "all-place": "Nhà văn hóa", "all-posted_from": "2026-01-01"}

    refused = send_to(office, address, f"{address}/ca-xa", **form)
    nowhere = send_to(office, address, f"{address}/ca-xa", **{**form, "all-units": []})

    assert (refused.status_code, nowhere.status_code) == (422, 422)
    assert 'value="Nhà văn hóa"' in refused.text
    assert postings.postings(db.session(), survey) == ()


@pytest.mark.parametrize(("hung", "told"), [(9, []), (10, ["hang"])])
def test_after_ten_days_somebody_is_told_to_look_until_a_last_day_is_on_record(
    app, commune, survey, village, hung, told
):
    officer = Identity(1, "An", Role.FRONT_COMMUNE, commune.id, commune.path)

    def reminders():
        return ["hang" for one in todo.todos(db.session(), officer, NOW) if "still hang" in one.title]

    with app.test_request_context("/?lang=en"):
        note(survey, village, NOW.date() - timedelta(days=hung), None)
        waiting = reminders()
        with db.transaction() as current:
            postings.finish_everywhere(current, survey, NOW.date(), reason="Đã gỡ", actor="user:1", now=NOW)
        after = reminders()

    assert (waiting, after) == (told, [])
