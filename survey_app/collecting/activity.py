"""When answers came, as counts of ten minutes: what signs of stuffing are looked for in.

A counter knows a village and ten minutes. It is counted in the transaction of the answer and shares no key with it;
at sealing the counters are rewritten with the answers, so that no transaction number joins them afterwards. Addresses
are not counted: where a provider puts a whole village behind one, they would point at honest people.
"""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app import db
from survey_app.collecting.models import ActivityCounter
from survey_app.config import VIETNAM
from survey_app.fieldwork.models import Channel
from survey_app.questions.instrument import Instrument
from survey_app.scoring.activity import TenMinutes

#: Nobody reads and answers an item in less (careless response: doi 10.1177/10944281211056520).
_PER_ITEM = timedelta(seconds=2)
_SLOT_SECONDS = 600
#: Doors whose answers arrive when they are given; paper and meetings are keyed in one sitting.
_BY_PHONE = (Channel.SELF_ONLINE, Channel.ASSISTED)


def count(
    session: Session,
    survey_id: str,
    unit_id: int,
    channel: Channel,
    *,
    is_fast: bool,
    now: datetime,
) -> None:
    """Count one answer in its ten minutes; nothing for paper and meetings."""
    if channel not in _BY_PHONE:
        return
    key = {"survey_id": survey_id, "unit_id": unit_id, "ten_minutes": _slot(now), "fast": is_fast}
    db.count_up(session, ActivityCounter, key, "answers")


def is_fast(instrument: Instrument, opened_at: datetime | None, now: datetime) -> bool:
    """Whether the form was sent below two seconds an item after it was opened, by the server's clock.

    An answer that never opened a form came from a program.
    """
    items = len(instrument.scored) + (1 if instrument.closing else 0)
    return opened_at is None or now - opened_at < items * _PER_ITEM


def slots(session: Session, survey_id: str) -> dict[int, tuple[TenMinutes, ...]]:
    """The ten-minute counts by village id, in civil time, oldest first."""
    rows = session.scalars(
        select(ActivityCounter)
        .where(ActivityCounter.survey_id == survey_id)
        .order_by(ActivityCounter.unit_id, ActivityCounter.ten_minutes, ActivityCounter.fast)
    )
    found: dict[int, dict[datetime, Counter[bool]]] = defaultdict(lambda: defaultdict(Counter))
    for row in rows:
        found[row.unit_id][row.ten_minutes.astimezone(VIETNAM)][row.fast] += row.answers
    return {
        unit_id: tuple(TenMinutes(start, counts.total(), counts[True]) for start, counts in counted.items())
        for unit_id, counted in found.items()
    }


def _slot(now: datetime) -> datetime:
    seconds = int(now.timestamp())
    return datetime.fromtimestamp(seconds - seconds % _SLOT_SECONDS, UTC)
