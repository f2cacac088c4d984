"""A handover: the old sign-in ends at once, a successor answers for what waits, old papers keep the old name."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from survey_app import access, db
from survey_app.access import Identity, Role
from survey_app.accounts import handover, operations, queries
from survey_app.accounts.models import Handover, User
from survey_app.accounts.refusals import AccountRefused, NotYourAccount
from survey_app.approvals import deputies, requests
from survey_app.audit import AuditEvent
from survey_app.fieldwork.models import State, Survey
from survey_app.units import queries as units
from tests.pages import Page, form_with
from tests.rooms.test_accounts_people import PASSWORD, post

NOW = datetime.now(UTC)

pytestmark = pytest.mark.both_engines(long="postgresql")


@pytest.fixture
def people(make_commune):
    """Two officers of a commune and one of its Front, the province's two, as identities by name."""
    commune = make_commune()
    found = {"commune": commune}
    for name, role, unit in (
        ("A", Role.COMMUNE, commune.unit), ("B", Role.COMMUNE, commune.unit), ("F", Role.FRONT_COMMUNE, commune.unit),
        ("P", Role.PROVINCE, commune.province), ("Q", Role.FRONT_PROVINCE, commune.province),
    ):  # fmt: skip
        with db.transaction() as current:
            made = operations.create_account(
                current, email=f"can-bo-{name}", name=f"Siu {name}", role=role, unit_id=unit.id, actor="operator", now=NOW
            )  # fmt: skip
            operations.set_password(current, made.user_id, PASSWORD)
        found[name] = Identity(made.user_id, f"Siu {name}", role, unit.id, unit.path)
    return found


def sit_down(app, client, person):
    access.supply_identity(app, lambda: person)
    with client.session_transaction() as running:
        running["confirmed_at"] = datetime.now(UTC).timestamp()
    return client


def page(user_id):
    return f"/can-bo/tai-khoan/{user_id}/ban-giao"


def ask(people, survey, who="A"):
    with db.transaction() as current:
        return requests.request_approval(
            current, act="fieldwork.publish", subject=f"survey:{survey.id}", unit_id=people["commune"].unit.id,
            payload={}, reason="", by=people[who], now=NOW,
        )  # fmt: skip


def hand_over(old, new, by):
    with db.transaction() as current:
        return handover.hand_over(current, old.user_id, new.user_id, by=by, now=datetime.now(UTC))


@pytest.mark.both_engines
def test_one_press_ends_the_old_sign_in_and_passes_drafts_and_requests_on(app, client, people, make_survey):
    survey = make_survey(people["commune"], State.DRAFT)
    with db.transaction() as current:
        current.get_one(Survey, survey.id).created_by = people["A"].actor
    ask(people, survey)
    old = app.test_client()
    post(old, "/dang-nhap", "/dang-nhap", email="can-bo-A", password=PASSWORD)
    was_in = old.get("/can-bo").status_code
    sit_down(app, client, people["P"])
    form = form_with(client.get(page(people["A"].user_id)).text, "name")

    done = client.post(page(people["A"].user_id), data=form.data(successor=str(people["B"].user_id)))

    minutes = client.get(done.location).text
    assert (was_in, done.status_code) == (200, 302)
    assert "Siu A" in minutes
    assert "Siu B" in minutes
    assert f"/can-bo/dot/{survey.id}" in minutes
    assert "/duyet/" in minutes
    sit_down(app, client, people["B"])
    today = client.get("/can-bo").text
    assert "Siu A" in today
    assert done.location in today
    assert client.get(done.location).status_code == 200
    db.session().rollback()
    assert not db.session().get_one(User, people["A"].user_id).active
    [noted] = db.session().scalars(select(AuditEvent).where(AuditEvent.act == "accounts.hand_over"))
    assert (noted.actor, noted.details["successor"]) == (people["P"].actor, people["B"].user_id)


def test_the_old_session_is_out_with_its_next_request(app, people):
    old = app.test_client()
    post(old, "/dang-nhap", "/dang-nhap", email="can-bo-A", password=PASSWORD)

    hand_over(people["A"], people["B"], people["P"])

    assert old.get("/can-bo").status_code == 302
    again = post(app.test_client(), "/dang-nhap", "/dang-nhap", email="can-bo-A", password=PASSWORD)
    assert again.status_code == 422


def test_somebody_new_takes_over_and_gets_a_letter_in_the_same_act(app, client, people):
    sit_down(app, client, people["P"])
    form = form_with(client.get(page(people["A"].user_id)).text, "name")
    empty = client.post(page(people["A"].user_id), data=form.data(successor="new"))

    letter = client.post(
        page(people["A"].user_id), data=form.data(successor="new", name="Rơ H'Lan", telephone="0905 123 456")
    )

    db.session().rollback()
    new = db.session().scalars(select(User).where(User.email == "0905123456")).one()
    assert empty.status_code == 422
    assert (new.role, new.unit_id) == (Role.COMMUNE, people["commune"].unit.id)
    assert "/moi/" in letter.text
    assert db.session().scalars(select(Handover.to_user)).all() == [new.id]


def test_a_taken_sign_in_name_changes_nothing_and_keeps_what_was_typed(app, client, people):
    sit_down(app, client, people["P"])
    form = form_with(client.get(page(people["A"].user_id)).text, "name")

    reply = client.post(
        page(people["A"].user_id), data=form.data(successor="new", name="Rơ H'Lan", email="can-bo-F")
    )

    db.session().rollback()
    assert reply.status_code == 409
    assert 'value="can-bo-F"' in reply.text
    assert db.session().get_one(User, people["A"].user_id).active
    assert db.session().scalars(select(Handover)).all() == []


