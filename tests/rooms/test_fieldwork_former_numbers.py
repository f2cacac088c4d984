"""Surveys numbered in letters and digits before an upgrade: their slips, addresses, receipts and seals stay right."""

import re
import uuid

import flask_migrate
import pytest

from survey_app import db
from survey_app.collecting import leaves
from survey_app.fieldwork import codes, former_codes
from survey_app.fieldwork.models import State
from survey_app.keys import store
from survey_app.sealing import verification
from tests.pages import Page

pytestmark = pytest.mark.both_engines


@pytest.fixture
def former_numbers(monkeypatch):
    """Surveys are numbered as they were: 001, 002 …"""
    with monkeypatch.context() as patched:
        patched.setattr(codes, "survey_number", lambda number: f"00{number}")
        yield


def answer(client, slip):
    data = {"_id": str(uuid.uuid4()), "_step": "send", "planning": "satisfied"}
    thanks = client.post(f"/k/{slip}", data=data, headers={"Sec-Fetch-Site": "same-origin"})
    assert thanks.status_code == 201
    return re.search(r"00\d(-\w{4}){4}-\w", Page(thanks.text).text("p"))[0]


def test_an_open_and_a_sealed_survey_of_former_numbers_stay_right_across_the_upgrade(
    app, client, make_commune, make_survey, hand_out, move_on, former_numbers
):
    commune, other = make_commune(), make_commune("98002", "Khác")
    first, second = make_survey(commune), make_survey(other)
    slips, spent = hand_out(first, commune.villages["Phung"], 3), hand_out(second, other.villages["Phung"])[0]
    receipts = [answer(client, slips[0]), answer(client, spent)]
    move_on(second, State.SEALED)
    db.session().close()
    flask_migrate.downgrade(revision="0020")
    db.database.engine.dispose()
    flask_migrate.upgrade()

    assert [first.id, second.id] == ["001", "002"]
    assert all(former_codes.read_code(slip) for slip in (*slips, spent))
    assert client.get(f"/k/{slips[0]}").status_code == 409
    assert client.get(f"/k/{slips[1].lower()}").status_code == 200
    assert client.get(f"/k/{spent}").location == "/ket-qua/002"
    assert answer(client, slips[1])
    for receipt in receipts:
        assert "Có" in Page(client.post("/kiem-tra", data={"receipt": receipt}).text).text("b")
    assert verification.verify(db.session(), "002", store()).equal
    typing = Page(client.get("/k").text)
    assert "inputmode" not in typing.all("input")[0], "codes with letters need a keyboard with letters"
    more = hand_out(first, commune.villages["Phung"], 1)[0]
    assert former_codes.read_code(more), "a survey goes on being printed in its own way"


def test_where_no_former_survey_is_open_the_keypad_is_of_digits(client, make_commune, make_survey):
    make_survey(make_commune())

    (field,) = [found for found in Page(client.get("/k").text).all("input") if found["name"] == "code"]

    assert field["inputmode"] == "numeric"


def test_a_receipt_names_the_leaves_that_share_it_and_no_others():
    survey, leaf = "0014", "3f" * 32

    receipt = leaves.read_receipt(leaves.receipt(survey, leaf))

    assert receipt is not None
    assert (receipt.survey_id, receipt.first <= leaf <= receipt.last) == (survey, True)
    assert all(
        leaves.receipt(survey, edge) == leaves.receipt(survey, leaf) for edge in (receipt.first, receipt.last)
    )
    before, after = f"{int(receipt.first, 16) - 1:064x}", f"{int(receipt.last, 16) + 1:064x}"
    assert leaves.receipt(survey, leaf) not in (leaves.receipt(survey, before), leaves.receipt(survey, after))


@pytest.mark.parametrize("leaf", ["00" * 32, "ff" * 32, "80" + "00" * 31])
def test_the_receipts_at_the_ends_are_read_back(leaf):
    receipt = leaves.read_receipt(leaves.receipt("10000", leaf))

    assert receipt is not None
    assert receipt.first <= leaf <= receipt.last
