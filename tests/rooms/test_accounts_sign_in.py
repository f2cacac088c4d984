"""Signing in and out, the list of today, the own password, and the language."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from survey_app import access, audit, db
from survey_app.access import Role
from survey_app.accounts import operations, passwords, signin, todo
from survey_app.accounts.models import User
from survey_app.accounts.todo import Todo
from survey_app.units.models import Unit

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
PASSWORD = "bến nước đầu làng"
ELSEWHERE = {"REMOTE_ADDR": "203.0.113.7"}


def make_account(email: str = "an@bienho", role: Role = Role.COMMUNE, *, demo: bool = False) -> int:
    with db.transaction() as current:
        unit = Unit(
            code="23560",
            level="commune",
            kind="xa",
            name="Biển Hồ",
            valid_from=date(2025, 7, 1),
            path="",
        )
        if role in (Role.PROVINCE, Role.FRONT_PROVINCE):
            unit.level, unit.kind, unit.code, unit.name = "province", "tinh", "52", "Gia Lai"
        current.add(unit)
        current.flush()
        unit.path = f"/{unit.id}/"
        invited = operations.create_account(
            current,
            email=email,
            name="Nguyễn Văn An",
            role=role,
            unit_id=unit.id,
            actor=audit.OPERATOR,
            now=NOW,
        )
        operations.set_password(current, invited.user_id, PASSWORD, demo=demo)
    return invited.user_id


def token_of(page: TestResponse) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert found is not None
    return found[1]


def sign_in(
    client: FlaskClient, email: str = "an@bienho", password: str = PASSWORD, next: str = "", **options: object
) -> TestResponse:
    base = {
        "environ_base": options.pop("environ_base", {}),
        "base_url": options.pop("base_url", "http://localhost"),
    }
    page = client.get("/dang-nhap", **base)
    form = {"email": email, "password": password, "next": next, "csrf_token": token_of(page)}
    return client.post("/dang-nhap", data=form, **base)


def post(client: FlaskClient, address: str, *, page: str = "/can-bo/mat-khau", **form: str) -> TestResponse:
    return client.post(address, data={**form, "csrf_token": token_of(client.get(page))})


def change(client: FlaskClient, current: str, password: str, again: str) -> TestResponse:
    return post(client, "/can-bo/mat-khau", current=current, password=password, again=again)


def test_the_right_password_opens_the_list_of_today(client: FlaskClient) -> None:
    make_account()

    reply = sign_in(client)

    assert (reply.status_code, reply.location) == (302, "/can-bo")
    assert "Nguyễn Văn An" in client.get("/can-bo").text


def test_the_sign_in_name_is_found_whatever_its_case_and_spaces(client: FlaskClient) -> None:
    make_account()

    assert sign_in(client, email="  AN@BienHo ").status_code == 302


def test_a_password_is_the_same_however_a_keyboard_composes_its_letters() -> None:
    composed, decomposed = "b\u1ebfn nước đầu làng", "be\u0302\u0301n nước đầu làng"

    assert passwords.matches(passwords.hashed(composed), decomposed)


def test_a_wrong_password_and_an_unknown_name_read_the_same_and_keep_what_was_typed(
    client: FlaskClient,
) -> None:
    make_account()

    wrong = sign_in(client, password="không phải mật khẩu")
    unknown = sign_in(client, email="ai@bienho", password="không phải mật khẩu")

    assert wrong.status_code == unknown.status_code == 422
    assert strip_tokens(wrong.text) == strip_tokens(unknown.text.replace("ai@bienho", "an@bienho"))
    assert 'value="an@bienho"' in wrong.text


def strip_tokens(html: str) -> str:
    return re.sub(r'(name="csrf_token"[^>]*value=")[^"]+', r"\1", html)


def test_an_unknown_name_costs_the_same_hash_as_a_known_one() -> None:
    assert not passwords.is_outdated(passwords._NOBODY)
    assert not passwords.matches(None, PASSWORD)


def test_ten_wrong_passwords_make_the_name_wait_and_keep_what_was_typed(client: FlaskClient) -> None:
    make_account()
    for _ in range(10):
        assert sign_in(client, password="không phải mật khẩu").status_code == 422

    blocked = sign_in(client)

    assert blocked.status_code == 429
    assert 'value="an@bienho"' in blocked.text
    assert blocked.headers["Retry-After"] == "900"


def test_an_unknown_name_is_made_to_wait_like_a_known_one(client: FlaskClient) -> None:
    for _ in range(10):
        sign_in(client, email="ai@bienho", password="không phải mật khẩu")

    assert sign_in(client, email="ai@bienho").status_code == 429


def test_a_colleague_at_the_same_address_still_signs_in(client: FlaskClient) -> None:
    make_account()
    for _ in range(10):
        sign_in(client, email="ai@bienho", password="không phải mật khẩu")

    assert sign_in(client).status_code == 302


def test_failures_of_a_quarter_of_an_hour_ago_no_longer_count(app: Flask) -> None:
    from survey_app import throttle

    key = throttle.subject_key("sign-in name", "an@bienho", NOW)
    with db.transaction() as current:
        for _ in range(10):
            throttle.record_failure(current, key, NOW)

    assert throttle.is_blocked(db.session(), key, NOW, limit=10, minutes=15)
    assert not throttle.is_blocked(db.session(), key, NOW + timedelta(minutes=15), limit=10, minutes=15)


def test_sign_ins_and_failures_are_on_record_without_an_address(client: FlaskClient) -> None:
    user_id = make_account()

    sign_in(client, password="không phải mật khẩu")
    sign_in(client, email="ai@bienho", password="không phải mật khẩu")
    sign_in(client)

    events = db.session().scalars(
        select(audit.AuditEvent)
        .where(audit.AuditEvent.act.startswith("accounts.sign_in"))
        .order_by(audit.AuditEvent.id)
    )
    assert [(event.act, event.subject, event.details) for event in events] == [
        ("accounts.sign_in_failed", f"user:{user_id}", {}),
        ("accounts.sign_in_failed", "user:unknown", {}),
        ("accounts.sign_in", f"user:{user_id}", {}),
    ]


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "\\\\evil.example", "/\\evil.example", "https:evil.example", "https://evil.example",
     "evil", "/\t/evil", "/a\r\nSet-Cookie: a=b", "/\u202eevil", "javascript:alert(1)", ""],
)  # fmt: skip
def test_signing_in_never_leads_off_the_site(client: FlaskClient, target: str) -> None:
    make_account()

    assert sign_in(client, next=target).location == "/can-bo"


def test_signing_in_leads_back_to_the_page_asked_for(client: FlaskClient) -> None:
    make_account()
    asked = client.get("/can-bo/tai-khoan?q=an")

    page = client.get(asked.location)

    assert asked.status_code == 302
    assert sign_in(client, next="/can-bo/tai-khoan?q=an").location == "/can-bo/tai-khoan?q=an"
    assert 'value="/can-bo/tai-khoan?q=an"' in page.text


def test_a_post_without_its_token_is_refused(client: FlaskClient) -> None:
    make_account()

    assert client.post("/dang-nhap", data={"email": "an@bienho", "password": PASSWORD}).status_code == 400


def test_a_name_with_a_null_character_is_just_unknown(client: FlaskClient) -> None:
    assert sign_in(client, email="an\0@bienho").status_code == 422


def test_a_session_planted_before_signing_in_does_not_survive_it(client: FlaskClient) -> None:
    make_account()
    with client.session_transaction() as planted:
        planted["planted"] = "evil"

    sign_in(client)

    with client.session_transaction() as now:
        assert "planted" not in now
        assert "_user_id" in now


def test_after_signing_out_the_pages_are_closed(client: FlaskClient) -> None:
    make_account()
    sign_in(client)

    reply = post(client, "/dang-xuat")

    assert reply.location == "/dang-nhap"
    assert client.get("/can-bo").location == "/dang-nhap?next=/can-bo"


def test_an_account_closed_in_mid_session_is_out_at_the_next_request(client: FlaskClient) -> None:
    user_id = make_account()
    sign_in(client)

    with db.transaction() as current:
        current.get_one(User, user_id).active = False

    assert client.get("/can-bo").status_code == 302
    assert sign_in(client).status_code == 422


def test_a_role_taken_away_in_mid_session_counts_at_the_next_request(client: FlaskClient) -> None:
    user_id = make_account()
    sign_in(client)
    assert client.get("/can-bo/tai-khoan").status_code == 200

    with db.transaction() as current:
        current.get_one(User, user_id).role = Role.VIEWER

    assert client.get("/can-bo/tai-khoan").status_code == 403


def test_signing_out_everywhere_ends_the_sessions_of_other_devices(app: Flask, client: FlaskClient) -> None:
    make_account()
    other = app.test_client()
    sign_in(client)
    sign_in(other)

    post(client, "/can-bo/dang-xuat-het")

    assert client.get("/can-bo").status_code == 302
    assert other.get("/can-bo").status_code == 302


def test_a_new_password_ends_other_sessions_and_keeps_the_own(app: Flask, client: FlaskClient) -> None:
    make_account()
    other = app.test_client()
    sign_in(client)
    sign_in(other)

    change(client, PASSWORD, "nhà rông làng Phung", "nhà rông làng Phung")

    assert client.get("/can-bo").status_code == 200
    assert other.get("/can-bo").status_code == 302
    assert sign_in(other).status_code == 422
    assert sign_in(other, password="nhà rông làng Phung").status_code == 302


@pytest.mark.parametrize(
    ("current", "password", "again"),
    [
        ("không phải mật khẩu", "nhà rông làng Phung", "nhà rông làng Phung"),
        (PASSWORD, "nhà rông làng Phung", "nhà rông làng Pang"),
        (PASSWORD, "ngắn quá", "ngắn quá"),
        (PASSWORD, "a" * 129, "a" * 129),
        (PASSWORD, "An.Nguyen@BienHo", "An.Nguyen@BienHo"),
    ],
    ids=["wrong current", "not the same", "too short", "too long", "the sign-in name"],
)
def test_a_password_that_may_not_be_is_refused(app: Flask, current: str, password: str, again: str) -> None:
    client = app.test_client()
    make_account("an.nguyen@bienho")
    sign_in(client, email="an.nguyen@bienho")

    assert change(client, current, password, again).status_code == 422
    assert sign_in(app.test_client(), email="an.nguyen@bienho").status_code == 302


@pytest.mark.parametrize("password", ["mzkvwqtrpjgh", "mz" * 64], ids=["shortest", "longest"])
def test_a_password_of_allowed_length_needs_no_other_kind_of_letter(password: str) -> None:
    passwords.check(password, "an@bienho")


def test_a_session_ends_after_a_working_day_however_busy(client: FlaskClient) -> None:
    make_account()
    sign_in(client)
    with client.session_transaction() as running:
        running["signed_in_at"] -= 12 * 3600

    assert client.get("/can-bo").status_code == 302


def test_a_browser_keeps_the_cookie_as_long_as_the_longest_session(app: Flask) -> None:
    assert app.permanent_session_lifetime == timedelta(hours=12)
    assert not signin.is_over(int(NOW.timestamp()), NOW + timedelta(hours=11, minutes=59))


def test_a_demo_password_works_on_the_machine_itself_and_nowhere_else(client: FlaskClient) -> None:
    make_account(demo=True)

    assert sign_in(client, environ_base=ELSEWHERE).status_code == 403
    assert sign_in(client, base_url="http://khaosat.example.vn").status_code == 403
    assert sign_in(client, base_url="http://127.0.0.1:8000").status_code == 302


def test_a_demo_account_with_a_password_of_its_own_works_from_anywhere(
    app: Flask, client: FlaskClient
) -> None:
    make_account(demo=True)
    sign_in(client)
    assert "/can-bo/mat-khau" in client.get("/can-bo").text

    change(client, PASSWORD, "nhà rông làng Phung", "nhà rông làng Phung")

    away = sign_in(app.test_client(), password="nhà rông làng Phung", environ_base=ELSEWHERE)
    assert away.status_code == 302


@pytest.mark.parametrize(
    ("host", "address", "inside"),
    [
        ("localhost:8000", "127.0.0.1", True),
        ("[::1]:8000", "::1", True),
        ("127.0.0.1", "203.0.113.7", False),
        ("khaosat.example.vn", "127.0.0.1", False),
        ("localhost.evil.example", "127.0.0.1", False),
    ],
)
def test_loopback_means_both_ends(app: Flask, host: str, address: str, inside: bool) -> None:
    with app.test_request_context("/", headers={"Host": host}, environ_base={"REMOTE_ADDR": address}):
        assert signin.is_on_loopback() is inside


def test_the_public_side_does_not_know_who_is_signed_in(app: Flask, client: FlaskClient) -> None:
    make_account()
    sign_in(client)
    cookie = client.get_cookie("can_bo")
    assert cookie is not None

    with app.test_request_context("/k/ABC", headers={"Cookie": f"can_bo={cookie.value}"}):
        assert access.current_identity() is None


def test_urgent_things_come_first_on_the_list(app: Flask, client: FlaskClient) -> None:
    make_account()
    todo.register(
        app,
        lambda *_: [Todo("Xem lại", "chi tiết", "/can-bo/a"), Todo("Ký ngay", "", "/can-bo/b", urgent=True)],
    )
    sign_in(client)

    page = client.get("/can-bo").text

    assert page.index("Ký ngay") < page.index("Xem lại")


def test_who_has_nothing_to_do_yet_reads_what_the_account_is_for(client: FlaskClient) -> None:
    make_account(role=Role.VIEWER)
    sign_in(client)

    assert "tài khoản này không sửa gì được" in client.get("/can-bo").text


def test_the_language_is_kept_in_a_cookie_and_leads_back(client: FlaskClient) -> None:
    make_account()
    sign_in(client)

    reply = post(client, "/can-bo/ngon-ngu", lang="en", next="/can-bo/mat-khau")

    assert reply.location == "/can-bo/mat-khau"
    assert "HttpOnly" in reply.headers["Set-Cookie"]
    assert "My password" in client.get("/can-bo/mat-khau").text


def test_an_unknown_language_and_a_foreign_address_are_ignored(client: FlaskClient) -> None:
    make_account()
    sign_in(client)

    reply = post(client, "/can-bo/ngon-ngu", lang="xx", next="//evil.example")

    assert reply.location == "/can-bo"
    assert client.get_cookie("ngon_ngu") is None


def test_a_hash_of_older_parameters_is_renewed_at_sign_in(client: FlaskClient) -> None:
    from argon2 import PasswordHasher

    user_id = make_account()
    with db.transaction() as current:
        current.get_one(User, user_id).password_hash = PasswordHasher(time_cost=1, memory_cost=1024).hash(
            passwords._normal(PASSWORD)
        )

    sign_in(client)

    db.session().expire_all()
    kept = db.session().get_one(User, user_id).password_hash
    assert kept is not None
    assert not passwords.is_outdated(kept)
