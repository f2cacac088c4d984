"""Compressing what leaves: which encoding a browser takes, and the pages that may be compressed.

Only pages of people without an account are: on the others a form's token is beside what was typed, and the length
of the compressed page would tell of it (BREACH). Static files and blank forms come compressed already.
"""

import zlib

import brotli
from flask import Flask, Response, request

from survey_app import access

#: Encodings in the order in which they are chosen, the smaller first.
ENCODINGS = ("br", "gzip")
_GZIP = 31  # zlib's number for its largest window in the frame of gzip
#: Below this a page becomes hardly smaller.
_LEAST_BYTES = 500
#: Level 5 of brotli takes no longer than 4 and makes a form 300 bytes smaller.
_QUICK, _SMALLEST = {"br": 5, "gzip": 6}, {"br": 11, "gzip": 9}


def init_app(app: Flask) -> None:
    """Compress the pages of respondents, the start page and what is said at addresses that nobody has."""
    app.after_request(_compress)


def accepted() -> str | None:
    """The encoding that the browser of this request gets; None for one that takes neither."""
    return request.accept_encodings.best_match(ENCODINGS)


def pack(content: bytes, encoding: str, *, smallest: bool = False) -> bytes:
    """`content` under an encoding; `smallest` takes some tenths of a second for what is kept."""
    level = (_SMALLEST if smallest else _QUICK)[encoding]
    if encoding == "br":
        packed: bytes = brotli.compress(content, quality=level)
        return packed
    packing = zlib.compressobj(level, wbits=_GZIP)
    return packing.compress(content) + packing.flush()


def mark(response: Response, encoding: str | None) -> Response:
    """The response with the headers of a reply in that encoding."""
    response.vary.add("Accept-Encoding")
    if encoding is not None:
        response.content_encoding = encoding
    return response


def _compress(response: Response) -> Response:
    is_page = response.mimetype == "text/html" and not response.is_streamed
    if not is_page or response.content_encoding or not _is_open_to_all():
        return response
    encoding, content = accepted(), response.get_data()
    if len(content) < _LEAST_BYTES or encoding is None:
        return mark(response, None)
    response.set_data(pack(content, encoding))
    return mark(response, encoding)


def _is_open_to_all() -> bool:
    unknown = request.url_rule is None and request.method == "GET"
    return unknown or request.path == "/" or access.is_public_path(request.path)
