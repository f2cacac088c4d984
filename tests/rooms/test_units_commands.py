"""The commands of the units room, as an operator runs them; on both databases."""

import json

import pytest

from survey_app.units import commands

HEADING = "commune;village;kind;households;source;as_of\n"


@pytest.fixture
def run(app):
    def invoke(*words):
        return app.test_cli_runner().invoke(commands.group, [str(word) for word in words])

    return invoke


@pytest.fixture
def file(tmp_path):
    def write(text, name="thon.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_import_without_a_file_brings_in_the_packaged_register(run):
    result = run("import", "--json")

    assert result.exit_code == 0
    assert json.loads(result.stdout)["successions"] == 376
    assert json.loads(run("import", "--json").stdout)["added"] == 0


def test_import_takes_a_file_with_the_columns_of_the_register(run, file):
    result = run("import", file("code,province_code,type,name\n00004,01,phuong,Ba Đình\n"), "--json")

    assert json.loads(result.stdout)["units"] == 2


def test_import_takes_the_day_from_which_a_file_is_true(run, file):
    run("import")
    moved = file("code,province_code,type,name,formed_from\n23938,52,xa,Mẫu Một,23938|21859\n")

    result = run("import", moved, "--from", "2031-01-01", "--json")

    assert json.loads(result.stdout) == {"units": 2, "added": 1, "changed": 2, "successions": 2}


def test_a_wrong_units_file_ends_with_1_and_lists_its_rows(run, file):
    result = run("import", file("code,province_code,type,name\n4,01,phuong,Ba Đình\n5,01,phuong,B\n"))

    assert result.exit_code == 1
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 3


def test_households_prints_json_alone(run, file):
    run("import")
    path = file(
        HEADING + "23938;Phung;lang;76;Báo cáo;2026-01-31\nXã Đề Gi;An Lạc;thôn;100;Báo cáo;31/01/2026\n"
    )

    first, again = run("households", path, "--json"), run("households", path, "--json")

    assert json.loads(first.stdout) == {
        "villages": 2,
        "households": 176,
        "new": 2,
        "updated": 0,
        "unchanged": 0,
    }
    assert json.loads(again.stdout)["unchanged"] == 2


def test_a_wrong_households_file_ends_with_1_and_saves_nothing(run, file):
    run("import")

    result = run(
        "households",
        file(HEADING + "23938;Phung;lang;76;x;2026-01-31\n23938;B;lang;0;x;2999-01-01\n"),
        "--json",
    )

    assert result.exit_code == 1
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 3
    good = run("households", file(HEADING + "23938;Phung;lang;76;x;2026-01-31\n"), "--json")
    assert json.loads(good.stdout)["new"] == 1
