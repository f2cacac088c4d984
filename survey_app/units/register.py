"""The files of the register of units, as lines ready to be written: which unit, when, in which other.

Knows the columns of the files and nothing of the database. A unit is named by its code with its first day.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

from survey_app.i18n import gettext as _
from survey_app.units import kinds, names
from survey_app.units.models import Level
from survey_app.units.queries import EARLIEST
from survey_app.units.tables import BadFile, Row, RowProblem, Sheet, read_sheets

#: First day of two-level local government and of the merged provinces and communes.
REFORM = date(2025, 7, 1)
_LAST_DAY_BEFORE = REFORM - timedelta(days=1)

#: Kinds a commune-level unit may have since the reform; there are no towns (thị trấn) now.
_COMMUNE_KINDS = ("xa", "phuong", "dac_khu")
_COLUMNS = ("code", "province_code", "type", "name")
_MAX_NAME = 120

UnitKey: TypeAlias = tuple[str, date]


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit for one period; `parent` is in an earlier layer."""

    code: str
    level: Level
    kind: str
    name: str
    valid_from: date
    valid_to: date | None
    parent: UnitKey | None

    @property
    def key(self) -> UnitKey:
        return (self.code, self.valid_from)


@dataclass(frozen=True, slots=True)
class SuccessionLine:
    """An old unit and a new one that got its land: whole, part or unchanged."""

    old: UnitKey
    new: UnitKey
    how: str
    note: str


@dataclass(frozen=True, slots=True)
class Register:
    """Units by layer, parents before children, and what became of the old ones."""

    layers: tuple[tuple[UnitLine, ...], ...]
    successions: tuple[SuccessionLine, ...]


def packaged() -> Register:
    """Gia Lai before and after 1 July 2025, with what became of every old commune."""
    new, old = _data("gia_lai_units_2025.csv"), _data("gia_lai_units_pre2025.csv")
    provinces = _unique(
        [_province(row["province_code"]) for row in new]
        + [_old(row["old_province_code"], Level.PROVINCE, "tinh", row["old_province"], None) for row in old]
    )
    districts = _unique(
        _old(
            row["old_district_code"],
            Level.DISTRICT,
            row["old_district_type"],
            kinds.bare_name(kinds.all_kinds()[row["old_district_type"]], row["old_district"]),
            (row["old_province_code"], EARLIEST),
        )
        for row in old
    )
    old_communes = tuple(
        _old(
            row["old_code"],
            Level.COMMUNE,
            row["old_type"],
            row["old_name"],
            (row["old_district_code"], EARLIEST),
        )
        for row in old
    )
    new_communes = tuple(_commune(row["code"], row["province_code"], row["type"], row["name"]) for row in new)
    successions = tuple(
        SuccessionLine((row["old_code"], EARLIEST), (row["new_code"], REFORM), row["how"], row["note_vi"])
        for row in _data("gia_lai_old_to_new.csv")
    )
    return Register((provinces, districts, old_communes + new_communes), successions)


def read_file(content: bytes, filename: str) -> Register:
    """Units in force since the reform, from a file with the columns of `gia_lai_units_2025.csv`.

    All or nothing: raises BadFile with every problem.
    """
    sheet = read_sheets(content, filename)[0]
    columns = _columns(sheet)
    known = {row["code"] for row in _data("vn_provinces_2026.csv")}
    problems: list[RowProblem] = []
    communes: dict[str, UnitLine] = {}
    for row in sheet.rows[1:]:
        values = {key: names.tidy(str(row.cell(number) or "")) for key, number in columns.items()}
        wrong = list(_wrong_values(values, known, communes))
        problems += [
            RowProblem(sheet.name, row.number, column, found, expected) for column, found, expected in wrong
        ]
        if not wrong:
            communes[values["code"]] = _commune(*(values[key] for key in _COLUMNS))
    if not problems and not communes:
        problems.append(
            RowProblem(
                sheet.name, 1, "", _("There is only a heading."), _("one row for each commune-level unit")
            )
        )
    if problems:
        raise BadFile(problems)
    provinces = _unique(_province(line.parent[0]) for line in communes.values() if line.parent)
    return Register((provinces, tuple(communes.values())), ())


def _columns(sheet: Sheet) -> dict[str, int]:
    heading: Row = sheet.rows[0]
    titles = [str(cell or "").strip().casefold() for cell in heading.cells]
    expected = _("the columns %(names)s", names=", ".join(_COLUMNS))
    missing = [key for key in _COLUMNS if key not in titles]
    if missing:
        raise BadFile(
            RowProblem(
                sheet.name, heading.number, key, _("The column “%(title)s” is missing.", title=key), expected
            )
            for key in missing
        )
    return {key: titles.index(key) for key in _COLUMNS}


def _wrong_values(
    values: Mapping[str, str], provinces: Iterable[str], seen: Iterable[str]
) -> Iterable[tuple[str, str, str]]:
    """Column, what is wrong and what is expected, for each wrong value of one row."""
    code, kind, name = values["code"], values["type"], values["name"]
    if len(code) != 5 or not (code.isascii() and code.isdecimal()):
        yield "code", _("“%(value)s” is not a commune's code.", value=code), _("5 digits, leading zeros kept")
    elif code in seen:
        yield "code", _("The code %(value)s stands in the file twice.", value=code), _("each unit once")
    if values["province_code"] not in provinces:
        yield (
            "province_code",
            _("No province has the code “%(value)s” since 1 July 2025.", value=values["province_code"]),
            _("2 digits, like 52 for Gia Lai"),
        )
    if kind not in _COMMUNE_KINDS:
        yield (
            "type",
            _("“%(value)s” is not a kind of commune-level unit.", value=kind),
            _("one of: %(words)s", words=", ".join(_COMMUNE_KINDS)),
        )
    if not name or len(name) > _MAX_NAME:
        yield (
            "name",
            _("The name is empty or too long."),
            _("a name of at most %(length)s letters", length=_MAX_NAME),
        )


def _data(name: str) -> list[dict[str, str]]:
    with (kinds.DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _province(code: str) -> UnitLine:
    row = next(row for row in _data("vn_provinces_2026.csv") if row["code"] == code)
    kind = names.plain(row["type"]).replace(" ", "_")
    return UnitLine(code, Level.PROVINCE, kind, row["name"], REFORM, None, None)


def _commune(code: str, province: str, kind: str, name: str) -> UnitLine:
    return UnitLine(code, Level.COMMUNE, kind, name, REFORM, None, (province, REFORM))


def _old(code: str, level: Level, kind: str, name: str, parent: UnitKey | None) -> UnitLine:
    return UnitLine(code, level, kind, name, EARLIEST, _LAST_DAY_BEFORE, parent)


def _unique(lines: Iterable[UnitLine]) -> tuple[UnitLine, ...]:
    return tuple({line.key: line for line in lines}.values())
