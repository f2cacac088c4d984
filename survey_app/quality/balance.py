"""Where the slips of a village are: printed = used + returned + spoilt + still out, one line a village.

What was used is counted; what was returned or spoilt is what the Front entered of the receipt list, and slips of
batches voided here. What nobody entered is not guessed: the line says that it is missing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from survey_app.collecting.models import SpentCode
from survey_app.fieldwork import frames, rounds
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.models import PrintBatch, SlipRow
from survey_app.fieldwork.queries import BatchView
from survey_app.i18n import gettext as _
from survey_app.sealing.models import ReceiptList
from survey_app.templating import number
from survey_app.units.queries import UnitView


@dataclass(frozen=True, slots=True)
class SlipBalance:
    """Slips of one village. Those of batches that were voided are spoilt, but for the ones used before."""

    village: UnitView
    printed: int
    used: int
    voided: int
    #: As entered of the receipt list; none where it was not entered.
    returned: int | None
    spoilt: int | None

    @property
    def out(self) -> int:
        """Slips that no count has; below 0 where more are accounted for than were printed."""
        return self.printed - self.used - self.voided - (self.returned or 0) - (self.spoilt or 0)

    @property
    def sentence(self) -> str:
        """The balance in one line."""
        spoilt = self.voided + (self.spoilt or 0)
        counts = {
            "printed": number(self.printed), "used": number(self.used), "spoilt": number(spoilt),
            "returned": number(self.returned or 0), "out": number(self.out), "more": number(-self.out),
        }  # fmt: skip
        if self.returned is None:
            said = _(
                "Printed %(printed)s = used %(used)s + void %(spoilt)s + rest %(out)s; returned and spoilt slips have "
                "not been entered.",
                **counts,
            )
        elif self.out < 0:
            said = _(
                "Printed %(printed)s, but used %(used)s + returned %(returned)s + spoilt or void %(spoilt)s are "
                "%(more)s more: to be compared.",
                **counts,
            )
        else:
            said = _(
                "Printed %(printed)s = used %(used)s + returned %(returned)s + spoilt or void %(spoilt)s + still out "
                "%(out)s",
                **counts,
            )
        return str(said)


def balances(session: Session, survey_id: str, used: Mapping[int, int]) -> tuple[SlipBalance, ...]:
    """The balance of every village in the order of the frame; `used`: households counted, by village id."""
    frame, made = frames.frame(session, survey_id), surveys.batches(session, survey_id)
    lists = {
        row.unit_id: row
        for row in session.scalars(select(ReceiptList).where(ReceiptList.survey_id == survey_id))
    }
    spent = _spent_before_voided(session, survey_id)
    annulments = rounds.annulments(session, survey_id)
    found = []
    for line in frame:
        own = [batch for batch in made if batch.unit_id == line.unit.id]
        ended = max((row.annulled_at for row in rounds.of_village(annulments, line.unit.id)), default=None)
        entered = lists.get(line.unit.id)
        balance = SlipBalance(
            village=line.unit,
            printed=sum(batch.slips for batch in own),
            used=used.get(line.unit.id, 0),
            voided=sum(_unused(batch, spent, ended) for batch in _voided(own)),
            returned=None if entered is None else entered.returned,
            spoilt=None if entered is None else entered.voided,
        )
        found.append(balance)
    return tuple(found)


def _voided(batches: Iterable[BatchView]) -> list[BatchView]:
    return [batch for batch in batches if batch.voided_at is not None]


def _unused(batch: BatchView, spent: Mapping[int, int], ended: datetime | None) -> int:
    """Slips of a voided batch that answered nothing that counts: all of them where its time of asking was ended."""
    of_before = ended is not None and batch.voided_at is not None and batch.voided_at <= ended
    return batch.slips - (0 if of_before else spent.get(batch.id, 0))


def _spent_before_voided(session: Session, survey_id: str) -> dict[int, int]:
    """How many slips of each voided batch had answered; nothing can be added to it any more."""
    of_batch = and_(PrintBatch.survey_id == SlipRow.survey_id, PrintBatch.id == SlipRow.print_batch)
    used = and_(SpentCode.survey_id == SlipRow.survey_id, SpentCode.code_mac == SlipRow.code_mac)
    rows = session.execute(
        select(SlipRow.print_batch, func.count().label("slips"))
        .join(PrintBatch, of_batch)
        .join(SpentCode, used)
        .where(SlipRow.survey_id == survey_id, PrintBatch.voided_at.is_not(None))
        .group_by(SlipRow.print_batch)
        .order_by(SlipRow.print_batch)
    )
    return {row.print_batch: row.slips for row in rows}
