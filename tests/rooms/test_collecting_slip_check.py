"""Was my slip used? Yes or no, five times a day, as long as it may be asked."""

import logging
from datetime import UTC, datetime

import pytest

from survey_app import db
from survey_app.collecting import slip_check
from survey_app.fieldwork.models import Purpose, State, Survey
from survey_app.keys import store

PAGE = "/kiem-tra/phieu"
YES, NO = "phiếu này đã được sử dụng", "phiếu này chưa được sử dụng"


@pytest.fixture
def asked(make_commune, make_survey, hand_out):
    """An open survey, a slip that was used and one that was not."""
    commune = make_commune()
    survey = make_survey(commune)
    return survey, hand_out(survey, commune.villages["Phung"], 3)


def use(client, code: str, submission) -> None:
    reply = client.post("/api/v1/submissions", json=submission(code=code))
    assert reply.status_code == 201, reply.text


def ask(client, code: str, **options):
    return client.post(PAGE, data={"slip": code}, **options)


def test_a_used_slip_says_yes_and_an_unused_one_no(client, asked, submission):
    _survey, codes = asked
    use(client, codes[0], submission)

    used = ask(client, codes[0]).text
    assert YES in used
    # Who did not answer reads whom to call.
    assert 'href="tel:' in used
    assert NO in ask(client, codes[1].lower().replace("-", " ")).text


def test_code_and_receipt_are_typed_on_a_keypad_of_digits(client, asked):
    both, slip = (client.get(page).text for page in ("/kiem-tra", PAGE))

    assert [page.count('inputmode="numeric"') for page in (both, slip)] == [2, 1]


@pytest.mark.parametrize("state", [State.COUNTING, State.SEALED])
def test_it_can_be_asked_until_the_result_is_signed(client, asked, submission, move_on, state):
    survey, codes = asked
    use(client, codes[0], submission)
    move_on(survey, state)

    assert YES in ask(client, codes[0]).text
    assert NO in ask(client, codes[1]).text


@pytest.mark.parametrize("state", [State.SIGNED, State.ANNULLED])
def test_after_that_nobody_is_told(client, asked, submission, state):
    survey, codes = asked
    use(client, codes[0], submission)
    with db.transaction() as current:
        current.get_one(Survey, survey.id).state = state

    reply = ask(client, codes[0])

    assert reply.status_code == 410
    assert YES not in reply.text


def test_it_ends_with_the_pepper(client, asked):
    survey, codes = asked
    (store().folder / "peppers" / survey.id).unlink()
    with db.transaction() as current:
        current.get_one(Survey, survey.id).pepper_destroyed_at = datetime.now(UTC)

    assert ask(client, codes[0]).status_code == 410


def test_a_pepper_that_is_missing_by_mistake_is_a_fault_and_no_answer(client, asked):
    survey, codes = asked
    (store().folder / "peppers" / survey.id).unlink()

    reply = ask(client, codes[0])

    assert reply.status_code == 503
    assert NO not in reply.text


def test_the_sixth_question_of_a_day_from_one_network_is_refused(client, asked):
    _survey, codes = asked

    first = [ask(client, codes[0]).status_code for _time in range(slip_check.ASKS_A_DAY)]
    sixth, neighbour = ask(client, codes[0]), ask(client, codes[0], environ_base={"REMOTE_ADDR": "10.9.8.7"})

    assert first == [200] * 5
    assert sixth.status_code == 429
    assert 0 < int(sixth.headers["Retry-After"]) <= 24 * 3600
    assert "5 lần" in sixth.text
    assert NO not in sixth.text
    assert neighbour.status_code == 200


def test_the_count_of_the_day_outlives_the_hourly_cleaning(app, client, asked):
    _survey, codes = asked
    for _time in range(slip_check.ASKS_A_DAY):
        ask(client, codes[0])

    with db.transaction() as current:
        slip_check.throttle.forget(current, datetime.now(UTC))

    assert ask(client, codes[0]).status_code == 429


def test_a_slip_of_the_finger_costs_no_question(client, asked):
    _survey, codes = asked
    mistyped = codes[0][:-1] + ("0" if codes[0][-1] != "0" else "1")

    wrong = [ask(client, mistyped) for _time in range(8)]

    assert {reply.status_code for reply in wrong} == {422}
    assert mistyped in wrong[0].text
    assert ask(client, codes[0]).status_code == 200


def test_an_unknown_code_is_unknown(client, asked):
    survey, codes = asked
    unknown = slip_check.codes.new_code(survey.id)

    assert ask(client, unknown).status_code == 422


@pytest.mark.parametrize("state", [State.DRAFT, State.PUBLISHED])
def test_before_the_opening_there_is_nothing_to_ask(client, make_commune, make_survey, state):
    survey = make_survey(make_commune(), state)

    assert ask(client, slip_check.codes.new_code(survey.id)).status_code == 422


def test_a_feedback_survey_has_no_slips(client, make_commune, make_survey):
    survey = make_survey(make_commune(), purpose=Purpose.FEEDBACK)

    assert ask(client, slip_check.codes.new_code(survey.id)).status_code == 422


def test_other_sites_may_not_ask(client, asked):
    _survey, codes = asked

    reply = ask(client, codes[0], headers={"Sec-Fetch-Site": "cross-site"})

    assert reply.status_code == 403
    assert NO not in reply.text


def test_a_code_in_an_address_is_never_looked_up(client, asked, submission):
    _survey, codes = asked
    use(client, codes[0], submission)

    reply = client.get(f"{PAGE}?slip={codes[0]}")

    assert YES not in reply.text
    assert codes[0] not in reply.text


def test_neither_the_page_nor_the_log_keeps_the_code(client, asked, caplog):
    _survey, codes = asked

    with caplog.at_level(logging.DEBUG):
        reply = ask(client, codes[0])

    assert codes[0] not in reply.text
    assert codes[0] not in caplog.text
    assert reply.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in reply.headers


def test_both_pages_of_checking_lead_to_the_question(client):
    assert f'action="{PAGE}"' in client.get("/kiem-tra").text
    assert f'action="{PAGE}"' in client.get(PAGE).text


def test_a_body_beyond_one_code_is_not_read(client, asked):
    assert client.post(PAGE, data={"slip": "A" * 10_000}).status_code == 413
