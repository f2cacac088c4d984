"""What screens, papers and other rooms read of surveys: facts and batches of slips."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from http import HTTPStatus
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Text, bindparam, cast, func, literal, select
from sqlalchemy.orm import Session

from survey_app.access import Identity, Role
from survey_app.authoring import confirmation, loading
from survey_app.authoring.models import InstrumentRecord
from survey_app.authoring.uses import Use
from survey_app.criteria.frameworks import NEVER_MEETING_INDICATOR
from survey_app.errors import DomainError
from survey_app.fieldwork import calendar, names, notice_counts
from survey_app.fieldwork.contact import has_number
from survey_app.fieldwork.models import (
    PUBLIC,
    TAKING_ANSWERS,
    PrintBatch,
    Purpose,
    SealedUnit,
    State,
    Survey,
)
from survey_app.fieldwork.notice_counts import NoticeDocument
from survey_app.i18n import gettext as _
from survey_app.keys import KeyMissing, KeyStore
from survey_app.questions.instrument import Instrument
from survey_app.rulebooks.pins import Pin
from survey_app.scoring import keying
from survey_app.units import queries as units
from survey_app.units.models import Unit
from survey_app.units.queries import UnitView


class SurveyNotFound(DomainError):
    code = "khong-co-dot"
    status = HTTPStatus.NOT_FOUND

    def __init__(self) -> None:
        super().__init__(_("There is no such survey, or it does not belong to your unit."))


@dataclass(frozen=True, slots=True)
class SurveyView:
    """A survey as everybody may know it; `unit` is its commune."""

    id: str
    unit: UnitView
    instrument_id: int
    instrument: Instrument
    purpose: Purpose
    rehearsal: bool
    state: State
    plan_number: str
    plan_date: date | None
    aim: str
    contact: str
    opens_at: datetime
    closes_at: datetime
    counting_ends_at: datetime | None
    phones_closed_at: datetime | None
    link: str | None
    cover_token: str
    #: Whether the Front had confirmed the scored wording at publishing; if not, every page and paper says so.
    confirmed: bool
    published_at: datetime | None
    annulled_reason: str | None
    revision: int
    #: Whether the key of its slips was destroyed on purpose.
    key_destroyed: bool
    #: What tells the pepper of its slips from any other; None before it is made.
    pepper_mark: str | None
    #: Roles that published it in place of the commune's own bodies; every paper says so.
    stand_ins: tuple[Role, ...]
    #: The rule book it was published under; None while it is a draft.
    rulebook: Pin | None
    #: Share of households that the Front's plan strives for, in per cent.
    goal_percent: int | None
    #: Whether every paper slip is keyed by two persons.
    keyed_twice: bool
    #: Where the open link of a feedback survey hangs; "" for the whole commune.
    place: str
    #: The document by which notices of villages give counts; None where they show bands, and while it is a draft.
    notices: NoticeDocument | None
    #: What recognition the commune aims at, by its key; "" where nobody said.
    level: str

    @property
    def is_outside_programme(self) -> bool:
        """Whether its unit can meet no indicator: then every page and paper says that the form is a sample for it."""
        return self.unit.kind in NEVER_MEETING_INDICATOR

    @property
    def whom_to_call(self) -> str:
        """The contact where somebody can be called, or ""."""
        return self.contact if has_number(self.contact) else ""

    @property
    def first_day(self) -> date:
        """The civil day on which phones open."""
        return units.civil(self.opens_at)

    @property
    def last_day(self) -> date:
        """The last civil day on which phones are open."""
        return calendar.last_day(self.closes_at)

    @property
    def last_day_of_phones(self) -> date:
        """The civil day on which phones closed, where they have: earlier than announced where it was ended at once."""
        if self.phones_closed_at is None or self.phones_closed_at >= self.closes_at:
            return self.last_day
        return units.civil(self.phones_closed_at)

    @property
    def on_paper_only(self) -> bool:
        """Whether the phones are closed while slips can still be answered on paper."""
        return self.state is State.COUNTING

    @property
    def last_day_of_slips(self) -> date:
        """The last civil day of phones, or of keying where slips are answered on paper only."""
        if self.on_paper_only and self.counting_ends_at is not None:
            return calendar.last_day(self.counting_ends_at)
        return self.last_day

    @property
    def keyed_again_one_in(self) -> int:
        """One paper slip in how many is keyed by a second person."""
        return 1 if self.keyed_twice else keying.ONE_IN

    @property
    def takes_paper(self) -> bool:
        """Whether paper slips may be keyed now."""
        return self.purpose is Purpose.DECISION and self.state in TAKING_ANSWERS


@dataclass(frozen=True, slots=True)
class BatchView:
    """Slips of a village made in one download."""

    id: int
    unit_id: int
    slips: int
    made_at: datetime
    voided_at: datetime | None


#: Columns of a `SurveyView` that are taken as they are.
_FACTS = (
    Survey.instrument_id, Survey.purpose, Survey.rehearsal, Survey.state, Survey.plan_number, Survey.plan_date,
    Survey.aim, Survey.contact, Survey.opens_at, Survey.closes_at, Survey.counting_ends_at,
    Survey.phones_closed_at, Survey.link, Survey.cover_token, Survey.confirmed, Survey.published_at,
    Survey.stand_ins, Survey.annulled_reason, Survey.revision, Survey.pepper_destroyed_at, Survey.pepper_mark,
    Survey.rulebook_key, Survey.rulebook_version, Survey.rulebook_digest, Survey.rulebook_chosen,
    Survey.goal_percent, Survey.keyed_twice, Survey.place, Survey.notice_number, Survey.notice_dated,
    Survey.notice_body, Survey.level.label("aimed_level"),
)  # fmt: skip
#: Surveys as this process has read them, by all the facts they were made of.
_remembered: dict[str, SurveyView] = {}
_MOST_REMEMBERED = 500


def survey(session: Session, survey_id: str) -> SurveyView:
    """The survey of that number. Raises SurveyNotFound."""
    row = session.execute(_by_number(), {"number": survey_id}).first()
    if row is None:
        raise SurveyNotFound
    return view(session, row)


def scoped_survey(session: Session, survey_id: str, identity: Identity) -> SurveyView:
    """The survey if it lies in the person's subtree. Raises SurveyNotFound, also when it belongs to somebody else."""
    mine = Unit.path.startswith(identity.unit_path, autoescape=True)
    row = session.execute(_surveys().where(Survey.id == survey_id, mine)).first()
    if row is None:
        raise SurveyNotFound
    return view(session, row)


