"""Batches of slips: fresh codes for a village, as many as it may have, and batches made worthless.

A code is stored as its digest only. Who gets which slip is known to nobody.
"""

import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from survey_app import audit
from survey_app.fieldwork import codes, rounds
from survey_app.fieldwork.models import (
    BEFORE_THE_END,
    IN_THE_FIELD,
    FrameRow,
    PrintBatch,
    Purpose,
    SlipRow,
    State,
)
from survey_app.fieldwork.operations import hold, require_state
from survey_app.fieldwork.queries import SurveyNotFound
from survey_app.fieldwork.refusals import NotReplaced, TooManySlips
from survey_app.i18n import gettext as _
from survey_app.keys import KeyStore


@dataclass(frozen=True, slots=True)
class Slips:
    """A fresh batch: its codes as printed, shuffled, known nowhere else."""

    batch_id: int
    unit_id: int
    codes: tuple[str, ...]


def make_slips(
    session: Session,
    survey_id: str,
    unit_id: int,
    count: int,
    *,
    spare_percent: int,
    actor: str,
    now: datetime,
    keys: KeyStore,
) -> Slips:
    """A new batch of slips for a village. The caller commits before the first byte of the file is sent.

    Raises WrongState before publishing or after the phones closed, TooManySlips beyond households and spares. A
    village that is asked again may have slips after the phones closed, to answer on paper.
    """
    survey = hold(session, survey_id)
    require_state(survey, *making_states(session, survey_id, unit_id))
    line = session.get(FrameRow, (survey_id, unit_id))
    if line is None or survey.purpose != Purpose.DECISION:
        raise SurveyNotFound
    left = slips_lacking(session, survey_id, unit_id, spare_percent)
    if not 0 < count <= left:
        raise TooManySlips(
            _(
                "At most %(left)s more slips can be made for this village: one for each household, and spares. "
                "Void a batch that was lost before making a new one.",
                left=left,
            )
        )
    newest = session.scalar(select(func.max(PrintBatch.id)).where(PrintBatch.survey_id == survey_id)) or 0
    batch = PrintBatch(
        survey_id=survey_id, id=newest + 1, unit_id=unit_id, slips=count, made_by=actor, made_at=now
    )
    session.add(batch)
    printed = _fresh_codes(session, survey_id, count, keys.pepper(survey_id, survey.pepper_mark))
    session.flush()  # the batch goes in before its slips
    _store(session, batch, printed)
    audit.record(
        session, actor, "fieldwork.slips", f"survey:{survey_id}", at=now,
        unit=unit_id, batch=batch.id, slips=count,
    )  # fmt: skip
    return Slips(batch.id, unit_id, _shuffled(printed.values()))


def void_batch(
    session: Session, survey_id: str, batch_id: int, *, reason: str, actor: str, now: datetime
) -> None:
    """Make the unspent codes of a batch worthless. What was answered with it stays answered."""
    survey = hold(session, survey_id)
    require_state(survey, *IN_THE_FIELD)
    batch = session.get(PrintBatch, (survey_id, batch_id))
    if batch is None or batch.voided_at is not None:
        raise SurveyNotFound
    batch.voided_at = now
    batch.void_reason = reason
    audit.record(
        session, actor, "fieldwork.void_batch", f"survey:{survey_id}", at=now, batch=batch_id, reason=reason
    )


def replace_slips(
    session: Session,
    survey_id: str,
    macs: Collection[bytes],
    *,
    spare_percent: int,
    actor: str,
    now: datetime,
    keys: KeyStore,
) -> Slips:
    """New slips for spoilt ones of one village, whose codes become worthless. The caller knows that none was used.

    The spoilt ones become a voided batch of their own, so every count of batches holds. Raises NotReplaced for slips of
    several villages or none, of a voided batch or of another survey, and what `make_slips` raises.
    """
    survey = hold(session, survey_id)
    require_state(survey, *BEFORE_THE_END)
    spoilt = (SlipRow.survey_id == survey_id, SlipRow.code_mac.in_(list(macs)))
    counted = session.execute(
        select(SlipRow.print_batch, func.count())
        .where(*spoilt)
        .group_by(SlipRow.print_batch)
        .order_by(SlipRow.print_batch)
    ).all()
    held = [(session.get_one(PrintBatch, (survey_id, batch)), count) for batch, count in counted]
    villages = {batch.unit_id for batch, _count in held if batch.voided_at is None}
    if sum(count for _batch, count in held) != len(macs) or any(batch.voided_at for batch, _count in held):
        raise NotReplaced(
            _("Nothing was made: one of these codes is unknown in this survey or void already.")
        )
    if len(villages) != 1:
        raise NotReplaced(
            _(
                "Nothing was made: these slips are of several villages. Please replace them village by village."
            )
        )
    unit_id = villages.pop()
    _set_aside(session, survey_id, macs, held, actor, now)
    audit.record(
        session, actor, "fieldwork.replace_slips", f"survey:{survey_id}", at=now,
        unit=unit_id, slips=len(macs),
    )  # fmt: skip
    session.flush()  # what counts as live is asked next
    return make_slips(
        session, survey_id, unit_id, len(macs), spare_percent=spare_percent, actor=actor, now=now, keys=keys
    )


