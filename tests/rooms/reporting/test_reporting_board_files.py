"""The province's board as files and by command."""

import csv
import io
import json

import openpyxl
import pytest

from survey_app import db
from survey_app.audit import AuditEvent

PAGE = "/can-bo/tinh/2026"


def test_the_csv_holds_the_chosen_rows_with_counts_a_line_of_rows_and_the_moment(province, client):
    province.sealed(province.commune("Chốt"), satisfied=71, valid=72, households=76)
    province.commune("Trống")
    province.sign_in()

    reply = client.get(PAGE + ".csv?state=sealed&lang=en")
    lines = list(csv.reader(io.StringIO(reply.data.decode("utf-8-sig"))))
    row = dict(zip(lines[0], lines[1], strict=True))

    assert reply.mimetype == "text/csv"
    assert reply.headers["Cache-Control"] == "no-store"
    assert len(lines) == 3
    assert row["Unit"] == "Xã Chốt"
    assert (row["Households that answered"], row["Households on the list"]) == ("72", "76")
    assert row["Coverage"] == "94.74\u00a0%"
    assert (row["Satisfied answers"], row["Possible answers"]) == ("142", "144")
    assert row["Satisfaction rate"] == "98.61\u00a0%"
    assert lines[2][:2] == ["Number of lines", "1"]


def test_a_unit_whose_name_is_a_formula_stays_a_name_in_the_csv(province, client):
    commune = province.commune("A")
    province.offer(commune)
    with db.transaction() as current:
        current.execute(db.Base.metadata.tables["service_ticks"].update().values(note="x"))
        current.execute(
            db.Base.metadata.tables["units"]
            .update()
            .values(kind="xa", code="=1+1")
            .where(db.Base.metadata.tables["units"].c.id == commune.id)
        )
    province.sign_in()

    lines = list(csv.reader(io.StringIO(client.get(PAGE + ".csv").data.decode("utf-8-sig"))))

    assert lines[1][0] == "'=1+1"


def test_numbers_stay_numbers_in_the_workbook_and_targets_have_a_sheet(province, client):
    province.signed(province.commune("Chốt"), satisfied=71, valid=72, households=76)
    province.sign_in()

    book = openpyxl.load_workbook(io.BytesIO(client.get(PAGE + ".xlsx?lang=en").data))
    rows = list(book["Units"].values)
    row = dict(zip(rows[0], rows[1], strict=True))

    assert (row["Households that answered"], row["Households on the list"]) == (72, 76)
    assert (row["Coverage"], row["Satisfaction rate"]) == (0.9474, 0.9861)
    assert book["Units"].cell(2, rows[0].index("Coverage") + 1).number_format == r"0.00\ %"
    assert rows[2][:2] == ("Number of lines", 1)
    assert list(book["Targets"].values)[1][1:3] == (1, 1)


def test_a_rate_just_below_a_threshold_is_no_rounder_in_the_workbook_than_on_paper(province, client):
    province.sealed(province.commune("Sát"), satisfied=89_996, valid=100_000, households=100_000)
    province.sign_in()

    book = openpyxl.load_workbook(io.BytesIO(client.get(PAGE + ".xlsx?lang=en").data))
    rows = list(book["Units"].values)
    row = dict(zip(rows[0], rows[1], strict=True))

    assert (row["Satisfied answers"], row["Possible answers"]) == (179_992, 200_000)
    assert row["Satisfaction rate"] == 0.8999


def test_an_export_is_noted(province, client):
    province.commune("A")
    province.sign_in()

    client.get(PAGE + ".csv")

    province.session.rollback()
    noted = province.session.query(AuditEvent).filter_by(act="reporting.export").one()
    assert noted.details == {"year": 2026, "form": "csv", "rows": 1}


def test_the_command_prints_the_agreed_json_and_nothing_else(province, app):
    sealed, ward = province.commune("Chốt"), province.commune("Phố", kind="phuong")
    number = province.signed(sealed, satisfied=71, valid=72, households=76)

    run = app.test_cli_runner().invoke(
        args=["reporting", "province", "--unit", "98", "--year", "2026", "--json"]
    )
    made = json.loads(run.stdout)
    by_unit = {row["unit"]: row for row in made["communes"]}

    assert run.exit_code == 0
    assert (made["unit"], made["year"]) == ("98", 2026)
    row = by_unit[sealed.code]
    assert row["name"] == "Xã Chốt"
    assert (row["survey"], row["state"], row["in_scope"]) == (number, "signed", True)
    assert (row["coverage"], row["pooled"]) == ({"n": 72, "of": 76}, {"n": 142, "of": 144})
    assert (row["finding"], row["awaits"], row["above_frame"]) == ("met", [], [])
    assert "tổ chức lấy ý kiến" in row["rule"]
    assert row["source"]
    assert [set(one) for one in row["conditions"]] == [
        {"key", "finding", "awaits", "rule", "source", "change"}
    ] * 6
    assert [one["finding"] for one in row["conditions"]] == ["not_configured"] * 5 + ["insufficient_evidence"]
    outside = by_unit[ward.code]
    assert (outside["in_scope"], outside["finding"], outside["survey"]) == (False, None, None)
    assert (outside["rule"], outside["source"], outside["conditions"]) == (None, None, [])
    assert (outside["coverage"], outside["pooled"], outside["state"]) == (None, None, None)
    assert made["targets"][0] == {
        "key": "communes_8_4",
        "met": 1,
        "total": 1,
        "goal": 0.5,
        "computed": True,
        "name": "Phần lấy ý kiến của 8.4",
        "beside": {
            "reached_coverage": None,
            "used_confirmed_form": 0,
            "declared_half": 0,
            "both_halves": 0,
        },
        "kind": "computed",
        "closed": False,
        "missing": 0,
        "until": 2025,
        "beyond_plan": True,
        "source": made["targets"][0]["source"],
    }
    assert made["targets"][1]["goal"] == 0.4


def test_the_plain_lines_name_rule_and_source_beside_each_verdict(province, app):
    province.signed(province.commune("A"), satisfied=40, valid=80)
    province.use()

    told = (
        app.test_cli_runner().invoke(args=["reporting", "province", "--unit", "98", "--year", "2026"]).stdout
    )
    lines = {line.strip().split(":")[0]: line for line in told.splitlines()}

    assert (
        "chưa đạt: còn thiếu 64 lượt trả lời hài lòng. 80 trên 160 = 50,00\xa0%, yêu cầu từ 90\xa0% trở lên. (MẪU TRÌNH DIỄN, 01/01/2026"
        in lines["Tỷ lệ hài lòng chung"]
    )
    assert "đạt" in lines["Tổ chức lấy ý kiến sự hài lòng của người dân"]
    assert "tổ chức lấy ý kiến" in lines["Tổ chức lấy ý kiến sự hài lòng của người dân"]


@pytest.mark.parametrize("code", ["00", "98001"])
def test_the_command_refuses_what_is_no_province(province, app, code):
    province.commune("A")

    run = app.test_cli_runner().invoke(
        args=["reporting", "province", "--unit", code, "--year", "2026", "--json"]
    )

    assert run.exit_code == 1
    assert run.stdout == ""
    assert run.stderr
