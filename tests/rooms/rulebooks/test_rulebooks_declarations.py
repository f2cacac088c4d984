"""The declared half of 8.4: the commune declares with evidence, the province accepts it once, or sends it back."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from sqlalchemy import select

from survey_app import db
from survey_app.access import Role
from survey_app.audit import AuditEvent
from survey_app.criteria.findings import Declared
from survey_app.rulebooks import declarations
from tests.pages import Page

OWN = "/can-bo/ung-dung-cntt/98001/2026"
LIST = "/can-bo/ung-dung-cntt/2026"
DECIDE = f"{OWN}/quyet-dinh"
SAID = {"what": "Hệ thống văn bản iOffice, một cửa điện tử", "evidence": "Báo cáo 12/BC-UBND, 05/01/2026"}


PDF = b"%PDF-1.7\n1 0 obj\n%%EOF\n"


@pytest.fixture
def declare(place, client):
    def sent(*, file=None, **fields):
        place.sign_in(Role.COMMUNE, place.commune)
        form = Page(client.get(OWN).text).form(action=OWN)
        data = form.data(**{**SAID, **fields})
        if file is not None:
            data["file"] = (BytesIO(file), "minh-chung.pdf")
        return client.post(OWN, data=data, content_type="multipart/form-data")

    return sent


@pytest.fixture
def decide(place, client):
    """Decide as the province on what its page showed."""

    def sent(opened=None, **fields):
        open_list()
        form = opened or Page(client.get(LIST).text).form(action=DECIDE)
        return client.post(DECIDE, data=form.data(**fields))

    def open_list():
        place.sign_in()
        with client.session_transaction() as running:
            running["confirmed_at"] = datetime.now(UTC).timestamp()

    return sent


def state(place):
    found = declarations.of_year(place.read(), place.province.path, 2026)
    return {unit: one.state for unit, one in found.items()}


def test_a_declaration_waits_until_the_province_accepts_it(place, declare, decide):
    kept = declare()
    waiting = state(place)

    accepted = decide(decision="accepted")

    assert (kept.status_code, accepted.status_code) == (303, 303)
    assert waiting == {place.commune.id: Declared.WAITING}
    assert state(place) == {place.commune.id: Declared.ACCEPTED}
    noted = db.session().scalars(select(AuditEvent).where(AuditEvent.act == "rulebooks.decide")).one()
    assert noted.details["decision"] == "accepted"


@pytest.mark.parametrize("missing", ["what", "evidence"])
def test_nothing_is_declared_without_evidence(place, declare, missing):
    assert declare(**{missing: ""}).status_code == 422
    assert state(place) == {}


def test_what_is_sent_back_says_why_and_waits_again_once_it_is_declared_again(place, client, declare, decide):
    declare()
    bare = decide(decision="sent_back")
    sent_back = decide(decision="sent_back", reason="Thiếu số của báo cáo")
    place.sign_in(Role.COMMUNE, place.commune)
    page = client.get(OWN).text

    declare(evidence="Báo cáo 13/BC-UBND, 06/01/2026")

    assert (bare.status_code, sent_back.status_code) == (422, 303)
    assert "Thiếu số của báo cáo" in page
    assert state(place) == {place.commune.id: Declared.WAITING}


def test_of_two_who_accept_at_once_the_second_is_told(place, client, declare, decide):
    declare()
    place.sign_in()
    opened = Page(client.get(LIST).text).form(action=DECIDE)
    first = decide(opened, decision="accepted")

    second = decide(opened, decision="sent_back", reason="Thiếu số")

    assert (first.status_code, second.status_code) == (303, 409)
    assert state(place) == {place.commune.id: Declared.ACCEPTED}


def test_what_was_declared_again_is_not_accepted_unread(place, client, declare, decide):
    declare()
    place.sign_in()
    opened = Page(client.get(LIST).text).form(action=DECIDE)
    declare(what="Không dùng gì")

    assert decide(opened, decision="accepted").status_code == 409
    assert state(place) == {place.commune.id: Declared.WAITING}


def test_a_commune_declares_for_itself_alone_and_decides_nothing(place, client):
    place.sign_in(Role.COMMUNE, place.neighbour)

    assert client.get(OWN).status_code == 404
    assert client.get(LIST).status_code == 403
    assert client.post(DECIDE, data={}).status_code == 403


@pytest.mark.parametrize("role", [Role.PROVINCE, Role.FRONT_COMMUNE, Role.VIEWER])
def test_nobody_else_declares(place, client, role):
    place.sign_in(role)

    assert client.get(OWN).status_code == 403


def test_a_file_is_evidence_too_kept_under_its_digest_and_stays_until_another_is_given(
    place, client, declare, decide
):
    alone = declare(file=PDF, evidence="")
    again = declare(evidence="Báo cáo 13/BC-UBND")
    listed = (place.sign_in(), client.get(LIST).text)[1]
    fetched = client.get(f"{OWN}/tep")
    found = declarations.of_year(place.read(), place.province.path, 2026)[place.commune.id]

    assert (alone.status_code, again.status_code) == (303, 303)
    assert found.digest is not None
    assert found.digest[:12] in listed
    assert (fetched.status_code, fetched.data, fetched.mimetype) == (200, PDF, "application/pdf")
    assert decide(decision="accepted").status_code == 303


def test_another_file_waits_for_the_province_again(place, declare, decide):
    declare(file=PDF)
    decide(decision="accepted")
    declare(file=PDF)
    before = state(place)
    declare(file=PDF + b"%%EOF")

    assert before == {place.commune.id: Declared.ACCEPTED}
    assert state(place) == {place.commune.id: Declared.WAITING}


def test_a_file_that_is_not_what_it_says_is_refused_and_nothing_is_declared(place, declare):
    refused = declare(file=b"<html><script>")

    assert refused.status_code == 422
    assert "dù tên tệp ghi thế nào" in refused.text
    assert state(place) == {}


def test_the_file_of_another_commune_is_not_there(place, client, declare):
    declare(file=PDF)
    place.sign_in(Role.COMMUNE, place.neighbour)

    assert client.get(f"{OWN}/tep").status_code == 404
