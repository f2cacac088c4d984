"""Counting and sealing, on both databases."""

import uuid
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st
from sqlalchemy import event, func, select, text

from survey_app import db, keys
from survey_app.access import Role
from survey_app.audit import AuditEvent
from survey_app.collecting.models import Response, SealedResponse, SpentCode
from survey_app.collecting.operations import Submission, record_response
from survey_app.collecting.queries import Door
from survey_app.collecting.refusals import AlreadySealed
from survey_app.fieldwork import answering
from survey_app.fieldwork import queries as fieldwork
from survey_app.fieldwork.models import Channel, Progress, Purpose, SlipRow, State, Survey
from survey_app.privacy import erasing
from survey_app.privacy.models import ErasingTries
from survey_app.quality import back_checks, reconciliation
from survey_app.questions.instrument import DISSATISFIED, SATISFIED
from survey_app.results import speaking
from survey_app.scoring import tallies
from survey_app.sealing import operations, queries, reminders, schedule, triggers, verification
from survey_app.sealing.models import FeedbackFigure, RefusedSeal, Seal, TallyRow

pytestmark = pytest.mark.both_engines

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
HAPPY = {"roads": SATISFIED, "water": SATISFIED, "overall": SATISFIED}
UNHAPPY = {"roads": DISSATISFIED, "water": DISSATISFIED, "overall": DISSATISFIED}

two_way = st.sampled_from([SATISFIED, DISSATISFIED, None])
slips = st.fixed_dictionaries(
    {
        "roads": two_way,
        "water": two_way,
        "overall": two_way,
        "who": st.sampled_from(["head", "other", None]),
        "remarks": st.sampled_from(["Cần sửa đường", None]),
    }
)
histories = st.lists(
    st.tuples(
        st.sampled_from(["Một", "Hai"]), st.sampled_from([Channel.SELF_ONLINE, Channel.PAPER_ENTRY]), slips
    ),
    max_size=25,
)


def rows(model: type, survey_id: str = "0001") -> int:
    return db.session().scalar(select(func.count()).select_from(model).where(model.survey_id == survey_id))


def verify(survey_id: str = "0001") -> verification.Verification:
    db.session().rollback()
    return verification.verify(db.session(), survey_id, keys.store())


def without_triggers(statement: str, **values: object) -> None:
    """Do what only the owner of the database could: remove the triggers, change a row, put them back."""
    dialect = db.database.engine.dialect.name
    with db.transaction() as current:
        for line in triggers.drop(dialect):
            current.execute(text(line))
        assert current.connection().execute(text(statement), values).rowcount > 0
        for line in triggers.create(dialect):
            current.execute(text(line))


def test_sealing_moves_every_answer_and_keeps_none_where_it_was(linh_cang):
    linh_cang.seal()

    assert (rows(Response), rows(SealedResponse), rows(TallyRow)) == (0, 72, 2)
    assert fieldwork.survey(db.session(), "0001").state is State.SEALED


def test_a_scorecard_holds_the_published_counts_of_linh_cang(linh_cang):
    digest = linh_cang.seal()

    card = queries.scorecard(db.session(), "0001")
    assert (card.commune.coverage.n, card.commune.coverage.of) == (72, 76)
    assert (card.commune.pooled.n, card.commune.pooled.of) == (142, 144)
    assert (card.commune.closing.n, card.commune.closing.of) == (71, 72)
    assert dict(card.commune.channels) == {"paper_entry": 11, "self_online": 61}
    assert (card.commune.range.low.n, card.commune.range.high.n, card.commune.range.low.of) == (142, 150, 152)
    assert card.digest == digest


def test_a_village_without_answers_stands_in_the_scorecard_with_nothing(surveys):
    surveys.make(households={"Một": 10, "Hai": 20})
    surveys.answer("0001", "Một", HAPPY)
    surveys.seal()

    empty = next(card for card in queries.scorecard(db.session(), "0001").villages if card.households == 20)
    assert (empty.coverage.n, empty.coverage.of, empty.pooled) == (0, 20, None)


def test_a_sealed_survey_verifies(linh_cang):
    linh_cang.seal()

    assert verify() == verification.Verification(equal=True, first_difference=None)


