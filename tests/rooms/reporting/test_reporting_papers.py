"""The papers of a result: what each prints, who gets which, and that notice and public page say one thing."""

import csv
import hashlib
import io
import json
import re
import subprocess
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import select

from survey_app import db, keys
from survey_app.access import Identity, Role
from survey_app.accounts.models import User
from survey_app.approvals import deciding
from survey_app.audit import AuditEvent
from survey_app.collecting.models import DeskCounter
from survey_app.fieldwork import calendar
from survey_app.fieldwork import queries as fieldwork
from survey_app.fieldwork.models import AbsentHouseholds, Purpose, State, Survey
from survey_app.i18n import force_locale
from survey_app.reporting import notice_papers, papers, printing
from survey_app.results import postings, signing
from survey_app.results.postings import Noted
from survey_app.rulebooks import operations as rulebooks
from survey_app.sealing import documents
from survey_app.sealing import queries as results
from survey_app.templating import moment
from survey_app.units import queries as units
from tests import verifying
from tests.readers import words
from tests.rooms.sealing.conftest import BLANK, HAPPY, NOW, UNHAPPY, Surveys

PAGES = "/can-bo/dot/0001"
MINUTES = f"{PAGES}/giay-to/bien-ban-kiem-phieu.pdf"
TABLE = f"{PAGES}/giay-to/bang-tong-hop.pdf"
PACK = f"{PAGES}/ho-so.zip"
HOST = "https://khaosat.example.vn"
PROVINCIAL = (Role.PROVINCE, Role.FRONT_PROVINCE, Role.AUDITOR)


@pytest.fixture
def counted(app):
    """Linh Cang as it was published, and two villages that hide it; counting is not over."""
    made = Surveys(db.session())
    made.make(households={"Linh Cang": 76, "Hà Lam": 60, "Tam Ca": 60})
    made.answer("0001", "Linh Cang", HAPPY, times=71)
    made.answer("0001", "Linh Cang", UNHAPPY)
    made.answer("0001", "Hà Lam", HAPPY, times=41)
    made.answer("0001", "Hà Lam", UNHAPPY, times=12)
    made.answer("0001", "Hà Lam", BLANK)
    made.answer("0001", "Tam Ca", HAPPY, times=41)
    made.answer("0001", "Tam Ca", UNHAPPY, times=3)
    return made


@pytest.fixture
def sealed(counted):
    counted.seal()
    return counted


@pytest.fixture
def closed_by_command(app, client, counted):
    """Phones should be open for two more days when the operator closes it by command."""
    with db.transaction() as current:
        survey = current.get_one(Survey, "0001")
        survey.state, survey.phones_closed_at, survey.counting_ends_at = State.OPEN, None, None
        survey.closes_at = calendar.closing(units.civil(datetime.now(UTC) + timedelta(days=2)))
    app.test_cli_runner().invoke(args=["results", "close", "--survey", "0001"], catch_exceptions=False)
    with client.session_transaction() as session:
        session["confirmed_at"] = datetime.now(UTC).timestamp()


@pytest.fixture
def as_role(app, sealed):
    """Let the next requests come from somebody of this role, of the commune or of the province."""
    return lambda role: sealed.sign_in(app, role, sealed.province if role in PROVINCIAL else None)


def qr_of(pdf):
    drawn = subprocess.run(
        ["pdftoppm", "-r", "80", "-gray", "-png", "-"], input=pdf, capture_output=True, check=True
    ).stdout
    starts = [found.start() for found in re.finditer(b"\x89PNG", drawn)] + [len(drawn)]
    sheets = [Image.open(io.BytesIO(drawn[a:b])) for a, b in zip(starts, starts[1:], strict=False)]
    return [symbol.text for sheet in sheets for symbol in zxingcpp.read_barcodes(sheet)]


def noted(act):
    current = db.session()
    current.rollback()
    return [row.details for row in current.scalars(select(AuditEvent).where(AuditEvent.act == act))]


def sign(surveys):
    """Commune and Front sign, the province Front standing in."""
    now = datetime.now(UTC)
    with db.transaction() as current:
        people = []
        for name, role, unit in (
            ("Ông An", Role.COMMUNE, surveys.commune),
            ("Bà Hoa", Role.FRONT_PROVINCE, surveys.province),
        ):
            user = User(email=name, name=name, role=role, unit_id=unit.id, created_at=now)
            current.add(user)
            current.flush()
            people.append(Identity(user.id, name, role, unit.id, unit.path))
        first, second = people
        asked = signing.ask(current, fieldwork.survey(current, "0001"), by=first, now=now)
    with db.transaction() as current:
        deciding.decide(current, asked, approved=True, reason="", by=second, now=now)


