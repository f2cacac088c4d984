"""Requirements of OWASP ASVS 5.0 about passwords, sessions and tokens that no other test proves by itself.

`docs/security/asvs.md` names each test beside its requirement.
"""

import base64
import hashlib
import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select

from survey_app import audit, db
from survey_app.access import Role
from survey_app.accounts import enrolment, operations, passwords, second_factor, sessions
from survey_app.accounts.models import Invitation, StaffSession, User
from survey_app.collecting import tickets
from survey_app.keys import SESSION, KeyMissing, KeyStore, store
from tests.factories import altered

PASSWORD = "bến nước đầu làng"
NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
#: The digest of a code.
SLIP = bytes(range(32))


@pytest.fixture
def user_id(app, make_commune) -> int:
    """A viewer named `mot`."""
    commune = make_commune()
    with db.transaction() as current:
        made = operations.create_account(
            current, email="nguyen.thimot", name="Bà Một", role=Role.VIEWER, unit_id=commune.unit.id,
            actor=audit.OPERATOR, now=datetime.now(UTC),
        )  # fmt: skip
        operations.set_password(current, made.user_id, PASSWORD)
    return made.user_id


def token_of(page):
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[1]


def post(client, address, page, **form):
    return client.post(address, data={**form, "csrf_token": token_of(client.get(page))})


def sign_in(client, password=PASSWORD):
    return post(client, "/dang-nhap", "/dang-nhap", email="nguyen.thimot", password=password)


def grow_old(client):
    with client.session_transaction() as running:
        running["confirmed_at"] -= 3600


def test_showing_again_who_one_is_gives_the_session_another_mark_and_ends_the_old_one(app, client, user_id):
    sign_in(client)
    kept = client.get_cookie("can_bo").value

    post(client, "/dang-nhap/lai", "/dang-nhap/lai", **{"again-password": PASSWORD})

    thief = app.test_client()
    thief.set_cookie("can_bo", kept)
    assert thief.get("/can-bo").status_code == 302
    assert client.get("/can-bo").status_code == 200


@pytest.mark.parametrize("act", ["/can-bo/phien/1/ket-thuc", "/can-bo/dang-xuat-het"])
def test_ending_sessions_asks_who_one_is_when_that_was_long_ago(client, user_id, act):
    sign_in(client)
    grow_old(client)

    asked = post(client, act, "/can-bo/phien")

    assert asked.status_code == 403
    db.session().rollback()
    assert len(db.session().scalars(select(StaffSession)).all()) == 1


def test_marks_invitations_and_phone_secrets_have_at_least_128_random_bits_and_never_repeat(app, user_id):
    with db.transaction() as current:
        marks = {sessions.begin(current, user_id, now=NOW) for _time in range(50)}
    secrets = {second_factor.new_secret() for _time in range(50)}

    assert len(marks) == len(secrets) == 50
    assert min(len(base64.urlsafe_b64decode(mark)) for mark in marks) * 8 >= 128
    assert min(len(base64.b32decode(secret)) for secret in secrets) * 8 >= 128
    assert operations._TOKEN_BYTES * 8 >= 128


def test_a_recovery_code_has_fifty_random_bits():
    codes = [code for _time in range(20) for code in second_factor.new_recovery_codes()]

    assert len(set(codes)) == len(codes) == 200
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}", code) for code in codes)
    assert {letter for code in codes for letter in code} - {"-"} == set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


@pytest.mark.parametrize(
    "password",
    ["1qaz2wsx3edc4rfv", "QWERTY123456", "unbelievable", "khaosat-gialai-2026", "Mật khẩu Pleiku 1", "thimot.nguyen",
     "NguyenThimot2026", "QuanTriHeThong!"],
)  # fmt: skip
def test_a_password_that_guessing_begins_with_is_refused(app, password):
    with app.test_request_context(), pytest.raises(passwords.WeakPassword):
        passwords.check(password, "nguyen.thimot")


def test_ten_thousand_known_passwords_of_allowed_length_are_refused(app):
    known = sorted(passwords._known())

    assert len(known) == 10_000
    assert all(passwords.MIN_LENGTH <= len(password) <= passwords.MAX_LENGTH for password in known)
    with app.test_request_context():
        for password in known[::500]:
            with pytest.raises(passwords.WeakPassword):
                passwords.check(password.upper(), "ai@mau")