def test_slips_codes_and_progress_survive_the_shuffle_unchanged(linh_cang):
    columns = SlipRow.unit_id, SlipRow.code_mac, SlipRow.print_batch
    before = set(db.session().execute(select(*columns)))
    spent = set(db.session().scalars(select(SpentCode.code_mac)))
    answered = answering.answered_now(db.session(), "0001")
    linh_cang.seal()

    assert set(db.session().execute(select(*columns))) == before
    assert set(db.session().scalars(select(SpentCode.code_mac))) == spent
    assert answering.answered_now(db.session(), "0001") == answered


def test_after_sealing_neither_transaction_nor_order_tells_answers_apart(linh_cang):
    if db.database.engine.dialect.name == "sqlite":
        tables = db.session().execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all()
        ordered = {name for name, sql in tables if "WITHOUT ROWID" in sql}
        assert {"responses", "sealed_responses", "slips", "spent_codes"} <= ordered
        return
    arrived = db.session().execute(text("SELECT id FROM responses ORDER BY ctid")).scalars().all()
    linh_cang.seal()

    for table in ("sealed_responses", "slips", "spent_codes", "progress"):
        assert db.session().scalar(text(f"SELECT count(DISTINCT xmin::text) FROM {table}")) == 1
    sealed = db.session().execute(text("SELECT id FROM sealed_responses ORDER BY ctid")).scalars().all()
    assert sorted(sealed) == sorted(arrived)
    assert sealed != arrived
    assert sealed != sorted(sealed)


def test_nothing_of_the_old_rows_is_left_after_erasing(linh_cang):
    linh_cang.seal()
    db.session().rollback()

    assert erasing.after_sealing(db.database.engine)


#: 23:30 and 00:30 in Vietnam.
_EVENING, _MIDNIGHT = datetime(2026, 6, 20, 16, 30, tzinfo=UTC), datetime(2026, 6, 20, 17, 30, tzinfo=UTC)


def test_what_a_seal_leaves_on_the_disk_is_owed_until_it_is_erased_and_then_noted_once(linh_cang):
    assert erasing.erase_owed(db.database.engine, _EVENING, actor="job") == ()
    linh_cang.seal()

    assert erasing.erase_owed(db.database.engine, _EVENING, actor="job") == ()
    assert erasing.erase_owed(db.database.engine, _EVENING, actor="job") == ()

    noted = db.session().scalars(select(AuditEvent.details).where(AuditEvent.act == erasing.ERASED)).all()
    assert [sorted(one["tables"]) for one in noted] == [
        [
            "activity_counters",
            "network_counters",
            "paper_slips",
            "progress",
            "responses",
            "second_keyings",
            "slips",
            "spent_codes",
        ]
    ]


def test_a_large_table_is_written_again_at_night_and_stays_owed_by_day(linh_cang, monkeypatch):
    monkeypatch.setattr(erasing, "SMALL", 0)
    linh_cang.seal()

    by_day = erasing.erase_owed(db.database.engine, _EVENING, actor="job")
    at_night = erasing.erase_owed(db.database.engine, _MIDNIGHT, actor="job")

    assert {"slips", "spent_codes"} <= set(by_day)
    assert at_night == ()


def test_a_table_in_use_stays_owed_and_is_tried_once_a_round_ever_later(linh_cang):
    linh_cang.seal()
    db.session().rollback()
    tries = []
    with db.database.engine.connect() as reader:
        if reader.dialect.name == "postgresql":
            reader.exec_driver_sql("LOCK TABLE slips IN SHARE MODE")
        else:
            reader.exec_driver_sql("SELECT count(*) FROM slips").scalar()
        for minute in range(14):
            now = _MIDNIGHT + timedelta(minutes=minute)
            busy = erasing.erase_owed(db.database.engine, now, actor="job")
            tries.append(db.session().get_one(ErasingTries, 1).failures)
            db.session().rollback()

    later = erasing.erase_owed(db.database.engine, _MIDNIGHT + timedelta(minutes=14), actor="job")

    assert "slips" in busy
    assert tries == [1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3]
    assert later == ()
    assert db.session().get_one(ErasingTries, 1).failures == 0


