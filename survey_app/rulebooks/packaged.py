"""The rule books that ship with the product, one JSON file each.

A file is all a new rule book needs. Knows no database: `operations` takes these into it.
"""

import json
from functools import cache
from pathlib import Path

from survey_app.criteria import framework_document
from survey_app.criteria.frameworks import Framework

_FOLDER = Path(__file__).parent / "data"


@cache
def packaged() -> tuple[Framework, ...]:
    """Every shipped rule book, by key."""
    read = (json.loads(file.read_text(encoding="utf-8")) for file in _FOLDER.glob("*.json"))
    return tuple(sorted((framework_document.load(document) for document in read), key=lambda book: book.key))