@pytest.mark.parametrize(
    "password",
    [
        "a" * 63 + "bc",
        "nhà rông " * 14,
        "            x",
        "🐃🐃🐃🐃🐃🐃🐃🐃🐃🐃🐃🐃",
        "khaosat của bà con làng Phung",
        "0987 654 321 ok",
    ],
    ids=["64 letters", "126 letters", "spaces", "pictures", "words of its own", "digits"],
)
def test_a_long_password_needs_no_kind_of_letter(app, password):
    with app.test_request_context():
        passwords.check(password, "nguyen.thimot")


@pytest.mark.parametrize(
    "typed",
    [
        PASSWORD.upper(),
        f"{PASSWORD} ",
        f" {PASSWORD}",
        PASSWORD[:-1],
        PASSWORD + "x" * 100,
        "ben nuoc dau lang",
    ],
)
def test_a_password_is_compared_as_typed_in_its_case_its_spaces_and_its_full_length(app, typed):
    kept = passwords.hashed(PASSWORD)

    assert passwords.matches(kept, PASSWORD)
    assert not passwords.matches(kept, typed)


@pytest.mark.real_hashing
def test_a_stored_password_is_argon2id_with_parameters_of_today(app, user_id):
    kept = db.session().get_one(User, user_id).password_hash

    memory, passes = re.match(r"\$argon2id\$v=19\$m=(\d+),t=(\d+),p=\d+\$", kept).groups()
    assert (int(memory) >= 12_288, int(passes) >= 3) == (True, True)


def test_a_new_password_needs_the_one_before(client, user_id):
    sign_in(client)
    new = {"password": "nhà rông làng Phung", "again": "nhà rông làng Phung"}

    refused = post(client, "/can-bo/mat-khau", "/can-bo/mat-khau", current="không phải mật khẩu", **new)

    assert refused.status_code == 422
    assert sign_in(client.application.test_client()).location == "/can-bo"


def test_passwords_are_masked_and_open_to_pasting_and_managers(app, client, user_id):
    with db.transaction() as current:
        token = operations._invite(current, user_id, datetime.now(UTC)).token
    pages = {"/dang-nhap": client.get("/dang-nhap").text, "/moi": client.get(f"/moi/{token}").text}
    sign_in(client)
    pages |= {path: client.get(path).text for path in ("/can-bo/mat-khau", "/dang-nhap/lai")}

    for path, page in pages.items():
        fields = [
            field
            for field in re.findall(r"<input[^>]*>", page)
            if "password" in field and "csrf" not in field
        ]
        assert fields, path
        for field in fields:
            assert 'type="password"' in field
            assert re.search(r'autocomplete="(current|new)-password"', field)
            assert "onpaste" not in field
            assert "readonly" not in field


def test_the_secret_of_an_invitation_never_becomes_the_password(app, user_id):
    with db.transaction() as current:
        token = operations._invite(current, user_id, datetime.now(UTC)).token
        stored = current.scalars(select(Invitation)).one()

    assert token not in (stored.token_digest, db.session().get_one(User, user_id).password_hash)
    assert stored.expires_at - datetime.now(UTC) <= timedelta(days=operations.INVITATION_DAYS)
    assert sign_in(app.test_client(), token).status_code == 422


def test_a_token_of_one_purpose_or_without_its_signature_is_none_of_another(app, client, tmp_path):
    survey_number, stranger = "0001", KeyStore(tmp_path / "stranger")
    stranger.create(SESSION)
    ticket = tickets.issue(store(), survey_number, SLIP, NOW)
    body, _dot, signature = ticket.rpartition(".")
    forged = base64.urlsafe_b64encode(b'["0001",1]').decode().rstrip("=")

    assert tickets.issued_at(store(), ticket, survey_number, SLIP, NOW) == NOW
    assert tickets.issued_at(store(), ticket, "0002", SLIP, NOW) is None
    assert tickets.issued_at(store(), ticket, survey_number, bytes(32), NOW) is None
    assert tickets.issued_at(store(), ticket, survey_number, None, NOW) is None
    assert tickets.issued_at(store(), ticket, survey_number, SLIP, NOW + timedelta(days=31)) is None
    for wrong in (body, f"{body}.", f"{forged}.{signature}", f"{forged}.", altered(ticket), "", "."):
        assert tickets.issued_at(store(), wrong, survey_number, SLIP, NOW) is None
    foreign = tickets.issue(stranger, survey_number, SLIP, NOW)
    assert tickets.issued_at(store(), foreign, survey_number, SLIP, NOW) is None
    client.set_cookie("can_bo", ticket)
    assert client.get("/can-bo").status_code == 302
    client.get("/dang-nhap")
    cookie = client.get_cookie("can_bo").value
    assert tickets.issued_at(store(), cookie, survey_number, SLIP, NOW) is None


