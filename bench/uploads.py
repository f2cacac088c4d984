"""What opening a hostile file costs the web server's process: `python -m bench.uploads`.

A workbook of some kilobytes whose cells are written otherwise than spreadsheets write them, so that nothing that looks
for them in its bytes finds any. Opened in this process, as it was before, it takes what the last line says.
"""

import io
import resource
import subprocess
import sys
import zipfile

from survey_app import opening, opening_lists
from survey_app.office_files import BadFile, open_office_file

_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
    'Id="a" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
    '<sheet name="a" sheetId="1" r:id="a"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="a" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
    'Target="worksheets/sheet1.xml"/></Relationships>',
}


def hostile_workbook(rows: int = 16_000, across: int = 80) -> bytes:
    """A workbook of rows full of cells, each written without the blank that follows the name in other files."""
    packed = io.BytesIO()
    row = "<row>" + "<c><v>1</v></c>" * across + "</row>"
    sheet = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{row * rows}'
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package:
        for name, part in _PARTS.items():
            package.writestr(name, part)
        package.writestr("xl/worksheets/sheet1.xml", f"{sheet}</sheetData></worksheet>")
    return packed.getvalue()


def main(here: bool = False) -> None:
    """Print the figures; `here` opens it in this process."""
    content = hostile_workbook()
    before = _peak()
    if here:
        try:
            opening_lists.read(content)
            said = "taken"
        except opening.FileRefused as refused:
            said = refused.word
        print(f"opened in this process: it grew by {_peak() - before} MB; {said}")
        return
    try:
        open_office_file(content, "thon.xlsx")
        said = "taken"
    except BadFile as refused:
        said = refused.problems[0].found
    grown = _peak() - before
    print(f"a workbook of {len(content) // 1000} kB; {said}")
    print(f"opened in a child process: this one grew by {grown} MB, from {before} MB")
    subprocess.run([sys.executable, "-m", "bench.uploads", "here"], check=True)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main(here=sys.argv[1:] == ["here"])
