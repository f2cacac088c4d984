"""Opens a list of villages in whatever form an office sends it, as a program of its own like `opening`.

What a file is follows from its first bytes, not from its name. The answer is
`{"format": word, "encoding": name or None, "sheets": [...]}`; a sheet is `{"name", "hidden", "above", "rows", "merged",
"hidden_rows", "hidden_columns"}`, rows with their numbers from 1, columns from 0, `merged` as (row, column, last row,
last column), `above` the paragraphs before a table. Kept libraries parse; this only asks them.
"""

import re
import sys
import zipfile
import zlib
from pathlib import Path
from typing import Any

# Started apart from everything, a program finds its own packages alone.
sys.path.append(str(Path(__file__).parents[1]))

from survey_app import opening, opening_books, opening_texts  # noqa: E402
from survey_app.opening import FileRefused  # noqa: E402

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: What a stream inside an old office file is called, and what that says.
_OLE_STREAMS = (
    ("EncryptedPackage", "locked"),
    ("WordDocument", "old_word"),
    ("PowerPoint Document", "neither"),
)
#: The first bytes of files that hold no rows, and the word for them.
_NO_LISTS = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"{\\rtf", "rich_text"),
    (b"MIME-Version:", "web_archive"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
)
_MARKUP = re.compile(r"\s*(?:<!--.*?-->\s*|<!doctype[^>]*>\s*|<\?[^>]*>\s*)*<([a-z:]+)", re.I | re.S)


def read(content: bytes) -> dict[str, Any]:
    """What is in the file. Raises FileRefused with a word for what it is instead."""
    word = next((word for start, word in _NO_LISTS if content.startswith(start)), None)
    if word:
        raise FileRefused(word)
    if content.startswith(_OLE):
        return _old_office(content)
    if content.startswith(b"PK"):
        return _package(content)
    text, encoding = opening_texts.decoded(content)
    markup = _MARKUP.match(text[:4000])
    if markup:
        return _marked_up(content, text, encoding, markup[1].casefold())
    return {"format": "text", "encoding": encoding, "sheets": [opening_texts.separated(text)]}


def _old_office(content: bytes) -> dict[str, Any]:
    for stream, word in _OLE_STREAMS:
        if stream.encode("utf-16-le") in content:
            raise FileRefused(word)
    return {"format": "xls", "encoding": None, "sheets": opening_books.workbook(content)}


def _package(content: bytes) -> dict[str, Any]:
    try:
        inside = opening.package_names(content)
    # Each is what zipfile or zlib raises for some way of being broken, locked or packed by a method it does not know.
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise FileRefused("damaged") from error
    if "word/document.xml" in inside:
        return {"format": "docx", "encoding": None, "sheets": opening_books.document(content)}
    if "xl/workbook.xml" in inside:
        return {"format": "xlsx", "encoding": None, "sheets": opening_books.modern_workbook(content)}
    if "xl/workbook.bin" in inside:
        return {"format": "xlsb", "encoding": None, "sheets": opening_books.workbook(content)}
    if "content.xml" in inside and "mimetype" in inside:
        return {"format": "ods", "encoding": None, "sheets": opening_books.open_document(content)}
    raise FileRefused("archive")


def _marked_up(content: bytes, text: str, encoding: str | None, root: str) -> dict[str, Any]:
    if root.rpartition(":")[2] == "workbook":
        return {"format": "xml", "encoding": None, "sheets": opening_texts.old_xml(content)}
    if root in {"html", "head", "body", "table", "meta", "style", "div"}:
        return {"format": "html", "encoding": encoding, "sheets": opening_texts.web_page(text)}
    raise FileRefused("other_xml")


if __name__ == "__main__":
    opening.main({"list": read}, *sys.argv[1:])
