"""A house of the version that PYTHONPATH leads to, kept standing until the bench has measured it.

Run by path (`python -P bench/standing.py DATABASE VILLAGES HOUSEHOLDS`), so that `bench.house` and the product are of
that version while this file is of ours. Tells what there is in one line of JSON; asked by a line, how many answers are
stored.
"""

import json
import sys
from datetime import UTC, datetime

from sqlalchemy import text

from bench import house as houses
from survey_app import db

#: By the table, which both versions have; where its query stands differs.
_STORED = text("SELECT coalesce(sum(answered), 0) FROM progress WHERE survey_id = :survey")


def main(database: str, villages: int, households: int) -> None:
    """Build, tell, wait, count."""
    now = datetime.now(UTC)
    with houses.house(database, now) as house:
        asked = houses.commune(now)
        number, printed = houses.survey(
            house, asked, villages=villages, households=households, opens=now, days=9
        )
        # By turns from every village, as households come.
        codes = [code for turn in range(households) for code in printed[turn::households]]
        _tell({
            "instance": str(house.instance), "url": house.database.url, "process": house.database.process,
            "survey": number, "codes": codes, "questions": [one.key for one in houses.instrument().scored],
        })  # fmt: skip
        sys.stdin.readline()
        db.session().rollback()
        _tell({"stored": db.session().scalar(_STORED, {"survey": number})})


def _tell(words: dict[str, object]) -> None:
    print(json.dumps(words), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
