"""The report of a province's year and the letter to communes that are behind: their figures are those of the board."""

from datetime import timedelta

import pytest

from survey_app.access import Role
from survey_app.fieldwork.models import State
from tests.provinces import NOW
from tests.readers import words
from tests.rooms.reporting.test_reporting_blocks import words_of_docx

YEAR = "/can-bo/tinh/2026"


@pytest.fixture
def board(province):
    province.sealed(province.commune("Chốt"), satisfied=71, valid=72, households=76)
    province.signed(province.commune("Ký"), satisfied=20, valid=24, households=24)
    province.commune("Trống")
    return province


@pytest.mark.usefixtures("undrawn")
def test_the_report_adds_up_households_and_names_every_commune(board, client):
    board.sign_in()

    printed, written = client.get(f"{YEAR}/bao-cao.pdf"), client.get(f"{YEAR}/bao-cao.docx")

    said = words(printed.data)
    assert all(name in said for name in ("Xã Chốt", "Xã Ký", "Xã Trống"))
    assert "24/24" in said, "the total is of what is signed"
    before, _title, whole = said.partition("IV. Cả tỉnh")
    assert "96/100" not in before
    assert "Đợt đã chốt: 2 (chưa ký 1); hộ trả lời 96/100" in whole, (
        "sealed ones too, and how many nobody signed"
    )
    assert "Cộng các" in said
    assert "Trong 1 xã được tính" in said
    assert "Nguồn:" in said
    assert "Số: …/BC-MTTQ-BTT" in said
    told = " ".join(words_of_docx(written.data))
    assert "cộng" in told
    assert "24/24 100,00 %" in told.replace("\u00a0", " ")


@pytest.mark.usefixtures("undrawn")
def test_the_letter_names_those_that_are_behind_with_what_is_waited_for(board, client):
    days = {"opens_at": NOW - timedelta(days=9), "closes_at": NOW - timedelta(days=1)}
    board.survey(board.commune("Quá hạn"), State.OPEN, **days)
    board.sign_in(Role.FRONT_PROVINCE)

    said = words(client.get(f"{YEAR}/don-doc.pdf").data)

    assert "Xã Trống" in said
    assert "Xã Ký" not in said
    assert "Kính gửi" in said
    assert "Số: …/MTTQ-BTT" in said
    assert "Như trên" in said
    assert said.index("V/v đẩy nhanh") < said.index("Kính gửi")
    assert "trong đó 1 (một) xã đã quá hạn" in said
    assert "CÔNG VĂN" not in said
    assert "Ủy ban nhân dân xã" not in said


def test_who_only_looks_on_writes_no_letter(board, client):
    board.sign_in(Role.VIEWER)

    assert client.get(f"{YEAR}/bao-cao.docx").status_code == 200
    assert client.get(f"{YEAR}/don-doc.pdf").status_code == 403
