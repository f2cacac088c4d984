"""Reading scanned slips: what is taken for clear is right, what is odd is left to a person, and bad scans are refused."""

import io
from dataclasses import replace
from itertools import pairwise
from random import Random

import numpy as np
import pytest
from PIL import Image, ImageDraw

from bench import copied, ticked
from bench.ticked import Ticked
from survey_app.config import load_settings
from survey_app.fieldwork import codes
from survey_app.opening import FileRefused
from survey_app.printing import blank_pages
from survey_app.scans import pages, reading
from survey_app.scans.pages import PageRefused
from survey_app.scans.reading import PrintedPage
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


@pytest.fixture(scope="module")
def other_print(tmp_path_factory):
    """The blank page of another form."""
    settings = replace(
        load_settings(tmp_path_factory.mktemp("other")), public_url="https://khaosat.example.vn"
    )
    with printing_application():
        kept = blank_pages.drawn(make_survey("xa-ntm-2026", id=SURVEY), settings)
    return PrintedPage(kept.pdf, reading.layout_of(kept.layout))


@pytest.fixture(scope="module")
def scanned(paper):
    """One slip and its scan, for tests of what becomes of a scan."""
    chance = Random(3)
    slip = paper.ticked(0, chance)
    return slip, paper.scanned(slip, chance)


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


@pytest.mark.parametrize(
    "seed", [0, 1, *(pytest.param(more, marks=pytest.mark.long) for more in range(2, 6))]
)
def test_nothing_clear_is_wrong_and_most_of_a_slip_is_clear(paper, seed):
    chance = Random(seed)
    slip = paper.ticked(0, chance)

    found = read(paper, paper.scanned(slip, chance))

    assert wrong(found, slip) == []
    assert sum(line.clear for line in found.lines) >= 15


@pytest.mark.parametrize("seed", [3_000_725, 3_000_762])
def test_a_pencil_too_faint_to_be_read_is_never_taken_for_blank(paper, seed):
    """Two of a thousand simulated slips, photographed, each with a mark that no box by itself gave away."""
    chance = Random(seed)
    odd = chance.choice(ticked.ODD) if chance.random() < 0.04 else ""
    slip = paper.ticked(0, chance, odd=odd)
    chance.random()
    back = paper.outside.transpose(Image.Transpose.FLIP_LEFT_RIGHT)

    found = read(paper, copied.phone(slip.picture, back, chance).jpeg)

    assert odd == "faint pencil"
    assert wrong(found, slip) == []


@pytest.mark.parametrize("degrees", [0, 90, pytest.param(180, marks=pytest.mark.long), 270])
def test_a_slip_is_read_whichever_way_round_it_lies(paper, scanned, degrees):
    slip, scan = scanned
    turned = Image.open(io.BytesIO(scan)).rotate(degrees, expand=True)

    (found,) = reading.read_page(turned.convert("L"), [paper.blank])

    assert wrong(found, slip) == []
    assert codes.survey_of(codes.normalise(found.text)) == SURVEY


@pytest.mark.parametrize(
    ("seed", "copied"),
    [(11, False), *(pytest.param(seed, True, marks=pytest.mark.long) for seed in (11, 12))],
)
@pytest.mark.parametrize("odd", [one for one in ticked.ODD if one != "faint pencil"])
def test_what_is_odd_is_left_to_a_person(paper, odd, seed, copied):
    """From a perfect scanner, and in the long runs from a copier."""
    chance = Random(seed)
    slip = paper.ticked(0, chance, odd=odd)

    found = read(paper, paper.scanned(slip, chance) if copied else scans.flat(slip))

    odd_lines = [line for line in found.lines if slip.truth[line.key] == "?"]
    assert odd_lines
    assert not any(line.clear for line in odd_lines)


BALL = ticked.Pen(0.45, 0.9, grainy=False)


