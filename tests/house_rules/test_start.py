"""What a start of the program loads, and what it leaves for its first use."""

import subprocess
import sys

import pytest
from werkzeug.routing import Rule

from survey_app import heavy
from survey_app.app import create_app
from survey_app.config import unset_settings

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


def test_what_writes_an_address_is_compiled_when_the_first_is_written(monkeypatch):
    compiled, library = [], Rule._compile_builder
    monkeypatch.setattr(
        Rule, "_compile_builder", lambda rule, more: compiled.append(rule.rule) or library(rule, more)
    )
    app = create_app(unset_settings())
    assert set(compiled) <= {"/static/<path:filename>"}  # the framework's own, before anything else
    compiled.clear()

    with app.test_request_context():
        addresses = {
            app.url_for("collecting.feedback_form", link="ab", lang=tag, rule="8.4") for tag in ("vi", "en")
        }

    assert addresses == {"/g/ab?lang=vi&rule=8.4", "/g/ab?lang=en&rule=8.4"}
    assert set(compiled) == {"/g/<link>"}
