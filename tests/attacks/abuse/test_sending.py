"""Abuse cases S01 to S04, S10 to S14, S28 and S31: how an answer arrives, and how often.

The queue of a phone that is offline is not part of this release: S11 and S14 hold the server's side of it.
"""

import io
import json
import random
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from survey_app.fieldwork.models import State
from tests.factories import ticket_of

pytestmark = pytest.mark.both_engines

API = "/api/v1/submissions"


def outcome(reply):
    return reply.status_code, reply.json.get("error")


def at_once(app, bodies, threads=10):
    """Statuses of these bodies, sent together; a reply 503 is sent again, as a phone does."""
    ready = threading.Barrier(threads)

    def run(number, body):
        if number < threads:
            ready.wait(timeout=120)
        for _time in range(20):
            reply = app.test_client().post(API, json=body)
            if reply.status_code != 503:
                return reply.status_code
        return 503

    with ThreadPoolExecutor(max_workers=threads) as pool:
        return sorted(pool.map(run, range(len(bodies)), bodies))


def test_s01_the_same_answer_sent_twice_is_stored_once_with_one_receipt(slip, send, stored):
    same = str(uuid.uuid4())

    first, second = send(slip, submission_id=same), send(slip, submission_id=same)

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json == second.json
    assert stored().responses == 1


def test_s02_fifty_sendings_at_once_are_one_answer(app, slip, submission, stored):
    statuses = at_once(app, [submission(code=slip)] * 50)

    assert statuses == [200] * 49 + [201]
    assert (stored().responses, stored().counted) == (1, 1)


def test_s03_other_content_under_the_same_id_is_refused_and_the_first_stays(slip, send, stored):
    same = str(uuid.uuid4())
    first = send(slip, submission_id=same)

    other = send(slip, submission_id=same, answers={"planning": "dissatisfied"})

    assert outcome(other) == (409, "noi-dung-khac")
    assert send(slip, submission_id=same).json == first.json
    assert stored().responses == 1


def test_s04_twenty_answers_on_one_code_at_once_are_one_answer(app, slip, submission, stored):
    statuses = at_once(app, [submission(code=slip) for _time in range(20)])

    assert statuses == [201] + [409] * 19
    assert (stored().responses, stored().spent) == (1, 1)


def test_s10_a_body_that_was_cut_stores_nothing_and_the_retry_works(client, slip, submission, stored):
    body = json.dumps(submission(code=slip)).encode()
    cut = [
        client.post(
            API,
            input_stream=io.BytesIO(body[:length]),
            content_length=len(body),
            content_type="application/json",
        ).status_code
        for length in range(0, len(body), 9)
    ]

    assert set(cut) == {400}
    assert stored().responses == 0
    assert client.post(API, data=body, content_type="application/json").status_code == 201


def test_s11_an_answer_that_waited_eight_days_on_the_phone_still_counts(survey, slip, send, move_on):
    opened = datetime.now(UTC) - timedelta(days=8)
    ticket = ticket_of(slip, opened)
    move_on(survey, State.COUNTING)

    assert send(slip, ticket=ticket).status_code == 201


def test_s12_the_clock_of_the_phone_is_never_consulted(client, slips, submission):
    clocks = ("Thu, 01 Jan 1970 00:00:00 GMT", "Mon, 05 Jan 2037 00:00:00 GMT")
    for code, clock in zip(slips, clocks, strict=False):
        reply = client.post(
            API, json=submission(code=code), headers={"Date": clock, "If-Modified-Since": clock}
        )

        assert reply.status_code == 201
        refused = client.post(API, json=submission(code=code) | {"sent_at": clock})
        assert outcome(refused) == (400, "khong-doc-duoc")


def test_s13_an_answer_sent_after_the_closing_counts_only_with_a_ticket_from_before_it(
    survey, slips, send, move_on, stored
):
    now = datetime.now(UTC)
    old = [ticket_of(slip, now - timedelta(hours=10)) for slip in slips]
    young = ticket_of(slips[1], now + timedelta(minutes=5))
    move_on(survey, State.COUNTING)

    assert send(slips[0], ticket=old[0]).status_code == 201
    assert outcome(send(slips[1], ticket=young)) == (410, "da-dong")
    assert {outcome(send(slip, ticket=old[0])) for slip in slips[2:]} == {(410, "da-dong")}
    move_on(survey, State.SEALED)
    assert outcome(send(slips[2], ticket=old[2])) == (410, "da-chot")
    assert stored().responses == 1


def test_s14_thirty_queued_answers_all_arrive_once_though_every_third_request_is_lost(
    client, slips, submission, stored
):
    """Server side: of the lost ones some never arrive, and of others only the reply is lost."""
    queue = [submission(code=code) for code in slips]
    luck, receipts, requests = random.Random(14), {}, 0
    while queue:
        body = queue.pop(0)
        requests += 1
        lost = requests % 3 == 0
        if lost and luck.random() < 0.5:
            queue.append(body)
            continue
        reply = client.post(API, json=body)
        if lost:
            queue.append(body)
            continue
        assert reply.status_code in {200, 201}
        receipts[body["submission_id"]] = reply.json["receipt"]

    assert len(set(receipts.values())) == 30
    assert (stored().responses, stored().spent, stored().counted) == (30, 30, 30)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b'{"answers": "' + b"x" * 2_000_000 + b'"}', 413, id="two-megabytes"),
        pytest.param(b'{"answers": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400, id="nested"),
        pytest.param(
            json.dumps({str(key): 1 for key in range(1_000_000)}).encode(), 413, id="a-million-keys"
        ),
        pytest.param(b'{"channel": "self_online", "channel": "paper_entry", "answers": {}}', 400, id="twice"),
    ],
)
def test_s28_a_monstrous_body_is_refused(client, survey, body, status):
    assert client.post(API, data=body, content_type="application/json").status_code == status


def test_s31_a_post_from_another_site_or_as_plain_text_changes_nothing(client, slip, submission, stored):
    body = json.dumps(submission(code=slip))

    plain = client.post(API, data=body, content_type="text/plain")
    foreign = client.post(
        API, data=body, content_type="application/json", headers={"Sec-Fetch-Site": "cross-site"}
    )
    form = client.post(
        f"/k/{slip}", data={"planning": "satisfied"}, headers={"Origin": "https://evil.example"}
    )

    assert [plain.status_code, foreign.status_code, form.status_code] == [415, 403, 403]
    assert stored().responses == 0
