"""One line a village says where its slips are, of what was counted and entered alone."""

from datetime import UTC, datetime

import pytest

from survey_app import db
from survey_app.access import Role
from survey_app.fieldwork import batches, operations
from survey_app.fieldwork.models import State
from survey_app.quality import back_checks, comparison
from tests.readers import words

pytestmark = pytest.mark.both_engines


@pytest.fixture
def answered(client, commune, survey, hand_out, submission):
    """Phung: 8 slips voided of which 2 had answered, 13 more, 3 of them used. Bang: 13, none used."""
    first = hand_out(survey, commune.villages["Phung"], 8)
    _send(client, submission, first[:2])
    with db.transaction() as current:
        batches.void_batch(current, survey.id, 1, reason="Mất", actor="operator", now=datetime.now(UTC))
    _send(client, submission, hand_out(survey, commune.villages["Phung"], 13)[:3])
    hand_out(survey, commune.villages["Bang"], 13)


def _send(client, submission, printed):
    for code in printed:
        assert client.post("/api/v1/submissions", json=submission(code=code)).status_code == 201


def enter(commune, survey, **counts):
    totals = {"issued": 13, "ticked": 8, "returned": 0, "voided": 0} | counts
    with db.transaction() as current:
        back_checks.record_receipts(
            current, survey.id, commune.villages["Phung"].code, totals, actor="user:1", now=datetime.now(UTC)
        )


def lines(survey):
    db.session().rollback()
    found = comparison.comparison(db.session(), survey.id).balances
    return {balance.village.name: balance for balance in found}


def test_printed_is_used_returned_spoilt_and_still_out(commune, survey, answered, move_on):
    move_on(survey, State.COUNTING)
    enter(commune, survey, returned=4, voided=2)
    move_on(survey, State.SEALED)

    phung = lines(survey)["Phung"]

    # 8 + 13 printed; 5 used, of which 2 before their batch was voided: 6 void, 2 spoilt in the village.
    assert (phung.printed, phung.used, phung.voided, phung.returned, phung.spoilt) == (21, 5, 6, 4, 2)
    assert phung.out == 4
    assert phung.sentence == "Đã in 21 = đã dùng 5 + trả lại 4 + hỏng, hủy 8 + còn ở ngoài 4"


def test_what_was_not_entered_is_said_and_not_guessed(commune, survey, answered, move_on):
    move_on(survey, State.SEALED)

    assert lines(survey)["Bang"].sentence == (
        "Đã in 13 = đã dùng 0 + đã hủy 0 + còn lại 13; chưa ghi số phiếu trả lại và hỏng."
    )


def test_more_than_was_printed_is_a_difference(commune, survey, answered, move_on):
    move_on(survey, State.COUNTING)
    enter(commune, survey, returned=11)
    move_on(survey, State.SEALED)

    assert "thừa 1: cần đối chiếu" in lines(survey)["Phung"].sentence


@pytest.mark.usefixtures("undrawn")
def test_the_line_stands_on_the_page_while_paper_is_keyed_as_of_the_hour_and_on_the_minutes(
    commune, survey, answered, move_on, sign_in
):
    front, address = sign_in(Role.FRONT_COMMUNE, commune.unit), f"/can-bo/dot/{survey.id}/doi-chieu"
    open_yet = front.get(address)
    move_on(survey, State.COUNTING)
    before_the_hour = front.get(address).text
    with db.transaction() as current:
        operations.copy_progress(current, datetime.now(UTC))
    counting = front.get(address).text
    move_on(survey, State.SEALED)
    sealed = front.get(address).text
    minutes = front.get(f"{address}/bien-ban.pdf").data

    assert open_yet.status_code == 403
    assert "đã dùng 0 + đã hủy 6" in before_the_hour
    assert "Đã in 21 = đã dùng 5 + đã hủy 6 + còn lại 10" in counting
    assert "Đã in 21 = đã dùng 5 + đã hủy 6 + còn lại 10" in sealed
    assert "Đã in 21 = đã dùng 5 + đã hủy 6 + còn lại 10" in words(minutes)
