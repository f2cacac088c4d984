"""Where an address or a typed code leads a respondent, in every state of the survey, and how each refusal looks."""

import shutil
import uuid
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from survey_app import db
from survey_app.collecting.models import Response
from survey_app.fieldwork import batches, codes
from survey_app.fieldwork.models import State
from survey_app.keys import store
from survey_app.throttle import Failure
from tests.pages import Page
from tests.rooms.test_collecting_pages import OWN, answers_stored, mistyped, send_form, spent
from tests.rooms.test_fieldwork_codes import CUT_SHORT


@pytest.mark.parametrize(
    "write",
    [str, lambda code: code.replace(" ", ""), lambda code: code.replace(" ", "–"), lambda code: f"  {code}\t",
     lambda code: f"https://khaosat.example.vn/k/{code.replace(' ', '')}"],
    ids=["as printed", "no groups", "long dashes", "spaces around", "the whole address"],
)  # fmt: skip
def test_a_typed_code_leads_to_the_form_however_it_is_written(client, slip, write):
    page = client.post("/k", data={"code": write(slip)})

    assert (page.status_code, page.location) == (303, f"/k/{slip.replace(' ', '')}")


def test_a_code_that_was_altered_stays_in_the_box(client, slip):
    wrong = mistyped(slip)

    page = client.post("/k", data={"code": wrong})

    assert page.status_code == 422
    assert Page(page.text).form(action="/k").data()["code"] == [wrong]


@pytest.mark.parametrize("typed", CUT_SHORT)
def test_a_code_that_lacks_digits_and_looks_like_a_former_one_is_no_guess(client, survey, typed):
    """One in 32 of them passes the check of a former code."""
    in_box, at_address = client.post("/k", data={"code": typed}), client.get(f"/k/{typed.replace(' ', '')}")

    for page in (in_box, at_address):
        assert page.status_code == 422
        assert "Còn thiếu 2 số" in page.text
    assert Page(in_box.text).form(action="/k").data()["code"] == [typed]
    assert not db.session().scalars(select(Failure)).all()


@pytest.mark.parametrize(
    "typed", ["", "x" * 5000, "𝟙" * 15, "؀" * 14, "\0" * 14, "ß" * 15, "ﷺ" * 14, "../../etc"]
)
def test_whatever_is_typed_as_a_code_gets_a_page(client, survey, typed):
    assert client.post("/k", data={"code": typed}).status_code == 422


@pytest.mark.parametrize(
    "path", ["/k/%00", "/k/x%00y", "/g/%00", "/g/%F0%9F%98%80", "/kiem-tra/%00", "/can-bo/dot/%00"]
)
def test_a_strange_address_is_refused_quietly(client, survey, path):
    assert client.get(path).status_code in {302, 404, 422}


@pytest.mark.parametrize("path", ["/k", "/K", "/k/", "/K/"])
def test_the_page_to_type_a_code_has_every_spelling(client, path):
    assert client.get(path).status_code == 200


def test_the_capital_address_of_the_qr_opens_the_form(client, slip):
    assert client.get(f"/K/{slip}").status_code == 200


def test_opening_a_page_by_head_is_like_get(client, survey, slip, move_on):
    assert client.head(f"/k/{slip}").status_code == 200
    assert client.head("/kiem-tra").status_code == 200

    move_on(survey, State.SEALED)

    assert client.head(f"/k/{slip}").status_code == 303


def test_a_mistyped_address_is_422_and_an_unknown_one_404(client, survey, slip):
    assert client.get(f"/k/{mistyped(slip)}").status_code == 422
    assert client.get(f"/k/{codes.new_code(survey.id)}").status_code == 404
    assert client.get(f"/k/{codes.new_code('ZZZ')}").status_code == 404


def test_a_used_slip_is_409_and_a_voided_one_410(client, survey, commune, slip, hand_out):
    send_form(client, client.get(f"/k/{slip}"), f"/k/{slip}", "send", planning="satisfied")
    (voided,) = hand_out(survey, commune.villages["Bang"])
    with db.transaction() as current:
        batches.void_batch(current, survey.id, 2, reason="Mất", actor="operator", now=datetime.now(UTC))

    assert client.get(f"/k/{slip}").status_code == 409
    assert client.get(f"/k/{voided}").status_code == 410
    assert "xin" in client.get(f"/k/{voided}").text.lower()


def test_before_the_first_day_the_page_names_the_day(client, commune, make_survey, hand_out):
    survey = make_survey(commune, State.PUBLISHED)
    (code,) = hand_out(survey, commune.villages["Phung"])

    page = client.get(f"/k/{code}")

    assert page.status_code == 403
    assert survey.first_day.strftime("%d/%m/%Y") in page.text


