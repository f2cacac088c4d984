"""Rule books by version, the one in force, services and recognitions, on both databases."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from survey_app import db
from survey_app.audit import AuditEvent
from survey_app.criteria import framework_document
from survey_app.criteria.frameworks import Comparison, Source, Threshold
from survey_app.rulebooks import operations, queries
from survey_app.rulebooks.packaged import packaged

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
SHIPPED = "ntm-nang-cao-2021-2025"
DEMO = "mau-trinh-dien"


def shipped(key=SHIPPED):
    return next(book for book in packaged() if book.key == key)


def with_threshold(book, basis_points=9000):
    source = Source("99/QĐ-TTg", date(2026, 2, 15), "Điều 4")
    requirements = tuple(
        replace(one, threshold=Threshold(basis_points, Comparison.AT_LEAST, source))
        if one.kind == "pooled_rate"
        else one
        for one in book.requirements
    )
    return replace(book, requirements=requirements)


def record(book, actor="user:7"):
    with db.transaction() as current:
        return operations.record_framework(current, book, actor=actor, now=NOW)


def load():
    with db.transaction() as current:
        return operations.load_packaged(current, now=NOW)


def test_a_fresh_database_reports_against_the_shipped_rule_book_and_never_the_demonstration(place):
    book = queries.framework_for(db.session(), place.province.id, 2026)

    assert book.key == SHIPPED
    assert not book.demo


def test_no_shipped_rule_book_but_the_demonstration_sets_a_threshold():
    thresholds = [one.threshold for book in packaged() if not book.demo for one in book.requirements]

    assert thresholds
    assert set(thresholds) == {None}


def test_loading_twice_changes_nothing(app):
    first = load()
    second = load()

    assert [one.is_new for one in first] == [True] * len(first)
    assert [one.is_new for one in second] == [False] * len(first)
    assert [one.framework for one in second] == [one.framework for one in first]


def test_a_change_is_a_new_version_and_the_old_one_stays_readable(app):
    load()

    recorded = record(with_threshold(shipped()))

    before = shipped().version
    assert recorded.is_new
    assert recorded.framework.version == before + 1
    assert queries.version(db.session(), SHIPPED, before) == shipped()
    assert queries.version(db.session(), SHIPPED, before + 1) == recorded.framework


def test_recording_the_same_rules_again_makes_no_version(app):
    record(with_threshold(shipped()))

    again = record(with_threshold(shipped()))

    assert not again.is_new


def test_an_update_of_the_product_leaves_a_rule_book_that_the_province_continued(place):
    load()
    record(with_threshold(shipped()))

    load()

    assert queries.framework_for(db.session(), place.province.id, 2026).version == shipped().version + 1


def before_slips_were_named(book):
    """The rule book as the product shipped it when the number of valid slips by phone was not data yet."""
    requirements = tuple(replace(one, phone_slips=None) for one in book.requirements)
    return replace(book, version=1, requirements=requirements)


def test_a_version_of_an_earlier_product_on_record_gives_way_to_the_shipped_one(place):
    record(before_slips_were_named(shipped()), actor=queries.PACKAGE)

    in_force = queries.framework_for(db.session(), place.province.id, 2026)

    assert in_force == shipped()
    assert queries.version(db.session(), SHIPPED, 1).requirements[0].phone_slips is None


def test_a_rule_book_of_the_province_stays_in_force_though_the_product_ships_a_later_version(place):
    record(replace(before_slips_were_named(shipped()), title={"vi": "Của tỉnh"}))

    assert queries.framework_for(db.session(), place.province.id, 2026).title == {"vi": "Của tỉnh"}


def test_a_new_file_has_to_name_how_many_valid_slips_by_phone_the_event_needs():
    document = framework_document.dump(before_slips_were_named(shipped()))

    with pytest.raises(operations.BadFramework) as refused:
        operations.read_file(json.dumps(document).encode())

    assert {problem.code for problem in refused.value.problems} == {"event_needs_phone_slips"}


def test_a_year_keeps_the_version_chosen_until_it_is_chosen_again(place):
    load()
    with db.transaction() as current:
        operations.use_framework(current, place.province.id, 2026, SHIPPED, actor="user:7", now=NOW)
    record(with_threshold(shipped()))

    in_force = queries.in_force(db.session(), place.province.id, 2026)

    assert in_force.is_chosen
    version = shipped().version
    assert (in_force.framework.version, in_force.newer_version) == (version, version + 1)


def test_each_year_has_its_own_choice(place):
    with db.transaction() as current:
        operations.use_framework(current, place.province.id, 2026, DEMO, actor="user:7", now=NOW)

    assert queries.framework_for(db.session(), place.province.id, 2026).key == DEMO
    assert queries.framework_for(db.session(), place.province.id, 2025).key == SHIPPED


def test_the_default_is_a_rule_book_whose_period_covers_the_year(place):
    newer = replace(shipped(), key="xa-2026", period_from=date(2026, 2, 15), period_to=date(2030, 12, 31))
    record(newer)

    assert queries.framework_for(db.session(), place.province.id, 2024).key == SHIPPED
    assert queries.framework_for(db.session(), place.province.id, 2026).key == "xa-2026"
    assert queries.framework_for(db.session(), place.province.id, 2031).key == "xa-2026"


def test_an_unknown_rule_book_cannot_be_used(place):
    with pytest.raises(queries.FrameworkNotFound), db.transaction() as current:
        operations.use_framework(current, place.province.id, 2026, "khong-co", actor="user:7", now=NOW)


def test_a_file_with_mistakes_tells_all_of_them():
    document = framework_document.dump(with_threshold(shipped()))
    document["requirements"][2]["threshold"]["source"]["article"] = ""
    document["requirements"][1]["kind"] = "beauty"
    document["treshold"] = 1

    with pytest.raises(operations.BadFramework) as refused:
        operations.read_file(json.dumps(document).encode())

    assert {problem.code for problem in refused.value.problems} == {
        "source_needs_number_date_and_article",
        "unknown_value",
        "unknown_field",
    }


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"{", b"[" * 100_000], ids=["empty", "binary", "cut", "deep"]
)
def test_a_file_that_is_no_json_is_refused_in_words(content):
    with pytest.raises(operations.BadFramework):
        operations.read_file(content)


def test_services_are_replaced_as_a_whole_and_a_note_is_needed(place):
    unit_id = place.commune.id

    def tick(notes):
        with db.transaction() as current:
            operations.tick_services(current, unit_id, 2026, notes, actor="user:7", now=NOW)

    tick({"health": "Trạm y tế", "culture": "Zalo"})
    tick({"culture": "Zalo", "security": "VNeID"})
    with pytest.raises(operations.NoteMissing):
        tick({"health": " "})

    found = queries.service_ticks(db.session(), place.province.path, 2026)
    assert [(one.service, one.note) for one in found[unit_id]] == [("security", "VNeID"), ("culture", "Zalo")]
    assert queries.service_ticks(db.session(), place.province.path, 2025) == {}


def test_a_recognition_is_noted_counted_and_taken_off_with_a_trace(place):
    unit_id, path = place.commune.id, place.province.path
    with db.transaction() as current:
        operations.record_recognition(
            current,
            unit_id,
            "8.4",
            decision_number="12/QĐ-UBND",
            decided_on=date(2024, 5, 6),
            actor="user:7",
            now=NOW,
        )

    held = queries.earlier(db.session(), path, 2026, "8.4")[unit_id]
    with db.transaction() as current:
        operations.remove_recognition(
            current, unit_id, "8.4", 2024, decision_number="12/QĐ-UBND", actor="user:7", now=NOW
        )

    assert (held.decision_number, held.decided_on) == ("12/QĐ-UBND", date(2024, 5, 6))
    assert queries.earlier(db.session(), path, 2026, "8.4") == {}
    acts = db.session().query(AuditEvent).order_by(AuditEvent.id).all()
    assert [event.act for event in acts] == ["rulebooks.recognise", "rulebooks.remove_recognition"]
    with pytest.raises(operations.RecognitionNotFound), db.transaction() as current:
        operations.remove_recognition(
            current, unit_id, "8.4", 2024, decision_number="12/QĐ-UBND", actor="user:7", now=NOW
        )


def test_the_commands_load_import_and_use_a_rule_book(place, app, tmp_path):
    file = tmp_path / "khung.json"
    file.write_text(json.dumps(framework_document.dump(with_threshold(shipped()))), encoding="utf-8")
    run = app.test_cli_runner().invoke

    loaded = json.loads(run(args=["rulebooks", "load", "--json"]).stdout)
    imported = json.loads(run(args=["rulebooks", "import", str(file), "--json"]).stdout)
    used = run(args=["rulebooks", "use", "--unit", "52", "--year", "2026", "--framework", SHIPPED, "--json"])

    assert {one["key"] for one in loaded["frameworks"]} == {book.key for book in packaged()}
    version = shipped().version + 1
    assert imported == {"frameworks": [{"key": SHIPPED, "version": version, "new": True}]}
    assert json.loads(used.stdout) == {"unit": "52", "year": 2026, "framework": SHIPPED, "version": version}


def test_a_refused_command_says_why_and_prints_no_json(place, app, tmp_path):
    file = tmp_path / "khung.json"
    file.write_text('{"key": "x"}', encoding="utf-8")

    run = app.test_cli_runner().invoke(args=["rulebooks", "import", str(file), "--json"])

    assert run.exit_code == 1
    assert run.stdout == ""
    assert len(run.stderr.splitlines()) > 2
