"""Uploaded files are opened in a process of their own, with limits of memory and time, and few at once."""

import ast
import fcntl
import io
import subprocess
import sys
from pathlib import Path

import pytest

from bench.uploads import hostile_workbook
from survey_app import opening, uploads
from survey_app.access import Role
from survey_app.rulebooks import operations
from survey_app.uploads import AT_ONCE, BUSY, TOO_LARGE, TOO_SLOW, NotOpened
from tests.rooms.test_units_households import HEADING, ROW

pytestmark = pytest.mark.real_opening

PROJECT = Path(__file__).parents[2]
MEGABYTE = 1024 * 1024
LIST = f"{','.join(HEADING)}\r\n".encode()


def refusal(kind, content):
    with pytest.raises(NotOpened) as caught:
        uploads.opened(kind, content)
    return caught.value.word


def test_a_small_workbook_that_swells_costs_the_web_process_nothing():
    measured = (
        "import resource; from bench.uploads import hostile_workbook; from survey_app import office_files\n"
        "def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024\n"
        "content = hostile_workbook(rows=11_000); before = peak()\n"
        "try: office_files.open_office_file(content, 'thon.xlsx')\n"
        "except office_files.BadFile as refused: print(len(content), peak() - before, refused.problems[0].found)"
    )

    said = subprocess.run(
        [sys.executable, "-c", measured], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    size, grown, found = said.stdout.split(maxsplit=2)

    assert int(size) < 60_000
    assert int(grown) < 10
    assert "takes" in found


def test_memory_ends_where_the_limit_says(monkeypatch):
    monkeypatch.setattr(opening, "MOST_MEMORY", 120 * MEGABYTE)

    assert refusal("list", hostile_workbook(rows=4_000)) == TOO_LARGE


def test_time_ends_where_the_limit_says(monkeypatch):
    monkeypatch.setattr(opening, "MOST_MEMORY", 4096 * MEGABYTE)
    monkeypatch.setattr(opening, "MOST_SECONDS", 1)

    assert refusal("list", hostile_workbook(9_900, 40)) == TOO_SLOW


@pytest.mark.parametrize(
    "content",
    [b"[" + b"0," * 200_000 + b"0]", b'{"a": ' * 60_000, b"[" * 900_000],
    ids=["many values", "deep objects", "deep lists"],
)
def test_a_document_that_no_rule_book_is_as_large_as_is_refused(content):
    with pytest.raises(operations.BadFramework) as caught:
        operations.read_file(content)

    assert "Nothing was saved" in caught.value.message


@pytest.fixture
def reading(app):
    """As many files being read as may be: their places, taken."""
    places = [
        (app.extensions["settings"].instance / f"reading-{number}.lock").open("ab")
        for number in range(AT_ONCE)
    ]
    for place in places:
        fcntl.flock(place, fcntl.LOCK_EX)
    yield places
    for place in places:
        place.close()


def test_one_file_more_is_asked_for_again_in_a_minute_and_nothing_is_saved(
    app, client, make_commune, sign_in, reading
):
    app.config["WTF_CSRF_ENABLED"] = False
    commune = make_commune()
    sign_in(Role.COMMUNE, commune.unit)
    address = f"/can-bo/don-vi/{commune.unit.code}/tep"

    def send():
        sent = {"file": (io.BytesIO(LIST), "thon.csv")}
        return client.post(address, data=sent, content_type="multipart/form-data")

    busy = send()
    reading[0].close()
    free = send()

    assert busy.status_code == 503
    assert "Máy chủ đang đọc tệp khác" in busy.text
    assert "Máy chủ đang đọc tệp khác" not in free.text
    assert free.status_code == 422


def test_the_places_are_shared_by_all_processes_and_end_with_them(app, reading):
    with app.app_context():
        assert refusal("list", LIST) == BUSY
    for place in reading:
        place.close()
    with app.app_context():
        assert uploads.opened("list", LIST)["sheets"][0]["rows"] == [[1, HEADING]]


def test_only_the_program_that_opens_files_has_parsers_for_them():
    parsers = {"openpyxl", "defusedxml", "lxml", "pypdf", "fitz", "docx", "python_calamine"}
    found = {
        path.name
        for path in (PROJECT / "survey_app").rglob("*.py")
        if path.name != "heavy.py"  # papers are written with docx; the calls that read are sought below
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
        )
        if name.partition(".")[0] in parsers
    }
    opened = {
        path.name
        for path in (PROJECT / "survey_app").rglob("*.py")
        if any(
            word in path.read_text(encoding="utf-8")
            for word in ("csv.reader(", "Image.open(", "ZipFile(io", "Document(io")
        )
    }

    assert found == {"opening_books.py", "opening_texts.py"}
    # The pages of a scanned stack are opened by a program of their own, within limits too.
    assert opened == {"opening.py", "opening_books.py", "opening_texts.py", "pages.py"}


def test_what_is_read_is_what_was_written(app):
    rows = uploads.opened("list", LIST + ",".join(ROW).encode())["sheets"][0]["rows"]

    assert rows == [[1, HEADING], [2, ROW]]
