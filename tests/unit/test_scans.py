"""Reading scanned slips: what is taken for clear is right, what is odd is left to a person, and bad scans are refused."""

import io
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from PIL import Image, ImageDraw

from bench import copied
from survey_app.config import load_settings
from survey_app.fieldwork import codes
from survey_app.opening import FileRefused
from survey_app.scans import pages, reading
from survey_app.scans.pages import PageRefused
from tests import scans
from tests.papers import make_survey, make_unit, printing_application

SURVEY = "0014"


@pytest.fixture(scope="module")
def paper(tmp_path_factory):
    settings = replace(
        load_settings(tmp_path_factory.mktemp("instance")), public_url="https://khaosat.example.vn"
    )
    with printing_application():
        return scans.printed(make_survey(id=SURVEY), make_unit(), [codes.new_code(SURVEY)], settings)


def read(paper, jpeg):
    (found,) = reading.read_page(Image.open(io.BytesIO(jpeg)).convert("L"), [paper.blank])
    return found


def wrong(found, slip):
    """Lines taken for clear that say something else."""
    return [
        line.key
        for line in found.lines
        if line.clear and next(iter(line.ticked), None) != slip.truth[line.key]
    ]


@pytest.mark.parametrize("seed", range(6))
def test_nothing_clear_is_wrong_and_most_of_a_slip_is_clear(paper, seed):
    chance = Random(seed)
    slip = paper.ticked(0, chance)

    found = read(paper, paper.scanned(slip, chance))

    assert wrong(found, slip) == []
    assert sum(line.clear for line in found.lines) >= 15


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_slip_is_read_whichever_way_round_it_lies(paper, degrees):
    chance = Random(3)
    slip = paper.ticked(0, chance)
    turned = Image.open(io.BytesIO(paper.scanned(slip, chance))).rotate(degrees, expand=True)

    (found,) = reading.read_page(turned.convert("L"), [paper.blank])

    assert wrong(found, slip) == []
    assert codes.survey_of(codes.normalise(found.text)) == SURVEY


@pytest.mark.parametrize("odd", ["both", "corrected", "struck line", "circle and other", "column stroke"])
def test_what_is_odd_is_left_to_a_person(paper, odd):
    chance = Random(11)
    slip = paper.ticked(0, chance, odd=odd)

    found = read(paper, paper.scanned(slip, chance))

    odd_lines = [line for line in found.lines if slip.truth[line.key] == "?"]
    assert odd_lines
    assert not any(line.clear for line in odd_lines)


def test_a_line_beside_a_doubtful_one_is_doubtful_too(paper):
    chance = Random(11)
    slip = paper.ticked(0, chance, odd="both")

    lines = read(paper, paper.scanned(slip, chance)).lines

    place = next(number for number, line in enumerate(lines) if slip.truth[line.key] == "?")
    assert not any(line.clear for line in lines[max(0, place - 1) : place + 2])


def test_a_slip_of_another_print_is_not_read(paper, tmp_path):
    """Words that moved are no registration: nothing may be taken for clear."""
    chance = Random(5)
    other = replace(load_settings(tmp_path), public_url="https://khaosat.example.vn")
    with printing_application():
        survey = make_survey("xa-ntm-2026", id=SURVEY)
        blank = scans.printed(survey, make_unit(), [codes.new_code(SURVEY)], other).blank
    scan = paper.scanned(paper.ticked(0, chance), chance)

    (found,) = reading.read_page(Image.open(io.BytesIO(scan)).convert("L"), [blank])

    assert not any(line.clear for line in found.lines)


def test_of_several_prints_the_one_that_fits_is_taken(paper, tmp_path):
    chance = Random(5)
    other = replace(load_settings(tmp_path), public_url="https://khaosat.example.vn")
    with printing_application():
        survey = make_survey("xa-ntm-2026", id=SURVEY)
        blank = scans.printed(survey, make_unit(), [codes.new_code(SURVEY)], other).blank
    slip = paper.ticked(0, chance)

    (found,) = reading.read_page(
        Image.open(io.BytesIO(paper.scanned(slip, chance))).convert("L"), [blank, paper.blank]
    )

    assert {line.key for line in found.lines} == set(slip.truth)
    assert wrong(found, slip) == []


def test_a_scribbled_qr_is_no_slip_of_anybody(paper):
    chance = Random(7)
    slip = paper.ticked(0, chance)
    hidden = slip.picture.copy()
    ImageDraw.Draw(hidden).rectangle((30, 95, 390, 455), fill=90)
    scan = copied.copier(hidden, paper.outside, chance).jpeg

    assert reading.read_page(Image.open(io.BytesIO(scan)).convert("L"), [paper.blank]) == []


def as_file(picture, form, **how):
    file = io.BytesIO()
    picture.save(file, form, **how)
    return file.getvalue()


@pytest.mark.parametrize("form", ["PNG", "TIFF", "PDF", "JPEG"])
def test_black_and_white_is_refused_in_every_kind_of_file(paper, form):
    chance = Random(2)
    scan = Image.open(io.BytesIO(paper.scanned(paper.ticked(0, chance), chance)))
    two = scan.point(lambda grey: 255 if grey > 140 else 0)

    (found,) = pages.pages(as_file(two if form == "JPEG" else two.convert("1"), form))

    assert isinstance(found, PageRefused)
    assert found.word == "black_and_white"


@pytest.mark.parametrize("form", ["PNG", "TIFF", "PDF", "JPEG"])
def test_grey_is_taken_in_every_kind_of_file(paper, form):
    chance = Random(2)
    slip = paper.ticked(0, chance)
    scan = Image.open(io.BytesIO(paper.scanned(slip, chance))).convert("RGB")

    (page,) = pages.pages(as_file(scan, form))

    assert isinstance(page, Image.Image)
    (found,) = reading.read_page(page, [paper.blank])
    assert wrong(found, slip) == []


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"%PDF-1.7 broken", "damaged"),
        (b"\x00\x00\x00\x18ftypheic", "heic"),
        (b"PK\x03\x04", "not_a_scan"),
        (b"\xff\xd8\xff\xe0 broken", "damaged"),
    ],
)
def test_what_is_no_scan_is_named(content, word):
    with pytest.raises(FileRefused) as refused:
        list(pages.pages(content))

    assert refused.value.word == word


def test_a_page_that_would_be_endless_is_not_drawn():
    huge = Image.fromarray(np.full((10, 10), 200, dtype=np.uint8))

    (found,) = pages.pages(as_file(huge, "PDF", resolution=0.01))

    assert isinstance(found, PageRefused)
    assert found.word == "odd_size"
