"""Papers that come back signed, and the report with what people wrote: who, what, and what is refused."""

import hashlib
import io
import zipfile
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from survey_app import db
from survey_app.access import Role
from survey_app.audit import AuditEvent
from survey_app.i18n import force_locale
from survey_app.reporting import narrative, papers, printing, report_notes, signed_papers
from survey_app.reporting.report_notes import Notes
from survey_app.reporting.signed_papers import PaperKind
from tests.pages import Page
from tests.rooms.reporting.test_reporting_blocks import words_of_docx, words_of_html
from tests.rooms.sealing.conftest import HAPPY, NOW, UNHAPPY, Surveys

SIGNED = "/can-bo/dot/0001/giay-to/da-ky"
NOTES = "/can-bo/dot/0001/giay-to/loi-bao-cao"
SCAN = b"%PDF-1.4\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"


@pytest.fixture
def sealed(app):
    made = Surveys(db.session())
    made.make(households={"Linh Cang": 76})
    made.answer("0001", "Linh Cang", HAPPY, times=71)
    made.answer("0001", "Linh Cang", UNHAPPY)
    made.seal()
    return made


@pytest.fixture
def as_role(app, client, sealed):
    provincial = {Role.PROVINCE, Role.FRONT_PROVINCE, Role.AUDITOR}

    def sign_in(role):
        sealed.sign_in(app, role, sealed.province if role in provincial else None)
        return client

    return sign_in


def upload(client, kind=PaperKind.MINUTES, content=SCAN, name="bien-ban.pdf"):
    form = Page(client.get(SIGNED).text).form(method="post", action=SIGNED)
    file = FileStorage(io.BytesIO(content), name)
    return client.post(SIGNED, data=form.data(kind=kind) | {"scan": file}, content_type="multipart/form-data")


@pytest.mark.both_engines
def test_a_signed_paper_is_kept_as_it_came_under_its_digest(as_role):
    client = as_role(Role.FRONT_COMMUNE)

    replies = [upload(client), upload(client, content=SCAN + b"\n"), upload(client, PaperKind.PHOTO)]

    page = client.get(SIGNED).text
    assert [reply.status_code for reply in replies] == [303, 303, 303]
    assert hashlib.sha256(SCAN).hexdigest() in page
    assert "đã có bản mới hơn" in page
    assert client.get(f"{SIGNED}/1").data == SCAN
    db.session().rollback()
    noted = db.session().scalars(select(AuditEvent).where(AuditEvent.act == signed_papers.UPLOADED)).all()
    assert noted[0].details["digest"] == hashlib.sha256(SCAN).hexdigest()


@pytest.mark.usefixtures("undrawn")
def test_the_newest_signed_papers_lead_the_pack(as_role):
    client = as_role(Role.FRONT_COMMUNE)
    for change in ({}, {"content": SCAN + b"\n"}, {"kind": PaperKind.PHOTO}):
        upload(client, **change)

    pack = zipfile.ZipFile(io.BytesIO(client.get("/can-bo/dot/0001/ho-so.zip").data))

    assert pack.namelist()[2:4] == ["00-da-ky-photo-0001-3.pdf", "00-da-ky-minutes-0001-2.pdf"]
    assert "00" in pack.read("DOC-TRUOC.txt").decode()


@pytest.mark.parametrize(
    "content", [b"<html>", SCAN[:20], b"", b"PK\x03\x04"], ids=["page", "cut", "empty", "zip"]
)
def test_what_is_no_whole_scan_is_refused_whatever_its_name(as_role, content):
    reply = upload(as_role(Role.COMMUNE), content=content)

    assert reply.status_code == 422
    assert signed_papers.on_record(db.session(), "0001") == ()


@pytest.mark.parametrize(
    ("role", "minutes", "photo"),
    [(Role.COMMUNE, 403, 200), (Role.VIEWER, 403, 200), (Role.PROVINCE, 200, 200), (Role.CLERK, 403, 403)],
)
def test_a_scan_with_exact_counts_is_fetched_by_those_who_release_or_appraise_them(
    as_role, sealed, role, minutes, photo
):
    with db.transaction() as current:
        for kind in (PaperKind.MINUTES, PaperKind.PHOTO):
            signed_papers.keep(current, "0001", kind, SCAN, actor="operator", now=NOW)

    client = as_role(role)

    assert [client.get(f"{SIGNED}/{number}").status_code for number in (1, 2)] == [minutes, photo]


def test_who_appraises_puts_nothing_on_record(app, as_role):
    app.config["WTF_CSRF_ENABLED"] = False

    assert as_role(Role.PROVINCE).post(SIGNED).status_code == 403


def test_the_report_groups_what_households_said_by_the_tags_somebody_set(as_role):
    client = as_role(Role.FRONT_COMMUNE)
    form = next(one for one in Page(client.get(NOTES).text).forms if "reasons" in dict(one.fields))

    reply = client.post(
        NOTES,
        data=form.data(
            preparation="Đã tập huấn 12 tổ.",
            reasons="Môi trường: rác chưa thu gom\nĐường: hẹp\nMôi trường: thiếu nước sạch",
            assessment="Xã sẽ thu gom rác hằng tuần.",
        ),
    )

    db.session().rollback()
    notes = report_notes.notes_of(db.session(), "0001")
    with force_locale("vi"):
        paper = narrative.report(papers.notice(db.session(), "0001"), notes, NOW)
    page = words_of_html(printing.html([paper]))
    said = " ".join(page)
    assert reply.status_code == 303
    assert "môi trường – rác chưa thu gom – thiếu nước sạch đường – hẹp" in said
    assert "98,61 % số lượt trả lời là hài lòng (142 trên 144)" in said
    assert "72 (bảy mươi hai) trên 76 (bảy mươi sáu) hộ đã trả lời (94,74 %)" in said
    assert words_of_docx(printing.docx([paper])) == page


def test_a_second_person_who_did_not_see_the_first_ones_text_is_told(as_role):
    client = as_role(Role.FRONT_COMMUNE)
    form = next(one for one in Page(client.get(NOTES).text).forms if "reasons" in dict(one.fields))
    with db.transaction() as current:
        report_notes.save(
            current, "0001", Notes(reasons="Đường: hẹp"), actor="operator", now=datetime.now(UTC)
        )

    reply = client.post(NOTES, data=form.data(reasons="Điện: yếu"))

    db.session().rollback()
    assert reply.status_code == 409
    assert report_notes.notes_of(db.session(), "0001").reasons == "Đường: hẹp"


def test_without_notes_the_report_says_that_nothing_was_written(sealed):
    with force_locale("vi"):
        paper = narrative.report(papers.notice(db.session(), "0001"), Notes(), NOW)

    said = " ".join(words_of_html(printing.html([paper])))
    assert "chưa ghi lại ý kiến" in said
    assert "chưa viết phần đánh giá" in said
