"""The attacker: has everything that is left after sealing and tries to say which answer came with which code.

Every channel gives either an order of codes and an order of answers, which are matched by rank, or marks that both
carry, which are matched where they are equal, or places so near to each other that they were written together.
Knows nothing of the product but its tables; the truth is compared by the tests.
"""

import itertools
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, text

#: Bytes between two values that were written by one transaction, in files that keep the order of writing.
_NEAR = 4096
#: Where a PostgreSQL row begins, before the second of two short columns: header, "0001" and two length bytes.
_ROW_BEFORE_VALUE = 24 + 4 + 1

Guess = Mapping[bytes, str]


@dataclass
class Loot:
    """Orders and marks found so far, by where they were found."""

    codes: dict[str, list[bytes]] = field(default_factory=dict)
    answers: dict[str, list[str]] = field(default_factory=dict)
    code_marks: dict[str, dict[bytes, object]] = field(default_factory=dict)
    answer_marks: dict[str, dict[str, object]] = field(default_factory=dict)
    guesses: dict[str, dict[bytes, str]] = field(default_factory=dict)

    def attempts(self) -> Iterator[tuple[str, Guess]]:
        """Every guess that can be made of the loot, under the name of its channel."""
        for (one, macs), (other, ids) in itertools.product(self.codes.items(), self.answers.items()):
            yield f"{one} ~ {other}", dict(zip(macs, ids, strict=False))
            yield f"{one} ~ {other} reversed", dict(zip(macs, reversed(ids), strict=False))
        for (one, macs), (other, ids) in itertools.product(
            self.code_marks.items(), self.answer_marks.items()
        ):
            yield f"{one} = {other}", _by_equal_marks(macs, ids)
            yield f"{one} ranked ~ {other} ranked", _by_ranked_marks(macs, ids)
        yield from self.guesses.items()


@dataclass(frozen=True)
class Prey:
    """What the attacker looks for: all macs and ids of one survey, in no order."""

    macs: frozenset[bytes]
    ids: frozenset[str]


def from_orders(loot: Loot, prey: Prey, **orders: Sequence[bytes]) -> None:
    """Orders that the attacker knows from elsewhere: of printing, of a list, of the macs themselves."""
    for name, order in orders.items():
        loot.codes[name] = [mac for mac in order if mac in prey.macs]
    loot.codes["order of macs"] = sorted(prey.macs)
    loot.answers["order of ids"] = sorted(prey.ids)


def from_postgresql_tables(loot: Loot, prey: Prey, connection: Connection) -> None:
    """Live rows with their system columns, in physical order."""
    for table in ("spent_codes", "slips"):
        rows = connection.execute(
            text(
                f"SELECT code_mac, xmin::text, cmin::text, xmax::text, cmax::text FROM {table} ORDER BY ctid"
            )
        ).all()
        mine = [row for row in rows if bytes(row[0]) in prey.macs]
        loot.codes[f"{table} by ctid"] = [bytes(row[0]) for row in mine]
        for place, mark in enumerate(("xmin", "cmin", "xmax", "cmax"), start=1):
            loot.code_marks[f"{table}.{mark}"] = {bytes(row[0]): int(row[place]) for row in mine}
    for table in ("sealed_responses", "annulled_responses", "responses"):
        rows = connection.execute(
            text(
                f"SELECT id, leaf, xmin::text, cmin::text, xmax::text, cmax::text FROM {table} ORDER BY ctid"
            )
        ).all()
        mine = [row for row in rows if row[0] in prey.ids]
        if not mine:
            continue
        loot.answers[f"{table} by ctid"] = [row[0] for row in mine]
        loot.answers[f"{table} by leaf"] = [row[0] for row in sorted(mine, key=lambda row: row[1])]
        for place, mark in enumerate(("xmin", "cmin", "xmax", "cmax"), start=2):
            loot.answer_marks[f"{table}.{mark}"] = {row[0]: int(row[place]) for row in mine}


def from_sqlite_tables(loot: Loot, prey: Prey, connection: Connection) -> None:
    """Rows as they are stored, and row numbers where a table has them."""
    for table in ("spent_codes", "slips"):
        rows = connection.execute(text(f"SELECT code_mac FROM {table} NOT INDEXED")).scalars()
        loot.codes[f"{table} as stored"] = [bytes(mac) for mac in rows if bytes(mac) in prey.macs]
        _note_rowids(loot.codes, table, "code_mac", prey.macs, connection)
    for table in ("sealed_responses", "annulled_responses", "responses"):
        rows = connection.execute(text(f"SELECT id FROM {table} NOT INDEXED")).scalars()
        found = [one for one in rows if one in prey.ids]
        if found:
            loot.answers[f"{table} as stored"] = found
            _note_rowids(loot.answers, table, "id", prey.ids, connection)


