"""Who manages whom, closing accounts, and the operator's command."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from survey_app import audit, db
from survey_app.access import Body, Identity, Role
from survey_app.accounts import management, operations, queries
from survey_app.accounts.models import User
from survey_app.accounts.queries import AccountState
from survey_app.accounts.refusals import (
    AccountNotFound,
    AccountRefused,
    InvitationUnknown,
    NameTaken,
    NotYourAccount,
)
from survey_app.units.models import Unit

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
PASSWORD = "bến nước đầu làng"


@dataclass(frozen=True)
class Place:
    """Gia Lai with two of its communes, and another province; ids and paths."""

    province: int
    bien_ho: int
    ia_ly: int
    elsewhere: int
    paths: dict[int, str]


@pytest.fixture
def place(app: Flask) -> Place:
    with db.transaction() as current:
        province = add_unit(current, None, "52", "province", "tinh", "Gia Lai")
        bien_ho = add_unit(current, province, "23560", "commune", "xa", "Biển Hồ")
        ia_ly = add_unit(current, province, "23722", "commune", "xa", "Ia Ly")
        elsewhere = add_unit(current, None, "66", "province", "tinh", "Đắk Lắk")
        made = [province, bien_ho, ia_ly, elsewhere]
        return Place(*(unit.id for unit in made), paths={unit.id: unit.path for unit in made})


def add_unit(current, parent: Unit | None, code: str, level: str, kind: str, name: str) -> Unit:
    unit = Unit(code=code, level=level, kind=kind, name=name, valid_from=date(2025, 7, 1), path="")
    unit.parent_id = parent.id if parent else None
    current.add(unit)
    current.flush()
    unit.path = f"{parent.path if parent else '/'}{unit.id}/"
    return unit


def make_account(role: Role, unit_id: int, email: str = "", *, password: bool = False) -> int:
    with db.transaction() as current:
        email = email or f"{role}.{unit_id}"
        made = operations.create_account(
            current,
            email=email,
            name=f"Người {role}",
            role=role,
            unit_id=unit_id,
            actor=audit.OPERATOR,
            now=NOW,
        )
        if password:
            operations.set_password(current, made.user_id, PASSWORD)
    return made.user_id


def identity(place: Place, role: Role, unit_id: int) -> Identity:
    user_id = make_account(role, unit_id, f"toi.{role}.{unit_id}")
    return Identity(user_id, "Tôi", role, unit_id, place.paths[unit_id])


def token_of(page: TestResponse) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert found is not None
    return found[1]


def post(client: FlaskClient, address: str, page: str, **form: object) -> TestResponse:
    return client.post(address, data={**form, "csrf_token": token_of(client.get(page))})


def signed_in(app: Flask, role: Role, unit_id: int) -> FlaskClient:
    make_account(role, unit_id, f"toi.{role}.{unit_id}", password=True)
    client = app.test_client()
    post(client, "/dang-nhap", "/dang-nhap", email=f"toi.{role}.{unit_id}", password=PASSWORD)
    return client


def invite_by_form(client: FlaskClient, email: str, role: Role, unit_id: int) -> TestResponse:
    form = {"name": "Rơ Châm H'Phung", "email": email, "role": role.value, "unit": unit_id}
    return post(client, "/can-bo/tai-khoan/moi", "/can-bo/tai-khoan/moi", **form)


def link_in(letter: TestResponse) -> str:
    found = re.search(r"https://khaosat\.example\.vn(/moi/[\w-]{43})", letter.text)
    assert found is not None
    return found[1]


def accept(
    client: FlaskClient, link: str, password: str = PASSWORD, again: str | None = None
) -> TestResponse:
    return post(client, link, link, password=password, again=password if again is None else again)


MAY = {
    Role.PROVINCE: {Role.PROVINCE, Role.COMMUNE, Role.VIEWER, Role.DIGITAL_TEAM, Role.CLERK},
    Role.FRONT_PROVINCE: {Role.FRONT_PROVINCE, Role.FRONT_COMMUNE, Role.AUDITOR},
    Role.FRONT_COMMUNE: {Role.FRONT_COMMUNE, Role.CLERK},
    Role.COMMUNE: {Role.CLERK, Role.DIGITAL_TEAM, Role.VIEWER},
}
AT_PROVINCE = {Role.PROVINCE, Role.FRONT_PROVINCE}


def test_somebody_makes_the_accounts_of_every_role() -> None:
    assert {made for role in Role for made in management.managed_roles(role)} == set(Role)


@pytest.mark.parametrize("manager", list(Role))
@pytest.mark.parametrize("managed", list(Role))
def test_each_role_manages_exactly_the_roles_of_its_side(manager: Role, managed: Role) -> None:
    person = Identity(1, "Tôi", manager, 1, "/1/")

    assert management.may_manage(person, managed, "/1/2/") is (managed in MAY.get(manager, set()))
    assert not management.may_manage(person, managed, "/3/")


@pytest.mark.parametrize("front", [Role.FRONT_PROVINCE, Role.FRONT_COMMUNE])
@pytest.mark.parametrize("manager", [Role.PROVINCE, Role.COMMUNE])
def test_the_government_side_never_touches_an_account_of_the_front(
    place: Place, manager: Role, front: Role
) -> None:
    home = place.province if manager is Role.PROVINCE else place.bien_ho
    person = identity(place, manager, home)
    theirs = make_account(front, place.province if front is Role.FRONT_PROVINCE else place.bien_ho)
    refused = AccountNotFound if (manager, front) == (Role.COMMUNE, Role.FRONT_PROVINCE) else NotYourAccount

    for act in (operations.close_account, operations.reopen_account, operations.renew_invitation):
        with pytest.raises(refused), db.transaction() as current:
            act(current, theirs, by=person, now=NOW)
    with pytest.raises(NotYourAccount), db.transaction() as current:
        operations.invite(
            current, email="moi.mttq", name="Mới", telephone="", role=front, unit_id=home, by=person, now=NOW
        )

    assert db.session().get_one(User, theirs).active


def test_each_side_manages_the_clerks_that_it_made(place: Place) -> None:
    front = identity(place, Role.FRONT_COMMUNE, place.bien_ho)
    commune = identity(place, Role.COMMUNE, place.bien_ho)
    with db.transaction() as current:
        clerk = operations.invite(
            current,
            email="nhap.mttq",
            name="Nhập",
            telephone="",
            role=Role.CLERK,
            unit_id=place.bien_ho,
            by=front,
            now=NOW,
        ).user_id

    for act in (operations.close_account, operations.reopen_account, operations.renew_invitation):
        with pytest.raises(NotYourAccount), db.transaction() as current:
            act(current, clerk, by=commune, now=NOW)
    with db.transaction() as current:
        operations.renew_invitation(current, clerk, by=front, now=NOW)

    seen = {view.id: view for view in queries.accounts(db.session(), commune, NOW)}
    assert seen[clerk].made_by is Body.FRONT


@pytest.mark.parametrize("verb", ["dong", "mo", "thu"])
def test_an_account_of_another_commune_does_not_exist_for_this_one(
    app: Flask, place: Place, verb: str
) -> None:
    other = make_account(Role.CLERK, place.ia_ly)
    client = signed_in(app, Role.COMMUNE, place.bien_ho)

    reply = post(client, f"/can-bo/tai-khoan/{other}/{verb}", "/can-bo/tai-khoan")

    assert reply.status_code == 404


def test_a_list_shows_the_own_subtree_and_nothing_beside_it(app: Flask, place: Place) -> None:
    make_account(Role.CLERK, place.ia_ly, "ialy.nhaplieu")
    make_account(Role.CLERK, place.bien_ho, "bienho.nhaplieu")

    commune = signed_in(app, Role.COMMUNE, place.bien_ho).get("/can-bo/tai-khoan").text
    province = signed_in(app, Role.PROVINCE, place.province).get("/can-bo/tai-khoan").text

    assert "bienho.nhaplieu" in commune
    assert "ialy.nhaplieu" not in commune
    assert "ialy.nhaplieu" in province


def test_the_list_is_searched_in_vietnamese_and_takes_any_text(app: Flask, place: Place) -> None:
    make_account(Role.CLERK, place.ia_ly, "ialy.nhaplieu")
    client = signed_in(app, Role.PROVINCE, place.province)

    found = client.get("/can-bo/tai-khoan", query_string={"q": "XÃ IA ly"})
    nothing = client.get("/can-bo/tai-khoan", query_string={"q": "' OR 1=1 --\0%_"})

    assert "ialy.nhaplieu" in found.text
    assert nothing.status_code == 200
    assert "ialy.nhaplieu" not in nothing.text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR, Role.CLERK, Role.DIGITAL_TEAM])
def test_roles_that_manage_nobody_do_not_see_the_accounts(app: Flask, place: Place, role: Role) -> None:
    assert signed_in(app, role, place.bien_ho).get("/can-bo/tai-khoan").status_code == 403


def test_a_closed_account_is_out_and_its_invitation_dead_until_it_is_reopened(
    app: Flask, place: Place
) -> None:
    manager = signed_in(app, Role.COMMUNE, place.bien_ho)
    clerk = signed_in(app, Role.CLERK, place.bien_ho)
    user_id = db.session().scalars(select(User.id).where(User.role == Role.CLERK)).one()
    renewed = link_in(post(manager, f"/can-bo/tai-khoan/{user_id}/thu", "/can-bo/tai-khoan"))

    post(manager, f"/can-bo/tai-khoan/{user_id}/dong", "/can-bo/tai-khoan")

    assert clerk.get("/can-bo").status_code == 302
    assert app.test_client().get(renewed).status_code == 404
    assert post(manager, f"/can-bo/tai-khoan/{user_id}/thu", "/can-bo/tai-khoan").status_code == 422
    post(manager, f"/can-bo/tai-khoan/{user_id}/mo", "/can-bo/tai-khoan")
    back = post(
        app.test_client(), "/dang-nhap", "/dang-nhap", email=f"toi.clerk.{place.bien_ho}", password=PASSWORD
    )
    assert back.status_code == 302


def test_nobody_closes_the_own_account(place: Place) -> None:
    person = identity(place, Role.PROVINCE, place.province)

    with pytest.raises(AccountRefused), db.transaction() as current:
        operations.close_account(current, person.user_id, by=person, now=NOW)


def test_what_is_done_to_an_account_is_on_record(place: Place) -> None:
    person = identity(place, Role.COMMUNE, place.bien_ho)
    with db.transaction() as current:
        made = operations.invite(
            current,
            email="nhaplieu",
            name="Siu Blơng",
            telephone="",
            role=Role.CLERK,
            unit_id=place.bien_ho,
            by=person,
            now=NOW,
        )
        operations.renew_invitation(current, made.user_id, by=person, now=NOW)
        operations.close_account(current, made.user_id, by=person, now=NOW)
        operations.reopen_account(current, made.user_id, by=person, now=NOW)

    subject = f"user:{made.user_id}"
    events = db.session().scalars(
        select(audit.AuditEvent).where(audit.AuditEvent.subject == subject).order_by(audit.AuditEvent.id)
    )
    assert [(event.act, event.actor) for event in events] == [
        (f"accounts.{act}", person.actor) for act in ("create", "invite", "close", "reopen")
    ]


@pytest.mark.parametrize(
    ("role", "level", "fits"),
    [
        (Role.COMMUNE, "province", False),
        (Role.PROVINCE, "commune", False),
        (Role.FRONT_COMMUNE, "village", False),
        (Role.FRONT_PROVINCE, "province", True),
        (Role.AUDITOR, "province", True),
        (Role.AUDITOR, "commune", True),
        (Role.CLERK, "commune", True),
    ],
)
def test_a_role_stands_on_units_of_its_own_level(role: Role, level: str, fits: bool) -> None:
    assert management.fits(role, level) is fits


@pytest.mark.parametrize("email", ["a b", "ab", "a" * 255, "an\0bc", "an\u202ebc", "   "])
def test_a_sign_in_name_has_no_spaces_and_nothing_invisible(place: Place, email: str) -> None:
    with pytest.raises(AccountRefused), db.transaction() as current:
        operations.create_account(
            current,
            email=email,
            name="Siu",
            role=Role.CLERK,
            unit_id=place.bien_ho,
            actor="operator",
            now=NOW,
        )


def test_a_sign_in_name_is_given_once(app: Flask, place: Place) -> None:
    make_account(Role.CLERK, place.bien_ho, "nhaplieu")

    with pytest.raises(NameTaken):
        make_account(Role.VIEWER, place.ia_ly, "NhapLieu")

    reply = invite_by_form(signed_in(app, Role.COMMUNE, place.bien_ho), "nhaplieu", Role.CLERK, place.bien_ho)
    assert reply.status_code == 409
    assert 'value="nhaplieu"' in reply.text


@pytest.mark.parametrize(("role", "unit"), [(Role.FRONT_COMMUNE, "bien_ho"), (Role.CLERK, "ia_ly")])
def test_the_form_takes_no_role_or_unit_that_it_did_not_offer(
    app: Flask, place: Place, role: Role, unit: str
) -> None:
    client = signed_in(app, Role.COMMUNE, place.bien_ho)

    assert invite_by_form(client, "moi.nguoi", role, getattr(place, unit)).status_code == 422
    assert db.session().scalar(select(User.id).where(User.email == "moi.nguoi")) is None


def test_an_account_shows_whether_its_invitation_still_holds(place: Place) -> None:
    user_id = make_account(Role.CLERK, place.bien_ho)
    person = identity(place, Role.COMMUNE, place.bien_ho)

    def state(now: datetime) -> AccountState:
        return queries.account(db.session(), user_id, person, now).state

    assert state(NOW) is AccountState.INVITED
    assert state(NOW + timedelta(days=15)) is AccountState.EXPIRED


def test_a_name_typed_as_markup_stays_text(app: Flask, place: Place) -> None:
    client = signed_in(app, Role.COMMUNE, place.bien_ho)
    form = {"name": '<img src=x>{{7*7}}"', "email": "nhaplieu", "role": "clerk", "unit": place.bien_ho}

    letter = post(client, "/can-bo/tai-khoan/moi", "/can-bo/tai-khoan/moi", **form)

    assert "<img src=x>" not in letter.text + client.get("/can-bo/tai-khoan").text
    assert "{{7*7}}" in letter.text


def test_the_command_prints_an_invitation_that_works(app: Flask, place: Place) -> None:
    made = app.test_cli_runner().invoke(
        args=["accounts", "create", "--email", "bienho", "--role", "commune", "--unit", "23560", "--json"]
    )

    printed = json.loads(made.stdout)
    assert (printed["email"], printed["role"], printed["unit"]) == ("bienho", "commune", "23560")
    assert (
        accept(
            app.test_client(), printed["invitation"].removeprefix("https://khaosat.example.vn")
        ).status_code
        == 302
    )


def test_the_command_takes_a_password_from_a_file(app: Flask, place: Place, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n", encoding="utf-8")

    made = app.test_cli_runner().invoke(
        args=[
            "accounts",
            "create",
            "--email",
            "bienho",
            "--role",
            "commune",
            "--unit",
            "23560",
            "--password-file",
            str(file),
        ]
    )

    assert made.exit_code == 0
    assert "/moi/" not in made.stdout
    reply = post(app.test_client(), "/dang-nhap", "/dang-nhap", email="bienho", password=PASSWORD)
    assert reply.status_code == 302


@pytest.mark.parametrize(
    ("role", "unit", "password"),
    [("commune", "99999", None), ("commune", "52", None), ("commune", "23560", "ngắn")],
    ids=["no such unit", "role of another level", "weak password"],
)
def test_the_command_refuses_with_a_message_and_makes_nothing(
    app: Flask, place: Place, tmp_path: Path, role: str, unit: str, password: str | None
) -> None:
    args = ["accounts", "create", "--email", "bienho", "--role", role, "--unit", unit, "--json"]
    if password:
        (tmp_path / "password").write_text(password, encoding="utf-8")
        args += ["--password-file", str(tmp_path / "password")]

    refused = app.test_cli_runner().invoke(args=args)

    assert refused.exit_code == 1
    assert refused.stdout == ""
    assert refused.stderr
    assert db.session().scalar(select(User.id).where(User.email == "bienho")) is None


def test_an_unknown_token_cannot_be_accepted(place: Place) -> None:
    with pytest.raises(InvitationUnknown), db.transaction() as current:
        operations.accept_invitation(current, "x", "hash", now=NOW)
