"""Abuse cases S15 to S21, and the daily limit of looks: codes that are wrong, guessed, altered or watched."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from stdnum import damm

from survey_app import db, jobs
from survey_app.access import Role
from survey_app.audit import AuditEvent
from survey_app.collecting import guessing, opening_limit
from survey_app.fieldwork import batches, codes, queries
from survey_app.throttle import Failure
from tests.factories import ticket_of
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("one_minute")

API = "/api/v1/submissions"


def outcome(reply):
    return reply.status_code, reply.json.get("error")


def guesses_counted():
    db.session().rollback()
    return sum(db.session().scalars(select(Failure.failures)))


def the_minute_passes():
    """What was counted lies sixty seconds further back."""
    with db.transaction() as current:
        for row in current.scalars(select(Failure).order_by(Failure.minute)).all():
            row.minute -= timedelta(seconds=60)
            current.flush()  # the oldest first, so that none takes the place of another


def test_s15_an_unknown_code_is_refused_as_such_and_counts_as_a_guess(survey, slip, send, stored):
    assert outcome(send(codes.new_code(survey.id))) == (422, "ma-khong-dung")
    assert stored().spent == 0
    assert guesses_counted() == 2, "one of the caller, one of the survey"


def test_under_alarm_a_caller_has_one_guess_a_minute_and_a_slip_opened_before_still_sends(
    client, survey, slip, slips, send, stored, monkeypatch
):
    ticket = ticket_of(slip, datetime.now(UTC))
    monkeypatch.setattr(guessing, "GUESSES_PER_MINUTE", 1000)
    for _guess in range(guessing.ALARM):
        client.get(f"/k/{codes.new_code(survey.id)}")

    assert client.get(f"/k/{codes.new_code(survey.id)}").status_code == 429
    assert client.get(f"/k/{slips[1]}").status_code == 429
    assert send(slip, ticket=ticket).status_code == 201


def test_s16_a_mistyped_code_is_refused_as_such_and_is_no_guess(slip, send, stored):
    wrong = slip[:-1] + ("0" if slip[-1] != "0" else "2")

    assert outcome(send(wrong)) == (422, "ma-go-sai")
    assert (stored().spent, guesses_counted()) == (0, 0)


def test_s17_a_code_is_read_however_it_is_written(slips, send):
    ways = [
        str,
        lambda code: code.replace(" ", "-"),
        lambda code: f" {code.replace(' ', '')}\t",
        lambda code: code.replace("0", "O").replace("1", "I"),
        lambda code: code.replace("0", "o").replace("1", "l"),
        lambda code: "".join("－" if letter == " " else chr(ord(letter) + 0xFEE0) for letter in code),
    ]

    assert [send(way(code)).status_code for way, code in zip(ways, slips, strict=False)] == [201] * len(ways)


@pytest.mark.parametrize("guesses", [100, pytest.param(1000, marks=pytest.mark.long)])
def test_s18_a_thousand_guesses_are_refused_and_the_village_behind_them_waits_a_minute_at_most(
    client, survey, slip, send, stored, guesses
):
    statuses = [client.get(f"/k/{codes.new_code(survey.id)}").status_code for _guess in range(guesses)]

    assert statuses == [404] * 10 + [429] * (guesses - 10)
    the_minute_passes()
    assert send(slip).status_code == 201
    assert stored().responses == 1


def test_a_flood_of_wrong_codes_keeps_no_open_form_from_being_sent(client, survey, slips, submission, stored):
    form = Page(client.get(f"/k/{slips[0]}").text).form(id="phieu")
    other, late = ticket_of(slips[1], datetime.now(UTC)), codes.new_code(survey.id)
    for _guess in range(10):
        client.get(f"/k/{codes.new_code(survey.id)}")

    guessed = client.post(API, json=submission(code=late, ticket=other))
    strangers = client.post(API, json=submission(code=slips[0], ticket=other))
    reviewed = client.post(f"/k/{slips[0]}", data=form.data(_step="review", planning="satisfied"))
    by_program = client.post(API, json=submission(code=slips[1], ticket=other))

    assert [reply.status_code for reply in (guessed, strangers, reviewed, by_program)] == [429, 429, 200, 201]
    assert client.post(f"/k/{slips[0]}", data=form.data(planning="satisfied")).status_code == 201
    assert client.get(f"/k/{slips[2]}").status_code == 429
    assert stored().responses == 2


def test_a_slip_that_was_opened_without_a_network_waits_through_a_flood_and_is_kept(
    client, survey, slips, submission, stored
):
    """Its phone had no ticket for it, so it looks like a guess: the phone is told to keep it, and when to come again."""
    for _guess in range(10):
        client.get(f"/k/{codes.new_code(survey.id)}")

    body = submission(code=slips[0])
    waiting = client.post(API, json=body)
    the_minute_passes()
    taken = client.post(API, json=body)

    assert (waiting.status_code, waiting.json["keep"], waiting.headers["Retry-After"]) == (429, True, "60")
    assert taken.status_code == 201
    assert stored().responses == 1


def test_a_caller_with_a_whole_ipv6_network_has_the_tries_of_one_and_its_neighbours_have_their_own(
    client, survey, slips
):
    def statuses(ask):
        return [ask({"REMOTE_ADDR": f"2001:db8:4c1a:77{n:02x}::{n:x}"}).status_code for n in range(12)]

    guesses = statuses(lambda me: client.get(f"/k/{codes.new_code(survey.id)}", environ_base=me))
    asked = statuses(lambda me: client.post("/kiem-tra/phieu", data={"slip": slips[0]}, environ_base=me))

    assert guesses == [404] * 10 + [429] * 2
    assert asked == [200] * 5 + [429] * 7
    for neighbour in ("2001:db8:4c1a:7800::1", "203.0.113.7"):
        assert client.get(f"/k/{slips[0]}", environ_base={"REMOTE_ADDR": neighbour}).status_code == 200
    assert (
        client.get(f"/k/{slips[0]}", environ_base={"REMOTE_ADDR": "2001:db8:4c1a:77ff::1"}).status_code == 429
    )


def test_thirty_wrong_codes_of_a_survey_in_an_hour_are_noted_once_and_told_to_the_front_of_the_commune(
    client, commune, survey, make_commune, sign_in
):
    def guess(callers):
        for caller in callers:
            client.get(f"/k/{codes.new_code(survey.id)}", environ_base={"REMOTE_ADDR": f"203.0.113.{caller}"})

    def told(unit, role=Role.FRONT_COMMUNE):
        return f"Có người đang dò mã: đợt {survey.id}" in sign_in(role, unit).get("/can-bo").text

    guess(range(29))
    before = told(commune.unit)
    guess(range(29, 35))

    db.session().rollback()
    noted = (
        db.session()
        .scalars(select(AuditEvent.subject).where(AuditEvent.act == "collecting.codes_tried"))
        .all()
    )
    assert (before, told(commune.unit), told(make_commune("98002", "Khác").unit)) == (False, True, False)
    assert noted == [f"survey:{survey.id}"]


def test_s19_a_code_in_an_address_works_or_is_ignored_and_reaches_no_log(client, slip, caplog, capfd):
    caplog.set_level(logging.DEBUG)

    statuses = [
        client.get(path).status_code
        for path in (f"/k/{slip}", f"/k?code={slip}", f"/kiem-tra?receipt={slip}")
    ]

    out, err = capfd.readouterr()
    logged = out + err + "".join(record.getMessage() for record in caplog.records if record.name != "asyncio")
    assert statuses == [200, 200, 200]
    assert slip not in logged
    assert codes.normalise(slip) not in logged


def test_s20_a_code_moved_to_another_survey_is_unknown_and_spent_in_neither(
    survey, slip, make_commune, make_survey, send, stored
):
    other = make_survey(make_commune("98002", "Khác"))
    moved = other.id + codes.normalise(slip)[len(survey.id) : -1]

    assert outcome(send(moved + damm.calc_check_digit(moved))) == (422, "ma-khong-dung")
    assert stored().spent == 0
    assert send(slip).status_code == 201


def test_s21_a_slip_of_a_voided_batch_is_refused_and_asks_for_a_new_one(survey, slip, send, stored):
    with db.transaction() as current:
        (batch,) = queries.batches(current, survey.id)
        batches.void_batch(
            current, survey.id, batch.id, reason="Mất", actor="operator", now=datetime.now(UTC)
        )

    assert outcome(send(slip)) == (410, "ma-da-huy")
    assert stored().spent == 0


def test_a_slip_that_is_watched_is_refused_after_the_looks_of_a_day_and_can_still_be_sent(client, slip, send):
    statuses = [client.get(f"/k/{slip}").status_code for _look in range(opening_limit.LOOKS_A_DAY + 1)]
    page = client.get(f"/k/{slip}")
    jobs.run_due(datetime.now(UTC))

    assert statuses == [200] * opening_limit.LOOKS_A_DAY + [429]
    assert "an toàn" in page.text
    assert 0 < int(page.headers["Retry-After"]) <= 24 * 3600
    assert client.post(f"/k/{slip}", data={"_step": "review"}).status_code == 429
    assert send(slip).status_code == 201


def test_a_cancelled_slip_tells_whether_it_was_used_no_more_often_by_sending_than_by_looking(
    survey, slips, send
):
    send(slips[0])
    with db.transaction() as current:
        (batch,) = queries.batches(current, survey.id)
        batches.void_batch(
            current, survey.id, batch.id, reason="Mất", actor="operator", now=datetime.now(UTC)
        )

    for slip, told in ((slips[0], (409, "ma-da-dung")), (slips[1], (410, "ma-da-huy"))):
        outcomes = [outcome(send(slip)) for _time in range(opening_limit.LOOKS_A_DAY + 2)]

        assert outcomes == [told] * opening_limit.LOOKS_A_DAY + [(429, "mo-qua-nhieu")] * 2


def test_the_looks_of_one_slip_do_not_close_another_and_a_usual_household_leaves_no_row(client, slips):
    for _look in range(opening_limit.LOOKS_A_DAY + 1):
        client.get(f"/k/{slips[0]}")
    written = guesses_counted()

    statuses = [client.get(f"/k/{slips[1]}").status_code for _look in range(3)]

    assert statuses == [200] * 3
    assert guesses_counted() == written
