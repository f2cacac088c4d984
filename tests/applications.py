"""The application under test: made once for each database of a test process, and handed out as it was made.

Making it compiles a rule for each of its addresses, and a new engine every statement again: together that takes longer
than most tests. A server does neither between two requests.
"""

import tempfile
from copy import copy
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import FileSystemBytecodeCache

from survey_app import key_marks
from survey_app.config import Settings
from survey_app.keys import KeyStore

#: Templates compiled once for all the applications that a run makes.
TEMPLATES = FileSystemBytecodeCache(tempfile.mkdtemp(prefix="templates-"))

#: The keys of every application under test, as an operator creates them once; the databases of the tests know them.
_KEYS = {name: sha256(f"{name} of the tests".encode()).digest() for name in key_marks.NAMES}


def put_keys(folder: Path) -> None:
    """The keys of an installation, where it looks for them."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, secret in _KEYS.items():
        (folder / name).write_bytes(secret)
        (folder / name).chmod(0o600)


class Ready:
    """An application that every test finds as it was made, with an instance folder and keys of the test's own."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.config = dict(app.config)
        self.extensions = _copies(app.extensions)
        self.parts = _parts(app)

    def begin(self, folder: Path) -> Flask:
        """The application without anything an earlier test told it."""
        settings: Settings = replace(
            self.extensions["settings"], instance=folder / "instance", key_dir=folder / "keys"
        )
        settings.instance.mkdir(exist_ok=True)
        put_keys(settings.key_dir)
        keys = KeyStore(settings.key_dir)
        self.app.config.clear()
        self.app.config.update(self.config, SECRET_KEY=keys.session_secret())
        self.app.extensions.clear()
        self.app.extensions.update(_copies(self.extensions), settings=settings, keys=keys)
        return self.app

    def is_whole(self) -> bool:
        """Whether it still has the pages and hooks it was made with, and no others."""
        return _parts(self.app) == self.parts


def _copies(extensions: dict[str, Any]) -> dict[str, Any]:
    """What the rooms keep there; a list or a table is copied, so that a test's entries do not stay in it."""
    return {name: copy(kept) if isinstance(kept, dict | list) else kept for name, kept in extensions.items()}


def _parts(app: Flask) -> list[dict[Any, Any]]:
    hooks = (app.before_request_funcs, app.after_request_funcs, app.template_context_processors)
    return [
        dict(app.view_functions),
        dict(app.jinja_env.globals),
        dict(app.jinja_env.filters),
        *({name: list(functions) for name, functions in hook.items()} for hook in hooks),
    ]
