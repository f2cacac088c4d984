"""Every role against every route that names a thing: a wrong role is refused, and things of others do not exist."""

from datetime import UTC, datetime

import pytest

from survey_app import audit, db
from survey_app.access import Role
from survey_app.accounts import operations as accounts
from survey_app.authoring import operations as authoring
from survey_app.authoring import queries as instruments
from survey_app.fieldwork import queries
from survey_app.units import queries as units
from tests.factories import add_unit
from tests.rooms.test_ground_access import address, staff_routes

#: Variables of an address that name something of one unit. A form of the library belongs to everybody.
_THINGS = {"survey_id", "code", "instrument_id", "user_id"}
_PROVINCIAL = {Role.PROVINCE, Role.FRONT_PROVINCE, Role.AUDITOR}


@pytest.fixture
def known(commune, survey, slips):
    """Values that name things of the first commune: a survey, its batch, a village, a draft and an account."""
    now = datetime.now(UTC)
    with db.transaction() as current:
        draft = authoring.start_from_template(
            current, instruments.latest_frozen(current, "xa-ntm"), units.unit(current, commune.unit.id),
            actor=audit.OPERATOR, now=now,
        )  # fmt: skip
        person = accounts.create_account(
            current,
            email="an@mau",
            name="An",
            role=Role.CLERK,
            unit_id=commune.unit.id,
            actor=audit.OPERATOR,
            now=now,
        )
        (batch,) = queries.batches(current, survey.id)
    return {
        "survey_id": survey.id, "village": commune.villages["Phung"].code, "code": commune.unit.code,
        "village_code": commune.villages["Phung"].code, "instrument_id": str(draft), "user_id": str(person.user_id),
        "key": "planning", "batch": str(batch.id), "kind": "csv", "suffix": "csv", "year": str(now.year), "size": "A4",
    }  # fmt: skip


@pytest.fixture
def elsewhere(commune, make_commune):
    """Another commune of the province, and another province."""
    with db.transaction() as current:
        province = units.view(add_unit(current, "97", "province", "tinh", "Khác", None))
    return make_commune("98002", "Bên").unit, province


def wrongly(client, known, routes, lawful):
    """What these routes answered, wherever it is none of the lawful statuses."""
    replies = [
        (rule.rule, method, client.open(address(rule, known), method=method).status_code)
        for rule, method in routes
    ]
    return [reply for reply in replies if reply[2] not in lawful]


@pytest.mark.parametrize("role", list(Role))
def test_a_role_that_a_rule_does_not_name_may_not_act(app, client, commune, known, sign_in, role):
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    sign_in(role, commune.province if role in _PROVINCIAL else commune.unit)
    closed = [
        route for route in staff_routes(app) if role not in app.view_functions[route[0].endpoint].access_roles
    ]

    assert closed
    assert wrongly(client, known, closed, {403}) == []


@pytest.mark.parametrize("role", list(Role))
def test_nothing_of_another_unit_exists_for_anybody(app, client, elsewhere, known, sign_in, role):
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    sign_in(role, elsewhere[role in _PROVINCIAL])
    others = [
        (rule, method)
        for rule, method in staff_routes(app)
        if _THINGS & rule.arguments and role in app.view_functions[rule.endpoint].access_roles
    ]

    assert bool(others) is (role is not Role.DIGITAL_TEAM)
    assert wrongly(client, known, others, {403, 404}) == []
