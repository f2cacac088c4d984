"""Files of offices are opened in the process of the tests; what tests of rooms begin with stands in `tests/factories.py`."""

import pytest

from survey_app import uploads
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
from tests.opening import opened_here
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
    """Read files of offices in this process."""
    if request.node.get_closest_marker("real_opening"):
        return
    monkeypatch.setattr(uploads, "opened", opened_here)
