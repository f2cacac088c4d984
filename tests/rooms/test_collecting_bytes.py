"""What respondents' pages weigh on the wire, headers included, and that the scripts are those of their source."""

import hashlib
import json
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from survey_app import authoring
from survey_app.config import LANGUAGES
from tests.pages import Page

WEB = Path(__file__).parents[2] / "web"
#: What the web server adds to the headers that the application gives.
_SERVER = len(
    "HTTP/1.1 200 OK\r\nServer: gunicorn\r\nDate: Sat, 28 Nov 2026 09:14:17 GMT\r\nConnection: keep-alive\r\n"
)
BROTLI = {"Accept-Encoding": "gzip, br"}


def weight(reply):
    return _SERVER + len(str(reply.headers)) + len(reply.data)


@pytest.fixture
def phone(app):
    """A client that reads no page: what it gets is compressed."""
    return FlaskClient(app)


@pytest.fixture
def address(make_commune, make_survey, hand_out):
    """The form of twenty items, nineteen scored and the closing one."""
    commune = make_commune()
    return f"/k/{quote(hand_out(make_survey(commune), commune.villages['Phung'])[0])}"


def test_the_first_view_of_twenty_items_fits_and_is_one_reply(client, phone, address):
    reply = client.get(address)

    assert reply.text.count("<fieldset") == 20
    assert weight(phone.get(address, headers=BROTLI)) <= 4700
    assert "<img" not in reply.text
    assert "stylesheet" not in reply.text


@pytest.fixture
def worst(make_commune, make_form, make_survey, hand_out):
    """The address of the heaviest form that is reckoned with: 25 scored questions in whole sentences, and 25 asked in words
    of who is not satisfied.
    """
    library = Path(authoring.__file__).parent / "library"
    of_2022, of_2026 = (
        json.loads((library / f"{name}.json").read_text(encoding="utf-8"))["questions"]
        for name in ("xa-ntm", "xa-ntm-2026")
    )
    more = [dict(question, key=f"more_{question['key']}") for question in of_2026 if not question["closing"]][
        :5
    ]
    start, end = "Ông/bà có hài lòng về ", " không?"
    topics = [question["text"]["vi"].removeprefix(start).removesuffix(end) for question in [*more, *of_2022]]
    why = [
        {
            "key": f"why_{number}",
            "kind": "long_text",
            "text": {
                "vi": f"Về {topic}, gia đình chưa hài lòng ở điểm nào và muốn xã làm gì trước?",
                "en": topic,
            },
            "condition": {"question": more[number % 5]["key"], "answers": ["dissatisfied"]},
        }
        for number, topic in enumerate(topics)
    ]
    commune = make_commune()
    survey = make_survey(commune, form=make_form(*more, *why))
    return f"/k/{quote(hand_out(survey, commune.villages['Phung'])[0])}"


def test_the_first_view_of_the_worst_form_fits_too(client, phone, worst):
    assert client.get(worst).text.count("<fieldset") == 50
    assert weight(phone.get(worst, headers=BROTLI)) <= 6000


def test_thanks_are_light(client, phone, address):
    form = Page(client.get(address).text).form(id="phieu").data(planning="satisfied", _step="send")

    reply = phone.post(address, data=form, headers=BROTLI | {"Sec-Fetch-Site": "same-origin"})

    assert reply.status_code == 201
    assert weight(reply) <= 2000


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_script_comes_after_the_page_is_light_and_kept_for_good(client, phone, address, language):
    (script,) = [
        tag
        for tag in Page(client.get(f"{address}?lang={language}").text).all("script")
        if language in tag["src"]
    ]

    reply = phone.get(script["src"], headers=BROTLI)

    assert "defer" in script
    assert reply.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert weight(reply) <= 12_000
    earlier = client.get(f"/phieu/{language}.0123456789ab.js")
    assert (earlier.status_code, earlier.headers["Cache-Control"]) == (200, "no-cache")


def test_a_script_in_a_language_nobody_speaks_is_not_there(client):
    assert client.get("/phieu/xx.0123456789ab.js").status_code == 404


def test_the_scripts_that_run_were_bundled_from_the_sources_that_are_here():
    """Who changes `web/` runs `make scripts`; nothing that runs or tests needs node."""
    sources = [WEB / "package-lock.json", *sorted((WEB / "src").glob("*.js"))]

    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()

    assert (WEB / "built.sha256").read_text().split()[0] == digest


def test_the_lock_of_the_scripts_names_no_host():
    assert "://" not in (WEB / "package-lock.json").read_text()
