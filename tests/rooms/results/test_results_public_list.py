"""The list of a province's year and open data: what everybody is told, and what follows from none of it."""

import csv
import io
import json

import pytest

from survey_app import db
from survey_app.fieldwork.models import Channel, Purpose, State, Survey
from survey_app.results import postings, public_views, year_list
from survey_app.results.models import Pledge
from survey_app.results.postings import Noted
from survey_app.units import queries as units
from survey_app.units.models import Unit
from tests.pages import Page
from tests.rooms.sealing.conftest import HAPPY, NOW, UNHAPPY

YEAR = "/ket-qua/nam/2026"


@pytest.fixture
def province(surveys):
    """Four communes: two signed, one of them with too few slips; one open; one without any survey."""
    others = {
        name: surveys._unit(code, "commune", "xa", name, surveys.province)
        for code, name in (("98002", "Ít phiếu"), ("98003", "Đang hỏi"), ("98004", "Chưa hỏi"))
    }
    surveys.make("0001", households={"Một": 100})
    surveys.answer("0001", "Một", HAPPY, times=71)
    surveys.answer("0001", "Một", {**HAPPY, "roads": "dissatisfied"}, times=12)
    surveys.answer("0001", "Một", UNHAPPY, channel=Channel.PAPER_ENTRY)
    surveys.seal("0001")
    surveys.make("0002", households={"Hai": 20}, commune=others["Ít phiếu"])
    surveys.answer("0002", "Hai", UNHAPPY, times=12)
    surveys.seal("0002")
    surveys.make("0003", households={"Ba": 50}, commune=others["Đang hỏi"], state=State.OPEN)
    surveys.answer("0003", "Ba", HAPPY, times=33)
    for number in ("0001", "0002"):
        surveys.session.get(Survey, number).state = State.SIGNED
    surveys.session.commit()
    return surveys


def table(reply):
    return list(csv.DictReader(io.StringIO(reply.data.decode("utf-8-sig"))))


def found(province):
    return year_list.of_year(db.session(), units.view(province.province), 2026, NOW)


def test_everybody_reads_the_newest_year_with_state_coverage_rate_and_lowest_items(client, province):
    page = client.get("/ket-qua", follow_redirects=True)

    text = page.text.replace("\u00a0", " ")
    assert page.request.path == YEAR
    assert "84/100 (84.00 %)" in text or "84/100 (84,00 %)" in text
    assert "Đường sá 84,52 %; Nước sạch 98,81 %" in text.replace(".", ",")
    assert text.count("Xã Chưa hỏi") == 1
    assert "Set-Cookie" not in page.headers


def test_a_commune_with_too_few_slips_follows_from_no_sum(province):
    (total,) = found(province).sums

    assert (total.communes, total.households, total.answered, total.valid) == (1, 100, 84, 84)
    assert (total.pooled.n, total.pooled.of) == (71 * 2 + 12, 168)
    assert (total.phone, total.paper) == (83, 1)


def test_the_sample_of_a_ward_is_in_no_sum_and_its_number_is_told(client, province):
    before = found(province).sums
    ward = province._unit("98005", "commune", "phuong", "Mẫu", province.province)
    province.make("0005", households={"Năm": 100}, commune=ward)
    province.answer("0005", "Năm", HAPPY, times=60)
    province.seal("0005")
    province.session.get(Survey, "0005").state = State.SIGNED
    province.session.commit()

    assert found(province).sums == before
    assert found(province).outside_programme == 1
    assert "1 phường lấy phiếu mẫu" in client.get(YEAR).text


def test_what_is_not_signed_is_listed_and_in_no_sum(client, province):
    province.session.get(Survey, "0001").state = State.SEALED
    province.session.commit()

    assert found(province).sums == ()
    assert "counts nowhere before both bodies sign" in client.get(f"{YEAR}?lang=en").text


