"""What a reply of the product says in words, whatever its medium: page, PDF, workbook, CSV, JSON, archive."""

import html
import io
import json
import re
import subprocess
import zipfile

import openpyxl

_TAGS = re.compile(r"<(script|style)\b.*?</\1>|<[^>]+>", re.DOTALL)


def words(body: bytes) -> str:
    """The words of a file, spaces made single; "" for pictures and what else holds none."""
    return " ".join(_spoken(body).split())


def _spoken(body: bytes) -> str:
    if body.startswith(b"%PDF"):
        # In the order of the file, so that a cell of a table that breaks stays one text.
        run = subprocess.run(["pdftotext", "-raw", "-", "-"], input=body, capture_output=True, check=True)
        return run.stdout.decode()
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as package:
            if "xl/workbook.xml" in package.namelist():
                return _cells(body)
            return "\n".join(_spoken(package.read(name)) for name in package.namelist())
    if b"\x00" in body[:1000]:
        return ""
    text = body.decode("utf-8-sig", "replace")
    if text.startswith("{"):
        return json.dumps(json.loads(text), ensure_ascii=False)
    return html.unescape(_TAGS.sub(" ", text)) if text.lstrip().startswith("<") else text


def _cells(body: bytes) -> str:
    """The cells of a workbook row by row, numbers with the decimal sign of Vietnamese."""
    sheets = openpyxl.load_workbook(io.BytesIO(body), read_only=True).worksheets
    rows = (row for sheet in sheets for row in sheet.iter_rows(values_only=True))
    return "\n".join(" ".join(map(_cell, row)) for row in rows)


def _cell(value: object) -> str:
    return str(value).replace(".", ",") if isinstance(value, float) else "" if value is None else str(value)
