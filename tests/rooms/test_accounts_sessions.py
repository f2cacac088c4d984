"""Where people are signed in, ending sessions, and showing again who one is before an act that counts."""

import hashlib
import re
from datetime import UTC, date, datetime, timedelta

import pyotp
import pytest
from flask import Flask, request
from flask.sessions import NullSession
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner
from sqlalchemy import select
from werkzeug.test import TestResponse

from survey_app import access, audit, db
from survey_app.access import Role
from survey_app.accounts import enrolment, freshness, operations, sessions
from survey_app.accounts.models import StaffSession
from survey_app.jobs import run_due
from survey_app.units.models import Unit

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
PASSWORD = "bến nước đầu làng"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def app(own_app: Flask) -> Flask:
    """The application with one page more."""
    return own_app


@pytest.fixture
def user_id(app: Flask) -> int:
    """A viewer of Gia Lai, named `mot`."""

    @app.route("/can-bo/thu", methods=["GET", "POST"])
    @access.roles(*access.ANY_ACCOUNT)
    @freshness.fresh
    def act() -> str:
        form = "".join(f"<li>{name}</li>" for name in request.form.getlist("reason"))
        return f"<!doctype html><html lang='vi'><head><title>x</title></head><body><h1>Đã làm</h1>{form}</body></html>"

    with db.transaction() as current:
        unit = Unit(
            code="52", level="province", kind="tinh", name="Gia Lai", valid_from=date(2025, 7, 1), path="/1/"
        )
        current.add(unit)
        current.flush()
        made = operations.create_account(
            current,
            email="mot",
            name="Bà Một",
            role=Role.VIEWER,
            unit_id=unit.id,
            actor=audit.OPERATOR,
            now=NOW,
        )
        operations.set_password(current, made.user_id, PASSWORD)
    return made.user_id


def token_of(page: TestResponse) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert found is not None
    return found[1]


def post(client: FlaskClient, address: str, page: str = "/can-bo/phien", **form: str) -> TestResponse:
    return client.post(address, data={**form, "csrf_token": token_of(client.get(page))})


def sign_in(client: FlaskClient) -> FlaskClient:
    assert post(client, "/dang-nhap", "/dang-nhap", email="mot", password=PASSWORD).status_code == 302
    return client


def grow_old(client: FlaskClient, minutes: int = 16) -> None:
    with client.session_transaction() as running:
        running["confirmed_at"] -= minutes * 60


def set_times(now: datetime, **changes: timedelta) -> None:
    with db.transaction() as current:
        for row in current.scalars(select(StaffSession)):
            for column, ago in changes.items():
                setattr(row, column, now - ago)


def test_the_own_sessions_are_listed_and_the_one_in_use_is_marked(
    app: Flask, client: FlaskClient, user_id: int
) -> None:
    sign_in(client)
    sign_in(app.test_client())

    page = client.get("/can-bo/phien").text

    assert page.count('class="card"') == 2
    assert page.count("badge-met") == 1


def test_one_session_is_ended_and_the_others_go_on(app: Flask, client: FlaskClient, user_id: int) -> None:
    other = sign_in(app.test_client())
    sign_in(client)
    address = re.findall(r"/can-bo/phien/\d+/ket-thuc", client.get("/can-bo/phien").text)

    post(client, address[0])

    assert len(address) == 1
    assert other.get("/can-bo").status_code == 302
    assert client.get("/can-bo").status_code == 200


def test_nobody_ends_the_session_of_somebody_else(client: FlaskClient, user_id: int) -> None:
    sign_in(client)
    number = db.session().scalars(select(StaffSession.id)).one()

    with db.transaction() as current:
        sessions.end_one(current, user_id + 1, number, now=NOW)

    assert client.get("/can-bo").status_code == 200


def test_a_cookie_kept_from_before_signing_out_opens_nothing(
    app: Flask, client: FlaskClient, user_id: int
) -> None:
    sign_in(client)
    kept = client.get_cookie("can_bo")
    assert kept is not None

    post(client, "/dang-xuat")

    thief = app.test_client()
    thief.set_cookie("can_bo", kept.value)
    assert thief.get("/can-bo").location == "/dang-nhap?next=/can-bo"


