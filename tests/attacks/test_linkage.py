"""After sealing nothing that is stored leads from a code to its answer; before sealing nothing that officers see does.

The attacker gets the whole machine but its memory: every table with its hidden columns, the files of the database
with what deleted rows left in them, the logs, the order in which slips were printed. Guessing gets one of 500 right.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection, text

from survey_app import db
from survey_app.access import Role
from survey_app.collecting.models import Response, SpentCode
from survey_app.units.queries import UnitView
from tests.attacks import linkage
from tests.attacks.conftest import Fielded
from tests.attacks.linkage import Loot, Prey

pytestmark = pytest.mark.both_engines

#: Right guesses of 500 that are still luck. One is expected; a run makes some thirty independent tries, and one of these
#: gets more than five by chance in every fiftieth run, more than nine in none of 200,000.
MOST_RIGHT = 9


@pytest.fixture
def machine(app: Flask, request) -> "Machine":
    """The machine the database runs on, as somebody who seizes it has it."""
    cluster = request.getfixturevalue("cluster") if db.database.engine.dialect.name == "postgresql" else None
    return Machine(cluster.folder if cluster else None)


class Machine:
    """Files and tables of the database under attack."""

    def __init__(self, cluster: Path | None) -> None:
        self.cluster = cluster

    def files(self) -> Iterator[Path]:
        """Every file in which rows lie or lay, whatever its table is."""
        if self.cluster is None:
            database = Path(str(db.database.engine.url.database))
            yield from sorted(database.parent.glob(f"{database.name}*"))
            return
        with db.database.engine.connect() as connection:
            number = connection.scalar(text("SELECT oid FROM pg_database WHERE datname = current_database()"))
        folder = self.cluster / "data" / "base" / str(number)
        yield from sorted(file for file in folder.iterdir() if re.match(r"\d{5,}", file.name))
        yield self.cluster / "log"

    def table_files(self) -> list[Path]:
        """The files without PostgreSQL's indexes, which repeat some values where their pages meet."""
        if self.cluster is None:
            return list(self.files())
        with db.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("CHECKPOINT"))
            indexes = connection.execute(
                text("SELECT pg_relation_filenode(oid) FROM pg_class WHERE relkind = 'i'")
            )
            left_out = {str(number) for number in indexes.scalars()}
        return [file for file in self.files() if file.name not in left_out]

    def loot(self, fielded: Fielded) -> tuple[Loot, Prey]:
        """Everything the attacker can order or mark."""
        db.session().rollback()
        loot, prey = Loot(), prey_of(fielded)
        linkage.from_orders(
            loot,
            prey,
            printing=[fielded.mac(code) for code in fielded.printed],
            codes=[fielded.mac(code) for code in sorted(fielded.printed)],
        )
        with db.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            self._read_tables(loot, prey, connection)
        linkage.from_files(loot, prey, self.files(), rows_of_postgresql=self.cluster is not None)
        return loot, prey

    def _read_tables(self, loot: Loot, prey: Prey, connection: Connection) -> None:
        if self.cluster is None:
            linkage.from_sqlite_tables(loot, prey, connection)
            return
        connection.execute(text("CHECKPOINT"))
        linkage.from_postgresql_tables(loot, prey, connection)


def prey_of(fielded: Fielded) -> Prey:
    return Prey(frozenset(pair.mac for pair in fielded.pairs), frozenset(pair.id for pair in fielded.pairs))


def right(guess: linkage.Guess, fielded: Fielded) -> int:
    return sum(guess.get(pair.mac) == pair.id for pair in fielded.pairs)


def linked(machine: Machine, fielded: Fielded) -> dict[str, int]:
    """Channels that get more pairs right than luck explains, with how many."""
    loot, _prey = machine.loot(fielded)
    found = {name: right(guess, fielded) for name, guess in loot.attempts()}
    return {name: hits for name, hits in found.items() if hits > MOST_RIGHT}


def test_the_attacker_is_good_enough_to_link_nearly_everything_before_sealing_on_postgresql(machine, field):
    if machine.cluster is None:
        return
    fielded = field(pairs=200)

    channels = linked(machine, fielded)

    assert channels["spent_codes.xmin = responses.xmin"] == 200
    assert channels["spent_codes by ctid ~ responses by ctid"] == 200


