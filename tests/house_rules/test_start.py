"""What a start of the program loads, and what it leaves for its first use."""

import subprocess
import sys

import pytest

from survey_app import heavy

LARGE = [
    "PIL",
    "fontTools",
    "matplotlib",
    "num2words",
    "numpy",
    "openpyxl",
    "pydyf",
    "qrcode",
    "weasyprint",
    "xlsxwriter",
]


def test_a_start_loads_no_large_library():
    listing = "import sys, survey_app.app; print(*{name.partition('.')[0] for name in sys.modules})"

    done = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=True)

    assert set(LARGE) & set(done.stdout.split()) == set()


@pytest.mark.parametrize(
    "load", [heavy.weasyprint, heavy.pydyf, heavy.xlsxwriter, heavy.matplotlib, heavy.qrcode, heavy.pillow]
)
def test_a_large_library_is_there_when_it_is_asked_for(load):
    assert load().__name__ in LARGE
