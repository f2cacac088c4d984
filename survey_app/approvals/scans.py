"""What kind of file a scan is, judged by what is in it: neither its name nor what the browser says counts.

A file is taken as a whole or not at all, and never opened: it leaves again as a download, as it came.
"""

from survey_app import files

MAX_BYTES = 5 * 1024 * 1024

#: How such a file begins, and what must stand near its end, so that a cut-off upload is noticed.
_KINDS = (
    (files.PDF, b"%PDF-", b"%%EOF"),
    (files.PNG, b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"),
    (files.JPEG, b"\xff\xd8\xff", b"\xff\xd9"),
)
#: By media type.
FORMATS = {form.content_type: form for form, _start, _end in _KINDS}
#: Scanners put some bytes after the end of a file.
_TAIL = 2048


def media_type(body: bytes) -> str | None:
    """The media type of a whole PDF, PNG or JPEG of a lawful size; None for everything else.

    >>> media_type(b"%PDF-1.7 ... %%EOF"), media_type(b"%PDF-1.7 cut off"), media_type(b"<html>")
    ('application/pdf', None, None)
    """
    if len(body) > MAX_BYTES:
        return None
    found = (
        form.content_type for form, start, end in _KINDS if body.startswith(start) and end in body[-_TAIL:]
    )
    return next(found, None)
