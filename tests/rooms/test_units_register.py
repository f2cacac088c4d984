"""The register of units: Gia Lai before and after 1 July 2025, and reforms that are invented here."""

import json
import shutil
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from survey_app import db
from survey_app.access import Identity, Role
from survey_app.office_files import BadFile
from survey_app.units import kinds, queries, reforms, register
from survey_app.units.models import Level, Succession, Unit
from tests import shipped
from tests.rooms.registers import put_register

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
TODAY = date(2026, 6, 1)
LAST_OLD_DAY = date(2025, 6, 30)
FIRST_NEW_DAY = date(2025, 7, 1)
HEADING = "code,province_code,type,name"


@pytest.fixture
def session(app):
    put_register(NOW)
    return db.session()


def communes_on(session, day):
    return session.scalars(select(Unit).where(Unit.level == Level.COMMUNE, queries.in_force(day))).all()


def test_gia_lai_has_the_units_of_today_and_of_before_the_reform(session):
    kinds_now = [unit.kind for unit in communes_on(session, FIRST_NEW_DAY)]

    assert (len(kinds_now), kinds_now.count("xa"), kinds_now.count("phuong")) == (
        shipped.COMMUNES, shipped.RURAL_COMMUNES, shipped.WARDS,
    )  # fmt: skip
    assert len(communes_on(session, LAST_OLD_DAY)) == shipped.FORMER_COMMUNES
    assert session.scalar(select(func.count()).where(Unit.level == Level.DISTRICT)) == 28


def test_every_old_unit_has_a_successor_and_every_new_one_a_predecessor(session):
    pairs = session.execute(select(Succession.old_unit_id, Succession.new_unit_id)).all()

    assert len(pairs) == shipped.SUCCESSIONS
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

    assert len(found) == shipped.COMMUNES
    assert all(commune.valid_to is None and commune.parent_id == province.id for commune in found)


def test_importing_again_changes_nothing(session):
    with db.transaction() as current:
        done = reforms.import_register(current, now=NOW)

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
        reforms.import_register(current, register.read_file(content, "ha-noi.csv", FIRST_NEW_DAY), now=NOW)

    added = queries.unit_by_code(session, "00004", TODAY)
    assert added.full_name == "Phường Ba Đình"
    assert queries.province_of(session, added).full_name == "Thành phố Hà Nội"


def test_a_units_file_corrects_a_name(session):
    content = f"{HEADING}\n23938,52,xa,Ia Mơr\n".encode()

    with db.transaction() as current:
        done = reforms.import_register(current, register.read_file(content, "f.csv", FIRST_NEW_DAY), now=NOW)

    assert (done.added, done.changed) == (0, 1)
    assert queries.unit_by_code(session, "23938", TODAY).name == "Ia Mơr"


def test_a_unit_cannot_move_to_another_province_by_a_file(session):
    content = f"{HEADING}\n23938,01,xa,Ia Mơ\n".encode()

    with pytest.raises(reforms.UnitElsewhere), db.transaction() as current:
        reforms.import_register(current, register.read_file(content, "f.csv", FIRST_NEW_DAY), now=NOW)

    assert queries.province_of(session, queries.unit_by_code(session, "23938", TODAY)).code == "52"


def test_every_wrong_row_of_a_units_file_is_listed(app):
    content = (
        f"{HEADING}\n2393,52,xa,Ia Mơ\n23938,99,xa,Ia Mơ\n23939,52,thi_tran,\n23938,52,xa,A\n23938,52,xa,B\n"
    )

    with pytest.raises(BadFile) as caught:
        register.read_file(content.encode(), "f.csv", FIRST_NEW_DAY)

    assert [(problem.row, problem.column) for problem in caught.value.problems] == [
        (2, "code"),
        (3, "province_code"),
        (4, "type"),
        (4, "name"),
        (6, "code"),
    ]


def test_a_units_file_without_its_columns_is_refused(app):
    with pytest.raises(BadFile) as caught:
        register.read_file(b"code,name\n23938,Ia Mo\n", "f.csv", FIRST_NEW_DAY)

    assert [problem.column for problem in caught.value.problems] == ["province_code", "type"]


#: A reform nobody has decided: two communes become one, and a ward is divided.
SECOND_DAY = date(2031, 1, 1)
SECOND = f"""{HEADING},formed_from
23938,52,xa,Mẫu Một,23938|21859
21583,52,phuong,Mẫu Hai,21583
21584,52,phuong,Mẫu Ba,21583
"""