def making_states(session: Session, survey_id: str, unit_id: int) -> tuple[State, ...]:
    """States of the survey in which slips can be made for the village."""
    again = rounds.is_asked_again(session, survey_id, unit_id)
    return IN_THE_FIELD if again else BEFORE_THE_END


def most_slips(households: int, spare_percent: int) -> int:
    """Live slips a village may have: one for each household, and the spares, rounded up."""
    return households + -(-households * spare_percent // 100)


def slips_lacking(session: Session, survey_id: str, unit_id: int, spare_percent: int) -> int:
    """How many more live slips the village may have."""
    line = session.get_one(FrameRow, (survey_id, unit_id))
    return max(most_slips(line.households, spare_percent) - _live_slips(session, survey_id, unit_id), 0)


def _set_aside(
    session: Session,
    survey_id: str,
    macs: Collection[bytes],
    held: Iterable[tuple[PrintBatch, int]],
    actor: str,
    now: datetime,
) -> None:
    """Void batches of which every slip is spoilt; spoilt ones of others go into a voided batch of their own."""
    reason, rest = _("Spoilt in printing, replaced by new slips"), dict[PrintBatch, int]()
    for batch, count in held:
        if batch.slips == count:
            batch.voided_at, batch.void_reason = now, reason
        else:
            batch.slips -= count
            rest[batch] = count
    if not rest:
        return
    newest = session.scalar(select(func.max(PrintBatch.id)).where(PrintBatch.survey_id == survey_id)) or 0
    aside = PrintBatch(
        survey_id=survey_id, id=newest + 1, unit_id=next(iter(rest)).unit_id, slips=sum(rest.values()),
        made_by=actor, made_at=now, voided_at=now, void_reason=reason,
    )  # fmt: skip
    session.add(aside)
    session.flush()  # the batch goes in before its slips
    moved = (SlipRow.survey_id == survey_id, SlipRow.code_mac.in_(list(macs)))
    ours = SlipRow.print_batch.in_([batch.id for batch in rest])
    session.execute(update(SlipRow).where(*moved, ours).values(print_batch=aside.id))


def _store(session: Session, batch: PrintBatch, macs: Iterable[bytes]) -> None:
    """The slips of a batch in the order of their digests, which tells nothing of the order on paper."""
    session.execute(
        insert(SlipRow),
        [
            {"survey_id": batch.survey_id, "code_mac": mac, "unit_id": batch.unit_id, "print_batch": batch.id}
            for mac in sorted(macs)
        ],
    )


def _live_slips(session: Session, survey_id: str, unit_id: int) -> int:
    live = select(func.sum(PrintBatch.slips)).where(
        PrintBatch.survey_id == survey_id, PrintBatch.unit_id == unit_id, PrintBatch.voided_at.is_(None)
    )
    return session.scalar(live) or 0


def _fresh_codes(session: Session, survey_id: str, count: int, pepper: bytes) -> dict[bytes, str]:
    """Codes by their digests, none of which any slip of the survey has.

    Of 10^11 codes two of 5,000 are alike in one survey of 8,000; storing one twice would refuse the whole batch.
    """
    taken = set(session.scalars(select(SlipRow.code_mac).where(SlipRow.survey_id == survey_id)))
    drawn: dict[bytes, str] = {}
    while len(drawn) < count:
        code = codes.new_code(survey_id)
        mac = codes.mac(pepper, survey_id, codes.normalise(code))
        if mac not in taken:
            drawn[mac] = code
    return drawn


def _shuffled(printed: Iterable[str]) -> tuple[str, ...]:
    """In an order that tells nothing."""
    shuffled = list(printed)
    secrets.SystemRandom().shuffle(shuffled)
    return tuple(shuffled)
