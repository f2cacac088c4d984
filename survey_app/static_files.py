"""The static files, compressed, under names that carry the digest of what is in them.

A browser keeps such a file for good, because other content has another name. By its plain name a file is found too, and
kept for an hour.
"""

import hashlib
import mimetypes
import re
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask, Response, abort, current_app, request
from flask.typing import ResponseReturnValue

from survey_app import access, compressing

_KEPT = "static_files"
_LETTERS = 12
_NAMED = re.compile(r"(.+)\.([0-9a-f]{12})(\.[a-z]+)")
_FOR_GOOD, _FOR_AN_HOUR = "public, max-age=31536000, immutable", "public, max-age=3600"


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file as it lay there when the program started. `packed` holds it under each encoding once it was asked for."""

    content: bytes
    digest: str
    packed: dict[str, bytes] = field(default_factory=dict)

    def under(self, encoding: str | None) -> bytes:
        """What is sent in this encoding."""
        if encoding is None:
            return self.content
        if encoding not in self.packed:
            self.packed[encoding] = compressing.pack(self.content, encoding, smallest=True)
        return self.packed[encoding]


def init_app(app: Flask) -> None:
    """Serve the files of the static folder by digest, and let `url_for` name them so."""
    folder = Path(str(app.static_folder))
    contents = {file.name: file.read_bytes() for file in sorted(folder.iterdir()) if file.is_file()}
    app.extensions[_KEPT] = {
        name: StaticFile(content, hashlib.sha256(content).hexdigest()[:_LETTERS])
        for name, content in contents.items()
    }
    app.view_functions["static"] = serve
    app.url_defaults(_with_digest)


@access.public
def serve(filename: str) -> ResponseReturnValue:
    """The file of that name, with or without a digest in it."""
    files: dict[str, StaticFile] = current_app.extensions[_KEPT]
    named = _NAMED.fullmatch(filename)
    plain, digest = (named[1] + named[3], named[2]) if named else (filename, "")
    file = files.get(plain) or abort(404)
    encoding = compressing.accepted()
    kind = mimetypes.guess_type(plain)[0] or "text/plain"
    response = Response(file.under(encoding), mimetype=kind)
    response.headers["Cache-Control"] = _FOR_GOOD if digest == file.digest else _FOR_AN_HOUR
    response.set_etag(file.digest)
    return compressing.mark(response, encoding).make_conditional(request)


def _with_digest(endpoint: str, values: dict[str, object]) -> None:
    if endpoint != "static":
        return
    name = str(values["filename"])
    file: StaticFile | None = current_app.extensions[_KEPT].get(name)
    if file is not None:
        stem, _dot, suffix = name.rpartition(".")
        values["filename"] = f"{stem}.{file.digest}.{suffix}"
