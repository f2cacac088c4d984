"""The ground floor: settings, keys, the database, errors, who may open what, headers, files and counting of failures."""

import re
import sqlite3
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import flask_migrate
import pytest
from sqlalchemy import Integer, insert, select, text, update

from survey_app import access, audit, db, errors, files, jobs, throttle
from survey_app.access import Identity, Role
from survey_app.config import DayOff, SettingsFault, VillageKind, load_settings
from survey_app.errors import DomainError
from survey_app.keys import KeyMissing, KeyStore
from survey_app.throttle import Failure
from survey_app.units import kinds
from tests.readers import words

pytestmark = pytest.mark.both_engines

NOW = datetime(2026, 6, 1, 2, 0, 30, tzinfo=UTC)


# Settings


def test_settings_of_the_file_give_way_to_the_environment(tmp_path, monkeypatch):
    (tmp_path / "settings.toml").write_text(
        'counting_days = 7\npublic_url = "https://a.vn/"\nhttps = true\n', "utf-8"
    )
    monkeypatch.setenv("COUNTING_DAYS", "3")

    settings = load_settings(tmp_path)

    assert (settings.counting_days, settings.public_url, settings.https, settings.spare_percent) == (
        3,
        "https://a.vn",
        True,
        5,
    )


def test_days_off_are_read_in_order_with_the_document_that_says_so(tmp_path):
    (tmp_path / "settings.toml").write_text(
        '[[days_off]]\nday = 2026-09-02\nsource = "TB 9"\n[[days_off]]\nday = 2026-04-30\nsource = " TB 4 "\n',
        "utf-8",
    )

    days_off = load_settings(tmp_path).days_off

    assert days_off == (DayOff(date(2026, 4, 30), "TB 4"), DayOff(date(2026, 9, 2), "TB 9"))


@pytest.mark.parametrize(
    "written",
    ["day = 2026-09-02", 'source = "TB 9"', 'day = 2026-09-02\nsource = " "', 'day = "2/9"\nsource = "TB 9"'],
)
def test_a_day_off_without_its_document_stops_the_start(tmp_path, written):
    (tmp_path / "settings.toml").write_text(f"[[days_off]]\n{written}\n", "utf-8")

    with pytest.raises(ValueError, match="day off"):
        load_settings(tmp_path)


def test_kinds_of_village_are_added_by_key_word_and_shorter_forms(tmp_path):
    (tmp_path / "settings.toml").write_text(
        '[[village_kinds]]\nkind = "trai"\nword = " Trại "\nalso = ["Tr"]\n'
        '[[village_kinds]]\nkind = "khu_tap_the"\nword = "Khu tập thể"\n',
        "utf-8",
    )

    added = load_settings(tmp_path).village_kinds

    assert added == (VillageKind("trai", "Trại", ("Tr",)), VillageKind("khu_tap_the", "Khu tập thể"))


@pytest.mark.parametrize(
    "written",
    [
        'kind = "trai"', 'word = "Trại"', 'kind = "Trại"\nword = "Trại"', 'kind = "trai"\nword = " "',
        'kind = "trai"\nword = "Trại"\nalso = "Tr"', 'kind = "trai"\nword = "Trại"\nalso = [""]',
    ],
)  # fmt: skip
def test_a_kind_of_village_that_lacks_something_stops_the_start(tmp_path, written):
    (tmp_path / "settings.toml").write_text(f"[[village_kinds]]\n{written}\n", "utf-8")

    with pytest.raises(ValueError, match="kind of village"):
        load_settings(tmp_path)


def test_a_kind_that_the_register_has_is_not_added_again(tmp_path):
    (tmp_path / "settings.toml").write_text('[[village_kinds]]\nkind = "lang"\nword = "Lang"\n', "utf-8")

    with pytest.raises(SettingsFault, match="register already"):
        kinds.refuse_taken(load_settings(tmp_path).village_kinds)


def test_without_settings_everything_lies_in_the_instance_folder(tmp_path):
    settings = load_settings(tmp_path)

    assert settings.database_url == f"sqlite:///{tmp_path}/survey.sqlite3"
    assert settings.key_dir == tmp_path / "keys"


def test_a_setting_that_is_neither_yes_nor_no_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("HTTPS", "perhaps")

    with pytest.raises(ValueError, match="perhaps"):
        load_settings(tmp_path)


