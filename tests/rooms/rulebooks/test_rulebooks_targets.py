"""Figures of the plan's targets: told by a unit or by one list, with evidence, decided once, on one page and in JSON."""

import json
from datetime import UTC, datetime
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from survey_app import db
from survey_app.access import Role
from survey_app.attachments import Attachment
from survey_app.audit import AuditEvent
from survey_app.criteria.targets import Figure, PlanKind
from survey_app.rulebooks.packaged import packaged, plan_of
from survey_app.rulebooks.targets import figures, plans, views
from survey_app.rulebooks.targets.figures import FigureState
from tests.pages import Page

PAGE = "/can-bo/chi-tieu/2026"
KEY = "communes_15_2"
OWN = f"{PAGE}/don-vi/98001/{KEY}"
REPORTED = f"{PAGE}/{KEY}/so-lieu"
DECIDE = f"{REPORTED}/98001"
LIST = f"{PAGE}/{KEY}/danh-sach"
ALL = f"{PAGE}/danh-sach"
TERMS = f"{PAGE}/{KEY}/sua"
FILES = f"{PAGE}/files_online_commune/danh-sach"
PDF = b"%PDF-1.7\n1 0 obj\n%%EOF\n"


@pytest.fixture
def enter(place, client):
    """Continue as somebody who has just shown who it is."""

    def sign_in(role=Role.PROVINCE, unit=None):
        place.sign_in(role, unit or (place.commune if role is Role.COMMUNE else place.province))
        with client.session_transaction() as running:
            running["confirmed_at"] = datetime.now(UTC).timestamp()
        return client

    return sign_in


@pytest.fixture
def tell(enter):
    def sent(*, file=None, role=Role.COMMUNE, **fields):
        client = enter(role)
        form = Page(client.get(OWN).text).form(action=OWN)
        data = form.data(**{"answer": "1", "evidence": "Báo cáo 12/BC-UBND, 05/01/2026", **fields})
        if file is not None:
            data["file"] = (BytesIO(file), "minh-chung.pdf")
        return client.post(OWN, data=data, content_type="multipart/form-data")

    return sent


@pytest.fixture
def decide(enter):
    def sent(opened=None, **fields):
        client = enter()
        form = opened or Page(client.get(REPORTED).text).form(action=DECIDE)
        return client.post(DECIDE, data=form.data(**fields))

    return sent


def standing(place, key=KEY, year=2026):
    place.read()
    return figures.of_years(db.session(), [place.commune.id, place.neighbour.id], [year]).get((key, year), {})


