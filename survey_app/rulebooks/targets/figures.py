"""Figures that units report of a target in a year: with evidence, accepted or sent back; the newest accepted counts.

What the office in charge enters itself is accepted with that. A figure is never changed: a further one is reported.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app import audit
from survey_app.criteria import targets as rules
from survey_app.criteria.targets import Figure, PlanTarget
from survey_app.errors import DomainError
from survey_app.i18n import gettext as _
from survey_app.rulebooks.models import TargetFigure
from survey_app.units import operations as registering

REPORTED = "rulebooks.target_figure"
DECIDED = "rulebooks.target_decided"


class FigureState(StrEnum):
    """What became of a figure."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    SENT_BACK = "sent_back"


class WrongFigure(DomainError):
    """The figure cannot be; `word` is of `criteria.rules.problems`."""

    code = "so-lieu-sai"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, word: str) -> None:
        super().__init__(problem_text(word))
        self.word = word


class FigureWithoutEvidence(DomainError):
    """A figure that nobody can look up."""

    code = "thieu-minh-chung"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__(_("Give an address, number and date of a document, or a file."))


class FigureDecided(DomainError):
    """What was decided on is not what waits."""

    code = "so-lieu-da-xu-ly"

    def __init__(self) -> None:
        super().__init__(
            _(
                "Somebody decided on this, or the unit entered another figure, after you opened the page. Look again."
            )
        )


class FigureSentBackBare(DomainError):
    """A figure was sent back without saying why."""

    code = "thieu-ly-do-tra-lai"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__(_("Say what the unit has to change."))


@dataclass(frozen=True, slots=True)
class FigureView:
    """One figure on record."""

    unit_id: int
    number: int
    figure: Figure
    evidence: str
    #: SHA-256 of the file given with it, or None.
    digest: str | None
    reported_at: datetime
    state: FigureState
    reason: str


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """What one unit reported of a target in a year."""

    #: The one that counts; None while none was accepted.
    counts: FigureView | None
    #: The newest one, whatever became of it.
    newest: FigureView

    @property
    def waits(self) -> FigureView | None:
        """The newest one while it waits to be accepted."""
        return self.newest if self.newest.state is FigureState.WAITING else None


def of_years(
    session: Session, unit_ids: Collection[int], years: Collection[int]
) -> Mapping[tuple[str, int], Mapping[int, UnitFigures]]:
    """By target and year, what each of the units reported, by its id; one statement."""
    rows = session.scalars(
        select(TargetFigure)
        .where(TargetFigure.unit_id.in_(list(unit_ids)), TargetFigure.year.in_(list(years)))
        .order_by(TargetFigure.key, TargetFigure.year, TargetFigure.unit_id, TargetFigure.number)
    )
    found: dict[tuple[str, int], dict[int, UnitFigures]] = {}
    for row in rows:
        view, units = _view(row), found.setdefault((row.key, row.year), {})
        before = units[row.unit_id].counts if row.unit_id in units else None
        units[row.unit_id] = UnitFigures(view if view.state is FigureState.ACCEPTED else before, view)
    return found


def of_unit(session: Session, key: str, unit_id: int, year: int) -> UnitFigures | None:
    """What the unit reported of one target in one year."""
    return of_years(session, [unit_id], [year]).get((key, year), {}).get(unit_id)


def file_of(session: Session, key: str, unit_id: int, year: int, number: int) -> str | None:
    """The digest of the file that was given with a figure; None where there is no such figure or file."""
    row = session.get(TargetFigure, (key, unit_id, year, number))
    return row.digest if row else None


def report(
    session: Session,
    target: PlanTarget,
    unit_id: int,
    year: int,
    figure: Figure,
    *,
    evidence: str,
    digest: str | None,
    is_accepted: bool,
    seen: int | None = None,
    actor: str,
    now: datetime,
) -> int:
    """Put a figure on record; its number. What is there already and says the same gets no further one.

    `seen` is the number of the newest one that the person saw, 0 for none. Raises WrongFigure, FigureWithoutEvidence
    and, where another one was reported meanwhile, FigureDecided.
    """
    for word in rules.problems(target.kind, figure):
        raise WrongFigure(word)
    if not evidence.strip() and digest is None:
        raise FigureWithoutEvidence
    registering.hold(session, [unit_id])
    before = of_unit(session, target.key, unit_id, year)
    if seen is not None and seen != (before.newest.number if before else 0):
        raise FigureDecided
    state = FigureState.ACCEPTED if is_accepted else FigureState.WAITING
    if before and (before.newest.figure, before.newest.evidence, before.newest.digest, before.newest.state) == (
        figure, evidence, digest, state,
    ):  # fmt: skip
        return before.newest.number
    number = before.newest.number + 1 if before else 1
    session.add(
        TargetFigure(
            key=target.key,
            unit_id=unit_id,
            year=year,
            number=number,
            n=figure.n,
            whole=figure.of,
            evidence=evidence,
            digest=digest,
            entered_by=actor,
            entered_at=now,
            decision=state.value if is_accepted else None,
            reason="",
            decided_by=actor if is_accepted else None,
            decided_at=now if is_accepted else None,
        )
    )
    said = audit.changes(
        {"n": before.newest.figure.n, "of": before.newest.figure.of} if before else {},
        {"n": figure.n, "of": figure.of},
    )
    audit.record(
        session,
        actor,
        REPORTED,
        f"unit:{unit_id}",
        at=now,
        target=target.key,
        year=year,
        evidence=evidence,
        file=digest or "",
        accepted=is_accepted,
        **said,
    )
    return number


def decide(
    session: Session,
    key: str,
    unit_id: int,
    year: int,
    *,
    number: int,
    is_accepted: bool,
    reason: str,
    actor: str,
    now: datetime,
) -> None:
    """Accept the figure of that number, or send it back. Raises FigureDecided and FigureSentBackBare."""
    registering.hold(session, [unit_id])
    found = of_unit(session, key, unit_id, year)
    if found is None or found.waits is None or found.newest.number != number:
        raise FigureDecided
    if not is_accepted and not reason.strip():
        raise FigureSentBackBare
    row = session.get_one(TargetFigure, (key, unit_id, year, number))
    row.decision = (FigureState.ACCEPTED if is_accepted else FigureState.SENT_BACK).value
    row.reason, row.decided_by, row.decided_at = reason, actor, now
    audit.record(
        session,
        actor,
        DECIDED,
        f"unit:{unit_id}",
        at=now,
        target=key,
        year=year,
        decision=row.decision,
        reason=reason,
    )


def counting(given: Iterable[UnitFigures]) -> tuple[Figure, ...]:
    """The figures that count."""
    return tuple(one.counts.figure for one in given if one.counts)


def problem_text(word: str) -> str:
    """What is wrong with a figure."""
    return {
        "negative": _("A figure is not below 0."),
        "no_whole": _("Say of how many, too."),
        "more_than_whole": _("It is more than the whole."),
        "neither_yes_nor_no": _("Say yes or no."),
        "computed": _("This target is computed from consultations; no figure is entered for it."),
    }[word]


def _view(row: TargetFigure) -> FigureView:
    return FigureView(
        row.unit_id,
        row.number,
        Figure(row.n, row.whole),
        row.evidence,
        row.digest,
        row.entered_at,
        FigureState(row.decision) if row.decision else FigureState.WAITING,
        row.reason,
    )