# Keys


def test_keys_are_readable_by_the_service_alone(tmp_path):
    store = KeyStore(tmp_path / "keys")
    store.create("session")
    store.create("signing")
    store.ensure_pepper("0001")

    modes = {stat.S_IMODE(path.stat().st_mode) for path in store.folder.rglob("*") if path.is_file()}
    folders = {stat.S_IMODE(path.stat().st_mode) for path in (store.folder, store.folder / "peppers")}

    assert (modes, folders) == ({0o600}, {0o700})
    assert sorted(path.name for path in store.folder.rglob("*") if path.is_file()) == [
        "0001",
        "session",
        "signing",
    ]


def test_a_pepper_is_made_once_and_never_replaced(tmp_path):
    store = KeyStore(tmp_path)
    store.ensure_pepper("0001")
    first = store.pepper("0001")

    store.ensure_pepper("0001")

    assert store.pepper("0001") == first


def test_a_missing_pepper_is_never_made_by_reading(tmp_path):
    with pytest.raises(KeyMissing):
        KeyStore(tmp_path).pepper("0001")


@pytest.mark.parametrize("number", ["../session", "", "a/b", ".", "00 1"])
def test_a_pepper_has_no_path_of_its_own_choice(tmp_path, number):
    with pytest.raises(ValueError, match="letters and digits"):
        KeyStore(tmp_path).pepper(number)


def test_threads_that_race_for_a_new_pepper_all_get_the_same(tmp_path):
    ready = threading.Barrier(8)

    def make(_number):
        ready.wait(timeout=120)
        return KeyStore(tmp_path).ensure_pepper("0001")

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(make, range(8)))) == 1


@pytest.mark.parametrize("name", ["session_secret", "signing_key"])
def test_no_key_of_the_service_is_made_by_asking_for_it(tmp_path, name):
    store = KeyStore(tmp_path)

    with pytest.raises(KeyMissing):
        getattr(store, name)()

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["session", "signing"])
def test_a_key_of_the_service_never_takes_the_place_of_another(tmp_path, name):
    store = KeyStore(tmp_path)
    store.create(name)
    before = (tmp_path / name).read_bytes()

    with pytest.raises(FileExistsError):
        store.create(name)

    assert (tmp_path / name).read_bytes() == before


# Database


def test_a_transaction_that_raises_leaves_nothing(app):
    def fail():
        with db.transaction() as current:
            throttle.record_failure(current, "k", NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert db.session().scalars(select(Failure)).all() == []


def test_a_row_is_held_in_a_transaction_and_never_by_the_way(app):
    with pytest.raises(RuntimeError, match="in a transaction"):
        db.hold(db.session(), Failure, ("k", NOW))


def test_a_held_row_is_the_row_as_it_is_now_whatever_was_read_of_it_before(app):
    with db.transaction() as current:
        throttle.record_failure(current, "k", NOW)

    with db.transaction() as current:
        read = current.scalars(select(Failure)).one()
        current.execute(update(Failure).values(failures=5).execution_options(synchronize_session=False))
        held = db.hold(current, Failure, (read.key, read.minute))

        assert held is read
        assert held.failures == 5
        assert db.hold(current, Failure, ("none", read.minute)) is None


def test_who_holds_a_row_second_waits_for_the_first_and_finds_what_was_written(app):
    with db.transaction() as current:
        throttle.record_failure(current, "k", NOW)
        minute = current.scalars(select(Failure.minute)).one()

    def count_up(_turn):
        with app.app_context(), db.transaction() as writing:
            row = db.hold(writing, Failure, ("k", minute))
            row.failures += 1

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(count_up, range(24)))

    assert db.session().scalars(select(Failure.failures)).one() == 25


def test_a_moment_comes_back_as_it_went_in_and_a_naive_one_is_refused(app):
    with db.transaction() as current:
        current.add(Failure(key="k", minute=NOW, failures=1))

    assert db.session().scalars(select(Failure.minute)).one() == NOW
    with pytest.raises(Exception, match="naive"), db.transaction() as current:
        current.add(Failure(key="n", minute=NOW.replace(tzinfo=None), failures=1))


