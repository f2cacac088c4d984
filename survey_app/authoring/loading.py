"""The instrument itself, as forms are drawn and answers read from it.

Frozen versions never change, so each process reads them once.
"""

from functools import cache

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from survey_app.authoring.models import InstrumentRecord
from survey_app.authoring.refusals import InstrumentNotFound
from survey_app.questions import document
from survey_app.questions.instrument import Instrument

#: Frozen versions by digest, as this process has read them. A digest covers the whole document, so none
#: goes stale.
_frozen: dict[str, Instrument] = {}
_MOST_KEPT = 500


def loaded(session: Session, instrument_id: int) -> Instrument:
    """The instrument itself, from memory when it is frozen: what the respondent's form is drawn from.

    Raises InstrumentNotFound, and InvalidInstrument for a draft with problems.
    """
    row = session.execute(_digest(), {"number": instrument_id}).one_or_none()
    if row is None:
        raise InstrumentNotFound
    return known(session, instrument_id, row.digest)


def known(session: Session, instrument_id: int, digest: str | None) -> Instrument:
    """The same for the one who has read its digest already; the database is asked once in each process."""
    return _frozen.get(digest or "") or _load(session, instrument_id, digest)


@cache
def _digest() -> Select[str | None]:
    return select(InstrumentRecord.digest).where(InstrumentRecord.id == bindparam("number"))


def _load(session: Session, instrument_id: int, digest: str | None) -> Instrument:
    stored = session.scalars(
        select(InstrumentRecord.document).where(InstrumentRecord.id == instrument_id)
    ).one()
    found = document.load(stored)
    if digest is not None:
        if len(_frozen) >= _MOST_KEPT:
            _frozen.clear()
        _frozen[digest] = found
    return found
