"""Names of 120 letters stand whole on every paper, and above the tick boxes stand the faces of the phone."""

import io
import subprocess
from dataclasses import replace
from datetime import date

import pytest
from PIL import Image

from survey_app.config import load_settings
from survey_app.fieldwork import codes
from survey_app.fieldwork.frames import FrameLine
from survey_app.printing import lists, posters, slips
from tests.papers import make_survey, make_unit, printing_application

VILLAGE = (
    "Nguyễn Thượng Hiền nối dài Khu tái định cư Nghĩa Đường Mới " + "Ngã Bảy Cầu Bông Thượng Đường " * 3
)[:119] + "X"
COMMUNE = ("Trường Thượng sáp nhập Phượng Hoàng Đông Bắc và Tây Nguyên " + "Khương Thượng Phường Đường " * 3)[
    :119
] + "Y"
CONTACT = ("Bà Hoàng Thị Phương Thượng, Ban công tác Mặt trận thôn, 0905 123 456; " * 2)[:119] + "Z"


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """Every paper of the field by name, for the longest names there are."""
    with printing_application():
        settings = replace(
            load_settings(tmp_path_factory.mktemp("printed")), public_url="https://khaosat.gialai.gov.vn"
        )
        village = make_unit(VILLAGE, "to_dan_pho")
        survey = make_survey(unit=make_unit(COMMUNE, "xa", "23722", "commune"), contact=CONTACT)
        line = FrameLine(village, 100, "Báo cáo", date(2026, 1, 1), ())
        return {
            "slip": slips.pdf(survey, village, [codes.new_code("0A7")], settings),
            "cover": lists.cover_pdf(survey, lists.bundle(line, ()), settings, ()),
            "receipts": lists.receipt_pdf(survey, line, 105, ()),
            "poster": posters.pdf(survey, settings, "A4"),
        }


def squeezed(pdf, *area):
    """The letters of a paper, or of an area of its first page in points, without spaces and in one case."""
    command = ["pdftotext", *area, "-", "-"]
    text = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
    return "".join(text.split()).casefold()


@pytest.mark.parametrize(
    ("paper", "names"),
    [
        ("slip", (VILLAGE, COMMUNE, CONTACT)),
        ("cover", (VILLAGE, COMMUNE)),
        ("receipts", (VILLAGE, COMMUNE)),
        ("poster", (COMMUNE, CONTACT)),
    ],
)
def test_names_of_120_letters_stand_whole_on_every_paper(printed, paper, names):
    said = squeezed(printed[paper])

    assert [len(name) for name in names] == [120] * len(names)
    for name in names:
        assert "".join(name.split()).casefold() in said


@pytest.fixture(scope="module")
def fullest(tmp_path_factory):
    """The front with all that can stand on it: a rehearsal of a form that nobody confirmed, with a title of two lines."""
    with printing_application():
        settings = replace(
            load_settings(tmp_path_factory.mktemp("fullest")), public_url="https://khaosat.gialai.gov.vn"
        )
        survey = make_survey(
            "xa-ntm-2026", unit=make_unit(COMMUNE, "xa", "23722", "commune"), contact=CONTACT, confirmed=False,
            rehearsal=True,
        )  # fmt: skip
        return slips.pdf(survey, make_unit(VILLAGE, "to_dan_pho"), [codes.new_code("0A7")], settings)


@pytest.mark.parametrize("full", [False, True], ids=["real", "rehearsal, not confirmed"])
def test_on_the_front_of_the_slip_long_names_leave_room_for_the_stamp(printed, fullest, full):
    millimetre = 72 / 25.4
    front = [round(part * millimetre) for part in (112, 0, 98, 107)]
    area = [
        "-f",
        "1",
        "-l",
        "1",
        "-x",
        str(front[0]),
        "-y",
        str(front[1]),
        "-W",
        str(front[2]),
        "-H",
        str(front[3]),
    ]

    said = squeezed(fullest if full else printed["slip"], *area)

    for name in (VILLAGE, COMMUNE, CONTACT):
        assert "".join(name.split()).casefold() in said


def test_the_two_faces_stand_above_their_columns(printed):
    drawn = subprocess.run(
        ["pdftoppm", "-r", "150", "-gray", "-f", "2", "-l", "2", "-png", "-"],
        input=printed["slip"], capture_output=True, check=True,
    ).stdout  # fmt: skip
    page, dots = Image.open(io.BytesIO(drawn)), 150 / 25.4
    found = subprocess.run(
        ["pdftotext", "-f", "2", "-l", "2", "-bbox", "-", "-"],
        input=printed["slip"],
        capture_output=True,
        check=True,
    ).stdout.decode()
    heads = [line for line in found.splitlines() if ">Hài<" in line or ">Không<" in line][:2]

    inks = []
    for line in heads:
        left, top, right = (
            float(line.split(f'{edge}="')[1].split('"')[0]) for edge in ("xMin", "yMin", "xMax")
        )
        middle, above = (left + right) / 2 * 150 / 72, top * 150 / 72
        face = page.crop((int(middle - 3 * dots), int(above - 6 * dots), int(middle + 3 * dots), int(above)))
        mouth = face.crop((0, face.height // 2, face.width, face.height))
        inks.append((sum(dot < 128 for dot in face.tobytes()), mouth.tobytes()))

    assert len(inks) == 2
    assert all(ink > 200 for ink, _mouth in inks)
    assert inks[0][1] != inks[1][1]
