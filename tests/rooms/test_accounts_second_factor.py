"""The second factor: setting it up, signing in with it, and recovery codes."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from survey_app import audit, db
from survey_app.access import Identity, Role
from survey_app.accounts import enrolment, operations, second_factor
from survey_app.accounts.enrolment import Check
from survey_app.accounts.models import RecoveryCode, SecondFactor, User
from survey_app.config import load_settings
from survey_app.units.models import Unit

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
PASSWORD = "bến nước đầu làng"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
STEP = timedelta(seconds=30)


@pytest.fixture
def strict(app: Flask) -> Flask:
    """An installation that requires the second factor."""
    app.extensions["settings"] = replace(app.extensions["settings"], second_factor=True)
    return app


@pytest.fixture
def province(app: Flask) -> Unit:
    return add_unit("52", "province", "Gia Lai", None)


def add_unit(code: str, level: str, name: str, parent: Unit | None) -> Unit:
    with db.transaction() as current:
        kind = "tinh" if level == "province" else "xa"
        unit = Unit(code=code, level=level, kind=kind, name=name, valid_from=date(2025, 7, 1), path="")
        unit.parent_id = parent.id if parent else None
        above = parent.path if parent else "/"
        current.add(unit)
        current.flush()
        unit.path = f"{above}{unit.id}/"
        current.flush()
        current.refresh(unit)
        current.expunge(unit)
    return unit


def person(role: Role, unit: Unit, email: str = "", *, password: bool = False) -> Identity:
    with db.transaction() as current:
        email = email or f"{role}.{unit.id}"
        made = operations.create_account(
            current,
            email=email,
            name=f"Bà {email}",
            role=role,
            unit_id=unit.id,
            actor=audit.OPERATOR,
            now=NOW,
        )
        if password:
            operations.set_password(current, made.user_id, PASSWORD)
    return Identity(made.user_id, f"Bà {email}", role, unit.id, unit.path)


def enrolled(someone: Identity) -> tuple[str, ...]:
    """Give the person `SECRET`, long ago; the recovery codes."""
    with db.transaction() as current:
        return enrolment.enrol(current, someone.user_id, SECRET, 0, now=NOW).codes


def digits(at: datetime | None = None, secret: str = SECRET) -> str:
    return pyotp.TOTP(secret).at(at or datetime.now(UTC))


def check(someone: Identity, typed: str, now: datetime = NOW) -> Check:
    with db.transaction() as current:
        return enrolment.check(current, someone.user_id, typed, now=now)


def token_of(page: TestResponse) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert found is not None
    return found[1]


def post(client: FlaskClient, address: str, page: str = "", **form: str) -> TestResponse:
    return client.post(address, data={**form, "csrf_token": token_of(client.get(page or address))})


def sign_in(client: FlaskClient, email: str, target: str = "") -> TestResponse:
    return post(client, "/dang-nhap", email=email, password=PASSWORD, next=target)


def shown_secret(page: TestResponse) -> str:
    found = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', page.text)
    assert found is not None
    return found[1].replace(" ", "")


def set_up(client: FlaskClient) -> TestResponse:
    """Set a phone up on the page that waits; the page with the recovery codes."""
    page = client.get("/can-bo/ma-xac-thuc")
    offer = re.search(r'name="offer"[^>]*value="([^"]+)"', page.text)
    assert offer is not None
    form = {"offer": offer[1], "code": digits(secret=shown_secret(page)), "csrf_token": token_of(page)}
    return client.post("/can-bo/ma-xac-thuc", data=form)


def recovery_codes(page: TestResponse) -> list[str]:
    return re.findall(r"<li><code>([0-9A-Z]{5}-[0-9A-Z]{5})</code></li>", page.text)


@pytest.mark.parametrize(
    ("environment", "required"),
    [
        ({}, False),
        ({"HTTPS": "1"}, True),
        ({"HTTPS": "1", "SECOND_FACTOR": "0"}, False),
        ({"SECOND_FACTOR": "1"}, True),
    ],
    ids=["development", "behind TLS", "switched off", "switched on"],
)
def test_the_requirement_follows_https_unless_it_is_set(monkeypatch, tmp_path, environment, required) -> None:
    for name in ("HTTPS", "SECOND_FACTOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert load_settings(tmp_path).second_factor is required


@pytest.mark.parametrize("role", [Role.PROVINCE, Role.FRONT_PROVINCE, Role.AUDITOR])
def test_who_approves_signs_or_audits_sets_a_phone_up_before_any_page_opens(
    strict: Flask, client: FlaskClient, province: Unit, role: Role
) -> None:
    person(role, province, "mot", password=True)

    first = sign_in(client, "mot", "/can-bo/dot")
    elsewhere = client.get("/can-bo/dot")
    back = client.get(elsewhere.location)
    codes = set_up(client)

    assert first.location == back.location == "/can-bo/ma-xac-thuc"
    assert elsewhere.status_code == 302
    assert len(set(recovery_codes(codes))) == 10
    assert 'href="/can-bo/dot"' in codes.text
    assert client.get("/can-bo").status_code == 200


def test_other_roles_sign_in_with_a_password_alone(
    strict: Flask, client: FlaskClient, province: Unit
) -> None:
    person(Role.VIEWER, province, "mot", password=True)

    assert sign_in(client, "mot").location == "/can-bo"
    assert client.get("/can-bo").status_code == 200


def test_where_it_is_not_required_nobody_is_asked_to_set_it_up(client: FlaskClient, province: Unit) -> None:
    person(Role.PROVINCE, province, "mot", password=True)

    assert sign_in(client, "mot").location == "/can-bo"


def test_a_role_that_needs_it_is_asked_at_the_next_request(
    strict: Flask, client: FlaskClient, province: Unit
) -> None:
    someone = person(Role.VIEWER, province, "mot", password=True)
    sign_in(client, "mot")

    with db.transaction() as current:
        current.get_one(User, someone.user_id).role = Role.PROVINCE

    assert client.get("/can-bo").location == "/dang-nhap?next=/can-bo"
    assert sign_in(client, "mot").location == "/can-bo/ma-xac-thuc"


def test_a_new_person_goes_from_the_letter_to_the_phone(
    strict: Flask, client: FlaskClient, province: Unit
) -> None:
    with db.transaction() as current:
        made = operations.create_account(
            current, email="moi", name="Ksor", role=Role.PROVINCE, unit_id=province.id, actor="operator", now=datetime.now(UTC)
        )  # fmt: skip

    reply = post(client, f"/moi/{made.token}", password=PASSWORD, again=PASSWORD)

    assert reply.location == "/can-bo/ma-xac-thuc"
    assert client.get("/can-bo").status_code == 302
    assert len(recovery_codes(set_up(client))) == 10


def test_a_wrong_first_code_keeps_the_same_secret_on_the_page(
    strict: Flask, client: FlaskClient, province: Unit
) -> None:
    person(Role.PROVINCE, province, "mot", password=True)
    sign_in(client, "mot")
    page = client.get("/can-bo/ma-xac-thuc")
    offer = re.search(r'name="offer"[^>]*value="([^"]+)"', page.text)
    assert offer is not None

    wrong = client.post(
        "/can-bo/ma-xac-thuc", data={"offer": offer[1], "code": "abc", "csrf_token": token_of(page)}
    )
    forged = client.post(
        "/can-bo/ma-xac-thuc", data={"offer": "x", "code": "123456", "csrf_token": token_of(page)}
    )

    assert wrong.status_code == forged.status_code == 422
    assert shown_secret(wrong) == shown_secret(page) != shown_secret(forged)


def test_a_secret_offered_to_one_person_is_none_for_another_and_ends_after_a_while(app: Flask) -> None:
    offer = second_factor.sealed(SECRET, 7, NOW)

    assert second_factor.offered(offer, 7, NOW + second_factor.OFFER_LASTS) == SECRET
    assert second_factor.offered(offer, 8, NOW) is None
    assert second_factor.offered(offer, 7, NOW + second_factor.OFFER_LASTS + timedelta(seconds=1)) is None


def test_a_dump_of_the_database_holds_neither_secret_nor_recovery_code(province: Unit) -> None:
    someone = person(Role.PROVINCE, province)

    codes = enrolled(someone)

    held = db.session().get_one(SecondFactor, someone.user_id)
    digests = db.session().scalars(select(RecoveryCode.digest)).all()
    assert SECRET not in held.secret
    assert second_factor.opened(held.secret, someone.user_id) == SECRET
    assert not {code.replace("-", "") for code in codes} & set(digests)


def test_signing_in_with_a_phone_takes_password_and_code(client: FlaskClient, province: Unit) -> None:
    enrolled(person(Role.COMMUNE, add_unit("23560", "commune", "Biển Hồ", province), "mot", password=True))

    first = sign_in(client, "mot", "/can-bo/phien")
    between = client.get("/can-bo")
    wrong = post(client, "/dang-nhap/ma", code="000 000")
    second = post(client, "/dang-nhap/ma", code=digits())

    assert first.location == "/dang-nhap/ma"
    assert between.status_code == 302
    assert wrong.status_code == 422
    assert second.location == "/can-bo/phien"
    assert client.get("/can-bo").status_code == 200


def test_the_second_page_is_closed_to_those_whose_password_was_not_right(client: FlaskClient) -> None:
    assert client.get("/dang-nhap/ma").location == "/dang-nhap"
    assert client.get("/can-bo/ma-xac-thuc").location == "/dang-nhap?next=/can-bo/ma-xac-thuc"


def test_leaving_half_way_forgets_whose_password_was_right(client: FlaskClient, province: Unit) -> None:
    enrolled(person(Role.PROVINCE, province, "mot", password=True))
    sign_in(client, "mot")

    post(client, "/dang-xuat", "/dang-nhap/ma")

    assert client.get("/dang-nhap").status_code == 200


def test_an_account_closed_half_way_gets_no_further(client: FlaskClient, province: Unit) -> None:
    someone = person(Role.PROVINCE, province, "mot", password=True)
    enrolled(someone)
    sign_in(client, "mot")

    with db.transaction() as current:
        current.get_one(User, someone.user_id).active = False

    assert client.get("/dang-nhap/ma").location == "/dang-nhap"


@pytest.mark.parametrize(
    ("away", "outcome"), [(-2, Check.WRONG), (-1, Check.RIGHT), (1, Check.RIGHT), (2, Check.WRONG)]
)
def test_clocks_may_differ_by_one_step(province: Unit, away: int, outcome: Check) -> None:
    someone = person(Role.PROVINCE, province)
    enrolled(someone)

    assert check(someone, digits(NOW + away * STEP)) is outcome


def test_a_code_and_the_ones_before_it_are_taken_once(province: Unit) -> None:
    someone = person(Role.PROVINCE, province)
    enrolled(someone)

    assert check(someone, digits(NOW)) is Check.RIGHT
    assert check(someone, digits(NOW)) is Check.WRONG
    assert check(someone, digits(NOW - STEP)) is Check.WRONG
    assert check(someone, digits(NOW + STEP)) is Check.RIGHT


def test_the_code_that_set_the_phone_up_does_not_sign_in_as_well(province: Unit) -> None:
    someone = person(Role.PROVINCE, province)
    step = second_factor.matching_step(SECRET, digits(NOW), NOW)
    assert step is not None

    with db.transaction() as current:
        enrolment.enrol(current, someone.user_id, SECRET, step, now=NOW)

    assert check(someone, digits(NOW)) is Check.WRONG


def test_a_recovery_code_works_once_however_it_is_typed(province: Unit) -> None:
    someone, other = person(Role.PROVINCE, province, "mot"), person(Role.PROVINCE, province, "hai")
    codes = enrolled(someone)
    enrolled(other)
    typed = f" {codes[0].lower().replace('-', ' – ').replace('0', 'o').replace('1', 'l')} "

    assert check(other, codes[0]) is Check.WRONG
    assert check(someone, typed) is Check.RIGHT
    assert check(someone, codes[0]) is Check.WRONG
    view = enrolment.factor(db.session(), someone.user_id)
    assert view is not None
    assert view.codes_left == 9


def test_five_wrong_codes_make_the_account_wait_a_quarter_of_an_hour(province: Unit) -> None:
    someone, other = person(Role.PROVINCE, province, "mot"), person(Role.PROVINCE, province, "hai")
    codes = enrolled(someone)
    enrolled(other)

    wrong = [check(someone, "000000") for _guess in range(5)]

    assert wrong == [Check.WRONG] * 5
    noted = select(audit.AuditEvent.subject).where(audit.AuditEvent.act == "accounts.locked_out")
    assert db.session().scalars(noted).all() == [f"user:{someone.user_id}"]
    assert check(someone, digits(NOW)) is Check.BLOCKED
    assert check(someone, codes[0]) is Check.BLOCKED
    assert check(other, digits(NOW)) is Check.RIGHT
    later = NOW + timedelta(minutes=15)
    assert check(someone, digits(later), later) is Check.RIGHT


def test_a_blocked_account_reads_how_long_to_wait(client: FlaskClient, province: Unit) -> None:
    enrolled(person(Role.PROVINCE, province, "mot", password=True))
    sign_in(client, "mot")
    for _guess in range(5):
        post(client, "/dang-nhap/ma", code="000000")

    reply = post(client, "/dang-nhap/ma", code="000000")

    assert reply.status_code == 429
    assert reply.headers["Retry-After"] == "900"
    assert "15 " in reply.text


def test_who_has_a_phone_gets_new_codes_or_another_phone(client: FlaskClient, province: Unit) -> None:
    someone = person(Role.PROVINCE, province, "mot", password=True)
    old = enrolled(someone)
    sign_in(client, "mot")
    post(client, "/dang-nhap/ma", code=digits())
    status = client.get("/can-bo/ma-xac-thuc")

    new = recovery_codes(post(client, "/can-bo/ma-xac-thuc/ma-du-phong", "/can-bo/ma-xac-thuc"))
    page = client.get("/can-bo/ma-xac-thuc/dien-thoai-moi")

    assert "10" in status.text
    assert len(new) == 10
    assert check(someone, old[0]) is Check.WRONG
    assert check(someone, new[0]) is Check.RIGHT
    assert shown_secret(page) != SECRET


def test_setting_a_phone_up_ends_the_sessions_of_other_devices(
    app: Flask, client: FlaskClient, province: Unit
) -> None:
    person(Role.VIEWER, province, "mot", password=True)
    other = app.test_client()
    sign_in(client, "mot")
    sign_in(other, "mot")

    set_up(client)

    assert client.get("/can-bo").status_code == 200
    assert other.get("/can-bo").status_code == 302
