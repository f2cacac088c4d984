"""The province's list of sealed surveys with something to compare: in which order, for whom, and in which words."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from survey_app import db
from survey_app.access import Identity, Role
from survey_app.accounts import todo
from survey_app.audit import AuditEvent
from survey_app.campaigns import ranking
from survey_app.fieldwork.models import State
from survey_app.quality.models import BackCheck
from survey_app.units import queries as units
from tests.provinces import NOW

PAGE = "/can-bo/tinh/2026/doi-chieu"
READERS = (Role.PROVINCE, Role.FRONT_PROVINCE, Role.AUDITOR)


def ranked(province, year=2026):
    """Places of communes by kind, read afresh."""
    province.session.rollback()
    made = ranking.ranking(province.session, units.unit(province.session, province.unit.id), year)
    return {
        group.kind: (
            [(line.place, line.unit.name, len(line.strongest)) for line in group.lines],
            [quiet.unit.name for quiet in group.quiet],
        )
        for group in made.kinds
    }


def statements(session, act):
    """How many statements an act sends."""
    sent, engine = [], session.get_bind()

    def note(*given):
        sent.append(given[2])

    event.listen(engine, "before_cursor_execute", note)
    act()
    event.remove(engine, "before_cursor_execute", note)
    return len(sent)


def test_communes_are_ranked_within_their_kind_by_the_number_of_different_signs(province):
    province.sealed(province.commune("Yên"))
    province.sealed(province.commune("Ba"), crowd=40)
    province.sealed(province.commune("Ayun"), crowd=40, valid=101)
    province.sealed(province.commune("Pleiku", kind="phuong"), crowd=12)

    assert ranked(province) == {
        "xa": ([(1, "Ayun", 2), (2, "Ba", 1)], ["Yên"]),
        "phuong": ([(1, "Pleiku", 1)], []),
    }


def test_the_strongest_of_each_sign_stands_first_and_no_flag_is_lost(province):
    province.sealed(province.commune("Ayun"), crowd=40, valid=101)

    made = ranking.ranking(province.session, units.unit(province.session, province.unit.id), 2026)

    [line] = made.kinds[0].lines
    assert [flag.key for flag in line.flags] == ["F3", "F1", "F1"]
    assert line.strongest == line.flags[:2]
    assert line.others == line.flags[2:]


def test_only_surveys_that_are_sealed_and_count_in_the_year_stand_there(province):
    province.sealed(province.commune("Ba"), crowd=40)
    province.sealed(province.commune("Cũ"), crowd=40, sealed_at=NOW - timedelta(days=300))
    province.sealed(province.commune("Thử"), crowd=40, rehearsal=True)
    province.survey(province.commune("Mở"), State.OPEN)

    assert ranked(province) == {"xa": ([(1, "Ba", 1)], [])}
    assert ranked(province, 2025) == {"xa": ([(1, "Cũ", 1)], [])}
    assert ranked(province, 2024) == {}


def test_one_network_is_measured_by_what_is_usual_in_communes_of_the_kind(province):
    """Where a provider puts villages behind one address, three quarters of the answers are what all have."""
    for place in range(4):
        province.sealed(province.commune(f"Yên {place}"), network=(60, 80))
    usual = province.sealed(province.commune("Như"), crowd=40, network=(60, 80))
    more = province.sealed(province.commune("Hơn"), crowd=40, network=(79, 80))

    made = ranking.ranking(province.session, units.unit(province.session, province.unit.id), 2026)

    keys = {line.survey_id: {flag.key for flag in line.flags} for group in made.kinds for line in group.lines}
    assert keys == {usual: {"F3"}, more: {"F3", "F6"}}


def test_the_number_of_statements_does_not_grow_with_the_number_of_surveys(province):
    def read():
        ranked(province)

    province.sealed(province.commune("Một"))
    few = statements(province.session, read)
    for place in range(6):
        province.sealed(province.commune(f"Xã {place}"), crowd=40)

    assert statements(province.session, read) <= few


@pytest.mark.parametrize("role", list(Role))
def test_exact_signs_are_for_the_province_its_front_and_the_auditor(province, client, role):
    province.sealed(province.commune("Ba"), crowd=40)
    province.sign_in(role)

    reply = client.get(PAGE)

    assert reply.status_code == (200 if role in READERS else 403)
    assert ("/doi-chieu" in client.get("/can-bo/tinh/2026").text) == (role in READERS)


def test_an_auditor_of_one_commune_does_not_compare_the_others(province, client):
    province.sign_in(Role.AUDITOR, province.commune("Ba"))

    assert client.get(PAGE).status_code == 403


def test_the_page_says_what_was_counted_leads_to_the_comparison_and_accuses_nobody(province, client):
    number = province.sealed(province.commune("Ba"), crowd=40)
    province.sign_in()

    page = client.get(PAGE)

    words = " ".join(re.sub(r"<[^>]+>", " ", page.text).split())
    assert f'href="/can-bo/dot/{number}/doi-chieu"' in page.text
    assert "40" in words
    assert not re.search(r"gian lận|vi phạm|fraud|cheat", words, re.IGNORECASE)
    db.session().rollback()
    [event_noted] = db.session().query(AuditEvent).filter_by(act="results.exact").all()
    assert event_noted.subject == f"unit:{province.unit.id}"


def test_a_year_without_sealed_surveys_and_a_year_nobody_knows(province, client):
    province.sign_in()

    assert client.get(PAGE).status_code == 200
    assert client.get("/can-bo/tinh/1999/doi-chieu").status_code == 404


def test_what_was_closed_last_december_and_sealed_in_january_is_asked_for_under_its_own_year(app, province):
    closed = datetime(2025, 12, 30, tzinfo=UTC)
    province.sealed(
        province.commune("Ba"),
        sealed_at=datetime(2026, 1, 6, tzinfo=UTC),
        closes_at=closed,
        opens_at=closed - timedelta(days=9),
    )
    person = Identity(1, "An", Role.PROVINCE, province.unit.id, province.unit.path)

    with app.test_request_context():
        listed = [item.url for item in todo.todos(db.session(), person, NOW) if "doi-chieu" in item.url]

    assert listed == ["/can-bo/tinh/2025/doi-chieu"]
    assert (ranked(province), ranked(province, 2025)) == ({}, {"xa": ([], ["Ba"])})


def test_surveys_nobody_called_back_stand_on_the_list_of_today(app, province):
    number = province.sealed(province.commune("Ba"))
    province.sealed(province.commune("Cũ"), sealed_at=NOW - timedelta(days=300))

    def listed(role):
        person = Identity(1, "An", role, province.unit.id, province.unit.path)
        with app.test_request_context():
            return [item.url for item in todo.todos(db.session(), person, NOW) if item.url == PAGE]

    assert {role: len(listed(role)) for role in (*READERS, Role.VIEWER)} == {
        **dict.fromkeys(READERS, 1),
        Role.VIEWER: 0,
    }
    db.session().add(BackCheck(survey_id=number, size=30, ticked={}, drawn_by="user:1", drawn_at=NOW))
    db.session().commit()
    assert listed(Role.PROVINCE) == []
