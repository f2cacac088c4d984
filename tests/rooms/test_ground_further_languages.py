"""A language that Babel knows nothing of, as Jrai, is a line and a folder: pages speak it as far as it is translated."""

import pytest

from survey_app import config, i18n
from survey_app.access import Role
from survey_app.templating import number, wording


@pytest.fixture
def jrai(monkeypatch):
    """The interface speaks Jrai, of which nothing is translated yet."""
    monkeypatch.setitem(config.LANGUAGES, "jra", "Jrai")


@pytest.mark.usefixtures("jrai")
def test_a_page_in_it_says_in_vietnamese_what_is_not_translated(client):
    page = client.get("/k?lang=jra")

    assert page.status_code == 200
    assert '<html lang="jra"' in page.text
    assert "Nhập mã" in page.text


@pytest.mark.usefixtures("jrai")
def test_wording_in_it_is_shown_and_numbers_are_written_as_in_vietnamese(app):
    with app.test_request_context("/?lang=jra"):
        assert wording({"vi": "tiếng Việt", "jra": "(jra)"}) == "(jra)"
        assert number(1500) == "1.500"
    with app.test_request_context("/"), i18n.force_locale("jra"):
        assert (i18n.current_language(), number(1500)) == ("jra", "1.500")


@pytest.mark.usefixtures("jrai")
def test_every_page_offers_it_by_its_own_name(sign_in, make_commune):
    page = sign_in(Role.VIEWER, make_commune().unit).get("/can-bo").text

    assert 'name="lang" value="jra" lang="jra">Jrai</button>' in page
