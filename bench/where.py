"""Where the processor time of one submission goes, by kind of work, from a profile of the application alone.

Only the time of its own thread is counted: waiting for the database or the disk is not work.
A profile slows down small functions most: the shares say where to look, not how long anything takes.
"""

import cProfile
import gzip
import pstats
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from urllib.parse import urlencode

from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from bench import clients, databases
from bench import house as houses
from bench.tables import show
from survey_app.app import create_app
from survey_app.config import load_settings

_WARM_UP, _PROFILED = 50, 400
#: The first line that fits the path of a function names its work.
_WORK = (
    ("SQL: statements, session, driver, database", ("sqlalchemy", "psycopg", "sqlite3")),
    ("Pages: templates and translations", ("jinja2", "markupsafe", "babel", "templates/", "gettext", "/i18n.py")),
    ("Compressing", ("compressing.py", "packing.py", "gzip", "zlib")),
    ("Leaf, receipt, signature, ticket, digest of the code",
     ("rfc8785", "leaves.py", "hmac", "hashlib", "itsdangerous", "tickets.py", "codes.py", "cryptography", "keys.py")),
    ("Reading and checking the answers", ("questions/", "werkzeug/formparser", "urllib", "stored.py")),
    ("Web framework: routing, request, response", ("flask", "werkzeug", "http/", "email/")),
    ("The rest of the product", ("survey_app",)),
)  # fmt: skip


def run() -> None:
    """Print the share of each kind of work on both databases."""
    shares = {name: _shares(name) for name in databases.NAMES}
    rows = [
        [work, *(f"{shares[name].get(work, 0):.0%}" for name in databases.NAMES)]
        for work in [*_names(), "Python itself"]
    ]
    show(f"Where the time of a submission goes, {_PROFILED} profiled", ("Work", *databases.NAMES), rows)


def _names() -> list[str]:
    return [work for work, _marks in _WORK]


def _shares(database_name: str) -> Mapping[str, float]:
    now = datetime.now(UTC)
    with houses.house(database_name, now) as house:
        _number, printed = houses.survey(
            house, houses.commune(now), villages=1, households=_WARM_UP + _PROFILED, opens=now, days=9
        )
        app, fields = create_app(load_settings(house.instance)), clients.answers(houses.instrument())
        # A thread of its own, because requests must not meet the context that `house` keeps open.
        with ThreadPoolExecutor(1) as pool:
            return _by_work(pool.submit(_profile, app, printed, fields).result())


def _profile(app: Flask, printed: Sequence[str], fields: Mapping[str, str]) -> pstats.Stats:
    _submit_all(app, printed[:_WARM_UP], fields)
    with cProfile.Profile(time.thread_time) as profile:
        _submit_all(app, printed[_WARM_UP:], fields)
    return pstats.Stats(profile)


def _submit_all(app: Flask, printed: Sequence[str], fields: Mapping[str, str]) -> None:
    for code in printed:
        form = clients.hidden(_reply(app, EnvironBuilder(f"/k/{code}", headers=clients.PAGE), "200"))
        review = clients.hidden(_posted(app, code, {**form, **fields, "_step": "review"}, "200"))
        _posted(app, code, {**review, "_step": "send"}, "201")


def _posted(app: Flask, code: str, fields: Mapping[str, str], status: str) -> bytes:
    body = urlencode(fields)
    builder = EnvironBuilder(f"/k/{code}", method="POST", data=body, headers=clients.POST)
    return _reply(app, builder, status)


def _reply(app: Flask, request: EnvironBuilder, status: str) -> bytes:
    body, given, _headers = run_wsgi_app(app, request.get_environ())
    if not given.startswith(status):
        raise RuntimeError(given)
    return gzip.decompress(b"".join(body))


def _by_work(stats: pstats.Stats) -> Mapping[str, float]:
    """Own time of every function under the work it belongs to; functions in C belong to who called them."""
    spent: Counter[str] = Counter()
    for (path, _line, _name), (_calls, _all, own, _total, callers) in stats.stats.items():  # type: ignore[attr-defined]  # typeshed leaves it out
        if path != "~":
            spent[_work(path)] += own
            continue
        for (caller, _caller_line, _caller_name), (_c, _n, share, _t) in callers.items():
            spent[_work(caller)] += share
    whole = spent.total()
    return {work: seconds / whole for work, seconds in spent.items()}


def _work(path: str) -> str:
    return next((work for work, marks in _WORK if any(mark in path for mark in marks)), "Python itself")
