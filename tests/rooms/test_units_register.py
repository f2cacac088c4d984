"""The register of units: Gia Lai before and after 1 July 2025, on both databases."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from survey_app import db
from survey_app.access import Identity, Role
from survey_app.units import operations, queries, register
from survey_app.units.models import Level, Succession, Unit
from survey_app.units.tables import BadFile

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
TODAY = date(2026, 6, 1)
LAST_OLD_DAY = date(2025, 6, 30)
FIRST_NEW_DAY = date(2025, 7, 1)
HEADING = "code,province_code,type,name"


@pytest.fixture
def session(app):
    with db.transaction() as current:
        operations.import_register(current, now=NOW)
    return db.session()


def communes_on(session, day):
    return session.scalars(select(Unit).where(Unit.level == Level.COMMUNE, queries.in_force(day))).all()


def test_gia_lai_has_135_units_since_the_reform_and_had_373_before(session):
    kinds_now = [unit.kind for unit in communes_on(session, FIRST_NEW_DAY)]

    assert (len(kinds_now), kinds_now.count("xa"), kinds_now.count("phuong")) == (135, 110, 25)
    assert len(communes_on(session, LAST_OLD_DAY)) == 373
    assert session.scalar(select(func.count()).where(Unit.level == Level.DISTRICT)) == 28


def test_every_old_unit_has_a_successor_and_every_new_one_a_predecessor(session):
    pairs = session.execute(select(Succession.old_unit_id, Succession.new_unit_id)).all()

    assert len(pairs) == 376
    assert {old for old, _new in pairs} == {unit.id for unit in communes_on(session, LAST_OLD_DAY)}
    assert {new for _old, new in pairs} == {unit.id for unit in communes_on(session, FIRST_NEW_DAY)}


@pytest.mark.parametrize("code", ["21634", "21997", "22000"])
def test_a_split_unit_passed_in_part_into_two(session, code):
    old = queries.unit_by_code(session, code, LAST_OLD_DAY)

    passages = queries.successors(session, old.id)

    assert [passage.how for passage in passages] == ["part", "part"]


def test_only_three_units_were_split(session):
    split = (
        select(Succession.old_unit_id)
        .group_by(Succession.old_unit_id)
        .having(func.count(Succession.new_unit_id) > 1)
    )

    codes = session.scalars(select(Unit.code).where(Unit.id.in_(split)).order_by(Unit.code)).all()

    assert codes == ["21634", "21997", "22000"]


@pytest.mark.parametrize(
    ("code", "day", "name"),
    [
        ("21859", LAST_OLD_DAY, "Xã Cát Minh"),
        ("21859", FIRST_NEW_DAY, "Xã Đề Gi"),
        ("52", LAST_OLD_DAY, "Tỉnh Bình Định"),
        ("52", FIRST_NEW_DAY, "Tỉnh Gia Lai"),
        ("64", LAST_OLD_DAY, "Tỉnh Gia Lai"),
        ("23938", LAST_OLD_DAY, "Xã Ia Mơ"),
        ("23938", FIRST_NEW_DAY, "Xã Ia Mơ"),
    ],
)
def test_a_code_means_what_it_meant_on_that_day(session, code, day, name):
    assert queries.unit_by_code(session, code, day).full_name == name


def test_a_code_out_of_force_means_nothing(session):
    with pytest.raises(queries.UnitNotFound):
        queries.unit_by_code(session, "64", FIRST_NEW_DAY)


def test_an_unchanged_commune_is_a_new_row_in_the_new_province(session):
    old, new = (queries.unit_by_code(session, "23938", day) for day in (LAST_OLD_DAY, FIRST_NEW_DAY))

    assert old.id != new.id
    assert [(passage.unit.id, passage.how) for passage in queries.predecessors(session, new.id)] == [
        (old.id, "unchanged")
    ]
    assert queries.province_of(session, new).code == "52"
    assert queries.province_of(session, old).code == "64"


def test_communes_of_the_province_come_by_name_and_without_old_ones(session):
    province = queries.unit_by_code(session, "52", TODAY)

    found = queries.communes(session, province.path, TODAY)

    assert len(found) == 135
    assert all(commune.valid_to is None and commune.parent_id == province.id for commune in found)


def test_importing_again_changes_nothing(session):
    with db.transaction() as current:
        done = operations.import_register(current, now=NOW)

    assert (done.added, done.changed, done.successions) == (0, 0, 0)


def test_a_unit_outside_the_own_subtree_is_absent(session):
    own = queries.unit_by_code(session, "23938", TODAY)
    officer = Identity(1, "Cán bộ", Role.COMMUNE, own.id, own.path)

    assert queries.scoped_unit(session, "23938", officer, TODAY) == own
    with pytest.raises(queries.UnitNotFound):
        queries.scoped_unit(session, "21859", officer, TODAY)


def test_a_units_file_of_another_province_makes_its_province(session):
    content = f"{HEADING}\n00004,01,phuong,Ba Đình\n".encode()

    with db.transaction() as current:
        operations.import_register(current, register.read_file(content, "ha-noi.csv"), now=NOW)

    added = queries.unit_by_code(session, "00004", TODAY)
    assert added.full_name == "Phường Ba Đình"
    assert queries.province_of(session, added).full_name == "Thành phố Hà Nội"


def test_a_units_file_corrects_a_name(session):
    content = f"{HEADING}\n23938,52,xa,Ia Mơr\n".encode()

    with db.transaction() as current:
        done = operations.import_register(current, register.read_file(content, "f.csv"), now=NOW)

    assert (done.added, done.changed) == (0, 1)
    assert queries.unit_by_code(session, "23938", TODAY).name == "Ia Mơr"


def test_a_unit_cannot_move_to_another_province_by_a_file(session):
    content = f"{HEADING}\n23938,01,xa,Ia Mơ\n".encode()

    with pytest.raises(operations.UnitElsewhere), db.transaction() as current:
        operations.import_register(current, register.read_file(content, "f.csv"), now=NOW)

    assert queries.province_of(session, queries.unit_by_code(session, "23938", TODAY)).code == "52"


def test_every_wrong_row_of_a_units_file_is_listed(app):
    content = (
        f"{HEADING}\n2393,52,xa,Ia Mơ\n23938,99,xa,Ia Mơ\n23939,52,thi_tran,\n23938,52,xa,A\n23938,52,xa,B\n"
    )

    with pytest.raises(BadFile) as caught:
        register.read_file(content.encode(), "f.csv")

    assert [(problem.row, problem.column) for problem in caught.value.problems] == [
        (2, "code"),
        (3, "province_code"),
        (4, "type"),
        (4, "name"),
        (6, "code"),
    ]


def test_a_units_file_without_its_columns_is_refused(app):
    with pytest.raises(BadFile) as caught:
        register.read_file(b"code,name\n23938,Ia Mo\n", "f.csv")

    assert [problem.column for problem in caught.value.problems] == ["province_code", "type"]