@pytest.mark.both_engines
def test_a_second_press_in_another_tab_passes_nothing_on_and_names_the_successor(
    app, client, people, make_survey
):
    sit_down(app, client, people["P"])
    first = form_with(client.get(page(people["A"].user_id)).text, "name")

    client.post(page(people["A"].user_id), data=first.data(successor=str(people["B"].user_id)))
    second = client.post(page(people["A"].user_id), data=first.data(successor="new", name="X", email="xuan"))

    db.session().rollback()
    assert second.status_code == 409
    assert "Siu B" in second.text
    assert len(db.session().scalars(select(Handover)).all()) == 1
    assert db.session().scalar(select(User).where(User.email == "xuan")) is None
    assert page(people["A"].user_id) not in client.get("/can-bo/tai-khoan").text


def test_a_successor_whose_account_was_closed_meanwhile_is_refused(people):
    with db.transaction() as current:
        operations.close_account(current, people["B"].user_id, by=people["P"], now=NOW)

    with pytest.raises(AccountRefused):
        hand_over(people["A"], people["B"], people["P"])
    assert db.session().get_one(User, people["A"].user_id).active


@pytest.mark.both_engines
def test_two_who_are_handed_to_each_other_are_not_both_closed(people):
    hand_over(people["A"], people["B"], people["P"])

    with pytest.raises(AccountRefused):
        hand_over(people["B"], people["A"], people["P"])


@pytest.mark.parametrize(
    ("old", "new", "by", "refused"),
    [
        ("A", "F", "P", AccountRefused),
        ("A", "B", "Q", NotYourAccount),
        ("F", "A", "P", NotYourAccount),
        ("P", "P", "P", AccountRefused),
    ],
    ids=["to another role", "by the other body", "of the other body", "one's own"],
)
def test_roles_stay_with_the_body_that_owns_them(people, old, new, by, refused):
    with pytest.raises(refused):
        hand_over(people[old], people[new], people[by])


def test_old_papers_keep_the_old_name_and_no_successor_decides_what_was_asked(people, make_survey):
    survey = make_survey(people["commune"], State.DRAFT)
    number = ask(people, survey)

    hand_over(people["A"], people["B"], people["P"])

    asked = requests.approval(db.session(), number, people["P"])
    assert asked.requested_by_name == "Siu A"
    assert asked.requester_heirs == {people["B"].user_id}
    assert not asked.is_for(people["B"], NOW)


def test_a_chain_of_successors_is_followed_and_may_close_in_a_ring(people):
    hand_over(people["A"], people["B"], people["P"])
    with db.transaction() as current:
        operations.reopen_account(current, people["A"].user_id, by=people["P"], now=NOW)
    hand_over(people["B"], people["A"], people["P"])

    found = handover.successors(db.session(), {people["A"].user_id, people["B"].user_id})

    assert found == {
        people["A"].user_id: {people["B"].user_id},
        people["B"].user_id: {people["A"].user_id},
    }


def test_who_signed_for_a_third_person_is_followed_by_the_successor(people, make_survey):
    today = units.civil(NOW)
    with db.transaction() as current:
        third = operations.create_account(
            current, email="can-bo-C", name="Siu C", role=Role.COMMUNE, unit_id=people["A"].unit_id, actor="operator", now=NOW
        )  # fmt: skip
        operations.set_password(current, third.user_id, PASSWORD)
        away = Identity(third.user_id, "Siu C", Role.COMMUNE, people["A"].unit_id, people["A"].unit_path)
        deputies.name_deputy(
            current, people["A"].user_id, starts_on=today, ends_on=today + timedelta(days=5), reason="Đi học", by=away, now=NOW
        )  # fmt: skip

    hand_over(people["A"], people["B"], people["P"])

    [now] = deputies.deputyships(db.session(), people["B"].user_id, NOW)
    assert (now.user_name, now.deputy_name, now.ends_on) == ("Siu C", "Siu B", today + timedelta(days=5))
    assert deputies.deputyships(db.session(), people["A"].user_id, NOW) == ()


def test_who_left_long_ago_is_handed_over_afterwards(people):
    with db.transaction() as current:
        operations.close_account(current, people["A"].user_id, by=people["P"], now=NOW)

    hand_over(people["A"], people["B"], people["P"])

    [found] = handover.taken_over(db.session(), people["B"].user_id)
    assert found.old_name == "Siu A"


def test_nobody_else_sees_the_minutes_of_a_handover(app, client, people):
    number = hand_over(people["A"], people["B"], people["P"])

    seen = {}
    for name in ("B", "P", "F", "Q"):
        sit_down(app, client, people[name])
        seen[name] = client.get(f"/can-bo/ban-giao/{number}").status_code

    assert seen == {"B": 200, "P": 200, "F": 404, "Q": 404}


def test_a_number_to_call_is_that_of_the_nearest_open_account(people):
    with db.transaction() as current:
        for name, number in (("P", "0905000001"), ("A", "0905000002"), ("B", "0905000003")):
            current.get_one(User, people[name].user_id).telephone = number
        operations.close_account(current, people["A"].user_id, by=people["P"], now=NOW)

    path = people["A"].unit_path
    assert queries.telephone_of(db.session(), path, {Role.COMMUNE, Role.PROVINCE}) == "0905000003"
    assert queries.telephone_of(db.session(), path, {Role.PROVINCE}) == "0905000001"
    assert queries.telephone_of(db.session(), path, {Role.AUDITOR}) == ""


def test_an_account_page_offers_the_handover_to_who_manages_it(app, client, people):
    sit_down(app, client, people["P"])

    links = [
        tag["href"]
        for tag in Page(client.get("/can-bo/tai-khoan").text).all("a")
        if "ban-giao" in tag.get("href", "")
    ]

    assert sorted(links) == sorted(page(people[name].user_id) for name in ("A", "B"))
