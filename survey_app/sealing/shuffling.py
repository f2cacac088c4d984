"""Moving rows so that neither their order nor their transaction leads back to the moment an answer came."""

from collections.abc import Sequence
from random import SystemRandom
from typing import cast

from sqlalchemy import ColumnElement, Table, delete, func, insert, select
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
    if session.get_bind().dialect.name == "postgresql":
        return _move_there(session, taken, given, mine)
    rows = [dict(row) for row in session.execute(select(taken).where(*mine)).mappings()]
    SystemRandom().shuffle(rows)
    session.execute(delete(taken).where(*mine))
    if rows:
        session.execute(insert(given), rows)
    return len(rows)


def _move_there(session: Session, taken: Table, given: Table, mine: Sequence[ColumnElement[bool]]) -> int:
    """The same without fetching the rows: all are taken out before the first, by a strong random key, goes in."""
    gone = delete(taken).where(*mine).returning(*taken.c).cte("gone")
    shuffled = select(*gone.c).order_by(func.gen_random_uuid())
    moving = insert(given).from_select(list(taken.c.keys()), shuffled)
    moved: int = session.execute(moving.execution_options(preserve_rowcount=True)).rowcount  # type: ignore[attr-defined]  # an insert has one
    return moved