def test_the_database_keeps_times_to_the_minute_and_no_mark(client: FlaskClient, user_id: int) -> None:
    sign_in(client)
    with client.session_transaction() as running:
        mark = running["mark"]

    row = db.session().scalars(select(StaffSession)).one()

    assert mark not in row.digest
    assert (row.last_seen_at.second, row.last_seen_at.microsecond) == (0, 0)


def test_using_a_session_moves_its_last_minute(client: FlaskClient, user_id: int) -> None:
    sign_in(client)
    now = datetime.now(UTC)
    set_times(now, last_seen_at=timedelta(hours=1))

    client.get("/can-bo")

    db.session().expire_all()
    assert now - db.session().scalars(select(StaffSession.last_seen_at)).one() < timedelta(
        minutes=1, seconds=5
    )


@pytest.mark.parametrize(
    "ago",
    [{"last_seen_at": timedelta(hours=4)}, {"started_at": timedelta(hours=12)}],
    ids=["idle", "a whole day"],
)
def test_a_session_that_is_over_opens_nothing_and_is_forgotten(
    app: Flask, client: FlaskClient, user_id: int, ago
) -> None:
    sign_in(client)
    now = datetime.now(UTC)

    set_times(now, **ago)

    assert client.get("/can-bo").status_code == 302
    assert run_due(now)["accounts.sessions"] == 1
    assert db.session().scalars(select(StaffSession.id)).all() == []


class Ahead(TimestampSigner):
    """Signs as a server does whose clock is three hours ahead."""

    def get_timestamp(self) -> int:
        return super().get_timestamp() + 3 * 3600


def test_a_clock_that_steps_back_signs_nobody_out(app: Flask, client: FlaskClient, user_id: int) -> None:
    sign_in(client)
    now, name = datetime.now(UTC), app.config["SESSION_COOKIE_NAME"]
    with client.session_transaction() as running:
        held = dict(running)
    serializer = app.session_interface.get_signing_serializer(app)
    serializer.signer = Ahead
    client.set_cookie(name, serializer.dumps(held))
    set_times(now, started_at=-timedelta(hours=3), last_seen_at=-timedelta(hours=3))

    reply = client.get("/can-bo")

    assert reply.status_code == 200
    db.session().expire_all()
    row = db.session().scalars(select(StaffSession)).one()
    assert max(row.started_at, row.last_seen_at) < now + timedelta(minutes=1)


def test_the_browser_keeps_the_cookie_for_a_length_of_time_and_not_until_a_date_of_ours(
    client: FlaskClient, user_id: int
) -> None:
    reply = sign_in(client).get("/can-bo")

    [cookie] = [one for one in reply.headers.getlist("Set-Cookie") if "can_bo" in one]
    assert "Max-Age=43200" in cookie


def test_a_reply_that_comes_late_does_not_bring_back_an_earlier_session(
    client: FlaskClient, user_id: int
) -> None:
    """A page that changes nothing sends no cookie: it would hold what another reply has replaced meanwhile."""
    sign_in(client).get("/can-bo")

    for page in ("/can-bo", "/can-bo/tai-khoan/cua-toi", "/can-bo/khong-co"):
        assert "Set-Cookie" not in client.get(page).headers


def test_a_forged_cookie_opens_nothing(app: Flask, client: FlaskClient, user_id: int) -> None:
    client.set_cookie(app.config["SESSION_COOKIE_NAME"], "e30.aaaa.bbbb")

    assert client.get("/can-bo").status_code == 302


@pytest.mark.parametrize(
    ("ahead", "status"),
    [(timedelta(minutes=5), 200), (timedelta(days=60), 302)],
    ids=["a small step back", "a moment that proves nothing"],
)
def test_who_showed_who_they_are_under_a_clock_ahead_is_asked_again_only_after_a_long_step(
    client: FlaskClient, user_id: int, ahead: timedelta, status: int
) -> None:
    sign_in(client)
    with client.session_transaction() as running:
        running["confirmed_at"] = (datetime.now(UTC) + ahead).timestamp()

    assert client.get("/can-bo/thu").status_code == status


def test_signing_out_everywhere_leaves_no_session(client: FlaskClient, user_id: int) -> None:
    sign_in(client)

    post(client, "/can-bo/dang-xuat-het")

    assert db.session().scalars(select(StaffSession.id)).all() == []