def test_drafts_rehearsals_feedback_and_annulled_surveys_are_not_in_the_list(client, province):
    for number, changes in (
        ("0011", {"state": State.DRAFT}),
        ("0012", {"rehearsal": True}),
        ("0013", {"purpose": Purpose.FEEDBACK}),
        ("0014", {"state": State.ANNULLED}),
    ):
        province.make(number, households={"Bốn": 5}, state=State.OPEN)
        row = province.session.get(Survey, number)
        row.unit_id = next(line.unit.id for line in found(province).lines if line.unit.name == "Chưa hỏi")
        for name, value in changes.items():
            setattr(row, name, value)
        province.session.commit()

    assert [line.unit.name for line in found(province).not_asked] == ["Chưa hỏi"]


def test_the_file_of_the_year_has_every_commune_and_no_figure_before_the_seal(client, province):
    rows = {row["unit"]: row for row in table(client.get(f"{YEAR}.csv"))}

    assert len(rows) == 4
    assert rows["98001"]["pooled_per_cent"] == "91.67"
    assert (rows["98001"]["lowest_1"], rows["98001"]["lowest_1_per_cent"]) == ("Đường sá", "84.52")
    assert rows["98002"]["coverage_per_cent"] == "60.00"
    assert rows["98002"]["pooled_per_cent"] == rows["98002"]["satisfied_answers"] == ""
    assert (rows["98003"]["state"], rows["98003"]["answered"]) == ("open", "")
    assert rows["98004"]["state"] == "not_asked"


def test_open_data_of_a_result_say_what_its_page_says_and_are_told_in_the_dictionary(client, province):
    rows = table(client.get("/ket-qua/0001/so-lieu.csv"))
    document = json.loads(client.get("/ket-qua/0001/so-lieu.json").data)

    figures = {(row["level"], row["figure"], row["item"]): row for row in rows}
    assert figures["commune", "pooled", ""]["per_cent"] == "91.67"
    assert figures["commune", "item_dissatisfied", "roads"]["n"] == "13"
    village = {figure for level, figure, _item in figures if level == "village"}
    assert village <= {"coverage", "band_at_least", "band_at_most", "band_below"}
    assert [row["figure"] for row in document["rows"]] == [row["figure"] for row in rows]
    words = {word for entry in document["dictionary"] for word in entry.split(", ")}
    assert {row["figure"] for row in rows} | set(rows[0]) <= words
    assert client.get("/ket-qua/du-lieu-mo").status_code == 200


def test_open_data_of_a_rehearsal_say_so_in_their_first_rows(client, province):
    province.session.get(Survey, "0001").rehearsal = True
    province.session.commit()

    rows = table(client.get("/ket-qua/0001/so-lieu.csv?lang=en"))

    assert {row["rehearsal"] for row in rows} == {"yes"}
    assert rows[0]["figure"] == "remark"
    assert rows[0]["item_text"] == "REHEARSAL: these figures count for nothing."


def test_open_data_of_a_survey_that_another_one_stands_in_for_name_that_one(client, province):
    province.make("0005", households={"Một": 100})
    province.answer("0005", "Một", HAPPY, times=50)
    province.seal("0005")

    assert {row["spoken_by"] for row in table(client.get("/ket-qua/0001/so-lieu.csv"))} == {"0005"}
    assert {row["spoken_by"] for row in table(client.get("/ket-qua/0005/so-lieu.csv"))} == {""}


def test_a_commune_above_its_list_is_told_and_in_no_sum(client, province):
    asked = province.session.query(Unit).filter_by(code="98003").one()
    province.make("0006", households={"Bốn": 30}, commune=asked)
    province.answer("0006", "Bốn", HAPPY, times=35)
    province.seal("0006")
    province.session.get(Survey, "0006").state = State.SIGNED
    province.session.commit()

    (total,) = found(province).sums
    rows = {row["unit"]: row for row in table(client.get(f"{YEAR}.csv"))}

    assert total.communes == 1
    assert {unit: row["above_list"] for unit, row in rows.items()} == {
        "98001": "no", "98002": "no", "98003": "yes", "98004": "",
    }  # fmt: skip
    assert "the list of households must be checked" in client.get(f"{YEAR}?lang=en").text


