"""What the database alone could do: the transaction of an answer as version 402b6fe sends it, run by pgbench.

`answer.sql` holds its statements. Sixteen clients answer for the same eight villages, as the phones do.
"""

import json
import re
import subprocess
from pathlib import Path

import psycopg

from bench import databases
from bench.clients import CLIENTS
from bench.versions import Side

VILLAGES = 8
_SLIPS, _SECONDS = 200_000, 2
#: Turns of one client that no run of this length reaches.
_TURNS = 2000


class Limit:
    """Slips enough for pgbench on the database of `side`, which nobody serves."""

    def __init__(self, side: Side) -> None:
        self._folder = side.url.partition("?host=")[2]
        self._runs = 0
        with psycopg.connect(f"host={self._folder} user=survey dbname=postgres") as connection:
            found = connection.execute(
                "SELECT unit_id, print_batch FROM slips GROUP BY 1, 2 ORDER BY 1"
            ).fetchall()
            first = found[0][0]
            if [unit for unit, _batch in found] != list(range(first, first + VILLAGES)):
                raise RuntimeError("the villages do not follow each other")
            connection.execute(
                "INSERT INTO slips (survey_id, code_mac, unit_id, print_batch) "
                "SELECT %(survey)s, decode(lpad(to_hex(n), 64, '0'), 'hex'), unit_id, print_batch "
                "FROM generate_series(1, %(slips)s) AS n "
                "JOIN (SELECT DISTINCT unit_id, print_batch FROM slips) AS villages "
                "ON unit_id = %(first)s + n %% 8",
                {"survey": side.survey, "slips": _SLIPS, "first": first},
            )
            connection.execute(
                "INSERT INTO network_counters (survey_id, unit_id, answers) "
                "SELECT %s, unit_id, %s::json FROM (SELECT DISTINCT unit_id FROM slips) AS villages",
                (side.survey, json.dumps([0] * 64)),
            )
        self._given = {
            "first": str(first),
            "survey": f"'{side.survey}'",
            "answers": f"'{json.dumps(dict.fromkeys(side.questions, 'satisfied'))}'",
            "groups": f"'{json.dumps([0] * 64)}'",
        }

    def transactions_per_second(self) -> float:
        """Of one run."""
        given = self._given | {"turn": str(1 + self._runs * _TURNS)}
        self._runs += 1
        script = Path(__file__).with_name("answer.sql").read_text(encoding="utf-8")
        for name in ("survey", "answers", "groups"):
            script = script.replace(f":{name}", given.pop(name))
        command = [
            databases.POSTGRES_BIN / "pgbench", "-h", self._folder, "-U", "survey", "-n", "-M", "prepared",
            "-c", str(CLIENTS), "-j", "2", "-T", str(_SECONDS), "-f", "-",
            *(f"-D{name}={value}" for name, value in given.items()), "postgres",
        ]  # fmt: skip
        done = subprocess.run(command, input=script, text=True, capture_output=True, check=True)
        found = re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)
        if found is None:
            raise RuntimeError(done.stdout)
        return float(found[1])
