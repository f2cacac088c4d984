"""The slip just keyed: held and mended within a minute, stored once after it, and never lost."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from survey_app import db
from survey_app.collecting import held, leaves, schedule
from survey_app.collecting.models import HeldSlip, PaperKeyer, Response, SealedResponse, SpentCode
from survey_app.fieldwork.models import State
from survey_app.keys import store
from tests.pages import Page

MINUTE = timedelta(seconds=61)


@pytest.fixture
def slips(commune, survey, hand_out):
    return hand_out(survey, commune.villages["Phung"], 4)


@pytest.fixture
def key_in(survey, clerk):
    """Save a keyed slip; what the next page shows."""

    def save(code, **answers):
        form = Page(clerk.get(address(survey) + "?cach=tung-so").text).form(class_="paper-form")
        return clerk.post(address(survey), data=form.keyed(_code=code, **answers), follow_redirects=True)

    return save


@pytest.fixture
def press(survey, clerk):
    """Press one of the buttons beside a held slip."""

    def post(what):
        page = Page(clerk.get(address(survey)).text)
        form = page.form(action=f"{address(survey)}/{what}")
        return clerk.post(form.action, data=form.data(), follow_redirects=True)

    return post


def address(survey):
    return f"/can-bo/nhap-phieu/{survey.id}"


def rows(table):
    current = db.session()
    current.rollback()
    return current.scalars(select(table)).all()


def later(survey=None):
    return schedule.store_held(datetime.now(UTC) + MINUTE)


def test_a_saved_slip_is_held_and_nothing_of_it_is_an_answer_or_readable_yet(survey, slips, key_in):
    page = key_in(slips[0], planning="satisfied", transport="dissatisfied")

    (row,) = rows(HeldSlip)
    assert (rows(Response), rows(SpentCode), rows(PaperKeyer)) == ([], [], [])
    assert "Phung" in page.text
    assert slips[0][-7:] in page.text
    assert not [word for word in (slips[0], "satisfied", "planning") if word.encode() in row.content]


def test_the_next_good_code_stores_it_and_says_so(survey, slips, clerk, key_in):
    key_in(slips[0], planning="satisfied")
    form = Page(clerk.get(address(survey) + "?cach=tung-so").text).form(class_="paper-form")
    look = form.attributes["data-look"]
    wrong = slips[1][:-1] + ("0" if slips[1][-1] != "0" else "2")

    clerk.post(look, data=form.keyed(_code=wrong))
    assert rows(Response) == []
    same = clerk.post(look, data=form.keyed(_code=slips[0])).json
    assert (bool(same["message"]), rows(Response)) == (True, [])
    shown = clerk.post(look, data=form.keyed(_code=slips[1])).json

    assert len(rows(Response)) == 1
    assert (slips[0][-9:] in shown["outcome"], shown["refused"]) == (True, False)
    assert shown["outcome"] in clerk.get(address(survey)).text


def test_a_look_at_a_code_that_comes_late_does_not_store_the_slip_saved_meanwhile(
    survey, slips, clerk, key_in
):
    key_in(slips[0], planning="satisfied")
    (row,) = rows(HeldSlip)
    seen, _outcome = held.of_clerk(db.session(), row.user_id, store())
    key_in(slips[1], planning="satisfied")

    with db.transaction() as current:
        held.store_one(current, row.user_id, seen.submission_id, now=datetime.now(UTC), keys=store())

    assert len(rows(Response)) == 1


def test_without_scripts_the_next_slip_stores_the_one_before(survey, slips, key_in):
    key_in(slips[0], planning="satisfied")
    page = key_in(slips[1], planning="dissatisfied")

    (stored,) = rows(Response)
    assert stored.answers["planning"] == "satisfied"
    assert f"{slips[0][-9:]} của Làng Phung đã được lưu." in page.text
    assert slips[1][-7:] in page.text


def test_the_clerk_may_have_it_stored_at_once(survey, slips, key_in, press):
    key_in(slips[0], _invalid="all_blank")

    page = press("luu")

    assert len(rows(Response)) == 1
    assert f"{slips[0][-9:]} của Làng Phung đã được lưu." in page.text


def test_no_page_of_the_desk_shows_a_receipt(survey, slips, key_in, press):
    pages = [key_in(slips[0], planning="satisfied"), press("luu"), key_in(slips[1], planning="satisfied")]

    (stored,) = rows(Response)
    assert not [page for page in pages if leaves.receipt(survey.id, stored.leaf) in page.text]


def test_a_slip_left_alone_is_stored_once_its_minute_is_over_and_not_before(survey, slips, clerk, key_in):
    key_in(slips[0], planning="satisfied")

    early, late = schedule.store_held(datetime.now(UTC)), later()

    assert (early, late, later(), len(rows(Response))) == (0, 1, 0, 1)
    assert f"{slips[0][-9:]} của Làng Phung đã được lưu." in clerk.get(address(survey)).text


def test_a_mended_slip_is_stored_as_mended_and_once(slips, key_in, press, clerk, survey):
    key_in(slips[0], planning="satisfied", transport="satisfied")

    form = Page(press("sua").text).form(class_="paper-form")
    assert (form.data()["_code"], form.data()["planning"]) == ([slips[0]], ["satisfied"])
    clerk.post(form.action, data=form.data(planning="dissatisfied"))
    later()

    (stored,) = rows(Response)
    assert (stored.answers["planning"], stored.answers["transport"]) == ("dissatisfied", "satisfied")


def test_a_slip_can_be_mended_to_another_code(slips, key_in, press, clerk):
    key_in(slips[0], planning="satisfied")

    form = Page(press("sua").text).form(class_="paper-form")
    clerk.post(form.action, data=form.keyed(_code=slips[1]))
    later()
    key_in(slips[0], planning="dissatisfied")
    later()

    assert sorted(row.answers["planning"] for row in rows(Response)) == ["dissatisfied", "satisfied"]


def test_a_mend_that_comes_too_late_is_refused_and_the_answer_stays(slips, key_in, press, clerk):
    key_in(slips[0], planning="satisfied")
    form = Page(press("sua").text).form(class_="paper-form")
    later()

    refused = clerk.post(form.action, data=form.data(planning="dissatisfied"))

    (stored,) = rows(Response)
    assert (refused.status_code, stored.answers["planning"]) == (409, "satisfied")


def test_after_a_minute_nothing_is_opened_for_mending(app, slips, survey, key_in, clerk):
    key_in(slips[0], planning="satisfied")
    form = Page(clerk.get(address(survey)).text).form(action=f"{address(survey)}/sua")
    with db.transaction() as current:
        current.scalars(select(HeldSlip)).one().held_at = datetime.now(UTC) - MINUTE

    page = clerk.post(form.action, data=form.data(), follow_redirects=True)

    assert len(rows(Response)) == 1
    assert f"{slips[0][-9:]} của Làng Phung đã được lưu." in page.text


def test_saving_the_same_screen_twice_holds_and_stores_one(survey, slips, clerk):
    form = Page(clerk.get(address(survey) + "?cach=tung-so").text).form(class_="paper-form")
    data = form.keyed(_code=slips[0], planning="satisfied")

    replies = [clerk.post(address(survey), data=data).status_code for _time in range(2)]
    later()
    replies.append(clerk.post(address(survey), data=data).status_code)
    later()

    assert replies == [302, 302, 302]
    assert len(rows(Response)) == 1


def test_a_phone_that_was_first_within_the_minute_counts_and_the_clerk_is_told(
    client, survey, slips, clerk, key_in, submission
):
    key_in(slips[0], planning="satisfied")
    client.post("/api/v1/submissions", json=submission(code=slips[0]))

    later()

    (stored,) = rows(Response)
    page = clerk.get(address(survey))
    assert stored.channel == "self_online"
    assert "notice-error" in page.text
    assert slips[0][-7:] in page.text


def test_a_seal_stores_what_is_held_before_it_counts(survey, slips, key_in, move_on):
    key_in(slips[0], planning="satisfied")

    move_on(survey, State.SEALED)

    assert [row.answers["planning"] for row in rows(SealedResponse)] == ["satisfied"]
    later()
    assert rows(HeldSlip) == []


def test_a_slip_of_a_village_that_was_annulled_meanwhile_is_not_stored(survey, slips, clerk, key_in, move_on):
    key_in(slips[0], planning="satisfied")
    move_on(survey, State.ANNULLED)

    later()

    assert rows(Response) == []


def test_a_key_that_is_away_keeps_the_slip_for_a_later_minute(survey, slips, key_in):
    key_in(slips[0], planning="satisfied")
    pepper = store().folder / "peppers" / survey.id
    content = pepper.read_bytes()
    pepper.unlink()

    away = later()
    pepper.write_bytes(content)

    assert (away, later(), len(rows(Response))) == (0, 1, 1)


def test_minute_job_and_clerk_at_once_store_one_answer(app, survey, slips, key_in):
    key_in(slips[0], planning="satisfied")
    (user_id,) = [row.user_id for row in rows(HeldSlip)]
    db.session().rollback()
    begin = threading.Barrier(3)

    def run():
        with app.app_context():
            begin.wait()
            with db.transaction() as current:
                held.store_held(current, user_id, now=datetime.now(UTC), keys=store())
            db.session().close()

    threads = [threading.Thread(target=run) for _time in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(rows(Response)) == 1
    assert [row.place for row in rows(HeldSlip)] == ["last"]


def test_a_slip_whose_code_was_used_is_refused_when_it_is_saved_and_not_held(
    client, survey, slips, key_in, submission
):
    client.post("/api/v1/submissions", json=submission(code=slips[0]))

    refused = key_in(slips[0], planning="satisfied")

    assert (refused.status_code, rows(HeldSlip), len(rows(Response))) == (409, [], 1)