def test_after_sealing_no_channel_links_more_pairs_than_luck(machine, field):
    first = field(1)
    first.seal()
    suspected = linked(machine, first)
    if not suspected:
        return

    # Of some hundred channels one is lucky now and then; a channel that links does it with other answers too.
    second = field(2)
    second.seal()

    assert without_numbers(suspected) & without_numbers(linked(machine, second)) == set()


def without_numbers(channels: dict[str, int]) -> set[str]:
    """Channels by their kind: files of PostgreSQL are called by numbers that change."""
    return {re.sub(r"\d{5,}", "file", name) for name in channels}


def test_after_sealing_codes_and_answers_stand_in_no_table_but_their_own(machine, field):
    fielded = field(pairs=60)
    fielded.seal()

    with db.database.engine.connect() as connection:
        assert linkage.tables_that_hold(connection, [pair.mac for pair in fielded.pairs]) == {
            "slips",
            "spent_codes",
        }
        assert linkage.tables_that_hold(connection, [pair.id for pair in fielded.pairs]) == {
            "sealed_responses"
        }
        assert linkage.tables_that_hold(connection, [pair.leaf for pair in fielded.pairs]) == {
            "sealed_responses"
        }


def test_after_sealing_the_files_hold_every_answer_once_and_every_spent_code_twice(machine, field):
    """What deleted rows leave behind would be a further copy, in the order in which answers came."""
    fielded = field(pairs=200)
    fielded.seal()

    contents = [file.read_bytes() for file in machine.table_files()]

    assert {sum(content.count(pair.id.encode()) for content in contents) for pair in fielded.pairs} == {1}
    # A code stands among the slips and among the spent.
    assert {sum(content.count(pair.mac) for content in contents) for pair in fielded.pairs} == {2}


@pytest.mark.parametrize(
    "acts",
    [(Fielded.annul,), (Fielded.annul, Fielded.seal), (Fielded.cancel,)],
    ids=["annulled", "annulled and sealed", "cancelled"],
)
def test_after_a_village_was_annulled_or_the_survey_cancelled_no_channel_links_answers_to_codes(
    machine, field, acts
):
    """Its rows keep no order, no transaction of their own, and no copy in the files, already before the seal."""
    pairs = 200
    suspected = []
    for number in (1, 2):
        fielded = field(number, pairs)
        for act in acts:
            act(fielded)
        suspected.append(without_numbers(linked(machine, fielded)))
        if not suspected[-1]:
            break
    contents = [file.read_bytes() for file in machine.table_files()]

    assert set.intersection(*suspected) == set()
    assert {sum(content.count(pair.id.encode()) for content in contents) for pair in fielded.pairs} == {1}


PROVINCIAL = {Role.PROVINCE, Role.FRONT_PROVINCE}
READERS = {*PROVINCIAL, Role.COMMUNE, Role.FRONT_COMMUNE, Role.VIEWER, Role.AUDITOR}
#: Who sees most, of each body and level; and who sees some of the same.
MOST = (Role.FRONT_PROVINCE, Role.FRONT_COMMUNE, Role.COMMUNE)
OTHERS = (*sorted(READERS - set(MOST)), Role.CLERK)
#: Pages that make a fresh secret for the person who looks, and say nothing of any survey.
OF_ONESELF = ("/can-bo/ma-xac-thuc",)