def drawn(paper, *strokes, pen=BALL):
    """A blank slip with those strokes on it, in millimetres, as a copier gives it."""
    chance = Random(23)
    slip = Ticked(paper.insides[0].copy(), "", "")
    for stroke in strokes:
        ticked.draw(slip, [stroke], pen, chance)
    return {line.key: line for line in read(paper, paper.scanned(slip, chance)).lines}


def close_lines(paper):
    """Two lines whose boxes stand as near to each other as anywhere on the slip."""
    lines = [line for line in paper.layout.lines if line.row.left > paper.layout.fold]
    return min(pairwise(lines), key=lambda pair: pair[1].boxes[0].y - pair[0].boxes[0].y)


def test_a_large_tick_counts_in_its_own_box_and_not_in_the_one_above_that_it_reaches(paper):
    above, line = close_lines(paper)
    box = line.boxes[1]

    lines = drawn(
        paper, [(box.x - 2, box.y - 0.3), (box.x - 0.4, box.y + 2.1), (box.x + 1.6, above.boxes[1].y + 1.3)]
    )

    assert lines[line.key].ticked == (box.option,)
    assert lines[line.key].clear
    assert lines[above.key].ticked == ()
    assert lines[above.key].clear


def test_a_stroke_down_through_two_boxes_is_left_to_a_person(paper):
    above, line = close_lines(paper)
    x = line.boxes[0].x

    lines = drawn(paper, [(x - 0.3, above.boxes[0].y - 1.2), (x + 0.3, line.boxes[0].y + 1.2)])

    assert not lines[above.key].clear
    assert not lines[line.key].clear


@pytest.mark.parametrize("width", [0.4, pytest.param(0.8, marks=pytest.mark.long), 1.3])
def test_a_dot_is_left_to_a_person(paper, width):
    _above, line = close_lines(paper)
    box = line.boxes[0]

    lines = drawn(
        paper, [(box.x, box.y), (box.x + 0.2, box.y + 0.1)], pen=ticked.Pen(width, 0.9, grainy=False)
    )

    assert not lines[line.key].clear


def test_the_smallest_cross_is_a_mark(paper):
    _above, line = close_lines(paper)
    box = line.boxes[0]

    lines = drawn(
        paper,
        [(box.x - 1.0, box.y - 1.0), (box.x + 1.0, box.y + 1.0)],
        [(box.x + 1.0, box.y - 1.0), (box.x - 1.0, box.y + 1.0)],
    )

    assert lines[line.key].ticked == (box.option,)
    assert lines[line.key].clear


def test_a_line_beside_a_doubtful_one_is_doubtful_too(paper):
    chance = Random(11)
    slip = paper.ticked(0, chance, odd="both")

    lines = read(paper, paper.scanned(slip, chance)).lines

    place = next(number for number, line in enumerate(lines) if slip.truth[line.key] == "?")
    assert not any(line.clear for line in lines[max(0, place - 1) : place + 2])


def test_a_slip_of_another_print_is_not_read(scanned, other_print):
    """Words that moved are no registration: nothing may be taken for clear."""
    _slip, scan = scanned

    (found,) = reading.read_page(Image.open(io.BytesIO(scan)).convert("L"), [other_print])

    assert not any(line.clear for line in found.lines)


def test_of_several_prints_the_one_that_fits_is_taken(paper, scanned, other_print):
    slip, scan = scanned

    (found,) = reading.read_page(Image.open(io.BytesIO(scan)).convert("L"), [other_print, paper.blank])

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
def test_black_and_white_is_refused_in_every_kind_of_file(scanned, form):
    scan = Image.open(io.BytesIO(scanned[1]))
    two = scan.point(lambda grey: 255 if grey > 140 else 0)

    (found,) = pages.pages(as_file(two if form == "JPEG" else two.convert("1"), form))

    assert isinstance(found, PageRefused)
    assert found.word == "black_and_white"


@pytest.mark.parametrize("form", ["PNG", "TIFF", "PDF", "JPEG"])
def test_grey_is_taken_in_every_kind_of_file(paper, scanned, form):
    slip, jpeg = scanned
    scan = Image.open(io.BytesIO(jpeg)).convert("RGB")

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
