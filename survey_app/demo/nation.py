"""Invented, numbered communes and villages of the other provinces, to see how the product carries a country."""

import csv
from datetime import datetime, timedelta
from importlib import resources

from sqlalchemy import insert
from sqlalchemy.orm import Session

from survey_app.audit import OPERATOR
from survey_app.units import queries as units
from survey_app.units.models import HouseholdCount, Level, Unit

_VILLAGES_PER_COMMUNE = 8
_HOUSEHOLDS = 120
_HOME = "52"


def load(session: Session, now: datetime) -> None:
    """Numbered communes in every province but Gia Lai, as many as it really has, each with eight villages."""
    register = resources.files("survey_app.units") / "data" / "provinces.csv"
    with register.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["code"] != _HOME:
                _load_province(session, row, now)


def _load_province(session: Session, row: dict[str, str], now: datetime) -> None:
    since = units.civil(now) - timedelta(days=30)
    province = Unit(
        code=row["code"],
        level=Level.PROVINCE,
        kind="tinh",
        name=f"{row['name']} (mẫu)",
        valid_from=since,
        path="",
    )
    session.add(province)
    session.flush()  # paths are made of ids
    province.path = f"/{province.id}/"
    codes = [f"{row['code']}M{number:03}" for number in range(1, int(row["commune_level_units"]) + 1)]
    _children(session, [(province, code, f"Mẫu {code[-3:]}") for code in codes], Level.COMMUNE, "xa")
    communes = session.query(Unit).filter(Unit.parent_id == province.id).order_by(Unit.id).all()
    villages = [
        (commune, f"{commune.code}{number:03}", str(number))
        for commune in communes
        for number in range(1, _VILLAGES_PER_COMMUNE + 1)
    ]
    _children(session, villages, Level.VILLAGE, "thon")
    counted = session.query(Unit.id).filter(Unit.path.startswith(province.path), Unit.level == Level.VILLAGE)
    session.execute(
        insert(HouseholdCount),
        [
            {
                "unit_id": unit_id,
                "households": _HOUSEHOLDS,
                "source": "DỮ LIỆU MẪU",
                "as_of": since,
                "recorded_at": now,
                "recorded_by": OPERATOR,
            }
            for (unit_id,) in counted.order_by(Unit.id)
        ],
    )


def _children(session: Session, wanted: list[tuple[Unit, str, str]], level: Level, kind: str) -> None:
    rows = [
        Unit(
            code=code,
            level=level,
            kind=kind,
            name=name,
            valid_from=parent.valid_from,
            parent_id=parent.id,
            path="",
        )
        for parent, code, name in wanted
    ]
    session.add_all(rows)
    session.flush()  # paths are made of ids
    for row, (parent, _code, _name) in zip(rows, wanted, strict=True):
        row.path = f"{parent.path}{row.id}/"
    session.flush()  # children of these rows read their paths
