"""Names of 120 letters stand whole on every paper of a result, and inside its sheet."""

import os
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from survey_app import db
from survey_app.fieldwork import frames
from survey_app.quality import reconciliation
from survey_app.reporting import papers, printing
from tests.rooms.sealing.conftest import HAPPY, UNHAPPY, Surveys

NOW = datetime(2026, 12, 14, 2, 0, tzinfo=UTC)
VILLAGE = (
    "Nguyễn Thượng Hiền nối dài Khu tái định cư Nghĩa Đường Mới " + "Ngã Bảy Cầu Bông Thượng Đường " * 3
)[:119] + "X"
COMMUNE = ("Trường Thượng sáp nhập Phượng Hoàng Đông Bắc và Tây Nguyên " + "Khương Thượng Phường Đường " * 3)[
    :119
] + "Y"


@pytest.fixture
def printed(app):
    made = Surveys(db.session())
    made.commune.name = COMMUNE
    made.make(households={VILLAGE: 40, "Phung": 30})
    made.answer("0001", VILLAGE, HAPPY, times=20)
    made.answer("0001", VILLAGE, UNHAPPY, times=11)
    made.answer("0001", "Phung", HAPPY, times=20)
    made.seal()
    current = db.session()
    found, line = papers.exact(current, "0001"), frames.frame(current, "0001")
    long = next(one.unit.code for one in line if one.unit.name == VILLAGE)
    return {
        "minutes": printing.minutes(found, NOW),
        "table": printing.table(found, NOW),
        "notice": printing.notice(papers.notice(current, "0001"), "https://khaosat.example.vn", NOW),
        "notice of the village": printing.notice(
            papers.notice(current, "0001", long), "https://khaosat.example.vn", NOW
        ),
        "reconciliation": printing.slips(reconciliation.of_survey(current, "0001"), found.style, NOW),
    }


def boxes(pdf):
    """Words of a paper with their right edges, and the width of their sheets, in points."""
    found = subprocess.run(
        ["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()
    width = float(re.search(r'<page width="([\d.]+)"', found)[1])
    return [
        (float(right), word) for right, word in re.findall(r'xMax="([\d.]+)"[^>]*>([^<]*)</word>', found)
    ], width


def squeezed(pdf):
    text = subprocess.run(
        ["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()
    return "".join(text.split()).casefold()


def test_names_of_120_letters_stand_whole_on_the_papers_of_a_result(printed):
    for name, pdf in printed.items():
        if os.environ.get("PAPERS"):
            Path(os.environ["PAPERS"], f"{name}.pdf").write_bytes(pdf)
        said, (words, width) = squeezed(pdf), boxes(pdf)

        assert "".join(COMMUNE.split()).casefold() in said, name
        assert "".join(VILLAGE.split()).casefold() in said, name
        assert max(right for right, _word in words) < width - 20, name
