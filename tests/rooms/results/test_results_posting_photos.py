"""Photos of a posting: kept as they came, told by their content, and following a posting that replaces another."""

from datetime import date, timedelta
from io import BytesIO

import pytest

from survey_app import db
from survey_app.access import Role
from survey_app.fieldwork import queries as fieldwork
from survey_app.reporting import pack_records
from survey_app.results import posting_photos, postings
from survey_app.results.postings import Noted
from tests.pages import Page
from tests.rooms.sealing.conftest import HAPPY, NOW

LIST = "/can-bo/dot/0001/niem-yet"
PAGE = f"{LIST}/1/anh"
PICTURE = b"\x89PNG\r\n\x1a\n picture IEND\xaeB`\x82"
FIRST = date(2026, 6, 1)


@pytest.fixture
def posted(surveys):
    surveys.make(households={"Một": 30})
    surveys.answer("0001", "Một", HAPPY, times=20)
    surveys.seal()
    with db.transaction() as current:
        noted = Noted(surveys.village("Một").id, "Nhà rông", FIRST, None)
        postings.record(current, "0001", noted, actor="operator", now=NOW)
    return surveys


@pytest.fixture
def give(app, client, posted):
    def sent(content, role=Role.FRONT_COMMUNE):
        posted.sign_in(app, role)
        form = Page(client.get(PAGE).text).form(action=PAGE)
        data = {**form.data(), "photo": (BytesIO(content), "anh.png")}
        return client.post(PAGE, data=data, content_type="multipart/form-data")

    return sent


def photos():
    db.session().rollback()
    return posting_photos.of_survey(db.session(), "0001")


def test_a_photo_stands_with_its_posting_in_the_record_and_in_the_pack(client, give):
    given = (give(PICTURE).status_code, give(PICTURE).status_code)
    (digest,) = photos()[1]
    fetched = client.get(f"{LIST}/anh/{digest}")
    survey = fieldwork.survey(db.session(), "0001")
    rows = list(pack_records.posted(db.session(), survey))

    assert given == (303, 303)
    assert digest[:12] in client.get(LIST).text
    assert (fetched.data, fetched.mimetype) == (PICTURE, "image/png")
    assert any(digest in row for row in rows)


def test_a_posting_that_completes_another_has_its_photos_too(give):
    give(PICTURE)
    with db.transaction() as current:
        seen = Noted(
            postings.newest(current, "0001", 1).unit.id, "Nhà rông", FIRST, FIRST + timedelta(days=11)
        )
        postings.correct(
            current, "0001", 1, seen, reason="Đã hạ", actor="operator", now=NOW + timedelta(days=12)
        )

    assert photos()[2] == photos()[1]


@pytest.mark.parametrize("body", [b"%PDF-1.7 %%EOF", b"\x89PNG\r\n\x1a\n cut off", b"<svg></svg>"])
def test_what_is_no_picture_is_refused_whatever_it_is_called(give, body):
    assert give(body).status_code == 422
    assert photos()[1] == ()


def test_a_photo_is_there_for_readers_of_the_survey_alone_and_given_by_who_hangs_notices(
    app, client, posted, give
):
    give(PICTURE)
    (digest,) = photos()[1]
    posted.sign_in(app, Role.VIEWER)

    assert client.get(f"{LIST}/anh/{digest}").status_code == 200
    assert client.get(f"{LIST}/anh/{'0' * 64}").status_code == 404
    assert client.get(PAGE).status_code == 403
