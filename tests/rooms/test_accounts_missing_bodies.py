"""An installation in which one of the two bodies has nobody says so, and who can end it."""

from datetime import UTC, datetime

import pytest

from survey_app import db
from survey_app.access import Role
from survey_app.accounts.models import User
from tests.pages import Page


@pytest.fixture
def account(app):
    def make(role, unit):
        with db.transaction() as current:
            current.add(
                User(
                    email=f"{role}{unit.id}",
                    name="Ai đó",
                    role=role,
                    unit_id=unit.id,
                    created_at=datetime.now(UTC),
                )
            )

    return make


def today(client):
    return Page(client.get("/can-bo").text).text("main")


def test_the_first_account_is_told_that_the_front_has_none_and_what_to_do(commune, sign_in):
    said = today(sign_in(Role.PROVINCE, commune.province))

    assert "Chưa ai có tài khoản: Cán bộ Mặt trận tỉnh" in said
    assert "survey accounts create --email … --role front_province --unit 98" in said


def test_once_the_front_has_its_first_account_the_province_is_left_alone(commune, sign_in, account):
    account(Role.FRONT_PROVINCE, commune.province)

    assert "Chưa ai có tài khoản" not in today(sign_in(Role.PROVINCE, commune.province))


def test_the_front_of_the_province_is_told_which_communes_wait_for_it(commune, sign_in, account):
    account(Role.PROVINCE, commune.province)
    account(Role.COMMUNE, commune.unit)

    said = today(sign_in(Role.FRONT_PROVINCE, commune.province))

    assert "Chưa ai có tài khoản: Cán bộ Mặt trận xã" in said
    assert commune.unit.full_name in said


def test_a_commune_officer_is_told_whom_to_ask(commune, sign_in, account):
    account(Role.FRONT_PROVINCE, commune.province)

    said = today(sign_in(Role.COMMUNE, commune.unit))

    assert "Chưa ai có tài khoản: Cán bộ Mặt trận xã" in said
    account(Role.FRONT_COMMUNE, commune.unit)
    assert "Chưa ai có tài khoản" not in today(sign_in(Role.COMMUNE, commune.unit))


@pytest.mark.parametrize("role", [Role.CLERK, Role.VIEWER, Role.AUDITOR])
def test_people_of_no_body_are_not_bothered(commune, sign_in, role):
    assert "Chưa ai có tài khoản" not in today(sign_in(role, commune.unit))