def workbook(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    body = BytesIO()
    book.save(body)
    return body.getvalue()


def look(client, content, address=LIST, source="Báo cáo 5/BC-SNN, 10/02/2026"):
    form = Page(client.get(address).text).form(action=address)
    data = {**form.data(source=source), "file": (BytesIO(content), "danh-sach.xlsx")}
    return client.post(address, data=data, content_type="multipart/form-data")


def saved_as(book):
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def machine(app):
    db.session().rollback()  # what requests have written since
    run = app.test_cli_runner().invoke(
        args=["reporting", "province", "--unit", "52", "--year", "2026", "--json"]
    )
    return {one["key"]: one for one in json.loads(run.stdout)["targets"]}


@pytest.mark.both_engines
def test_a_figure_of_a_unit_counts_once_the_province_has_accepted_it(place, app, tell, decide):
    told = tell(file=PDF)
    waiting, before = standing(place)[place.commune.id], machine(app)[KEY]

    accepted = decide(decision="accepted")

    assert (told.status_code, accepted.status_code) == (303, 303)
    assert (waiting.counts, waiting.newest.state) == (None, FigureState.WAITING)
    assert standing(place)[place.commune.id].counts.figure == Figure(1)
    after = machine(app)[KEY]
    assert (before["met"], before["total"], before["missing"]) == (0, 2, 2)
    assert (after["met"], after["total"], after["missing"], after["goal"]) == (1, 2, 1, 0.5)
    assert (after["kind"], after["computed"], after["closed"]) == ("attested", False, False)
    assert (after["until"], after["beyond_plan"]) == (2025, True)


def test_what_is_computed_of_the_plan_is_a_target_of_a_shipped_rule_book():
    computed = {target.key for target in plan_of("52", 2026).targets if target.kind is PlanKind.COMPUTED}

    assert computed
    assert computed <= {target.key for book in packaged() for target in book.targets}


def test_all_thirteen_targets_are_in_the_json_and_those_of_districts_are_closed(place, app):
    found = machine(app)

    assert len(found) == 13
    assert {key for key, one in found.items() if one["closed"]} == {
        "files_online_district",
        "districts_9_5",
        "districts_with_linkage",
    }
    assert found["smart_commune_pilots"]["goal"] == 1


def test_what_is_sent_back_says_why_and_what_is_told_again_waits_again(place, client, tell, decide):
    tell()
    bare = decide(decision="sent_back")
    sent_back = decide(decision="sent_back", reason="Thiếu số của báo cáo")
    place.sign_in(Role.COMMUNE, place.commune)
    page = client.get(OWN).text
    tell(evidence="Báo cáo 13/BC-UBND, 06/01/2026")

    assert (bare.status_code, sent_back.status_code) == (422, 303)
    assert "Thiếu số của báo cáo" in page
    assert standing(place)[place.commune.id].newest.state is FigureState.WAITING


def test_a_figure_told_again_leaves_the_accepted_one_counting_until_it_is_decided(place, tell, decide):
    tell()
    decide(decision="accepted")
    tell(answer="0")

    found = standing(place)[place.commune.id]
    assert (found.counts.figure, found.newest.figure, found.newest.state) == (
        Figure(1),
        Figure(0),
        FigureState.WAITING,
    )


@pytest.mark.both_engines
def test_of_two_who_accept_at_once_the_second_is_told(place, client, enter, tell, decide):
    tell()
    opened = Page(enter().get(REPORTED).text).form(action=DECIDE)
    first = decide(opened, decision="accepted")
    second = decide(opened, decision="sent_back", reason="Thiếu số")

    assert (first.status_code, second.status_code) == (303, 409)
    assert "<blockquote>Thiếu số</blockquote>" in second.text
    assert standing(place)[place.commune.id].newest.state is FigureState.ACCEPTED


def test_what_was_told_again_is_not_accepted_unread(place, enter, tell, decide):
    tell()
    opened = Page(enter().get(REPORTED).text).form(action=DECIDE)
    tell(answer="0")

    assert decide(opened, decision="accepted").status_code == 409
    assert standing(place)[place.commune.id].newest.state is FigureState.WAITING


def test_of_two_of_a_unit_who_tell_at_once_the_second_looks_again(place, enter, tell):
    opened = Page(enter(Role.COMMUNE).get(OWN).text).form(action=OWN)
    tell()
    late = enter(Role.COMMUNE).post(OWN, data=opened.data(answer="0", evidence="Báo cáo khác"))

    assert late.status_code == 409
    assert standing(place)[place.commune.id].newest.number == 1


@pytest.mark.parametrize("fields", [{"evidence": ""}, {"answer": []}], ids=["evidence", "answer"])
def test_nothing_is_told_without_evidence_or_without_a_figure(place, tell, fields):
    assert tell(**fields).status_code == 422
    assert standing(place) == {}


@pytest.mark.parametrize(
    "body", [b"MZ\x90\x00 program", b"<html><script>", b"%PDF-1.7 cut off", b"PK\x03\x04 docx"]
)
def test_evidence_that_is_not_what_it_says_is_refused_whole(place, tell, body):
    refused = tell(file=body)

    assert refused.status_code == 422
    assert standing(place) == {}
    assert db.session().scalar(select(Attachment.digest)) is None


def test_a_file_is_kept_once_under_its_digest_and_comes_back_as_it_was(place, client, enter, tell):
    tell(file=PDF, evidence="")
    tell(file=PDF, evidence="Báo cáo 12/BC-UBND")

    place.read()
    (kept,) = db.session().scalars(select(Attachment.digest)).all()
    fetched = enter().get(f"{OWN}/1/tep")
    assert (fetched.status_code, fetched.data, fetched.mimetype) == (200, PDF, "application/pdf")
    assert "attachment" in fetched.headers["Content-Disposition"]
    assert kept[:12] in client.get(REPORTED).text
    noted = db.session().scalars(select(AuditEvent).where(AuditEvent.act == figures.REPORTED)).all()
    assert [one.details["file"] for one in noted] == [kept, kept]
    assert enter(Role.COMMUNE, place.neighbour).get(f"{OWN}/1/tep").status_code == 404


def test_a_unit_tells_for_itself_alone_and_decides_nothing(place, client, enter):
    enter(Role.COMMUNE, place.neighbour)

    assert client.get(OWN).status_code == 404
    assert client.post(OWN, data={"answer": "1", "evidence": "x"}).status_code in {400, 404}
    assert client.get(REPORTED).status_code == 403
    assert client.get(PAGE).status_code == 403
    assert client.get(LIST).status_code == 403
    assert standing(place) == {}


@pytest.mark.parametrize("role", [Role.FRONT_COMMUNE, Role.FRONT_PROVINCE, Role.VIEWER, Role.AUDITOR])
def test_nobody_else_tells_or_decides(client, enter, role):
    enter(role)

    assert client.get(OWN).status_code == 403
    assert client.get(REPORTED).status_code == 403


@pytest.mark.parametrize("key", ["communes_8_4", "districts_9_5", "files_online_province", "khong-co"])
def test_a_commune_is_not_asked_for_what_is_computed_ended_or_of_the_province(client, enter, key):
    assert enter(Role.COMMUNE).get(f"{PAGE}/don-vi/98001/{key}").status_code == 404


def test_the_province_tells_its_own_figure_and_it_counts_at_once(place, app, enter):
    client, own = enter(), f"{PAGE}/don-vi/52/files_online_province"
    form = Page(client.get(own).text).form(action=own)
    wrong = client.post(own, data=form.data(n="95", whole="90", evidence="Báo cáo 1"))
    told = client.post(own, data=form.data(n="1.900", whole="2000", evidence="Báo cáo 1"))

    assert (wrong.status_code, told.status_code) == (422, 303)
    found = machine(app)["files_online_province"]
    assert (found["met"], found["total"], found["missing"]) == (1900, 2000, 0)


@pytest.mark.both_engines
def test_one_list_of_all_units_is_looked_at_first_and_counts_once_saved(place, app, client, enter, tell):
    tell()
    content = workbook(
        ["BÁO CÁO CHỈ TIÊU 15.2"],
        ["Mã", "Đơn vị", "Đạt", "Nguồn"],
        ["98001", "Xã Biển Hồ", "không", ""],
        [None, "Xã Ia Mơ", "có", "Biên bản 3"],
        [None, "Tổng cộng", 1, None],
    )
    shown = look(enter(), content)
    unsaved = standing(place)[place.commune.id].newest.state
    saved = client.post(f"{LIST}/luu", data=Page(shown.text).form(action=f"{LIST}/luu").data())

    assert (shown.status_code, saved.status_code) == (200, 303)
    assert "Mới (2)" in shown.text
    assert "chưa ai quyết định" in shown.text
    assert unsaved is FigureState.WAITING
    found = standing(place)
    assert {unit: one.counts.figure for unit, one in found.items()} == {
        place.commune.id: Figure(0),
        place.neighbour.id: Figure(1),
    }
    assert found[place.commune.id].counts.evidence == "Báo cáo 5/BC-SNN, 10/02/2026"
    assert found[place.neighbour.id].counts.evidence == "Biên bản 3"
    assert (machine(app)[KEY]["met"], machine(app)[KEY]["missing"]) == (1, 0)


def test_a_list_with_anything_wrong_names_all_of_it_and_saves_nothing(place, enter):
    content = workbook(
        ["Đơn vị", "Số đạt", "Tổng số"],
        ["Xã Biển Hồ", 12, 10],
        ["Xã Không Có", 1, 2],
        ["Xã Ia Mơ", "nhiều", 3],
        ["98002", 1, 2],
        ["98002", 2, 2],
    )
    shown = look(enter(), content, FILES)

    assert shown.status_code == 422
    for said in ("lớn hơn tổng số", "Xã Không Có", "“nhiều”", "đã có ở dòng 5"):
        assert said in shown.text
    assert "danh-sach/luu" not in shown.text
    assert standing(place, "files_online_commune") == {}


def test_what_no_list_is_and_a_list_without_its_document_are_refused(enter):
    client = enter()

    assert look(client, b"%PDF-1.7 a report").status_code == 422
    assert look(client, workbook(["Đơn vị", "Đạt"], ["Xã Ia Mơ", "có"]), source="").status_code == 422


def test_a_list_is_not_saved_over_figures_that_came_after_it_was_looked_at(place, enter, tell):
    shown = look(enter(), workbook(["Đơn vị", "Đạt"], ["Xã Biển Hồ", "có"]))
    tell(answer="0")
    refused = enter().post(f"{LIST}/luu", data=Page(shown.text).form(action=f"{LIST}/luu").data())

    assert refused.status_code == 409
    assert standing(place)[place.commune.id].newest.figure == Figure(0)


def test_the_form_to_fill_in_comes_back_as_it_went(place, client, enter, tell, decide):
    tell()
    decide(decision="accepted")
    sent = enter().get(f"{LIST}.xlsx")
    rows = list(openpyxl.load_workbook(BytesIO(sent.data)).active.values)
    shown = look(enter(), sent.data)

    assert [row[0] for row in rows] == ["Mã", "98001", "98002"]
    assert shown.status_code == 200
    assert "Giữ nguyên (1)" in shown.text
    assert "Không có trong tệp (1)" in shown.text


def test_one_list_has_a_column_for_each_target_and_is_saved_whole_or_not_at_all(place, client, enter, tell):
    tell()
    book = openpyxl.load_workbook(BytesIO(enter().get(f"{ALL}.xlsx").data))
    head, *rows = book.active.values
    share, attested = (
        next(place for place, title in enumerate(head, 1) if title.startswith(said))
        for said in ("Hồ sơ công việc cấp xã", "Xã đạt chỉ tiêu 15.2")
    )
    for row, (n, of, answer) in enumerate([(12, 10, "có"), (3, 4, None)], 2):
        for column, value in ((share, n), (share + 1, of), (attested, answer)):
            book.active.cell(row, column).value = value
    wrong = look(enter(), saved_as(book), ALL)
    book.active.cell(2, share).value = 9
    shown = look(enter(), saved_as(book), ALL)
    unsaved = standing(place, "files_online_commune")
    saved = client.post(f"{ALL}/luu", data=Page(shown.text).form(action=f"{ALL}/luu").data())

    assert [row[:2] for row in rows] == [("98001", "Xã Biển Hồ"), ("98002", "Xã Ia Mơ")]
    assert (wrong.status_code, "lớn hơn tổng số" in wrong.text, "danh-sach/luu" in wrong.text) == (
        422,
        True,
        False,
    )
    assert (shown.status_code, unsaved, saved.status_code) == (200, {}, 303)
    files = standing(place, "files_online_commune")
    assert {unit: one.counts.figure for unit, one in files.items()} == {
        place.commune.id: Figure(9, 10),
        place.neighbour.id: Figure(3, 4),
    }
    answers = standing(place)
    assert (answers[place.commune.id].counts.figure, place.neighbour.id in answers) == (Figure(1), False)


def test_the_workbook_of_the_year_has_a_sheet_of_the_plan(enter, tell, decide):
    tell()
    decide(decision="accepted")
    book = openpyxl.load_workbook(BytesIO(enter().get("/can-bo/tinh/2026.xlsx?lang=en").data))
    head, *rows = book["Targets of the plan"].values

    found = {row[0]: dict(zip(head, row, strict=True)) for row in rows}
    assert len(rows) == 13
    told = found["Communes meeting indicator 15.2 (online public services)"]
    assert (told["Met"], told["Total"], told["Share"], told["Missing to the goal"]) == (1, 2, 0.5, 0)
    assert (told["Have entered nothing that counts"], told["Plan until the year"]) == (1, 2025)
    assert found["Work files handled online, districts"]["Met"] is None


def test_the_page_shows_goal_state_trend_and_who_is_missing(place, enter, tell, decide):
    tell()
    decide(decision="accepted")
    with db.transaction() as current:
        figures.report(
            current, plans.open_target(current, place.province, KEY, 2025), place.neighbour.id, 2025, Figure(0),
            evidence="Báo cáo năm 2025", digest=None, is_accepted=True, actor="operator", now=datetime.now(UTC),
        )  # fmt: skip
        figures.report(
            current, plans.open_target(current, place.province, "files_online_commune", 2026), place.neighbour.id, 2026,
            Figure(9, 10), evidence="Báo cáo", digest=None, is_accepted=True, actor="operator", now=datetime.now(UTC),
        )  # fmt: skip
    page = enter().get(PAGE).text
    book = openpyxl.load_workbook(BytesIO(enter().get("/can-bo/tinh/2026.xlsx").data))
    [row] = [one for one in book["Mục tiêu kế hoạch"].values if one[2:4] == (9, 10)]

    for said in ("từ 50", "1/2 (50,00", "2025: 0/2 (0,00", "kế hoạch đến 2025", "Xã Ia Mơ"):
        assert said in page
    assert page.count("kế hoạch đến 2025") == 13
    for said in ("đã đạt mục tiêu", "chưa đạt mục tiêu", "chưa có số được tính"):
        assert said in page
    few = "theo số của 1/2 đơn vị đã báo; chưa kết luận khi còn đơn vị chưa báo"
    assert few in page
    assert (row[5], row[-1]) == (None, few)
    assert "kế hoạch đến 2025" not in enter().get("/can-bo/chi-tieu/2025").text
    assert enter(Role.VIEWER).get(PAGE).status_code == 200


def test_every_reader_finds_all_who_are_missing_and_the_list_says_whose_targets_it_takes(place, enter):
    for number in range(11):
        place._unit(f"9801{number:02}", "commune", "xa", f"Số {number:02}", place.province)
    place.session.commit()
    read, chosen = enter(Role.VIEWER).get(PAGE).text, enter().get(ALL).text

    assert read.count("Xã Số 10") >= 5
    assert "13 đơn vị chưa có số liệu được tính; các năm trước, nguồn" in read
    assert "mục tiêu của xã, phường" in chosen
    assert "ô để trống thì giữ nguyên số liệu đang có" in chosen


def new_terms(client, **fields):
    form = Page(client.get(TERMS).text).form(action=TERMS)
    given = {
        "goal": "80", "since": "2026", "until": "2030", "source_number": "99/KH-UBND",
        "source_date": "2026-03-01", "source_article": "Mục II", **fields,
    }  # fmt: skip
    return client.post(TERMS, data=form.data(**given))


def test_a_new_end_with_its_document_takes_the_mark_away_and_an_earlier_year_keeps_its_goal(
    app, place, enter
):
    kept = new_terms(enter())
    found = machine(app)[KEY]

    assert kept.status_code == 303
    assert (found["goal"], found["until"], found["beyond_plan"]) == (0.8, 2030, False)
    assert "99/KH-UBND" in found["source"]
    place.read()
    assert plans.one(db.session(), place.province, KEY, 2025).terms.goal == 5000


@pytest.mark.parametrize(
    "fields",
    [
        {"source_number": ""}, {"source_date": ""}, {"source_article": ""}, {"goal": "0"}, {"goal": "101"},
        {"goal": "nhiều"}, {"until": "2025"}, {"until": "1"},
    ],
    ids=str,
)  # fmt: skip
def test_no_goal_without_its_document_and_none_of_nobody_or_more_than_all(place, app, enter, fields):
    assert new_terms(enter(), **fields).status_code == 422
    assert machine(app)[KEY]["goal"] == 0.5


def test_of_two_who_ask_for_something_else_the_second_sees_the_first(enter):
    client = enter()
    opened = Page(client.get(TERMS).text).form(action=TERMS)
    new_terms(client)
    late = client.post(
        TERMS,
        data=opened.data(
            goal="70",
            since="2026",
            until="2030",
            source_number="1",
            source_date="2026-01-01",
            source_article="2",
        ),
    )

    assert late.status_code == 409
    assert "99/KH-UBND" in late.text


def test_the_plans_document_is_entered_once_for_all_targets_and_no_goal_changes(place, enter):
    client, before = enter(), plans.reported_on(db.session(), place.province, 2026)
    form = Page(client.get(f"{PAGE}/ke-hoach").text).form(action=f"{PAGE}/ke-hoach")
    given = {
        "source_number": "99/KH-UBND", "source_body": "UBND tỉnh Gia Lai", "source_date": "2026-03-01",
        "source_article": "Phụ lục I", "since": "2026", "until": "2030",
    }  # fmt: skip
    before_the_page = client.post(f"{PAGE}/ke-hoach", data=form.data(**{**given, "since": "2025"}))
    bare = client.post(f"{PAGE}/ke-hoach", data=form.data(**{**given, "source_body": ""}))
    saved = client.post(f"{PAGE}/ke-hoach", data=form.data(**given))
    again = client.post(f"{PAGE}/ke-hoach", data=form.data(**{**given, "until": "2029"}))
    place.read()
    after = plans.reported_on(db.session(), place.province, 2026)

    assert (bare.status_code, saved.status_code, again.status_code) == (422, 303, 409)
    assert before_the_page.status_code == 422
    assert {(one.terms.source.number, one.terms.until) for one in after} == {
        ("99/KH-UBND (UBND tỉnh Gia Lai)", 2030)
    }
    assert [one.terms.goal for one in after] == [one.terms.goal for one in before]
    assert plans.reported_on(db.session(), place.province, 2025) == plans.reported_on(
        db.session(), place.province, 2024
    )
    assert client.get(PAGE).text.count("kế hoạch đến 2025") == 5, (
        "computed ones go by their rule book, those of districts have ended"
    )


def test_the_plans_document_changes_no_later_goal_and_no_other_document_and_says_so(place, enter):
    client, address = enter(), f"{PAGE}/ke-hoach"
    opened = Page(client.get(address).text).form(action=address)
    new_terms(client)
    own, late = new_terms(client, source_number="7/QĐ-UBND"), f"{PAGE}/managers_trained/sua"
    asked = {
        "goal": "95", "since": "2027", "until": "2030", "source_number": "8/QĐ-UBND",
        "source_date": "2026-03-01", "source_article": "Mục II",
    }  # fmt: skip
    later = client.post(late, data=Page(client.get(late).text).form(action=late).data(**asked))
    page = client.get(address).text
    given = {
        **asked, "source_number": "99/KH-UBND", "source_body": "UBND tỉnh Gia Lai", "since": "2026",
    }  # fmt: skip
    unseen = client.post(address, data=opened.data(**given))
    saved = client.post(address, data=Page(page).form(action=address).data(**given))
    place.read()
    now, then = (
        {one.key: one.terms for one in plans.reported_on(db.session(), place.province, year)}
        for year in (2026, 2028)
    )

    assert (own.status_code, later.status_code) == (303, 303)
    assert "Cán bộ quản lý được tập huấn" in page
    assert "Xã đạt chỉ tiêu 15.2" in page
    assert (unseen.status_code, saved.status_code) == (409, 303)
    assert now[KEY].source.number == "7/QĐ-UBND"
    assert then["managers_trained"].goal == 9500
    assert now["communes_8_4_basic"].source.number == "99/KH-UBND (UBND tỉnh Gia Lai)"


def test_a_decision_that_is_refused_comes_back_on_the_page_of_its_unit(place, enter, monkeypatch):
    monkeypatch.setattr(views, "_UNITS_ON_A_PAGE", 1)
    with db.transaction() as current:
        for unit in (place.commune, place.neighbour):
            figures.report(
                current, plans.open_target(current, place.province, KEY, 2026), unit.id, 2026, Figure(1),
                evidence="Báo cáo", digest=None, is_accepted=False, actor="operator", now=datetime.now(UTC),
            )  # fmt: skip
    client, address = enter(), f"{REPORTED}/98002"
    form = Page(client.get(f"{REPORTED}?page=2").text).form(action=address)
    refused = client.post(address, data=form.data(decision="sent_back", reason="a" * 501))

    assert refused.status_code == 422
    assert "a" * 501 in refused.text
