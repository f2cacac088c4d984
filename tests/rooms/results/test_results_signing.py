"""Two bodies sign a sealed result on one page each; the province Front may stand in."""

import re
from datetime import UTC, datetime

import pytest
from flask import g
from sqlalchemy import select

from survey_app import access, db
from survey_app.access import Body, Identity, Role
from survey_app.accounts import todo
from survey_app.accounts.models import User
from survey_app.accounts.todo import Section
from survey_app.audit import AuditEvent
from survey_app.fieldwork import operations as fieldwork
from survey_app.fieldwork import queries as fieldwork_queries
from survey_app.fieldwork.models import State
from survey_app.reporting import papers, printing
from survey_app.results import signing
from survey_app.sealing import queries
from survey_app.sealing import signatures as sealing_signatures
from tests.pages import Page
from tests.readers import words

ADDRESS = "/can-bo/dot/0001/ky"


@pytest.fixture
def sealed(linh_cang):
    linh_cang.seal()
    return linh_cang


@pytest.fixture
def enter(app, client, sealed):
    """Continue as a person of that role, of the commune or of the province."""

    def sign_in(role, name="Bà Hoa"):
        unit = sealed.province if role in (Role.PROVINCE, Role.FRONT_PROVINCE) else sealed.commune
        with db.transaction() as current:
            unit_id, path = unit.id, unit.path
            email = f"{role}-{name}"
            user = current.scalar(select(User).where(User.email == email))
            if user is None:
                user = User(email=email, name=name, role=role, unit_id=unit_id, created_at=datetime.now(UTC))
                current.add(user)
                current.flush()
            person = Identity(user.id, name, role, unit_id, path)
        g.pop("identity", None)
        access.supply_identity(app, lambda: person)
        with client.session_transaction() as session:
            session["confirmed_at"] = datetime.now(UTC).timestamp()
        return client

    return sign_in


def send(client, **fields):
    """Sign or decide, as somebody who says why the drawn slips are not compared."""
    form = Page(client.get(ADDRESS).text).form(action=ADDRESS)
    return client.post(ADDRESS, data=form.data(**{"reason": "Phiếu còn ở thôn xa", **fields}))


def printed_minutes():
    db.session().rollback()
    return words(printing.minutes(papers.exact(db.session(), "0001"), datetime.now(UTC)))


def state():
    current = db.session()
    current.rollback()
    return fieldwork_queries.survey(current, "0001").state


def signatures():
    current = db.session()
    current.rollback()
    return sealing_signatures.signatures(current, "0001")


def test_the_page_says_what_is_signed(enter):
    page = enter(Role.FRONT_COMMUNE).get(ADDRESS)

    digest = queries.scorecard(db.session(), "0001").digest
    assert page.status_code == 200
    assert digest[:20] in page.text
    assert {"76", "72", "61", "11"} <= set(re.findall(r"\b\d+\b", page.text))
    assert digest[:21] not in page.text


@pytest.mark.parametrize(
    ("first", "second"),
    [(Role.COMMUNE, Role.FRONT_COMMUNE), (Role.FRONT_COMMUNE, Role.COMMUNE)],
    ids=["the commune signs first", "the Front signs first"],
)
def test_a_result_is_signed_when_both_bodies_have_signed(enter, first, second):
    asked = send(enter(first))
    assert (asked.status_code, state(), signatures()) == (303, State.SEALED, ())

    decided = send(enter(second, "Ông Bình"), decision="approved")

    assert (decided.status_code, state()) == (303, State.SIGNED)
    assert [(found.role, found.name, found.stands_in) for found in signatures()] == [
        (first, "Bà Hoa", False),
        (second, "Ông Bình", False),
    ]


@pytest.mark.usefixtures("undrawn")
def test_signing_before_the_drawn_slips_are_compared_asks_a_reason_that_is_kept_and_printed(enter):
    bare = send(enter(Role.COMMUNE), reason="")
    signed = send(enter(Role.COMMUNE))
    silent = send(enter(Role.FRONT_COMMUNE, "Ông Bình"), decision="approved", reason=" ")
    agreed = send(enter(Role.FRONT_COMMUNE, "Ông Bình"), decision="approved", reason="Đối chiếu sau khi ký")

    assert [reply.status_code for reply in (bare, signed, silent, agreed)] == [422, 303, 422, 303]
    assert "phiếu giấy rút cho người ký chưa đối chiếu" in bare.text
    noted = select(AuditEvent).where(AuditEvent.act == "results.sign_uncompared").order_by(AuditEvent.id)
    told = [event.details for event in db.session().scalars(noted)]
    assert [one["reason"] for one in told] == ["Phiếu còn ở thôn xa", "Đối chiếu sau khi ký"]
    assert [one["drawn_slips"] for one in told] == [11, 11]
    assert all(reason in printed_minutes() for reason in ("Phiếu còn ở thôn xa", "Đối chiếu sau khi ký"))
    assert "Việc chưa xong khi ký: 11 phiếu giấy rút cho người ký chưa đối chiếu" in printed_minutes()


