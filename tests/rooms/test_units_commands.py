"""The commands of the units room, as an operator runs them; on both databases."""

import json
from pathlib import Path

import pytest

from survey_app.units import commands
from tests import shipped

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
    assert json.loads(result.stdout)["successions"] == shipped.SUCCESSIONS
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


VILLAGES = "23938;Phung;lang;76;Báo cáo;2026-01-31\nXã Đề Gi;An Lạc;thôn;100;Báo cáo;31/01/2026\n"


def households(run, path, *words):
    result = run("households", path, "--json", *words)
    return result.exit_code, json.loads(result.stdout or "null")


def test_households_saves_what_leaves_nothing_open_and_looks_without_saving(run, file):
    run("import")
    path = file(HEADING + VILLAGES)

    shown, shown_again = households(run, path, "--look"), households(run, path, "--look")
    saved, again = households(run, path), households(run, path, "--look")

    figures = {
        "villages": 2,
        "households": 176,
        "new": 2,
        "updated": 0,
        "unchanged": 0,
        "asks": 0,
        "refused": 0,
    }
    assert shown == shown_again
    assert shown[0] == 0
    assert shown[1].items() >= ({"saved": False} | figures).items()
    assert [row["status"] for row in shown[1]["rows"]] == ["new", "new"]
    assert saved == (0, {"saved": True} | figures)
    assert [row["status"] for row in again[1]["rows"]] == ["same", "same"]


def test_households_tells_a_person_what_changes_and_how_it_is_saved(run, file):
    run("import")
    run("households", file(HEADING + VILLAGES))
    changed = file(HEADING + "23938;Phung;lang;80;Báo cáo;2026-03-31\n", "moi.csv")

    shown, saved = run("households", changed, "--look").stdout, run("households", changed).stdout

    assert "76 → 80" in shown
    assert "--look" in shown
    assert len(saved.splitlines()) == 1


def test_a_wrong_households_file_ends_with_1_and_saves_nothing(run, file):
    run("import")
    wrong = file(HEADING + "23938;Phung;lang;76;x;2026-01-31\n23938;B;lang;0;x;2999-01-01\n")

    shown, result = households(run, wrong, "--look"), run("households", wrong, "--json")

    assert (shown[0], shown[1]["saved"], shown[1]["refused"]) == (1, False, 2)
    assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (1, "", 3)
    good = file(HEADING + "23938;Phung;lang;76;x;2026-01-31\n", "tot.csv")
    assert households(run, good, "--look")[1]["new"] == 1


def test_households_with_a_doubt_waits_for_an_answer_and_never_for_a_key(run, file):
    run("import")
    run("households", file(HEADING + VILLAGES))
    tenth = file(HEADING + "23938;Phung;lang;7;Báo cáo;2026-03-31\n", "moi.csv")

    (question,) = households(run, tenth, "--look")[1]["questions"]
    refused = run("households", tenth, "--json")
    saved = households(run, tenth, "--answer", f"{question['key']}=ten")

    assert question["answers"] == ["file", "ten", "keep"]
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert question["key"] in refused.stderr
    assert (saved[0], saved[1]["saved"], saved[1]["households"]) == (0, True, 70)


def test_households_of_one_commune_takes_its_own_report(run):
    run("import")
    report = OFFICES / "01-commune-report.xlsx"

    refused = run("households", report, "--unit", "23764")
    saved = households(run, report, "--unit", "23764", "--answer", "source=Báo cáo của xã")

    assert (refused.exit_code, "source" in refused.stderr) == (1, True)
    assert (saved[0], saved[1]["villages"], saved[1]["new"]) == (0, 6, 6)
    assert run("households", report, "--answer", "x").exit_code == 2


# The preview of a commune's own list

OFFICES = Path(__file__).parents[1] / "offices"


def previewed(run, path, code="23764"):
    result = run("preview", path, "--unit", code, "--json")
    return result.exit_code, json.loads(result.stdout)


def test_a_preview_says_what_would_be_saved_and_saves_nothing(run):
    run("import")

    first, again = (previewed(run, OFFICES / "03-guidance-and-list-sheets.xlsx") for _ in range(2))

    code, told = first
    assert code == 0
    assert [(row["sheet"], row["row"], row["village"], row["status"]) for row in told["rows"]] == [
        ("Dữ liệu", 2, "Kép", "new"),
        ("Dữ liệu", 3, "Bạc 1", "new"),
    ]
    assert {one["sheet"] for one in told["left_out"]} == {"Hướng dẫn", "DanhMuc"}
    assert told["problems"] == []
    assert first == again


def test_a_preview_with_problems_ends_with_1_and_lists_all_of_them(run):
    run("import")

    code, told = previewed(run, OFFICES / "41-heading-hides-rows.xlsx")

    assert code == 1
    assert [(one["row"], one["column"]) for one in told["problems"]] == [
        (2, "tổng số hộ"), (2, "ngày"), (3, "xã"), (3, "loại"), (3, "tổng số hộ"),
    ]  # fmt: skip


def test_a_preview_asks_for_what_the_file_lacks(run):
    run("import")

    code, told = previewed(run, OFFICES / "01-commune-report.xlsx")

    assert code == 0
    assert [row["status"] for row in told["rows"]] == ["asks"] * 6
    assert told["asked_once"] == ["source"]
    assert {row["as_of"] for row in told["rows"]} == {"2026-10-31"}


def test_a_preview_compares_with_the_villages_that_are_held(run, file):
    run("import")
    run("households", OFFICES / "12a-lang-kep.xlsx")
    old = file(HEADING + "23764;Kép;làng;97;Báo cáo 2025;2025-10-31\n23764;Mới;làng;5;x;2026-01-31\n")

    assert [row["status"] for row in previewed(run, OFFICES / "12b-thon-lang-kep.xlsx")[1]["rows"]] == [
        "asks"
    ]
    assert [row["status"] for row in previewed(run, old)[1]["rows"]] == ["same", "new"]
    changed = file(HEADING + "23764;Kép;làng;99;Báo cáo;2026-10-31\n", "b.csv")
    assert [row["status"] for row in previewed(run, changed)[1]["rows"]] == ["changed"]
    tenth = file(HEADING + "23764;Kép;làng;9;Báo cáo;2026-10-31\n", "c.csv")
    assert [row["status"] for row in previewed(run, tenth)[1]["rows"]] == ["asks"]
    older = file(HEADING + "23764;Kép;làng;95;Báo cáo;2025-01-31\n", "d.csv")
    assert [row["status"] for row in previewed(run, older)[1]["rows"]] == ["asks"]


def test_a_preview_of_what_is_no_list_names_it(run, tmp_path):
    run("import")
    path = tmp_path / "bao-cao.pdf"
    path.write_bytes(b"%PDF-1.7")

    code, told = previewed(run, path)

    assert (code, told["rows"], len(told["problems"])) == (1, [], 1)
    assert "PDF" in told["problems"][0]["problem"]


def test_a_preview_is_of_a_commune(run):
    run("import")

    result = run("preview", OFFICES / "06-headings.xlsx", "--unit", "52", "--json")

    assert (result.exit_code, result.stdout) == (1, "")
