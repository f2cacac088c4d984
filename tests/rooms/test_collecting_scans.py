"""A stack of scanned slips: nothing counts before a clerk has looked, each slip counts once, and no picture outlives it."""

import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random

import pytest
from PIL import Image, ImageDraw
from sqlalchemy import select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from bench import copied
from survey_app import db, uploads
from survey_app.access import Role
from survey_app.audit import OPERATOR
from survey_app.collecting.meeting_batches import NoSuchMeeting, NotOfTheMeeting
from survey_app.collecting.models import PaperKeyer, PaperSlip, Response, ScannedSlip
from survey_app.config import load_settings
from survey_app.fieldwork import batches, meetings, queries
from survey_app.fieldwork.meetings import MeetingAnnouncement
from survey_app.fieldwork.models import Channel, State, Survey
from survey_app.printing import blank_pages
from survey_app.printing.models import BlankSlipPage
from survey_app.printing.slips import qr_text
from survey_app.scans import program, reading
from survey_app.scans.reading import PrintedPage
from survey_app.sealing import schedule
from tests import papers, scans
from tests.pages import Page
from tests.papers import printing_application


@lru_cache(maxsize=4)
def _blank(pdf, layout):
    return PrintedPage(pdf, reading.layout_of(json.loads(layout)))


def read_here(head, parts):
    """What `uploads.scanned` gives, from the process of the tests; a blank page is drawn for all of them once."""
    files, pdfs = parts[: len(head["files"])], parts[len(head["files"]) :]
    blanks = [
        _blank(pdf, json.dumps(blank["layout"])) for pdf, blank in zip(pdfs, head["blanks"], strict=True)
    ]
    for page in program.findings(files, blanks):
        yield json.loads(json.dumps(page))


@pytest.fixture(autouse=True)
def _scans_read_here(request, monkeypatch):
    """For all tests but that of the program that does it, which takes as long to start as to read two slips."""
    if request.node.get_closest_marker("real_opening") is None:
        monkeypatch.setattr(uploads, "scanned", read_here)


@pytest.fixture
def codes(commune, survey, hand_out):
    return hand_out(survey, commune.villages["Phung"], 3)


@pytest.fixture(scope="module")
def print_run(tmp_path_factory):
    """A slip of the form, printed once for all tests of this module."""
    settings = replace(
        load_settings(tmp_path_factory.mktemp("instance")), public_url="https://khaosat.example.vn"
    )
    with printing_application():
        return scans.printed(papers.make_survey(), papers.make_unit(), ["0001 0000 0000 0000"], settings)


@pytest.fixture
def paper(survey, codes, print_run):
    """Slips with those codes, and their blank page as it is kept when slips are made."""
    kept = {"survey_id": survey.id, "look": "", "pdf": print_run.kept.pdf, "layout": print_run.kept.layout}
    with db.transaction() as current:
        current.add(BlankSlipPage(**kept))
    return [print_run.with_code(qr_text("https://khaosat.example.vn", code)) for code in codes]


def address(survey):
    return f"/can-bo/nhap-phieu/{survey.id}/quet"


def rows(table):
    current = db.session()
    current.rollback()
    return current.scalars(select(table)).all()


def filled(paper, numbers, *, odd=""):
    """Those slips, ticked and scanned: the truth about each, and one page of each."""
    slips = [paper[number].ticked(0, Random(40 + number), odd=odd) for number in numbers]
    return slips, [scans.flat(slip) for slip in slips]


def send(clerk, survey, *files, **chosen):
    form = Page(clerk.get(address(survey)).text).form(enctype="multipart/form-data")
    sent = form.data(**chosen) | {"files": [FileStorage(io.BytesIO(file), "quet.pdf") for file in files]}
    boundary, body = encode_multipart(MultiDict(sent))
    return clerk.post(address(survey), data=body, content_type=f"multipart/form-data; boundary={boundary}")


def look(clerk, survey):
    """The page of the slip that waits next; None where none waits."""
    reply = clerk.get(f"{address(survey)}/xem", follow_redirects=True)
    assert reply.status_code == 200
    return Page(reply.text) if 'name="_id"' in reply.text else None


def agree(clerk, page, **changes):
    form = page.form(class_="paper-form")
    return clerk.post(form.action, data=form.data(**changes))


