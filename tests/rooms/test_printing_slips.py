"""The slip as paper, read back from the rendered PDF by a decoder and a text tool; and who may make it."""

import io
import re
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import zxingcpp
from flask import g
from PIL import Image, ImageChops

from survey_app import access, db, files, i18n
from survey_app.access import Identity, Role
from survey_app.authoring import operations as authoring_operations
from survey_app.authoring import queries as instruments
from survey_app.config import load_settings
from survey_app.fieldwork import codes, drafting, frames, operations, queries
from survey_app.fieldwork.models import Purpose
from survey_app.keys import store
from survey_app.printing import slips, ticks
from survey_app.questions.instrument import Question
from survey_app.questions.kinds import Kind
from survey_app.units import operations as unit_operations
from survey_app.units import queries as units
from survey_app.units.lines import HouseholdLine
from tests.papers import make_survey, make_unit, printing_application
from tests.rooms.registers import put_register

DOTS_PER_INCH = 150
HOSTILE = "<script>alert(1)</script>{{7*7}}"


@pytest.fixture
def client(app):
    """A browser whose user has just shown who they are."""
    browser = app.test_client()
    with browser.session_transaction() as running:
        running["confirmed_at"] = datetime.now(UTC).timestamp()
    return browser


@pytest.fixture
def paper():
    with printing_application() as app:
        yield app


@pytest.fixture
def settings(tmp_path):
    return replace(load_settings(tmp_path), public_url="https://khaosat.example.vn")


def make_codes(count):
    return [codes.new_code("0A7") for _number in range(count)]


def rendered(pdf):
    """Every page as an image."""
    command = ["pdftoppm", "-r", str(DOTS_PER_INCH), "-gray", "-"]
    drawn = subprocess.run(command, input=pdf, capture_output=True, check=True)
    pages, stream = [], io.BytesIO(drawn.stdout)
    while stream.tell() < len(drawn.stdout):
        start = stream.tell()
        header = [stream.readline() for _line in range(3)]
        width, height = map(int, header[1].split())
        stream.seek(start)
        pages.append(Image.open(io.BytesIO(stream.read(sum(map(len, header)) + width * height))))
    return pages


def texts(pdf):
    """The text of every page."""
    extracted = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return extracted.stdout.decode().split("\f")[:-1]


def decoded(page):
    return zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormat.QRCode)


def width_mm(symbol):
    corners = symbol.position
    return (corners.top_right.x - corners.top_left.x) / DOTS_PER_INCH * 25.4


def words(text):
    return " ".join(text.split())


def test_every_code_is_read_back_from_the_printed_sheets(paper, settings):
    printed = make_codes(5)

    pages = rendered(slips.pdf(make_survey(), make_unit(), printed, settings))

    found = [symbol for page in pages for symbol in decoded(page)]
    assert len(pages) == 6
    assert sorted(symbol.text for symbol in found) == sorted(
        f"HTTPS://KHAOSAT.EXAMPLE.VN/K/{code}" for code in printed
    )
    assert min(width_mm(symbol) for symbol in found) >= 28


def test_the_qr_keeps_a_quarter_of_its_words_for_repair(paper, settings):
    page = rendered(slips.pdf(make_survey(), make_unit(), make_codes(1), settings))[1]

    (symbol,) = decoded(page)

    assert symbol.ec_level in {"Q", "H"}


def test_the_outside_has_village_and_no_code_and_nothing_to_tick(paper, settings):
    printed = make_codes(3)

    pages = texts(slips.pdf(make_survey(), make_unit(), printed, settings))

    for outside in pages[::2]:
        assert "Làng Phung" in outside
        assert "0905 123 456" in outside
        assert "25/11/2026" in outside
        assert not re.search(r"0A7-", outside)
        assert "Hài lòng" not in outside
        assert "đường sá" not in outside