@pytest.mark.parametrize(
    ("state", "get", "post"),
    [(State.COUNTING, 410, 201), (State.SEALED, 303, 410), (State.ANNULLED, 410, 410)],
    ids=["phones closed", "sealed", "annulled"],
)
def test_a_form_opened_before_the_end_gets_the_status_of_the_state(
    client, survey, slip, move_on, state, get, post
):
    form = client.get(f"/k/{slip}")
    move_on(survey, state)

    looked = client.get(f"/k/{slip}")

    assert looked.status_code == get
    assert send_form(client, form, f"/k/{slip}", "send", planning="satisfied").status_code == post


def test_after_sealing_the_code_leads_to_the_result_without_any_key(client, app, survey, slip, move_on):
    move_on(survey, State.SEALED)
    shutil.rmtree(store().folder / "peppers")

    page = client.get(f"/k/{slip}")

    assert (page.status_code, page.location) == (303, f"/ket-qua/{survey.id}")


def test_a_refused_answer_is_shown_again(client, survey, slip, move_on):
    form = client.get(f"/k/{slip}")
    move_on(survey, State.ANNULLED)

    refused = send_form(client, form, f"/k/{slip}", "send", planning="dissatisfied")

    assert "Không hài lòng" in Page(refused.text).text("dd")


def test_a_lost_key_is_503_and_keeps_the_answer_on_the_page(client, survey, slip):
    form = client.get(f"/k/{slip}")
    pepper = store().folder / "peppers" / survey.id
    content = pepper.read_bytes()
    pepper.unlink()

    busy = send_form(client, form, f"/k/{slip}", "send", planning="dissatisfied")
    health = client.get("/healthz")
    pepper.write_bytes(content)
    thanks = client.post(f"/k/{slip}", data=Page(busy.text).form().data(), headers=OWN)

    assert (busy.status_code, health.status_code, thanks.status_code) == (503, 503, 201)
    assert survey.id in str(health.json["reasons"])
    assert "Retry-After" in busy.headers
    assert answers_stored()[0]["planning"] == "dissatisfied"


def test_a_database_that_is_away_is_503_and_keeps_the_answer_on_the_page(client, slip, database_away):
    form = client.get(f"/k/{slip}")
    with database_away():
        busy = send_form(client, form, f"/k/{slip}", "send", planning="dissatisfied")
        looked = client.get(f"/k/{slip}")
        health = client.get("/healthz")
    thanks = client.post(f"/k/{slip}", data=Page(busy.text).form().data(), headers=OWN)

    assert (busy.status_code, looked.status_code, health.status_code) == (503, 503, 503)
    assert thanks.status_code == 201
    assert answers_stored()[0]["planning"] == "dissatisfied"


def test_a_post_from_another_site_is_refused_and_spends_nothing(client, slip):
    data = Page(client.get(f"/k/{slip}").text).form(id="phieu").data(_step="send", planning="satisfied")

    cross = client.post(f"/k/{slip}", data=data, headers={"Sec-Fetch-Site": "cross-site"})
    old_browser = client.post(f"/k/{slip}", data=data, headers={"Origin": "https://evil.example"})

    assert (cross.status_code, old_browser.status_code, spent()) == (403, 403, 0)


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "null"}, {"Origin": "http://localhost"}, {"Sec-Fetch-Site": "none"}]
)
def test_a_post_of_our_own_page_is_accepted_from_every_browser(client, slip, headers):
    data = Page(client.get(f"/k/{slip}").text).form(id="phieu").data(_step="send", planning="satisfied")

    assert client.post(f"/k/{slip}", data=data, headers=headers).status_code == 201


def test_a_body_that_is_no_form_is_415_and_a_huge_one_413(client, slip):
    assert client.post(f"/k/{slip}", data="{}", content_type="text/plain", headers=OWN).status_code == 415
    assert client.post(f"/k/{slip}", data={"remarks": "x" * 2_000_000}, headers=OWN).status_code == 413


def test_another_method_is_405_and_names_the_right_ones(client, slip):
    reply = client.put(f"/k/{slip}")

    assert reply.status_code == 405
    assert {"GET", "POST"} <= set(reply.headers["Allow"].replace(" ", "").split(","))


def test_an_id_that_is_no_uuid4_is_replaced(client, slip):
    data = (
        Page(client.get(f"/k/{slip}").text)
        .form(id="phieu")
        .data(_step="send", planning="satisfied", _id=str(uuid.uuid1()))
    )

    client.post(f"/k/{slip}", data=data, headers=OWN)

    current = db.session()
    current.rollback()
    assert uuid.UUID(current.scalars(select(Response.id)).one()).version == 4


def test_no_page_of_a_respondent_sets_or_reads_a_cookie(client, slip):
    pages = [client.get("/k"), client.get(f"/k/{slip}"), client.get("/kiem-tra")]
    pages.append(send_form(client, pages[1], f"/k/{slip}", "send", planning="satisfied"))

    assert not any("Set-Cookie" in page.headers or "Cookie" in page.headers.get("Vary", "") for page in pages)


def test_pages_of_respondents_are_never_kept_and_allow_nothing_from_outside(client, slip):
    page = client.get(f"/k/{slip}")

    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert "noindex" in page.text
