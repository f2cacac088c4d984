"""A province's year for everybody: every commune with the survey that speaks for it, and their sums.

Tells no more than the public pages of the surveys: figures pass `scoring.disclosure` for the public, and a sum adds
what is shown and nothing else, so that no hidden commune follows from it. A fixed number of statements.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from survey_app.authoring import loading
from survey_app.fieldwork import calendar, names
from survey_app.fieldwork.models import IN_THE_FIELD, Purpose, State, Survey
from survey_app.names import plain
from survey_app.questions.instrument import Instrument, Text
from survey_app.results import added_up, speaking
from survey_app.results.speaking import SealedSurvey
from survey_app.results.wording import items_in_short
from survey_app.scoring import disclosure, rates
from survey_app.scoring.disclosure import Audience, DisclosedCommune
from survey_app.scoring.rates import Rate
from survey_app.sealing import tables
from survey_app.units import queries as units
from survey_app.units.models import Unit
from survey_app.units.queries import UnitView

#: Items that a line names: those with the fewest satisfied households.
LOWEST = 3


@dataclass(frozen=True, slots=True)
class LowItem:
    """One of the lowest items of a line, in the words that it says alone."""

    text: str
    rate: Rate


@dataclass(frozen=True, slots=True)
class CommuneLine:
    """One commune. Figures wait for the seal; before it there is the state alone, and None where nothing was asked."""

    unit: UnitView
    survey_id: str | None
    state: State | None
    shown: DisclosedCommune | None
    lowest: tuple[LowItem, ...] = ()

    @property
    def is_above_list(self) -> bool:
        """Whether more households answered than the list holds: an error to show, and nothing to add up."""
        return self.shown is not None and _is_above_list(self.shown)


@dataclass(frozen=True, slots=True)
class FormSum:
    """The signed results of one form added up, as far as their tables are shown to everybody."""

    title: Text
    version: int
    communes: int
    households: int
    answered: int
    valid: int
    invalid: int
    phone: int
    paper: int
    pooled: Rate | None
    closing: Rate | None
    #: The lowest first.
    items: tuple[LowItem, ...]

    @property
    def coverage(self) -> Rate | None:
        """Households that answered, of those asked in these communes."""
        return rates.rate(self.answered, self.households)

    @property
    def lowest(self) -> tuple[LowItem, ...]:
        """The first of the items."""
        return self.items[:LOWEST]


@dataclass(frozen=True, slots=True)
class YearList:
    """One year of one province. `lines` are its communes and wards in force, by name."""

    province: UnitView
    year: int
    #: Years that have anything to show, the newest first.
    years: tuple[int, ...]
    lines: tuple[CommuneLine, ...]
    #: Of communes; wards are outside the programme and in none of them.
    sums: tuple[FormSum, ...]
    #: Signed results of wards.
    outside_programme: int

    @property
    def with_result(self) -> tuple[CommuneLine, ...]:
        """Communes whose result is sealed."""
        return tuple(line for line in self.lines if line.shown is not None)

    def named(self, sought: str) -> tuple[CommuneLine, ...]:
        """Those of them in whose name the letters are, typed with marks or without; all of them for none."""
        letters = plain(sought)
        return tuple(line for line in self.with_result if letters in plain(line.unit.full_name))

    @property
    def running(self) -> tuple[CommuneLine, ...]:
        """Communes whose households are asked, or will be."""
        return tuple(line for line in self.lines if line.shown is None and line.state is not None)

    @property
    def not_asked(self) -> tuple[CommuneLine, ...]:
        """Communes without any survey of the year."""
        return tuple(line for line in self.lines if line.state is None)


def years(session: Session, province: UnitView) -> tuple[int, ...]:
    """The years of its published surveys, the newest first."""
    rows = session.scalars(_known(province).order_by(Survey.id))
    found = {speaking.year_of(row.closes_at, row.phones_closed_at) for row in rows}
    return tuple(sorted(found, reverse=True))


def of_year(session: Session, province: UnitView, year: int, now: datetime) -> YearList:
    """The list of one year; communes are those in force on its last day, or today."""
    day = units.day_of_year(year, units.civil(now))
    speaks = {unit: found[0] for unit, found in speaking.of_year(session, province.path, year).items()}
    running = _running(session, province, year)
    called = names.communes(session, [one.survey_id for one in speaks.values()])
    forms = {one.instrument_id: loading.loaded(session, one.instrument_id) for one in speaks.values()}
    lines = []
    communes = units.communes(session, province.path, day)
    for commune in communes:
        sealed = speaks.get(commune.id)
        if sealed is None:
            number, state = running.get(commune.id, (None, None))
            lines.append(CommuneLine(commune, number, state, None))
        else:
            unit = called.get(sealed.survey_id, commune)
            lines.append(_sealed(unit, sealed, forms[sealed.instrument_id]))
    found = added_up.of_year(session, province, year, speaks, {one.id for one in communes})
    outside_programme = sum(one.is_signed for one in found.outside_programme)
    sums = _sums(session, [one for one in found.surveys.values() if one.is_signed])
    return YearList(province, year, years(session, province), tuple(lines), sums, outside_programme)


def _known(province: UnitView) -> Select[Survey]:
    """What everybody may know of: published decision surveys that count."""
    return (
        select(Survey)
        .join(Unit, Unit.id == Survey.unit_id)
        .where(
            Unit.path.startswith(province.path, autoescape=True),
            Survey.purpose == Purpose.DECISION,
            Survey.rehearsal.is_(False),
            Survey.state.not_in((State.DRAFT, State.ANNULLED)),
        )
    )


def _running(session: Session, province: UnitView, year: int) -> Mapping[int, tuple[str, State]]:
    """Number and state of the newest survey of the year that is not sealed, by commune id."""
    rows = session.scalars(
        _known(province)
        .where(
            Survey.state.in_(IN_THE_FIELD),
            Survey.opens_at < calendar.opening(date(year + 1, 1, 1)),
            Survey.closes_at > calendar.opening(date(year, 1, 1)),
        )
        .order_by(Survey.opens_at, Survey.id)
    )
    return {
        row.unit_id: (row.id, State(row.state))
        for row in rows
        if speaking.year_of(row.closes_at, row.phones_closed_at) == year
    }


def _disclosed(sealed: SealedSurvey) -> DisclosedCommune:
    return disclosure.disclose(sealed.scorecard, (), audience=Audience.PUBLIC)


def _is_above_list(shown: DisclosedCommune) -> bool:
    return shown.answered > shown.households


def _sealed(unit: UnitView, sealed: SealedSurvey, form: Instrument) -> CommuneLine:
    shown = _disclosed(sealed)
    state = State.SIGNED if sealed.is_signed else State.SEALED
    items = ((item.key, item.satisfied) for item in shown.items)
    return CommuneLine(unit, sealed.survey_id, state, shown, _by_rate(form, items, shown.valid or 0)[:LOWEST])


def _sums(session: Session, signed: Iterable[SealedSurvey]) -> tuple[FormSum, ...]:
    """By form, in the order in which the forms were made."""
    by_form: defaultdict[int, list[DisclosedCommune]] = defaultdict(list)
    forms: dict[int, Instrument] = {}
    for sealed in signed:
        shown = _disclosed(sealed)
        if shown.hidden_because is None and not _is_above_list(shown):
            by_form[sealed.instrument_id].append(shown)
            forms[sealed.instrument_id] = loading.loaded(session, sealed.instrument_id)
    return tuple(_sum(forms[number], by_form[number]) for number in sorted(by_form))


def _sum(form: Instrument, parts: list[DisclosedCommune]) -> FormSum:
    valid = sum(part.valid or 0 for part in parts)
    satisfied: defaultdict[str, int] = defaultdict(int)
    for part in parts:
        for item in part.items:
            satisfied[item.key] += item.satisfied
    doors = [tables.doors(part.channels) for part in parts]
    closing = [part.closing_item.satisfied for part in parts if part.closing_item]
    return FormSum(
        title=form.title,
        version=form.version,
        communes=len(parts),
        households=sum(part.households for part in parts),
        answered=sum(part.answered for part in parts),
        valid=valid,
        invalid=sum(part.invalid or 0 for part in parts),
        phone=sum(phone for phone, _paper in doors),
        paper=sum(paper for _phone, paper in doors),
        pooled=rates.rate(sum(satisfied.values()), valid * len(satisfied)),
        closing=rates.rate(sum(closing), valid) if closing else None,
        items=_by_rate(form, satisfied.items(), valid),
    )


def _by_rate(form: Instrument, items: Iterable[tuple[str, int]], valid: int) -> tuple[LowItem, ...]:
    """The items, the lowest first, and as the form has them where they are equal."""
    found, words = [], items_in_short(form)
    for key, satisfied in items:
        rate = rates.rate(satisfied, valid)
        if rate is not None:
            found.append(LowItem(words.get(key, key), rate))
    return tuple(sorted(found, key=lambda one: one.rate.n))
