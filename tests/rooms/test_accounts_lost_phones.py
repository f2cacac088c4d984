"""A phone that was lost: two colleagues take it off, the province helps out, the operator where nobody is left."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey_app import audit, db
from survey_app.access import Identity, Role
from survey_app.accounts import enrolment
from survey_app.accounts.models import FactorReset, RecoveryCode
from survey_app.accounts.refusals import AccountNotFound, FactorMissing, NotYourAccount, ResetRefused
from survey_app.units.models import Unit
from tests.rooms.test_accounts_second_factor import NOW, add_unit, digits, enrolled, person, post, sign_in


@pytest.fixture
def province(app: Flask) -> Unit:
    return add_unit("52", "province", "Gia Lai", None)


@pytest.fixture
def strict(app: Flask) -> Flask:
    """An installation that requires the second factor."""
    app.extensions["settings"] = replace(app.extensions["settings"], second_factor=True)
    return app


def ask(someone: Identity, by: Identity, now: datetime = NOW) -> None:
    with db.transaction() as current:
        enrolment.ask_reset(current, someone.user_id, by=by, now=now)


def confirm(someone: Identity, by: Identity, now: datetime = NOW) -> None:
    with db.transaction() as current:
        enrolment.confirm_reset(current, someone.user_id, by=by, now=now)


def test_a_lost_phone_comes_off_by_two_colleagues_and_is_set_up_again(
    strict: Flask, client: FlaskClient, province: Unit
) -> None:
    someone = person(Role.PROVINCE, province, "mot", password=True)
    first, second = person(Role.PROVINCE, province, "hai"), person(Role.PROVINCE, province, "tam")
    enrolled(someone)

    ask(someone, first)
    confirm(someone, second)

    assert enrolment.factor(db.session(), someone.user_id) is None
    assert db.session().scalars(select(RecoveryCode.digest)).all() == []
    assert sign_in(client, "mot").location == "/can-bo/ma-xac-thuc"
    acts = db.session().scalars(
        select(audit.AuditEvent.actor)
        .where(audit.AuditEvent.act.contains("factor_reset"))
        .order_by(audit.AuditEvent.id)
    )
    assert list(acts) == [first.actor, second.actor]


def test_a_lone_commune_officer_of_the_front_is_helped_by_the_province(province: Unit) -> None:
    commune = add_unit("23560", "commune", "Biển Hồ", province)
    someone = person(Role.FRONT_COMMUNE, commune)
    first, second = person(Role.FRONT_PROVINCE, province, "hai"), person(Role.FRONT_PROVINCE, province, "tam")
    enrolled(someone)

    ask(someone, first)
    confirm(someone, second)

    assert enrolment.factor(db.session(), someone.user_id) is None


def test_nobody_is_both_of_the_two_nor_one_of_them_for_oneself(province: Unit) -> None:
    someone, first = person(Role.PROVINCE, province, "mot"), person(Role.PROVINCE, province, "hai")
    enrolled(someone)

    with pytest.raises(ResetRefused):
        ask(someone, someone)
    with pytest.raises(ResetRefused):
        confirm(someone, first)
    ask(someone, first)
    with pytest.raises(ResetRefused):
        ask(someone, first)
    for not_another in (first, someone):
        with pytest.raises(ResetRefused):
            confirm(someone, not_another)

    assert enrolment.factor(db.session(), someone.user_id) is not None


def test_the_other_body_and_another_commune_have_no_part_in_it(province: Unit) -> None:
    commune = add_unit("23560", "commune", "Biển Hồ", province)
    elsewhere = add_unit("23722", "commune", "Ia Ly", province)
    someone = person(Role.FRONT_COMMUNE, commune)
    enrolled(someone)

    with pytest.raises(NotYourAccount):
        ask(someone, person(Role.PROVINCE, province))
    with pytest.raises(AccountNotFound):
        ask(someone, person(Role.FRONT_COMMUNE, elsewhere))


def test_a_request_that_nobody_confirms_is_void_after_a_day(province: Unit) -> None:
    someone = person(Role.PROVINCE, province, "mot")
    first, second = person(Role.PROVINCE, province, "hai"), person(Role.PROVINCE, province, "tam")
    enrolled(someone)
    ask(someone, first)
    later = NOW + timedelta(days=1)

    with pytest.raises(ResetRefused):
        confirm(someone, second, later)
    assert enrolment.open_reset(db.session(), someone.user_id, later) is None
    ask(someone, second, later)
    confirm(someone, first, later)

    assert enrolment.factor(db.session(), someone.user_id) is None
    assert len(db.session().scalars(select(FactorReset.id)).all()) == 1


def test_there_is_nothing_to_take_off_where_no_phone_is_set_up(province: Unit) -> None:
    with pytest.raises(FactorMissing):
        ask(person(Role.PROVINCE, province, "mot"), person(Role.PROVINCE, province, "hai"))


def test_two_people_take_a_phone_off_on_one_page_each(app: Flask, province: Unit) -> None:
    someone = person(Role.PROVINCE, province, "mot", password=True)
    for name in ("hai", "tam"):
        person(Role.PROVINCE, province, name, password=True)
    enrolled(someone)
    lost, first, second = app.test_client(), app.test_client(), app.test_client()
    sign_in(lost, "mot")
    post(lost, "/dang-nhap/ma", code=digits())
    sign_in(first, "hai")
    sign_in(second, "tam")
    address = f"/can-bo/tai-khoan/{someone.user_id}/ma-xac-thuc"

    assert address in first.get("/can-bo/tai-khoan").text
    post(first, address, step="ask")
    assert address not in first.get("/can-bo").text
    assert address in second.get("/can-bo").text
    done = post(second, address, step="confirm")

    assert done.location == "/can-bo/tai-khoan"
    assert lost.get("/can-bo").status_code == 302
    assert sign_in(lost, "mot").location == "/can-bo"


def test_the_operator_helps_where_no_two_colleagues_are_left(app: Flask, province: Unit) -> None:
    someone = person(Role.PROVINCE, province, "mot")
    enrolled(someone)
    runner = app.test_cli_runner()

    done = runner.invoke(args=["accounts", "reset-second-factor", "--email", "mot", "--json"])
    again = runner.invoke(args=["accounts", "reset-second-factor", "--email", "mot"])
    unknown = runner.invoke(args=["accounts", "reset-second-factor", "--email", "khong-ai"])

    assert done.exit_code == 0
    assert (again.exit_code, unknown.exit_code) == (1, 1)
    assert enrolment.factor(db.session(), someone.user_id) is None