def second_reform(day=SECOND_DAY):
    content = register.read_file(SECOND.encode(), "moi.csv", day)
    with db.transaction() as current:
        return reforms.import_register(current, content, now=NOW)


def passages(session, code, day):
    unit = queries.unit_by_code(session, code, day)
    return [(passage.unit.name, passage.how) for passage in queries.predecessors(session, unit.id)]


def test_a_second_reform_is_a_file_and_no_code(session):
    done = second_reform()

    assert (done.added, done.successions) == (3, 4)
    assert queries.unit_by_code(session, "23938", date(2030, 12, 31)).full_name == "Xã Ia Mơ"
    assert queries.unit_by_code(session, "23938", SECOND_DAY).full_name == "Xã Mẫu Một"
    assert passages(session, "23938", SECOND_DAY) == [("Đề Gi", "whole"), ("Ia Mơ", "whole")]
    assert (
        passages(session, "21584", SECOND_DAY)
        == passages(session, "21583", SECOND_DAY)
        == [("Quy Nhơn", "part")]
    )
    assert passages(session, "23938", FIRST_NEW_DAY) == [("Ia Mơ", "unchanged")]


def test_what_passed_into_others_ends_the_day_before_with_its_villages(session):
    commune = queries.unit_by_code(session, "21859", TODAY)
    village = Unit(
        code="21859001", level=Level.VILLAGE, kind="thon", name="1", valid_from=FIRST_NEW_DAY, parent_id=commune.id,
        path="",
    )  # fmt: skip
    with db.transaction() as current:
        current.add(village)
        current.flush()
        village.path = f"{commune.path}{village.id}/"

    second_reform()

    assert queries.unit(session, commune.id).valid_to == date(2030, 12, 31)
    assert queries.unit(session, village.id).valid_to == date(2030, 12, 31)
    assert len(communes_on(session, SECOND_DAY)) == shipped.COMMUNES
    with pytest.raises(queries.UnitNotFound):
        queries.unit_by_code(session, "21859", SECOND_DAY)


def test_reforms_entered_again_change_nothing_and_reopen_nothing(session):
    second_reform()

    again = second_reform()
    with db.transaction() as current:
        first = reforms.import_register(current, now=NOW)

    assert (again.added, again.changed, again.successions) == (0, 0, 0)
    assert (first.added, first.changed, first.successions) == (0, 0, 0)
    assert len(communes_on(session, SECOND_DAY)) == shipped.COMMUNES


def test_a_unit_is_formed_from_none_that_was_not_there(session):
    content = f"{HEADING},formed_from\n23938,52,xa,Mẫu Một,99999\n".encode()

    with pytest.raises(reforms.UnitUnknown, match="99999"), db.transaction() as current:
        reforms.import_register(current, register.read_file(content, "f.csv", SECOND_DAY), now=NOW)

    assert queries.unit_by_code(session, "23938", SECOND_DAY).name == "Ia Mơ"


def test_what_a_unit_is_formed_from_are_codes(app):
    with pytest.raises(BadFile) as caught:
        register.read_file(
            f"{HEADING},formed_from\n23938,52,xa,A,Ia Mơ|21859\n".encode(), "f.csv", SECOND_DAY
        )

    assert [(problem.row, problem.column) for problem in caught.value.problems] == [(2, "formed_from")]


def test_a_reform_that_comes_with_the_product_is_a_folder(app, tmp_path, monkeypatch):
    shutil.copytree(kinds.DATA, tmp_path / "data")
    folder = tmp_path / "data" / "reforms" / "2031-01-01-mau"
    folder.mkdir()
    (folder / "reform.json").write_text(
        json.dumps({"from": "2031-01-01", "document": "1/NQ (mẫu)"}), encoding="utf-8"
    )
    (folder / "units.csv").write_text(f"{HEADING}\n23938,52,xa,Mẫu Một\n", encoding="utf-8")
    (folder / "successions.csv").write_text(
        "new_code,old_code,how,note_vi\n23938,23938,whole,Nhập toàn bộ\n23938,21859,whole,Nhập toàn bộ\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(kinds, "DATA", tmp_path / "data")
    register.documents.cache_clear()
    with db.transaction() as current:
        reforms.import_register(current, now=NOW)
    made_by = register.documents()
    register.documents.cache_clear()

    assert passages(db.session(), "23938", SECOND_DAY) == [("Đề Gi", "whole"), ("Ia Mơ", "whole")]
    assert made_by["23938", SECOND_DAY] == "1/NQ (mẫu)"
    assert made_by["23938", FIRST_NEW_DAY].startswith("1664/NQ-UBTVQH15")
    assert register.newest_day() == SECOND_DAY
