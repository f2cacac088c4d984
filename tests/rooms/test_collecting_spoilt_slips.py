"""Slips spoilt in printing are voided by the codes on them and printed again, and never for a household that answered."""

from datetime import UTC, datetime

import pytest

from survey_app import db
from survey_app.access import Role
from survey_app.collecting import spoilt_slips
from survey_app.fieldwork import codes, queries, refusals
from survey_app.fieldwork.models import State
from survey_app.keys import store
from tests.pages import Page
from tests.rooms.test_printing_slips import decoded, rendered

pytestmark = pytest.mark.both_engines(long="postgresql")


def replace(survey, printed):
    with db.transaction() as current:
        return spoilt_slips.replaced(
            current, survey.id, [codes.normalise(code) for code in printed],
            spare_percent=5, actor="operator", now=datetime.now(UTC), keys=store(),
        )  # fmt: skip


def batches(survey):
    db.session().rollback()
    return [(batch.slips, batch.voided_at is not None) for batch in queries.batches(db.session(), survey.id)]


def send(client, submission, code):
    return client.post("/api/v1/submissions", json=submission(code=code))


@pytest.mark.both_engines
def test_spoilt_slips_become_a_voided_batch_and_as_many_new_ones_are_made(
    client, commune, survey, hand_out, submission
):
    printed = hand_out(survey, commune.villages["Phung"], 21)

    made = replace(survey, printed[:2])

    assert batches(survey) == [(19, False), (2, True), (2, False)]
    assert not set(made.codes) & set(printed)
    assert send(client, submission, printed[0]).status_code == 410
    assert send(client, submission, printed[2]).status_code == 201
    assert send(client, submission, made.codes[0]).status_code == 201


def test_a_batch_that_is_spoilt_as_a_whole_is_voided_as_it_is(commune, survey, hand_out):
    printed = hand_out(survey, commune.villages["Bang"], 3)

    replace(survey, printed)

    assert batches(survey) == [(3, True), (3, False)]


@pytest.mark.both_engines
def test_a_slip_that_answered_is_not_replaced(client, commune, survey, hand_out, submission):
    printed = hand_out(survey, commune.villages["Phung"], 4)
    send(client, submission, printed[1])

    with pytest.raises(refusals.NotReplaced):
        replace(survey, printed[:2])

    assert batches(survey) == [(4, False)]


def test_slips_of_several_villages_unknown_ones_and_void_ones_are_not_replaced(commune, survey, hand_out):
    one, other = (hand_out(survey, village, 2) for village in commune.villages.values())
    made = replace(survey, one[:1])

    for typed in ([made.codes[0], other[0]], [codes.new_code(survey.id)], [one[0]]):
        with pytest.raises(refusals.NotReplaced):
            replace(survey, typed)


def test_the_front_types_or_scans_the_codes_and_gets_the_new_slips(commune, survey, hand_out, sign_in):
    printed = hand_out(survey, commune.villages["Phung"], 4)
    front = sign_in(Role.FRONT_COMMUNE, commune.unit)
    (address,) = [
        link["href"]
        for link in Page(front.get(f"/can-bo/dot/{survey.id}/in").text).all("a")
        if link.get("href", "").endswith("/to-hong")
    ]
    form = next(form for form in Page(front.get(address).text).forms if "codes" in dict(form.fields))
    scanned = f"HTTPS://KHAOSAT.EXAMPLE.VN/K/{printed[1].replace(' ', '')}"

    wrong = front.post(address, data=form.data(codes="0001 2345"))
    reply = front.post(address, data=form.data(codes=f"{printed[0]}\r\n\r\n{scanned}\r\n"))

    assert wrong.status_code == 409
    assert "dòng 1" in wrong.text
    assert reply.mimetype == "application/pdf"
    assert sum(len(decoded(page)) for page in rendered(reply.data)) == 2
    assert batches(survey) == [(2, False), (2, True), (2, False)]


def test_nothing_is_replaced_by_others_or_once_the_phones_are_closed(
    commune, survey, hand_out, sign_in, move_on
):
    printed = hand_out(survey, commune.villages["Phung"], 1)

    assert sign_in(Role.COMMUNE, commune.unit).get(f"/can-bo/dot/{survey.id}/in/to-hong").status_code == 403
    move_on(survey, State.COUNTING)
    with pytest.raises(refusals.WrongState):
        replace(survey, printed)
