"""Requirements of OWASP ASVS 5.0 about browsers, messages and addresses that no other test proves by itself.

`docs/security/asvs.md` names each test beside its requirement.
"""

import re
import socket
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from survey_app import db
from survey_app.access import Role
from survey_app.accounts.models import User
from survey_app.app import create_app
from survey_app.db import Base
from survey_app.fieldwork.codes import new_code
from tests.factories import Commune
from tests.pages import Page
from tests.rooms.test_ground_access import address, staff_routes
from tests.servers import serving

HOST = "https://khaosat.example.vn"
#: Tables in which looking leaves a trace on purpose.
TRACES = {"job_runs", "audit_events", "audit_chain", "staff_sessions", "throttle_failures"}


@pytest.fixture
def commune(make_commune) -> Commune:
    return make_commune(Phung=100, Bang=60)


@pytest.fixture
def survey(commune, make_survey):
    return make_survey(commune)


@pytest.fixture
def slip(commune, survey, hand_out) -> str:
    return hand_out(survey, commune.villages["Phung"], 2)[0]


@pytest.fixture
def known(commune, survey, slip):
    """Values that name things of this commune in addresses."""
    return {
        "survey_id": survey.id, "village": commune.villages["Phung"].code, "code": commune.unit.code, "size": "A4",
        "year": str(datetime.now(UTC).year), "typed": slip, "instrument_id": "1", "filename": "staff.css",
        "village_code": commune.villages["Phung"].code, "cover_token": survey.cover_token,
    }  # fmt: skip


@pytest.fixture
def installed(app):
    """The same installation under other settings."""
    made = []

    def make(**changes):
        made.append(create_app(replace(app.extensions["settings"], **changes)))
        made[-1].testing = True
        return made[-1].test_client()

    yield make
    for each in made:
        with each.app_context():
            db.session().close()
            db.database.engine.dispose()


@pytest.fixture
def secure(installed):
    """A browser in front of the installation behind TLS."""
    client = installed(https=True)
    client.environ_base["HTTP_REFERER"] = f"{HOST}/dang-nhap"
    return client


def routes(app):
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def test_behind_tls_every_cookie_is_bound_to_this_host_and_closed_to_scripts(secure):
    page = secure.get("/dang-nhap", base_url=HOST)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[1]
    chosen = secure.post("/can-bo/ngon-ngu", base_url=HOST, data={"csrf_token": token, "lang": "en"})

    set_cookies = page.headers.getlist("Set-Cookie") + chosen.headers.getlist("Set-Cookie")

    assert {cookie.partition("=")[0] for cookie in set_cookies} == {"__Host-can_bo", "__Host-ngon_ngu"}
    for cookie in set_cookies:
        attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= attributes
        assert not any(attribute.startswith("domain") for attribute in attributes)
    assert secure.get("/dang-nhap", base_url=HOST).text.count('lang="en"') >= 1


def test_a_static_file_says_the_same_strict_headers_and_opens_to_no_other_site(secure):
    for name in ("staff.css", "authoring.js", "icon.svg"):
        with secure.get(f"/static/{name}", base_url=HOST) as reply:
            headers = reply.headers

        assert headers["X-Content-Type-Options"] == "nosniff"
        assert re.match(r"max-age=31536000; includeSubDomains", headers["Strict-Transport-Security"])
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize("role", [None, Role.FRONT_PROVINCE])
@pytest.mark.usefixtures("undrawn")
def test_every_reply_names_its_type_and_letters_and_opens_to_no_other_site(
    app, client, commune, known, sign_in, role
):
    if role is not None:
        sign_in(role, commune.province)

    wrong = []
    for rule in routes(app):
        method = "GET" if "GET" in rule.methods else "POST"
        reply = client.open(address(rule, known), method=method, headers={"Origin": "https://evil.example"})
        kind = reply.headers.get("Content-Type", "")
        lettered = re.match(r"text/|[^;]+\+xml|[^;]+/xml", kind)
        if reply.data and (not kind or (lettered and "charset=utf-8" not in kind.lower())):
            wrong.append((rule.rule, kind))
        if any(name.startswith("Access-Control-") for name in reply.headers.keys()):  # noqa: SIM118 - not a dict
            wrong.append((rule.rule, "opens to other sites"))

    assert wrong == []


def test_a_method_that_a_route_does_not_name_is_refused(app, client, known):
    taken = [
        (rule.rule, method, status)
        for rule in routes(app)
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")
        if not any(
            method in other.methods for other in routes(app) if other.rule.lower() == rule.rule.lower()
        )
        for status in [client.open(address(rule, known), method=method).status_code]
        if status not in {404, 405}
    ]

    assert taken == []
    assert client.open("/", method="TRACE").status_code == 405
    assert client.open("/api/v1/submissions", method="OPTIONS").status_code == 405


@pytest.mark.parametrize("role", [Role.COMMUNE, Role.FRONT_PROVINCE])
@pytest.mark.usefixtures("undrawn")
def test_looking_at_a_page_changes_nothing_but_the_record_of_looking(
    app, client, commune, known, sign_in, role
):
    sign_in(role, commune.unit if role is Role.COMMUNE else commune.province)
    client.get("/can-bo")
    before = content()

    for rule in routes(app):
        if "GET" in rule.methods:
            client.get(address(rule, known))

    assert content() == before


def content():
    """Every row of every table that does not record looking."""
    db.session().rollback()
    return {
        table.name: sorted(map(str, db.session().execute(select(table)).all()))
        for table in Base.metadata.sorted_tables
        if table.name not in TRACES
    }