def test_a_round_waits_a_tenth_of_a_second_for_all_its_locks_and_stops_at_the_first_it_cannot_have(linh_cang):
    engine, said = db.database.engine, []
    if engine.dialect.name == "sqlite":
        return  # one file, one lock
    linh_cang.seal()
    db.session().rollback()

    def listen(_connection, _cursor, statement, *_more):
        said.append(statement)

    event.listen(engine, "before_cursor_execute", listen)
    try:
        with engine.connect() as reader:
            reader.exec_driver_sql("LOCK TABLE responses, progress, slips, spent_codes IN SHARE MODE")
            erasing.erase_owed(engine, _MIDNIGHT, actor="job")
    finally:
        event.remove(engine, "before_cursor_execute", listen)

    [limit] = [int(one.rpartition("=")[2]) for one in said if one.startswith("SET lock_timeout")]
    owed = len(erasing.erase_owed(engine, _MIDNIGHT, actor="job"))
    tried = [one for one in said if one.startswith("VACUUM")]
    assert 0 < limit * len(tried) <= limit * owed <= 100
    assert tried[-1].split()[-1] in {"responses", "progress", "slips", "spent_codes"}
    assert len(tried) < owed


def test_a_pause_noted_under_a_clock_ahead_holds_up_no_erasing(linh_cang):
    linh_cang.seal()
    with db.transaction() as current:
        current.add(ErasingTries(id=1, failures=5, not_before=_MIDNIGHT + timedelta(days=60)))

    assert erasing.erase_owed(db.database.engine, _MIDNIGHT, actor="job") == ()


def refusal(surveys) -> operations.SealRefused:
    with pytest.raises(operations.SealRefused) as caught:
        surveys.seal()
    return caught.value


def test_an_answer_that_does_not_fit_its_leaf_stops_the_seal_and_is_named(linh_cang):
    broken = db.session().scalars(select(Response).order_by(Response.id)).first()
    broken.answers = {**broken.answers, "roads": None}
    named = broken.id
    db.session().commit()

    assert named in refusal(linh_cang).differences[0]
    assert (rows(Response), rows(SealedResponse), rows(Seal)) == (72, 0, 0)


def test_a_count_that_differs_from_the_progress_stops_the_seal(linh_cang):
    db.session().get(Progress, ("0001", linh_cang.village("Linh Cang").id, Channel.PAPER_ENTRY)).answered = 12
    db.session().commit()

    assert len(refusal(linh_cang).differences) == 1


def test_a_spent_code_without_an_answer_stops_the_seal(linh_cang):
    db.session().add(SpentCode(survey_id="0001", code_mac=b"x" * 32))
    db.session().commit()

    assert "73" in refusal(linh_cang).differences[0]


@pytest.mark.parametrize("state", [State.DRAFT, State.PUBLISHED, State.SEALED, State.SIGNED, State.ANNULLED])
def test_only_a_running_survey_can_be_sealed(surveys, state):
    surveys.make(households={"Một": 10}, state=state)

    with pytest.raises(operations.NothingToSeal):
        surveys.seal()


def test_an_open_survey_is_ended_and_sealed_at_once_on_the_operators_word(surveys):
    surveys.make(households={"Một": 10}, state=State.OPEN)
    surveys.answer("0001", "Một", HAPPY, times=3)
    surveys.seal(now=NOW - timedelta(days=1))

    survey = fieldwork.survey(db.session(), "0001")
    assert survey.phones_closed_at == survey.counting_ends_at == NOW - timedelta(days=1)


def test_what_has_not_come_in_is_counted_by_village(surveys):
    surveys.make(households={"Một": 10, "Hai": 3})
    surveys.answer("0001", "Một", HAPPY, times=4)
    surveys.answer("0001", "Hai", HAPPY, times=3)
    db.session().add(SlipRow(survey_id="0001", code_mac=b"y" * 32, unit_id=1, print_batch=1))
    db.session().commit()

    found = queries.unkeyed(db.session(), "0001")
    assert (found.households, found.live_slips, len(found.villages)) == (6, 1, 1)


