"""Paradata of sealed surveys, gathered for the flags of `scoring.flags`: what was counted along the way, by village.

A fixed number of statements, however many surveys there are. Counts of villages are exact: for the Front, the province
and the auditor.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.collecting import paradata
from survey_app.config import VIETNAM
from survey_app.fieldwork import meetings, names
from survey_app.fieldwork.meetings import MeetingView
from survey_app.fieldwork.models import Channel, FrameRow, SealedUnit, Survey
from survey_app.quality import sealed_paradata
from survey_app.quality.sealed_paradata import SealedParadata
from survey_app.scoring import flags, tallies
from survey_app.scoring.flags import Limits
from survey_app.scoring.paradata import (
    ChannelCounts,
    Mode,
    Receipts,
    SurveyParadata,
    TenMinutes,
    VillageParadata,
    Window,
)
from survey_app.sealing.models import ReceiptList, TallyRow
from survey_app.units import queries as units
from survey_app.units.models import Unit
from survey_app.units.queries import UnitView

#: A survey and a village of it.
_Village = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Gathered:
    """The consultations, in the order asked for, and every unit in them by its code."""

    consultations: tuple[SurveyParadata, ...]
    units: Mapping[str, UnitView]

    @property
    def names(self) -> Mapping[str, str]:
        """Names of the communes and their villages by unit code."""
        return {code: unit.full_name for code, unit in self.units.items()}


@dataclass(frozen=True, slots=True)
class _Tables:
    """Everything that was read, before it is put together."""

    communes: Mapping[str, UnitView]
    villages: Mapping[str, Sequence[tuple[UnitView, int]]]
    doors: Mapping[_Village, Mapping[Mode, ChannelCounts]]
    receipts: Mapping[_Village, Receipts]
    slots: Mapping[_Village, tuple[TenMinutes, ...]]
    meetings: Mapping[str, tuple[MeetingView, ...]]
    sealed: Mapping[str, SealedParadata]
    #: The middle of the largest networks in villages of such communes, by kind.
    usual_networks: Mapping[str, int]

    def consultation(self, survey_id: str) -> SurveyParadata:
        commune, kept = self.communes[survey_id], self.sealed.get(survey_id)
        return SurveyParadata(
            unit=commune.code,
            kind=commune.kind,
            villages=tuple(
                self._village(survey_id, village, households, kept)
                for village, households in self.villages[survey_id]
            ),
            survey=survey_id,
            texts=kept.texts if kept else None,
            usual_network=self.usual_networks.get(commune.kind, 0),
        )

    def _village(
        self, survey_id: str, village: UnitView, households: int, kept: SealedParadata | None
    ) -> VillageParadata:
        key = (survey_id, village.id)
        doors = self.doors.get(key, {})
        return VillageParadata(
            unit=village.code,
            households=households,
            answered=sum(door.answers for door in doors.values()),
            satisfied=sum(door.satisfied for door in doors.values()),
            of=sum(door.of for door in doors.values()),
            receipts=self.receipts.get(key),
            channels=doors,
            slots=self.slots.get(key, ()),
            # Before paradata were kept nobody could announce a meeting, so a crowd says nothing.
            meetings=self._announced(survey_id, village.id) if kept else None,
            network=kept.networks.get(village.id) if kept else None,
            sameness=kept.sameness.get(village.id) if kept else None,
        )

    def _announced(self, survey_id: str, village_id: int) -> tuple[Window, ...]:
        return tuple(
            Window(meeting.starts_at.astimezone(VIETNAM), meeting.ends_at.astimezone(VIETNAM))
            for meeting in self.meetings.get(survey_id, ())
            if meeting.unit_id == village_id and meeting.is_announced
        )


def gather(session: Session, survey_ids: Iterable[str], limits: Limits) -> Gathered:
    """These sealed decision surveys, which all lie in one province. A number nobody sealed is left out."""
    wanted = tuple(survey_ids)
    communes = _communes(session, wanted)
    tables = _Tables(
        communes=communes,
        villages=_villages(session, wanted),
        doors=_doors(session, wanted),
        receipts=_receipts(session, wanted),
        slots=paradata.slots(session, wanted),
        meetings=meetings.meetings_of(session, wanted),
        sealed=sealed_paradata.kept_of(session, wanted),
        usual_networks=_usual_networks(session, communes.values(), limits),
    )
    asked = [village for lines in tables.villages.values() for village, _households in lines]
    return Gathered(
        consultations=tuple(tables.consultation(survey_id) for survey_id in wanted if survey_id in communes),
        units={unit.code: unit for unit in (*communes.values(), *asked)},
    )


def receipts_of(row: ReceiptList) -> Receipts:
    """The totals of a list; a spoilt slip came back as one that was returned did."""
    return Receipts(row.issued, row.ticked, row.returned + row.voided)


def _communes(session: Session, wanted: tuple[str, ...]) -> dict[str, UnitView]:
    rows = session.execute(
        select(Survey.id, Unit, *names.COLUMNS)
        .join(Unit, Unit.id == Survey.unit_id)
        .outerjoin(SealedUnit, names.of(Survey.id))
        .where(Survey.id.in_(wanted))
        .order_by(Survey.id)
    )
    return {row.id: names.called(units.view(row.Unit), row) for row in rows}


def _villages(session: Session, wanted: tuple[str, ...]) -> dict[str, list[tuple[UnitView, int]]]:
    rows = session.execute(
        select(FrameRow.survey_id, FrameRow.households, Unit, *names.COLUMNS)
        .join(Unit, Unit.id == FrameRow.unit_id)
        .outerjoin(SealedUnit, names.of(FrameRow.survey_id))
        .where(FrameRow.survey_id.in_(wanted))
        .order_by(FrameRow.survey_id, Unit.id)
    )
    found: dict[str, list[tuple[UnitView, int]]] = defaultdict(list)
    for row in rows:
        found[row.survey_id].append((names.called(units.view(row.Unit), row), row.households))
    return {survey: sorted(asked, key=lambda one: one[0].in_order) for survey, asked in found.items()}


def _doors(session: Session, wanted: tuple[str, ...]) -> dict[_Village, dict[Mode, ChannelCounts]]:
    key = (TallyRow.survey_id, TallyRow.unit_id, TallyRow.channel)
    found: dict[_Village, dict[Mode, ChannelCounts]] = defaultdict(dict)
    for survey_id, unit_id, channel, document in session.execute(
        select(*key, TallyRow.tally).where(TallyRow.survey_id.in_(wanted)).order_by(*key)
    ):
        tally = tallies.load(document)
        door = ChannelCounts(tally.answered, tally.satisfied, tally.valid * len(tally.items))
        doors, mode = found[survey_id, unit_id], Channel(channel).mode
        doors[mode] = doors[mode] + door if mode in doors else door
    return found


def _receipts(session: Session, wanted: tuple[str, ...]) -> dict[_Village, Receipts]:
    rows = session.scalars(
        select(ReceiptList)
        .where(ReceiptList.survey_id.in_(wanted))
        .order_by(ReceiptList.survey_id, ReceiptList.unit_id)
    )
    return {(row.survey_id, row.unit_id): receipts_of(row) for row in rows}


def _usual_networks(session: Session, communes: Iterable[UnitView], limits: Limits) -> dict[str, int]:
    province = next((commune.path.rsplit("/", 2)[0] + "/" for commune in communes), None)
    if province is None:
        return {}
    counted = sealed_paradata.networks_by_kind(session, province)
    return {kind: flags.usual_network(networks, limits) for kind, networks in counted.items()}
