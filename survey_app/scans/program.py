"""Reads a stack of scans, as a program of its own like `opening`: it reports each page as soon as it is read.

On standard input comes a line of JSON, `{"files": [bytes of each], "blanks": [{"bytes", "layout"}]}`, then the files
and the blank pages one behind the other. On standard output leaves a line of JSON for each page, `{"file", "page"}`
with `"refused"`, or with `"slips"` and, where none was found, the whole page as `"picture"`; a file that is not taken
has page 0. The last line says `{"end": true}`.
"""

import base64
import io
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

# Started apart from everything, a program finds its own packages alone.
sys.path.append(str(Path(__file__).parents[2]))

from PIL import Image  # noqa: E402

from survey_app import opening  # noqa: E402
from survey_app.opening import FileRefused  # noqa: E402
from survey_app.scans import pages, reading  # noqa: E402
from survey_app.scans.pages import PageRefused  # noqa: E402
from survey_app.scans.reading import PrintedPage, Read  # noqa: E402

#: How much of a processor others get before this: households answer on the same machine.
_NICENESS = 10
_QUALITY = 60


def findings(files: Sequence[bytes], blanks: Sequence[PrintedPage]) -> Iterator[dict[str, Any]]:
    """What is said of every page."""
    read = 0
    for number, content in enumerate(files):
        try:
            for page, picture in enumerate(pages.pages(content), start=1):
                read += 1
                if read > pages.MOST_PAGES:
                    yield {"file": number, "page": page, "refused": "too_many_pages"}
                    return
                yield {"file": number, "page": page} | _page(picture, blanks)
        except FileRefused as refused:
            yield {"file": number, "page": 0, "refused": refused.word}


def _page(picture: Image.Image | PageRefused, blanks: Sequence[PrintedPage]) -> dict[str, Any]:
    if isinstance(picture, PageRefused):
        return {"refused": picture.word}
    found = reading.read_page(picture, blanks)
    if not found:
        small = reading.shrunk(picture)
        return {"slips": [], "size": small.size, "picture": _jpeg(small)}
    return {"slips": [_slip(slip) for slip in found]}


def _slip(slip: Read) -> dict[str, Any]:
    return {
        "text": slip.text,
        "lines": [[line.key, line.ticked, line.clear] for line in slip.lines],
        "rows": slip.rows,
        "size": slip.shown.size,
        "picture": _jpeg(slip.shown),
    }


def _jpeg(picture: Image.Image) -> str:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=_QUALITY)
    return base64.b64encode(file.getvalue()).decode()


def _say(page: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(page) + "\n")
    sys.stdout.flush()


def main(memory: str, seconds: str) -> None:
    """Read standard input and describe its pages."""
    opening.limit_this_process(int(memory), int(seconds))
    os.nice(_NICENESS)
    try:
        head = json.loads(sys.stdin.buffer.readline())
        files = [sys.stdin.buffer.read(size) for size in head["files"]]
        kept = [(sys.stdin.buffer.read(one["bytes"]), one["layout"]) for one in head["blanks"]]
        blanks = [PrintedPage(pdf, reading.layout_of(layout)) for pdf, layout in kept]
        for one in findings(files, blanks):
            _say(one)
        _say({"end": True})
    except MemoryError:
        _say({"file": 0, "page": 0, "refused": "too_large"})


if __name__ == "__main__":
    main(*sys.argv[1:])
