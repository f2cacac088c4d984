"""Personal data: what is taken out and noted, what the seal still shows then, requests and their clock, the map."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, func, inspect, select, text, update
from sqlalchemy.exc import DBAPIError

from survey_app import audit, db, keys
from survey_app.access import Role
from survey_app.accounts.models import Invitation, User
from survey_app.audit import AuditEvent
from survey_app.clock import DueAct
from survey_app.collecting.leaves import Receipted
from survey_app.collecting.models import RetainedLeaf, SealedResponse
from survey_app.collecting.queries import AnswerState, receipt_state
from survey_app.config import DayOff
from survey_app.fieldwork import calendar
from survey_app.fieldwork.calendar import Keying
from survey_app.i18n import force_locale
from survey_app.privacy import redaction, requests, retention, retention_status
from survey_app.privacy import views as privacy_views
from survey_app.privacy.data_map import DATA_MAP
from survey_app.privacy.models import ErasurePermit
from survey_app.privacy.permits import permitted
from survey_app.privacy.requests import RequestKind
from survey_app.questions.instrument import DISSATISFIED, SATISFIED
from survey_app.results import custody
from survey_app.sealing import verification
from survey_app.sealing.models import TallyRow
from survey_app.units.queries import civil
from tests.pages import Page

pytestmark = pytest.mark.both_engines(long="postgresql")

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
MONDAY = date(2026, 6, 1)
HAPPY = {"roads": SATISFIED, "water": SATISFIED, "overall": SATISFIED}
NAMED = {"roads": DISSATISFIED, "remarks": "Ông Siu Thử đổ rác ra suối"}
LOG = "/can-bo/yeu-cau"
MAP = "/can-bo/ban-do-du-lieu"


@pytest.fixture
def sealed(surveys):
    """A sealed survey with eleven answers, one of which names a neighbour."""
    surveys.make(households={"Một": 20})
    surveys.answer("0001", "Một", HAPPY, times=10)
    surveys.answer("0001", "Một", NAMED)
    surveys.seal()
    return surveys


def rows(model) -> int:
    return db.session().scalar(select(func.count()).select_from(model))


def verify() -> verification.Verification:
    db.session().rollback()
    return verification.verify(db.session(), "0001", keys.store())


def acts(act: str) -> list[AuditEvent]:
    db.session().rollback()
    return db.session().scalars(select(AuditEvent).where(AuditEvent.act == act).order_by(AuditEvent.id)).all()


def the_named() -> SealedResponse:
    db.session().rollback()
    return next(row for row in db.session().scalars(select(SealedResponse)) if row.answers.get("remarks"))


def remove(*, now: datetime = NOW) -> retention.Removed:
    with db.transaction() as current:
        return retention.remove_answers(current, "0001", NOW + timedelta(days=1), actor="operator", now=now)


def run(app, *arguments: str):
    return app.test_cli_runner().invoke(args=["results", *arguments])


@pytest.mark.both_engines
def test_a_redacted_name_is_gone_and_the_seal_still_agrees(app, sealed):
    submission, leaf = the_named().id, the_named().leaf

    done = run(
        app, "redact", "--survey", "0001", "--submission", submission, "--question", "remarks",
        "--reason", "Nêu tên một người", "--json",
    )  # fmt: skip

    kept = the_named()
    assert json.loads(done.output)["erased"] is True
    assert (list(kept.answers["remarks"]), kept.leaf) == (["sha256"], leaf)
    assert verify().equal
    (noted,) = acts("results.redact")
    assert noted.details == {"submission": submission, "question": "remarks", "reason": "Nêu tên một người"}


@pytest.mark.parametrize(
    ("question", "reason"), [("roads", "x"), ("nothing", "x"), ("remarks", " "), ("remarks", "x" * 501)]
)
def test_only_a_free_text_is_redacted_and_only_with_a_reason(sealed, question, reason):
    submission = the_named().id

    with pytest.raises((redaction.NoTextToRedact, redaction.NoReason)), db.transaction() as current:
        redaction.redact(current, "0001", submission, question, reason, actor="operator", now=NOW)

    assert "text" in the_named().answers["remarks"]
    assert acts("results.redact") == []


def test_a_text_is_redacted_once(sealed):
    submission = the_named().id
    with db.transaction() as current:
        redaction.redact(current, "0001", submission, "remarks", "Nêu tên", actor="operator", now=NOW)

    with pytest.raises(redaction.NoTextToRedact), db.transaction() as current:
        redaction.redact(current, "0001", submission, "remarks", "Nêu tên", actor="operator", now=NOW)


@pytest.mark.both_engines
def test_after_retention_the_seal_is_checked_without_answers_and_receipts_are_still_found(app, sealed):
    leaf = the_named().leaf

    assert remove() == retention.Removed("0001", 11)

    assert (rows(SealedResponse), rows(RetainedLeaf), rows(ErasurePermit)) == (0, 11, 0)
    assert verify() == verification.Verification(True, None, MONDAY)
    assert receipt_state(db.session(), Receipted("0001", leaf, leaf)) is AnswerState.STORED
    assert [(noted.subject, noted.details) for noted in acts("results.raw_removed")] == [
        ("survey:0001", {"answers": 11})
    ]
    said = run(app, "verify", "--survey", "0001")
    assert (said.exit_code, "01/06/2026" in said.output) == (0, True)


@pytest.mark.both_engines
def test_a_leaf_that_is_missing_after_retention_is_found_out(sealed):
    remove()
    dialect = db.database.engine.dialect.name
    table = "retained_leaves_never"
    names = (f"{table}_change ON retained_leaves",) if dialect == "postgresql" else (f"{table}_delete",)
    with db.transaction() as current:
        current.execute(text("DROP TRIGGER " + names[0]))
        leaf = current.scalars(select(RetainedLeaf.leaf).limit(1)).one()
        current.execute(delete(RetainedLeaf).where(RetainedLeaf.leaf == leaf))

    assert (verify().equal, "leaves" in verify().first_difference) == (False, True)


@pytest.mark.both_engines
def test_answers_taken_away_without_a_note_are_missed(sealed):
    with db.transaction() as current:
        leaves = current.scalars(select(SealedResponse.leaf)).all()
        current.add_all([RetainedLeaf(survey_id="0001", leaf=leaf) for leaf in leaves])
        with permitted(current, "0001"):
            current.execute(delete(SealedResponse))

    assert not verify().equal


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM sealed_responses",
        "UPDATE sealed_responses SET leaf = 'x'",
        "UPDATE sealed_responses SET channel = 'meeting'",
        "UPDATE tallies SET channel = 'meeting'",
        "DELETE FROM seals",
    ],
)
@pytest.mark.both_engines
def test_a_permit_lets_no_leaf_be_lost_and_nothing_but_answers_change(sealed, statement):
    with (
        pytest.raises(DBAPIError, match="sealed rows never change"),
        db.transaction() as current,
        permitted(current, "0001"),
    ):
        current.execute(text(statement))

    assert (rows(SealedResponse), rows(ErasurePermit)) == (11, 0)


@pytest.mark.both_engines
def test_a_permit_for_one_survey_is_none_for_another(sealed):
    with (
        pytest.raises(DBAPIError, match="sealed rows never change"),
        db.transaction() as current,
        permitted(current, "0002"),
    ):
        current.execute(text("UPDATE sealed_responses SET answers = '{}'"))


def test_an_open_complaint_keeps_the_answers(sealed):
    with db.transaction() as current:
        custody.open_complaint(current, "0001", "Đếm thiếu", actor="user:1", now=NOW)

    with pytest.raises(retention.ComplaintOpen):
        remove()

    assert rows(SealedResponse) == 11


@pytest.mark.both_engines
def test_answers_are_not_removed_before_their_time_nor_twice(sealed):
    with pytest.raises(retention.TooEarly), db.transaction() as current:
        retention.remove_answers(current, "0001", NOW, actor="operator", now=NOW)
    remove()

    with pytest.raises(retention.AlreadyRemoved):
        remove()


@pytest.mark.parametrize(
    ("on", "months", "day"),
    [
        (date(2027, 6, 1), 12, "2026-06-01"),
        (date(2026, 3, 31), 1, "2026-02-28"),
        (date(2026, 1, 15), 1, "2025-12-15"),
    ],
)
def test_months_are_counted_by_the_calendar(on, months, day):
    assert (retention.keep_from(on, months) + timedelta(hours=7)).isoformat() == f"{day}T00:00:00+00:00"


def test_the_command_refuses_while_nobody_has_said_how_long_to_keep(app, sealed):
    done = run(app, "retain", "--due")

    assert done.exit_code == 1
    assert "retention_months" in done.output
    assert rows(SealedResponse) == 11


@pytest.mark.both_engines
def test_the_command_removes_what_is_due_by_the_setting_and_says_it_in_json(app, surveys):
    app.extensions["settings"] = replace(app.extensions["settings"], retention_months=6)
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    surveys.make(households={"Một": 20})
    surveys.answer("0001", "Một", HAPPY, times=11)
    surveys.seal(now=long_ago)
    with db.transaction() as current:
        person = User(email="a", name="A", role="viewer", unit_id=surveys.commune.id, created_at=NOW)
        current.add(person)
        current.flush()
        current.add(Invitation(token_digest="0" * 64, user_id=person.id, expires_at=long_ago))

    first = json.loads(run(app, "retain", "--due", "--json").output)
    kept = rows(SealedResponse)
    with db.transaction() as current:
        current.execute(update(DueAct).values(first_on=date(2026, 6, 1)))
    found = json.loads(run(app, "retain", "--due", "--json").output)

    assert (first["removed"], first["waiting"], kept) == ([], ["0001", "invitations"], 11)
    assert found == {
        "removed": [{"survey": "0001", "answers": 11}], "kept": {}, "invitations": 1, "waiting": [], "erased": True
    }  # fmt: skip
    assert (rows(SealedResponse), rows(TallyRow), rows(Invitation)) == (0, 1, 0)


def test_one_survey_named_is_removed_by_a_run_on_another_day_only(app, surveys):
    surveys.make(households={"Một": 20})
    surveys.answer("0001", "Một", HAPPY, times=11)
    surveys.seal(now=datetime(2020, 1, 1, tzinfo=UTC))
    named = ("retain", "--survey", "0001", "--months", "6", "--json")

    first, again = (json.loads(run(app, *named).output) for _time in range(2))
    kept = rows(SealedResponse)
    with db.transaction() as current:
        current.execute(update(DueAct).values(first_on=date(2026, 6, 1)))
    later = json.loads(run(app, *named).output)

    assert (first["removed"], first["waiting"], again["removed"], kept) == ([], ["0001"], [], 11)
    assert (later["removed"], rows(SealedResponse)) == ([{"survey": "0001", "answers": 11}], 0)


def test_the_command_wants_one_survey_or_all_that_are_due(app, sealed):
    assert run(app, "retain").exit_code == run(app, "retain", "--due", "--survey", "0001").exit_code == 2


@pytest.mark.parametrize(
    ("received", "last"),
    [
        ("2026-06-01", "2026-06-03"),
        ("2026-06-04", "2026-06-08"),
        ("2026-06-05", "2026-06-09"),
        ("2026-06-06", "2026-06-09"),
    ],
    ids=["Monday", "Thursday", "Friday", "Saturday"],
)
def test_a_request_is_answered_within_two_working_days(received, last):
    assert requests.due_on(date.fromisoformat(received), ()).isoformat() == last


def test_a_public_holiday_is_no_working_day(app, client, surveys):
    today = civil(datetime.now(UTC))
    offs = tuple(DayOff(today + timedelta(days=number), "Thông báo 12/TB-UBND") for number in range(1, 30))
    app.extensions["settings"] = replace(app.extensions["settings"], days_off=offs)
    surveys.sign_in(app, Role.FRONT_COMMUNE)
    page = client.get(LOG)

    sent = client.post(LOG, data=Page(page.text).form(action=LOG).data(kind="access", reference="Số 1"))

    db.session().rollback()
    assert sent.status_code == 303
    assert "Thông báo 12/TB-UBND" in page.text
    (found,) = requests.requests_of(db.session(), surveys.person(Role.FRONT_COMMUNE))
    assert found.due_on > today + timedelta(days=30)


def test_paper_is_keyed_for_as_many_working_days_as_are_left_after_holidays():
    friday = calendar.closing(date(2026, 8, 28))

    plain = Keying(5).ends(friday)
    with_holiday = Keying(5, {date(2026, 9, 2)}).ends(friday)

    assert [calendar.last_day(end) for end in (plain, with_holiday)] == [date(2026, 9, 4), date(2026, 9, 7)]


def post(client, address, **fields):
    token = Page(client.get(LOG).text).form(action=LOG).data()["csrf_token"]
    return client.post(address, data={"csrf_token": token, **fields})


def ask(client, **changes):
    return post(
        client, LOG, **{"received_on": "2025-06-02", "kind": "erasure", "reference": "Số 12"} | changes
    )


def test_a_request_is_recorded_and_answered_on_one_page_and_the_audit_log_has_no_word_of_it(
    app, client, surveys
):
    surveys.sign_in(app, Role.FRONT_COMMUNE)

    asked = ask(client)
    db.session().rollback()
    number = requests.requests_of(db.session(), surveys.person(Role.FRONT_COMMUNE))[0].id
    answered = post(client, f"{LOG}/{number}", answer="Không còn nối được với hộ nào.")

    assert (asked.status_code, answered.status_code) == (303, 303)
    page = client.get(LOG).text
    assert "Số 12" in page
    assert "Không còn nối được" in page
    noted = [*acts("results.request_received"), *acts("results.request_answered")]
    assert [event.details for event in noted] == [{"kind": "erasure"}, {"number": 1}]


@pytest.mark.parametrize(
    "wrong",
    [{"received_on": "2999-01-01"}, {"received_on": "hôm qua"}, {"kind": "other"}, {"reference": " "}],
)
def test_a_request_without_day_kind_or_reference_is_refused_and_keeps_what_was_typed(
    app, client, surveys, wrong
):
    surveys.sign_in(app, Role.PROVINCE, surveys.province)

    reply = ask(client, **wrong)

    assert reply.status_code == 422
    assert requests.requests_of(db.session(), surveys.person(Role.PROVINCE, surveys.province)) == ()


def test_a_further_answer_changes_no_earlier_one(surveys):
    person = surveys.person(Role.FRONT_COMMUNE)
    with db.transaction() as current:
        number = requests.receive(
            current, RequestKind.ACCESS, "Số 1", MONDAY, by=person, now=NOW, days_off=()
        ).id
        requests.answer(current, number, "Đã trả lời", by=person, now=NOW)
        requests.answer(current, number, "Bổ sung", by=person, now=NOW)

    (found,) = requests.requests_of(db.session(), person)
    assert [given.text for given in found.answers] == ["Đã trả lời", "Bổ sung"]


def test_a_request_of_another_commune_does_not_exist_and_the_province_sees_all(app, client, surveys):
    other = surveys.person(Role.FRONT_COMMUNE, surveys.other_commune())
    with db.transaction() as current:
        number = requests.receive(
            current, RequestKind.ACCESS, "Của xã khác", MONDAY, by=other, now=NOW, days_off=()
        ).id
    surveys.sign_in(app, Role.FRONT_COMMUNE)

    assert "Của xã khác" not in client.get(LOG).text
    assert post(client, f"{LOG}/{number}", answer="x").status_code == 404
    surveys.sign_in(app, Role.FRONT_PROVINCE, surveys.province)
    assert "Của xã khác" in client.get(LOG).text


@pytest.mark.parametrize(("day", "urgent"), [(2, False), (3, True), (4, True)])
def test_an_open_request_is_on_the_list_of_today_and_urgent_from_its_last_day(app, surveys, day, urgent):
    person = surveys.person(Role.FRONT_COMMUNE)
    with db.transaction() as current:
        requests.receive(current, RequestKind.ACCESS, "Số 1", MONDAY, by=person, now=NOW, days_off=())

    with app.test_request_context():
        (todo,) = privacy_views.todos(db.session(), person, NOW.replace(day=day))

    assert todo.urgent is urgent


@pytest.mark.parametrize("role", list(Role))
def test_only_front_and_province_keep_the_log_and_only_the_provincial_offices_read_the_map(
    app, client, surveys, role
):
    surveys.sign_in(app, role)

    log, data_map = client.get(LOG).status_code, client.get(MAP).status_code

    assert log == (200 if role in {Role.PROVINCE, Role.FRONT_PROVINCE, Role.FRONT_COMMUNE} else 403)
    assert data_map == (200 if role in {Role.PROVINCE, Role.FRONT_PROVINCE, Role.AUDITOR} else 403)


@pytest.mark.both_engines
def test_every_table_of_the_database_is_in_the_data_map_once(app):
    named = [table for line in DATA_MAP for table in line.tables]

    assert sorted(named) == sorted(set(inspect(db.database.engine).get_table_names()) - {"alembic_version"})


def test_the_data_map_names_those_who_may_open_single_answers(app):
    opened_by = {
        name: set(app.view_functions[name].access_roles)
        for name in ("sets.auditor_set", "paper_draw.compare")
    }
    with app.test_request_context(headers={"Accept-Language": "en"}), force_locale("en"):
        told = {table: str(line.seen_by) for line in DATA_MAP for table in line.tables}

    assert opened_by["sets.auditor_set"] == {Role.AUDITOR, Role.FRONT_PROVINCE}
    assert told["sealed_responses"].startswith("Auditor and province Front: single answers")
    assert told["annulled_responses"].startswith("Auditor and province Front,")
    assert opened_by["paper_draw.compare"] == {Role.AUDITOR, Role.FRONT_PROVINCE, Role.FRONT_COMMUNE}
    assert "Keyed answers beside them, and notes: Front and auditor;" in told["paper_comparisons"]


def test_the_data_map_says_whether_anything_is_ever_removed(app, client, surveys):
    surveys.sign_in(app, Role.AUDITOR)

    page = client.get(MAP).text

    assert "retention_months" in page
    assert "sealed_responses" in page


@pytest.mark.both_engines
def test_the_audit_chain_holds_over_removal_and_redaction(sealed):
    submission = the_named().id
    with db.transaction() as current:
        redaction.redact(current, "0001", submission, "remarks", "Nêu tên", actor="operator", now=NOW)
    remove()

    assert audit.verify(db.session()) is None


@pytest.mark.parametrize(
    "statement",
    ["UPDATE data_request_answers SET answer = 'khác'", "DELETE FROM data_request_answers"],
    ids=["changed", "removed"],
)
@pytest.mark.both_engines
def test_the_database_refuses_to_change_what_was_answered_to_a_request(surveys, statement):
    person = surveys.person(Role.FRONT_COMMUNE)
    with db.transaction() as current:
        row = requests.receive(
            current, RequestKind.ACCESS, "Thư đến 12", MONDAY, by=person, now=NOW, days_off=()
        )
        requests.answer(current, row.id, "Đã trả lời", by=person, now=NOW)
        requests.answer(current, row.id, "Đính chính", by=person, now=NOW)

    with pytest.raises(DBAPIError, match="never change"), db.transaction() as current:
        current.execute(text(statement))

    (kept,) = requests.requests_of(db.session(), person)
    assert [given.text for given in kept.answers] == ["Đã trả lời", "Đính chính"]


KEPT = "/can-bo/luu-giu"


def test_the_page_of_what_is_kept_says_that_nothing_is_configured(app, client, sealed):
    sealed.sign_in(app, Role.AUDITOR, sealed.province)

    found = client.get(KEPT)

    assert "not configured" in found.text or "chưa cấu hình" in found.text
    assert "01/06/2026" in found.text


def test_the_page_of_what_is_kept_says_what_is_due_and_what_was_removed_last(app, client, sealed):
    app.extensions["settings"] = replace(app.extensions["settings"], retention_months=12)
    sealed.sign_in(app, Role.PROVINCE, sealed.province)

    before = client.get(KEPT)
    remove()
    after = client.get(KEPT)

    assert "02/06/2027" in before.text
    last = retention_status.last_run(db.session(), sealed.person(Role.PROVINCE, sealed.province))
    assert (last.survey, last.answers) == ("0001", 11)
    assert "09:00 01/06/2026" in after.text


def test_what_is_kept_is_due_from_its_day_on_unless_a_complaint_is_open(surveys, sealed):
    person = surveys.person(Role.PROVINCE, surveys.province)

    (found,) = retention_status.kept(db.session(), person, 1)
    with db.transaction() as current:
        custody.open_complaint(current, "0001", "Đếm sai", actor="user:1", now=NOW)
    (complained,) = retention_status.kept(db.session(), person, 1)

    assert [found.is_due(date(2026, 7, day)) for day in (1, 2)] == [False, True]
    assert not complained.is_due(date(2027, 1, 1))


def test_nothing_of_another_commune_is_on_the_page_of_what_is_kept(surveys, sealed):
    stranger = surveys.person(Role.PROVINCE, surveys.other_commune())
    remove()

    assert retention_status.kept(db.session(), stranger, 1) == ()
    assert retention_status.last_run(db.session(), stranger) is None


@pytest.mark.parametrize("months", [1, 6, 13])
def test_the_first_day_is_the_first_on_which_the_command_removes(months):
    for number in range(400):
        sealed_on = MONDAY + timedelta(days=number)
        moment = calendar.opening(sealed_on)

        first = retention_status.first_day(sealed_on, months)

        assert moment < retention.keep_from(first, months)
        assert moment >= retention.keep_from(first - timedelta(days=1), months)
