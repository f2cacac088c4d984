"""The files of the register of units, as lines ready to be written: which unit, when, in which other.

Knows the columns of the files and nothing of the database. A unit is named by its code with its first day.
"""

import csv
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TypeAlias

from survey_app import names
from survey_app.i18n import gettext as _
from survey_app.office_files import BadFile, OfficeSheet, RowProblem, open_office_file
from survey_app.office_tables import text_of
from survey_app.units import kinds
from survey_app.units.models import Level
from survey_app.units.queries import EARLIEST

_COLUMNS = ("code", "province_code", "type", "name")
#: Codes of the units that a unit was formed from, "21553|21559"; may be left out.
_FORMED_FROM = "formed_from"
_MAX_NAME = 120
_OUTLINES = "boundaries.json"

UnitKey: TypeAlias = tuple[str, date]


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit for one period; `parent` is the code of one in force on its first day, in an earlier layer."""

    code: str
    level: Level
    kind: str
    name: str
    valid_from: date
    valid_to: date | None
    parent: str | None

    @property
    def key(self) -> UnitKey:
        return (self.code, self.valid_from)


@dataclass(frozen=True, slots=True)
class SuccessionLine:
    """The codes of an old unit, until the day before, and of a new one that got its land: whole, part or unchanged."""

    old: str
    new: str
    how: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Register:
    """One reform: units in force from `day` on by layer, parents before children, and what became of the old ones."""

    day: date
    layers: tuple[tuple[UnitLine, ...], ...]
    successions: tuple[SuccessionLine, ...]


def packaged() -> tuple[Register, ...]:
    """The reforms that come with the product, oldest first; each is a folder of `data/reforms`."""
    return tuple(sorted(map(_read_folder, _reforms()), key=lambda register: register.day))


@cache
def documents() -> Mapping[UnitKey, str]:
    """The document by which each unit of the packaged reforms was made."""
    return {
        (row["code"], _day(folder)): _described(folder)["document"]
        for folder in _reforms()
        for row in _rows(folder / "units.csv")
    }


def newest_day() -> date:
    """The first day of the newest reform that comes with the product."""
    return max(map(_day, _reforms()))


def boundaries() -> Mapping[date, Path]:
    """The file of outlines that comes with a reform, by its first day; most have none."""
    return {_day(folder): folder / _OUTLINES for folder in _reforms() if (folder / _OUTLINES).exists()}


def read_file(content: bytes, filename: str, day: date) -> Register:
    """Units in force from `day` on, from a file with the columns code, province_code, type, name and formed_from.

    All or nothing: raises BadFile with every problem.
    """
    shown = [
        sheet for sheet in open_office_file(content, filename).sheets if sheet.rows and not sheet.is_hidden
    ]
    if not shown:
        empty = _("The file is empty."), _("one row for each commune-level unit")
        raise BadFile([RowProblem(filename, 1, "", *empty)])
    sheet = shown[0]
    columns = _columns(sheet)
    known = {row["code"] for row in _provinces(day)}
    problems: list[RowProblem] = []
    communes: dict[str, UnitLine] = {}
    formed: dict[str, list[str]] = {}
    for row in sheet.rows[1:]:
        values = {key: names.tidy(text_of(row.cell(number))) for key, number in columns.items()}
        wrong = list(_wrong_values(values, known, communes, day))
        if row.number in sheet.hidden_rows:
            wrong.append(("", _("The row is hidden."), _("only rows that are shown")))
        problems += [
            RowProblem(sheet.name, row.number, column, found, expected) for column, found, expected in wrong
        ]
        if not wrong:
            communes[values["code"]] = _commune(*(values[key] for key in _COLUMNS), day=day)
            formed[values["code"]] = _codes(values)
    if not problems and not communes:
        problems.append(
            RowProblem(
                sheet.name, 1, "", _("There is only a heading."), _("one row for each commune-level unit")
            )
        )
    if problems:
        raise BadFile(problems)
    return Register(day, (_provinces_of(communes.values(), day), tuple(communes.values())), _passages(formed))


def _passages(formed: Mapping[str, Sequence[str]]) -> tuple[SuccessionLine, ...]:
    """What became of the old units: one that several new ones were formed from passed in part to each."""
    times = Counter(old for codes in formed.values() for old in codes)
    return tuple(
        SuccessionLine(old, new, "part" if times[old] > 1 else "unchanged" if codes == [new] else "whole")
        for new, codes in formed.items()
        for old in codes
    )


def _reforms() -> list[Path]:
    return sorted(path for path in (kinds.DATA / "reforms").iterdir() if path.is_dir())


def _described(folder: Path) -> dict[str, str]:
    described: dict[str, str] = json.loads((folder / "reform.json").read_text(encoding="utf-8"))
    return described


def _day(folder: Path) -> date:
    return date.fromisoformat(_described(folder)["from"])


def _read_folder(folder: Path) -> Register:
    """The reform in a folder; `before.csv` has units until the day before that no earlier reform brought."""
    day = _day(folder)
    old = _rows(folder / "before.csv") if (folder / "before.csv").exists() else []
    last_day = day - timedelta(days=1)
    old_provinces = [
        _old(row["old_province_code"], Level.PROVINCE, "tinh", row["old_province"], None, last_day)
        for row in old
    ]
    districts = [
        _old(
            row["old_district_code"],
            Level.DISTRICT,
            row["old_district_type"],
            kinds.bare_name(kinds.all_kinds()[row["old_district_type"]], row["old_district"]),
            row["old_province_code"],
            last_day,
        )
        for row in old
    ]
    old_communes = [
        _old(
            row["old_code"],
            Level.COMMUNE,
            row["old_type"],
            row["old_name"],
            row["old_district_code"],
            last_day,
        )
        for row in old
    ]
    communes = [
        _commune(row["code"], row["province_code"], row["type"], row["name"], day=day)
        for row in _rows(folder / "units.csv")
    ]
    successions = tuple(
        SuccessionLine(row["old_code"], row["new_code"], row["how"], row["note_vi"])
        for row in _rows(folder / "successions.csv")
    )
    provinces = _unique([*_provinces_of(communes, day), *old_provinces])
    return Register(day, (provinces, _unique(districts), (*old_communes, *communes)), successions)


def _columns(sheet: OfficeSheet) -> dict[str, int]:
    heading = sheet.rows[0]
    titles = [text_of(cell).casefold() for cell in heading.cells]
    expected = _("the columns %(names)s", names=", ".join(_COLUMNS))
    missing = [key for key in _COLUMNS if key not in titles]
    if missing:
        raise BadFile(
            RowProblem(
                sheet.name, heading.number, key, _("The column “%(title)s” is missing.", title=key), expected
            )
            for key in missing
        )
    return {key: titles.index(key) for key in (*_COLUMNS, _FORMED_FROM) if key in titles}


def _wrong_values(
    values: Mapping[str, str], provinces: Iterable[str], seen: Iterable[str], day: date
) -> Iterable[tuple[str, str, str]]:
    """Column, what is wrong and what is expected, for each wrong value of one row."""
    code, kind, name = values["code"], values["type"], values["name"]
    if not _is_code(code):
        yield "code", _("“%(value)s” is not a commune's code.", value=code), _("5 digits, leading zeros kept")
    elif code in seen:
        yield "code", _("The code %(value)s is in the file twice.", value=code), _("each unit once")
    if values["province_code"] not in provinces:
        yield (
            "province_code",
            _(
                "No province has the code “%(value)s” on %(day)s.",
                value=values["province_code"],
                day=day.strftime("%d/%m/%Y"),
            ),
            _("2 digits, like 52 for Gia Lai"),
        )
    if kind not in _commune_kinds():
        yield (
            "type",
            _("“%(value)s” is not a kind of commune-level unit.", value=kind),
            _("one of: %(words)s", words=", ".join(_commune_kinds())),
        )
    if not name or len(name) > _MAX_NAME:
        yield (
            "name",
            _("The name is empty or too long."),
            _("a name of at most %(length)s letters", length=_MAX_NAME),
        )
    for former in _codes(values):
        if not _is_code(former):
            yield (
                _FORMED_FROM,
                _("“%(value)s” is not a commune's code.", value=former),
                _("codes of 5 digits with | between them"),
            )


def _is_code(text: str) -> bool:
    return len(text) == 5 and text.isascii() and text.isdecimal()


def _codes(values: Mapping[str, str]) -> list[str]:
    return list(dict.fromkeys(filter(None, map(str.strip, values.get(_FORMED_FROM, "").split("|")))))


def _commune_kinds() -> list[str]:
    return [kind.key for kind in kinds.all_kinds().values() if kind.is_commune]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _provinces(day: date) -> list[dict[str, str]]:
    """The provinces in force on that day."""
    since = [row for row in _rows(kinds.DATA / "provinces.csv") if date.fromisoformat(row["since"]) <= day]
    return list({row["code"]: row for row in sorted(since, key=lambda row: row["since"])}.values())


def _provinces_of(communes: Iterable[UnitLine], day: date) -> tuple[UnitLine, ...]:
    wanted = {line.parent for line in communes}
    return tuple(
        UnitLine(
            row["code"],
            Level.PROVINCE,
            names.plain(row["type"]).replace(" ", "_"),
            row["name"],
            date.fromisoformat(row["since"]),
            None,
            None,
        )
        for row in _provinces(day)
        if row["code"] in wanted
    )


def _commune(code: str, province: str, kind: str, name: str, *, day: date) -> UnitLine:
    return UnitLine(code, Level.COMMUNE, kind, name, day, None, province)


def _old(code: str, level: Level, kind: str, name: str, parent: str | None, last_day: date) -> UnitLine:
    return UnitLine(code, level, kind, name, EARLIEST, last_day, parent)


def _unique(lines: Iterable[UnitLine]) -> tuple[UnitLine, ...]:
    return tuple({line.key: line for line in lines}.values())