def test_sqlite_commits_to_the_disk_and_erases_what_is_deleted(app):
    current = db.session()
    if current.get_bind().dialect.name != "sqlite":
        return

    settings = {name: current.execute(text(f"PRAGMA {name}")).scalar() for name in
                ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "recursive_triggers")}  # fmt: skip

    assert settings == {
        "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "recursive_triggers": 1,
    }  # fmt: skip


def test_sqlite_replaces_no_row_of_a_guarded_table(app):
    if db.database.engine.dialect.name != "sqlite":
        return
    guarded = "SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'trigger'"
    borrowed = db.database.engine.raw_connection()
    connection = borrowed.cursor()
    # The rows belong to nothing: what is asked here is what the triggers say.
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.execute("PRAGMA ignore_check_constraints=ON")
    tables = sorted(name for (name,) in connection.execute(guarded).fetchall())
    tables.sort(key="seals".__eq__)
    kept = {}
    for name in tables:
        row = any_row(db.Base.metadata.tables[name], "0A1" if name in {"seals", "second_keyings"} else "0A2")
        places = ", ".join("?" * len(row))
        connection.execute(f"INSERT INTO {name} ({', '.join(row)}) VALUES ({places})", tuple(row.values()))
        kept[name] = connection.execute(f"SELECT * FROM {name}").fetchall()

    refused = {}
    for name in tables:
        with pytest.raises(sqlite3.IntegrityError) as refusal:
            connection.execute(f"INSERT OR REPLACE INTO {name} SELECT * FROM {name}")
        refused[name] = str(refusal.value)

    assert {
        "audit_events",
        "retained_leaves",
        "paper_comparisons",
        "data_request_answers",
        "postings",
    } <= kept.keys()
    assert all(
        "never change" in words or "sealed" in words or "frozen" in words for words in refused.values()
    )
    assert {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in tables} == kept
    borrowed.invalidate()


def any_row(table, survey):
    """Something in every column; a moment, where there is one, is set."""
    return {
        column.name: survey if column.name == "survey_id" else 1 if isinstance(column.type, Integer) else "x"
        for column in table.columns
    }


def test_writers_in_threads_wait_for_each_other_and_lose_nothing(app):
    def write(_number):
        with app.app_context(), db.transaction() as current:
            current.scalars(select(Failure)).all()
            throttle.record_failure(current, "k", NOW)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))

    assert db.session().scalars(select(Failure.failures)).one() == 40


# Health


def test_a_sound_installation_is_healthy(client):
    reply = client.get("/healthz")

    assert (reply.status_code, reply.json["status"]) == (200, "ok")


def test_pending_migrations_are_a_fault_with_its_name(client):
    flask_migrate.downgrade(revision="0001")

    reply = client.get("/healthz")

    assert reply.status_code == 503
    assert reply.json["reasons"] == ["migrations pending"]


def test_connections_that_the_server_ended_are_replaced_before_a_request_gets_one(client, request):
    assert client.get("/healthz").status_code == 200
    db.session().rollback()
    if db.database.engine.dialect.name == "postgresql":
        with request.getfixturevalue("cluster").admin() as connection:
            ended = connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s",
                [db.database.engine.url.database],
            ).fetchall()
        assert ended

    assert client.get("/healthz").status_code == 200


@pytest.mark.both_engines
def test_what_was_begun_to_write_is_gone_on_with_once_and_holds_nobody_up(app):
    db.begin_to_write()
    begun = db.session().connection().connection.driver_connection
    with db.database.engine.begin() as another:
        another.execute(insert(Failure), {"key": "k", "minute": NOW.replace(second=0), "failures": 1})

    with db.transaction() as current:
        assert throttle.is_blocked(current, "k", NOW, limit=1)
        if current.get_bind().dialect.name == "postgresql":
            assert current.connection().connection.driver_connection is begun

    with db.transaction() as current:
        throttle.record_failure(current, "other", NOW)
        current.rollback()
    assert not throttle.is_blocked(db.reading(), "other", NOW, limit=1)


def test_a_transaction_that_follows_reading_can_still_be_taken_back(app):
    db.reading().execute(text("SELECT 1"))

    with db.transaction() as current:
        throttle.record_failure(current, "k", NOW)
        current.rollback()

    assert not throttle.is_blocked(db.reading(), "k", NOW, limit=1)


