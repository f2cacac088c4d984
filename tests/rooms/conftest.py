"""Files of offices are opened in the process of the tests; what tests of rooms begin with stands in `tests/factories.py`."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from survey_app import opening, opening_lists, uploads
from tests.factories import (
    clerk,
    commune,
    hand_out,
    make_commune,
    make_form,
    make_survey,
    move_on,
    officer,
    sign_in,
    slip,
    submission,
    survey,
)
from tests.provinces import province

#: Fixtures that stand in modules of their own.
__all__ = [
    "clerk",
    "commune",
    "hand_out",
    "make_commune",
    "make_form",
    "make_survey",
    "move_on",
    "officer",
    "province",
    "sign_in",
    "slip",
    "submission",
    "survey",
]


@pytest.fixture(autouse=True)
def open_files_here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read files of offices in this process: the program that does it takes half a second to start."""
    if request.node.get_closest_marker("real_opening"):
        return
    readers: dict[str, Callable[[bytes], Any]] = {"document": opening.document, "list": opening_lists.read}

    def opened(kind: str, content: bytes) -> Any:
        try:
            return json.loads(json.dumps(readers[kind](content)))
        except opening.FileRefused as refused:
            raise uploads.NotOpened(refused.word, refused.place) from refused

    monkeypatch.setattr(uploads, "opened", opened)
