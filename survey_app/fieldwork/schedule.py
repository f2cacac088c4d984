"""What happens by the clock, and what waits for people today."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy.orm import Session

from survey_app import db
from survey_app.access import FRONT, KEY_PAPER, LOCAL, READ_SURVEYS, Identity, Role
from survey_app.accounts.todo import Todo
from survey_app.clock import is_doubted
from survey_app.fieldwork import acts, calendar, meetings, operations, queries, rounds
from survey_app.fieldwork.calendar import Keying
from survey_app.fieldwork.models import Purpose, State
from survey_app.i18n import gettext as _
from survey_app.i18n import ngettext
from survey_app.templating import clock, day, number

#: Open surveys this close to their last day are named on the list of today.
_LAST_DAYS = timedelta(days=3)
_IN_THE_FIELD = (State.PUBLISHED, State.OPEN, State.COUNTING)


def open_and_close(now: datetime) -> dict[str, int]:
    """Open and close the phones that are due, and copy the hour's progress; how many of each.

    While the clock is in doubt phones stay as they are: a person decides first.
    """
    keying = Keying.by(current_app.extensions["settings"])
    with db.transaction() as current:
        believed = not is_doubted(current)
        opened = operations.open_due(current, now) if believed else 0
        closed = operations.close_due(current, now, keying) if believed else 0
        copied = operations.copy_progress(current, now)
    return {"opened": opened, "closed": closed, "copied": copied}


def todos(session: Session, person: Identity, now: datetime) -> Iterator[Todo]:
    """Drafts to finish, slips to print, meetings, papers to key."""
    if person.role in KEY_PAPER | LOCAL and not person.is_provincial:
        yield from _of_surveys(session, person, now)


def _of_surveys(session: Session, person: Identity, now: datetime) -> Iterator[Todo]:
    surveys = queries.surveys_under(session, person.unit_path)
    if not surveys and person.role is Role.COMMUNE:
        yield Todo(
            title=_("Make the first survey"),
            detail=_("Choose a form, the villages and the dates; the Front then approves it."),
            url="/can-bo/dot/moi",
        )
    for survey in surveys:
        yield from _of_survey(session, survey, person, now)


def _of_survey(
    session: Session, survey: queries.SurveyView, person: Identity, now: datetime
) -> Iterator[Todo]:
    url = f"/can-bo/dot/{survey.id}"
    of_commune = person.role in LOCAL
    is_decision = survey.purpose is Purpose.DECISION
    if survey.state is State.DRAFT and of_commune:
        yield from _draft(session, survey)
    if survey.state in _IN_THE_FIELD and is_decision and person.role in FRONT:
        yield from _slips(session, survey)
    ends_soon = survey.state is State.OPEN and survey.closes_at - now <= _LAST_DAYS
    if ends_soon and person.role in READ_SURVEYS:
        yield Todo(
            _("Survey %(number)s closes soon", number=survey.id),
            _(
                "Phones close at the end of %(day)s. Remind everybody by loudspeaker.",
                day=day(survey.last_day),
            ),
            url,
        )
    if survey.takes_paper and person.role in KEY_PAPER:
        yield _keying(survey)
    if is_decision and of_commune:
        yield from _meetings(session, survey, now)
        yield from _corrected(session, survey, person)
    if survey.state is State.OPEN and is_decision and of_commune:
        yield Todo(_("Follow survey %(number)s", number=survey.id), _progress(session, survey), url)


def _draft(session: Session, survey: queries.SurveyView) -> Iterator[Todo]:
    """A draft that nobody was asked to agree to yet."""
    if not any(found.decision is None for found in acts.requests(session, survey.id)):
        yield Todo(
            _("Finish the draft of survey %(number)s", number=survey.id),
            survey.instrument.title["vi"],
            f"/can-bo/dot/{survey.id}",
        )


def _slips(session: Session, survey: queries.SurveyView) -> Iterator[Todo]:
    """Slips to print, while villages have none."""
    missing = _villages_without_slips(session, survey)
    if missing:
        yield Todo(
            _("Print the slips of survey %(number)s", number=survey.id),
            ngettext("%(num)d village has no slips yet.", "%(num)d villages have no slips yet.", missing),
            f"/can-bo/dot/{survey.id}/in",
            urgent=survey.state is not State.PUBLISHED,
        )


def _keying(survey: queries.SurveyView) -> Todo:
    """Paper to key; urgent once the phones are closed."""
    ends = survey.counting_ends_at
    return Todo(
        _("Key in the paper slips of survey %(number)s", number=survey.id),
        _("Counting ends at the end of %(day)s.", day=day(calendar.last_day(ends)))
        if ends
        else _("Slips that come back can be keyed from now on."),
        f"/can-bo/nhap-phieu/{survey.id}",
        urgent=ends is not None,
    )


def _corrected(session: Session, survey: queries.SurveyView, person: Identity) -> Iterator[Todo]:
    """Numbers of households that somebody else changed after both bodies had agreed to them, until the seal."""
    if survey.state not in _IN_THE_FIELD:
        return
    for line in queries.frame(session, survey.id):
        for correction in line.corrections:
            if correction.corrected_by != person.actor:
                yield Todo(
                    _("Households of %(village)s were corrected", village=line.unit.full_name),
                    _(
                        "%(before)s → %(after)s (%(reason)s). Compare with the village's own list.",
                        before=number(correction.households_before),
                        after=number(correction.households),
                        reason=correction.reason,
                    ),
                    f"/can-bo/dot/{survey.id}",
                    urgent=True,
                )


def _meetings(session: Session, survey: queries.SurveyView, now: datetime) -> Iterator[Todo]:
    """Meetings of villages today and tomorrow, while the survey runs."""
    if survey.state not in {State.PUBLISHED, State.OPEN}:
        return
    found = meetings.soon(meetings.meetings(session, survey.id), now)
    if not found:
        return
    names = {line.unit.id: line.unit.full_name for line in queries.frame(session, survey.id)}
    for meeting in found:
        yield Todo(
            _("Meeting of %(village)s", village=names[meeting.unit_id]),
            _(
                "%(day)s, %(start)s to %(end)s, %(place)s. Bring slips and phones for those who have none.",
                day=day(meeting.starts_at),
                start=clock(meeting.starts_at),
                end=clock(meeting.ends_at),
                place=meeting.place,
            ),
            f"/can-bo/dot/{survey.id}/hop",
        )


def _progress(session: Session, survey: queries.SurveyView) -> str:
    answered, _as_of = queries.answered_hourly(session, survey.id)
    households = sum(line.households for line in queries.frame(session, survey.id))
    return _(
        "%(answered)s of %(households)s households have answered.",
        answered=number(sum(answered.values())),
        households=number(households),
    )


def _villages_without_slips(session: Session, survey: queries.SurveyView) -> int:
    made = queries.batches(session, survey.id)
    waiting = {line.unit.id for line in queries.frame(session, survey.id)}
    if survey.state is State.COUNTING:
        # Only a village that is asked again still gets slips then.
        waiting &= {annulment.unit.id for annulment in rounds.annulments(session, survey.id)}
    return sum(queries.live_slips(made, unit_id) == 0 for unit_id in waiting)
