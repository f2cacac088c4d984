"""Every kind of question has its result on every medium: pages, files, machine formats and papers."""

import json
import re
import uuid
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest

from survey_app import db, keys
from survey_app.access import Role
from survey_app.fieldwork.models import Purpose, State
from survey_app.privacy import texts
from survey_app.questions.kinds import Kind, Result
from survey_app.sealing import schedule, verification
from tests import verifying
from tests.every_kind import EXAMPLES
from tests.factories import advance
from tests.readers import words

ANSWERS = 24


#: How each kind is asked; the items of the shipped form are two-way.
ASKED = {kind: example.asked for kind, example in EXAMPLES.items() if kind is not Kind.SATISFACTION}
#: What people read of it, wherever results stand: labels with counts, quartiles of 1.500, 1.501, … 1.523.
TOLD = {
    Kind.SATISFACTION: ("24 0 0",),
    Kind.SINGLE_CHOICE: ("Lựa chọn a 12", "Lựa chọn b 12"),
    Kind.MULTIPLE_CHOICE: ("Lựa chọn c 24", "Lựa chọn d 12"),
    Kind.FIVE_FACES: ("Rất hài lòng 12", "Bình thường 12"),
    Kind.NUMBER: ("24", "1.505,5", "1.511,5", "1.517,5"),
    Kind.SHORT_TEXT: ("không bao giờ công bố",),
    Kind.LONG_TEXT: ("không bao giờ công bố",),
    Kind.NOTE: (),
}


EVERY_PART = [
    part
    for kind, parts in TOLD.items()
    for part in (*([ASKED[kind]["text"]["vi"]] if kind in ASKED and parts else ()), *parts)
]


def answers(number):
    return {
        "planning": "satisfied",
        "single_choice": "ab"[number % 2],
        "multiple_choice": ["c", "d"] if number % 2 else ["c"],
        "five_faces": "53"[number % 2],
        "number": f"1.{500 + number}",
        "short_text": f"Chợ {number:02}",
        "long_text": f"Đường thôn còn lầy, ý kiến {number:02}",
    }


@pytest.fixture
def form(make_commune, make_form):
    commune = make_commune(Phung=ANSWERS + 2)
    return commune, make_form(*ASKED.values())


@pytest.fixture
def sealed(client, form, make_survey, hand_out, submission):
    """A sealed decision survey of a form with every kind."""
    commune, key = form
    survey = make_survey(commune, form=key)
    for number, code in enumerate(hand_out(survey, commune.villages["Phung"], ANSWERS)):
        reply = client.post("/api/v1/submissions", json=submission(code=code, answers=answers(number)))
        assert reply.status_code == 201, reply.json
    return commune, advance(survey.id, State.SEALED)


@pytest.fixture
def feedback(client, form, make_survey):
    """A running feedback survey of the same form, and a way to send it further answers."""
    commune, key = form
    survey = make_survey(commune, purpose=Purpose.FEEDBACK, form=key)

    def send(numbers):
        for number in numbers:
            body = {
                "submission_id": str(uuid.uuid4()), "link": survey.link, "channel": "self_online",
                "answers": answers(number),
            }  # fmt: skip
            assert client.post("/api/v1/submissions", json=body).status_code == 201

    send(range(ANSWERS))
    schedule.refresh_feedback(datetime.now(UTC))
    return commune, survey, send


@pytest.fixture
def media(client, sealed, sign_in):
    """Medium → its words, of everything that shows results to people."""
    commune, survey = sealed
    here = f"/can-bo/dot/{survey.id}"
    found = {"public page": client.get(f"/ket-qua/{survey.id}")}
    sign_in(Role.COMMUNE, commune.unit)
    found |= {"page of the commune": client.get(f"{here}/ket-qua")}
    sign_in(Role.FRONT_COMMUNE, commune.unit)
    found |= {
        "page of the Front": client.get(f"{here}/ket-qua"),
        "CSV": client.get(f"{here}/ket-qua.csv"),
        "notice": client.get(f"{here}/ban-niem-yet.pdf"),
        "minutes": client.get(f"{here}/giay-to/bien-ban-kiem-phieu.pdf"),
        "workbook": client.get(f"{here}/ket-qua.xlsx"),
    }
    assert {medium: reply.status_code for medium, reply in found.items() if reply.status_code != 200} == {}
    return {medium: words(reply.data) for medium, reply in found.items()}


def test_every_kind_has_a_result_that_is_read_here():
    assert list(TOLD) == list(Kind)
    assert {kind for kind in Kind if kind.row.result is Result.NOTHING} == {Kind.NOTE}


def test_every_kind_stands_on_every_page_file_and_paper_of_results(media):
    # Cells of a table stand apart, and table files group no digits.
    spoken = {medium: re.sub(r'[",.]', " ", text.replace("1.5", "15")) for medium, text in media.items()}
    missing = [
        f"{medium}: {part}"
        for medium, text in spoken.items()
        for part in EVERY_PART
        if re.sub(r"[,.]", " ", part.replace("1.5", "15")) not in " ".join(text.split())
    ]

    assert missing == []


