"""The findings block: the same on a survey's page, its result, its papers and files, and silent on what is withheld."""

import io
import re
from datetime import timedelta
from html import unescape

import openpyxl
import pytest
from sqlalchemy import delete, update

from survey_app import db
from survey_app.access import Role
from survey_app.fieldwork.models import Channel, HourlyProgress, State, Survey
from survey_app.i18n import force_locale
from survey_app.quality.models import BackCheck, BackCheckReplies
from survey_app.reporting import (
    blocks,
    minutes_of_commune,
    narrative,
    notice_papers,
    papers,
    table_of_commune,
    workbook,
)
from survey_app.reporting.layout import Signer
from survey_app.reporting.report_notes import Notes
from survey_app.results import verdicts
from survey_app.rulebooks import conditions, operations
from survey_app.rulebooks.models import FrameworkVersion
from survey_app.scoring.disclosure import Audience
from tests.rooms.sealing.conftest import BLANK, HAPPY, NOW, UNHAPPY

SURVEY = "/can-bo/dot/0001"
RESULT = f"{SURVEY}/ket-qua"
PUBLIC = "/ket-qua/0001"
ROADS_ALONE = {"roads": "satisfied", "water": "dissatisfied", "overall": "satisfied"}


@pytest.fixture
def judged(surveys):
    """Under the demonstration's rule book, which has figures: 100 households, 69 answered, 10 without water."""
    with db.transaction() as current:
        operations.use_framework(
            current, surveys.province.id, NOW.year, "mau-trinh-dien", actor="operator", now=NOW
        )
    surveys.make(households={"Một": 100})
    surveys.answer("0001", "Một", HAPPY, times=55)
    surveys.answer("0001", "Một", ROADS_ALONE, times=14, channel=Channel.PAPER_ENTRY)
    return surveys


def block(page):
    """The block of a page as words."""
    found = re.search(r'<h2 id="conditions">(.*?)</section>', page, re.DOTALL)
    return (
        " ".join(unescape(re.sub(r"<[^>]+>", " ", found[1])).replace("\u00a0", " ").split()) if found else ""
    )


def lines(audience=Audience.EXACT):
    session = db.session()
    with force_locale("vi"):
        found = verdicts.of_survey(session, papers.require_sealed(session, "0001"), audience)
        return conditions.lines(found.verdicts.findings)


