"""Which surveys a province's sums of a year are made of: the one choice that board, scorecard and public list share.

Those that speak for a unit of the province or for one that passed into it whole; without earlier units whose successor
has asked its households itself, and without wards, which give a sample and meet no indicator.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from survey_app.results import speaking
from survey_app.results.speaking import SealedSurvey
from survey_app.units import queries as units
from survey_app.units.queries import UnitView

#: Of one part only: the unit was split.
_SPLIT = "part"


@dataclass(frozen=True, slots=True)
class AddedUp:
    """The surveys of one year, each by the id of the unit that was asked."""

    surveys: Mapping[int, SealedSurvey]
    #: Surveys of wards, which are shown beside the sums and are in none of them.
    outside_programme: tuple[SealedSurvey, ...]
    #: What each of the units asked is today: itself, one, or several for one that was split.
    passed_into: Mapping[int, frozenset[int]]


def of_year(
    session: Session,
    province: UnitView,
    year: int,
    speaks: Mapping[int, SealedSurvey],
    in_force: Collection[int],
) -> AddedUp:
    """`speaks` are those that speak below the province's own path, `in_force` the ids of its communes of today."""
    found = dict(speaks)
    earlier = units.predecessors(session, province.id)
    for path in dict.fromkeys(one.unit.path for one in earlier if one.how != _SPLIT):
        found |= {unit_id: those[0] for unit_id, those in speaking.of_year(session, path, year).items()}
    asked = {unit_id: one for unit_id, one in found.items() if not one.is_outside_programme}
    ends = {unit_id: _passed_into(session, unit_id, in_force) for unit_id in asked}
    return AddedUp(
        _newest(asked, ends), tuple(one for one in found.values() if one.is_outside_programme), ends
    )


def _newest(
    sealed: Mapping[int, SealedSurvey], ends: Mapping[int, frozenset[int]]
) -> Mapping[int, SealedSurvey]:
    """Without earlier units whose successor has asked its households itself in that year: then that survey speaks."""
    asked_again = {unit_id for unit_id in sealed if ends[unit_id] == {unit_id}}
    return {
        unit_id: one
        for unit_id, one in sealed.items()
        if unit_id in asked_again or len(ends[unit_id]) != 1 or ends[unit_id].isdisjoint(asked_again)
    }


def _passed_into(session: Session, unit_id: int, in_force: Collection[int]) -> frozenset[int]:
    """The units in force that a unit has become; none where that is unrecorded."""
    if unit_id in in_force:
        return frozenset({unit_id})
    ends: set[int] = set()
    for passage in units.successors(session, unit_id):
        ends |= _passed_into(session, passage.unit.id, in_force)
    return frozenset(ends)
