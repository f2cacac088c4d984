"""Moving rows so that neither their order nor their transaction leads back to the moment an answer came."""

from random import SystemRandom
from typing import cast

from sqlalchemy import Table, delete, insert, select
from sqlalchemy.orm import Session

from survey_app.db import Base


def move(
    session: Session, source: type[Base], target: type[Base], survey_id: str, unit_id: int | None = None
) -> int:
    """Take the survey's rows, or those of one unit, out of one table and write them to another; how many.

    The new rows carry one transaction number and a random order of their own. Source and target have the same
    columns; they may be one table, which is then rewritten.
    """
    taken, given = cast(Table, source.__table__), cast(Table, target.__table__)
    mine = [taken.c.survey_id == survey_id]
    if unit_id is not None:
        mine.append(taken.c.unit_id == unit_id)
    rows = [dict(row) for row in session.execute(select(taken).where(*mine)).mappings()]
    SystemRandom().shuffle(rows)
    session.execute(delete(taken).where(*mine))
    if rows:
        session.execute(insert(given), rows)
    return len(rows)