def test_a_database_that_is_away_is_a_fault_and_no_page_of_ours_crashes(client, database_away):
    with database_away():
        health, page = client.get("/healthz"), client.get("/g/abc")

    assert (health.status_code, page.status_code) == (503, 503)
    assert "Retry-After" in page.headers
    assert client.get("/healthz").status_code == 200


# Who may open what


@pytest.fixture
def doors(own_app):
    """An application with a view for officers of the commune, and one that forgot its rule."""

    @access.roles(Role.COMMUNE)
    def ruled():
        return "<html lang=vi><title>t</title><h1>h</h1></html>"

    own_app.add_url_rule("/can-bo/ruled", view_func=ruled)
    own_app.add_url_rule("/can-bo/forgotten", view_func=lambda: "x", endpoint="forgotten")
    own_app.add_url_rule("/api/ruled", view_func=ruled, endpoint="machine")
    return own_app


@pytest.fixture
def caller(own_app):
    """A client of the application with more pages."""
    return own_app.test_client()


def enter(app, role):
    access.supply_identity(app, lambda: Identity(1, "Bà An", role, 1, "/1/"))


def test_a_signed_out_person_is_led_to_the_sign_in_and_back(doors, caller):
    reply = caller.get("/can-bo/ruled?a=1")

    assert (reply.status_code, reply.location) == (302, "/dang-nhap?next=/can-bo/ruled%3Fa%3D1")


def test_a_signed_out_program_gets_401(doors, caller):
    assert caller.get("/api/ruled").status_code == 401


@pytest.mark.parametrize("role", list(Role))
def test_only_the_named_role_opens_the_page_and_nobody_one_without_a_rule(doors, caller, role):
    enter(doors, role)

    assert caller.get("/can-bo/ruled").status_code == (200 if role is Role.COMMUNE else 403)
    assert caller.get("/can-bo/forgotten").status_code == 403


def test_a_subtree_does_not_cover_units_whose_number_begins_alike():
    person = Identity(1, "An", Role.COMMUNE, 24, "/1/24/")

    assert person.covers("/1/24/")
    assert person.covers("/1/24/7/")
    assert not person.covers("/1/")
    assert not person.covers("/1/240/")


def test_respondents_pages_never_ask_who_is_signed_in(app, client):
    def fail():
        raise AssertionError("the public side asked for an identity")

    access.supply_identity(app, fail)

    for path in ("/k", "/K", "/kiem-tra", "/g/abc", "/k/abc", "/ket-qua/0001"):
        assert client.get(path).status_code in {200, 404, 422}


# Headers


@pytest.mark.parametrize(
    "path", ["/", "/k", "/kiem-tra", "/dang-nhap", "/healthz", "/nothing", "/api/v1/openapi.json"]
)
def test_every_reply_carries_the_strict_headers(client, path):
    headers = client.get(path).headers

    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == ("no-referrer" if path in {"/k", "/kiem-tra"} else "same-origin")
    assert headers["Cache-Control"] == "no-store"


# Errors


def test_a_crash_shows_nothing_of_the_inside(own_app, caller):
    own_app.testing = False

    @access.public
    def crash():
        raise RuntimeError("secret inside")

    own_app.add_url_rule("/crash", view_func=crash)
    own_app.add_url_rule("/api/crash", view_func=crash, endpoint="crash_api")

    page, machine = caller.get("/crash"), caller.get("/api/crash")

    assert (page.status_code, machine.status_code) == (500, 500)
    assert "secret" not in page.text + machine.text
    assert machine.json["keep"] is True


def test_a_refusal_is_a_page_for_people_and_json_for_programs(own_app, caller):
    class Closed(DomainError):
        code, status = "da-dong", 410

    @access.public
    def refuse():
        raise Closed("Đã đóng <b>")

    own_app.add_url_rule("/refuse", view_func=refuse)
    own_app.add_url_rule("/api/refuse", view_func=refuse, endpoint="refuse_api")

    page, machine = caller.get("/refuse"), caller.get("/api/refuse")

    assert (page.status_code, "Đã đóng &lt;b&gt;" in page.text) == (410, True)
    assert machine.json == {"error": "da-dong", "message": "Đã đóng <b>", "keep": False}