def test_tokens_are_signed_with_sha_256_and_name_no_algorithm_that_could_be_chosen(app, client):
    client.get("/dang-nhap")  # the secret is read when the first request comes
    signer = app.session_interface.get_signing_serializer(app).make_signer("cookie-session")
    ticket = tickets.issue(store(), "0001", SLIP, NOW)
    form_token = URLSafeTimedSerializer(app.secret_key).dumps("x")

    assert signer.digest_method is hashlib.sha256
    assert [
        len(base64.urlsafe_b64decode(token.rpartition(".")[2] + "=")) for token in (ticket, form_token)
    ] == [32, 32]


def test_a_session_cookie_that_was_changed_by_a_letter_opens_nothing(app, client, user_id):
    sign_in(client)
    kept = client.get_cookie("can_bo").value

    opened = []
    for place in range(0, len(kept) - 1, 7):
        thief = app.test_client()
        thief.set_cookie("can_bo", kept[:place] + ("A" if kept[place] != "A" else "B") + kept[place + 1 :])
        if thief.get("/can-bo").status_code != 302:
            opened.append(place)

    assert opened == []


def test_a_sealed_phone_secret_opens_for_its_account_alone_and_shows_every_change(app):
    sealed = second_factor.sealed(pyotp.random_base32(), 7, NOW)

    for wrong in (sealed[:20] + ("A" if sealed[20] != "A" else "B") + sealed[21:], sealed[:16], "", "không"):
        with pytest.raises(KeyMissing):
            second_factor.opened(wrong, 7)
    with pytest.raises(KeyMissing):
        second_factor.opened(sealed, 8)


def test_six_digits_work_for_their_half_minute_and_one_beside_it_and_no_longer(app):
    secret = pyotp.random_base32()
    digits = pyotp.TOTP(secret).at(NOW)

    taken = [step for step in range(-4, 5) if second_factor.matching_step(secret, digits, NOW + timedelta(seconds=30 * step))]  # fmt: skip

    assert taken == [-1, 0, 1]


def test_the_digits_are_checked_against_the_clock_of_the_server_and_counted_when_wrong(app, user_id):
    with db.transaction() as current:
        enrolment.enrol(current, user_id, pyotp.random_base32(), 0, now=NOW)

    with db.transaction() as current:
        outcomes = [enrolment.check(current, user_id, "000000", now=NOW) for _guess in range(6)]

    assert outcomes[:5] == [enrolment.Check.WRONG] * 5
    assert outcomes[5] is enrolment.Check.BLOCKED


def test_signing_out_tells_the_browser_to_forget(client, user_id):
    sign_in(client)

    out = post(client, "/dang-xuat", "/can-bo")

    assert out.headers["Clear-Site-Data"] == '"cache"'
    assert "no-store" in out.headers["Cache-Control"]


def test_a_new_letter_and_a_new_phone_ask_for_what_is_held_already(app, client, user_id):
    sign_in(client)
    grow_old(client)
    without_showing = client.get("/can-bo/ma-xac-thuc")
    with db.transaction() as current:
        enrolment.enrol(current, user_id, pyotp.random_base32(), 0, now=NOW)
        token = operations._invite(current, user_id, datetime.now(UTC)).token
    forgetful = app.test_client()

    new = {"password": "nhà rông làng Phung", "again": "nhà rông làng Phung"}
    accepted = post(forgetful, f"/moi/{token}", f"/moi/{token}", **new)

    assert without_showing.location.startswith("/dang-nhap/lai")
    assert accepted.location == "/dang-nhap/ma"
    assert forgetful.get("/can-bo").status_code == 302
