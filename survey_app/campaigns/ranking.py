"""The sealed surveys of a year with what asks to be compared, each among communes of its kind.

Knows no verdict: communes that are first have most to compare, and honest ones can be first.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from survey_app.campaigns import consultations
from survey_app.fieldwork.models import WITH_SEAL, Purpose, Survey
from survey_app.quality import paradata
from survey_app.quality.models import BackCheck
from survey_app.results import speaking
from survey_app.scoring import flags
from survey_app.scoring.flags import Flag, Limits
from survey_app.units.models import Unit
from survey_app.units.queries import UnitView


@dataclass(frozen=True, slots=True)
class RankedCommune:
    """A commune with something to compare; `place` counts from 1 within its kind."""

    place: int
    unit: UnitView
    survey_id: str
    #: Strongest first.
    flags: tuple[Flag, ...]

    @property
    def strongest(self) -> tuple[Flag, ...]:
        """The strongest flag of each different kind."""
        found: dict[str, Flag] = {}
        for flag in self.flags:
            found.setdefault(flag.key, flag)
        return tuple(found.values())

    @property
    def others(self) -> tuple[Flag, ...]:
        """The same flags elsewhere in the commune."""
        return tuple(flag for flag in self.flags if flag not in self.strongest)


@dataclass(frozen=True, slots=True)
class Quiet:
    """A sealed survey without any sign."""

    unit: UnitView
    survey_id: str


@dataclass(frozen=True, slots=True)
class KindRanking:
    """Communes of one kind, those with most to compare first; the quiet ones by name."""

    kind: str
    lines: tuple[RankedCommune, ...]
    quiet: tuple[Quiet, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """One year of a province, by kind of commune."""

    year: int
    kinds: tuple[KindRanking, ...]
    #: Names of communes and villages by unit code.
    names: Mapping[str, str]


def ranking(session: Session, province: UnitView, year: int) -> Ranking:
    """All sealed decision surveys that belong to the year. A fixed number of statements."""
    limits = Limits()
    gathered = paradata.gather(session, _sealed(session, province, year), limits)
    ranked = flags.ranked(gathered.consultations, limits)
    flagged = {one.survey for one in ranked}
    quiet = [
        Quiet(gathered.units[one.unit], one.survey)
        for one in gathered.consultations
        if one.survey not in flagged
    ]
    lines = [RankedCommune(one.place, gathered.units[one.unit], one.survey, one.flags) for one in ranked]
    kinds = sorted({one.kind for one in gathered.consultations})
    return Ranking(
        year=year,
        kinds=tuple(_of_kind(kind, lines, quiet) for kind in kinds),
        names=gathered.names,
    )


def not_called_back(session: Session, province: UnitView, year: int) -> int:
    """Sealed surveys that belong to the year and for which nobody drew the back-check sample yet."""
    drawn = exists().where(BackCheck.survey_id == Survey.id)
    rows = session.execute(
        select(Survey.closes_at, Survey.phones_closed_at)
        .join(Unit, Unit.id == Survey.unit_id)
        .where(
            Unit.path.startswith(province.path, autoescape=True),
            Survey.purpose == Purpose.DECISION,
            Survey.rehearsal.is_(False),
            Survey.state.in_(WITH_SEAL),
            ~drawn,
        )
        .order_by(Survey.id)
    )
    return sum(speaking.year_of(closes_at, closed_at) == year for closes_at, closed_at in rows)


def _sealed(session: Session, province: UnitView, year: int) -> list[str]:
    found = consultations.of_year(session, province.path, year, is_live=False)
    return [one.id for one in found if one.purpose is Purpose.DECISION and one.step.state in WITH_SEAL]


def _of_kind(kind: str, lines: Iterable[RankedCommune], quiet: Iterable[Quiet]) -> KindRanking:
    return KindRanking(
        kind=kind,
        lines=tuple(line for line in lines if line.unit.kind == kind),
        quiet=tuple(
            sorted(
                (one for one in quiet if one.unit.kind == kind),
                key=lambda one: (one.unit.name, one.survey_id),
            )
        ),
    )
