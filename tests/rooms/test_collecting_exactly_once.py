"""One household, one answer: every line of the table of submissions, alone and under threads, on both databases."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from stdnum import damm

from survey_app import db
from survey_app.collecting import operations, queries, tickets
from survey_app.collecting.models import Response, SealedResponse, SpentCode
from survey_app.fieldwork import batches, codes
from survey_app.fieldwork import operations as fieldwork
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.calendar import Keying
from survey_app.fieldwork.models import Channel, Progress, State, Survey
from survey_app.keys import store
from tests.factories import altered, ticket_of

pytestmark = pytest.mark.both_engines

THREADS = 12
API = "/api/v1/submissions"


@pytest.fixture
def commune(make_commune):
    return make_commune(Phung=100, Bang=60)


@pytest.fixture
def slips(commune, survey, hand_out):
    """Codes of the village Phung."""
    return hand_out(survey, commune.villages["Phung"], 30)


@pytest.fixture
def send(client, submission):
    def post(code, **changes):
        return client.post(API, json=submission(code=code, **changes))

    return post


def stored(survey):
    """How many responses, spent codes and counted households the survey has."""
    current = db.session()
    current.rollback()
    responses = sum(
        current.scalar(select(func.count()).select_from(table).where(table.survey_id == survey.id))
        for table in (Response, SealedResponse)
    )
    spent = current.scalar(
        select(func.count()).select_from(SpentCode).where(SpentCode.survey_id == survey.id)
    )
    answered = current.scalar(select(func.sum(Progress.answered)).where(Progress.survey_id == survey.id))
    return responses, spent, answered or 0


def outcome(reply):
    return reply.status_code, reply.json.get("error")


def at_once(*calls):
    """What the calls returned, begun together in as many threads as the server might have."""
    ready = threading.Barrier(min(THREADS, len(calls)))

    def run(call):
        ready.wait(timeout=120)
        return call()

    first, rest = calls[: ready.parties], calls[ready.parties :]
    with ThreadPoolExecutor(max_workers=THREADS) as pool:
        begun = [pool.submit(run, call) for call in first]
        begun += [pool.submit(call) for call in rest]
        return [job.result(timeout=120) for job in begun]


def test_the_same_answer_sent_twice_is_stored_once_and_gets_the_same_receipt(survey, slips, send):
    first = send(slips[0], submission_id="2b0d6a5e-5a4e-4d3c-9a63-0d2f1a7f6a10")
    second = send(slips[0], submission_id="2b0d6a5e-5a4e-4d3c-9a63-0d2f1a7f6a10")

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json == second.json
    assert stored(survey) == (1, 1, 1)


def test_the_same_id_with_other_content_is_refused_and_the_first_stays(survey, slips, send):
    same = str(uuid.uuid4())
    first = send(slips[0], submission_id=same)
    other = send(slips[0], submission_id=same, answers={"planning": "dissatisfied"})
    again = send(slips[0], submission_id=same)

    assert outcome(other) == (409, "noi-dung-khac")
    assert (again.status_code, again.json) == (200, first.json)
    assert stored(survey) == (1, 1, 1)


def test_a_used_code_with_another_id_is_refused(survey, slips, send):
    send(slips[0])

    assert outcome(send(slips[0])) == (409, "ma-da-dung")
    assert stored(survey) == (1, 1, 1)


def test_a_second_code_sent_with_an_old_id_and_other_content_is_not_burnt(survey, slips, send):
    same = str(uuid.uuid4())
    send(slips[0], submission_id=same)

    refused = send(slips[1], submission_id=same, answers={"planning": "dissatisfied"})

    assert outcome(refused) == (409, "noi-dung-khac")
    assert stored(survey) == (1, 1, 1)
    assert send(slips[1]).status_code == 201


def test_a_second_code_sent_with_an_old_id_and_the_same_content_is_not_burnt(survey, slips, send):
    same = str(uuid.uuid4())
    send(slips[0], submission_id=same)

    repeated = send(slips[1], submission_id=same)

    assert repeated.status_code == 200
    assert stored(survey) == (1, 1, 1)
    assert send(slips[1]).status_code == 201


def test_a_code_of_a_voided_batch_is_refused_and_nothing_changes(survey, slips, send):
    void_only_batch(survey)

    assert outcome(send(slips[0])) == (410, "ma-da-huy")
    assert stored(survey) == (0, 0, 0)


def test_an_answer_stored_before_its_batch_was_voided_keeps_its_receipt(survey, slips, send):
    same = str(uuid.uuid4())
    first = send(slips[0], submission_id=same)
    void_only_batch(survey)

    again = send(slips[0], submission_id=same)

    assert (again.status_code, again.json) == (200, first.json)
    assert outcome(send(slips[0])) == (409, "ma-da-dung")


def test_an_unknown_code_is_refused(survey, slips, send):
    assert outcome(send(codes.new_code(survey.id))) == (422, "ma-khong-dung")


def test_a_mistyped_code_is_refused_as_such(survey, slips, send):
    typo = slips[0][:-1] + ("0" if slips[0][-1] != "0" else "1")

    assert outcome(send(typo)) == (422, "ma-go-sai")


def test_a_code_moved_to_another_survey_number_is_unknown_and_spent_in_neither(
    survey, slips, send, make_commune, make_survey
):
    other = make_survey(make_commune("98002", "Khác"))
    body = other.id + codes.normalise(slips[0])[4:-1]

    reply = send(body + damm.calc_check_digit(body))

    assert outcome(reply) == (422, "ma-khong-dung")
    assert stored(survey) == stored(other) == (0, 0, 0)


def test_before_the_first_day_the_answer_is_kept_for_later(commune, make_survey, hand_out, send):
    published = make_survey(commune, State.PUBLISHED)
    (code,) = hand_out(published, commune.villages["Phung"])

    reply = send(code)

    assert outcome(reply) == (403, "chua-mo")
    assert reply.json["keep"] is True


def test_after_the_phones_closed_an_answer_with_an_older_ticket_still_counts(survey, slips, send, move_on):
    ticket = ticket_of(slips[0], datetime.now(UTC) - timedelta(hours=10))
    move_on(survey, State.COUNTING)

    assert send(slips[0], ticket=ticket).status_code == 201


@pytest.mark.parametrize(
    "kind", ["none", "younger", "of another survey", "of another slip", "of no slip", "forged", "expired"]
)
def test_after_the_phones_closed_an_answer_without_an_older_ticket_is_not_counted(
    survey, slips, send, move_on, kind
):
    now = datetime.now(UTC)
    move_on(survey, State.COUNTING)
    good = ticket_of(slips[0], now - timedelta(hours=1))
    code = codes.normalise(slips[0])
    code_mac = codes.mac(store().pepper(survey.id), survey.id, code)
    ticket = {
        "none": "",
        "younger": ticket_of(slips[0], datetime.now(UTC) + timedelta(minutes=1)),
        "of another survey": tickets.issue(store(), "ZZZ", code_mac, now - timedelta(hours=1)),
        "of another slip": ticket_of(slips[1], now - timedelta(hours=1)),
        "of no slip": tickets.issue(store(), survey.id, None, now - timedelta(hours=1)),
        "forged": altered(good),
        "expired": ticket_of(slips[0], now - timedelta(days=31)),
    }[kind]

    assert outcome(send(slips[0], ticket=ticket)) == (410, "da-dong")
    assert stored(survey) == (0, 0, 0)


def test_after_sealing_a_stored_answer_still_gets_its_receipt_and_a_new_one_does_not_count(
    survey, slips, send, move_on
):
    same = str(uuid.uuid4())
    first = send(slips[0], submission_id=same)
    move_on(survey, State.SEALED)

    again = send(slips[0], submission_id=same)

    assert (again.status_code, again.json) == (200, first.json)
    assert outcome(send(slips[1])) == (410, "da-chot")
    assert stored(survey) == (1, 1, 1)


def test_after_annulling_a_stored_answer_still_gets_its_receipt(survey, slips, send, move_on):
    same = str(uuid.uuid4())
    first = send(slips[0], submission_id=same)
    move_on(survey, State.ANNULLED)

    assert send(slips[0], submission_id=same).json == first.json
    assert outcome(send(slips[1])) == (410, "da-dong")


def test_a_retry_of_a_free_text_is_compared_with_the_stored_salt(
    commune, make_form, make_survey, hand_out, send
):
    form = make_form({"key": "remarks", "kind": "long_text", "text": {"vi": "Ý kiến?", "en": "Remarks?"}})
    survey = make_survey(commune, form=form)
    (code,) = hand_out(survey, commune.villages["Phung"])
    same = str(uuid.uuid4())

    first = send(code, submission_id=same, answers={"remarks": "Đường còn\r\nlầy"})
    again = send(code, submission_id=same, answers={"remarks": "Đường còn\nlầy"})
    other = send(code, submission_id=same, answers={"remarks": "Đường còn bụi"})

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert first.json == again.json
    assert set(first.json["salts"]) == {"remarks"}


def test_an_answer_without_any_readable_item_is_stored(survey, slips, send):
    assert send(slips[0], answers={}).status_code == 201
    assert stored(survey) == (1, 1, 1)


def test_an_absent_key_and_null_are_the_same_answer(slips, send):
    same = str(uuid.uuid4())
    send(slips[0], submission_id=same, answers={"planning": "satisfied"})

    assert (
        send(slips[0], submission_id=same, answers={"planning": "satisfied", "income": None}).status_code
        == 200
    )


def test_fifty_posts_of_one_slip_at_once_are_one_answer(app, survey, slips, submission):
    body = submission(code=slips[0])

    replies = at_once(*[lambda: app.test_client().post(API, json=body)] * 50)

    assert sorted(reply.status_code for reply in replies) == [200] * 49 + [201]
    assert len({reply.json["receipt"] for reply in replies}) == 1
    assert stored(survey) == (1, 1, 1)


def test_twenty_answers_on_one_code_at_once_are_one_answer(app, survey, slips, submission):
    bodies = [submission(code=slips[0]) for _number in range(20)]

    replies = at_once(*[lambda body=body: app.test_client().post(API, json=body) for body in bodies])

    assert sorted(reply.status_code for reply in replies) == [201] + [409] * 19
    assert stored(survey) == (1, 1, 1)


def test_twenty_households_of_one_village_at_once_are_all_counted(app, survey, slips, submission):
    bodies = [submission(code=code) for code in slips[:20]]

    replies = at_once(*[lambda body=body: app.test_client().post(API, json=body) for body in bodies])

    assert [reply.status_code for reply in replies] == [201] * 20
    assert stored(survey) == (20, 20, 20)


def test_one_id_sent_with_two_codes_at_once_spends_one_code(app, survey, slips, submission):
    same = str(uuid.uuid4())
    bodies = [submission(code=code, submission_id=same) for code in slips[:12]]

    replies = at_once(*[lambda body=body: app.test_client().post(API, json=body) for body in bodies])

    assert sorted(reply.status_code for reply in replies) == [200] * 11 + [201]
    assert stored(survey) == (1, 1, 1)


def test_answers_in_flight_while_the_phones_close_are_counted_exactly_if_they_were_acknowledged(
    app, survey, slips, submission
):
    bodies = [submission(code=code) for code in slips]

    def close():
        with app.app_context(), db.transaction() as current:
            row = current.scalars(select(Survey).where(Survey.id == survey.id).with_for_update()).one()
            fieldwork.end_phones(current, row, now=datetime.now(UTC), keying=Keying(5), actor="operator")

    calls = [lambda body=body: app.test_client().post(API, json=body) for body in bodies]
    replies = at_once(*calls[:15], close, *calls[15:])

    answered = [reply for reply in replies if reply is not None]
    acknowledged = sum(reply.status_code == 201 for reply in answered)
    assert {reply.status_code for reply in answered} <= {201, 410}
    assert stored(survey) == (acknowledged,) * 3


def test_a_refusal_takes_back_everything_that_its_transaction_wrote(survey, slips):
    door = door_of(survey, slips[0])
    answers = [operations.Submission(str(uuid.uuid4()), {}, Channel.SELF_ONLINE) for _household in range(2)]

    with pytest.raises(operations.CodeUsed):
        record(door, *answers)

    assert stored(survey) == (0, 0, 0)


def test_nothing_is_stored_when_the_commit_does_not_happen(survey, slips):
    door = door_of(survey, slips[0])
    answer = operations.Submission(str(uuid.uuid4()), {}, Channel.SELF_ONLINE)

    with pytest.raises(KeyboardInterrupt):
        record(door, answer, then=KeyboardInterrupt())

    assert stored(survey) == (0, 0, 0)


def test_a_stored_answer_names_its_village_and_nothing_that_leads_to_a_person(commune, survey, slips, send):
    send(slips[0])

    (row,) = db.session().scalars(select(Response))

    assert row.unit_id == commune.villages["Phung"].id
    assert {column.name for column in Response.__table__.columns} == {
        "survey_id", "id", "unit_id", "channel", "version", "answers", "leaf",
    }  # fmt: skip
    assert {column.name for column in SpentCode.__table__.columns} == {"survey_id", "code_mac"}


def record(door, *answers, then=None):
    """Record all answers in one transaction, which then fails as told."""
    with db.transaction() as current:
        for answer in answers:
            operations.record_response(current, door, answer, now=datetime.now(UTC), keys=store())
        if then is not None:
            raise then


def door_of(survey, code):
    return queries.slip_door(db.session(), survey, codes.normalise(code), store())


def void_only_batch(survey):
    with db.transaction() as current:
        (batch,) = surveys.batches(current, survey.id)
        batches.void_batch(
            current, survey.id, batch.id, reason="Mất", actor="operator", now=datetime.now(UTC)
        )
