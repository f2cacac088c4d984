"""What the province's pages of the year cost on the sample province, which stands in the middle of its year."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import flask_migrate
from flask import Flask

from bench import databases
from bench.tables import median, show
from survey_app import access, db, key_marks
from survey_app.access import Identity, Role
from survey_app.app import create_app
from survey_app.config import load_settings
from survey_app.units import queries as units

_REPEATS, _PROVINCE = 15, "52"
#: What people open on a Monday: the board, who is late, a page further, the results to appraise, sums and targets.
_PAGES = ("", "?need=late&sort=wait", "?page=2", "/tham-dinh", "/ca-tinh")


def run() -> None:
    """Print a row for each page and database."""
    head = ("Database", "Page", "CPU-ms", "Slowest", "Bytes of HTML")
    rows = [row for name in databases.NAMES for row in _rows(name)]
    show(f"The province's year, sample province, median of {_REPEATS}", head, rows)


def _rows(name: str) -> list[tuple[object, ...]]:
    with TemporaryDirectory(prefix="bench-") as place, databases.fresh(name, Path(place)) as database:
        folder = Path(place)
        (folder / "settings.toml").write_text(f'database_url = "{database.url}"\n', encoding="utf-8")
        app = create_app(load_settings(folder))
        with app.app_context():
            flask_migrate.upgrade()
            with db.transaction() as current:
                key_marks.create(current, app.extensions["keys"], now=datetime.now(UTC))
            app.secret_key = app.extensions["keys"].session_secret()
        loaded = app.test_cli_runner().invoke(args=["demo", "load"])
        if loaded.exit_code:
            raise RuntimeError(loaded.output)
        _sit_down(app)
        # A thread of its own, because requests must not meet the context that is kept open here.
        with ThreadPoolExecutor(1) as pool:
            found = pool.submit(_visit, app, name).result()
        with app.app_context():
            db.session().close()
            db.database.engine.dispose()
        return found


def _sit_down(app: Flask) -> None:
    """Let every request come from the Front of the province, which may open all these pages."""
    with app.app_context():
        province = units.unit_by_code(db.session(), _PROVINCE, units.civil(datetime.now(UTC)))
        person = Identity(2, "Mặt trận tỉnh", Role.FRONT_PROVINCE, province.id, province.path)
    access.supply_identity(app, lambda: person)


def _visit(app: Flask, name: str) -> list[tuple[object, ...]]:
    client, year = app.test_client(), units.civil(datetime.now(UTC)).year
    rows: list[tuple[object, ...]] = []
    for page in _PAGES:
        address, times = f"/can-bo/tinh/{year}{page}", []
        for _repeat in range(_REPEATS + 1):
            began = time.process_time()
            answer = client.get(address)
            times.append((time.process_time() - began) * 1000)
            if answer.status_code != 200:
                raise RuntimeError(f"{address}: {answer.status_code}")
        rows.append(
            (name, page or "/", f"{median(times[1:]):.0f}", f"{max(times[1:]):.0f}", len(answer.data))
        )
    return rows
