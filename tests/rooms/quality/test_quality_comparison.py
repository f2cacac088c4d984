"""The page that compares a result with its papers: who sees it, what it says, and that it changes nothing."""

import re
from datetime import UTC, datetime, timedelta

import flask_migrate
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from survey_app import db
from survey_app.access import Role
from survey_app.audit import AuditEvent
from survey_app.collecting.models import TenMinuteCounter
from survey_app.fieldwork.models import Purpose, State
from survey_app.quality import back_checks, comparison, reconciliation
from survey_app.quality.models import BackCheckReplies
from survey_app.reporting import papers
from survey_app.results import signing
from survey_app.scoring import back_check
from survey_app.scoring.back_check import Replies
from survey_app.scoring.disclosure import Audience
from survey_app.sealing import queries
from survey_app.sealing.models import ReceiptList
from tests.pages import numbers, save_over
from tests.rooms.test_ground_one_look import filled_buttons

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
PAGE = "/can-bo/dot/0001/doi-chieu"
LIST = {"issued": 80, "ticked": 76, "returned": 4, "voided": 0}
READERS = (Role.PROVINCE, Role.FRONT_PROVINCE, Role.FRONT_COMMUNE, Role.AUDITOR)
OTHERS = (Role.COMMUNE, Role.VIEWER, Role.CLERK, Role.DIGITAL_TEAM)


@pytest.fixture
def sealed(linh_cang, app):
    """Linh Cang, sealed; a Front officer of the commune is signed in."""
    app.config["WTF_CSRF_ENABLED"] = False
    linh_cang.seal()
    linh_cang.sign_in(app, Role.FRONT_COMMUNE)
    return linh_cang


def enter(surveys, **changes):
    """Keep the list of Linh Cang as the Front does."""
    with db.transaction() as current:
        back_checks.record_receipts(
            current, "0001", surveys.village("Linh Cang").code, {**LIST, **changes}, actor="user:1", now=NOW
        )


def draw():
    with db.transaction() as current:
        back_checks.draw_sample(current, "0001", without_lists=False, actor="user:1", now=NOW)


def reply(**said):
    with db.transaction() as current:
        back_checks.record_replies(current, "0001", Replies(**said), actor="user:1", now=NOW)