def test_a_value_that_no_column_holds_is_the_senders_mistake(own_app, caller):
    @access.public
    def look():
        statement = text("SELECT key FROM throttle_failures WHERE key = :key")
        db.session().execute(statement, {"key": "a\0b"}).all()
        return "", 204

    own_app.add_url_rule("/look", view_func=look)

    assert caller.get("/look").status_code in {204, 400}


def test_what_says_that_the_database_is_away_is_not_what_says_that_a_value_is_wrong():
    assert errors.DataError not in errors.DATABASE_AWAY
    assert errors.OperationalError in errors.DATABASE_AWAY


# Languages


def test_pages_are_vietnamese_unless_the_reader_chose(client):
    assert 'lang="vi"' in client.get("/").text
    assert 'lang="en"' in client.get("/?lang=en").text
    assert 'lang="vi"' in client.get("/", headers={"Accept-Language": "fr"}).text


# Counting of failures


def test_the_tenth_failure_of_a_minute_blocks_until_the_minute_is_over(app):
    with db.transaction() as current:
        for _time in range(9):
            throttle.record_failure(current, "k", NOW)
        before = throttle.is_blocked(current, "k", NOW, limit=10)
        throttle.record_failure(current, "k", NOW)
        blocked = throttle.is_blocked(current, "k", NOW + timedelta(seconds=29), limit=10)
        after = throttle.is_blocked(current, "k", NOW + timedelta(seconds=30), limit=10)

    assert (before, blocked, after) == (False, True, False)


def test_failures_counted_under_a_clock_that_was_put_back_shut_nobody_out(app):
    with db.transaction() as current:
        for _time in range(10):
            throttle.record_failure(current, "k", NOW + timedelta(hours=2))

        assert throttle.is_blocked(current, "k", NOW + timedelta(hours=2), limit=10)
        assert not throttle.is_blocked(current, "k", NOW, limit=10, minutes=15)


def test_failures_of_days_to_come_are_forgotten(app):
    with db.transaction() as current:
        throttle.record_failure(current, "k", NOW + timedelta(days=60))
        throttle.count_of_day(current, "day", NOW)

    jobs.run_due(NOW)

    assert db.session().scalars(select(Failure.key)).all() == ["day"]


def test_of_a_thousand_guesses_in_a_minute_at_least_990_are_refused_and_the_village_waits_a_minute_at_most(
    app,
):
    refused = 0
    with db.transaction() as current:
        for number in range(1000):
            moment = NOW.replace(second=0) + timedelta(milliseconds=59 * number)
            if throttle.is_blocked(current, "k", moment, limit=10):
                refused += 1
            else:
                throttle.record_failure(current, "k", moment)
        waiting = throttle.is_blocked(current, "k", NOW.replace(second=0) + timedelta(seconds=60), limit=10)

    assert refused >= 990
    assert not waiting


def test_failures_of_another_subject_do_not_count(app):
    with db.transaction() as current:
        for _time in range(20):
            throttle.record_failure(current, "k", NOW)

        assert not throttle.is_blocked(current, "other", NOW, limit=10)


def test_the_key_of_an_address_shows_no_address_and_changes_daily(app):
    first = throttle.subject_key("code", "203.0.113.7", NOW)

    assert "203.0.113" not in first
    assert first == throttle.subject_key("code", "203.0.113.7", NOW + timedelta(hours=2))
    assert first != throttle.subject_key("code", "203.0.113.7", NOW + timedelta(days=1))
    assert first != throttle.subject_key("sign-in", "203.0.113.7", NOW)


def test_failures_are_forgotten_after_an_hour(app):
    with db.transaction() as current:
        throttle.record_failure(current, "k", NOW)

    jobs.run_due(NOW + timedelta(hours=1, minutes=2))

    assert db.session().scalars(select(Failure)).all() == []


# The minute job


def test_one_failing_job_stops_no_other_and_how_each_ended_is_kept(app):
    def break_off(_now):
        db.session().execute(text("SELECT 1"))
        raise ZeroDivisionError("what is stored")

    app.extensions["jobs"] = {"first": lambda _now: 1, "bad": break_off, "last": lambda _now: 3}
    jobs.run_due(NOW - timedelta(minutes=1))
    app.extensions["jobs"]["bad"] = lambda _now: 2
    jobs.run_due(NOW)
    app.extensions["jobs"]["bad"] = break_off

    done = jobs.run_due(NOW + timedelta(minutes=1))

    assert (done["first"], done["last"]) == (1, 3)
    assert done["bad"].reason.startswith("ZeroDivisionError in ")
    assert "stored" not in done["bad"].reason
    kept = {run.name: run for run in jobs.last_runs(db.session())}
    assert kept.keys() == {"first", "bad", "last"}
    assert (kept["bad"].succeeded_at, kept["bad"].failed_at) == (NOW, NOW + timedelta(minutes=1))
    assert kept["bad"].failure == done["bad"].reason
    assert (kept["last"].succeeded_at, kept["last"].failed_at) == (NOW + timedelta(minutes=1), None)