@pytest.mark.parametrize("number", ["0003", "9999"], ids=["open", "unknown"])
def test_there_are_no_open_data_of_what_has_no_result(client, province, number):
    assert client.get(f"/ket-qua/{number}/so-lieu.csv").status_code == 404
    assert client.get(f"/ket-qua/{number}/so-lieu.json").status_code == 404


def test_the_loudspeaker_reads_the_sentence_the_lowest_items_and_what_the_commune_will_do(client, province):
    province.session.add(
        Pledge(survey_id="0001", text="Sửa đường.\nTrước Tết.", saved_by="operator", saved_at=NOW)
    )
    province.session.commit()

    page = client.get("/ket-qua/0001?lang=en").text
    with db.transaction() as current:
        here = Noted(province.commune.id, "Nhà văn hóa", NOW.date(), None)
        postings.record(current, "0001", here, actor="operator", now=NOW)
    posted = client.get("/ket-qua/0001?lang=en").text

    spoken = page[page.index("loudspeaker") :]
    assert "posted in the commune" in posted
    assert "posted in the commune" not in spoken
    assert "The whole result is at" in spoken
    assert "More than 91 of 100 answers are satisfied; 84 of 100 households answered." in spoken
    assert "Sửa đường. Trước Tết." in spoken
    assert "Đường sá; Nước sạch" in spoken


def test_a_name_is_found_without_marks_and_a_year_or_province_that_is_none_is_not_there(client, province):
    assert len(found(province).named("it phieu")) == 1
    assert client.get("/ket-qua/nam/1066").status_code == 404
    assert client.get(f"{YEAR}?tinh=77").status_code == 404


def test_every_public_page_has_the_switch_and_leads_on_in_the_language_of_its_address(client, province):
    year = Page(client.get("/ket-qua", follow_redirects=True).text)

    for path in (
        "/",
        "/tiep-can",
        "/ket-qua",
        "/ket-qua/0001",
        "/ket-qua/0001/phan-anh",
        "/ket-qua/khoa",
        "/khong-co",
    ):
        page = Page(client.get(path, query_string={"lang": "en"}, follow_redirects=True).text)
        leads = [tag["href"] for tag in page.all("a") if tag.get("href", "").startswith("/")]
        switches = [tag for tag in page.all("a") if tag.get("hreflang")]
        switches += [tag for tag in page.all("button") if tag.get("name") == "_switch"]
        assert [tag.get("lang") for tag in switches] == ["vi"], path
        assert [href for href in leads if "lang=" not in href] == [], path
    assert [tag["href"] for tag in year.all("a") if tag.get("hreflang")] == ["/ket-qua/nam/2026?lang=en"]
    assert not any(
        "lang=" in tag["href"]
        for tag in year.all("a")
        if not tag.get("hreflang") and "tiep-can" not in tag["href"]
    )


def test_who_chooses_a_province_keeps_the_language_of_the_address(client, province):
    other = province._unit("97", "province", "tinh", "Khác", None)
    province._unit("97001", "commune", "xa", "Nơi khác", other)
    province.session.commit()

    usual, english = (Page(client.get(YEAR + asked).text) for asked in ("?tinh=98", "?tinh=98&lang=en"))

    assert "lang" not in usual.form().data()
    assert english.form().data()["lang"] == ["en"]
    assert {"/ket-qua/nam/2026?tinh=98&lang=en"} == {
        tag["href"] for tag in usual.all("a") if tag.get("hreflang")
    }


def test_a_long_list_comes_by_pages_and_its_file_whole(client, province, monkeypatch):
    monkeypatch.setattr(public_views, "_ON_A_PAGE", 1)

    first, second = client.get(f"{YEAR}?lang=vi").text, client.get(f"{YEAR}?lang=vi&page=2").text

    assert ("Trang 1 trên 2" in first, "Trang 2 trên 2" in second) == (True, True)
    named = [[f'href="/ket-qua/{number}' in page for number in ("0001", "0002")] for page in (first, second)]
    assert sorted(named) == [[False, True], [True, False]]
    assert len(table(client.get(f"{YEAR}.csv"))) == 4