def survey_of_cover(session: Session, cover_token: str) -> SurveyView:
    """The survey whose bundle covers carry that random path. Raises SurveyNotFound."""
    row = session.execute(_surveys().where(Survey.cover_token == cover_token)).first()
    if row is None:
        raise SurveyNotFound
    return view(session, row)


def surveys_under(session: Session, unit_path: str) -> tuple[SurveyView, ...]:
    """Every survey of the subtree, newest first."""
    mine = Unit.path.startswith(unit_path, autoescape=True)
    rows = session.execute(_surveys().where(mine).order_by(Survey.opens_at.desc(), Survey.id.desc()))
    return tuple(view(session, row) for row in rows)


def has_any(session: Session, unit_path: str) -> bool:
    """Whether the subtree ever had a survey, drafts and rehearsals included."""
    mine = select(Survey.id).join(Unit, Unit.id == Survey.unit_id)
    return (
        session.scalar(select(mine.where(Unit.path.startswith(unit_path, autoescape=True)).exists())) or False
    )


def subjects_under(unit_path: str) -> Select[str]:
    """Every survey of the subtree as the audit log names it."""
    mine = Unit.path.startswith(unit_path, autoescape=True)
    return select(literal("survey:") + Survey.id).join(Unit, Unit.id == Survey.unit_id).where(mine)


def use_of_instrument(session: Session, instrument_id: int) -> Use:
    """How far surveys have come with this form, or with the Front's confirmation of its scored wording."""
    rows = session.execute(
        select(Survey.instrument_id, Survey.published_at.is_not(None), Survey.confirmed)
        .distinct()
        .order_by(Survey.instrument_id)
    ).all()
    if any(published for form, published, _confirmed in rows if form == instrument_id):
        return Use.PUBLISHED
    relying = [form for form, published, confirmed in rows if published and confirmed]
    same = select(InstrumentRecord.id).where(InstrumentRecord.id.in_(relying))
    if relying and confirmation.same_as_any(session, instrument_id, same):
        return Use.PUBLISHED
    return Use.PLANNED if any(form == instrument_id for form, _published, _confirmed in rows) else Use.NONE


def batches(session: Session, survey_id: str) -> tuple[BatchView, ...]:
    """Every batch of slips, oldest first."""
    rows = session.scalars(
        select(PrintBatch).where(PrintBatch.survey_id == survey_id).order_by(PrintBatch.id)
    )
    return tuple(BatchView(row.id, row.unit_id, row.slips, row.made_at, row.voided_at) for row in rows)


