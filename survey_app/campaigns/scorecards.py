"""The province's scorecard of a year: counts of the sealed surveys that speak, added up by form and by unit of today.

Adds counts and averages nothing. A survey of an earlier unit counts for the unit that it passed into; one of a unit
that was split counts in the total and in a line of its own, because nobody can say which of its answers went where.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.authoring import loading
from survey_app.authoring.models import InstrumentRecord
from survey_app.campaigns import outside
from survey_app.campaigns.outside import OutsideView
from survey_app.fieldwork import names
from survey_app.questions.instrument import Instrument, Text
from survey_app.results import added_up, speaking
from survey_app.results.added_up import AddedUp
from survey_app.results.speaking import SealedSurvey
from survey_app.scoring import disclosure, scorecards
from survey_app.scoring.disclosure import Audience
from survey_app.scoring.rates import Rate, rate
from survey_app.scoring.scorecards import Scorecard
from survey_app.units import queries as units
from survey_app.units.queries import UnitView


@dataclass(frozen=True, slots=True)
class Total:
    """Counts of all forms together; no rate of satisfaction, because forms ask different things."""

    surveys: int
    #: Of those, sealed and not signed by both bodies.
    unsigned: int
    households: int
    answered: int
    valid: int
    invalid: int
    channels: Mapping[str, int]
    #: Surveys left out for this reader, because too few of their slips are valid.
    left_out: int
    #: Surveys of wards, which are outside the programme and in none of the counts.
    outside_programme: int

    @property
    def coverage(self) -> Rate | None:
        """Households that answered of those asked."""
        return rate(self.answered, self.households)


@dataclass(frozen=True, slots=True)
class FormCard:
    """The sum over the surveys of one frozen form."""

    form: Instrument
    digest: str
    surveys: tuple[str, ...]
    unsigned: int
    card: Scorecard
    #: The same form's sum a year earlier, where its items are the same; None else.
    before: Scorecard | None = None

    @property
    def texts(self) -> Mapping[str, Text]:
        """The wording of each scored item."""
        return {question.key: question.text for question in self.form.scored}

    @property
    def lowest(self) -> tuple[tuple[str, Rate], ...]:
        """Items by rate, the lowest first; without those that nobody answered."""
        rates = [(key, found) for key, found in self.card.items.items() if found is not None]
        return tuple(sorted(rates, key=lambda one: (one[1].n * 10**6 // one[1].of, one[0])))


@dataclass(frozen=True, slots=True)
class UnitCard:
    """The sum of a unit in force, or of a unit that was split; `came_from` are the earlier units in it."""

    unit: UnitView
    card: Scorecard
    came_from: tuple[UnitView, ...]
    #: The units that a split one passed into; empty for a unit in force.
    split_into: tuple[UnitView, ...] = ()


@dataclass(frozen=True, slots=True)
class ProvinceCard:
    """A province and a year. Sums of `units` and of `forms` are those of `total`."""

    total: Total
    forms: tuple[FormCard, ...]
    units: tuple[UnitCard, ...]
    #: Consultations held on paper outside: beside the sums and in none of them.
    outside: tuple[OutsideView, ...]


def of_year(
    session: Session, province: UnitView, year: int, on: date, *, audience: Audience = Audience.EXACT
) -> ProvinceCard:
    """As `audience` may see it; `on` is the day whose units are listed."""
    in_force = {one.id: one for one in units.communes(session, province.path, on)}
    found = _added_up(session, province, year, in_force)
    sealed, left_out = _shown(found.surveys, audience)
    before, _left = _shown(_added_up(session, province, year - 1, in_force).surveys, audience)
    earlier = {one.form.key: one for one in _by_form(session, province.code, before.values())}
    forms = tuple(
        _beside(one, earlier.get(one.form.key)) for one in _by_form(session, province.code, sealed.values())
    )
    return ProvinceCard(
        _total(sealed.values(), left_out, len(found.outside_programme)),
        forms,
        _by_unit(session, sealed, found.passed_into, in_force),
        outside.of_year(session, province.path, year),
    )


def total_of_year(
    session: Session,
    province: UnitView,
    year: int,
    speaks: Mapping[int, SealedSurvey],
    in_force: Collection[int],
    audience: Audience,
) -> Total:
    """The total of `of_year` alone, for who has read already which surveys `speaks` below the province's path."""
    found = added_up.of_year(session, province, year, speaks, in_force)
    sealed, left_out = _shown(found.surveys, audience)
    return _total(sealed.values(), left_out, len(found.outside_programme))


