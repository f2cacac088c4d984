"""Paradata: when answers came, as counts of ten minutes, in which speeders and bursts are looked for.

A counter knows a village and ten minutes. It is counted in the transaction of the answer and shares no key with it;
at sealing the counters are rewritten with the answers, so that no transaction number joins them afterwards. Of networks
it knows nothing; see `networks`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app import db
from survey_app.collecting.models import TenMinuteCounter
from survey_app.config import VIETNAM
from survey_app.fieldwork.models import Channel, Medium
from survey_app.questions.instrument import Instrument
from survey_app.scoring.paradata import TenMinutes

#: Nobody reads and answers an item in less (careless response: doi 10.1177/10944281211056520).
_PER_ITEM = timedelta(seconds=2)
SLOT = timedelta(minutes=10)


def count(
    session: Session,
    survey_id: str,
    unit_id: int,
    channel: Channel,
    *,
    is_fast: bool,
    now: datetime,
) -> None:
    """Count one answer in its ten minutes; nothing for paper, which is keyed in one sitting."""
    if channel.medium is Medium.PAPER:
        return
    key = {"survey_id": survey_id, "unit_id": unit_id, "ten_minutes": slot_start(now), "fast": is_fast}
    db.count_up(session, TenMinuteCounter, key, "answers")


def is_fast(instrument: Instrument, opened_at: datetime | None, now: datetime) -> bool:
    """Whether the form was sent below two seconds an item after it was opened, by the server's clock.

    An answer that never opened a form came from a program. A form opened after now was opened under a clock that has
    since been put back: how long it took is not known.
    """
    items = len(instrument.scored) + (1 if instrument.closing else 0)
    return opened_at is None or timedelta() <= now - opened_at < items * _PER_ITEM


def slots(session: Session, survey_ids: Iterable[str]) -> dict[tuple[str, int], tuple[TenMinutes, ...]]:
    """The ten-minute counts of these surveys by survey and village id, in civil time, oldest first."""
    key = (TenMinuteCounter.survey_id, TenMinuteCounter.unit_id, TenMinuteCounter.ten_minutes)
    rows = session.execute(
        select(*key, TenMinuteCounter.fast, TenMinuteCounter.answers)
        .where(TenMinuteCounter.survey_id.in_(tuple(survey_ids)))
        .order_by(*key, TenMinuteCounter.fast)
    )
    found: dict[tuple[str, int], dict[datetime, Counter[bool]]] = defaultdict(lambda: defaultdict(Counter))
    for survey_id, unit_id, start, fast, answers in rows:
        found[survey_id, unit_id][start][fast] += answers
    return {
        village: tuple(
            TenMinutes(start.astimezone(VIETNAM), counts.total(), counts[True])
            for start, counts in counted.items()
        )
        for village, counted in found.items()
    }


def slot_start(now: datetime) -> datetime:
    """The first moment of the ten minutes."""
    seconds = int(now.timestamp())
    return datetime.fromtimestamp(seconds - seconds % int(SLOT.total_seconds()), UTC)