def text_of(page):
    """The words of the page, white space and marks taken out."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.text.replace("\u00a0", " ")).split())


@pytest.mark.parametrize("role", READERS)
def test_the_front_the_province_and_the_auditor_compare_a_sealed_result(sealed, app, client, role):
    sealed.sign_in(app, role)

    page = client.get(PAGE)

    assert page.status_code == 200
    assert ('<form method="post" action="/can-bo/dot/' in page.text) == (
        role in {Role.FRONT_PROVINCE, Role.FRONT_COMMUNE}
    )


@pytest.mark.parametrize("role", OTHERS)
def test_others_may_not_look_nor_write(sealed, app, client, role):
    sealed.sign_in(app, role)

    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE + "/boc-tham").status_code == 403


def test_the_officer_of_another_commune_finds_nothing(sealed, app, client):
    sealed.sign_in(app, Role.FRONT_COMMUNE, sealed.other_commune())

    assert client.get(PAGE).status_code == 404


def test_an_open_survey_has_no_comparison_and_a_counted_one_only_the_form(linh_cang, app, client):
    linh_cang.make("0002", households={"Khác": 40}, state=State.OPEN)
    linh_cang.sign_in(app, Role.FRONT_COMMUNE)

    assert client.get("/can-bo/dot/0002/doi-chieu").status_code == 403
    while_counting = client.get(PAGE)
    assert while_counting.status_code == 200
    assert "72" not in numbers(while_counting.text)


def test_a_feedback_survey_has_nothing_to_compare(surveys, app, client):
    surveys.make("0003", purpose=Purpose.FEEDBACK)
    surveys.sign_in(app, Role.FRONT_COMMUNE)

    assert client.get("/can-bo/dot/0003/doi-chieu").status_code == 404


def test_the_published_result_of_linh_cang_raises_no_flag(sealed, client):
    enter(sealed)

    found = comparison.comparison(db.session(), "0001")

    assert found.flags == ()
    assert 'class="to-compare"' not in client.get(PAGE).text
    assert "Không có dấu hiệu nào cần đối chiếu" in client.get(PAGE).text


def test_one_more_counted_than_ticked_raises_no_flag_and_is_said_all_the_same(sealed, client):
    enter(sealed, ticked=71, returned=9)

    page = text_of(client.get(PAGE))

    assert comparison.comparison(db.session(), "0001").flags == ()
    assert "Không có dấu hiệu nào cần đối chiếu" not in page


def test_more_counted_than_ticked_is_to_be_compared_and_changes_no_figure(sealed, client):
    before = queries.scorecard(db.session(), "0001").commune
    enter(sealed, ticked=60, returned=20)

    page = text_of(client.get(PAGE))

    assert [flag.key for flag in comparison.comparison(db.session(), "0001").flags] == ["F1", "F1"]
    assert {"72", "60"} <= set(re.findall(r"\b\d+\b", page))
    assert 'class="to-compare"' in client.get(PAGE).text
    assert queries.scorecard(db.session(), "0001").commune == before


def test_fast_and_nightly_answers_are_read_from_the_counters(linh_cang):
    village = linh_cang.village("Linh Cang")
    midnight = datetime(2026, 5, 31, 17, 0, tzinfo=UTC)
    for start, fast, answers in ((midnight, True, 30), (midnight + timedelta(hours=12), False, 30)):
        db.session().add(
            TenMinuteCounter(
                survey_id="0001", unit_id=village.id, ten_minutes=start, fast=fast, answers=answers
            )
        )
    db.session().commit()
    linh_cang.seal()

    found = comparison.comparison(db.session(), "0001")

    assert {flag.key for flag in found.flags} == {"F4", "F7"}


def test_sealing_keeps_every_counter(linh_cang):
    village = linh_cang.village("Linh Cang")
    db.session().add(
        TenMinuteCounter(survey_id="0001", unit_id=village.id, ten_minutes=NOW, fast=False, answers=7)
    )
    db.session().commit()

    linh_cang.seal()

    [row] = db.session().query(TenMinuteCounter).all()
    assert (row.unit_id, row.answers) == (village.id, 7)


def test_the_totals_of_a_list_are_kept_by_the_form_and_corrected_until_the_draw(sealed, client):
    code = sealed.village("Linh Cang").code
    for ticked in ("70", "76"):
        save_over(client, PAGE + "/danh-sach", {**LIST, "village": code, "ticked": ticked})
    client.post(PAGE + "/boc-tham")

    refused = client.post(PAGE + "/danh-sach", data={**LIST, "village": code, "ticked": "75"})

    db.session().rollback()
    assert refused.status_code == 409
    assert [row.ticked for row in db.session().query(ReceiptList)] == [76]
    assert db.session().query(AuditEvent).filter_by(act="results.receipts").count() == 2


def test_how_often_a_list_was_entered_after_the_seal_is_said_on_page_and_minutes(linh_cang, app, client):
    app.config["WTF_CSRF_ENABLED"] = False
    fields = {**LIST, "village": linh_cang.village("Linh Cang").code}
    enter(linh_cang)
    linh_cang.seal()
    linh_cang.sign_in(app, Role.FRONT_COMMUNE)
    before = text_of(client.get(PAGE))
    for ticked in ("75", "76", "75"):
        save_over(client, PAGE + "/danh-sach", fields | {"ticked": ticked})

    after = text_of(client.get(PAGE))
    db.session().rollback()
    [village] = reconciliation.of_survey(db.session(), "0001").villages

    assert "nhập sau khi chốt" not in before
    assert "nhập sau khi chốt, 3 lần" in after
    assert village.village.late_entries == 3
    assert client.get(f"{PAGE}/bien-ban.pdf").status_code == 200


@pytest.mark.parametrize("typed", ["-3", "9" * 400], ids=["negative", "hundreds of digits"])
def test_a_total_that_cannot_be_is_refused_and_stays_in_the_box(sealed, client, typed):
    code = sealed.village("Linh Cang").code

    page = client.post(PAGE + "/danh-sach", data={**LIST, "village": code, "ticked": typed})

    assert page.status_code == 422
    assert f'value="{typed}"' in page.text


def test_the_sample_is_the_one_anybody_draws_from_the_digest(sealed, client):
    enter(sealed)
    draw()

    found = comparison.comparison(db.session(), "0001")

    assert found.sample.rows == back_check.draw(found.digest, {sealed.village("Linh Cang").code: 76}, 30)
    assert str(found.sample.rows[0].place) in text_of(client.get(PAGE))


def test_the_filled_button_is_the_lists_and_once_all_are_in_the_draw(sealed, client):
    before = filled_buttons(client.get(PAGE).text)
    enter(sealed)

    assert len(before) == len(filled_buttons(client.get(PAGE).text)) == 1


def test_a_sample_needs_a_seal_and_a_list_and_is_drawn_once(linh_cang):
    with pytest.raises(back_checks.TooEarlyToCompare):
        draw()
    linh_cang.seal()
    with pytest.raises(back_checks.NothingToDraw):
        draw()
    enter(linh_cang)
    draw()

    with pytest.raises(back_checks.AlreadyDrawn):
        draw()


def test_a_draw_without_all_lists_is_refused_until_that_is_confirmed_and_says_what_it_left_out(
    surveys, app, client
):
    app.config["WTF_CSRF_ENABLED"] = False
    surveys.make(households={"Linh Cang": 76, "Hà Lam": 30})
    surveys.answer("0001", "Linh Cang", {}, times=20)
    surveys.seal()
    surveys.sign_in(app, Role.FRONT_COMMUNE)
    enter(surveys)

    refused = client.post(PAGE + "/boc-tham")
    confirmed = client.post(PAGE + "/boc-tham", data={"without_lists": "yes"})

    assert refused.status_code == 422
    assert 'name="without_lists"' in refused.text
    assert confirmed.status_code == 303
    sample = comparison.comparison(db.session(), "0001").sample
    assert (sample.checked, len(sample.unchecked)) == (1, 1)
    assert sample.unchecked[0] in text_of(client.get(PAGE))


def test_replies_are_shown_with_their_effect_and_the_score_stays(sealed, client):
    before = queries.scorecard(db.session(), "0001").commune
    enter(sealed)
    draw()
    client.post(PAGE + "/goi-lai", data={"confirmed": "26", "denied": "2", "not_reached": "2"})

    page = client.get(PAGE)

    assert "callback-outcome" in page.text
    assert comparison.comparison(db.session(), "0001").sample.meaning.effect == "contradicted"
    assert queries.scorecard(db.session(), "0001").commune == before


def test_what_the_back_check_contradicts_stands_beside_the_result_and_every_entry_stays(sealed, client):
    enter(sealed)
    draw()
    for confirmed, denied in ((26, 2), (27, 1)):
        told = {"confirmed": str(confirmed), "denied": str(denied), "not_reached": "2"}
        save_over(client, PAGE + "/goi-lai", told)

    current = db.session()
    current.rollback()
    [found] = back_checks.contradictions(current, ["0001"]).values()
    assert [entry.replies.denied for entry in back_checks.entries(current, "0001")] == [2, 1]
    assert (found.denied, found.reached) == (1, 28)
    assert signing.before_signing(current, "0001", Audience.EXACT).contradiction == found
    assert papers.exact(current, "0001").contradiction == found
    slips = reconciliation.of_survey(current, "0001")
    assert (slips.contradiction, slips.agrees) == (found, False)
    assert "1 trong 28" in client.get("/can-bo/dot/0001/ky").text
    with pytest.raises(DBAPIError), db.transaction() as writing:
        writing.execute(update(BackCheckReplies).values(denied=0))


def test_replies_go_down_and_up_with_the_tables(sealed, app):
    enter(sealed)
    draw()
    for denied in (2, 1):
        with db.transaction() as current:
            said = Replies(confirmed=28 - denied, denied=denied, not_reached=2)
            back_checks.record_replies(current, "0001", said, actor="user:1", now=datetime.now(UTC))
    step = ScriptDirectory(app.config["MIGRATIONS"]).get_revision("0011")

    db.session().close()
    flask_migrate.downgrade(revision=step.down_revision)
    below = db.session().execute(text("SELECT confirmed, denied, noted_by FROM callbacks")).one()
    db.session().close()
    flask_migrate.upgrade()

    assert tuple(below) == (27, 1, "user:1")
    assert [entry.replies.denied for entry in back_checks.entries(db.session(), "0001")] == [1]


def test_replies_that_are_not_those_of_the_sample_are_refused_beside_what_was_typed(sealed, client):
    enter(sealed)
    draw()

    page = client.post(PAGE + "/goi-lai", data={"confirmed": "26", "denied": "2", "not_reached": "9"})

    assert page.status_code == 422
    assert 'value="26"' in page.text
    assert comparison.comparison(db.session(), "0001").sample.replies is None


def test_looking_is_noted(sealed, client):
    client.get(PAGE)

    db.session().rollback()
    assert db.session().query(AuditEvent).filter_by(act="results.exact").count() == 1