def test_the_minutes_print_exact_counts_the_signers_and_a_qr_of_the_digest(client, sealed, as_role):
    sign(sealed)
    as_role(Role.FRONT_COMMUNE)

    reply = client.get(MINUTES)

    said, digest = words(reply.data), results.scorecard(db.session(), "0001").digest
    assert reply.mimetype == "application/pdf"
    assert reply.headers["Cache-Control"] == "no-store"
    assert all(text in said for text in ("98,61 %", "142/144", "82/106", "82/88"))
    assert "86,73 % (170/196)" in said
    assert "16 (9,47 %)" in said
    assert "90,53 % (306/338)" in said
    assert "từ 78,06 % (306/392) đến 91,84 % (360/392)" in said
    assert digest[:20] in said.replace(" ", "")
    assert qr_of(reply.data) == [digest]
    assert all(text in said for text in ("Ông An", "Bà Hoa", "Mặt trận tỉnh", "Tổ kiểm phiếu"))
    assert "Mẫu trình bày của sản phẩm, chưa được Mặt trận xác nhận" in said
    assert "THỬ" not in said
    assert noted("reporting.release") == [{"form": "bien-ban-kiem-phieu"}]


@pytest.mark.usefixtures("undrawn")
def test_another_rule_book_chosen_for_the_year_changes_no_finding_on_the_papers(client, as_role, sealed):
    as_role(Role.FRONT_PROVINCE)
    before = papers.exact(db.session(), "0001")
    with db.transaction() as current:
        rulebooks.use_framework(
            current, sealed.province.id, NOW.year, "mau-trinh-dien", actor="user:7", now=NOW
        )

    after, printed = papers.exact(db.session(), "0001"), words(client.get(TABLE).data)

    assert (after.judged, after.book) == (before.judged, before.book)
    assert re.search(r"nâng cao 2021-2025, chỉ tiêu 8.4, phiên bản \d+ \(mặc định\)", printed)
    assert "trình diễn" not in printed


def test_the_table_of_the_commune_has_every_village_and_item_with_both_counts(client, as_role):
    as_role(Role.AUDITOR)

    said = words(client.get(TABLE).data)

    assert "Linh Cang" in said
    assert all(text in said for text in ("71/72", "41/53", "153/169", "77,36 %", "90,53 %"))
    assert noted("reporting.release") == [{"form": "bang-tong-hop"}]


@pytest.mark.parametrize(
    ("role", "exact", "pack", "page"),
    [
        (Role.COMMUNE, 403, 403, 200),
        (Role.VIEWER, 403, 403, 200),
        (Role.PROVINCE, 403, None, 200),
        (Role.CLERK, 403, 403, 403),
        (Role.DIGITAL_TEAM, 403, 403, 403),
        (Role.FRONT_COMMUNE, None, None, 200),
        (Role.FRONT_PROVINCE, None, None, 200),
        (Role.AUDITOR, None, None, 200),
    ],
)
def test_exact_papers_come_from_the_front_and_the_pack_goes_to_who_appraises(
    client, as_role, role, exact, pack, page
):
    as_role(role)

    shown = client.get(f"{PAGES}/giay-to?lang=en")

    assert shown.status_code == page
    for address, status in ((MINUTES, exact), (TABLE, exact), (PACK, pack)):
        assert (address in shown.text) == (status is None)
        if status:
            assert client.get(address).status_code == status


ALL = (f"{PAGES}/giay-to", MINUTES, TABLE, PACK, f"{PAGES}/ban-niem-yet.pdf", f"{PAGES}/ban-niem-yet/x.pdf")


def test_in_another_commune_no_paper_exists(app, client, sealed):
    sealed.sign_in(app, Role.FRONT_COMMUNE, sealed.other_commune())

    assert {client.get(address).status_code for address in ALL} == {404}


def test_before_the_seal_there_is_no_paper_who_asks(app, client, counted):
    counted.sign_in(app, Role.FRONT_COMMUNE)

    assert {client.get(address).status_code for address in ALL} == {403}
    assert noted("reporting.release") == noted("reporting.pack") == []


def test_an_annulled_result_and_an_open_link_get_no_paper(app, client, sealed, as_role):
    with db.transaction() as current:
        current.get_one(Survey, "0001").state = State.ANNULLED
    sealed.make("0002", purpose=Purpose.FEEDBACK)
    as_role(Role.FRONT_COMMUNE)

    assert {client.get(address).status_code for address in ALL} == {409}
    assert client.get("/can-bo/dot/0002/giay-to").status_code == 404