def live_slips(found: Iterable[BatchView], unit_id: int) -> int:
    """Slips of the village in batches that were not voided."""
    return sum(batch.slips for batch in found if batch.unit_id == unit_id and batch.voided_at is None)


def surveys_without_pepper(session: Session, keys: KeyStore) -> tuple[str, ...]:
    """Numbers of decision surveys whose pepper is missing though nobody destroyed it: a fault of the installation."""
    found = session.execute(
        select(Survey.id, Survey.pepper_mark)
        .where(
            Survey.purpose == Purpose.DECISION,
            Survey.state.in_(PUBLIC),
            Survey.pepper_destroyed_at.is_(None),
        )
        .order_by(Survey.id)
    )
    return tuple(row.id for row in found if not _has_pepper(keys, row.id, row.pepper_mark))


def _has_pepper(keys: KeyStore, survey_id: str, mark: str | None) -> bool:
    try:
        keys.pepper(survey_id, mark)
    except KeyMissing:
        return False
    return True


# Columns and not entities: an entity takes three times as long to load, and nobody here changes one.
def _surveys() -> Select[*tuple[Any, ...]]:
    return (
        select(*units.COLUMNS, Survey.id.label("survey_id"), *_FACTS, InstrumentRecord.digest, *names.COLUMNS)
        .join_from(Survey, Unit, Unit.id == Survey.unit_id)
        .outerjoin(SealedUnit, names.of(Survey.id))
        .join(InstrumentRecord, InstrumentRecord.id == Survey.instrument_id)
    )


@cache
def _by_number() -> Select[*tuple[Any, ...]]:
    return _surveys().where(Survey.id == bindparam("number"))


@cache
def facts(dialect: str) -> Select[str]:
    """All that one survey's view is made of as one text, for statements that read more beside it; see `remembered`.

    `number` is bound when it runs.
    """
    return _by_number().with_only_columns(_facts_as_text(dialect))


@cache
def _with_facts(dialect: str) -> Select[*tuple[Any, ...]]:
    return _by_number().add_columns(_facts_as_text(dialect))


def _facts_as_text(dialect: str) -> ColumnElement[str]:
    as_list = {"postgresql": func.json_build_array, "sqlite": func.json_array}[dialect]
    return cast(as_list(*_by_number().selected_columns), Text).label("facts")


def remembered(session: Session, survey_id: str, known_facts: str) -> SurveyView:
    """The survey whose `facts` read so, from memory when they have read so before.

    Forty columns cost more to fetch than one text, which tells whether any of them has changed.
    """
    found = _remembered.get(known_facts)
    if found is not None:
        return found
    row = session.execute(_with_facts(session.get_bind().dialect.name), {"number": survey_id}).one()
    found = view(session, row)
    if row.digest is not None:  # a frozen form, which never changes
        if len(_remembered) >= _MOST_REMEMBERED:
            _remembered.clear()
        _remembered[row.facts] = found
    return found


def view(session: Session, row: Row[*tuple[Any, ...]]) -> SurveyView:
    """The survey of a row that begins with the columns of `_surveys`."""
    return SurveyView(
        id=row.survey_id,
        unit=names.called(UnitView(*row[: len(units.COLUMNS)]), row),
        instrument_id=row.instrument_id,
        instrument=loading.known(session, row.instrument_id, row.digest),
        purpose=Purpose(row.purpose),
        rehearsal=row.rehearsal,
        state=State(row.state),
        plan_number=row.plan_number,
        plan_date=row.plan_date,
        aim=row.aim,
        contact=row.contact,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        counting_ends_at=row.counting_ends_at,
        phones_closed_at=row.phones_closed_at,
        link=row.link,
        cover_token=row.cover_token,
        confirmed=row.confirmed,
        published_at=row.published_at,
        stand_ins=tuple(Role(role) for role in row.stand_ins.split(",") if role),
        annulled_reason=row.annulled_reason,
        revision=row.revision,
        key_destroyed=row.pepper_destroyed_at is not None,
        pepper_mark=row.pepper_mark,
        rulebook=pin_of(row),
        goal_percent=row.goal_percent,
        keyed_twice=row.keyed_twice,
        place=row.place,
        notices=notice_counts.pinned(row),
        level=row.aimed_level,
    )


def pin_of(row: Row[*tuple[Any, ...]] | Survey) -> Pin | None:
    """The rule book that a survey's row pins."""
    if row.rulebook_key is None:
        return None
    return Pin(
        row.rulebook_key, row.rulebook_version or 0, row.rulebook_digest or "", bool(row.rulebook_chosen)
    )
