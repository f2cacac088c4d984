"""Static files carry a digest in their name and are kept for good; what is open to all leaves compressed."""

import gzip
import re

import brotli
import pytest
from flask import url_for
from flask.testing import FlaskClient

from survey_app.access import Role

UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}


@pytest.fixture
def address(app):
    with app.test_request_context():
        return url_for("static", filename="staff.css")


def test_an_address_names_what_is_in_the_file_and_is_kept_for_good(app, client, address):
    reply = client.get(address)

    assert re.fullmatch(r"/static/staff\.[0-9a-f]{12}\.css", address)
    assert reply.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert reply.data == client.get("/static/staff.css").data


@pytest.mark.parametrize(
    "name", ["staff.css", "staff.0123456789ab.css"], ids=["plain", "of an earlier version"]
)
def test_a_name_without_the_digest_of_today_is_kept_for_an_hour(client, name):
    reply = client.get(f"/static/{name}")

    assert (reply.status_code, reply.headers["Cache-Control"]) == (200, "public, max-age=3600")


def test_a_file_that_is_there_already_is_not_sent_again(client, address):
    etag = client.get(address).headers["ETag"]

    assert client.get(address, headers={"If-None-Match": etag}).status_code == 304


def test_a_file_sets_no_cookie_and_varies_by_none_who_asks(client, sign_in, make_commune, address):
    """Or a file that arrives late would put back the session of whom somebody has just signed out, or replaced."""
    officer = sign_in(Role.COMMUNE, make_commune().unit)
    with officer.session_transaction() as session:
        session.permanent = True
    assert officer.get("/can-bo").headers.getlist("Set-Cookie"), "a page of officers renews the cookie"

    replies = [officer.get(path) for path in (address, "/static/icon.svg", "/static/nothing.css")]

    assert [reply.headers.getlist("Set-Cookie") for reply in replies] == [[], [], []]
    assert all("Cookie" not in reply.headers.get("Vary", "") for reply in replies)


def test_a_page_names_its_files_by_digest(client):
    assert re.search(r'href="/static/pico\.[0-9a-f]{12}\.css"', client.get("/").text)


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip, br", "br"), ("gzip", "gzip"), ("identity", None)])
@pytest.mark.parametrize(
    "path", ["/", "/k", "/kiem-tra", "/k/khong-co-ma", "/khong-co", "/static/pico.css", "/static/code.js"]
)
def test_what_is_open_to_all_leaves_compressed(app, path, accepted, encoding):
    plain = FlaskClient(app).get(path)

    reply = FlaskClient(app).get(path, headers={"Accept-Encoding": accepted})

    assert reply.headers.get("Content-Encoding") == encoding
    assert "Accept-Encoding" in reply.headers["Vary"]
    assert UNPACK[encoding](reply.data) == plain.data


def test_a_page_with_a_token_beside_what_was_typed_is_not_compressed(client, make_commune, sign_in):
    commune = make_commune()
    asking = {"Accept-Encoding": "gzip"}
    assert "Content-Encoding" not in client.get("/dang-nhap?next=/can-bo", headers=asking).headers

    sign_in(Role.COMMUNE, commune.unit)

    assert "Content-Encoding" not in client.get("/can-bo", headers=asking).headers
