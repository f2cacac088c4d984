"""The village's kit and the script of a meeting, read back from what is said, shown and printed."""

import io
import json
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import zxingcpp
from PIL import Image

from survey_app import db, i18n
from survey_app.access import Role
from survey_app.config import load_settings
from survey_app.fieldwork import meetings
from survey_app.fieldwork.frames import FrameLine
from survey_app.fieldwork.models import Purpose, State
from survey_app.printing import kit, reading_script
from survey_app.printing.reach import LeadsNowhere
from survey_app.questions import document
from survey_app.questions.kinds import Kind
from survey_app.templating import day
from tests.every_kind import EXAMPLES
from tests.pages import Page
from tests.papers import LIBRARY, make_survey, make_unit, printing_application
from tests.rooms.test_printing_long_names import COMMUNE, CONTACT, VILLAGE


@pytest.fixture
def paper():
    with printing_application() as app:
        yield app


@pytest.fixture
def settings(tmp_path):
    return replace(load_settings(tmp_path), public_url="https://khaosat.example.vn")


def make_line(name="Phung", kind="lang"):
    return FrameLine(make_unit(name, kind), 120, "Xã", date(2026, 1, 31), ())


def words(pdf):
    extracted = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(extracted.stdout.decode().split())


def pages(pdf):
    told = subprocess.run(["pdfinfo", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    return int(next(line for line in told.splitlines() if line.startswith("Pages")).split()[1])


def said(sentence, **words_in_it):
    with i18n.force_locale("vi"):
        return i18n.gettext(sentence, **words_in_it)


def form_of(*questions, languages=("vi", "en")):
    """A form short enough that its slip leaves nothing to the phone; Jrai is invented by the test."""
    content = json.loads((LIBRARY / "xa-ntm.json").read_text(encoding="utf-8"))
    content |= {"languages": list(languages), "questions": [*questions, *content["questions"][:2]]}
    return document.load(_with_jrai(content) if "jra" in languages else content)


def _with_jrai(part):
    if isinstance(part, list):
        return [_with_jrai(one) for one in part]
    if isinstance(part, dict) and "vi" in part:
        return {"vi": part["vi"], "jra": f"(jra: {part['vi'][:9]})"}
    return {key: _with_jrai(one) for key, one in part.items()} if isinstance(part, dict) else part


# What is said and sent


def test_the_loudspeaker_says_in_a_minute_who_asks_when_how_and_whom_to_call(paper):
    spoken = kit.loudspeaker(make_survey(), make_line())

    assert spoken.seconds <= 60
    for fact in (
        "làng Phung",
        "xã Biển Hồ",
        "ngày 25 tháng 11",
        "ngày 5 tháng 12",
        "để trống",
        "0905 123 456",
    ):
        assert fact in spoken.text


def test_a_text_that_long_names_make_longer_says_how_long_it_is(paper):
    survey = make_survey(unit=make_unit(COMMUNE, "xa", "23722", "commune"), contact=CONTACT)

    assert kit.loudspeaker(survey, make_line(VILLAGE)).seconds > 60


def test_without_a_number_nobody_is_told_to_call(paper, settings):
    survey = make_survey(contact="Xã Ia Mơ")

    assert "xin gọi" not in kit.loudspeaker(survey, make_line()).text
    assert "xin gọi" not in kit.zalo(survey, make_line(), settings)


def test_the_text_for_zalo_leads_to_where_codes_are_typed_and_warns_of_sending_a_slip(paper, settings):
    text = kit.zalo(make_survey(), make_line(), settings)

    assert "https://khaosat.example.vn/k " in text
    assert "25/11/2026" in text
    assert "05/12/2026" in text
    assert said("Do not post a picture or the code of a slip in the group: anybody who has it can answer in your place.") in text  # fmt: skip


def test_a_rehearsal_is_called_one_on_the_loudspeaker_and_in_zalo(paper, settings):
    survey = make_survey(rehearsal=True)

    assert kit.loudspeaker(survey, make_line()).text.startswith(said("TRIAL – does not count"))
    assert kit.zalo(survey, make_line(), settings).startswith(said("TRIAL – does not count"))


def test_no_text_and_no_notice_leads_to_the_server_itself(paper, tmp_path):
    settings = replace(load_settings(tmp_path), public_url="http://127.0.0.1:8000", demo=False)

    with pytest.raises(LeadsNowhere):
        kit.zalo(make_survey(), make_line(), settings)
    with pytest.raises(LeadsNowhere):
        kit.genuine_pdf(make_survey(), make_line(), settings)


# What is printed


@pytest.mark.parametrize(
    ("commune", "village", "contact"),
    [("Biển Hồ", "Phung", "Bà H'Lan, 0905 123 456"), (COMMUNE, VILLAGE, CONTACT)],
    ids=["short", "long"],
)
def test_every_paper_of_a_village_is_one_page_with_its_names_whole_and_calls_itself_a_sample(
    paper, settings, commune, village, contact
):
    survey = make_survey(unit=make_unit(commune, "xa", "23722", "commune"), contact=contact, confirmed=False)

    for name, pdf in kit.village_papers(survey, make_line(village), settings):
        printed = "".join(words(pdf).split()).casefold()
        assert pages(pdf) == 1, name
        for told in (commune, village, said("Sample wording of the software: the Front of the commune looks at it before use.")):  # fmt: skip
            assert "".join(told.split()).casefold() in printed, (name, told)


def test_the_notice_shows_the_genuine_address_and_has_a_line_for_the_stamp(paper, settings):
    pdf = kit.genuine_pdf(make_survey(), make_line(), settings)

    drawn = subprocess.run(["pdftoppm", "-r", "80", "-gray", "-"], input=pdf, capture_output=True, check=True)
    symbols = zxingcpp.read_barcodes(Image.open(io.BytesIO(drawn.stdout)))
    assert [symbol.text for symbol in symbols] == ["https://khaosat.example.vn/k"]
    assert "khaosat.example.vn" in words(pdf)
    assert said("(signature, full name, stamp)") in words(pdf)


def test_a_slip_of_appointment_says_when_and_where_or_leaves_room_to_write(paper, settings):
    told = kit.Appointment("Nhà rông", "18:30, thứ Bảy 28/11/2026")

    filled = words(kit.appointments_pdf(make_survey(), make_line(), settings, told))
    empty = words(kit.appointments_pdf(make_survey(), make_line(), settings))

    assert filled.count("Nhà rông") == 4
    assert filled.count("18:30, thứ Bảy 28/11/2026") == 4
    assert empty.count(said("Slip of appointment")) == 4
    assert "05/12/2026" in empty


@pytest.mark.parametrize("state", [State.COUNTING, State.SEALED, State.ANNULLED])
def test_nobody_is_called_to_a_survey_that_takes_no_answers(paper, settings, state):
    survey = make_survey(state=state)

    with pytest.raises(kit.KitTooLate):
        kit.guide_pdf(survey, make_line(), settings)
    with pytest.raises(kit.KitTooLate):
        next(kit.commune_papers(survey))


# The script of a meeting


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_script_reads_every_question_of_the_form_whole_and_in_order(paper, language):
    survey = make_survey()

    printed = words(reading_script.pdf(survey, language))

    places = [printed.find(question.text[language]) for question in survey.instrument.answerable]
    assert -1 not in places
    assert places == sorted(places)


def test_the_script_says_how_all_tick_together_fold_and_use_the_box(paper):
    printed = words(reading_script.pdf(make_survey(), "vi"))

    for sentence in (
        "Tôi đọc từng câu, tất cả cùng đánh dấu.",
        "“Hài lòng” thì đánh vào ô thứ nhất, “Không hài lòng” thì đánh vào ô thứ hai",
        "Câu nào chưa rõ thì để trống dòng đó.",
        "Gấp phiếu lại như cũ, xé cuống, tự tay bỏ phiếu vào thùng",
    ):
        assert sentence in printed


def test_every_kind_of_question_is_read_aloud_with_its_answers_and_its_condition(paper):
    first, second = EXAMPLES[Kind.SINGLE_CHOICE].asked, EXAMPLES[Kind.NUMBER].asked
    chosen = first["options"][0]
    second = second | {"condition": {"question": first["key"], "answers": [chosen["code"]]}}
    asked = [{**example.asked} for example in EXAMPLES.values()]
    asked = [first, second, *(one for one in asked if one["key"] not in {first["key"], second["key"]})]

    printed = words(reading_script.pdf(make_survey(instrument=form_of(*asked)), "vi"))

    for question in asked:
        assert question["text"]["vi"] in printed
        for option in question.get("options", ()):
            assert option["label"]["vi"] in printed
    told = said("only if the answer to question %(number)s is: %(answers)s", number=1, answers=chosen["label"]["vi"])  # fmt: skip
    assert f"({told})" in printed


def test_questions_in_a_language_without_approved_sentences_of_ours_are_read_and_the_paper_says_so(paper):
    printed = words(reading_script.pdf(make_survey(instrument=form_of(languages=("vi", "jra"))), "jra"))

    assert "(jra: Ông/bà có)" in printed
    assert "Ông/bà có hài lòng về quy hoạch" not in printed
    assert "Lời dẫn chưa có bản tiếng Jrai được duyệt" in printed
    assert "Tôi đọc từng câu" in printed


# The pages


def test_the_kit_of_a_village_shows_its_texts_and_leads_to_papers_that_exist(commune, make_survey, sign_in):
    survey, village = make_survey(commune), commune.villages["Phung"]
    officer = sign_in(Role.COMMUNE, commune.unit)

    overview = Page(officer.get(f"/can-bo/dot/{survey.id}").text)
    papers = Page(officer.get(f"/can-bo/dot/{survey.id}/in").text)
    reply = officer.get(f"/can-bo/dot/{survey.id}/bo-tai-lieu/{village.code}")

    address = f"/can-bo/dot/{survey.id}/bo-tai-lieu/{village.code}"
    assert all(address in [link["href"] for link in page.all("a")] for page in (overview, papers))
    assert reply.status_code == 200
    page = Page(reply.text)
    assert "Kính mời bà con làng Phung" in page.text("textarea")
    assert "https://khaosat.example.vn/k" in page.text("textarea")
    linked = [link["href"] for link in page.all("a") if link["href"].endswith(".pdf")]
    assert len(linked) == 3 + len(survey.instrument.languages)
    form = page.form(method="get")
    for url in (*linked, form.action, f"{address}/nhan-thung-phieu.pdf"):
        assert officer.get(url).mimetype == "application/pdf", url


def test_a_kit_knows_no_other_paper_language_village_or_kind_of_survey(
    commune, make_commune, make_survey, sign_in
):
    survey, village = make_survey(commune), commune.villages["Phung"]
    feedback = make_survey(make_commune("98002", "Bên"), purpose=Purpose.FEEDBACK)
    draft = make_survey(commune, State.DRAFT)
    officer = sign_in(Role.FRONT_PROVINCE, commune.province)
    known = f"/can-bo/dot/{survey.id}"

    assert [
        officer.get(url).status_code
        for url in (
            f"{known}/bo-tai-lieu/{village.code}/khac.pdf",
            f"{known}/bo-tai-lieu/99999999",
            f"{known}/loi-doc/jra.pdf",
            f"/can-bo/dot/{feedback.id}/bo-tai-lieu/{village.code}",
            f"/can-bo/dot/{draft.id}/bo-tai-lieu/{village.code}",
        )
    ] == [404] * 5


def test_the_slip_of_appointment_begins_with_the_next_meeting_of_the_village(commune, make_survey, sign_in):
    survey, now = make_survey(commune), datetime.now(UTC)
    with db.transaction() as current:
        for name, place in (("Bang", "Nơi khác"), ("Phung", "Nhà rông")):
            starts_at = now + timedelta(hours=5)
            plan = meetings.MeetingAnnouncement(
                commune.villages[name].id, starts_at, starts_at + timedelta(hours=2), place
            )
            meetings.announce(current, survey.id, plan, actor="user:1", now=now)

    page = Page(
        sign_in(Role.COMMUNE, commune.unit)
        .get(f"/can-bo/dot/{survey.id}/bo-tai-lieu/{commune.villages['Phung'].code}")
        .text
    )

    fields = dict(page.form(method="get").fields)
    assert fields["noi"] == "Nhà rông"
    assert fields["luc"].endswith(day(starts_at))


def test_who_holds_the_cover_reads_the_script_on_a_phone_while_people_can_be_called(
    client, commune, make_survey, move_on
):
    survey, village = make_survey(commune), commune.villages["Phung"]
    counts = client.get(f"/bia/{survey.cover_token}/{village.code}")
    page = f"/bia/{survey.cover_token}/loi-doc"

    assert f"{page}/vi" in [link["href"] for link in Page(counts.text).all("a")]
    shown = {language: client.get(f"{page}/{language}") for language in ("vi", "en", "jra")}
    assert {language: reply.status_code for language, reply in shown.items()} == {
        "vi": 200, "en": 200, "jra": 404,
    }  # fmt: skip
    assert '<html lang="en"' in shown["en"].text
    assert survey.instrument.questions[0].text["en"] in shown["en"].text
    move_on(survey, State.COUNTING)
    assert client.get(f"{page}/vi").status_code == 404
