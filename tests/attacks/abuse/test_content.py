"""Abuse cases S22 to S27, S29 and S30: what people write, and what is not an answer at all."""

import io
import json
import unicodedata
from datetime import UTC, datetime

import openpyxl
import pypdf
import pytest
from sqlalchemy import select

from survey_app import db, files
from survey_app.access import Role
from survey_app.authoring.models import InstrumentRecord
from survey_app.collecting.models import Response
from survey_app.fieldwork.models import State, Survey
from survey_app.fieldwork.queries import SurveyNotFound
from survey_app.fieldwork.queries import survey as survey_now
from survey_app.printing import posters
from survey_app.questions import document
from tests.pages import Page

API = "/api/v1/submissions"
MARKUP = "<img src=x onerror=alert(1)>"


def remarks_stored():
    db.session().rollback()
    return [
        row.answers["remarks"]["text"] for row in db.session().scalars(select(Response).order_by(Response.id))
    ]


def outcome(reply):
    return reply.status_code, reply.json.get("error")


def test_s22_markup_in_an_answer_is_kept_to_the_letter_and_inert_wherever_it_shows(
    client, commune, texts, send, sign_in, move_on
):
    review = client.post(f"/k/{texts[0]}", data={"remarks": MARKUP, "_step": "review"})
    assert send(texts[0], answers={"remarks": MARKUP}).status_code == 201

    assert remarks_stored() == [MARKUP]
    assert MARKUP not in review.text
    assert not Page(review.text).all("img")
    number = db.session().scalar(select(Survey.id))
    move_on(survey_now(db.session(), number), State.SEALED)
    sign_in(Role.AUDITOR, commune.province)
    for address in (f"/can-bo/dot/{number}/ket-qua", f"/ket-qua/{number}", f"/can-bo/dot/{number}"):
        assert MARKUP not in client.get(address).text
    held = client.get(f"/can-bo/dot/{number}/bo-kiem-toan.json")
    assert held.mimetype == "application/json"
    assert held.headers["X-Content-Type-Options"] == "nosniff"
    assert MARKUP in json.dumps(held.json)


