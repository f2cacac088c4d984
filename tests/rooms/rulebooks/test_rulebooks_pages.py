"""Pages of the rule books: conditions with their sources, uploads, services and recognitions."""

import io
import json
from datetime import date

import pytest

from survey_app.access import Role
from survey_app.criteria import framework_document
from survey_app.rulebooks import queries
from survey_app.rulebooks.packaged import packaged

BOOK = "/can-bo/khung/2026"
DEMO = "mau-trinh-dien"


def shipped_document():
    return framework_document.dump(next(book for book in packaged() if not book.demo))


def test_an_empty_threshold_is_shown_as_not_configured_with_what_was_seen_elsewhere(place, client):
    place.sign_in()

    page = client.get(BOOK + "?lang=en").text

    assert "not configured" in page
    assert "Hải Dương 2018" in page
    assert "never used for a verdict" in page
    assert "does not cover 2026" in page


def test_a_threshold_is_shown_with_number_date_and_article(place, client, send):
    place.sign_in()
    send(BOOK + "/chon", {"key": DEMO}, page=BOOK)

    page = client.get(BOOK + "?lang=en").text

    assert "at least 90\u00a0%" in page
    assert "MẪU TRÌNH DIỄN, 01/01/2026, không phải văn bản pháp luật" in page
    assert "It is no law" in page


def test_a_rule_book_goes_out_as_a_file_and_comes_back_as_a_new_version(place, client, send):
    place.sign_in()
    document = json.loads(client.get("/can-bo/khung/tep/ntm-nang-cao-2021-2025-3.json").data)
    source = {"number": "99/QĐ-TTg", "date": "2026-02-15", "article": "Điều 4"}
    document["requirements"][2]["threshold"] = {"basis_points": 9000, "comparison": ">=", "source": source}
    content = json.dumps(document).encode()
    send(BOOK + "/tep", {"file": (io.BytesIO(json.dumps(shipped_document()).encode()), "cu.json")}, page=BOOK)

    reply = send(BOOK + "/tep", {"file": (io.BytesIO(content), "moi.json")}, page=BOOK)

    assert reply.status_code == 302
    assert (
        queries.version(place.read(), document["key"], 4).requirements[2].threshold.source.article == "Điều 4"
    )
    assert "99/QĐ-TTg, 15/02/2026, Điều 4" in client.get(BOOK).text


def test_an_upload_with_mistakes_lists_them_and_saves_nothing(place, client, send):
    place.sign_in()
    document = shipped_document()
    document["requirements"][1]["threshold"] = {"basis_points": 7000, "comparison": ">=", "source": None}
    document["period_to"] = "mai"

    page = send(
        BOOK + "/tep?lang=en", {"file": (io.BytesIO(json.dumps(document).encode()), "x.json")}, page=BOOK
    )

    assert page.status_code == 422
    assert "needs the number, date and article" in page.text
    assert "is not of the form 2026-02-15" in page.text
    assert queries.versions_of(place.read(), document["key"]) == ()


@pytest.mark.parametrize("role", [Role.FRONT_PROVINCE, Role.AUDITOR, Role.VIEWER])
def test_others_of_the_province_read_the_rule_book_and_change_nothing(place, client, role):
    place.sign_in(role)

    assert client.get(BOOK).status_code == 200
    assert "<form" not in client.get(BOOK).text.split("<main")[1].split("</main>")[0]
    assert client.post(BOOK + "/chon", data={"key": DEMO}).status_code in {400, 403}
    assert not queries.in_force(place.read(), place.province.id, 2026).is_chosen


@pytest.mark.parametrize(
    "address",
    ["/can-bo/khung/1999", "/can-bo/khung/tep/khong-co-1.json", "/can-bo/khung/tep/mau-trinh-dien-9.json"],
)
def test_what_is_not_there_is_not_found(place, client, address):
    place.sign_in()

    assert client.get(address).status_code == 404


