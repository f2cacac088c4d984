"""Paradata of networks: how many households' own phones of a village answered from one, outside announced meetings.

A network is the piece of addresses that a provider gives out together: IPv4 /24, IPv6 /48. There are only 16 million
of the first, so a digest of one could be turned back by trying all. Therefore a network falls into one of 64 groups,
by an HMAC under a key of this survey and village that is destroyed at sealing: without the key a group says nothing,
and with it each group stands for 260,000 networks. All groups of a village are one row, without a time; sealing keeps
the size of the largest alone. ADR 0012 says what remains.

A helper's phone and a clerk's screen are one network by their nature and are not counted.
"""

import hmac
from collections.abc import Iterable
from datetime import datetime
from functools import cache

from sqlalchemy import JSON, ColumnElement, FromClause, Integer, String, bindparam, cast, delete, func, select
from sqlalchemy.dialects.postgresql import JSONB, array
from sqlalchemy.orm import Session

from survey_app import addresses, db
from survey_app.collecting import paradata
from survey_app.collecting.models import NetworkCounter
from survey_app.fieldwork import meetings
from survey_app.fieldwork.models import IN_THE_FIELD, Survey
from survey_app.keys import KeyStore
from survey_app.scoring.paradata import Network

GROUPS = 64
_IPV4_BITS, _IPV6_BITS = 24, 48


def network_of(address: str | None) -> str | None:
    """The network of an address; None where there is none, as through a local socket."""
    return addresses.network(address, ipv4=_IPV4_BITS, ipv6=_IPV6_BITS)


def count(
    session: Session, survey_id: str, unit_id: int, network: str, *, keys: KeyStore, now: datetime
) -> None:
    """Count one answer of a household's own phone, unless an announced meeting is on in the village."""
    counted = values(survey_id, unit_id, network, keys=keys, now=now)
    session.connection().execute(_counting(session.get_bind().dialect.name), counted)


def values(
    survey_id: str, unit_id: int, network: str | None, *, keys: KeyStore, now: datetime
) -> dict[str, object]:
    """What `counting` is run with. An answer without a network belongs to no group and is not counted."""
    group = None if network is None else _group(keys, survey_id, unit_id, network)
    start = paradata.slot_start(now)
    first = [int(place == group) for place in range(GROUPS)]
    times = {"start": start, "end": start + paradata.SLOT}
    return {"survey": survey_id, "village": unit_id, "group": group, "first": first, **times}


def counting(dialect: str, *, beside: FromClause | None = None) -> db.Insert:
    """The statement that counts; with `beside`, once for each of its rows."""
    group = bindparam("group", type_=Integer)
    row = select(
        bindparam("survey", type_=String),
        bindparam("village", type_=Integer),
        bindparam("first", type_=JSON),
    ).where(~meetings.announced_between(), group.is_not(None))
    if beside is not None:
        row = row.select_from(beside)
    key = ("survey_id", "unit_id")
    added = db.dialect_insert(dialect, NetworkCounter).from_select([*key, "answers"], row)
    return added.on_conflict_do_update(index_elements=key, set_={"answers": _one_more(dialect, group)})


def largest(session: Session, survey_id: str) -> dict[int, Network]:
    """The size of the largest group beside all answers counted, by village id."""
    rows = session.scalars(
        select(NetworkCounter).where(NetworkCounter.survey_id == survey_id).order_by(NetworkCounter.unit_id)
    )
    return {row.unit_id: Network(max(row.answers), sum(row.answers)) for row in rows}


def forget(session: Session, survey_id: str) -> None:
    """Delete every group of the survey."""
    session.execute(delete(NetworkCounter).where(NetworkCounter.survey_id == survey_id))


def ended(session: Session, kept: Iterable[str]) -> tuple[str, ...]:
    """Surveys that run no more, of those with a key (`kept`) and of those with groups still stored."""
    counted = session.scalars(select(NetworkCounter.survey_id).distinct().order_by(NetworkCounter.survey_id))
    held = {*kept, *counted}
    running = session.scalars(select(Survey.id).where(Survey.id.in_(held), Survey.state.in_(IN_THE_FIELD)))
    return tuple(sorted(held.difference(running)))


@cache
def _counting(dialect: str) -> db.Insert:
    return counting(dialect)


def _one_more(dialect: str, group: ColumnElement[int]) -> ColumnElement[object]:
    """The stored groups with one more answer in `group`, in the words of this database."""
    groups, place = NetworkCounter.answers, cast(group, String)
    if dialect == "sqlite":
        path = "$[" + place + "]"
        return func.json_set(groups, path, func.json_extract(groups, path) + 1)
    more = cast(func.json_extract_path_text(groups, place), Integer) + 1
    return cast(func.jsonb_set(cast(groups, JSONB), array([place]), func.to_jsonb(more)), JSON)


def _group(keys: KeyStore, survey_id: str, unit_id: int, network: str) -> int:
    digest = hmac.digest(keys.network_key(survey_id), f"{unit_id}\0{network}".encode(), "sha256")
    return digest[0] % GROUPS
