"""Posters, bundle covers, receipt lists and the picture of a link, read back from what is printed."""

import io
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import zxingcpp
from PIL import Image

from survey_app import drawing, i18n
from survey_app.access import Role
from survey_app.config import load_settings
from survey_app.fieldwork.frames import FrameLine
from survey_app.fieldwork.models import Purpose, State
from survey_app.fieldwork.queries import BatchView
from survey_app.printing import lists, posters
from tests.pages import Page
from tests.papers import make_survey, make_unit, printing_application

A4_POINTS = (595.276, 841.89)
A3_POINTS = (841.89, 1190.55)


@pytest.fixture
def paper():
    with printing_application() as app:
        yield app


@pytest.fixture
def settings(tmp_path):
    return replace(load_settings(tmp_path), public_url="https://khaosat.example.vn")


def make_line(households=20):
    return FrameLine(make_unit(), households, "Xã", date(2026, 1, 31), ())


def make_batch(number=1, *, slips=21, unit_id=7, voided_at=None):
    return BatchView(number, unit_id, slips, datetime(2026, 11, 20, 3, tzinfo=UTC), voided_at)


def pages(pdf):
    drawn = subprocess.run(["pdftoppm", "-r", "60", "-gray", "-"], input=pdf, capture_output=True, check=True)
    return Image.open(io.BytesIO(drawn.stdout)), drawn.stdout.count(b"P5\n")


def words(pdf):
    extracted = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(extracted.stdout.decode().split())


