"""What an upgrade writes for surveys that were there before it."""

from datetime import UTC, datetime

import flask_migrate
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from survey_app import db
from survey_app.fieldwork import frames
from survey_app.fieldwork import queries as surveys
from survey_app.rulebooks import pins
from tests.conftest import make_app

pytestmark = pytest.mark.both_engines

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
_UNIT = (
    "INSERT INTO units (id, code, level, kind, name, valid_from, parent_id, path, old_unit)"
    " VALUES (:id, :code, :level, :kind, :name, '2025-07-01', :parent, :path, :old)"
)
_SURVEY = (
    "INSERT INTO surveys (id, unit_id, instrument_id, purpose, rehearsal, confirmed, state, plan_number, aim, contact,"
    " opens_at, closes_at, cover_token, revision, created_at, created_by, published_at) VALUES"
    " (:id, 2, 1, 'decision', false, false, :state, '01/KH', '', 'Bà Hoa', :opens, :closes, :id, 1, :opens, 'operator', :published)"
)


@pytest.fixture
def empty_app(tmp_path, database_url):
    """The application on a database without any table."""
    made = make_app(tmp_path, database_url)
    with made.app_context():
        flask_migrate.downgrade(revision="base")
        yield made
        db.session().close()
        db.database.engine.dispose()


@pytest.fixture
def before(empty_app):
    """Upgrade to just before the migration of that name, and write a commune with two villages and a form."""

    def make(name):
        scripts = ScriptDirectory(empty_app.config["MIGRATIONS"]).walk_revisions()
        flask_migrate.upgrade(revision=next(one.down_revision for one in scripts if name in one.path))
        units = (
            (1, "98", "province", "tinh", "Thử", None, "/1/", ""),
            (2, "98001", "commune", "xa", "Mẫu", 1, "/1/2/", ""),
            (3, "98001001", "village", "thon", "Một", 2, "/1/2/3/", "Ia Cũ"),
            (4, "98001002", "village", "lang", "Hai", 2, "/1/2/4/", ""),
        )
        names = ("id", "code", "level", "kind", "name", "parent", "path", "old")
        with db.transaction() as current:
            for unit in units:
                current.execute(text(_UNIT), dict(zip(names, unit, strict=True)))
            current.execute(
                text(
                    "INSERT INTO instruments (id, key, version, document, revision, edited_by, edited_at, frozen_at, digest)"
                    " VALUES (1, 'thu', 1, :document, 1, 'operator', :now, :now, 'ff')"
                ),
                {"document": _FORM, "now": NOW},
            )

    return make


def write_survey(number, *, closes=NOW, published=NOW, state="sealed"):
    opens = datetime(2024, 1, 1, tzinfo=UTC)
    row = {"id": number, "state": state, "opens": opens, "closes": closes, "published": published}
    with db.transaction() as current:
        current.execute(text(_SURVEY), row)


def test_published_surveys_pin_what_their_papers_were_judged_by(before):
    before("pin_the_rule_book")
    write_survey("001")
    write_survey("002", closes=datetime(2024, 6, 1, tzinfo=UTC))
    write_survey("003", state="draft", published=None)
    with db.transaction() as current:
        current.execute(
            text(
                "INSERT INTO framework_versions (key, version, document, recorded_at, recorded_by)"
                " VALUES ('own', 2, :document, :now, 'user:1')"
            ),
            {"document": _BOOK, "now": NOW},
        )
        current.execute(text("INSERT INTO year_frameworks VALUES (1, 2026, 'own', 2)"))

    flask_migrate.upgrade()

    found = [surveys.pin_of(db.session().get(surveys.Survey, number)) for number in ("001", "002", "003")]
    chosen, default, draft = found
    assert (chosen.key, chosen.version, chosen.is_chosen) == ("own", 2, True)
    assert (default.key, default.is_chosen, draft) == ("ntm-nang-cao-2021-2025", False, None)
    assert pins.pinned(db.session(), chosen).framework.title["vi"] == "Bộ của tỉnh"
    assert pins.pinned(db.session(), default).framework.key == default.key


def test_units_of_surveys_that_are_sealed_keep_the_names_the_register_has_at_the_upgrade(before):
    before("keep_names_of_sealed_units")
    write_survey("001")
    write_survey("002", state="open")
    with db.transaction() as current:
        for survey, village in (("001", 3), ("001", 4), ("002", 3)):
            current.execute(
                text("INSERT INTO frames VALUES (:survey, :village, 40, 'Danh sách', '2026-05-01')"),
                {"survey": survey, "village": village},
            )
        current.execute(
            text("INSERT INTO seals VALUES ('001', :now, 'job', '{}', 'aa', 'bb', 'cc')"), {"now": NOW}
        )

    flask_migrate.upgrade()
    with db.transaction() as current:
        current.execute(text("UPDATE units SET name = 'Khác', kind = 'buon', old_unit = ''"))

    def printed(number):
        return [line.unit.full_name for line in frames.frame(db.session(), number)]

    assert printed("001") == ["Làng Hai", "Thôn Một (xã cũ Ia Cũ)"]
    assert printed("002") == ["Buôn Khác"]
    with pytest.raises(DBAPIError, match="never change"), db.transaction() as current:
        current.execute(text("UPDATE sealed_units SET name = 'Khác'"))


_FORM = "{}"
_BOOK = (
    '{"key": "own", "version": 2, "title": {"vi": "Bộ của tỉnh"}, "period_from": "2026-01-01",'
    ' "period_to": "2030-12-31", "demo": false, "requirements": [], "targets": []}'
)
