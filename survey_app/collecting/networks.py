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

from sqlalchemy import ColumnElement, Insert, Select, Update, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from survey_app import addresses
from survey_app.collecting import paradata
from survey_app.collecting.models import NetworkCounter
from survey_app.fieldwork import meetings
from survey_app.fieldwork.models import State, Survey
from survey_app.keys import KeyStore
from survey_app.scoring.paradata import Network

GROUPS = 64
_IPV4_BITS, _IPV6_BITS = 24, 48
_RUNNING = (State.PUBLISHED, State.OPEN, State.COUNTING)


def network_of(address: str | None) -> str | None:
    """The network of an address; None where there is none, as through a local socket."""
    return addresses.network(address, ipv4=_IPV4_BITS, ipv6=_IPV6_BITS)


def count(
    session: Session, survey_id: str, unit_id: int, network: str, *, keys: KeyStore, now: datetime
) -> None:
    """Count one answer of a household's own phone, unless an announced meeting is on in the village.

    The caller has counted the village's progress in this transaction, so nobody else counts here meanwhile.
    """
    start = paradata.slot_start(now)
    village, connection = {"survey": survey_id, "village": unit_id}, session.connection()
    times = {"start": start, "end": start + paradata.SLOT}
    meeting, stored = connection.execute(_meeting_and_stored(), {**village, **times}).one()
    if meeting:
        return
    answers = list(stored or [0] * GROUPS)
    answers[_group(keys, survey_id, unit_id, network)] += 1
    connection.execute(_first() if stored is None else _further(), {**village, "counted": answers})


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
    running = session.scalars(select(Survey.id).where(Survey.id.in_(held), Survey.state.in_(_RUNNING)))
    return tuple(sorted(held.difference(running)))


# Statements of the respondents' path are built once.
@cache
def _meeting_and_stored() -> Select[bool, list[int] | None]:
    stored = select(NetworkCounter.answers).where(*_village()).scalar_subquery()
    return select(meetings.announced_between(), stored)


@cache
def _first() -> Insert:
    return insert(NetworkCounter).values(
        survey_id=bindparam("survey"), unit_id=bindparam("village"), answers=bindparam("counted")
    )


@cache
def _further() -> Update:
    return update(NetworkCounter).where(*_village()).values(answers=bindparam("counted"))


def _village() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    # Not the names of the columns: an UPDATE keeps those for what it sets.
    return NetworkCounter.survey_id == bindparam("survey"), NetworkCounter.unit_id == bindparam("village")


def _group(keys: KeyStore, survey_id: str, unit_id: int, network: str) -> int:
    digest = hmac.digest(keys.network_key(survey_id), f"{unit_id}\0{network}".encode(), "sha256")
    return digest[0] % GROUPS
