"""Files of offices are opened in the process of the tests; what tests of rooms begin with stands in `tests/factories.py`."""

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
from tests.layouts import undrawn
from tests.opening import open_files_here
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
    "open_files_here",
    "province",
    "sign_in",
    "slip",
    "submission",
    "survey",
    "undrawn",
]