def test_the_job_seals_what_is_due_and_a_refused_survey_holds_up_no_other(surveys):
    for number in ("0001", "0002", "0003"):
        surveys.make(number, households={"Một": 10})
        surveys.answer(number, "Một", HAPPY, times=2)
    db.session().add(SpentCode(survey_id="0001", code_mac=b"x" * 32))
    db.session().get(Survey, "0003").counting_ends_at = NOW + timedelta(minutes=1)
    db.session().commit()

    first = schedule.seal_due(NOW)
    outcomes = schedule.seal_due(NOW + timedelta(days=1))

    assert first == {}
    assert outcomes.keys() == {"0001", "0002"}
    assert outcomes["0002"] == "sealed"
    [refused] = db.session().scalars(select(RefusedSeal)).all()
    assert (refused.survey_id, len(refused.differences)) == ("0001", 1)
    states = db.session().scalars(select(Survey.state).order_by(Survey.id)).all()
    assert states == ["counting", "sealed", "counting"]
    assert schedule.seal_due(NOW + timedelta(days=1)).keys() == {"0001"}


@pytest.mark.parametrize(
    ("role", "minutes", "listed"),
    [
        pytest.param(Role.COMMUNE, 24 * 60 + 10, 1, id="commune"),
        pytest.param(Role.FRONT_COMMUNE, 24 * 60 + 10, 1, id="front"),
        pytest.param(Role.VIEWER, 24 * 60 + 10, 0, id="viewer"),
        pytest.param(Role.COMMUNE, 24 * 60 + 1, 0, id="just-due"),
    ],
)
@pytest.mark.both_engines(long="postgresql")
def test_a_survey_that_could_not_be_sealed_stands_on_the_lists_of_both_bodies(
    app, surveys, role, minutes, listed
):
    surveys.make(households={"Một": 10})

    with app.test_request_context():
        found = tuple(reminders.todos(db.session(), surveys.person(role), NOW + timedelta(minutes=minutes)))
    assert len(found) == listed


@pytest.mark.parametrize("role", [Role.PROVINCE, Role.FRONT_PROVINCE, Role.COMMUNE, Role.FRONT_COMMUNE])
@pytest.mark.both_engines(long="postgresql")
def test_a_refused_seal_is_a_task_with_its_reason_and_the_next_step_until_it_is_sealed(app, surveys, role):
    surveys.make(households={"Một": 10})
    surveys.answer("0001", "Một", HAPPY, times=2)
    surplus = SpentCode(survey_id="0001", code_mac=b"x" * 32)
    db.session().add(surplus)
    db.session().commit()
    person = surveys.person(role)

    def listed(now):
        with app.test_request_context():
            return [item.detail for item in reminders.todos(db.session(), person, now)]

    before = listed(NOW)
    schedule.seal_due(NOW)
    schedule.seal_due(NOW + timedelta(days=1))
    while_refused = listed(NOW + timedelta(days=1))
    db.session().delete(surplus)
    db.session().commit()
    schedule.seal_due(NOW + timedelta(days=1, minutes=1))

    assert before == []
    [detail] = while_refused
    assert "3" in detail
    assert "results close" in detail
    assert listed(NOW + timedelta(days=1, minutes=1)) == []


def bring_back(surveys, slips):
    with db.transaction() as current:
        counts = {"issued": 10, "ticked": 10, "returned": 0, "voided": 0, "brought_back": slips}
        village = surveys.village("Một").code
        back_checks.record_receipts(current, "0001", village, counts, actor="user:1", now=NOW)


def test_filled_slips_that_are_not_keyed_put_the_seal_by_the_clock_off(surveys):
    surveys.make(households={"Một": 10})
    surveys.answer("0001", "Một", HAPPY, times=4)
    surveys.answer("0001", "Một", HAPPY, times=2, channel=Channel.PAPER_ENTRY)
    bring_back(surveys, 3)

    waits = [schedule.seal_due(NOW + timedelta(days=days)) for days in range(3)]
    missing = queries.unkeyed(db.session(), "0001")
    db.session().rollback()
    surveys.answer("0001", "Một", HAPPY, channel=Channel.PAPER_ENTRY)
    keyed = [schedule.seal_due(NOW + timedelta(days=days)) for days in range(3, 5)]

    assert waits == [{}, {}, {}]
    assert (missing.filled, [village.filled for village in missing.villages]) == (1, [1])
    assert keyed == [{}, {"0001": "sealed"}]