def agree_to_all(clerk, survey):
    while (page := look(clerk, survey)) is not None:
        assert agree(clerk, page).status_code == 303
    key_page = Page(clerk.get(f"/can-bo/nhap-phieu/{survey.id}").text)
    clerk.post(f"/can-bo/nhap-phieu/{survey.id}/luu", data=key_page.form(class_="paper-form").data())


@pytest.mark.real_opening
def test_the_program_that_reads_scans_finds_what_the_other_tests_find_without_it(app, print_run):
    _slips, (page,) = filled([print_run], [0], odd="both")
    head = {
        "files": [len(page)],
        "blanks": [{"bytes": len(print_run.kept.pdf), "layout": print_run.kept.layout}],
    }
    parts = [page, print_run.kept.pdf]

    found = list(uploads.scanned(head, parts))

    assert found == list(read_here(head, parts))
    assert len(found) == 1


@pytest.mark.both_engines
def test_a_stack_is_read_looked_at_and_counted_once(survey, codes, paper, clerk):
    slips, pages = filled(paper, range(3))
    stack = scans.stack(pages)

    told = send(clerk, survey, stack)

    assert told.status_code == 200
    assert all(code[-4:] in told.text for code in codes)
    assert rows(Response) == []
    assert [row.doubtful for row in rows(ScannedSlip)] == [False] * 3
    agree_to_all(clerk, survey)
    stored = sorted(str(sorted(row.answers.items(), key=str)) for row in rows(Response))
    assert stored == sorted(str(sorted(slip.truth.items(), key=str)) for slip in slips)
    assert [row.way for row in rows(PaperSlip)] == ["scan"] * 3
    assert len(rows(PaperKeyer)) == 1
    assert rows(ScannedSlip) == []

    again = send(clerk, survey, stack)

    assert again.text.count("scan-problem") == 3
    assert rows(ScannedSlip) == []
    assert len(rows(Response)) == 3


@pytest.mark.both_engines
def test_what_waits_already_waits_once(survey, paper, clerk):
    _slips, pages = filled(paper, range(2))

    send(clerk, survey, scans.stack(pages))
    send(clerk, survey, *pages)

    assert len(rows(ScannedSlip)) == 2


@pytest.fixture
def met(commune, survey):
    """Meetings of Phung and of Bang that are over, their households counted."""
    now = datetime.now(UTC)
    found = []
    for name in ("Phung", "Bang"):
        starts_at = now - timedelta(hours=4)
        plan = MeetingAnnouncement(
            commune.villages[name].id, starts_at, starts_at + timedelta(hours=2), "Nhà rông của làng"
        )
        with db.transaction() as current:
            one = meetings.announce(current, survey.id, plan, actor=OPERATOR, now=now - timedelta(hours=5))
        with db.transaction() as current:
            meetings.count_present(current, survey.id, one.id, 10, actor=OPERATOR, now=now)
        found.append(one)
    return found


@pytest.mark.both_engines
def test_a_stack_of_a_meeting_counts_as_that_meetings_paper(survey, paper, met, clerk):
    _slips, pages = filled(paper, range(2))
    send(clerk, survey, pages[0], _meeting=str(met[0].id))
    page = look(clerk, survey)
    kept = Page(clerk.get(address(survey)).text).form(enctype="multipart/form-data").data()["_meeting"]

    agree_to_all(clerk, survey)
    send(clerk, survey, pages[1], _meeting="")
    agree_to_all(clerk, survey)

    assert "Nhà rông của làng" in page.text("p")
    assert kept == [str(met[0].id)]
    assert sorted(row.channel for row in rows(Response)) == [Channel.MEETING, Channel.PAPER_ENTRY]


def test_the_wrong_meeting_is_mended_by_sending_the_stack_again(survey, paper, met, clerk):
    _slips, pages = filled(paper, [0])
    send(clerk, survey, *pages, _meeting=str(met[0].id))

    send(clerk, survey, *pages, _meeting="")
    agree_to_all(clerk, survey)

    assert [row.channel for row in rows(Response)] == [Channel.PAPER_ENTRY]


def test_a_scanned_slip_of_another_village_is_put_aside_from_the_meetings_stack(
    commune, survey, paper, met, clerk
):
    _slips, pages = filled(paper, [0])

    told = send(clerk, survey, *pages, _meeting=str(met[1].id))

    village = commune.villages["Phung"].full_name
    assert NotOfTheMeeting(village).message in Page(told.text).text("li")
    assert rows(ScannedSlip) == []


