"""No paper ends with a sheet of signature headings alone: who signs, signs a sheet that says something."""

import os
import re
import subprocess
from datetime import UTC, datetime

import pytest

from survey_app import db
from survey_app.fieldwork import batches, frames
from survey_app.fieldwork import queries as fieldwork
from survey_app.printing import lists
from survey_app.quality import reconciliation
from survey_app.reporting import papers, printing
from tests.rooms.sealing.conftest import HAPPY, UNHAPPY, Surveys

NOW = datetime(2026, 12, 14, 2, 0, tzinfo=UTC)
HOST = "https://khaosat.example.vn"
ROOM = "(ký, ghi rõ họ tên, ngày)"
BODIES = (
    *("ủy ban", "tổ kiểm phiếu", "người niêm yết", "ban công tác mặt trận", "người giao", "trưởng thôn"),
    *(
        "tm. ban thường trực",
        "chủ tịch",
        "đại diện hộ",
        "gia đình",
        "thành viên tổ",
        "tổ trưởng",
        "xã mẫu",
        "thường trực",
    ),
)


@pytest.fixture(params=[2, 7, 12, 25, 60] if os.environ.get("ABUSE") == "full" else [2, 12])
def villages(request):
    return request.param


@pytest.fixture
def sealed(app, villages):
    """A commune of that many villages, everybody of it satisfied but one household of each."""
    made = Surveys(db.session())
    names = [f"Làng Thứ {number}" for number in range(1, villages + 1)]
    made.make(households=dict.fromkeys(names, 30))
    for name in names:
        made.answer("0001", name, HAPPY, times=2)
        made.answer("0001", name, UNHAPPY)
    made.seal()
    return made


def sheets(pdf):
    text = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout
    return text.decode().replace("\u00a0", " ").split("\f")[:-1]


def lines_above_the_signatures(sheet):
    """What stands on a sheet before its first room for a signature, the headings of the room left out."""
    above = sheet.partition(ROOM)[0].splitlines()
    return [
        line.strip() for line in above if line.strip() and not any(body in line.casefold() for body in BODIES)
    ]


def all_papers(app, villages):
    current = db.session()
    found = papers.exact(current, "0001")
    survey = fieldwork.survey(current, "0001")
    line = frames.frame(current, "0001")[0]
    settings = app.extensions["settings"]
    yield "minutes", printing.minutes(found, NOW)
    yield "table", printing.table(found, NOW)
    yield "notice of the commune", printing.notice(papers.notice(current, "0001"), HOST, NOW)
    yield "notice of a village", printing.notice(papers.notice(current, "0001", line.unit.code), HOST, NOW)
    yield "reconciliation", printing.slips(reconciliation.of_survey(current, "0001"), found.style, NOW)
    if villages > 7:  # what follows is as long in a commune of many
        return
    yield "minutes of the villages", printing.village_minutes(found, NOW)
    yield (
        "cover",
        lists.cover_pdf(survey, lists.bundle(line, fieldwork.batches(current, "0001")), settings, ()),
    )
    yield "receipts", lists.receipt_pdf(survey, line, batches.most_slips(line.households, 5), ())


def test_every_sheet_with_room_for_signatures_says_what_is_signed(app, sealed, villages):
    alone = []
    for name, pdf in all_papers(app, villages):
        signed = [lines_above_the_signatures(sheet) for sheet in sheets(pdf) if ROOM in sheet]
        assert signed, name
        if name in {"table", "minutes of the villages"}:
            assert left_unnamed(pdf, villages) == [], name
        alone += [name for above in signed if not above]

    assert alone == []


def test_the_table_names_every_village_of_sixty(app):
    made = Surveys(db.session())
    names = [f"Làng Thứ {number}" for number in range(1, 61)]
    made.make(households=dict.fromkeys(names, 30))
    made.answer("0001", names[0], HAPPY, times=2)
    made.seal()

    assert left_unnamed(printing.table(papers.exact(db.session(), "0001"), NOW), 60) == []


def left_unnamed(pdf, villages):
    told = " ".join("".join(sheets(pdf)).split())
    names = (f"Làng Thứ {number}" for number in range(1, villages + 1))
    return [name for name in names if not re.search(rf"{name}\b", told)]