def test_a_body_cannot_sign_for_the_other_nor_twice(enter):
    send(enter(Role.FRONT_COMMUNE))

    deputy = enter(Role.FRONT_COMMUNE, "Bà Phó")
    page = deputy.get(ADDRESS)
    again = deputy.post(ADDRESS, data={"csrf_token": ""})

    assert 'name="decision"' not in page.text
    assert again.status_code in (400, 409)
    assert state() is State.SEALED


def test_a_refusal_needs_a_reason_keeps_the_result_sealed_and_can_be_asked_again(enter):
    send(enter(Role.COMMUNE))
    front = enter(Role.FRONT_COMMUNE, "Ông Bình")

    bare = send(front, decision="refused", reason="")
    refused = send(front, decision="refused", reason="Thiếu 3 phiếu của làng")
    send(enter(Role.COMMUNE))

    assert (bare.status_code, refused.status_code, state()) == (422, 303, State.SEALED)
    assert "Thiếu 3 phiếu của làng" in enter(Role.FRONT_COMMUNE, "Ông Bình").get(ADDRESS).text
    send(enter(Role.FRONT_COMMUNE, "Ông Bình"), decision="approved")
    assert state() is State.SIGNED


def test_the_province_front_stands_in_and_the_page_says_so(enter):
    send(enter(Role.COMMUNE))

    send(enter(Role.FRONT_PROVINCE, "Bà Tỉnh"), decision="approved")

    (_commune, front) = signatures()
    assert (front.body, front.stands_in) == (Body.FRONT, True)
    assert "Bà Tỉnh (Mặt trận tỉnh làm thay Mặt trận xã)" in enter(Role.COMMUNE).get(ADDRESS).text
    noted = db.session().scalars(select(AuditEvent).where(AuditEvent.act == "results.sign")).one()
    assert noted.details["stand_in"] == "front_province"


def test_nothing_is_signed_before_the_seal(app, linh_cang):
    person = linh_cang.person(Role.FRONT_COMMUNE)
    survey = fieldwork_queries.survey(db.session(), "0001")

    with pytest.raises(signing.CannotSign), db.transaction() as current:
        signing.ask(current, survey, by=person, now=datetime.now(UTC))


def test_a_survey_that_was_cancelled_meanwhile_is_not_signed(enter):
    send(enter(Role.COMMUNE))
    front = enter(Role.FRONT_COMMUNE, "Ông Bình")
    form = Page(front.get(ADDRESS).text).form(action=ADDRESS)
    with db.transaction() as current:
        fieldwork.annul(current, "0001", reason="Phát sai phiếu", actor="operator", now=datetime.now(UTC))

    reply = front.post(ADDRESS, data=form.data(decision="approved"))

    assert (reply.status_code, state()) == (409, State.ANNULLED)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CLERK, Role.AUDITOR, Role.DIGITAL_TEAM])
def test_only_the_two_bodies_sign(enter, role):
    assert enter(role).get(ADDRESS).status_code == 403


def test_both_bodies_find_the_signature_on_their_list_of_today(app, enter):
    def waiting():
        with app.test_request_context():
            found = todo.todos(db.session(), access.identity(), datetime.now(UTC))
            return [(item.section, item.urgent) for item in found if item.url == ADDRESS]

    enter(Role.FRONT_COMMUNE)
    before = waiting()
    enter(Role.COMMUNE)
    commune_before = waiting()
    send(enter(Role.COMMUNE))
    commune_after = waiting()
    enter(Role.FRONT_COMMUNE)

    assert (before, commune_before) == ([(Section.MINE, False)], [(Section.MINE, False)])
    assert (commune_after, waiting()) == ([(Section.OTHERS, False)], [(Section.MINE, True)])
