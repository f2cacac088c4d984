"""Deputies sign in somebody's place for some days; lists, pages and papers name both."""

import unicodedata
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from survey_app import audit, db
from survey_app.access import Identity, Role
from survey_app.accounts import operations
from survey_app.accounts.models import User
from survey_app.approvals import deciding, deputies, parties
from survey_app.approvals.parties import OnPaper, Party
from survey_app.approvals.refusals import DeputyRefused
from survey_app.fieldwork import acts
from survey_app.fieldwork.agreed import Act
from survey_app.fieldwork.models import State
from survey_app.i18n import force_locale
from survey_app.units import queries as units
from tests import readers
from tests.pages import Page

DAY = timedelta(days=1)


@pytest.fixture
def people(make_commune):
    """Officers of one commune and of its province by name, each with an account in use."""
    commune = make_commune()
    wanted = {
        "Trần Thị B": Role.FRONT_COMMUNE,
        "Nguyễn Văn A": Role.FRONT_COMMUNE,
        "Rơ Châm C": Role.FRONT_COMMUNE,
        "Lê Văn D": Role.COMMUNE,
        "Đinh Thị E": Role.FRONT_PROVINCE,
    }
    made = {}
    with db.transaction() as current:
        for name, role in wanted.items():
            unit = commune.province if role is Role.FRONT_PROVINCE else commune.unit
            user = User(
                email=name,
                name=name,
                role=role,
                unit_id=unit.id,
                password_hash="x",
                created_at=datetime.now(UTC),
            )
            current.add(user)
            current.flush()
            made[name] = Identity(user.id, name, role, unit.id, unit.path)
    return commune, made


def name_deputy(by, deputy, *, first=None, last=None, now=None):
    now = now or datetime.now(UTC)
    today = units.civil(now)
    with db.transaction() as current:
        deputies.name_deputy(
            current, deputy.user_id, starts_on=first or today, ends_on=last or today + 7 * DAY,
            reason="Nghỉ phép", by=by, now=now,
        )  # fmt: skip


def publish(survey, asker, decider):
    """One asks to publish, the other agrees; the request as lists show it."""
    now = datetime.now(UTC)
    with db.transaction() as current:
        number = acts.request(current, survey, Act.PUBLISH, payload={}, reason="", by=asker, now=now)
    with db.transaction() as current:
        deciding.decide(current, number, approved=True, reason="", by=decider, now=now)
    (found,) = acts.requests(db.session(), survey.id)
    return found


def said(party):
    with force_locale("vi"):
        return parties.signed_as(party)


def test_what_a_deputy_decides_names_both_on_the_list_and_in_the_log(people, make_survey, sign_in):
    commune, who = people
    name_deputy(who["Trần Thị B"], who["Nguyễn Văn A"])

    found = publish(make_survey(commune, State.DRAFT), who["Lê Văn D"], who["Nguyễn Văn A"])

    assert said(found.decider) == "Nguyễn Văn A, ký thay Trần Thị B"
    assert said(found.requester) == "Lê Văn D"
    page = sign_in(Role.COMMUNE, commune.unit).get("/can-bo/dot/0001").text
    assert "Nguyễn Văn A, ký thay Trần Thị B" in page
    noted = (
        db.session().scalars(select(audit.AuditEvent).where(audit.AuditEvent.act == "accounts.decide")).one()
    )
    assert noted.details["acted_for"] == who["Trần Thị B"].user_id


@pytest.mark.parametrize(
    ("first", "last"), [(-3, -1), (1, 3)], ids=["the days are over", "the days are to come"]
)
def test_outside_the_days_everybody_signs_for_themselves(people, make_survey, first, last):
    commune, who = people
    now = datetime.now(UTC)
    today = units.civil(now)
    earlier = now - 5 * DAY
    name_deputy(
        who["Trần Thị B"],
        who["Nguyễn Văn A"],
        first=today + first * DAY,
        last=today + last * DAY,
        now=earlier,
    )

    found = publish(make_survey(commune, State.DRAFT), who["Lê Văn D"], who["Nguyễn Văn A"])

    assert said(found.decider) == "Nguyễn Văn A"


@pytest.mark.parametrize("ender", ["Trần Thị B", "Nguyễn Văn A"])
def test_either_ends_it_early_and_nobody_else(people, make_survey, ender):
    commune, who = people
    now = datetime.now(UTC)
    name_deputy(who["Trần Thị B"], who["Nguyễn Văn A"])
    (standing,) = deputies.deputyships(db.session(), who[ender].user_id, now)

    with pytest.raises(DeputyRefused), db.transaction() as current:
        deputies.end(current, standing.id, by=who["Rơ Châm C"], now=now)
    with db.transaction() as current:
        deputies.end(current, standing.id, by=who[ender], now=now)

    found = publish(make_survey(commune, State.DRAFT), who["Lê Văn D"], who["Nguyễn Văn A"])
    assert said(found.decider) == "Nguyễn Văn A"
    assert deputies.deputyships(db.session(), who[ender].user_id, now) == ()


