"""What stands before signing, the sentence a result begins with, and what the commune says it will do."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from survey_app import access, db
from survey_app.access import Identity, Role
from survey_app.accounts.models import User
from survey_app.audit import AuditEvent
from survey_app.criteria import framework_document
from survey_app.fieldwork import queries as fieldwork
from survey_app.fieldwork.models import Survey
from survey_app.i18n import force_locale
from survey_app.reporting import blocks, narrative, notice_papers, papers
from survey_app.reporting.report_notes import Notes
from survey_app.results import custody, disclosed, open_points, pledges, wording
from survey_app.results.models import SignedOver
from survey_app.rulebooks.models import FrameworkVersion
from survey_app.scoring.disclosure import Audience
from survey_app.scoring.rates import Rate
from tests.pages import Page
from tests.rooms.sealing.conftest import HAPPY, NOW, UNHAPPY

RESULT = "/can-bo/dot/0001/ket-qua"
SIGN = "/can-bo/dot/0001/ky"
PLEDGE = "/can-bo/dot/0001/xa-se-lam-gi"
TEXT = "Môi trường: thu gom rác hai lần một tuần, từ 01/03\nGiao thông: vá đường thôn 3 trước mùa mưa"


@pytest.fixture
def sealed(surveys):
    """Everybody answered by phone, so that no paper is to be compared."""
    surveys.make(households={"Một": 100})
    surveys.answer("0001", "Một", HAPPY, times=60)
    surveys.answer("0001", "Một", UNHAPPY, times=12)
    surveys.seal()
    return surveys


@pytest.fixture
def enter(app, client, sealed):
    """Continue as an officer of the commune with this role."""

    def sign_in(role, name="Bà Hoa"):
        with db.transaction() as current:
            user = User(
                email=f"{role}-{name}-{datetime.now(UTC)}",
                name=name,
                role=role,
                unit_id=sealed.commune.id,
                created_at=NOW,
            )
            current.add(user)
            current.flush()
            person = Identity(user.id, name, role, sealed.commune.id, sealed.commune.path)
        access.supply_identity(app, lambda: person)
        return client

    return sign_in


def send(client, address, **fields):
    form = Page(client.get(address).text).form(action=address)
    return client.post(address, data=form.data(**fields))


def complain():
    with db.transaction() as current:
        custody.open_complaint(current, "0001", "Hộ cuối làng chưa nhận phiếu", actor="user:7", now=NOW)


def ask_back_check():
    """Pin the book of the survey again, with a back-check in it."""
    asked = {
        "key": "back-check",
        "indicator": "8.4",
        "kind": "back_check",
        "title": {"vi": "Phúc tra"},
        "source": {"number": "1/HD", "date": "2026-01-01", "article": "Mục 2"},
    }
    with db.transaction() as current:
        survey = current.get_one(Survey, "0001")
        row = current.get_one(FrameworkVersion, (survey.rulebook_key, survey.rulebook_version))
        row.document = {**row.document, "requirements": [*row.document["requirements"], asked]}
        survey.rulebook_digest = framework_document.document_digest(row.document)


def printed(made):
    with force_locale("vi"):
        return blocks.texts(made)


def test_a_complaint_without_an_answer_is_signed_over_with_a_reason_alone(enter):
    complain()
    page = enter(Role.COMMUNE).get(RESULT).text
    bare = send(enter(Role.COMMUNE), SIGN, reason=" ")
    signed = send(enter(Role.COMMUNE), SIGN, reason="Hộ này đã chuyển đi")

    assert "1 khiếu nại chưa trả lời" in page
    assert (bare.status_code, signed.status_code) == (422, 303)
    kept = db.session().scalars(select(SignedOver)).one()
    assert (kept.points, kept.reason, kept.is_second) == (
        {"open_complaints": 1},
        "Hộ này đã chuyển đi",
        False,
    )
    noted = db.session().scalars(select(AuditEvent).where(AuditEvent.act == "results.sign_uncompared")).one()
    assert (noted.details["open_complaints"], noted.details["reason"]) == (1, "Hộ này đã chuyển đi")


def test_with_nothing_open_no_reason_is_asked_and_nothing_is_kept(enter):
    page = enter(Role.COMMUNE).get(SIGN).text
    signed = send(enter(Role.COMMUNE), SIGN)

    assert 'name="reason"' not in page
    assert "Không còn việc nào" in enter(Role.FRONT_COMMUNE).get(RESULT).text
    assert signed.status_code == 303
    assert db.session().scalar(select(SignedOver.approval_id)) is None


def test_the_back_check_that_the_rule_book_asks_for_stands_before_signing(enter):
    ask_back_check()

    bare = send(enter(Role.COMMUNE), SIGN, reason="")

    assert bare.status_code == 422
    assert "chưa ghi nhận kết quả gọi lại kiểm tra mà bộ tiêu chí yêu cầu" in bare.text
    assert "chờ đối chiếu" in enter(Role.COMMUNE).get(RESULT).text
    survey = fieldwork.survey(db.session(), "0001")
    ward = replace(survey, unit=replace(survey.unit, kind="phuong"))
    assert [len(open_points.of_survey(db.session(), one)) for one in (survey, ward)] == [1, 0]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR])
def test_who_does_not_sign_is_not_told_what_stands_before_it(enter, role):
    complain()

    assert "khiếu nại chưa trả lời" not in enter(role).get(RESULT).text


def test_the_result_its_notice_and_the_public_page_begin_with_one_sentence(enter, client):
    said = "Hơn 83 trên 100 lượt trả lời là hài lòng; 72 trên 100 hộ đã trả lời."
    notice = printed(notice_papers.notice(papers.notice(db.session(), "0001"), "https://mau.vn", NOW))

    assert said in enter(Role.COMMUNE).get(RESULT).text
    assert said in client.get("/ket-qua/0001").text
    assert said in notice


@pytest.mark.parametrize(
    ("pooled", "said"),
    [
        (Rate(93, 100), "93 trên 100 lượt trả lời là hài lòng"),
        (Rate(8996, 10000), "Hơn 89 trên 100 lượt trả lời là hài lòng"),
        (Rate(99999, 100000), "Hơn 99 trên 100 lượt trả lời là hài lòng"),
        (Rate(1, 1000), "Chưa đến 1 trên 100 lượt trả lời là hài lòng"),
        (Rate(0, 7), "0 trên 100 lượt trả lời là hài lòng"),
        (None, ""),
    ],
)
def test_the_sentence_never_says_more_than_there_is(app, sealed, pooled, said):
    found = disclosed.result(db.session(), "0001", Audience.EXACT)
    with force_locale("vi"):
        sentence = wording.sentence(replace(found, commune=replace(found.commune, pooled=pooled)))

    assert sentence == "; ".join(filter(None, (said, "72 trên 100 hộ đã trả lời"))) + "."


def test_what_the_commune_will_do_is_its_own_text_on_notices_report_and_public_page(enter, client):
    kept = send(enter(Role.COMMUNE), PLEDGE, text=TEXT)
    village = enter(Role.COMMUNE).get("/ket-qua/0001").text
    session = db.session()
    code = papers.villages(session, "0001")[0].code
    made = (
        notice_papers.notice(papers.notice(session, "0001"), "https://mau.vn", NOW),
        notice_papers.notice(papers.notice(session, "0001", code), "https://mau.vn", NOW),
        narrative.report(papers.notice(session, "0001"), Notes(), NOW),
    )

    assert kept.status_code == 303
    assert "vá đường thôn 3 trước mùa mưa" in village
    assert "vá đường thôn 3 trước mùa mưa" in client.get(RESULT).text
    for paper in made:
        assert set(TEXT.splitlines()) <= set(printed(paper))


@pytest.mark.parametrize("role", [Role.FRONT_COMMUNE, Role.VIEWER, Role.PROVINCE])
def test_nobody_else_writes_what_the_commune_will_do(enter, role):
    assert enter(role).get(PLEDGE).status_code == 403


def test_the_second_of_two_who_write_it_sees_the_first_and_the_log_keeps_both(enter):
    first = enter(Role.COMMUNE)
    opened = Page(first.get(PLEDGE).text).form(action=PLEDGE)
    send(enter(Role.COMMUNE, "Ông An"), PLEDGE, text="Vá đường")

    refused = first.post(PLEDGE, data=opened.data(text="Thu gom rác"))

    assert refused.status_code == 409
    assert "Vá đường" in refused.text
    assert pledges.text_of(db.session(), "0001") == "Vá đường"
    noted = db.session().scalars(select(AuditEvent).where(AuditEvent.act == pledges.SAVED)).one()
    assert noted.details["changes"] == {"text": ["", "Vá đường"]}


def test_before_the_seal_there_is_nothing_to_answer(app, client, surveys):
    surveys.make(households={"Một": 100})
    surveys.sign_in(app, Role.COMMUNE)

    assert client.get(PLEDGE).status_code == 409
