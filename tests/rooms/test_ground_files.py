"""Files that leave: plain names, every format of tables, printed documents."""

import re
from pathlib import Path

import pytest

from survey_app import audit, files
from tests.readers import words

pytestmark = pytest.mark.both_engines


@pytest.mark.parametrize(
    ("typed", "safe"),
    [("../../etc/passwd", "etc-passwd"), ('a"b\r\nX: y', "a-b-X-y"), ("Phiếu Đak Pơ.pdf", "Phieu-Dak-Po.pdf"),
     ("…", "tep"), ("", "tep"), ("=cmd|' /C calc'!A0.csv", "cmd-C-calc-A0.csv")],
)  # fmt: skip
def test_a_file_leaves_with_a_plain_name(app, typed, safe):
    with app.test_request_context():
        header = files.download(b"", typed, files.CSV).headers["Content-Disposition"]

    assert header == f"attachment; filename={safe}.csv"


@pytest.mark.parametrize("form", files.TABLES.values(), ids=list(files.TABLES))
def test_every_format_of_tables_holds_every_table(form):
    written = form.write({"Bảng một": [("Xã", "Số hộ"), ("Ia Mơ", 76)], "Bảng hai": [("=1+1",)]})

    read = words(written if isinstance(written, bytes) else b"".join(written))

    assert [part for part in ("Xã", "Ia Mơ", "76", "=1+1") if part not in read] == []


@pytest.mark.parametrize("form", files.TABLES.values(), ids=list(files.TABLES))
def test_the_audit_log_says_in_words_in_which_format_a_table_left(app, form):
    with app.test_request_context("/"):
        assert audit.value_name("form", form.suffix) == f"tệp {form.name}"


def test_every_file_of_tables_can_be_had_in_every_format(app):
    offered = {
        rule.endpoint: rule for rule in app.url_map.iter_rules() if rule.rule.endswith(files.TABLE_SUFFIX)
    }
    of_one = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.rule.endswith(tuple(f".{name}" for name in files.TABLES))
    }

    assert set(offered) == {"results.file", "reporting.board", "units.template_file"}
    # The format of open data is CSV for programs; a list is filled in as a workbook.
    assert of_one == {
        *("public_results.table", "public_results.year_file"),
        *("plan_targets.figure_form", "plan_targets.several_form"),
    }


def test_the_table_of_formats_alone_names_what_files_are():
    ours = Path(files.__file__).parent
    naming = sorted(
        str(path.relative_to(ours))
        for path in ours.rglob("*.py")
        if path.name != "files.py"
        and re.search(
            r"content_type=\"|mimetype=\"|text/csv|spreadsheetml|application/zip|Content-Disposition|send_file",
            path.read_text(encoding="utf-8"),
        )
    )

    assert naming == []


def test_cells_that_a_spreadsheet_would_run_are_text_and_numbers_stay_numbers():
    rows = b"".join(files.csv_rows([["=1+1", "+84", "-5", "@x", "\tx", "\rx", -5, None, "a;b"]])).decode(
        "utf-8-sig"
    )

    assert rows.rstrip("\r\n").replace("\r", "\\r") == "'=1+1,'+84,'-5,'@x,'\tx,\"'\\rx\",-5,,a;b"


def test_a_printed_document_never_fetches_anything(tmp_path):
    secret = Path(tmp_path / "secret.txt")
    secret.write_text("geheim", encoding="utf-8")

    printed = files.pdf(
        f'<p>x</p><img src="file://{secret}"><link rel="stylesheet" href="http://127.0.0.1:9/x.css">'
    )

    assert printed.startswith(b"%PDF")
    assert b"geheim" not in printed