@pytest.mark.parametrize("deputy", ["Lê Văn D", "Đinh Thị E", "Trần Thị B"])
def test_a_deputy_has_the_same_role_on_the_same_unit_and_is_somebody_else(people, deputy):
    _commune, who = people

    with pytest.raises(DeputyRefused):
        name_deputy(who["Trần Thị B"], who[deputy])


@pytest.mark.parametrize(
    "pair", [("Trần Thị B", "Rơ Châm C"), ("Nguyễn Văn A", "Rơ Châm C"), ("Rơ Châm C", "Nguyễn Văn A")]
)
def test_each_person_is_part_of_one_deputyship_at_a_time(people, pair):
    _commune, who = people
    name_deputy(who["Trần Thị B"], who["Nguyễn Văn A"])

    with pytest.raises(DeputyRefused):
        name_deputy(who[pair[0]], who[pair[1]])


def test_a_closed_account_is_represented_by_nobody(people, make_survey):
    commune, who = people
    name_deputy(who["Trần Thị B"], who["Nguyễn Văn A"])
    with db.transaction() as current:
        operations.close_account(
            current, who["Trần Thị B"].user_id, by=who["Đinh Thị E"], now=datetime.now(UTC)
        )

    found = publish(make_survey(commune, State.DRAFT), who["Lê Văn D"], who["Nguyễn Văn A"])

    assert said(found.decider) == "Nguyễn Văn A"


def test_the_page_names_a_deputy_keeps_what_was_typed_and_ends_it(people, sign_in):
    commune, who = people
    client = sign_in(Role.FRONT_COMMUNE, commune.unit)
    today = units.civil(datetime.now(UTC))
    address = "/can-bo/ky-thay"
    form = (
        Page(client.get(address).text)
        .forms[0]
        .data(deputy=str(who["Nguyễn Văn A"].user_id), starts_on=today.isoformat(), reason="Đi công tác")
    )

    wrong = client.post(address, data=form | {"ends_on": [(today - DAY).isoformat()]})
    named = client.post(address, data=form | {"ends_on": [today.isoformat()]})
    page = client.get(address)
    end = own_form(client, address, "/ket-thuc")
    ended = client.post(end.action, data=end.data())

    assert (wrong.status_code, named.status_code, ended.status_code) == (422, 303, 303)
    assert "Đi công tác" in wrong.text
    assert "Nguyễn Văn A ký thay" in page.text
    assert "Nguyễn Văn A ký thay" not in client.get(address).text


@pytest.mark.usefixtures("undrawn")
def test_the_province_front_that_published_is_printed_on_every_paper_and_page(people, make_survey, sign_in):
    commune, who = people
    survey = make_survey(commune, State.DRAFT)
    found = publish(survey, who["Lê Văn D"], who["Đinh Thị E"])
    client = sign_in(Role.FRONT_COMMUNE, commune.unit)
    line, village = "Mặt trận tỉnh làm thay Mặt trận xã", commune.villages["Phung"].code
    form = own_form(client, f"/can-bo/dot/{survey.id}/in", village)

    papers = [
        client.get(f"/can-bo/dot/{survey.id}/{name}")
        for name in ("ap-phich/A4.pdf", f"bia-tap/{village}.pdf", f"danh-sach/{village}.pdf")
    ]
    slips = client.post(f"/can-bo/dot/{survey.id}/phieu/{village}", data=form.data(count="2"))

    assert [paper.status_code for paper in (*papers, slips)] == [200] * 4, slips.text
    assert said(found.decider) == f"Đinh Thị E ({line})"
    assert [line in words(paper) for paper in (*papers, slips)] == [True] * 4
    assert line in client.get(f"/ket-qua/{survey.id}").text


def own_form(client, address, ending):
    """The form of the page, besides those of every page, whose address ends so."""
    forms = Page(client.get(address).text).forms[1:-1]
    return next(form for form in forms if form.action.endswith(ending) and (ending or not form.action))


def words(paper):
    """The text of a paper, on one line."""
    return unicodedata.normalize("NFC", readers.words(paper.data))


@pytest.mark.usefixtures("undrawn")
def test_without_a_stand_in_no_paper_says_so(people, make_survey, sign_in):
    commune, who = people
    survey = make_survey(commune, State.DRAFT)
    publish(survey, who["Lê Văn D"], who["Nguyễn Văn A"])

    poster = sign_in(Role.FRONT_COMMUNE, commune.unit).get(f"/can-bo/dot/{survey.id}/ap-phich/A4.pdf")

    assert "làm thay" not in words(poster)


def test_a_paper_signature_says_its_day_and_both_people(app):
    party = Party("Siu H'Lan", Role.FRONT_COMMUNE, False, None, OnPaper(date(2026, 6, 12), "An", "Bình"))

    assert said(party) == "Siu H'Lan, ký trên giấy ngày 12/06/2026; bản chụp do An đưa lên, Bình xác nhận"