@pytest.mark.parametrize(
    ("role", "place"),
    [
        (Role.CLERK, "/can-bo/nhap-phieu/0001"),
        (Role.FRONT_COMMUNE, "/can-bo/nhap-phieu/0001"),
        (Role.PROVINCE, "/can-bo/dot/0001"),
        (Role.COMMUNE, "/can-bo/dot/0001"),
    ],
)
@pytest.mark.both_engines(long="postgresql")
def test_filled_slips_that_are_not_keyed_are_a_task_once_counting_is_over(app, surveys, role, place):
    surveys.make(households={"Một": 10})
    bring_back(surveys, 3)
    person = surveys.person(role)

    def listed(now):
        with app.test_request_context():
            return [(item.url, item.urgent) for item in reminders.todos(db.session(), person, now)]

    assert listed(NOW - timedelta(minutes=1)) == []
    assert listed(NOW) == listed(NOW + timedelta(days=9)) == [(place, True)]
    bring_back(surveys, None)
    assert listed(NOW) == []


def test_the_command_seals_at_once_and_says_which_filled_slips_do_not_count(app, surveys):
    surveys.make(households={"Một": 10})
    bring_back(surveys, 3)

    done = app.test_cli_runner().invoke(args=["results", "close", "--survey", "0001"])

    assert done.exit_code == 0
    assert "3 phiếu giấy đã thu về" in done.output
    [village] = reconciliation.of_survey(db.session(), "0001").villages
    assert any("3 phiếu giấy" in difference for difference in village.differences)


def test_closing_while_answers_are_in_flight_seals_exactly_those_that_were_acknowledged(app, surveys):
    surveys.make(households={"Một": 60}, state=State.OPEN)
    village = surveys.village("Một")
    db.session().add_all(
        SlipRow(survey_id="0001", code_mac=number.to_bytes(32), unit_id=village.id, print_batch=village.id)
        for number in range(60)
    )
    db.session().commit()
    door = Door(fieldwork.survey(db.session(), "0001"), village.id, village.code, village.name)
    db.session().rollback()

    def send(number: int) -> bool:
        mine = replace(door, code_mac=number.to_bytes(32))
        with app.app_context(), suppress(AlreadySealed), db.transaction() as current:
            submission = Submission(str(uuid.uuid4()), HAPPY, Channel.SELF_ONLINE)
            record_response(current, mine, submission, now=NOW, keys=keys.store())
            return True
        return False

    with ThreadPoolExecutor(4) as pool:
        first = [pool.submit(send, number) for number in range(10)]
        wait(first)
        rest = [pool.submit(send, number) for number in range(10, 60)]
        surveys.seal()
        acknowledged = sum(sent.result() for sent in (*first, *rest))

    db.session().rollback()
    assert 10 <= acknowledged <= 60
    assert (rows(Response), rows(SealedResponse)) == (0, acknowledged)
    assert verify().equal


def test_a_seal_is_written_to_the_audit_log_with_its_digest(linh_cang):
    digest = linh_cang.seal()

    event = db.session().scalars(select(AuditEvent).where(AuditEvent.act == "results.seal")).one()
    assert (event.subject, event.details) == ("survey:0001", {"digest": digest, "answers": 72})


def test_feedback_figures_come_once_a_day_and_only_after_ten_new_answers(surveys):
    surveys.make(purpose=Purpose.FEEDBACK, state=State.OPEN)
    steps = []
    for day, more in enumerate((9, 1, 9, 1, 30)):
        surveys.answer("0001", None, HAPPY, times=more)
        steps.append(schedule.refresh_feedback(NOW + timedelta(days=day)))
        assert schedule.refresh_feedback(NOW + timedelta(days=day, hours=1)) == ()

    assert steps == [(), ("0001",), (), ("0001",), ("0001",)]
    counted = db.session().scalars(select(FeedbackFigure).order_by(FeedbackFigure.day)).all()
    assert [tallies.load(figure.tally).answered for figure in counted] == [10, 20, 50]


