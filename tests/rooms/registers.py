"""The shipped register in the empty database of a test: imported once in a process, and then copied as a file."""

import sqlite3
from datetime import datetime
from pathlib import Path

from survey_app import db
from survey_app.units import reforms

#: A database with the register, by the moment of its import.
_KEPT: dict[datetime, sqlite3.Connection] = {}


def put_register(now: datetime) -> None:
    """The register as `units import` enters it; nothing may have been written to the database before."""
    url = db.database.engine.url
    if now not in _KEPT or url.get_backend_name() != "sqlite":
        with db.transaction() as current:
            reforms.import_register(current, now=now)
    if url.get_backend_name() != "sqlite":
        return
    db.session().close()
    file = sqlite3.connect(Path(str(url.database)))
    if now in _KEPT:
        _KEPT[now].backup(file)
    else:
        _KEPT[now] = sqlite3.connect(":memory:", check_same_thread=False)
        file.backup(_KEPT[now])
    file.close()