@pytest.mark.usefixtures("undrawn")
def test_every_page_of_staff_offers_to_sign_out(app, client, commune, known, sign_in):
    sign_in(Role.PROVINCE, commune.province)

    without = []
    for rule, method in staff_routes(app):
        if method != "GET":
            continue
        reply = client.get(address(rule, known))
        # The preview and the sheets to print are what villagers get, without anything of ours around it.
        bare = rule.rule.endswith(("/xem-thu", "/in"))
        if reply.status_code == 200 and reply.mimetype == "text/html" and not bare:
            forms = [attributes.get("action") for tag, attributes in Page(reply.text).tags if tag == "form"]
            if "/dang-xuat" not in forms:
                without.append(rule.rule)

    assert without == []


def test_a_value_in_the_address_never_stands_in_for_one_of_the_form(client, slip):
    address_values = "planning=satisfied&transport=satisfied&_step=review"

    reply = client.post(f"/k/{slip}?{address_values}", data={"planning": "dissatisfied"})

    assert reply.status_code == 201
    from_form = {"planning": "dissatisfied", "transport": None}
    stored = db.session().execute(select(Base.metadata.tables["responses"])).one()
    assert {key: stored.answers.get(key) for key in from_form} == from_form


def test_a_field_sent_twice_is_named_and_refused(client, slip):
    reply = client.post(
        f"/k/{slip}", data={"planning": ["satisfied", "dissatisfied"], "transport": "satisfied"}
    )

    assert reply.status_code == 422


@pytest.mark.usefixtures("one_minute")
@pytest.mark.parametrize(("proxies", "believed"), [(0, False), (1, True)])
def test_the_address_that_guesses_count_under_cannot_be_chosen_by_the_caller(
    installed, survey, proxies, believed
):
    """Without a proxy a stated address is not read; behind one only what that proxy added is."""
    caller = installed(proxies=proxies)

    def guess(number):
        stated = f"198.51.100.{number}, 203.0.113.7" if believed else f"198.51.100.{number}"
        return caller.post(f"/k/{new_code(survey.id)}", headers={"X-Forwarded-For": stated}).status_code

    statuses = [guess(number) for number in range(12)]

    assert statuses[:10] == [422] * 10
    assert statuses[10:] == [429] * 2


def test_links_are_made_of_the_public_address_and_not_of_what_the_caller_calls_it(
    app, client, commune, sign_in
):
    app.config["WTF_CSRF_ENABLED"] = False
    sign_in(Role.COMMUNE, commune.unit)
    form = {"name": "Bà Hai", "email": "hai@mau", "role": "clerk", "unit": commune.unit.id}
    with client.session_transaction() as running:
        running["confirmed_at"] = datetime.now(UTC).timestamp()

    letter = client.post("/can-bo/tai-khoan/moi", data=form)
    refused = client.post("/can-bo/tai-khoan/moi", data=form, base_url="http://evil.example")

    assert letter.status_code == 200
    assert f"{app.extensions['settings'].public_url}/moi/" in letter.text
    assert (refused.status_code, "evil.example" in refused.text) == (400, False)


@pytest.mark.parametrize(
    "path",
    ["/static/", "/static/../config.py", "/static/%2e%2e/config.py", "/.git/HEAD", "/static/.git/HEAD",
     "/instance/settings.toml", "/survey_app/app.py", "/static/staff.css.map", "/static/khong-co.html"],
)  # fmt: skip
def test_no_folder_is_listed_and_no_file_beside_the_public_ones_is_served(client, path):
    assert client.get(path).status_code == 404


def test_a_fresh_installation_has_nobody_who_could_sign_in_and_runs_without_debugging(app):
    assert db.session().scalars(select(User)).all() == []
    assert app.debug is False
    assert app.jinja_env.autoescape is not False


@pytest.fixture
def web_server(tmp_path):
    """The web server with its shipped settings; the address it listens at."""
    settings = {"SURVEY_INSTANCE": str(tmp_path), "WEB_WORKERS": "1"}
    with socket.create_server(("127.0.0.1", 0)) as listening, serving(listening, settings):
        yield listening.getsockname()


def test_a_message_whose_length_is_said_in_two_ways_hides_no_second_request(web_server):
    """Request smuggling: the server refuses such a message or closes; what hides behind it never gets an answer."""
    hidden = b"GET /k HTTP/1.1\r\nHost: localhost\r\n\r\n"
    assert sent(web_server, hidden, seconds=300).startswith(b"HTTP/1.1 200")

    for heads in (
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        b"Content-Length: 5\r\nContent-Length: 6\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\nContent-Length: 4\r\n",
        b"Transfer-Encoding : chunked\r\nContent-Length: 4\r\n",
    ):
        told = sent(
            web_server,
            b"POST /k HTTP/1.1\r\nHost: localhost\r\n" + heads + b"\r\n0\r\n\r\n" + hidden,
            seconds=1,
        )

        assert told.count(b"HTTP/1.1 ") <= 1, heads
        assert b"HTTP/1.1 200" not in told, heads


def sent(place, message, seconds):
    """What comes back until the server closes, has answered once, or is silent."""
    told = b""
    with socket.create_connection(place, timeout=seconds) as line:
        line.sendall(message)
        try:
            while part := line.recv(65536):
                told += part
                line.settimeout(1)
        except (TimeoutError, ConnectionResetError):
            return told
    return told
