"""What a province's Front says of its papers: who may, what then stands on them, and what nobody may leave out."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from survey_app import db
from survey_app.access import Role
from survey_app.audit import AuditEvent
from survey_app.i18n import force_locale
from survey_app.reporting import house_style, minutes_of_commune, papers
from survey_app.reporting.layout import Signer
from tests.pages import Page
from tests.rooms.sealing.conftest import HAPPY, NOW, Surveys

PAGE = "/can-bo/giay-to/trinh-bay"


@pytest.fixture
def sealed(app):
    made = Surveys(db.session())
    made.make(households={"Linh Cang": 30})
    made.answer("0001", "Linh Cang", HAPPY, times=25)
    made.seal()
    return made


@pytest.fixture
def front(app, client, sealed):
    sealed.sign_in(app, Role.FRONT_PROVINCE, sealed.province)
    with client.session_transaction() as session:
        session["confirmed_at"] = datetime.now(UTC).timestamp()
    return client


def _style_form(client):
    return next(form for form in Page(client.get(PAGE).text).forms if "committee" in dict(form.fields))


def send(client, **changes):
    form = _style_form(client)
    return client.post(PAGE, data=form.data(**changes))


def minutes():
    db.session().rollback()
    with force_locale("vi"):
        return minutes_of_commune.paper(papers.exact(db.session(), "0001"), NOW, Signer.CHAIR)


@pytest.mark.both_engines
def test_what_the_front_sets_stands_on_the_next_paper_and_in_the_audit_log(front):
    reply = send(
        front,
        committee="UBMTTQ Việt Nam {unit}",
        number_pattern="…/{kind}-MT",
        layout_source="Hướng dẫn số 91/HD-MTTW-BTT",
        minutes_closing="Lập thành 03 bản.",
    )

    paper = minutes()
    assert reply.status_code == 303
    assert (paper.head.above, paper.head.number) == ("UBMTTQ Việt Nam xã Mẫu", "Số: …/BB-MT")
    assert paper.layout == "Trình bày theo Hướng dẫn số 91/HD-MTTW-BTT"
    assert paper.closing[-1].text == "Lập thành 03 bản."
    noted = db.session().scalars(select(AuditEvent).where(AuditEvent.act == house_style.SAVED)).one()
    assert noted.details["changes"]["number_pattern"] == ["…/{kind}-MTTQ-BTT", "…/{kind}-MT"]


def test_a_text_without_the_place_for_the_name_is_refused(front):
    reply = send(front, committee="Ủy ban MTTQ")

    assert reply.status_code == 422
    assert minutes().head.above == "Ủy ban Mặt trận Tổ quốc Việt Nam xã Mẫu"


@pytest.mark.parametrize("role", [Role.FRONT_COMMUNE, Role.COMMUNE, Role.PROVINCE, Role.AUDITOR])
def test_nobody_but_the_provinces_front_sets_them(app, client, sealed, role):
    sealed.sign_in(
        app, role, sealed.commune if role in {Role.COMMUNE, Role.FRONT_COMMUNE} else sealed.province
    )

    assert client.get(PAGE).status_code == 403
