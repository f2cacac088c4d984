"""Every abuse case has a test that names its number."""

import re
from pathlib import Path


def test_each_of_the_forty_cases_is_named_by_a_test():
    folder = Path(__file__).parent
    named = {
        int(number)
        for path in folder.glob("test_*.py")
        for number in re.findall(r"^def test_s(\d\d)_", path.read_text(encoding="utf-8"), re.MULTILINE)
    }

    assert named == set(range(1, 41))