def notice_html(found):
    """The notice before it is laid out on a sheet."""
    with force_locale("vi"):
        return printing.html([notice_papers.notice(found, HOST, NOW)])


def parts(html):
    """The figures, the table of items and that of villages, word by word."""
    found = re.findall(
        r'<dl class="figures">.*?</dl>|<table class="(?:items|villages)[^"]*">.*?</table>', html, re.DOTALL
    )
    return [" ".join(re.sub(r"<[^>]+>", " ", part).split()) for part in found]


def test_the_notice_of_the_commune_says_word_by_word_what_the_public_page_says(client, sealed):
    public = client.get("/ket-qua/0001")

    printed = notice_html(papers.notice(db.session(), "0001"))

    assert len(parts(public.text)) == 3
    assert parts(printed) == parts(public.text)
    assert "Bà Hoa, 0269 000 000" in printed


@pytest.mark.usefixtures("undrawn")
def test_every_page_and_paper_says_that_the_operator_ended_the_phones_before_the_announced_day(
    app, client, counted, closed_by_command
):
    public, notice = client.get("/ket-qua/0001").text, printed_notice()
    counted.sign_in(app, Role.FRONT_COMMUNE)
    staff = [client.get(f"{PAGES}/{page}").text for page in ("ket-qua", "ky")]
    made = [words(client.get(address).data) for address in (MINUTES, TABLE)]

    said = "người vận hành máy chủ đã kết thúc và kiểm đếm bằng lệnh"
    announced = fieldwork.survey(db.session(), "0001").last_day.strftime("%d/%m/%Y")
    told = [" ".join(text.split()) for text in (public, notice, *staff, *made)]
    assert [text.count(f"(đã công bố: hết ngày {announced}); {said}") for text in told] == [1] * 6


def test_a_count_ended_by_command_after_the_announced_day_is_told_apart(app, client, counted):
    run = app.test_cli_runner().invoke(args=["results", "close", "--survey", "0001"])

    public, notice = client.get("/ket-qua/0001").text, printed_notice()
    assert run.exit_code == 0
    assert "đã kết thúc việc kiểm đếm bằng lệnh lúc" in public
    assert "đã kết thúc việc kiểm đếm bằng lệnh lúc" in notice
    assert "đã công bố: hết ngày" not in public


def test_a_survey_the_minute_job_sealed_says_nothing_of_commands(client, sealed):
    public = client.get("/ket-qua/0001").text

    assert "bằng lệnh" not in public
    assert "đã công bố: hết ngày" not in public


@pytest.mark.usefixtures("undrawn")
def test_papers_of_an_unsigned_result_say_so_and_its_event_awaits_signatures(client, sealed, as_role):
    as_role(Role.AUDITOR)

    unsigned = [words(client.get(address).data) for address in (MINUTES, TABLE)]
    page, notice = client.get("/ket-qua/0001").text, printed_notice()
    sign(sealed)
    signed = [words(client.get(address).data) for address in (MINUTES, TABLE)]

    said = "Chờ ký: hai bên chưa ký kết quả này"
    assert [said in text for text in (*unsigned, page, notice, *signed)] == [True] * 4 + [False] * 2
    assert "chờ ký" in unsigned[1]
    assert "chờ ký" not in signed[1]
    assert said not in client.get("/ket-qua/0001").text


@pytest.mark.usefixtures("undrawn")
def test_a_result_in_whose_place_another_speaks_names_it_and_concludes_nothing(client, sealed, as_role):
    sealed.make("0002", households={"Linh Cang": 76})
    sealed.answer("0002", "Linh Cang", HAPPY, times=70)
    sealed.seal("0002")
    as_role(Role.AUDITOR)

    older, newer = papers.exact(db.session(), "0001"), papers.exact(db.session(), "0002")
    table = words(client.get(TABLE).data)

    said = "Đợt 0002 cùng năm mới hơn và đại diện cho xã"
    assert (older.judged, older.result.spoken_by) == (None, "0002")
    assert newer.result.spoken_by is None
    assert newer.judged.verdicts.speaks.survey_id == "0002"
    assert said in table
    assert said in client.get("/ket-qua/0001").text
    assert said not in client.get("/ket-qua/0002").text
    assert "Đối chiếu với bộ tiêu chí" not in table


def printed_notice():
    return notice_html(papers.notice(db.session(), "0001"))