def test_the_inside_has_code_address_and_every_question_of_the_form(paper, settings):
    survey, printed = make_survey(), make_codes(1)

    inside = words(texts(slips.pdf(survey, make_unit(), printed, settings))[1])

    assert printed[0] in inside
    assert "khaosat.example.vn/k" in inside
    assert "Ông/bà có hài lòng về … không?" in inside
    assert "giao thông (đường sá) của xã" in inside
    assert all(re.search(rf"(^| ){number} ", inside) for number in range(1, 21))


def test_an_odd_last_sheet_carries_one_slip_and_an_empty_half(paper, settings):
    printed = make_codes(3)

    pages = texts(slips.pdf(make_survey(), make_unit(), printed, settings))

    assert len(pages) == 4
    assert [page.count("0A7-") for page in pages] == [0, 2, 0, 1]
    assert pages[2].count("0905 123 456") * 2 == pages[0].count("0905 123 456")


def test_the_stub_beyond_the_tear_line_carries_no_code(paper, settings):
    page = rendered(slips.pdf(make_survey(), make_unit(), make_codes(2), settings))[1]
    stub_starts = round(196 / 25.4 * DOTS_PER_INCH)

    assert all(symbol.position.top_right.x < stub_starts for symbol in decoded(page))
    assert decoded(page.crop((stub_starts, 0, page.width, page.height))) == []