def test_a_page_that_counts_asks_again_after_ten_minutes_and_then_leads_on(
    client: FlaskClient, user_id: int
) -> None:
    sign_in(client)
    at_once = client.get("/can-bo/thu")
    grow_old(client)

    asked = client.get("/can-bo/thu?a=b")
    wrong = post(client, asked.location, asked.location, **{"again-password": "không phải mật khẩu"})
    right = post(client, asked.location, asked.location, **{"again-password": PASSWORD})

    assert at_once.status_code == 200
    assert asked.location == "/dang-nhap/lai?next=/can-bo/thu%3Fa%3Db"
    assert wrong.status_code == 422
    assert right.location == "/can-bo/thu?a=b"
    assert client.get("/can-bo/thu").status_code == 200


def test_who_opened_a_page_in_time_has_time_to_send_it(client: FlaskClient, user_id: int) -> None:
    sign_in(client)
    grow_old(client, minutes=12)

    assert client.get("/can-bo/thu").status_code == 302
    assert post(client, "/can-bo/thu").status_code == 200


def test_a_form_sent_too_late_is_kept_and_sent_on_with_the_password(
    client: FlaskClient, user_id: int
) -> None:
    sign_in(client)
    grow_old(client)

    late = post(client, "/can-bo/thu", reason='Sai "số hộ" <b>')
    kept = {"reason": 'Sai "số hộ" <b>', "csrf_token": token_of(late)}
    wrong = client.post("/can-bo/thu", data=kept | {"again-password": "không phải mật khẩu"})
    right = client.post("/can-bo/thu", data=kept | {"again-password": PASSWORD})

    assert late.status_code == 403
    assert wrong.status_code == 422
    for page in (late, wrong):
        assert 'name="reason" value="Sai &#34;số hộ&#34; &lt;b&gt;"' in page.text
        assert "Đã làm" not in page.text
    assert right.status_code == 200
    assert "Đã làm" in right.text


def test_who_has_a_phone_shows_it_again_too(client: FlaskClient, user_id: int) -> None:
    with db.transaction() as current:
        enrolment.enrol(current, user_id, SECRET, 0, now=NOW)
    post(client, "/dang-nhap", "/dang-nhap", email="mot", password=PASSWORD)
    recovery_code = _new_code(user_id)
    post(client, "/dang-nhap/ma", "/dang-nhap/ma", code=recovery_code)
    grow_old(client)
    again = {"again-password": PASSWORD}

    without = post(client, "/can-bo/thu", **again)
    given = post(client, "/can-bo/thu", **again, **{"again-code": pyotp.TOTP(SECRET).at(datetime.now(UTC))})

    assert without.status_code == 422
    assert given.status_code == 200


def _new_code(user_id: int) -> str:
    with db.transaction() as current:
        return enrolment.renew_codes(current, user_id, now=NOW)[0]


def test_ten_wrong_passwords_block_showing_oneself_again(client: FlaskClient, user_id: int) -> None:
    sign_in(client)
    grow_old(client)
    for _guess in range(10):
        post(client, "/dang-nhap/lai", "/dang-nhap/lai", **{"again-password": "không phải mật khẩu"})

    assert post(client, "/dang-nhap/lai", "/dang-nhap/lai", **{"again-password": PASSWORD}).status_code == 429


def test_a_new_password_does_not_stand_in_for_the_phone(client: FlaskClient, user_id: int) -> None:
    sign_in(client)
    grow_old(client)
    changed = {"current": PASSWORD, "password": "nhà rông làng Phung", "again": "nhà rông làng Phung"}

    post(client, "/can-bo/mat-khau", "/can-bo/mat-khau", **changed)

    assert client.get("/can-bo").status_code == 200
    assert client.get("/can-bo/thu").status_code == 302


def test_a_respondents_page_opens_no_session_though_the_browser_sends_its_cookie(
    app: Flask, client: FlaskClient, user_id: int
) -> None:
    sign_in(client)

    with app.test_request_context("/k", headers={"Cookie": f"{app.config['SESSION_COOKIE_NAME']}=x"}):
        opened = app.session_interface.open_session(app, request)

    assert isinstance(opened, NullSession)
    assert client.get("/k").headers.getlist("Set-Cookie") == []
    assert app.session_interface.digest_method is hashlib.sha256
