"""Who may open what, headers, errors and the language of a reply."""

import pytest
from sqlalchemy import text

from survey_app import access, db, errors
from survey_app.access import Identity, Role
from survey_app.errors import DomainError

pytestmark = pytest.mark.both_engines(long="postgresql")


# Who may open what


@pytest.fixture
def doors(own_app):
    """An application with a view for officers of the commune, and one that forgot its rule."""

    @access.roles(Role.COMMUNE)
    def ruled():
        return "<html lang=vi><title>t</title><h1>h</h1></html>"

    own_app.add_url_rule("/can-bo/ruled", view_func=ruled)
    own_app.add_url_rule("/can-bo/forgotten", view_func=lambda: "x", endpoint="forgotten")
    own_app.add_url_rule("/api/ruled", view_func=ruled, endpoint="machine")
    return own_app


@pytest.fixture
def caller(own_app):
    """A client of the application with more pages."""
    return own_app.test_client()


def enter(app, role):
    access.supply_identity(app, lambda: Identity(1, "Bà An", role, 1, "/1/"))


def test_a_signed_out_person_is_led_to_the_sign_in_and_back(doors, caller):
    reply = caller.get("/can-bo/ruled?a=1")

    assert (reply.status_code, reply.location) == (302, "/dang-nhap?next=/can-bo/ruled%3Fa%3D1")


def test_a_signed_out_program_gets_401(doors, caller):
    assert caller.get("/api/ruled").status_code == 401


@pytest.mark.parametrize("role", list(Role))
def test_only_the_named_role_opens_the_page_and_nobody_one_without_a_rule(doors, caller, role):
    enter(doors, role)

    assert caller.get("/can-bo/ruled").status_code == (200 if role is Role.COMMUNE else 403)
    assert caller.get("/can-bo/forgotten").status_code == 403


def test_a_subtree_does_not_cover_units_whose_number_begins_alike():
    person = Identity(1, "An", Role.COMMUNE, 24, "/1/24/")

    assert person.covers("/1/24/")
    assert person.covers("/1/24/7/")
    assert not person.covers("/1/")
    assert not person.covers("/1/240/")


def test_respondents_pages_never_ask_who_is_signed_in(app, client):
    def fail():
        raise AssertionError("the public side asked for an identity")

    access.supply_identity(app, fail)

    for path in ("/k", "/K", "/kiem-tra", "/g/abc", "/k/abc", "/ket-qua/0001"):
        assert client.get(path).status_code in {200, 404, 422}


# Headers


@pytest.mark.parametrize(
    "path", ["/", "/k", "/kiem-tra", "/dang-nhap", "/healthz", "/nothing", "/api/v1/openapi.json"]
)
def test_every_reply_carries_the_strict_headers(client, path):
    headers = client.get(path).headers

    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == ("no-referrer" if path in {"/k", "/kiem-tra"} else "same-origin")
    assert headers["Cache-Control"] == "no-store"


# Errors


def test_a_crash_shows_nothing_of_the_inside(own_app, caller):
    own_app.testing = False

    @access.public
    def crash():
        raise RuntimeError("secret inside")

    own_app.add_url_rule("/crash", view_func=crash)
    own_app.add_url_rule("/api/crash", view_func=crash, endpoint="crash_api")

    page, machine = caller.get("/crash"), caller.get("/api/crash")

    assert (page.status_code, machine.status_code) == (500, 500)
    assert "secret" not in page.text + machine.text
    assert machine.json["keep"] is True


def test_a_refusal_is_a_page_for_people_and_json_for_programs(own_app, caller):
    class Closed(DomainError):
        code, status = "da-dong", 410

    @access.public
    def refuse():
        raise Closed("Đã đóng <b>")

    own_app.add_url_rule("/refuse", view_func=refuse)
    own_app.add_url_rule("/api/refuse", view_func=refuse, endpoint="refuse_api")

    page, machine = caller.get("/refuse"), caller.get("/api/refuse")

    assert (page.status_code, "Đã đóng &lt;b&gt;" in page.text) == (410, True)
    assert machine.json == {"error": "da-dong", "message": "Đã đóng <b>", "keep": False}


@pytest.mark.both_engines
def test_a_value_that_no_column_holds_is_the_senders_mistake(own_app, caller):
    @access.public
    def look():
        statement = text("SELECT key FROM throttle_failures WHERE key = :key")
        db.session().execute(statement, {"key": "a\0b"}).all()
        return "", 204

    own_app.add_url_rule("/look", view_func=look)

    assert caller.get("/look").status_code in {204, 400}


def test_what_says_that_the_database_is_away_is_not_what_says_that_a_value_is_wrong():
    assert errors.DataError not in errors.DATABASE_AWAY
    assert errors.OperationalError in errors.DATABASE_AWAY


# Languages


def test_pages_are_vietnamese_unless_the_reader_chose(client):
    assert 'lang="vi"' in client.get("/").text
    assert 'lang="en"' in client.get("/?lang=en").text
    assert 'lang="vi"' in client.get("/", headers={"Accept-Language": "fr"}).text