def test_a_feedback_survey_is_sealed_without_frame_or_coverage(surveys):
    surveys.make(purpose=Purpose.FEEDBACK)
    surveys.answer("0001", None, HAPPY, times=12)
    surveys.seal()

    card = queries.scorecard(db.session(), "0001")
    assert (card.commune.coverage, card.commune.range) == (None, None)
    assert card.commune.tally.valid == 12
    assert verify().equal


def test_the_province_reads_sealed_communes_without_rehearsals_annulled_and_feedback(linh_cang):
    for number in ("0002", "0003"):
        linh_cang.make(number, households={"Linh Cang": 76})
        linh_cang.answer(number, "Linh Cang", HAPPY, times=5)
    linh_cang.make("0004", purpose=Purpose.FEEDBACK)
    for number in ("0001", "0002", "0003", "0004"):
        linh_cang.seal(number)
    db.session().get(Survey, "0002").state = State.ANNULLED
    db.session().get(Survey, "0003").rehearsal = True
    db.session().commit()

    found = speaking.of_year(db.session(), linh_cang.province.path, 2026)

    (sealed,) = found[linh_cang.commune.id]
    assert (sealed.survey_id, sealed.households, sealed.phone_slips) == ("0001", 76, 61)
    assert not sealed.is_signed
    assert sealed.scorecard == queries.scorecard(db.session(), "0001").commune


def test_blank_slips_and_paper_are_no_valid_slips_by_phone(surveys):
    surveys.make(households={"Một": 40})
    surveys.answer("0001", "Một", {}, times=3)
    surveys.answer("0001", "Một", HAPPY, times=5, channel=Channel.PAPER_ENTRY)
    surveys.seal()

    (sealed,) = speaking.of_year(db.session(), "/", 2026)[surveys.commune.id]

    assert (sealed.scorecard.tally.answered, sealed.phone_slips) == (8, 0)


def test_a_survey_speaks_for_no_other_year_than_that_in_which_its_phones_closed(linh_cang):
    linh_cang.seal()

    assert speaking.of_year(db.session(), "/", 2025) == {}
    assert speaking.of_year(db.session(), "/", 2027) == {}
    assert speaking.newest(db.session(), linh_cang.commune.id) == "0001"


@pytest.mark.parametrize("fate", ["annulled", "rehearsal"])
def test_an_annulled_survey_and_a_rehearsal_never_speak_in_place_of_another(linh_cang, fate):
    linh_cang.make("0002", households={"Linh Cang": 76})
    for number in ("0001", "0002"):
        linh_cang.seal(number)
    first = speaking.instead_of(db.session(), fieldwork.survey(db.session(), "0001"))
    with db.transaction() as current:
        second = current.get_one(Survey, "0002")
        if fate == "annulled":
            second.state = State.ANNULLED
        else:
            second.rehearsal = True

    assert first == "0002"
    assert speaking.newest(db.session(), linh_cang.commune.id) == "0001"
    for number in ("0001", "0002"):
        assert speaking.instead_of(db.session(), fieldwork.survey(db.session(), number)) is None


def test_the_sealed_document_holds_no_count_of_a_village(surveys):
    surveys.make(households={"Một": 40, "Hai": 40})
    surveys.answer("0001", "Một", HAPPY, times=31)
    surveys.answer("0001", "Hai", HAPPY, times=23)
    surveys.answer("0001", "Hai", UNHAPPY, times=3)
    surveys.seal()

    document = db.session().scalars(select(Seal.document)).one()
    assert document["tally"]["valid"] == 57
    told = {"unit", "kind", "name", "old_unit", "printed", "households", "source", "as_of", "corrections"}
    assert all(line.keys() == told for line in document["frame"])
    assert document["tables"]["exact"].keys() == {"sha256"}
    assert all("exact" not in village for village in document["tables"]["staff"]["villages"])


def test_a_document_of_form_two_has_names_rule_book_tables_and_codes_beside_what_older_ones_have(surveys):
    surveys.make(households={"Một": 40})
    surveys.answer("0001", "Một", HAPPY)
    surveys.seal()

    document = db.session().scalars(select(Seal.document)).one()
    assert document["form"] == 2
    assert {"printed", "rulebook", "tables", "codes"} <= document.keys()