def from_files(loot: Loot, prey: Prey, files: Iterable[Path], *, rows_of_postgresql: bool = False) -> None:
    """Raw bytes: the order in which values lie in each file, first and last places, live or left over.

    Of PostgreSQL's rows also the number of the writing transaction, which stands before them.
    """
    for file in files:
        content = file.read_bytes()
        macs = {mac: found for mac in prey.macs if (found := _mac_places(content, mac))}
        ids = _id_places(content, prey.ids)
        if macs:
            loot.codes[f"{file.name} first"] = sorted(macs, key=lambda mac: macs[mac][0])
            loot.codes[f"{file.name} last"] = sorted(macs, key=lambda mac: macs[mac][-1])
        if ids:
            loot.answers[f"{file.name} first"] = sorted(ids, key=lambda one: ids[one][0])
            loot.answers[f"{file.name} last"] = sorted(ids, key=lambda one: ids[one][-1])
        if macs and ids:
            loot.guesses[f"{file.name} neighbours"] = _neighbours(macs, ids)
        if rows_of_postgresql:
            for name, end in (("first", 0), ("last", -1)):
                if macs:
                    marks = {mac: _transaction(content, places[end]) for mac, places in macs.items()}
                    loot.code_marks[f"{file.name} {name} raw xmin"] = marks
                if ids:
                    answered = {one: _transaction(content, places[end]) for one, places in ids.items()}
                    loot.answer_marks[f"{file.name} {name} raw xmin"] = answered


def tables_that_hold(connection: Connection, values: Iterable[bytes | str]) -> set[str]:
    """Tables in which any of these values stands anywhere, as bytes, as hexadecimal or as text."""
    needles = [value.hex() if isinstance(value, bytes) else value for value in values]
    wanted = re.compile("|".join(map(re.escape, needles)))
    found = set()
    for table in tables(connection):
        for row in connection.execute(text(f'SELECT * FROM "{table}"')):
            line = " ".join(value.hex() if isinstance(value, bytes) else str(value) for value in row)
            if wanted.search(line):
                found.add(table)
                break
    return found


def tables(connection: Connection) -> list[str]:
    """The product's tables."""
    catalogue = (
        "SELECT name FROM sqlite_master WHERE type = 'table'"
        if connection.dialect.name == "sqlite"
        else "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    )
    return sorted(connection.execute(text(catalogue)).scalars())


def _note_rowids(
    orders: dict[str, list], table: str, column: str, wanted: frozenset, connection: Connection
) -> None:
    made = connection.execute(
        text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": table}
    ).scalar()
    if "WITHOUT ROWID" not in str(made):
        rows = connection.execute(text(f"SELECT {column} FROM {table} ORDER BY rowid")).scalars()
        orders[f"{table} by rowid"] = [value for value in rows if value in wanted]


def _by_equal_marks(macs: Mapping[bytes, object], ids: Mapping[str, object]) -> Guess:
    """Codes and answers whose mark is the same; of several with one mark the first is taken."""
    held: dict[object, list[str]] = defaultdict(list)
    for one, mark in ids.items():
        held[mark].append(one)
    return {mac: held[mark].pop() for mac, mark in macs.items() if held.get(mark)}


def _by_ranked_marks(macs: Mapping[bytes, object], ids: Mapping[str, object]) -> Guess:
    in_order = zip(sorted(macs, key=macs.__getitem__), sorted(ids, key=ids.__getitem__), strict=False)
    return dict(in_order) if len(set(macs.values())) > 1 and len(set(ids.values())) > 1 else {}


def _neighbours(macs: Mapping[bytes, list[int]], ids: Mapping[str, list[int]]) -> dict[bytes, str]:
    """The nearest answer written after each code."""
    places = sorted((place, one) for one, found in ids.items() for place in found)
    guess = {}
    for mac, found in macs.items():
        after = bisect_left(places, (found[0], ""))
        if after < len(places) and places[after][0] - found[0] <= _NEAR:
            guess[mac] = places[after][1]
    return guess


def _mac_places(content: bytes, mac: bytes) -> list[int]:
    places, place = [], content.find(mac)
    while place >= 0:
        places.append(place)
        place = content.find(mac, place + 1)
    return places


def _id_places(content: bytes, wanted: frozenset[str]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = defaultdict(list)
    for found in re.finditer(rb"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", content):
        one = found.group().decode()
        if one in wanted:
            places[one].append(found.start())
    return dict(places)


def _transaction(content: bytes, place: int) -> int:
    start = max(place - _ROW_BEFORE_VALUE, 0)
    return int.from_bytes(content[start : start + 4], "little")