def test_a_meeting_that_was_not_counted_is_no_stack(survey, paper, clerk):
    _slips, pages = filled(paper, [0])

    reply = send(clerk, survey, *pages, _meeting="7")

    assert reply.status_code == 422
    assert NoSuchMeeting().message in reply.text
    assert rows(ScannedSlip) == []


def test_a_doubtful_line_stands_undecided_with_its_neighbours_until_a_person_decides(survey, paper, clerk):
    (slip,), pages = filled(paper, [0], odd="both")
    (odd,) = [key for key, said in slip.truth.items() if said == "?"][:1]
    send(clerk, survey, *pages)

    page = look(clerk, survey)

    form = page.form(class_="paper-form")
    assert odd not in {name for name, _value in form.fields}
    assert odd in form.choices
    crops = [tag for tag in page.all("svg") if tag.get("class") == "scan-crop"]
    assert len(crops) == sum(name not in dict(form.fields) for name in form.choices)
    assert agree(clerk, page).status_code == 422
    assert rows(Response) == []
    undecided = {name: "dissatisfied" for name in form.choices if name not in dict(form.fields)}
    assert agree(clerk, page, **undecided).status_code == 303
    agree_to_all(clerk, survey)
    (stored,) = rows(Response)
    assert stored.answers[odd] == "dissatisfied"


def test_black_and_white_is_refused_in_words_and_nothing_of_it_is_kept(survey, paper, clerk):
    _slips, (page,) = filled(paper, [0])
    two = io.BytesIO()
    Image.open(io.BytesIO(page)).convert("1").save(two, "PNG")

    told = send(clerk, survey, two.getvalue())

    assert "đen trắng" in told.text
    assert rows(ScannedSlip) == []


def test_a_slip_whose_qr_is_scribbled_over_is_keyed_by_its_code(survey, codes, paper, clerk):
    slip = paper[1].ticked(0, Random(3))
    ImageDraw.Draw(slip.picture).rectangle((30, 95, 390, 455), fill=90)
    send(clerk, survey, copied.copier(slip.picture, paper[1].outside, Random(4)).jpeg)

    page = look(clerk, survey)
    form = page.form(class_="paper-form")
    said = {name: slip.truth[name] or "" for name in form.choices}
    refused = clerk.post(form.action, data=form.data(_code=codes[1][:-1] + "x", **said))
    stored = clerk.post(form.action, data=form.data(_code=codes[1][-14:], **said))

    assert refused.status_code == 422
    assert stored.status_code == 303
    agree_to_all(clerk, survey)
    assert [row.answers for row in rows(Response)] == [slip.truth]


def test_a_slip_that_cannot_answer_is_told_by_its_page_and_not_kept(commune, survey, codes, paper, clerk):
    _slips, pages = filled(paper, range(2))
    with db.transaction() as current:
        batches.void_batch(current, survey.id, 1, reason="Mất", actor=OPERATOR, now=datetime.now(UTC))

    told = send(clerk, survey, *pages)

    assert told.text.count("scan-problem") == 2
    assert codes[0][-4:] in told.text
    assert rows(ScannedSlip) == []


def test_a_slip_voided_between_scan_and_look_is_not_stored(survey, paper, clerk):
    _slips, pages = filled(paper, [0])
    send(clerk, survey, *pages)
    page = look(clerk, survey)
    with db.transaction() as current:
        batches.void_batch(current, survey.id, 1, reason="Mất", actor=OPERATOR, now=datetime.now(UTC))

    assert agree(clerk, page).status_code == 410
    assert rows(Response) == []


def test_only_the_clerk_who_scanned_sees_a_picture(commune, survey, paper, clerk, sign_in):
    _slips, pages = filled(paper, [0])
    send(clerk, survey, *pages)
    (row,) = rows(ScannedSlip)
    source = f"{address(survey)}/phieu/{row.id}/anh"

    own = clerk.get(source)
    other = sign_in(Role.CLERK, commune.unit, "-hai").get(source)

    assert (own.status_code, own.content_type) == (200, "image/jpeg")
    assert own.headers["Cache-Control"] == "no-store"
    assert other.status_code == 404


