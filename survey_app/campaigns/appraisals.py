"""The appraisal of a signed result by the Front of the province: accepted, or sent back with what has to change.

Rows are added and never changed, so the history is what happened. Nothing of the result changes by it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus

from sqlalchemy import Select, Subquery, func, select
from sqlalchemy.orm import Session

from survey_app import audit
from survey_app.access import Identity
from survey_app.accounts import queries as accounts
from survey_app.campaigns import appraisal_points
from survey_app.campaigns.appraisal_points import AppraisalPoint
from survey_app.campaigns.models import Appraisal
from survey_app.errors import DomainError
from survey_app.fieldwork import operations as fieldwork
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.models import Purpose, State, Survey
from survey_app.i18n import gettext as _
from survey_app.results import speaking
from survey_app.units.models import Unit

APPRAISED = "campaigns.appraise"
ANSWERED = "campaigns.answer_appraisal"


class Said(StrEnum):
    """What was said of a result: by the province, and by the commune that answers."""

    ACCEPTED = "accepted"
    CHANGES = "changes"
    ANSWERED = "answered"


class NotToAppraise(DomainError):
    """Only a result that both bodies have signed is appraised."""

    code = "chua-the-tham-dinh"

    def __init__(self) -> None:
        super().__init__(_("Only a decision survey that both bodies have signed is appraised."))


class AppraisedMeanwhile(DomainError):
    """What was decided on is not what is on record: somebody else decided, or the commune answered."""

    code = "da-co-nguoi-tham-dinh"
    status = HTTPStatus.CONFLICT

    def __init__(self) -> None:
        super().__init__(
            _(
                "Somebody decided on this result, or the commune answered, after you opened the page. Look again."
            )
        )


class WithoutReason(DomainError):
    """A change is asked for, or an open point passed over, without saying why."""

    code = "thieu-ly-do-tham-dinh"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


@dataclass(frozen=True, slots=True)
class AppraisalView:
    """One row of the history."""

    survey_id: str
    number: int
    step: Said
    reason: str
    points: tuple[AppraisalPoint, ...]
    #: Whether it was one of several accepted together.
    together: bool
    #: The name of the person.
    by: str
    at: datetime


def decided(session: Session, survey_ids: Sequence[str]) -> frozenset[str]:
    """Those that wait for the province no more: accepted, or sent back and not answered yet."""
    last = _last(survey_ids)
    found = (
        select(Appraisal.survey_id)
        .join(last, (last.c.survey_id == Appraisal.survey_id) & (last.c.number == Appraisal.number))
        .where(Appraisal.step.in_((Said.ACCEPTED, Said.CHANGES)))
        .order_by(Appraisal.survey_id)
    )
    return frozenset(session.scalars(found))


def newest(session: Session, survey_ids: Sequence[str]) -> Mapping[str, AppraisalView]:
    """What is on record of each of these surveys; those nobody has appraised are absent. Two statements."""
    last = _last(survey_ids)
    rows = session.scalars(
        select(Appraisal)
        .join(last, (last.c.survey_id == Appraisal.survey_id) & (last.c.number == Appraisal.number))
        .order_by(Appraisal.survey_id)
    ).all()
    return {view.survey_id: view for view in _views(session, rows)}


def history(session: Session, survey_id: str) -> tuple[AppraisalView, ...]:
    """Everything that was said of the result, oldest first."""
    rows = session.scalars(
        select(Appraisal).where(Appraisal.survey_id == survey_id).order_by(Appraisal.number)
    ).all()
    return tuple(_views(session, rows))


def waiting(session: Session, path: str) -> Mapping[int, int]:
    """How many signed decision surveys at or below a path wait for the province, by the year they belong to."""
    found = select(Survey.closes_at, Survey.phones_closed_at).where(Survey.id.in_(unappraised(session, path)))
    return Counter(speaking.year_of(*row) for row in session.execute(found))


def unappraised(session: Session, path: str) -> Mapping[str, datetime | None]:
    """Those never appraised, or answered: by number, with the moment of the commune's answer; None without one."""
    numbers = session.scalars(_signed(path)).all()
    last = newest(session, numbers)
    return {
        number: last[number].at if number in last else None
        for number in numbers
        if number not in last or last[number].step is Said.ANSWERED
    }


def sent_back(session: Session, path: str) -> tuple[AppraisalView, ...]:
    """The changes that were asked for at or below a path and are not answered yet."""
    last = newest(session, session.scalars(_signed(path)).all())
    return tuple(view for view in last.values() if view.step is Said.CHANGES)


def _last(survey_ids: Sequence[str]) -> Subquery:
    """The number of the newest row of each survey."""
    return (
        select(Appraisal.survey_id, func.max(Appraisal.number).label("number"))
        .where(Appraisal.survey_id.in_(survey_ids))
        .group_by(Appraisal.survey_id)
        .subquery()
    )


