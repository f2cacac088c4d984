"""The map of a year: every unit a link with its name and state, the same as a list, and nothing of other provinces."""

import json
from datetime import UTC, date, datetime

import pytest
from lxml import etree

from survey_app import db
from survey_app.fieldwork.models import State
from survey_app.results.year_map import Stage, stage_of
from survey_app.units import boundaries, reforms, register
from survey_app.units import queries as units

PUBLIC, STAFF = "/ket-qua/nam/2026/ban-do", "/can-bo/tinh/2026/ban-do"
TODAY = date(2026, 11, 1)


@pytest.fixture
def gia_lai(province):
    """The province of the tests called Gia Lai: its own units of the register, and surveys as the tests make them."""
    with db.transaction() as current:
        reforms.import_register(current, now=datetime.now(UTC))
    province.unit = units.unit_by_code(db.session(), "52", TODAY)
    return province


def unit(name):
    found = units.communes(db.session(), units.unit_by_code(db.session(), "52", TODAY).path, TODAY)
    return next(one for one in found if one.full_name == name)


def links(page):
    """What is heard of each link of the map, in order, its address, and its fill."""
    tree = etree.HTML(page)
    return [
        (link.get("aria-label"), link.get("href"), link.find("path").get("fill"))
        for link in tree.iter("a")
        if link.find("path") is not None
    ]


def test_every_unit_of_the_reform_has_an_outline_and_none_of_before(gia_lai):
    session = db.session()
    eve = date(2025, 6, 30)
    now = units.communes(session, units.unit_by_code(session, "52", TODAY).path, TODAY)
    before = units.communes(session, units.unit_by_code(session, "64", eve).path, eve)

    found = boundaries.outlines(now)

    assert len(now) == len(found.paths) == 135
    assert before
    assert boundaries.outlines(before) is None, "codes are given again: an outline is of one period"
    assert all(drawn.startswith("M") and drawn.endswith("z") for drawn in found.paths.values())


def test_outlines_of_neighbours_meet():
    """A border of two units is one arc, run through once in each direction."""
    [file] = register.boundaries().values()
    document = json.loads(file.read_text())
    used = [arc for rings in document["units"].values() for ring in rings for arc in ring]

    assert len(used) == len(set(used))
    assert {arc if arc >= 0 else ~arc for arc in used} == set(range(len(document["arcs"])))


@pytest.mark.parametrize("address", [PUBLIC, STAFF])
def test_the_map_is_read_link_by_link_in_the_order_of_names(gia_lai, client, address):
    gia_lai.sign_in()

    page = client.get(address)
    found = links(page.text)

    assert page.status_code == 200
    assert len(found) == 135
    names = [says.split(": ")[0] for says, _href, _fill in found]
    assert [name.split(" ", 1)[1] for name in names][:2] == ["Al Bá", "An Bình"]
    assert names.index("Xã Đak Đoa") > names.index("Xã Cửu An"), "Đ comes after D"
    assert page.text.count("ranh giới tham khảo") + page.text.count("Ranh giới tham khảo") == 1
    listed = etree.HTML(page.text).xpath('//ul[@class="map-list"]/li')
    assert [" ".join(one.itertext()).strip() for one in listed] == names, "the list says the same"
    assert "<strong>135</strong>" in page.text


def test_states_differ_by_pattern_and_drafts_are_for_officers_alone(gia_lai, client):
    signed, draft = unit("Xã Al Bá"), unit("Phường An Bình")
    made = {}
    for one in (signed, draft):
        gia_lai._unit(f"{one.code}001", "village", "thon", "Một", db.session().get_one(units.Unit, one.id))
        made[one.id] = db.session().get_one(units.Unit, one.id)
    number = gia_lai.signed(made[signed.id])
    gia_lai.survey(made[draft.id], State.DRAFT)
    gia_lai.sign_in()

    everybody, officers = (
        dict(zip(("says", "href", "fill"), zip(*links(client.get(one).text), strict=True), strict=True))
        for one in (PUBLIC, STAFF)
    )

    assert everybody["says"][:2] == ("Xã Al Bá: hai bên đã ký", "Phường An Bình: chưa lấy ý kiến")
    assert officers["says"][:2] == ("Xã Al Bá: hai bên đã ký", "Phường An Bình: đang chuẩn bị lấy ý kiến")
    assert everybody["href"][0] == f"/ket-qua/{number}"
    assert officers["href"][1] == f"/can-bo/tinh/2026?q={draft.code}#units"
    assert officers["fill"][:2] == ("url(#map-signed)", "url(#map-prepared)")


def test_a_province_without_outlines_has_no_map_and_no_link_to_one(province, client):
    province.survey(province.commune("Thử"), State.OPEN)
    province.sign_in()

    assert client.get(STAFF).status_code == client.get(PUBLIC).status_code == 404
    for page in ("/can-bo/tinh/2026", "/ket-qua/nam/2026"):
        assert "2026/ban-do" not in client.get(page).text


def test_a_unit_without_an_outline_is_named_in_words(gia_lai, client):
    gia_lai.commune("Mới Lập")

    page = client.get(PUBLIC).text

    assert "Chưa có ranh giới trên bản đồ, chỉ có trong danh sách: Xã Mới Lập." in " ".join(page.split())


def test_every_state_has_a_stage():
    assert {stage_of(state) for state in (None, *State)} == set(Stage)
