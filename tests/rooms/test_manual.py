"""The manual: a chapter for every role, pages and PDF of one text, pictures that exist, words as screens have them."""

import re
import subprocess
from pathlib import Path

import pytest

import survey_app
from survey_app.access import Role
from survey_app.manual.chapters import CHAPTERS, of_role
from tests.pages import Page
from tests.readers import words

STATIC = Path(survey_app.__path__[0]) / "static"


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_a_chapter_and_finds_it_first_from_the_foot_of_its_pages(sign_in, commune, role):
    provincial = {Role.PROVINCE, Role.FRONT_PROVINCE, Role.AUDITOR, Role.VIEWER}
    client = sign_in(role, commune.province if role in provincial else commune.unit)
    foot = client.get("/can-bo").text.partition("<footer")[2]
    assert 'href="/huong-dan"' in foot

    own = of_role(role)
    first = Page(client.get("/huong-dan").text.partition("<main")[2]).all("a")[0]

    assert first["href"] == f"/huong-dan/{own.key}"
    assert client.get(first["href"]).status_code == 200


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.key)
def test_a_chapter_opens_without_signing_in_and_its_pictures_exist(client, chapter):
    page = client.get(f"/huong-dan/{chapter.key}")

    assert page.status_code == 200
    assert chapter.title in page.text
    pictures = [image["src"] for image in Page(page.text).all("img")]
    assert bool(pictures) == (chapter.key in {of_role(role).key for role in Role})
    assert {client.get(picture).mimetype for picture in pictures} <= {"image/png"}


def test_every_picture_is_shown_and_none_is_heavy():
    named = {
        f"manual-{name}.png"
        for template in (Path(survey_app.__path__[0]) / "manual" / "templates").rglob("*.html")
        for name in re.findall(r'picture\("([\w-]+)"', template.read_text(encoding="utf-8"))
    }
    files = {file.name: file.stat().st_size for file in STATIC.glob("manual-*.png")}

    assert named == set(files)
    assert max(files.values()) < 120_000


def test_the_pdf_holds_every_chapter_with_its_pictures(client):
    reply = client.get("/huong-dan/huong-dan.pdf")

    assert reply.mimetype == "application/pdf"
    text = words(reply.data)
    assert {chapter.title for chapter in CHAPTERS if chapter.title not in text} == set()
    listed = subprocess.run(["pdfimages", "-list", "-"], input=reply.data, capture_output=True, check=True)
    pictures = {line.split()[10] for line in listed.stdout.decode().splitlines()[2:] if " image " in line}
    assert len(pictures) == len(list(STATIC.glob("manual-*.png")))
    assert client.get("/huong-dan/huong-dan.pdf").data == reply.data


def test_no_chapter_of_that_name_is_a_page_that_does_not_exist(client):
    assert client.get("/huong-dan/khong-co").status_code == 404
