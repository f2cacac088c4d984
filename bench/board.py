"""How long the province page takes when each of the 135 communes and wards has a sealed survey."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from flask import Flask

from bench import databases
from bench import house as houses
from bench.house import House
from bench.tables import median, show
from survey_app import db
from survey_app.access import Role
from survey_app.accounts import operations as accounts
from survey_app.app import create_app
from survey_app.audit import OPERATOR
from survey_app.config import load_settings
from survey_app.sealing import operations as results
from survey_app.units import queries as units

_REPEATS, _HOUSEHOLDS = 15, 12
_EMAIL, _PASSWORD = "tinh@bench.vn", "mot-cau-dai-de-do-thoi-gian"


def run() -> None:
    """Print a row for each database."""
    head = ("Database", "Sealed surveys", "Page, ms", "Slowest, ms", "Bytes of HTML")
    show(f"Province page, median of {_REPEATS}", head, [_row(name) for name in databases.NAMES])


def _row(name: str) -> tuple[object, ...]:
    now = datetime.now(UTC)
    with houses.house(name, now) as house:
        sealed = _seal_everywhere(house, now)
        _make_officer(now)
        app = create_app(load_settings(house.instance))
        app.config["WTF_CSRF_ENABLED"] = False
        # A thread of its own, because requests must not meet the context that `house` keeps open.
        with ThreadPoolExecutor(1) as pool:
            times, size = pool.submit(_visit, app, units.civil(now).year).result()
    return name, sealed, f"{median(times):.0f}", f"{max(times):.0f}", size


def _visit(app: Flask, year: int) -> tuple[list[float], int]:
    """Milliseconds of each visit but the first, and the bytes of the page."""
    client = app.test_client()
    if client.post("/dang-nhap", data={"email": _EMAIL, "password": _PASSWORD}).status_code != 302:
        raise RuntimeError("the officer could not sign in")
    times = []
    for _repeat in range(_REPEATS + 1):
        began = time.perf_counter()
        page = client.get(f"/can-bo/tinh/{year}")
        times.append((time.perf_counter() - began) * 1000)
        if page.status_code != 200:
            raise RuntimeError(f"page: {page.status_code}")
    return times[1:], len(page.data)


def _seal_everywhere(house: House, now: datetime) -> int:
    opens = now - timedelta(days=9)
    with db.transaction() as current:
        province = units.unit_by_code(current, houses.PROVINCE, units.civil(now))
        communes = units.communes(current, province.path, units.civil(now))
    for commune in communes:
        number, printed = houses.survey(
            house, commune, villages=2, households=_HOUSEHOLDS, opens=opens, days=20
        )
        houses.answer(house, number, printed[: -_HOUSEHOLDS // 3], opens)
        with db.transaction() as current:
            results.close_and_seal(current, number, actor=OPERATOR, now=now, keys=house.keys)
    return len(communes)


def _make_officer(now: datetime) -> None:
    with db.transaction() as current:
        province = units.unit_by_code(current, houses.PROVINCE, units.civil(now))
        invited = accounts.create_account(
            current,
            email=_EMAIL,
            name="Cán bộ tỉnh",
            role=Role.PROVINCE,
            unit_id=province.id,
            actor=OPERATOR,
            now=now,
        )
        accounts.set_password(current, invited.user_id, _PASSWORD)