def test_s23_what_a_spreadsheet_would_run_leaves_as_text_and_a_number_as_a_number():
    typed = ["=HYPERLINK(1)", "+84", "-5", "@sum", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠1"]
    csv = b"".join(files.csv_rows([typed, [-5]])).decode("utf-8-sig")
    sheet = openpyxl.load_workbook(io.BytesIO(files.xlsx({"A": [typed, [-5]]}))).active

    assert csv.count("'") == len(typed)
    assert csv.endswith("\r\n-5\r\n")
    assert {cell.data_type for cell in sheet[1]} == {"s"}
    assert (sheet.cell(2, 1).value, sheet.cell(2, 1).data_type) == (-5, "n")


@pytest.mark.parametrize("title", ["<script>alert(1)</script>", "{{7*7}}", "%s %(x)s", '"><svg onload=x>'])
def test_s24_a_title_of_markup_stands_literally_on_the_form_and_the_poster(
    app, client, commune, make_survey, hand_out, title
):
    survey = make_survey(commune, form=frozen_form(title))
    (slip,) = hand_out(survey, commune.villages["Phung"])

    page = client.get(f"/k/{slip}")
    poster = pypdf.PdfReader(io.BytesIO(posters.pdf(survey, app.extensions["settings"], "A4")))

    assert title in Page(page.text).text("body")
    assert "alert(1)" not in Page(page.text).text("script")
    assert not [found for found in Page(page.text).all("svg") if "onload" in found]
    printed = "".join(part.extract_text() for part in poster.pages)
    assert printed
    assert "49" not in printed.split("Mẫu")[0]


def test_s25_sql_in_search_filter_and_page_is_just_a_word(client, commune, survey, sign_in):
    sign_in(Role.PROVINCE, commune.province)
    asked = {
        "/can-bo/don-vi": ("q",),
        "/can-bo/tai-khoan": ("q",),
        "/can-bo/nhat-ky": ("viec", "ngay", "truoc"),
        f"/can-bo/tinh/{datetime.now(UTC).year}": (
            "q",
            "state",
            "finding",
            "kind",
            "need",
            "lacks",
            "sort",
            "dir",
            "page",
        ),
        "/can-bo/mau-phieu/1": ("cau", "nut"),
    }

    statuses = {
        (path, name, meta): client.get(path, query_string={name: meta}).status_code
        for path, names in asked.items()
        for name in names
        for meta in ("' OR 1=1 --", '"; DROP TABLE surveys; --', "1) UNION SELECT 1,2,3--", "%", "\\", "-1")
    }

    assert {key: status for key, status in statuses.items() if status not in {200, 400, 422}} == {}
    assert survey_now(db.session(), survey.id).state is State.OPEN


def test_s26_a_question_or_choice_that_the_form_does_not_have_is_named_and_refused(slip, send, stored):
    said = {"nobody": "nobody", "planning": "quy hoạch", "__proto__": "__proto__", "": ""}
    for key, words in said.items():
        reply = send(slip, answers={key: "maybe"})

        assert outcome(reply) == (422, "khong-hop-le")
        assert words in reply.json["message"]
    assert stored().spent == 0


def test_s27_a_value_of_the_wrong_type_is_refused(client, texts, submission, stored):
    wrong = {
        "planning": [["satisfied"], True, {"a": 1}, 1],
        "people": ["1e999", float("nan"), float("inf"), 10**40, True, ["1"]],
        "remarks": [5, ["x"], True, {"text": "x", "salt": "y"}],
    }

    outcomes = {
        (key, str(value)): outcome(client.post(API, json=submission(code=texts[0], answers={key: value})))
        for key, values in wrong.items()
        for value in values
    }

    assert {case: found for case, found in outcomes.items() if found != (422, "khong-hop-le")} == {}
    assert stored().spent == 0


def test_s29_a_text_is_measured_in_composed_characters_and_stays_in_the_box(client, texts, send):
    decomposed = unicodedata.normalize("NFD", "ệ")

    fits, too_long = send(texts[0], answers={"remarks": decomposed * 2000}), decomposed * 2001
    page = client.post(f"/k/{texts[1]}", data={"remarks": too_long, "_step": "review"})

    assert fits.status_code == 201
    assert outcome(send(texts[1], answers={"remarks": too_long})) == (422, "khong-hop-le")
    assert page.status_code == 422
    assert "2.000" in page.text
    assert too_long in page.text


@pytest.mark.parametrize(
    ("text", "status"),
    [("a\0b", 422), ("a\ud800b", 422), ("a\u202eb", 201), ("a\u200bb", 201), ("\u2066a\u2069b", 201)],
    ids=["null", "lone-surrogate", "right-to-left", "zero-width", "isolate"],
)
def test_s30_what_no_database_holds_is_refused_and_the_rest_is_kept(texts, send, text, status):
    reply = send(texts[0], answers={"remarks": text})

    assert reply.status_code == status
    assert remarks_stored() == ([text] if status == 201 else [])


def test_an_unknown_survey_is_not_found_by_any_number(app):
    for number in ("", "ZZZ", "' OR 1=1"):
        with pytest.raises(SurveyNotFound):
            survey_now(db.session(), number)


def frozen_form(title):
    """A frozen form of that title; its key."""
    content = (
        db.session().scalars(select(InstrumentRecord).where(InstrumentRecord.key == "xa-ntm")).one().document
    )
    content = document.dump(document.load(content | {"key": "xau", "title": {"vi": title, "en": title}}))
    now = datetime.now(UTC)
    with db.transaction() as current:
        current.add(
            InstrumentRecord(
                key="xau",
                version=content["version"],
                document=content,
                edited_by="operator",
                edited_at=now,
                frozen_at=now,
                digest=document.digest(document.load(content)),
            )  # fmt: skip
        )
    return "xau"
