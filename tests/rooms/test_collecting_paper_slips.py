"""The one operation that makes a paper slip an answer: what it keeps of the slip, and how long."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from survey_app import db
from survey_app.audit import OPERATOR
from survey_app.collecting import operations, paper, queries
from survey_app.collecting.models import (
    DeskCounter,
    KeyingWay,
    PaperSlip,
    Response,
    SealedResponse,
    SpentCode,
)
from survey_app.collecting.operations import Submission
from survey_app.collecting.refusals import AnsweredByPhone, CodeUsed, KeyedBefore
from survey_app.fieldwork import codes
from survey_app.fieldwork.models import Channel, State, Survey
from survey_app.keys import store
from survey_app.questions.answers import read_answers
from survey_app.results import custody
from survey_app.sealing import cancelling
from tests.pages import Page

pytestmark = pytest.mark.both_engines


@pytest.fixture
def slips(commune, survey, hand_out):
    return hand_out(survey, commune.villages["Phung"], 4)


def answered(survey, channel=Channel.PAPER_ENTRY):
    answers = read_answers(survey.instrument, {"planning": "satisfied"}).answers
    return Submission(str(uuid.uuid4()), answers, channel)


def put(survey, code, *, way=KeyingWay.DIGITS):
    """Store one slip as a desk does; what became of it."""
    with db.transaction() as current:
        typed = codes.normalise(code)
        door = queries.slip_door(current, survey, typed, store())
        return paper.store_slip(
            current, door, typed, answered(survey), way=way, by=1, now=datetime.now(UTC), keys=store()
        )


def by_phone(survey, code):
    """A household answers."""
    with db.transaction() as current:
        door = queries.slip_door(current, survey, codes.normalise(code), store())
        sent = answered(survey, Channel.SELF_ONLINE)
        operations.record_response(current, door, sent, now=datetime.now(UTC), keys=store())


def rows(table):
    current = db.session()
    current.rollback()
    return current.scalars(select(table)).all()


def counted():
    return {row.outcome: row.slips for row in rows(DeskCounter)}


def test_a_slip_and_its_answer_are_found_from_each_other_by_who_has_the_key(survey, slips):
    leaves = {code: put(survey, code).receipt.leaf for code in slips[:2]}

    current = db.session()
    found = paper.codes_of(current, survey, list(leaves.values()), store())
    assert found == {leaf: code for code, leaf in leaves.items()}
    for code, leaf in leaves.items():
        assert paper.leaf_of(current, survey, codes.normalise(code), store()) == leaf
    assert paper.leaf_of(current, survey, codes.normalise(slips[2]), store()) is None


def test_the_database_alone_joins_no_slip_to_its_answer(survey, slips):
    put(survey, slips[0])

    (row,), (spent,) = rows(PaperSlip), rows(SpentCode)
    assert codes.normalise(slips[0]).encode() not in row.slip
    assert spent.code_mac not in row.slip


def test_a_slip_of_an_answer_by_phone_leads_to_no_answer(survey, slips):
    by_phone(survey, slips[0])
    put(survey, slips[0])

    assert paper.leaf_of(db.session(), survey, codes.normalise(slips[0]), store()) is None
    assert [(row.leaf, row.way) for row in rows(PaperSlip)] == [(None, None)]


def test_the_way_a_slip_was_keyed_is_stored_and_counted_once(survey, slips):
    leaf = put(survey, slips[0], way=KeyingWay.EXCEPTIONS).receipt.leaf
    for code, way in ((slips[1], KeyingWay.SCAN), (slips[2], KeyingWay.SCAN), (slips[2], KeyingWay.DIGITS)):
        put(survey, code, way=way)

    assert paper.way_of(db.session(), survey.id, leaf) is KeyingWay.EXCEPTIONS
    assert paper.keyed_by_way(db.session(), survey.id) == {KeyingWay.EXCEPTIONS: 1, KeyingWay.SCAN: 2}


def test_a_slip_answered_by_phone_is_refused_and_counted_once_for_its_village(commune, survey, slips):
    by_phone(survey, slips[0])
    by_phone(survey, slips[1])

    refusals = [put(survey, code).refusal for code in (slips[0], slips[0], slips[1])]

    assert {type(refusal) for refusal in refusals} == {AnsweredByPhone}
    assert paper.answered_by_phone(db.session(), survey.id) == {commune.villages["Phung"].id: 2}


def test_a_slip_keyed_before_is_refused_as_such_and_not_counted(survey, slips):
    put(survey, slips[0])

    assert type(put(survey, slips[0]).refusal) is KeyedBefore
    assert counted() == {"digits": 1}


def test_where_slips_were_keyed_before_codes_were_kept_nothing_is_said_of_phones(survey, slips):
    put(survey, slips[0])
    with db.transaction() as current:
        paper.keep_only(current, survey.id, ())
    by_phone(survey, slips[1])

    assert [type(put(survey, code).refusal) for code in slips[:2]] == [CodeUsed, CodeUsed]
    assert counted() == {"digits": 1}


def test_at_its_code_and_when_it_is_saved_a_slip_answered_by_phone_is_refused_and_counted(
    survey, slips, clerk
):
    address = f"/can-bo/nhap-phieu/{survey.id}"
    form = Page(clerk.get(f"{address}?cach=tung-so").text).form(class_="paper-form")
    by_phone(survey, slips[0])

    told = clerk.post(form.attributes["data-look"], data=form.keyed(_code=slips[0])).json["message"]
    saved = clerk.post(address, data=form.keyed(_code=slips[0], planning="satisfied"))

    assert "đã trả lời qua điện thoại" in told
    assert (saved.status_code, told in saved.text) == (409, True)
    assert counted() == {"by_phone": 1}


def test_after_the_seal_the_drawn_slips_alone_are_kept_and_none_once_the_key_is_destroyed(
    commune, survey, hand_out, move_on
):
    for code in hand_out(survey, commune.villages["Phung"], 20) + hand_out(
        survey, commune.villages["Bang"], 5
    ):
        put(survey, code)
    sealed = move_on(survey, State.SEALED)

    kept = {row.leaf for row in rows(PaperSlip)}
    assert len(kept) == 20 < len(rows(SealedResponse))
    assert set(paper.codes_of(db.session(), sealed, kept, store())) == kept

    with db.transaction() as current:
        current.get_one(Survey, survey.id).state = State.SIGNED
    with db.transaction() as current:
        much_later = datetime.now(UTC) + timedelta(days=200)
        custody.record_destruction(current, survey.id, actor=OPERATOR, now=much_later)
    assert rows(PaperSlip) == []


def test_a_cancelled_survey_keeps_no_slip(survey, slips, move_on):
    put(survey, slips[0])
    move_on(survey, State.ANNULLED)
    with db.transaction() as current:
        cancelling.set_aside(current, survey.id, actor="job", now=datetime.now(UTC))

    assert (rows(PaperSlip), rows(Response)) == ([], [])


def test_after_the_seal_no_hidden_column_tells_when_a_drawn_slip_was_keyed(survey, slips, move_on):
    for code in slips:
        put(survey, code)
    move_on(survey, State.SEALED)

    current = db.session()
    current.rollback()
    if current.get_bind().dialect.name == "sqlite":
        with pytest.raises(DBAPIError):
            current.execute(text("SELECT rowid FROM paper_slips"))
        return
    written = set(current.scalars(text("SELECT xmin::text FROM paper_slips")))
    assert written == set(current.scalars(text("SELECT xmin::text FROM sealed_responses")))
    assert len(written) == 1