def _signed(path: str) -> Select[str]:
    return (
        select(Survey.id)
        .join(Unit, Unit.id == Survey.unit_id)
        .where(
            Unit.path.startswith(path, autoescape=True),
            Survey.state == State.SIGNED,
            Survey.purpose == Purpose.DECISION,
            Survey.rehearsal.is_(False),
        )
        .order_by(Survey.id)
    )


def decide(
    session: Session,
    survey_id: str,
    *,
    is_accepted: bool,
    reason: str,
    seen: int,
    by: Identity,
    now: datetime,
) -> None:
    """Accept the result, or ask for a change, as it stood at row number `seen` (0 for none).

    Raises NotToAppraise, AppraisedMeanwhile, and WithoutReason for a change or an open point.
    """
    _hold(session, survey_id, seen, {Said.ACCEPTED})
    points = appraisal_points.of_survey(session, surveys.survey(session, survey_id))
    if not is_accepted and not reason.strip():
        raise WithoutReason(_("Say what the commune has to change."))
    if is_accepted and points and not reason.strip():
        raise WithoutReason(
            _(
                "Open: %(points)s. Say why you accept all the same: the report of the year prints it.",
                points="; ".join(map(appraisal_points.text, points)),
            )
        )
    step = Said.ACCEPTED if is_accepted else Said.CHANGES
    _add(session, survey_id, seen, step, reason, points, together=False, by=by, now=now)


def accept_together(
    session: Session, seen: Mapping[str, int], *, by: Identity, now: datetime
) -> tuple[str, ...]:
    """Accept those in which nothing is open, each as it stood at its number; which of them were left out.

    Left out is what somebody else decided meanwhile, and where a point was opened since.
    """
    left_out = []
    for survey_id, number in sorted(seen.items()):
        try:
            _hold(session, survey_id, number, {Said.ACCEPTED, Said.CHANGES})
        except (AppraisedMeanwhile, NotToAppraise):
            left_out.append(survey_id)
            continue
        if appraisal_points.of_survey(session, surveys.survey(session, survey_id)):
            left_out.append(survey_id)
            continue
        _add(session, survey_id, number, Said.ACCEPTED, "", (), together=True, by=by, now=now)
    return tuple(left_out)


def answer(session: Session, survey_id: str, text: str, *, seen: int, by: Identity, now: datetime) -> None:
    """What the commune did about the change that was asked for. Raises AppraisedMeanwhile, WithoutReason."""
    _hold(session, survey_id, seen, {Said.ACCEPTED, Said.ANSWERED})
    if not text.strip():
        raise WithoutReason(_("Say what was changed, or why not."))
    if seen == 0:
        raise AppraisedMeanwhile
    _add(session, survey_id, seen, Said.ANSWERED, text, (), together=False, by=by, now=now)


def _hold(session: Session, survey_id: str, seen: int, refused: Iterable[Said]) -> None:
    """The survey to the end of the transaction, as it stood at `seen`, and not in one of the `refused` steps."""
    survey = fieldwork.hold(session, survey_id)
    if survey.state != State.SIGNED or survey.purpose != Purpose.DECISION or survey.rehearsal:
        raise NotToAppraise
    last = session.scalars(
        select(Appraisal).where(Appraisal.survey_id == survey_id).order_by(Appraisal.number.desc()).limit(1)
    ).first()
    if (last.number if last else 0) != seen or (last is not None and Said(last.step) in set(refused)):
        raise AppraisedMeanwhile


def _add(
    session: Session,
    survey_id: str,
    seen: int,
    step: Said,
    reason: str,
    points: Sequence[AppraisalPoint],
    *,
    together: bool,
    by: Identity,
    now: datetime,
) -> None:
    counts = {point.kind: point.count for point in points}
    session.add(
        Appraisal(
            survey_id=survey_id, number=seen + 1, step=step, reason=reason, points=counts, together=together,
            made_by=by.actor, made_at=now,
        )
    )  # fmt: skip
    act = ANSWERED if step is Said.ANSWERED else APPRAISED
    audit.record(
        session, by.actor, act, f"survey:{survey_id}", at=now, step=step.value, reason=reason, together=together,
        **counts,
    )  # fmt: skip


def _views(session: Session, rows: Iterable[Appraisal]) -> list[AppraisalView]:
    found = list(rows)
    names = accounts.names_of(session, {row.made_by for row in found})
    return [
        AppraisalView(
            row.survey_id, row.number, Said(row.step), row.reason, appraisal_points.loaded(row.points), row.together,
            names[row.made_by], row.made_at,
        )
        for row in found
    ]  # fmt: skip