def size_in_points(pdf):
    told = subprocess.run(["pdfinfo", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    line = next(line for line in told.splitlines() if line.startswith("Page size"))
    return float(line.split()[2]), float(line.split()[4])


def qr_of(pdf):
    image, _count = pages(pdf)
    return [symbol.text for symbol in zxingcpp.read_barcodes(image)]


def said(sentence, **words_in_it):
    with i18n.force_locale("vi"):
        return i18n.gettext(sentence, **words_in_it)


@pytest.mark.parametrize(("size", "points"), [("A4", A4_POINTS), ("A3", A3_POINTS)])
def test_the_poster_of_a_decision_leads_to_where_codes_are_typed(paper, settings, size, points):
    pdf = posters.pdf(make_survey(), settings, size)

    assert size_in_points(pdf) == pytest.approx(points, abs=0.5)
    assert qr_of(pdf) == ["https://khaosat.example.vn/k"]
    assert pages(pdf)[1] == 1


def test_the_poster_says_who_asks_why_until_when_and_whom_to_call(paper, settings):
    text = words(posters.pdf(make_survey(), settings, "A4"))

    assert "BIỂN HỒ" in text
    assert "Lấy ý kiến để xét công nhận xã đạt chuẩn." in text
    assert "25/11/2026" in text
    assert "05/12/2026" in text
    assert "0905 123 456" in text
    assert "khaosat.example.vn/k" in text
    assert said("One slip for each household") in text


def test_a_poster_without_a_number_tells_nobody_to_call(paper, settings):
    text = words(posters.pdf(make_survey(contact="Xã Ia Mơ"), settings, "A4"))

    assert said("Questions? Please call") not in text


def test_the_poster_of_a_feedback_survey_leads_to_its_link_and_says_it_is_not_scored(paper, settings):
    survey = make_survey(purpose=Purpose.FEEDBACK, link="Xy12-abcdEFGH_9")

    pdf = posters.pdf(survey, settings, "A4")

    assert qr_of(pdf) == ["https://khaosat.example.vn/g/Xy12-abcdEFGH_9"]
    assert said("Views only – not used for scoring") in words(pdf)


def test_a_poster_with_the_longest_aim_stays_on_one_page_and_readable(paper, settings):
    survey = make_survey(aim="Lấy ý kiến nhân dân " * 25, rehearsal=True, confirmed=False)

    pdf = posters.pdf(survey, settings, "A4")

    assert pages(pdf)[1] == 1
    assert qr_of(pdf) == ["https://khaosat.example.vn/k"]
    assert "0905 123 456" in words(pdf)
    assert said("TRIAL – does not count") in words(pdf)
    assert said("Form not yet confirmed by the Front") in words(pdf)


@pytest.mark.parametrize("state", [State.DRAFT, State.COUNTING, State.SEALED, State.ANNULLED])
def test_no_poster_leads_to_a_closed_door(paper, settings, state):
    with pytest.raises(posters.PosterTooLate):
        posters.pdf(make_survey(state=state), settings, "A4")


def test_the_cover_counts_slips_and_spares_and_leads_to_counts_only(paper, settings):
    batches = [make_batch(1, slips=15), make_batch(2, slips=7), make_batch(3, unit_id=8)]
    batches.append(make_batch(4, voided_at=datetime(2026, 11, 21, tzinfo=UTC)))
    held = lists.bundle(make_line(20), batches)

    pdf = lists.cover_pdf(make_survey(), held, settings, ())

    assert (held.slips, held.spares) == (22, 2)
    assert qr_of(pdf) == ["https://khaosat.example.vn/bia/abcDEF123456/23722001"]
    assert pages(pdf)[1] == 1
    assert "Làng Phung" in words(pdf)
    assert "0A7-" not in words(pdf)


def test_the_receipt_list_numbers_every_slip_and_names_nobody(paper):
    pdf = lists.receipt_pdf(make_survey(), make_line(146), 154, ())

    text = words(pdf)
    assert all(f" {number} " in text for number in range(1, 155))
    assert " 155 " not in text
    assert said("Totals on closing the list") in text
    assert said("Slips handed out (lines signed)") in text
    assert "0A7-" not in text


@pytest.mark.parametrize("slips", [1, 32, 33, 64, 65])
def test_the_receipt_list_has_a_line_for_the_first_and_the_last_slip(paper, slips):
    text = words(lists.receipt_pdf(make_survey(), make_line(slips), slips, ()))

    assert f" {slips} " in text
    assert f" {slips + 1} " not in text


def test_a_rehearsal_marks_every_paper(paper, settings):
    survey, mark = make_survey(rehearsal=True), said("TRIAL – does not count")

    papers = [
        posters.pdf(survey, settings, "A3"),
        lists.cover_pdf(survey, lists.bundle(make_line(), [make_batch()]), settings, ()),
        lists.receipt_pdf(survey, make_line(), 21, ()),
    ]

    assert all(mark in words(pdf) for pdf in papers)


def test_hostile_names_print_as_they_are_typed(paper, settings):
    name = "<script>x</script>{{7*7}}"
    line = replace(make_line(), unit=make_unit(name))

    cover = words(lists.cover_pdf(make_survey(), lists.bundle(line, [make_batch()]), settings, ()))
    receipts = words(lists.receipt_pdf(make_survey(), line, 5, ()))

    assert name in cover
    assert name in receipts


@pytest.mark.parametrize("title", ["Phiếu lấy ý kiến về kết quả xây dựng xã nông thôn mới", "x" * 900, ""])
def test_the_picture_of_a_link_has_the_size_networks_ask_for_and_keeps_its_margins(title):
    organiser = "Ủy ban Mặt trận Tổ quốc Việt Nam xã Biển Hồ"

    picture = Image.open(io.BytesIO(drawing.preview_png(title, organiser)))

    right_margin = picture.convert("L").crop((1200 - 75, 0, 1200, 630))
    assert picture.size == (1200, 630)
    assert right_margin.getextrema()[0] > 240


def test_the_page_of_a_feedback_survey_shows_its_whole_address_a_qr_and_the_way_to_its_poster(
    make_commune, make_survey, sign_in
):
    commune = make_commune()
    survey = make_survey(commune, State.OPEN, purpose=Purpose.FEEDBACK)

    page = Page(sign_in(Role.COMMUNE, commune.unit).get(f"/can-bo/dot/{survey.id}").text)

    address = f"https://khaosat.example.vn/g/{survey.link}"
    links = [link["href"] for link in page.all("a")]
    [picture] = [image for image in page.all("img") if address.partition("://")[2] in image["alt"]]
    assert address in links
    assert address in page.text("a")
    assert picture["src"].startswith("data:image/svg+xml")
    assert f"/can-bo/dot/{survey.id}/ap-phich/A4.pdf" in links
    assert f"/can-bo/dot/{survey.id}/in" in links
