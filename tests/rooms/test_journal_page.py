"""The page of the audit log: who reads which acts, filtered, in pages, and in words."""

from datetime import UTC, datetime

import pytest

from survey_app import audit, db
from survey_app.access import Role
from survey_app.audit import OPERATOR
from survey_app.fieldwork.models import State
from tests.pages import Page

pytestmark = pytest.mark.both_engines(long="postgresql")

NOW = datetime(2026, 6, 1, 2, 0, 0, 123456, tzinfo=UTC)


def note(*acts, subject="survey:0A7", **details):
    with db.transaction() as current:
        for act in acts:
            audit.record(current, OPERATOR, act, subject, at=NOW, **details)


@pytest.fixture
def read(sign_in, commune):
    """The audit log as a person of that role on that unit sees it."""

    def log(role, unit=None, **query):
        return sign_in(role, unit or commune.province).get("/can-bo/nhat-ky", query_string=query)

    return log


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.PROVINCE, Role.FRONT_PROVINCE])
def test_the_province_reads_who_did_what(read, commune, make_survey, role):
    survey = make_survey(commune)

    page = read(role)

    assert page.status_code == 200
    assert "Công bố đợt lấy ý kiến" in page.text
    assert survey.id in page.text


@pytest.mark.parametrize("role", [Role.COMMUNE, Role.FRONT_COMMUNE, Role.CLERK, Role.VIEWER])
def test_others_may_not_read_the_audit_log(read, commune, role):
    assert read(role, commune.unit).status_code == 403


def test_an_auditor_of_one_commune_does_not_read_the_acts_of_another(
    read, commune, make_commune, make_survey
):
    other = make_commune("98002", "Khác", Lim=4)
    mine, theirs = make_survey(commune), make_survey(other)

    text_seen = read(Role.AUDITOR, commune.unit).text

    assert f"đợt {mine.id}" in text_seen
    assert f"đợt {theirs.id}" not in text_seen


def test_a_discarded_draft_stays_in_the_log_of_the_people_who_discarded_it(
    read, commune, make_survey, sign_in
):
    survey = make_survey(commune, State.DRAFT)
    client = sign_in(Role.COMMUNE, commune.unit)
    form = next(
        form
        for form in Page(client.get(f"/can-bo/dot/{survey.id}").text).forms
        if form.action.endswith("/bo")
    )
    client.post(form.action, data=form.data())

    assert f"đợt {survey.id}" in read(Role.AUDITOR, commune.unit, viec="fieldwork.discard").text


def acts_on(page):
    """How many acts a page lists, apart from menus and the way back."""
    return page.partition('<ol class="todo-list">')[2].partition("</main>")[0].count("<li>")


@pytest.mark.both_engines
def test_the_log_is_filtered_by_act_and_by_day(read, commune, make_survey):
    make_survey(commune)
    note("fieldwork.shorten", subject=f"unit:{commune.unit.id}")

    by_act = read(Role.AUDITOR, viec="fieldwork.shorten").text
    by_day = read(Role.AUDITOR, ngay="2026-06-01").text
    other_day = read(Role.AUDITOR, ngay="02/06/2026")

    assert acts_on(by_act) == acts_on(by_day) == 1
    assert (other_day.status_code, acts_on(other_day.text)) == (200, 0)


def test_a_day_that_is_none_is_refused_in_words(read):
    assert read(Role.AUDITOR, ngay="tomorrow").status_code == 422


@pytest.mark.both_engines
def test_a_long_log_is_read_in_pages(read, commune):
    note(*["fieldwork.change"] * 70, subject=f"unit:{commune.unit.id}")
    first = read(Role.AUDITOR, viec="fieldwork.change")

    older = next(link["href"] for link in Page(first.text).all("a") if "truoc=" in link["href"])
    second = read(Role.AUDITOR, **dict(pair.split("=") for pair in older.partition("?")[2].split("&")))

    assert (acts_on(first.text), acts_on(second.text)) == (50, 20)
    assert read(Role.AUDITOR, truoc=10**30).status_code == 200


def test_words_of_the_program_are_told_in_the_words_of_a_reader(read, commune):
    here = f"unit:{commune.unit.id}"
    note("results.exact", subject=here, form="paper_draw")
    note("accounts.suspected", subject=here, suspicion="guessing", tables=["a", "b"])
    note("fieldwork.publish", subject=here, chosen=True, rulebook="xa-ntm")
    note("results.callback_replies", subject=here, confirmed=3, denied=1)

    told = read(Role.AUDITOR).text

    assert "trang phiếu giấy được rút" in told
    assert "dò mã phiếu" in told
    assert "a, b" in told
    assert "do tỉnh chọn: có" in told
    assert "số hộ nói không trả lời: 1" in told
    assert not [word for word in ("paper_draw", "suspicion:", "guessing", "[&#34;") if word in told]