def test_the_database_alone_shows_neither_code_nor_picture_nor_answer(survey, codes, paper, clerk):
    _slips, pages = filled(paper, [0])
    send(clerk, survey, *pages)

    (row,) = rows(ScannedSlip)

    whole = row.content + row.picture
    assert codes[0].encode() not in whole
    assert b"JFIF" not in whole
    assert b"satisfied" not in whole


@pytest.mark.both_engines
def test_a_picture_left_out_is_gone_and_so_is_every_one_at_the_seal(survey, paper, clerk, move_on):
    _slips, pages = filled(paper, range(2))
    send(clerk, survey, *pages)
    page = look(clerk, survey)

    form = page.form(action=page.form(class_="paper-form").action + "/bo")
    clerk.post(form.action, data=form.data())
    assert len(rows(ScannedSlip)) == 1
    move_on(survey, State.SEALED)

    assert rows(ScannedSlip) == []


@pytest.mark.both_engines
def test_the_clock_does_not_seal_over_a_scan_until_it_is_decided_or_keyed_by_anybody(
    commune, survey, codes, paper, clerk, sign_in, move_on
):
    _slips, pages = filled(paper, range(2))
    send(clerk, survey, *pages)
    colleague = sign_in(Role.CLERK, commune.unit, "hai")
    move_on(survey, State.COUNTING)
    over = datetime.now(UTC)
    with db.transaction() as current:
        current.get_one(Survey, survey.id).counting_ends_at = over

    def seal():
        """In rounds of two days, as the clock does."""
        return [schedule.seal_due(over + timedelta(days=days)) for days in (1, 2)][-1]

    assert seal() == {}
    assert "chờ phiếu quét" in colleague.get("/can-bo").text
    address = f"/can-bo/nhap-phieu/{survey.id}"
    for code in codes[:2]:
        form = Page(colleague.get(f"{address}?cach=tung-so").text).form(class_="paper-form")
        colleague.post(address, data=form.keyed(_code=code, planning="satisfied"))
    colleague.post(f"{address}/luu", data={"csrf_token": form.data()["csrf_token"]})

    assert rows(ScannedSlip) == []
    assert seal() == {survey.id: "sealed"}


def test_a_scan_outlives_a_keying_that_was_not_stored(commune, survey, codes, paper, clerk, sign_in):
    _slips, pages = filled(paper, [0])
    send(clerk, survey, *pages)
    colleague, address = sign_in(Role.CLERK, commune.unit, "hai"), f"/can-bo/nhap-phieu/{survey.id}"
    form = Page(colleague.get(f"{address}?cach=tung-so").text).form(class_="paper-form")
    colleague.post(address, data=form.keyed(_code=codes[0], planning="satisfied"))
    with db.transaction() as current:
        (batch,) = queries.batches(current, survey.id)
        batches.void_batch(current, survey.id, batch.id, reason="Mất", actor=OPERATOR, now=datetime.now(UTC))

    colleague.post(f"{address}/luu", data={"csrf_token": form.data()["csrf_token"]})

    assert rows(Response) == []
    assert len(rows(ScannedSlip)) == 1


def test_a_page_that_was_not_kept_is_drawn_when_the_stack_comes(survey, codes, print_run, clerk):
    printed = print_run.with_code(qr_text("https://khaosat.example.vn", codes[0]))
    slip = printed.ticked(0, Random(40))

    send(clerk, survey, printed.scanned(slip, Random(50)))

    assert len(blank_pages.of_survey(db.session(), survey.id)) == 1
    assert [row.doubtful for row in rows(ScannedSlip)] == [False]


def test_nothing_chosen_is_said_in_words(survey, clerk):
    refused = send(clerk, survey)

    assert refused.status_code == 422
    assert "chọn tệp" in refused.text


def test_a_page_is_kept_once_for_slips_that_look_alike(app, survey):
    settings = app.extensions["settings"]
    with db.transaction() as current:
        for _time in range(2):
            blank_pages.keep(current, survey, settings)

    (page,) = blank_pages.of_survey(db.session(), survey.id)
    assert page.pdf.startswith(b"%PDF")
    assert [line["key"] for line in page.layout["lines"]] == [
        question.key for question in survey.instrument.answerable
    ]


def test_who_keys_slips_finds_the_way_to_scanning_them(clerk, survey):
    assert f'href="{address(survey)}"' in clerk.get(f"/can-bo/nhap-phieu/{survey.id}").text
