"""Spending a code, storing its answer and counting it as one statement of PostgreSQL.

There a round trip costs more than its work, and a village's counters are then locked for one of them instead of five.

Each part runs on what the part before it put in, so a code that cannot be spent stores nothing, and an answer that is
stored already counts nothing. The caller holds the survey, in a statement before this one: what was voided or annulled
until then is seen.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, bindparam, exists, literal, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from survey_app import db
from survey_app.collecting import networks
from survey_app.collecting.models import Response, SpentCode, TenMinuteCounter
from survey_app.db import Base
from survey_app.fieldwork.models import Channel, Medium, Progress

DIALECT = "postgresql"
_ROW = ("survey_id", "id", "unit_id", "channel", "version", "answers", "leaf")


def takes(session: Session, code_mac: bytes | None, channel: Channel) -> bool:
    """Whether an answer is taken so: with a household's code, by phone. Feedback and paper are counted otherwise."""
    is_household = code_mac is not None and channel.medium is Medium.PHONE
    return is_household and session.get_bind().dialect.name == DIALECT


def take(session: Session, spendable: Select[str, bytes], values: Mapping[str, object]) -> tuple[bool, bool]:
    """Whether the code could be spent, and whether its answer was new and is now stored and counted."""
    spent, stored = session.connection().execute(_statement(spendable), values).one()
    return spent, stored


@cache
def _statement(spendable: Select[str, bytes]) -> Select[bool, bool]:
    spent = db.insert_selected_if_new(DIALECT, SpentCode, spendable).cte("spent")
    answer = postgresql.insert(Response).from_select(_ROW, _bound(Response, _ROW, spent))
    stored = answer.on_conflict_do_nothing().returning(Response.id).cte("stored")
    # Progress first, as in every transaction that counts: nobody else counts for the village meanwhile.
    progress = _one_more(Progress, ("survey_id", "unit_id", "channel"), "answered", stored)
    counted = progress.returning(Progress.unit_id).cte("counted")
    key = ("survey_id", "unit_id", "ten_minutes", "fast")
    ten_minutes = _one_more(TenMinuteCounter, key, "answers", counted).cte("ten_minutes")
    network = networks.counting(DIALECT, beside=counted).cte("network")
    found = select(exists().select_from(spent), exists().select_from(stored))
    return found.add_cte(counted, ten_minutes, network)


def _one_more(model: type[Base], key: tuple[str, ...], counter: str, beside: CTE) -> db.Insert:
    one = postgresql.insert(model).from_select([*key, counter], _bound(model, key, beside, literal(1)))
    return db.count_up_on_conflict(one, key, counter)


def _bound(
    model: type[Base], names: Sequence[str], beside: CTE, *more: ColumnElement[int]
) -> Select[*tuple[Any, ...]]:
    """One row of bound values for each row of `beside`."""
    columns = model.__table__.c
    bound = [bindparam(name, type_=columns[name].type) for name in names]
    return select(*bound, *more).select_from(beside)
