"""A consultation held on paper outside: with its scan, apart, never in a sum and never online."""

import io
import json

import pytest

from survey_app import db
from survey_app.access import Role
from survey_app.campaigns import outside
from survey_app.criteria.findings import Verdict
from tests.pages import Page

SCAN = b"%PDF-1.7 bien ban %%EOF"
MINUTES = {
    "held_from": "2026-03-01", "held_until": "2026-03-10", "document": "05/BB-MTTQ, 11/03/2026", "households": "120",
    "answered": "100", "valid": "98", "satisfied": "1800", "possible": "1862",
}  # fmt: skip


@pytest.fixture
def commune(province):
    return province.commune("A")


@pytest.fixture
def enter(province, client, commune):
    def sent(scan=SCAN, role=Role.FRONT_COMMUNE, **typed):
        province.sign_in(role, commune)
        address = f"/can-bo/ngoai-he-thong/{commune.code}/2026"
        form = Page(client.get(address).text).form(method="post", action=None)
        data = form.data(**MINUTES | typed) | {"scan": (io.BytesIO(scan), "bien-ban.pdf")}
        return client.post(address, data=data, content_type="multipart/form-data")

    return sent


def record(commune):
    db.session().rollback()
    return outside.history(db.session(), commune.id, 2026)


@pytest.mark.both_engines
def test_it_stands_apart_in_json_and_meets_nothing(province, client, app, commune, enter):
    sent = enter()
    province.session.rollback()  # the page wrote in a session of its own
    run = app.test_cli_runner().invoke(
        args=["reporting", "province", "--unit", "98", "--year", "2026", "--json"]
    )
    told = json.loads(run.stdout)
    province.sign_in()
    page = client.get("/can-bo/tinh/2026/ca-tinh").text

    assert sent.status_code == 303
    assert told["total"]["answered"] == 0
    [one] = told["outside"]
    assert (one["answered"], one["pooled"], len(one["scan"])) == (100, {"n": 1800, "of": 1862}, 64)
    assert province.row(commune).finding is Verdict.NOT_MET
    assert not province.row(commune).heard
    assert "05/BB-MTTQ" in page


def test_a_correction_is_a_further_row_and_the_scan_leaves_as_it_came(client, commune, enter):
    enter()
    enter(answered="101")

    first = client.get(f"/can-bo/ngoai-he-thong/{commune.code}/2026/1")

    assert [one.counts.answered for one in record(commune)] == [101, 100]
    assert first.data == SCAN
    assert first.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("typed", "scan"),
    [
        ({"answered": "121"}, SCAN),
        ({"valid": "101"}, SCAN),
        ({"held_until": "2026-02-01"}, SCAN),
        ({"possible": ""}, SCAN),
        ({"satisfied": "1900"}, SCAN),
        ({"document": ""}, SCAN),
        ({}, b"<html>khong phai ban quet</html>"),
    ],
    ids=["more-than-asked", "more-valid", "reversed", "one-count", "above-all", "no-document", "no-scan"],
)
def test_counts_that_cannot_be_and_files_that_are_no_scan_are_refused(commune, enter, typed, scan):
    assert enter(scan=scan, **typed).status_code == 422
    assert record(commune) == ()


def test_a_commune_enters_for_itself_alone(province, client, commune):
    province.sign_in(Role.COMMUNE, province.commune("B"))
    address = f"/can-bo/ngoai-he-thong/{commune.code}/2026"

    elsewhere = client.get(address).status_code
    province.sign_in(Role.AUDITOR)
    looking = client.get(address).status_code, client.post(address, data={}).status_code

    assert elsewhere == 404
    assert looking == (200, 403)