def test_nothing_is_printed_where_printers_cannot(paper, settings):
    page = rendered(slips.pdf(make_survey(), make_unit(), make_codes(2), settings))[1]
    margin = round(4.5 / 25.4 * DOTS_PER_INCH)

    left = page.crop((0, 0, margin, page.height // 2 - 3))
    right = page.crop((page.width - margin, 0, page.width, page.height // 2 - 3))

    assert left.getextrema()[0] > 200
    assert right.getextrema()[0] > 200


@pytest.mark.parametrize("form", ["xa-ntm", "xa-ntm-nang-cao", "xa-ntm-2026"])
def test_every_shipped_form_fits_on_the_slip_in_nine_points(paper, form):
    with i18n.force_locale("vi"):
        boxes = ticks.tick_boxes(make_survey(form).instrument)

    assert boxes.points >= 9.0
    assert not boxes.shortened
    assert len(boxes.lines) == len(make_survey(form).instrument.answerable)


@pytest.mark.parametrize("form", ["xa-ntm", "xa-ntm-nang-cao", "xa-ntm-2026"])
def test_the_boxes_of_a_slip_stand_apart_and_where_the_blank_one_says(paper, settings, form):
    survey = make_survey(form)

    blank = slips.blank(survey, settings)
    page, printed = (
        rendered(file)[number]
        for file, number in ((blank.pdf, 0), (slips.pdf(survey, make_unit(), make_codes(1), settings), 1))
    )

    assert [(box.question, box.option) for box in blank.boxes] == [
        (question.key, code) for question in survey.instrument.answerable for code in question.option_codes
    ]
    for box in blank.boxes:
        for drawn in (page, printed):
            assert outline(drawn, box) > 0.8, box
            assert inside(drawn, box) > 250, box
    rows = [box.y_mm for box in blank.boxes[::2]]
    steps = [below - above for above, below in zip(rows, rows[1:], strict=False) if below > above]
    assert len(steps) == len(rows) - 2
    assert min(steps) >= 5.5
    assert all(5 < box.x_mm < 93 or 103 < box.x_mm < 191 for box in blank.boxes)
    assert max(rows) < 143


def outline(page, box):
    """How much of the square of 3.5 mm around the middle of `box` is dark, from 0 to 1."""
    dots = DOTS_PER_INCH / 25.4
    left, top = (box.x_mm - 1.575) * dots, (box.y_mm - 1.575) * dots
    along = [3.15 * dots * step / 20 for step in range(21)]
    edge = [(left + step, top) for step in along] + [(left, top + step) for step in along]
    return sum(page.getpixel((round(x - 0.5), round(y - 0.5))) < 160 for x, y in edge) / len(edge)


def inside(page, box):
    """The darkest dot of the middle of `box`."""
    dots = DOTS_PER_INCH / 25.4
    corners = (box.x_mm - 1, box.y_mm - 1, box.x_mm + 1, box.y_mm + 1)
    return page.crop(tuple(round(corner * dots) for corner in corners)).getextrema()[0]


def test_the_blank_slip_is_the_printed_one_without_qr_and_code(paper, settings):
    survey = make_survey()
    blank = slips.blank(survey, settings)
    (page,), printed = (
        rendered(blank.pdf),
        rendered(slips.pdf(survey, make_unit(), make_codes(1), settings))[1],
    )
    dots = DOTS_PER_INCH / 25.4

    without = [page.copy(), printed.crop((0, 0, page.width, page.height))]
    for image in without:
        for place in (blank.qr, blank.code):
            corners = (place.x_mm, place.y_mm, place.x_mm + place.width_mm, place.y_mm + place.height_mm)
            image.paste(255, tuple(round(corner * dots) for corner in corners))
        image.paste(255, (round(96 * dots), 0, round(100 * dots), round(5 * dots)))
        image.paste(255, (round(96 * dots), round(143.5 * dots), round(100 * dots), image.height))
        image.paste(255, (round(195 * dots), 0, image.width, image.height))
        image.paste(255, (0, round(147.5 * dots), image.width, image.height))

    assert ImageChops.difference(*without).getextrema()[1] < 64


def test_a_slip_asks_for_an_x_with_a_ball_pen_and_shows_one(paper, settings):
    inside = words(texts(slips.pdf(make_survey(), make_unit(), make_codes(1), settings))[1])

    assert "ghi một dấu X" in inside
    assert "bút bi" in inside


def test_a_file_of_hundreds_of_slips_holds_what_they_share_once(paper, settings):
    few, many = (slips.pdf(make_survey(), make_unit(), make_codes(count), settings) for count in (2, 202))

    assert len(many) - len(few) < 200 * 900


def test_questions_that_are_not_scored_go_to_the_phone_when_paper_is_full(paper):
    instrument = make_survey().instrument
    extra = Question(key="extra", kind=Kind.LONG_TEXT, text={"vi": "Bà con góp ý thêm gì? " * 20})
    longer = replace(instrument, questions=(*instrument.questions, extra))

    boxes = ticks.tick_boxes(longer)

    assert boxes.shortened
    assert [line.question.key for line in boxes.lines] == [question.key for question in instrument.answerable]


def test_a_form_too_long_for_paper_is_refused_before_codes_are_made_and_is_measured_once(paper, monkeypatch):
    survey = make_survey()
    wordy = tuple(replace(question, text={"vi": "rất dài " * 40}) for question in survey.instrument.questions)
    too_long = replace(survey, instrument=replace(survey.instrument, questions=wordy))

    with pytest.raises(ticks.SlipTooFull) as first:
        slips.check_room(too_long)
    monkeypatch.delattr(files, "places")
    with pytest.raises(ticks.SlipTooFull) as again:
        slips.check_room(too_long)

    assert first.value.lines == again.value.lines > 0


def test_a_rehearsal_says_so_on_every_page_and_a_real_slip_nowhere(paper, settings):
    with i18n.force_locale("vi"):
        mark = i18n.gettext("TRIAL")

    trial = texts(slips.pdf(make_survey(rehearsal=True), make_unit(), make_codes(3), settings))
    real = texts(slips.pdf(make_survey(), make_unit(), make_codes(3), settings))

    assert all(page.count(mark) >= 4 for page in trial)
    assert not any(mark in page for page in real)


def test_an_unconfirmed_form_says_so_on_both_sides(paper, settings):
    with i18n.force_locale("vi"):
        sentence = i18n.gettext("Form not yet confirmed by the Front")

    pages = texts(slips.pdf(make_survey(confirmed=False), make_unit(), make_codes(2), settings))

    assert all(sentence in words(page) for page in pages)


def test_hostile_names_print_as_they_are_typed(paper, settings):
    village = make_unit(HOSTILE)

    page = slips.html(make_survey(contact=f"{HOSTILE} 0269 000 000"), village, make_codes(1), settings, "abc")
    outside = re.sub(r"\s", "", texts(slips.pdf(make_survey(), village, make_codes(1), settings))[0])

    assert "<script" not in page
    assert "{{7*7}}" in page
    assert re.sub(r"\s", "", HOSTILE) in outside


def test_a_slip_without_a_number_tells_nobody_to_call(paper, settings):
    with_number, without = (
        texts(slips.pdf(survey, make_unit(), make_codes(1), settings))
        for survey in (make_survey(), make_survey(contact="Xã Ia Mơ"))
    )

    assert sum("0905 123 456" in words(page) for page in with_number) >= 1
    assert not any("gọi" in words(page) for page in without)


def test_the_print_page_carries_its_style_by_nonce_and_no_inline_style(paper, settings):
    page = slips.html(make_survey(), make_unit(), make_codes(2), settings, "abc")

    assert '<style nonce="abc">' in page
    assert " style=" not in page
    assert "http://" not in page.replace("http://www.w3.org", "")


def test_the_file_for_a_print_shop_names_village_code_and_address(paper, settings):
    code = make_codes(1)[0]

    content = b"".join(slips.csv(make_unit(), [code], settings))

    assert content.decode("utf-8-sig").split("\r\n")[:2] == [
        "village,code,url",
        f"Làng Phung,{code},https://khaosat.example.vn/k/{code}",
    ]
    assert content.startswith(b"\xef\xbb\xbf")


NOW = datetime.now(UTC).replace(microsecond=0)
COMMUNE = "23938"


@pytest.fixture
def open_survey(app):
    """An open decision survey of Ia Mơ with one village of 20 households: its number, its village."""
    app.config["WTF_CSRF_ENABLED"] = False
    return publish(rehearsal=False)


def publish(*, rehearsal):
    put_register(NOW)
    with db.transaction() as current:
        authoring_operations.load_library(current, NOW)
        commune = units.unit_by_code(current, COMMUNE, units.civil(NOW))
        line = HouseholdLine(commune, "Phung", "lang", 20, "Xã", date(2026, 1, 31))
        (village,) = unit_operations.record_households(current, [line], actor="operator", now=NOW)
        plan = drafting.SurveyDraft(
            unit_id=commune.id,
            instrument_id=instruments.latest_frozen(current, "xa-ntm").id,
            purpose=Purpose.DECISION,
            rehearsal=rehearsal,
            plan_number="1/KH",
            plan_date=None,
            aim="",
            contact="0905 123 456",
            opens_at=NOW - timedelta(days=1),
            closes_at=NOW + timedelta(days=5),
        )
        frame = [drafting.Asked(village.unit_id, 20, "Xã", date(2026, 1, 31))]
        number = drafting.draft_survey(current, plan, frame, actor="operator", now=NOW)
        operations.publish(current, number, actor="operator", now=NOW, keys=store())
        operations.open_due(current, NOW)
    return number, frames.frame(db.session(), number)[0].unit.code


def sign_in(app, role, code=COMMUNE):
    unit = units.unit_by_code(db.session(), code, units.civil(NOW))
    g.pop("identity", None)
    access.supply_identity(app, lambda: Identity(1, "Cán bộ", role, unit.id, unit.path))


def slips_made(number):
    db.session().rollback()
    return sum(batch.slips for batch in queries.batches(db.session(), number))


def test_the_front_makes_slips_whose_codes_are_live(app, client, open_survey):
    number, village = open_survey
    sign_in(app, Role.FRONT_COMMUNE)

    response = client.post(f"/can-bo/dot/{number}/phieu/{village}.csv", data={"count": "3"})

    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    assert len(response.data.decode("utf-8-sig").splitlines()) == 4
    assert slips_made(number) == 3


def test_slips_come_as_a_pdf_and_as_a_page_of_their_own_policy(app, client, open_survey):
    number, village = open_survey
    sign_in(app, Role.FRONT_PROVINCE)

    pdf = client.post(f"/can-bo/dot/{number}/phieu/{village}", data={"count": "2"})
    page = client.post(f"/can-bo/dot/{number}/phieu/{village}.html", data={"count": "2"})

    assert pdf.data.startswith(b"%PDF")
    assert pdf.mimetype == "application/pdf"
    nonce = re.search(r"style-src 'nonce-([^']+)'", page.headers["Content-Security-Policy"]).group(1)
    assert f'<style nonce="{nonce}">' in page.get_data(as_text=True)
    assert slips_made(number) == 4


def test_the_commune_officer_makes_no_slips_of_a_decision(app, client, open_survey):
    number, village = open_survey
    sign_in(app, Role.COMMUNE)

    response = client.post(f"/can-bo/dot/{number}/phieu/{village}", data={"count": "1"})

    assert response.status_code == 403
    assert slips_made(number) == 0
    assert f"/phieu/{village}" not in client.get(f"/can-bo/dot/{number}/in").get_data(as_text=True)


def test_the_commune_officer_prints_where_the_province_allows_it(app, client, open_survey):
    number, village = open_survey
    app.extensions["settings"] = replace(app.extensions["settings"], commune_prints_slips=True)
    sign_in(app, Role.COMMUNE)

    response = client.post(f"/can-bo/dot/{number}/phieu/{village}.csv", data={"count": "1"})

    assert response.status_code == 200


def test_a_rehearsal_is_printed_by_the_commune_officer(app, client):
    app.config["WTF_CSRF_ENABLED"] = False
    number, village = publish(rehearsal=True)
    sign_in(app, Role.COMMUNE)

    response = client.post(f"/can-bo/dot/{number}/phieu/{village}.csv", data={"count": "1"})

    assert response.status_code == 200


def test_a_front_officer_of_another_commune_finds_nothing(app, client, open_survey):
    number, village = open_survey
    sign_in(app, Role.FRONT_COMMUNE, "21859")

    responses = [
        client.post(f"/can-bo/dot/{number}/phieu/{village}", data={"count": "1"}),
        client.get(f"/can-bo/dot/{number}/in"),
        client.get(f"/can-bo/dot/{number}/bia-tap/{village}.pdf"),
        client.get(f"/can-bo/dot/{number}/danh-sach/{village}.pdf"),
        client.get(f"/can-bo/dot/{number}/ap-phich/A4.pdf"),
    ]

    assert [response.status_code for response in responses] == [404] * 5
    assert slips_made(number) == 0


@pytest.mark.parametrize(("typed", "status"), [("22", 409), ("0", 422), ("nhiều", 422), ("9" * 400, 422)])
def test_a_refused_number_of_slips_stays_in_the_form(app, client, open_survey, typed, status):
    number, village = open_survey
    sign_in(app, Role.FRONT_COMMUNE)

    response = client.post(f"/can-bo/dot/{number}/phieu/{village}", data={"count": typed})

    page = response.get_data(as_text=True)
    assert response.status_code == status
    assert f'value="{typed}"' in page
    assert 'role="alert"' in page
    assert slips_made(number) == 0


def test_the_cover_link_counts_households_and_only_while_the_survey_is_open(app, client, open_survey):
    number, village = open_survey
    survey = queries.survey(db.session(), number)
    address = f"/bia/{survey.cover_token}/{village}"

    shown = client.get(address)
    wrong = [client.get(f"/bia/{'x' * 16}/{village}"), client.get(f"/bia/{survey.cover_token}/{COMMUNE}999")]
    with db.transaction() as current:
        operations.annul(current, number, reason="Sai danh sách hộ", actor="operator", now=NOW)
    after = client.get(address)

    assert shown.status_code == 200
    assert re.search(r"\b20\b", shown.get_data(as_text=True))
    assert "Set-Cookie" not in shown.headers
    assert [response.status_code for response in (*wrong, after)] == [404, 404, 404]
