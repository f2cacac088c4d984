"""The province's page of the year."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest

from survey_app import db
from survey_app.access import Identity, Role
from survey_app.accounts import operations, todo
from survey_app.criteria.findings import Verdict
from survey_app.fieldwork.models import State, Survey
from survey_app.rulebooks import pins
from tests.pictures import charts, drawn, ruled, tables

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
PAGE = "/can-bo/tinh/2026"


def names_in_order(page: str) -> list[str]:
    return [
        part.split("</th>")[0]
        for part in page.split('<th scope="row">')[1:]
        if part.startswith(("Xã", "Phường"))
    ]


def test_the_page_names_every_unit_its_denominator_and_its_rule_book(province, client):
    province.commune("Biển Hồ")
    province.survey(province.commune("Chư Păh"), State.OPEN)
    province.commune("Pleiku", kind="phuong")
    province.sign_in()

    page = client.get(PAGE + "?lang=en")

    assert page.status_code == 200
    assert names_in_order(page.text) == ["Xã Biển Hồ", "Xã Chư Păh", "Phường Pleiku"]
    assert "2 xã, 1 phường" in page.text
    assert "not applicable" in page.text
    assert "8.4, consultation half" in page.text
    assert '<span class="badge badge-unsure">not asked yet</span>' in page.text, "no verdict before it began"
    assert '<span class="badge badge-unsure">being asked</span>' in page.text, "nor before it is counted"
    assert "badge-not-met" not in page.text
    assert "the newest one on record applies" in page.text


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.PROVINCE, 200),
        (Role.FRONT_PROVINCE, 200),
        (Role.AUDITOR, 200),
        (Role.VIEWER, 200),
        (Role.COMMUNE, 403),
        (Role.FRONT_COMMUNE, 403),
        (Role.CLERK, 403),
    ],
)
@pytest.mark.parametrize("address", [PAGE, PAGE + ".csv", PAGE + ".xlsx", PAGE + "/so-voi-quy-dinh"])
def test_only_people_of_the_province_read_its_board(province, client, role, status, address):
    province.commune("Biển Hồ")
    province.sign_in(role)

    assert client.get(address).status_code == status


def test_a_viewer_of_one_commune_does_not_see_the_others(province, client):
    commune = province.commune("Biển Hồ")
    province.sign_in(Role.VIEWER, commune)

    assert client.get(PAGE).status_code == 403


@pytest.mark.parametrize("year", ["1999", "2500", "99999999999999999999"])
def test_a_year_nobody_reports_about_is_not_found(province, client, year):
    province.sign_in()

    assert client.get(f"/can-bo/tinh/{year}").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "?sort=password",
        "?sort=name;DROP TABLE units",
        "?dir=sideways",
        "?state=' OR 1=1 --",
        "?finding=%00",
        "?kind=../../etc/passwd",
        "?need=yes",
        "?sort=&state=&finding=&kind=&dir=",
    ],
)
def test_words_the_address_should_not_hold_fall_back_to_everything(province, client, query):
    province.commune("B")
    province.commune("A")
    province.sign_in()

    page = client.get(PAGE + query)

    assert page.status_code == 200
    assert names_in_order(page.text) == ["Xã A", "Xã B"]


@pytest.mark.parametrize("typed", ["bien ho", "Biển Hồ", "BIÊN HÔ", "bie\u0302\u0309n", "98001"])
def test_a_name_is_found_without_accents_and_in_any_spelling_of_them(province, client, typed):
    province.commune("Biển Hồ")
    province.commune("Đak Pơ")
    province.sign_in()

    page = client.get(PAGE, query_string={"q": typed})

    assert names_in_order(page.text) == ["Xã Biển Hồ"]


def test_what_was_searched_for_stays_inert_in_the_page(province, client):
    province.sign_in()

    page = client.get(PAGE, query_string={"q": '"><script>alert(1)</script>'})

    assert "<script>alert" not in page.text


def test_rows_are_sorted_by_the_exact_rate_and_those_without_one_come_last(province, client):
    low, high, none = (province.commune(name) for name in ("Thấp", "Cao", "Không"))
    province.sealed(low, satisfied=8_998, valid=10_000, households=10_000)
    province.sealed(high, satisfied=8_999, valid=10_000, households=10_000)
    province.sign_in()

    rising = names_in_order(client.get(PAGE + "?sort=rate").text)
    falling = names_in_order(client.get(PAGE + "?sort=rate&dir=desc").text)

    assert rising == ["Xã Thấp", "Xã Cao", "Xã Không"]
    assert falling == ["Xã Cao", "Xã Thấp", "Xã Không"]
    assert none.name == "Không"


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?state=sealed", ["Xã Chốt"]),
        ("?state=none", ["Phường Phố", "Xã Trống"]),
        ("?finding=met", ["Xã Ký"]),
        ("?finding=not_met", []),
        ("?finding=signatures", ["Xã Chốt"]),
        ("?finding=not_in_scope", ["Phường Phố"]),
        ("?kind=phuong", ["Phường Phố"]),
        ("?need=act", ["Xã Chốt", "Xã Quá hạn", "Xã Trống"]),
        ("?need=late", ["Xã Quá hạn"]),
        ("?need=act&state=signed", []),
    ],
)
def test_filters_choose_by_state_finding_kind_and_lateness(province, client, query, names):
    province.sealed(province.commune("Chốt"))
    province.signed(province.commune("Ký"))
    province.commune("Trống")
    province.commune("Phố", kind="phuong")
    late = {"opens_at": NOW - timedelta(days=9), "closes_at": NOW - timedelta(days=1)}
    province.survey(province.commune("Quá hạn"), State.OPEN, **late)
    province.sign_in()

    assert names_in_order(client.get(PAGE + query).text) == names


def test_the_share_is_called_what_it_counts_and_the_plans_words_stand_beside_it(province, client):
    province.signed(province.commune("A"), confirmed=True)
    province.sign_in()

    page = client.get(PAGE).text
    book = client.get("/can-bo/khung/2026").text

    for text in (page, book):
        assert "Phần lấy ý kiến của 8.4" in text
        assert "Tỷ lệ xã đạt chỉ tiêu 8.4 có tổ chức lấy ý kiến" in text
        assert "chỉ đếm phần lấy ý kiến" in text
    assert "Trong 1 xã được tính" in page
    assert "0 đạt cả hai nửa của chỉ tiêu" in page
    assert "tỉnh đã chấp nhận 0/1" in page


def test_an_unsigned_result_is_called_so_in_page_files_and_json(province, client, app):
    commune = province.commune("Chốt")
    province.sealed(commune)
    province.use()
    province.sign_in()

    page = client.get(PAGE).text
    lines = list(csv.reader(io.StringIO(client.get(PAGE + ".csv").data.decode("utf-8-sig"))))
    row = dict(zip(lines[0], lines[1], strict=True))
    run = app.test_cli_runner().invoke(
        args=["reporting", "province", "--unit", "98", "--year", "2026", "--json"]
    )
    told = json.loads(run.stdout)["communes"][0]

    assert "chờ ký" in page
    assert row["8.4, phần lấy ý kiến"] == "chờ ký"
    assert row["Hai bên đã ký"] == "không"
    assert (told["finding"], told["awaits"]) == ("insufficient_evidence", ["signatures"])
    assert json.loads(run.stdout)["targets"][0]["met"] == 0


def test_conditions_on_unsigned_figures_claim_nothing_also_where_an_earlier_survey_was_the_event(
    province, client, app
):
    commune = province.commune("Hai đợt")
    province.signed(commune, sealed_at=NOW - timedelta(days=40))
    province.sealed(commune)
    province.use()
    province.sign_in()

    page = client.get(PAGE).text
    lines = list(csv.reader(io.StringIO(client.get(PAGE + ".csv?lang=en").data.decode("utf-8-sig"))))
    row = dict(zip(lines[0], lines[1], strict=True))
    run = app.test_cli_runner().invoke(
        args=["reporting", "province", "--unit", "98", "--year", "2026", "--json"]
    )
    conditions = {one["key"]: one for one in json.loads(run.stdout)["communes"][0]["conditions"]}

    assert province.row(commune).finding is Verdict.MET
    assert "so trên số liệu chưa ký" in page
    assert row["Pooled satisfaction rate"] == "awaits signatures"
    assert "required at least 90" in row["Pooled satisfaction rate: rule"]
    assert {one["finding"] for one in conditions.values()} <= {"insufficient_evidence", "not_configured"}
    assert (conditions["pooled"]["finding"], conditions["pooled"]["awaits"]) == (
        "insufficient_evidence",
        ["signatures"],
    )


def test_beside_each_verdict_in_a_file_stand_its_rule_and_its_source(province, client):
    province.signed(province.commune("A"), satisfied=40, valid=80)
    province.use()
    province.sign_in()

    lines = list(csv.reader(io.StringIO(client.get(PAGE + ".csv?lang=en").data.decode("utf-8-sig"))))
    book = openpyxl.load_workbook(io.BytesIO(client.get(PAGE + ".xlsx?lang=en").data))

    row = dict(zip(lines[0], lines[1], strict=True))
    sheet = list(book["Units"].values)
    for found in (row, dict(zip(sheet[0], sheet[1], strict=True))):
        assert found["Pooled satisfaction rate"] == "not met"
        assert found["Pooled satisfaction rate: rule"] == "80 of 160 = 50.00 %, required at least 90 %."
        assert found["Pooled satisfaction rate: source"].startswith("MẪU TRÌNH DIỄN, 01/01/2026")
        assert (
            "Not reached: (1) Đường sá 50.00\u00a0%, 40 of 80"
            in found["Satisfaction rate of each item: rule"]
        )


def test_each_row_leads_to_its_survey_and_its_result(province, client):
    number = province.sealed(province.commune("A"))
    province.sign_in()

    page = client.get(PAGE).text

    assert f'href="/can-bo/dot/{number}"' in page
    assert f'href="/can-bo/dot/{number}/ket-qua"' in page


def test_the_province_is_told_how_many_communes_are_late_and_where_to_see_them(province, app):
    never_begun = province.commune("A")
    overdue = province.commune("B")
    province.survey(overdue, State.COUNTING, counting_ends_at=NOW - timedelta(days=1, hours=1))
    officer = Identity(1, "An", Role.PROVINCE, province.unit.id, province.unit.path)
    villager = Identity(2, "Bình", Role.COMMUNE, overdue.id, overdue.path)

    with app.test_request_context("/?lang=en"):
        told = [one for one in todo.todos(db.session(), officer, NOW) if "late" in one.title]
        others = [one for one in todo.todos(db.session(), villager, NOW) if "late" in one.title]

    assert [one.title for one in told] == ["1 commune is late"]
    assert told[0].detail.startswith("Xã B. ")
    assert "need=late" in told[0].url
    assert not province.row(never_begun).is_late
    assert others == []


def test_a_late_row_says_whom_to_call_with_words_to_send(province, client):
    named, silent = province.commune("Trống"), province.commune("Im")
    signed = province.commune("Ký")
    province.signed(signed)
    with db.transaction() as current:
        for unit, email, number in (
            (named, "a@thu", "0905123456"),
            (silent, "b@thu", ""),
            (signed, "c@thu", "0905999999"),
        ):
            operations.create_account(
                current, email=email, name="Siu", telephone=number, role=Role.COMMUNE, unit_id=unit.id,
                actor="operator", now=NOW,
            )  # fmt: skip
    province.sign_in()

    page = client.get(PAGE + "?need=act").text

    assert names_in_order(page) == ["Xã Im", "Xã Trống"]
    assert page.count('href="tel:0905123456"') == page.count('href="sms:0905123456?body=') == 1
    assert "0905999999" not in page
    assert page.count("Kính gửi Cán bộ xã (Xã Trống): chưa") == 1
    assert page.count("Kính gửi Cán bộ xã (Xã Im): chưa") == 1
    today = client.get("/can-bo").text
    assert "Còn chờ: Xã Im, Xã Trống." in today


def test_numbers_of_communes_are_shown_to_the_provinces_two_bodies_alone(province, client):
    unit = province.commune("Trống")
    with db.transaction() as current:
        operations.create_account(
            current, email="a@thu", name="Siu", telephone="0905123456", role=Role.COMMUNE, unit_id=unit.id,
            actor="operator", now=NOW,
        )  # fmt: skip

    told = {}
    for role in (Role.PROVINCE, Role.FRONT_PROVINCE, Role.AUDITOR, Role.VIEWER):
        province.sign_in(role)
        told[role] = "0905123456" in client.get(PAGE).text

    assert told == {Role.PROVINCE: True, Role.FRONT_PROVINCE: True, Role.AUDITOR: False, Role.VIEWER: False}


def test_communes_stand_against_the_rule_each_was_asked_under_and_nothing_withheld_is_drawn(province, client):
    met, missed, few, without = (province.commune(name) for name in ("Đủ", "Thiếu", "Ít", "Không Khung"))
    province.use()
    for commune, figures in (
        (met, {"satisfied": 95, "valid": 96, "households": 100}),
        (missed, {"satisfied": 30, "valid": 50, "households": 100}),
        (few, {"satisfied": 2, "valid": 4, "households": 100}),
    ):
        number = province.signed(commune, **figures)
        with db.transaction() as current:
            pin = pins.take(current, province.unit.id, 2026, now=NOW)
            survey = current.get_one(Survey, number)
            survey.rulebook_key, survey.rulebook_version = pin.key, pin.version
            survey.rulebook_digest, survey.rulebook_chosen = pin.digest, pin.is_chosen
    province.sealed(without, satisfied=60, valid=80, households=100)
    province.survey(province.commune("Đang Hỏi"), State.OPEN)
    province.sign_in(Role.VIEWER)

    page = client.get(PAGE + "/so-voi-quy-dinh").text
    coverage, pooled = charts(page)

    assert coverage[::2] == ["Xã Ít", "Xã Thiếu", "Xã Không Khung (chưa ký)", "Xã Đủ"]
    assert pooled[::2] == ["Xã Thiếu", "Xã Không Khung (chưa ký)", "Xã Đủ"], "too few slips are not drawn"
    table = tables(page)
    assert all(figure in table for figure in coverage[1::2] + pooled[1::2])
    assert table.count("chưa cấu hình") == 2
    assert [ruled(one) for one in drawn(page)] == [3, 2], "a line where a rule is"
    assert "Đang Hỏi" not in page


def test_the_province_sees_its_weakest_items_first_and_the_states_of_its_communes(province, client):
    province.signed(province.commune("A"), satisfied=70, valid=80, households=100)
    province.sign_in()

    whole, board = client.get(PAGE + "/ca-tinh").text, client.get(PAGE).text

    assert charts(whole) == [["Đường sá", "87,50 %", "Nước sạch", "87,50 %"]]
    assert tables(whole).count("87,50 %") == 2
    [states] = charts(board)
    assert [name for name, count in zip(states[::2], states[1::2], strict=True) if count != "0"] == ["đã ký"]