def test_page_result_papers_and_files_tell_the_same_lines(app, client, judged):
    judged.seal()
    judged.sign_in(app, Role.FRONT_COMMUNE)
    on_survey, on_result = block(client.get(SURVEY).text), block(client.get(RESULT).text)
    for_everybody = block(client.get(PUBLIC).text)
    session = db.session()
    exact = papers.exact(session, "0001")
    with force_locale("vi"):
        printed = {
            "minutes": blocks.texts(minutes_of_commune.paper(exact, NOW, Signer.CHAIR)),
            "table": blocks.texts(table_of_commune.paper(exact, NOW, Signer.CHAIR)),
            "report": blocks.texts(narrative.report(papers.notice(session, "0001"), Notes(), NOW)),
        }
        of_village = blocks.texts(
            notice_papers.notice(papers.notices(session, "0001")[0], "https://x.vn", NOW)
        )
    book = openpyxl.load_workbook(io.BytesIO(workbook.table(exact)))
    files = {
        "workbook": [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    }
    file = client.get(f"{RESULT}.csv").text

    assert on_survey == on_result == for_everybody
    assert "còn thiếu 1 hộ" in on_survey
    for line in lines():
        told = (line.title, line.result, line.needed, line.rule)
        assert all(text.replace("\u00a0", " ") in on_survey for text in (*told, line.change))
        assert {line.title, line.result, line.needed, line.concluded} <= set(of_village)
        for name, texts in printed.items():
            assert {line.title, line.result, line.needed, line.concluded} <= set(texts), name
            assert any(line.rule in text and line.source in text for text in texts), name
        assert {line.title, line.result, line.verdict, line.rule} <= set(files["workbook"])
        assert line.title in file


def test_one_household_more_would_reach_the_coverage_that_is_said_to_lack_one(judged):
    judged.answer("0001", "Một", HAPPY)
    judged.seal()

    coverage = next(line for line in lines() if line.key == "coverage")

    assert (coverage.is_met, coverage.change) == (True, "vừa đủ")


def test_the_commune_sees_its_own_and_no_other_commune_does(app, client, judged):
    judged.seal()
    judged.sign_in(app, Role.COMMUNE)
    assert "còn thiếu 1 hộ" in block(client.get(SURVEY).text)

    judged.sign_in(app, Role.COMMUNE, judged.other_commune())

    assert client.get(SURVEY).status_code == client.get(RESULT).status_code == 404


@pytest.mark.parametrize("role", [Role.CLERK, Role.DIGITAL_TEAM])
def test_who_may_not_read_results_sees_no_block(app, client, judged, role):
    judged.seal()
    judged.sign_in(app, role)

    assert block(client.get(SURVEY).text) == ""


@pytest.mark.parametrize("address", [SURVEY, RESULT, PUBLIC])
def test_what_a_hidden_table_withholds_is_not_told_by_what_is_missing(app, client, surveys, address):
    with db.transaction() as current:
        operations.use_framework(
            current, surveys.province.id, NOW.year, "mau-trinh-dien", actor="operator", now=NOW
        )
    surveys.make(households={"Một": 9})
    surveys.answer("0001", "Một", HAPPY, times=5)
    surveys.answer("0001", "Một", UNHAPPY, times=2)
    surveys.answer("0001", "Một", BLANK, times=2)
    surveys.seal()
    surveys.sign_in(app, Role.FRONT_COMMUNE)
    exact = block(client.get(RESULT).text)
    surveys.sign_in(app, Role.COMMUNE)

    told = block(client.get(address).text)

    assert "10/14 = 71,43 %" in exact
    assert "7 phiếu hợp lệ qua điện thoại" in exact
    assert "9/9 = 100,00 %" in told
    assert "Các điều kiện về tỷ lệ hài lòng không hiện ra" in told
    counts = set(re.findall(r"\d+", re.sub(r"từ \d+ |MẪU.*?luật|\d\d/\d\d/\d{4}", "", told)))
    assert not counts & {"5", "7", "10", "14", "71"}


def test_a_running_survey_says_how_many_households_are_missing_and_gives_no_verdict(app, client, judged):
    with db.transaction() as current:
        current.execute(update(Survey).values(state=State.OPEN, phones_closed_at=None, counting_ends_at=None))
        unit = judged.village("Một").id
        current.add(
            HourlyProgress(
                survey_id="0001", unit_id=unit, channel=Channel.SELF_ONLINE, answered=41, as_of=NOW
            )
        )
    judged.sign_in(app, Role.COMMUNE)

    told = block(client.get(SURVEY).text)

    assert "41/100 = 41,00 %" in told
    assert "còn thiếu 29 hộ" in told
    assert "chưa chốt" in told
    assert "chưa đạt" not in told


def test_a_rehearsal_and_an_annulled_survey_are_judged_by_nothing(app, client, judged):
    judged.seal()
    judged.sign_in(app, Role.COMMUNE)
    for changed in ({"rehearsal": True}, {"rehearsal": False, "state": State.ANNULLED}):
        with db.transaction() as current:
            current.execute(update(Survey).values(**changed))

        assert block(client.get(SURVEY).text) == ""


def test_a_pinned_rule_book_that_is_gone_is_said_and_the_page_still_opens(app, client, judged):
    judged.seal()
    with db.transaction() as current:
        current.execute(delete(FrameworkVersion))
    judged.sign_in(app, Role.COMMUNE)

    page = client.get(RESULT)

    assert page.status_code == 200
    assert "mau-trinh-dien" in block(page.text)


def test_papers_say_that_no_back_check_was_made_or_that_one_was(app, judged):
    judged.seal()
    none = _minutes()
    with db.transaction() as current:
        current.add(BackCheck(survey_id="0001", size=2, ticked={"x": 2}, drawn_by="operator", drawn_at=NOW))
        current.flush()
        current.add(
            BackCheckReplies(
                survey_id="0001",
                number=1,
                confirmed=2,
                denied=0,
                not_reached=0,
                noted_by="operator",
                noted_at=NOW + timedelta(days=1),
            )
        )

    one = _minutes()

    assert "Bộ tiêu chí không yêu cầu gọi lại kiểm tra; đợt này không gọi lại." in none
    assert "Bộ tiêu chí không yêu cầu gọi lại kiểm tra; đợt này đã gọi lại, kết quả đã ghi nhận." in one


def _minutes():
    db.session().rollback()
    with force_locale("vi"):
        return blocks.texts(minutes_of_commune.paper(papers.exact(db.session(), "0001"), NOW, Signer.CHAIR))
