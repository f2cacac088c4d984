"""Every route against every role: signed out nobody enters, a wrong role is refused, other communes do not exist."""

import re

import pytest

from survey_app.access import Role
from survey_app.fieldwork.models import State


def staff_routes(app):
    """Routes with a rule for roles, and one of the methods they take."""
    return [
        (rule, method)
        for rule in app.url_map.iter_rules()
        if getattr(app.view_functions[rule.endpoint], "access_roles", ())
        for method in sorted(rule.methods & {"GET", "POST"})
    ]


def address(rule, known):
    """The route with these values for its variables, one of each choice, and values of nothing for the others."""

    def value(variable):
        choices, name = variable[1], variable[2]
        offered = re.findall(r"\w+", choices)[1:] if choices else ()
        given = known.get(name, "1")
        return offered[-1] if offered and given not in offered else given

    return re.sub(r"<(?:(any\([^<>]*\)):|[^<>]+:)?(\w+)>", value, rule.rule)


@pytest.fixture
def mine(make_commune, make_survey):
    """A commune with an open survey, and values that name its things."""
    commune = make_commune()
    survey = make_survey(commune)
    known = {
        "survey_id": survey.id,
        "village": commune.villages["Phung"].code,
        "code": commune.unit.code,
        "year": "2026",
        "size": "A4",
        "suffix": "csv",
    }
    return commune, known


def test_signed_out_nobody_enters_any_staff_route(app, client, mine):
    app.config["WTF_CSRF_ENABLED"] = False
    entered = []
    for rule, method in staff_routes(app):
        reply = client.open(address(rule, mine[1]), method=method)
        led = reply.status_code == 302 and reply.location.startswith("/dang-nhap")
        if not (led or reply.status_code == 401):
            entered.append((rule.rule, method, reply.status_code))

    assert len(staff_routes(app)) > 40
    assert entered == []


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.usefixtures("undrawn")
def test_a_role_enters_only_where_the_rule_names_it_and_no_page_fails(app, client, mine, sign_in, role):
    commune, known = mine
    unit = commune.province if role in {Role.PROVINCE, Role.FRONT_PROVINCE, Role.AUDITOR} else commune.unit
    sign_in(role, unit)
    wrong = []
    for rule, method in staff_routes(app):
        if method == "POST":
            continue
        status = client.get(address(rule, known)).status_code
        named = role in app.view_functions[rule.endpoint].access_roles
        if status >= 500 or (not named and status != 403):
            wrong.append((rule.rule, status, named))

    assert wrong == []


@pytest.mark.parametrize("role", [Role.COMMUNE, Role.FRONT_COMMUNE, Role.CLERK, Role.VIEWER])
@pytest.mark.parametrize("state", [State.OPEN, State.SEALED])
@pytest.mark.usefixtures("undrawn")
def test_things_of_another_commune_do_not_exist_for_anybody(
    app, client, make_commune, make_survey, sign_in, role, state
):
    app.config["WTF_CSRF_ENABLED"] = False
    commune = make_commune()
    survey = make_survey(commune, state)
    known = {
        "survey_id": survey.id,
        "village": commune.villages["Phung"].code,
        "code": commune.unit.code,
        "year": "2026",
        "size": "A4",
        "suffix": "csv",
    }
    sign_in(role, make_commune("98002", "Khác").unit)
    seen = []
    for rule, method in staff_routes(app):
        if not {"survey_id", "code"} & rule.arguments:
            continue
        status = client.open(address(rule, known), method=method).status_code
        if role in app.view_functions[rule.endpoint].access_roles and status != 404:
            seen.append((rule.rule, method, status))

    assert seen == []