def test_a_commune_ticks_its_services_with_a_note_each(place, client, send):
    place.sign_in(Role.COMMUNE, place.commune)
    page = "/can-bo/dich-vu/98001/2026"

    reply = send(page, {"health": "y", "health_note": " trạm y tế "}, page=page)

    held = queries.service_ticks(place.read(), place.province.path, 2026)[place.commune.id]
    assert reply.status_code == 302
    assert [(one.service, one.note) for one in held] == [("health", "trạm y tế")]
    assert 'value="trạm y tế"' in client.get(page).text


def test_a_tick_without_a_note_is_refused_and_what_was_typed_stays(place, send):
    place.sign_in(Role.COMMUNE, place.commune)
    page = "/can-bo/dich-vu/98001/2026"

    reply = send(
        page + "?lang=en",
        {
            "health": "y",
            "health_note": "",
            "security": "y",
            "security_note": "VNeID",
            "culture_note": "nhà rông",
        },
        page=page,
    )

    assert reply.status_code == 422
    assert "Say where people find this service online." in reply.text
    assert "Tick this service too, or leave this empty." in reply.text
    assert 'value="VNeID"' in reply.text
    assert 'value="nhà rông"' in reply.text
    assert queries.service_ticks(place.read(), place.province.path, 2026) == {}


def test_a_commune_cannot_open_its_neighbours_services(place, client):
    place.sign_in(Role.COMMUNE, place.commune)

    assert client.get("/can-bo/dich-vu/98002/2026").status_code == 404
    assert client.get("/can-bo/dich-vu/2026").status_code == 403
    assert client.get("/can-bo/dich-vu").headers["Location"].startswith("/can-bo/dich-vu/98001/")


def test_the_province_sees_all_services_and_may_tick_for_any_commune(place, client, send):
    place.sign_in()
    page = "/can-bo/dich-vu/98002/2026"
    send(page, {"education": "y", "education_note": "edu.example.vn"}, page=page)

    listed = client.get("/can-bo/dich-vu/2026").text

    assert "edu.example.vn" in listed
    assert "Xã Biển Hồ" in listed


def test_the_province_enters_and_removes_an_earlier_recognition(place, client, send):
    place.sign_in()
    page = "/can-bo/cong-nhan"
    entry = {"unit": "98001", "indicator": "8.4", "decision_number": "12/QĐ-UBND", "decided_on": "2024-05-06"}

    entered = send(page, entry, page=page)
    listed = client.get(page).text
    held = queries.earlier(place.read(), place.province.path, 2026, "8.4")
    removal = "/can-bo/cong-nhan/98001/8.4/2024/xoa"
    of_another = send(removal, {"decision": "11/QĐ-UBND"}, page=page)
    still_held = queries.earlier(place.read(), place.province.path, 2026, "8.4")
    removed = send(removal, {"decision": "12/QĐ-UBND"}, page=page)

    assert (entered.status_code, of_another.status_code, removed.status_code) == (302, 404, 302)
    assert still_held == held
    assert "12/QĐ-UBND, 06/05/2024" in listed
    assert held[place.commune.id].decided_on == date(2024, 5, 6)
    assert queries.earlier(place.read(), place.province.path, 2026, "8.4") == {}


@pytest.mark.parametrize(
    "change",
    [
        {"decided_on": "2999-01-01"},
        {"decided_on": "mai"},
        {"decision_number": "   "},
        {"unit": "99999"},
        {"indicator": "99.9"},
    ],
)
def test_a_recognition_needs_a_real_commune_indicator_number_and_date(place, send, change):
    place.sign_in()
    entry = {"unit": "98001", "indicator": "8.4", "decision_number": "12/QĐ-UBND", "decided_on": "2024-05-06"}

    reply = send("/can-bo/cong-nhan", entry | change, page="/can-bo/cong-nhan")

    assert reply.status_code == 422
    assert queries.recognitions(place.read(), place.province.path) == ()


@pytest.mark.parametrize("role", [Role.COMMUNE, Role.FRONT_PROVINCE, Role.VIEWER])
def test_only_the_province_enters_recognitions(place, client, role):
    place.sign_in(role)

    assert client.get("/can-bo/cong-nhan").status_code == 403