def test_open_data_hold_every_result_in_numbers_of_programs(client, sealed):
    _commune, survey = sealed
    rows = client.get(f"/ket-qua/{survey.id}/so-lieu.json").json["rows"]

    answers = defaultdict(list)
    for row in rows:
        if row["figure"] == "answer":
            answers[row["item"]].append(row["n"])
    assert answers["single_choice"] == [12, 12]
    assert answers["number"] == [24, 1505.5, 1511.5, 1517.5]
    assert answers["short_text"] == answers["long_text"] == [None]  # why, in words


@pytest.mark.both_engines
def test_machines_get_every_result_and_it_verifies(app, client, sealed, sign_in, tmp_path):
    commune, survey = sealed
    card = json.loads(
        app.test_cli_runner().invoke(args=["results", "scorecard", "--survey", survey.id, "--json"]).stdout
    )
    public = client.get(f"/ket-qua/{survey.id}/du-lieu.json").json
    sign_in(Role.AUDITOR, commune.province)
    auditor = client.get(f"/can-bo/dot/{survey.id}/bo-kiem-toan.json").json
    told = {"answers": 24, "lower": "1505.5", "median": "1511.5", "upper": "1517.5"}
    forged = json.loads(json.dumps(public))
    forged["disclosed"]["numbers"]["number"]["median"] = "1600"

    assert card["numbers"] == public["disclosed"]["numbers"] == {"number": told}
    assert card["options"]["single_choice"] == {"a": 12, "b": 12}
    assert verification.verify(db.session(), survey.id, keys.store()).equal
    assert failed(public, tmp_path) == failed(auditor, tmp_path) == []
    assert failed(forged, tmp_path) == ["tables", "published"]


def test_a_number_that_was_answered_otherwise_is_found_by_recounting(client, sealed, sign_in, tmp_path):
    commune, survey = sealed
    sign_in(Role.AUDITOR, commune.province)
    auditor = client.get(f"/can-bo/dot/{survey.id}/bo-kiem-toan.json").json
    auditor["answers"] = [
        row | {"answers": row["answers"] | {"number": "9"}} if place % 2 else row
        for place, row in enumerate(auditor["answers"])
    ]

    assert failed(auditor, tmp_path) == ["answers", "recount"]


def test_opinions_of_a_running_feedback_survey_reach_the_front_and_then_the_commune(
    client, feedback, sign_in
):
    commune, survey, _send = feedback
    page = f"/can-bo/dot/{survey.id}/y-kien/long_text"
    sign_in(Role.FRONT_COMMUNE, commune.unit)
    read = words(client.get(page).data)
    figures = words(client.get(f"/can-bo/dot/{survey.id}/ket-qua").data)
    way = client.get(f"/can-bo/dot/{survey.id}").text
    sign_in(Role.COMMUNE, commune.unit)
    before = words(client.get(page).data)
    release(survey, "long_text", 12)
    after = words(client.get(page).data)

    assert all(f"ý kiến {number:02}" in read for number in range(ANSWERS))
    assert f"/can-bo/dot/{survey.id}/y-kien" in way
    assert "1.511,5" in figures
    assert "lầy" not in before
    assert after.count("Đường thôn còn lầy") == 12


def test_opinions_of_a_running_feedback_survey_appear_ten_answers_together(client, feedback, sign_in):
    commune, survey, send = feedback
    sign_in(Role.FRONT_PROVINCE, commune.province)
    page = f"/can-bo/dot/{survey.id}/y-kien/long_text"
    send(range(30, 33))
    schedule.refresh_feedback(datetime.now(UTC) + timedelta(days=1))
    few = words(client.get(page).data)
    send(range(33, 40))
    schedule.refresh_feedback(datetime.now(UTC) + timedelta(days=2))
    more = words(client.get(page).data)

    assert "ý kiến 31" not in few
    assert "ý kiến 31" in more
    assert "ý kiến 39" in more


def test_decisions_on_opinions_hold_when_the_feedback_survey_is_sealed(client, feedback, sign_in):
    commune, survey, _send = feedback
    release(survey, "long_text", 12)
    advance(survey.id, State.SEALED)
    sign_in(Role.COMMUNE, commune.unit)

    read = words(client.get(f"/can-bo/dot/{survey.id}/y-kien/long_text").data)

    assert read.count("Đường thôn còn lầy") == 12


def release(survey, question, count):
    """The Front releases this many texts."""
    current = db.session()
    current.rollback()
    told = {asked.question.key: asked for asked in texts.disclosed(current, survey, texts.Audience.EXACT)}
    chosen = [one.handle for one in told[question].shown.texts[:count]]
    with db.transaction() as current:
        texts.moderate(
            current,
            survey,
            question,
            dict.fromkeys(chosen, "released"),
            actor="user:1",
            now=datetime.now(UTC),
        )


def failed(found, folder):
    """The checks of the stand-alone verifier that a set does not pass."""
    return verifying.verify(found, folder).checks("fail")
