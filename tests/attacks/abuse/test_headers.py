"""What every reply says to the browser, on every route, in the person's role and signed out."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from survey_app.access import Role
from tests.rooms.test_ground_access import address

#: Replies that hold nothing of anybody and may be kept for a while.
_MAY_BE_KEPT = {"collecting.preview_image", "static", "sets.verifier_page", "page_script.worker"}


@pytest.fixture
def known(commune, survey, slip):
    return {
        "survey_id": survey.id, "village": commune.villages["Phung"].code, "code": commune.unit.code, "size": "A4",
        "year": str(datetime.now(UTC).year), "typed": slip, "instrument_id": "1", "filename": "staff.css",
        "village_code": commune.villages["Phung"].code,
    }  # fmt: skip


def lacks(reply, endpoint):
    """The headers this reply should carry and does not."""
    headers = reply.headers
    policy = headers.get("Content-Security-Policy", "")
    wrong = [
        name for name, value in {"X-Content-Type-Options": "nosniff"}.items() if headers.get(name) != value
    ]
    if "unsafe" in policy or "default-src 'none'" not in policy or "frame-ancestors 'none'" not in policy:
        wrong.append("Content-Security-Policy")
    if (
        re.search(r"(script|style)-src[^;]*(\*|https?:|data:|blob:)", policy)
        or "base-uri 'none'" not in policy
    ):
        wrong.append("Content-Security-Policy is too wide")
    if headers.get("Referrer-Policy") not in {"no-referrer", "same-origin"}:
        wrong.append("Referrer-Policy")
    if endpoint not in _MAY_BE_KEPT and "no-store" not in headers.get("Cache-Control", ""):
        wrong.append("Cache-Control")
    if {"Server", "X-Powered-By"} & set(headers.keys()):
        wrong.append("names the software")
    return wrong


@pytest.mark.parametrize(
    "role",
    [
        None,
        Role.FRONT_PROVINCE,
        *(
            pytest.param(more, marks=pytest.mark.long)
            for more in (Role.COMMUNE, Role.PROVINCE, Role.AUDITOR, Role.CLERK)
        ),
    ],
)
@pytest.mark.usefixtures("undrawn")
def test_every_route_carries_the_strict_headers(app, client, commune, known, sign_in, role):
    if role is not None:
        provincial = role in {Role.PROVINCE, Role.FRONT_PROVINCE, Role.AUDITOR}
        sign_in(role, commune.province if provincial else commune.unit)

    wrong, asked = {}, 0
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        method = "GET" if "GET" in rule.methods else "POST"
        reply = client.open(address(rule, known), method=method)
        asked += 1
        if found := lacks(reply, rule.endpoint):
            wrong[rule.rule] = found

    assert asked > 80
    assert wrong == {}


@pytest.mark.parametrize(
    "path", ["/khong-co", "/k/../x", "/can-bo/khong-co", "/api/v1/khong-co", "/dang-nhap/khong-co"]
)
def test_a_refusal_carries_them_too(client, survey, path):
    assert lacks(client.get(path), None) == []


def test_behind_tls_every_reply_asks_for_tls_for_a_year(app, client):
    app.extensions["settings"] = replace(app.extensions["settings"], https=True)

    for path in ("/", "/k", "/dang-nhap", "/can-bo", "/khong-co", "/api/v1/openapi.json"):
        age = re.match(r"max-age=(\d+)", client.get(path).headers["Strict-Transport-Security"])
        assert age is not None
        assert int(age[1]) >= 31_536_000
