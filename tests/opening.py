"""Files of offices opened in the process of the tests: the program that does it takes half a second to start."""

import json
from typing import Any

import pytest

from survey_app import opening, opening_lists, uploads

_READERS = {"document": opening.document, "list": opening_lists.read}


def opened_here(kind: str, content: bytes) -> Any:
    """What `uploads.opened` gives, refusals too."""
    try:
        return json.loads(json.dumps(_READERS[kind](content)))
    except opening.FileRefused as refused:
        raise uploads.NotOpened(refused.word, refused.place) from refused


@pytest.fixture(autouse=True)
def open_files_here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever a conftest imports this, for all tests but those marked `real_opening`."""
    if request.node.get_closest_marker("real_opening") is None:
        monkeypatch.setattr(uploads, "opened", opened_here)