@pytest.mark.both_engines(long="postgresql")
@pytest.mark.parametrize(
    "officers", [MOST, pytest.param(OTHERS, marks=pytest.mark.long)], ids=["most", "others"]
)
def test_before_sealing_no_page_or_file_of_an_officer_depends_on_any_code_or_answer(
    app, field, sign_in, officers
):
    """Other codes and other answers, everything else the same: what officers see must not change by one byte."""
    fielded = field(pairs=30)
    for role in (*MOST, *OTHERS):
        sign_in(role, unit_of(role, fielded))  # the list of accounts is complete before anybody looks

    before = dict(everything_seen(app, sign_in, fielded, officers))
    exchange_codes_and_answers(fielded)
    after = dict(everything_seen(app, sign_in, fielded, officers))

    assert before.keys() == after.keys()
    # The audit log tells of every look at it, this one too; what it holds is searched below.
    compared = [where for where in before if not where[1].startswith("/can-bo/nhat-ky")]
    changed = {
        where: differences(before[where][1], after[where][1])
        for where in compared
        if _without_the_clock(before[where]) != _without_the_clock(after[where])
    }
    assert changed == {}
    assert {
        role for role, _address in before if before[role, f"/can-bo/dot/{fielded.survey.id}"][0] == 200
    } >= READERS & set(officers)
    secrets = [
        value
        for pair in fielded.pairs
        for value in (pair.code, pair.mac.hex(), pair.id, pair.leaf, pair.receipt)
    ]
    shown = "\n".join(body for _status, body in before.values())
    assert [secret for secret in secrets if secret in shown] == []


def _without_the_clock(seen: tuple[int, str]) -> tuple[int, str]:
    """Status and text without the minute at which a page says it was made, and the free space of the disk then."""
    return seen[0], re.sub(r"\d\d:\d\d \d\d/\d\d/\d{4}|\"free_bytes\":\d+", "", seen[1])


def unit_of(role: Role, fielded: Fielded) -> UnitView:
    return fielded.commune.province if role in PROVINCIAL else fielded.commune.unit


def differences(one: str, other: str) -> list[str]:
    """Lines that only one of two pages has."""
    return sorted(set(one.splitlines()) ^ set(other.splitlines()))


def exchange_codes_and_answers(fielded: Fielded) -> None:
    """Give every answer other content and another number, and spend other codes in their place."""
    with db.transaction() as current:
        for place, row in enumerate(current.query(Response).filter_by(survey_id=fielded.survey.id)):
            row.answers = dict.fromkeys(row.answers, "dissatisfied" if place % 2 else None)
            row.leaf = f"{place:064x}"
        for place, row in enumerate(current.query(SpentCode).filter_by(survey_id=fielded.survey.id)):
            row.code_mac = place.to_bytes(32)


def everything_seen(
    app: Flask, sign_in, fielded: Fielded, officers: tuple[Role, ...]
) -> Iterator[tuple[tuple[Role, str], tuple[int, str]]]:
    """What every address that can be read says to these officers, tokens that are fresh each time taken out."""
    values = {
        "survey_id": fielded.survey.id,
        "village": fielded.commune.villages["Phung"].code,
        "cover_token": fielded.survey.cover_token,
        "code": fielded.commune.unit.code,
        "size": "A4",
        "year": 2026,
    }
    addresses = sorted(set(readable(app, values)))
    for role in officers:
        visitor = sign_in(role, unit_of(role, fielded))
        for address in addresses:
            reply = visitor.get(address)
            yield (
                (role, address),
                (reply.status_code, FRESH.sub("", reply.text) if reply.mimetype in TEXTS else ""),
            )


#: Tokens and ids that are new on every page.
FRESH = re.compile(
    r'name="[\w-]*csrf_token"[^>]*value="[^"]+"|content="[\w.-]{60,}"|nonce="[^"]*"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'
    r'|name="(set_id|page)"[^>]* value="[0-9a-f]{32}"|ca-xa/[0-9a-f]{32}\.json'
)
#: Papers and pictures, whose text is not compared; they are made of the same queries as the pages.
DRAWN = (".pdf", ".png", ".svg", ".xlsx", ".zip")
TEXTS = ("text/html", "text/csv", "application/json")


def readable(app: Flask, values: dict[str, object]) -> Iterator[str]:
    """Addresses of all pages and files that these values fill."""
    for rule in app.url_map.iter_rules():
        needed = rule.arguments - (rule.defaults or {}).keys()
        if "GET" not in (rule.methods or set()) or not needed <= values.keys() or rule.endpoint == "static":
            continue
        with app.test_request_context():
            address = app.url_for(rule.endpoint, **{name: values[name] for name in needed})
        if not address.startswith(OF_ONESELF) and not address.endswith(DRAWN):
            yield address
