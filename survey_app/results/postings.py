"""Where a sealed result hangs in public (niêm yết): what people recorded, and the days that follow from it.

The record is of what somebody saw. How many days suffice is a rule book's matter, and nothing here knows it.

How days are counted is this product's decision, because no document that is known to us says:

- days are the difference of the two dates, the day of posting not counted: from 1 June to 11 June is 10 days;
- a posting without a last day counts nothing yet, since nobody has said that it still hangs;
- a village has the days of its longest posting; interrupted ones are not added up;
- a survey has the days of the village asked that has the fewest, and none while one of them has no complete
  record. The commune's own board is on record but does not make up for a village.

Each choice can only make the number lower.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from http import HTTPStatus

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app import audit
from survey_app.accounts import queries as accounts
from survey_app.errors import DomainError
from survey_app.fieldwork import frames
from survey_app.fieldwork import operations as fieldwork
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.models import WITH_SEAL, FrameRow
from survey_app.fieldwork.queries import SurveyView
from survey_app.i18n import gettext as _
from survey_app.results.models import Posting
from survey_app.sealing.models import Seal
from survey_app.units import queries as units
from survey_app.units.queries import UnitView

#: Days after which people are reminded to look at a notice and say that it hung. It is what reports of communes mention
#: ("ít nhất là 10 ngày"), no rule: how many days suffice is said by a rule book alone.
REMINDED_AFTER = 10


class CannotPost(DomainError):
    """Only a result that counts can hang somewhere."""

    code = "khong-the-niem-yet"

    def __init__(self) -> None:
        super().__init__(
            _(
                "Only the result of a sealed survey that was not cancelled is posted, so only that is recorded."
            )
        )


class WrongDays(DomainError):
    """The two days cannot be those of a posting of this result."""

    code = "ngay-niem-yet-sai"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class PostingNotFound(DomainError):
    """No posting of that number is in force: it never was, or another row has replaced it."""

    code = "khong-co-niem-yet"
    status = HTTPStatus.NOT_FOUND

    def __init__(self) -> None:
        super().__init__(_("There is no such posting, or a newer record has replaced it. Reload the page."))


@dataclass(frozen=True, slots=True)
class Noted:
    """What somebody saw: where, since when, and until when."""

    unit_id: int
    place: str
    posted_from: date
    posted_until: date | None


@dataclass(frozen=True, slots=True)
class PostingView:
    """One row of the record; `is_in_force` unless a later row replaced it or it says that there was none."""

    number: int
    unit: UnitView
    noted: Noted
    replaces: int | None
    reason: str
    is_withdrawn: bool
    is_in_force: bool
    #: The name of the person.
    recorded_by: str
    recorded_at: datetime

    @property
    def days(self) -> int | None:
        """Days it hung; None while no last day is on record."""
        return _days(self.noted.posted_from, self.noted.posted_until)

    @property
    def is_hanging(self) -> bool:
        """Whether it is in force and nobody has said until when."""
        return self.is_in_force and self.noted.posted_until is None

    def hung_until(self, today: date) -> int:
        """Days it has hung by this day, if it still hangs."""
        return (today - self.noted.posted_from).days


def places(session: Session, survey: SurveyView) -> tuple[UnitView, ...]:
    """Where the result of this survey is posted: the villages asked, and the commune last."""
    return (*(line.unit for line in frames.frame(session, survey.id)), survey.unit)


def postings(session: Session, survey_id: str) -> tuple[PostingView, ...]:
    """The whole record, oldest first; nothing of it is ever left out."""
    rows = _rows(session, (survey_id,))
    replaced = {row.replaces for row in rows}
    found = {unit.id: unit for unit in places(session, surveys.survey(session, survey_id))}
    people = accounts.names_of(session, (row.recorded_by for row in rows))
    return tuple(
        PostingView(
            number=row.number,
            unit=found[row.unit_id],
            noted=_noted(row),
            replaces=row.replaces,
            reason=row.reason,
            is_withdrawn=row.is_withdrawn,
            is_in_force=row.number not in replaced and not row.is_withdrawn,
            recorded_by=people[row.recorded_by],
            recorded_at=row.recorded_at,
        )
        for row in rows
    )


def hangs(session: Session, survey_id: str, today: date) -> bool:
    """Whether by the record the result hangs somewhere on that day."""
    return any(
        one.is_in_force and (one.noted.posted_until is None or today <= one.noted.posted_until)
        for one in postings(session, survey_id)
    )


def in_force(session: Session, survey_id: str, number: int) -> PostingView:
    """The posting of that number, if it is in force. Raises PostingNotFound."""
    found = (row for row in postings(session, survey_id) if row.number == number and row.is_in_force)
    posting = next(found, None)
    if posting is None:
        raise PostingNotFound
    return posting


def newest(session: Session, survey_id: str, number: int) -> PostingView:
    """What is in force now of the posting of that number, by however many corrections. Raises PostingNotFound."""
    after = {posting.replaces: posting.number for posting in postings(session, survey_id)}
    while number in after:
        number = after[number]
    return in_force(session, survey_id, number)


def posted_days(session: Session, survey_ids: Collection[str]) -> Mapping[str, int | None]:
    """The days that each of these surveys was posted, counted as this module says; None where that is open.

    Two statements, however many surveys.
    """
    longest: defaultdict[str, dict[int, int]] = defaultdict(dict)
    # Columns and no objects: the board asks for a whole province.
    kept = session.execute(
        select(
            *(Posting.survey_id, Posting.number, Posting.unit_id, Posting.posted_from, Posting.posted_until),
            *(Posting.replaces, Posting.is_withdrawn),
        )
        .where(Posting.survey_id.in_(survey_ids))
        .order_by(Posting.survey_id, Posting.number)
    ).all()
    replaced = {(row.survey_id, row.replaces) for row in kept}
    for row in kept:
        if row.is_withdrawn or (row.survey_id, row.number) in replaced:
            continue
        days = _days(row.posted_from, row.posted_until)
        if days is not None:
            longest[row.survey_id][row.unit_id] = max(days, longest[row.survey_id].get(row.unit_id, 0))
    asked = _asked(session, survey_ids)
    return {number: _fewest(asked[number], longest[number]) for number in survey_ids}


def posted_everywhere(session: Session, survey_ids: Collection[str]) -> Mapping[str, tuple[datetime, str]]:
    """When, and by whom, the last village of a survey was noted; surveys with a village without a notice are absent."""
    kept = session.execute(
        select(
            *(Posting.survey_id, Posting.number, Posting.unit_id, Posting.replaces, Posting.is_withdrawn),
            *(Posting.recorded_at, Posting.recorded_by),
        )
        .where(Posting.survey_id.in_(survey_ids))
        .order_by(Posting.survey_id, Posting.number)
    ).all()
    replaced = {(row.survey_id, row.replaces) for row in kept}
    noted: defaultdict[str, set[int]] = defaultdict(set)
    last: dict[str, tuple[datetime, str]] = {}
    for row in kept:
        if not row.is_withdrawn and (row.survey_id, row.number) not in replaced:
            noted[row.survey_id].add(row.unit_id)
            last[row.survey_id] = (row.recorded_at, row.recorded_by)
    asked = _asked(session, last)
    return {
        number: at for number, at in last.items() if asked[number] and noted[number].issuperset(asked[number])
    }


def record(session: Session, survey_id: str, noted: Noted, *, actor: str, now: datetime) -> int:
    """Note a posting; its number in the record. Raises CannotPost, WrongDays, SurveyNotFound."""
    return _add(session, survey_id, noted, replaces=None, reason="", actor=actor, now=now)


def record_everywhere(
    session: Session, survey_id: str, noted: Iterable[Noted], *, actor: str, now: datetime
) -> tuple[int, ...]:
    """Note the posting of a whole commune in one go: a row for each place. Raises what `record` does."""
    return tuple(record(session, survey_id, one, actor=actor, now=now) for one in noted)


def finish_everywhere(
    session: Session, survey_id: str, last_day: date, *, reason: str, actor: str, now: datetime
) -> int:
    """Note one last day for every posting in force without one; how many. Raises what `correct` does."""
    _hold(session, survey_id)
    hanging = [one for one in postings(session, survey_id) if one.is_hanging]
    for one in hanging:
        seen = replace(one.noted, posted_until=last_day)
        correct(session, survey_id, one.number, seen, reason=reason, actor=actor, now=now)
    return len(hanging)


def correct(
    session: Session, survey_id: str, number: int, noted: Noted, *, reason: str, actor: str, now: datetime
) -> int:
    """Replace a posting that is in force by what is known now. Raises what `record` does, and PostingNotFound."""
    _hold(session, survey_id)
    in_force(session, survey_id, number)
    return _add(session, survey_id, noted, replaces=number, reason=reason, actor=actor, now=now)


def withdraw(session: Session, survey_id: str, number: int, *, reason: str, actor: str, now: datetime) -> int:
    """Say that there was no such posting. The row stays, with the reason. Raises CannotPost, PostingNotFound."""
    _hold(session, survey_id)
    wrong = in_force(session, survey_id, number).noted
    return _append(
        session, survey_id, wrong, replaces=number, reason=reason, withdrawn=True, actor=actor, now=now
    )


def _add(
    session: Session,
    survey_id: str,
    noted: Noted,
    *,
    replaces: int | None,
    reason: str,
    actor: str,
    now: datetime,
) -> int:
    _hold(session, survey_id)
    if noted.unit_id not in {unit.id for unit in places(session, surveys.survey(session, survey_id))}:
        raise surveys.SurveyNotFound
    _check_days(noted, units.civil(session.get_one(Seal, survey_id).sealed_at), units.civil(now))
    return _append(
        session, survey_id, noted, replaces=replaces, reason=reason, withdrawn=False, actor=actor, now=now
    )


def _append(
    session: Session,
    survey_id: str,
    noted: Noted,
    *,
    replaces: int | None,
    reason: str,
    withdrawn: bool,
    actor: str,
    now: datetime,
) -> int:
    replaced = session.get(Posting, (survey_id, replaces)) if replaces else None
    before = _printed(_noted(replaced)) if replaced else {}
    changes = audit.changes(before, {} if withdrawn else _printed(noted))
    newest = session.scalar(select(func.max(Posting.number)).where(Posting.survey_id == survey_id))
    number = (newest or 0) + 1
    session.add(
        Posting(
            survey_id=survey_id,
            number=number,
            unit_id=noted.unit_id,
            place=noted.place,
            posted_from=noted.posted_from,
            posted_until=noted.posted_until,
            replaces=replaces,
            reason=reason,
            is_withdrawn=withdrawn,
            recorded_by=actor,
            recorded_at=now,
        )
    )
    audit.record(
        session,
        actor,
        "reporting.posting",
        f"survey:{survey_id}",
        at=now,
        number=number,
        unit=noted.unit_id,
        **({"replaces": replaces, "reason": reason} if replaces else {}),
        **changes,
    )
    return number


def _noted(row: Posting) -> Noted:
    return Noted(row.unit_id, row.place, row.posted_from, row.posted_until)


def _printed(noted: Noted) -> dict[str, object]:
    return {"place": noted.place, "posted_from": noted.posted_from, "posted_until": noted.posted_until}


def _hold(session: Session, survey_id: str) -> None:
    """Keep others from adding a row of the same number; the result must count."""
    if fieldwork.hold(session, survey_id).state not in WITH_SEAL:
        raise CannotPost


def _check_days(noted: Noted, sealed_on: date, today: date) -> None:
    if noted.posted_from < sealed_on:
        raise WrongDays(_("The result was sealed later than that, so it could not hang there yet."))
    if noted.posted_from > today or (noted.posted_until or today) > today:
        raise WrongDays(_("A day that is still to come cannot be recorded."))
    if noted.posted_until is not None and noted.posted_until < noted.posted_from:
        raise WrongDays(_("The last day lies before the first day."))


def _rows(session: Session, survey_ids: Collection[str]) -> tuple[Posting, ...]:
    mine = select(Posting).where(Posting.survey_id.in_(survey_ids))
    return tuple(session.scalars(mine.order_by(Posting.survey_id, Posting.number)))


def _asked(session: Session, survey_ids: Collection[str]) -> Mapping[str, list[int]]:
    """The villages of each frame, by survey."""
    asked: defaultdict[str, list[int]] = defaultdict(list)
    rows = select(FrameRow.survey_id, FrameRow.unit_id).where(FrameRow.survey_id.in_(survey_ids))
    for survey_id, unit_id in session.execute(rows.order_by(FrameRow.survey_id, FrameRow.unit_id)):
        asked[survey_id].append(unit_id)
    return asked


def _days(first: date, last: date | None) -> int | None:
    """Days between the two, the first not counted.

    >>> _days(date(2026, 6, 1), date(2026, 6, 11))
    10
    """
    return (last - first).days if last else None


def _fewest(asked: Collection[int], days: Mapping[int, int]) -> int | None:
    if not asked or any(unit_id not in days for unit_id in asked):
        return None
    return min(days[unit_id] for unit_id in asked)