def test_the_notice_of_a_village_tells_its_band_and_nothing_exact(sealed):
    codes = {name: sealed.village(name).code for name in ("Linh Cang", "Hà Lam")}

    own = {
        name: re.search(
            r'<section class="own">(.*?)</section>',
            notice_html(papers.notice(db.session(), "0001", code)),
            re.DOTALL,
        )[1]
        for name, code in codes.items()
    }

    numbers = {name: re.findall(r"\d+(?:,\d+)?", re.sub(r"<[^>]+>", " ", text)) for name, text in own.items()}
    assert numbers["Linh Cang"] == ["72", "76", "94,74", "90,53", "86", "10"]
    assert "dưới 10 hộ chưa hài lòng" in own["Linh Cang"]
    assert numbers["Hà Lam"] == ["54", "60", "90,00", "90,53", "60", "80"]
    assert "dưới 10 hộ" not in own["Hà Lam"]


def test_every_officer_prints_a_notice_whose_qr_leads_to_the_public_page(client, sealed, as_role):
    as_role(Role.COMMUNE)

    reply = client.get(f"{PAGES}/ban-niem-yet/{sealed.village('Hà Lam').code}.pdf")
    unknown = client.get(f"{PAGES}/ban-niem-yet/98002001.pdf")

    assert qr_of(reply.data) == [f"{HOST}/ket-qua/0001"]
    assert "khaosat.example.vn/ket-qua/0001" in words(reply.data)
    assert unknown.status_code == 404


def test_papers_of_a_rehearsal_are_marked_on_every_sheet_and_hold_no_verdict(counted):
    with db.transaction() as current:
        current.get_one(Survey, "0001").rehearsal = True
    counted.seal()

    found = papers.exact(db.session(), "0001")
    pdf = printing.minutes(found, NOW)

    sheets = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout
    assert found.judged is None
    assert all("THỬ" in sheet for sheet in sheets.decode().split("\f")[:-1])


@pytest.mark.usefixtures("undrawn")
def test_a_survey_nobody_answered_has_papers_that_show_no_rate(app):
    made = Surveys(db.session())
    made.make(households={"Một": 30})
    made.seal()

    minutes = words(printing.minutes(papers.exact(db.session(), "0001"), NOW))
    notice = notice_html(papers.notice(db.session(), "0001"))

    assert "0,00 % (0/30)" in minutes
    assert "chưa có tỷ lệ" in minutes
    assert "Quá ít phiếu hợp lệ" in notice
    assert '<table class="items">' not in notice


_IN_BOTH_FORMATS = (
    *(
        "01-bien-ban-kiem-phieu",
        "02-bang-tong-hop",
        "03-bien-ban-doi-chieu",
        "04-ban-niem-yet-xa",
        "04-ban-niem-yet-tung-thon",
    ),
    *("18-bien-ban-tung-thon", "19-bao-cao"),
)