def test_no_job_of_the_application_fails_on_an_empty_database(app):
    done = jobs.run_due(NOW)

    assert [name for name, result in done.items() if isinstance(result, jobs.Failed)] == []
    assert {run.name for run in jobs.last_runs(db.session())} == set(done)


# Files


@pytest.mark.parametrize(
    ("typed", "safe"),
    [("../../etc/passwd", "etc-passwd"), ('a"b\r\nX: y', "a-b-X-y"), ("Phiếu Đak Pơ.pdf", "Phieu-Dak-Po.pdf"),
     ("…", "tep"), ("", "tep"), ("=cmd|' /C calc'!A0.csv", "cmd-C-calc-A0.csv")],
)  # fmt: skip
def test_a_file_leaves_with_a_plain_name(app, typed, safe):
    with app.test_request_context():
        header = files.download(b"", typed, files.CSV).headers["Content-Disposition"]

    assert header == f"attachment; filename={safe}.csv"


@pytest.mark.parametrize("form", files.TABLES.values(), ids=list(files.TABLES))
def test_every_format_of_tables_holds_every_table(form):
    written = form.write({"Bảng một": [("Xã", "Số hộ"), ("Ia Mơ", 76)], "Bảng hai": [("=1+1",)]})

    read = words(written if isinstance(written, bytes) else b"".join(written))

    assert [part for part in ("Xã", "Ia Mơ", "76", "=1+1") if part not in read] == []


@pytest.mark.parametrize("form", files.TABLES.values(), ids=list(files.TABLES))
def test_the_audit_log_says_in_words_in_which_format_a_table_left(app, form):
    with app.test_request_context("/"):
        assert audit.value_name("form", form.suffix) == f"tệp {form.name}"


def test_every_file_of_tables_can_be_had_in_every_format(app):
    offered = {
        rule.endpoint: rule for rule in app.url_map.iter_rules() if rule.rule.endswith(files.TABLE_SUFFIX)
    }
    of_one = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.rule.endswith(tuple(f".{name}" for name in files.TABLES))
    }

    assert set(offered) == {"results.file", "reporting.board", "units.template_file"}
    # The format of open data is CSV for programs; a list is filled in as a workbook.
    assert of_one == {
        *("public_results.table", "public_results.year_file"),
        *("plan_targets.figure_form", "plan_targets.several_form"),
    }


def test_the_table_of_formats_alone_names_what_files_are():
    ours = Path(files.__file__).parent
    naming = sorted(
        str(path.relative_to(ours))
        for path in ours.rglob("*.py")
        if path.name != "files.py"
        and re.search(
            r"content_type=\"|mimetype=\"|text/csv|spreadsheetml|application/zip|Content-Disposition|send_file",
            path.read_text(encoding="utf-8"),
        )
    )

    assert naming == []


def test_cells_that_a_spreadsheet_would_run_are_text_and_numbers_stay_numbers():
    rows = b"".join(files.csv_rows([["=1+1", "+84", "-5", "@x", "\tx", "\rx", -5, None, "a;b"]])).decode(
        "utf-8-sig"
    )

    assert rows.rstrip("\r\n").replace("\r", "\\r") == "'=1+1,'+84,'-5,'@x,'\tx,\"'\\rx\",-5,,a;b"


def test_a_printed_document_never_fetches_anything(tmp_path):
    secret = Path(tmp_path / "secret.txt")
    secret.write_text("geheim", encoding="utf-8")

    printed = files.pdf(
        f'<p>x</p><img src="file://{secret}"><link rel="stylesheet" href="http://127.0.0.1:9/x.css">'
    )

    assert printed.startswith(b"%PDF")
    assert b"geheim" not in printed