def _added_up(session: Session, province: UnitView, year: int, in_force: Collection[int]) -> AddedUp:
    sealed = speaking.of_year(session, province.path, year)
    speaks = {unit_id: those[0] for unit_id, those in sealed.items()}
    return added_up.of_year(session, province, year, speaks, in_force)


def _total(sealed: Iterable[SealedSurvey], left_out: int, outside_programme: int) -> Total:
    found = list(sealed)
    channels: defaultdict[str, int] = defaultdict(int)
    for one in found:
        for channel, count in one.scorecard.channels.items():
            channels[channel] += count
    tallies = [one.scorecard.tally for one in found]
    return Total(
        surveys=len(found),
        unsigned=sum(not one.is_signed for one in found),
        households=sum(one.scorecard.households for one in found),
        answered=sum(one.answered for one in tallies),
        valid=sum(one.valid for one in tallies),
        invalid=sum(one.invalid for one in tallies),
        channels=dict(channels),
        left_out=left_out,
        outside_programme=outside_programme,
    )


def _shown(sealed: Mapping[int, SealedSurvey], audience: Audience) -> tuple[Mapping[int, SealedSurvey], int]:
    """Without those whose table this reader may not see: a sum less the others would tell it."""
    kept = {
        unit_id: one
        for unit_id, one in sealed.items()
        if disclosure.disclose(one.scorecard, (), audience=audience).hidden_because is None
    }
    return kept, len(sealed) - len(kept)


def _by_form(session: Session, unit: str, sealed: Iterable[SealedSurvey]) -> tuple[FormCard, ...]:
    groups: defaultdict[int, list[SealedSurvey]] = defaultdict(list)
    for one in sealed:
        groups[one.instrument_id].append(one)
    rows = session.execute(
        select(InstrumentRecord.id, InstrumentRecord.digest)
        .where(InstrumentRecord.id.in_(groups))
        .order_by(InstrumentRecord.key, InstrumentRecord.version, InstrumentRecord.id)
    )
    return tuple(
        FormCard(
            form=loading.known(session, row.id, row.digest),
            digest=row.digest or "",
            surveys=tuple(sorted(one.survey_id for one in groups[row.id])),
            unsigned=sum(not one.is_signed for one in groups[row.id]),
            card=scorecards.roll_up(unit, (one.scorecard for one in groups[row.id])),
        )
        for row in rows
    )


def _beside(one: FormCard, before: FormCard | None) -> FormCard:
    """With the year before, where the same items were asked in the same words."""
    if before is None or _items(one.form) != _items(before.form):
        return one
    return FormCard(one.form, one.digest, one.surveys, one.unsigned, one.card, before.card)


def _items(form: Instrument) -> list[tuple[str, object]]:
    return [(question.key, dict(question.text)) for question in form.scored]


def _by_unit(
    session: Session,
    sealed: Mapping[int, SealedSurvey],
    passed_into: Mapping[int, frozenset[int]],
    in_force: Mapping[int, UnitView],
) -> tuple[UnitCard, ...]:
    cards: defaultdict[int, list[Scorecard]] = defaultdict(list)
    came_from: defaultdict[int, list[UnitView]] = defaultdict(list)
    split: list[UnitCard] = []
    places = units.units(session, sealed)
    printed = names.communes(session, [one.survey_id for one in sealed.values()])
    for unit_id, one in sealed.items():
        ends = passed_into[unit_id]
        place = printed.get(one.survey_id, places[unit_id])
        if len(ends) == 1:
            [end] = ends
            cards[end].append(one.scorecard)
            if end != unit_id:
                came_from[end].append(place)
        else:
            into = tuple(sorted((in_force[end] for end in ends), key=lambda view: view.in_order))
            split.append(UnitCard(place, one.scorecard, (), into))
    found = [
        UnitCard(
            in_force[unit_id], scorecards.roll_up(in_force[unit_id].code, those), tuple(came_from[unit_id])
        )
        for unit_id, those in cards.items()
    ]
    return (
        *sorted(found, key=lambda one: one.unit.in_order),
        *sorted(split, key=lambda one: one.unit.in_order),
    )