def test_the_pack_holds_every_paper_and_record_and_what_it_promises_is_right(
    client, sealed, as_role, tmp_path
):
    now = datetime.now(UTC)
    with db.transaction() as current:
        place = Noted(sealed.village("Hà Lam").id, "=Nhà rông", date(2026, 6, 2), None)
        postings.record(current, "0001", place, actor="operator", now=now)
    as_role(Role.PROVINCE)

    reply = client.get(PACK)
    archive = zipfile.ZipFile(io.BytesIO(reply.data))
    held = {name: archive.read(name) for name in archive.namelist()}

    assert list(held) == [
        "index.html",
        "DOC-TRUOC.txt",
        "00-CHUA-KY-0001.pdf",
        *(f"{name}-0001.{form}" for name in _IN_BOTH_FORMATS for form in ("pdf", "docx")),
        "02-bang-tong-hop-0001.xlsx",
        "21-mau-phieu-in-0001.pdf",
        "22-ap-phich-0001.pdf",
        "05-bo-cong-khai-0001.json",
        "06-ke-hoach-0001.csv",
        "07-danh-sach-ho-0001.csv",
        "08-mau-phieu-0001.csv",
        "09-phe-duyet-va-ky-0001.csv",
        "10-niem-yet-0001.csv",
        "11-nhat-ky-0001.csv",
        "12-goi-lai-0001.csv",
        "13-phan-anh-0001.csv",
        "14-dieu-kien-0001.csv",
        "15-ty-le-ho-tham-gia-0001.csv",
        "16-can-doi-phieu-0001.csv",
        "17-so-lieu-kiem-phieu-0001.csv",
        "20-cac-bang-0001.xlsx",
        "MANIFEST.sha256",
        "MANIFEST.json",
    ]
    signed = json.loads(held.pop("MANIFEST.json"))
    assert signed["statement"]["files"] == {
        name: hashlib.sha256(body).hexdigest() for name, body in held.items()
    }
    assert documents.is_signed(keys.store().public_keys()[0], signed["digest"], signed["signature"])
    listed = dict(reversed(line.split("  ")) for line in held.pop("MANIFEST.sha256").decode().splitlines())
    assert listed == {name: hashlib.sha256(body).hexdigest() for name, body in held.items()}
    assert "bộ dữ liệu kiểm tra" in held["DOC-TRUOC.txt"].decode().lower()
    assert ",'=Nhà rông," in held["10-niem-yet-0001.csv"].decode()
    log = list(csv.DictReader(io.StringIO(held["11-nhat-ky-0001.csv"].decode("utf-8-sig"))))
    sealing = next(row for row in log if row["Việc"] == "results.seal")
    assert sealing["Thời điểm"] == moment(datetime.fromisoformat(sealing["Thời điểm (UTC)"]))
    assert sealing["Diễn giải"]
    tallies = list(csv.DictReader(io.StringIO(held["17-so-lieu-kiem-phieu-0001.csv"].decode("utf-8-sig"))))
    exact = papers.exact(db.session(), "0001")
    total = [row for row in tallies if row["Thôn"] == exact.total.name]
    assert [int(row["Hài lòng"]) for row in total if row["Tính điểm"] == "có"] == [
        item.satisfied for item in exact.total.card.tally.items
    ]
    assert {"answers", "salt", "codes", "tallies"}.isdisjoint(json.loads(held["05-bo-cong-khai-0001.json"]))
    assert noted("reporting.pack")[0]["files"] == len(held)
    assert verified(held["05-bo-cong-khai-0001.json"], tmp_path)


def verified(public_set, folder):
    """Whether the stand-alone command finds nothing wrong with the set."""
    return verifying.verify(public_set, folder).status == 0


@pytest.mark.usefixtures("undrawn")
def test_the_command_writes_the_pack_as_the_operators_act(app, sealed, tmp_path):
    out = tmp_path / "ho-so.zip"

    run = app.test_cli_runner().invoke(
        args=["reporting", "pack", "--survey", "0001", "--out", str(out), "--json"]
    )

    told = json.loads(run.stdout)
    assert run.exit_code == 0
    assert (told["survey"], told["files"]) == ("0001", 34)
    assert hashlib.sha256(zipfile.ZipFile(out).read("MANIFEST.sha256")).hexdigest() == told["manifest"]
    assert out.stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.glob("*ho-so*")] == ["ho-so.zip"]
    assert len(noted("reporting.pack")) == 1


def test_the_command_refuses_before_the_seal_and_leaves_no_file(app, counted, tmp_path):
    run = app.test_cli_runner().invoke(
        args=["reporting", "pack", "--survey", "0001", "--out", str(tmp_path / "ho-so.zip")]
    )

    assert run.exit_code == 1
    assert run.stderr
    assert list(tmp_path.glob("*ho-so*")) == []


@pytest.mark.usefixtures("undrawn")
def test_the_minutes_name_who_was_away_which_slips_a_phone_was_before_and_how_paper_was_keyed(
    app, client, counted
):
    villages = [counted.village(name).id for name in ("Linh Cang", "Hà Lam")]
    with db.transaction() as current:
        for village, away, phone in zip(villages, (3, 4), (5, 7), strict=True):
            current.add(AbsentHouseholds(survey_id="0001", unit_id=village, households=away))
            for outcome, slips in (("by_phone", phone), ("exceptions", 10), ("scan", 20)):
                current.add(DeskCounter(survey_id="0001", unit_id=village, outcome=outcome, slips=slips))
    counted.seal()
    counted.sign_in(app, Role.FRONT_COMMUNE)

    of_count, of_slips = (
        words(client.get(MINUTES).data),
        words(client.get(f"{PAGES}/doi-chieu/bien-ban.pdf").data),
    )

    assert "7; vẫn tính trong danh sách" in of_count
    assert "12; tính câu trả lời qua điện thoại" in of_count
    assert "gõ mục “không” và mục trống 20; quét 40" in of_count
    assert "Hộ đi vắng, theo trưởng thôn báo: 7 (Thôn Hà Lam 4; Thôn Linh Cang 3)." in of_slips
    assert "đã trả lời qua điện thoại: 12 (Thôn Hà Lam 7; Thôn Linh Cang 5)." in of_slips
