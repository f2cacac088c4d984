"""What of surveys waits for people today: theirs to do, theirs to follow, and what they may begin."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from flask import url_for
from sqlalchemy.orm import Session

from survey_app.access import DRAFT_SURVEYS, FRONT, KEY_PAPER, LOCAL, READ_SURVEYS, Identity
from survey_app.accounts.todo import Section, Todo
from survey_app.fieldwork import acts, calendar, following, frames, meetings, queries, rounds, wording
from survey_app.fieldwork.models import IN_THE_FIELD, TAKING_ANSWERS, WITH_SEAL, Purpose, State
from survey_app.i18n import gettext as _
from survey_app.i18n import ngettext
from survey_app.templating import clock, day, number, role_name
from survey_app.templating import wording as in_words
from survey_app.units.queries import UnitView

#: Open surveys this close to their last day are named on the list of today.
_LAST_DAYS = timedelta(days=3)


def todos(session: Session, person: Identity, now: datetime) -> Iterator[Todo]:
    """Drafts to finish, slips to print, meetings, papers to key."""
    if person.role in KEY_PAPER | LOCAL and not person.is_provincial:
        yield from _of_surveys(session, person, now)


def _of_surveys(session: Session, person: Identity, now: datetime) -> Iterator[Todo]:
    surveys = queries.surveys_under(session, person.unit_path)
    for survey in surveys:
        yield from _of_survey(session, survey, person, now)
    if person.role in READ_SURVEYS:
        yield from _feedback(surveys)
    if person.role in DRAFT_SURVEYS:
        yield from _beginnings(surveys)


def _beginnings(surveys: Sequence[queries.SurveyView]) -> Iterator[Todo]:
    """What may be begun: a new survey, or one as the last was."""
    yield Todo(_("New survey"), "", url_for("fieldwork.new"), section=Section.BEGIN)
    done = [survey for survey in surveys if survey.state in WITH_SEAL]
    last = next((survey for survey in done if survey.purpose is Purpose.DECISION), None)
    if last is not None:
        url = url_for("fieldwork.new", theo=last.id)
        yield Todo(
            _("Copy survey %(number)s, for a year later", number=last.id), "", url, section=Section.BEGIN
        )
    url = url_for("fieldwork.quick_feedback")
    yield Todo(_("Quick feedback by QR"), "", url, section=Section.BEGIN)


def _of_survey(
    session: Session, survey: queries.SurveyView, person: Identity, now: datetime
) -> Iterator[Todo]:
    url = f"/can-bo/dot/{survey.id}"
    of_commune = person.role in LOCAL
    is_decision = survey.purpose is Purpose.DECISION
    if survey.state is State.DRAFT and of_commune:
        yield from _draft(session, survey)
    if survey.state in IN_THE_FIELD and is_decision and person.role in FRONT:
        yield from _slips(session, survey)
    ends_soon = survey.state is State.OPEN and survey.closes_at - now <= _LAST_DAYS
    if ends_soon and is_decision and person.role in READ_SURVEYS:
        remind = _(
            "Phones close at the end of %(day)s. Remind everybody by loudspeaker.",
            day=day(survey.last_day),
        )
        yield Todo(_("Survey %(number)s closes soon", number=survey.id), f"{_called(survey)}. {remind}", url)
    if survey.takes_paper and person.role in KEY_PAPER:
        yield _keying(survey)
    if is_decision and of_commune:
        yield from _meetings(session, survey, now)
        yield from _corrected(session, survey, person)
    if is_decision and survey.state in TAKING_ANSWERS and person.role in READ_SURVEYS:
        yield from _running(session, survey, now, may_remind=of_commune)


def _feedback(surveys: Sequence[queries.SurveyView]) -> Iterator[Todo]:
    """Open links of quick feedback, a line for each form: its places have figures of their own on one page."""
    of_forms: dict[str, list[queries.SurveyView]] = {}
    for survey in surveys:
        if survey.purpose is Purpose.FEEDBACK and survey.state is State.OPEN:
            of_forms.setdefault(in_words(survey.instrument.title), []).append(survey)
    for title, found in of_forms.items():
        first = min(survey.last_day for survey in found)
        if len(found) > 1:
            title = ngettext("%(form)s: %(num)d place", "%(form)s: %(num)d places", len(found), form=title)
        elif found[0].place:
            title = f"{title} · {found[0].place}"
        yield Todo(
            title,
            _("Feedback by open links · the first closes at the end of %(day)s", day=day(first)),
            "/can-bo/gop-y" if len(found) > 1 else url_for("fieldwork.page", survey_id=found[0].id),
            section=Section.RUNNING,
        )


def _draft(session: Session, survey: queries.SurveyView) -> Iterator[Todo]:
    """A draft that nobody was asked to agree to yet, or that was sent back: by whom, and why."""
    asked = acts.requests(session, survey.id)
    if any(found.decision is None for found in asked):
        return
    title, detail = _("Finish the draft of survey %(number)s", number=survey.id), _called(survey)
    last = asked[-1] if asked else None
    if last is not None and last.decision == "refused" and last.decided_as is not None:
        title = _("%(who)s sent survey %(number)s back", who=role_name(last.decided_as), number=survey.id)
        detail = f"{detail} – “{last.decision_reason}”"
    yield Todo(title, detail, f"/can-bo/dot/{survey.id}")


def _called(survey: queries.SurveyView) -> str:
    """What people know a survey by: its form, and its place where it has one."""
    title = in_words(survey.instrument.title)
    return f"{title} · {survey.place}" if survey.place else title


def _slips(session: Session, survey: queries.SurveyView) -> Iterator[Todo]:
    """Slips to print, while villages have none."""
    missing = _villages_without_slips(session, survey)
    if missing:
        waiting = _("No slips yet: %(villages)s.", villages=wording.names(missing))
        yield Todo(
            _("Print the slips of survey %(number)s", number=survey.id),
            f"{_called(survey)}. {waiting}",
            url_for("printing.papers", survey_id=survey.id),
            urgent=survey.state is not State.PUBLISHED,
        )


def _running(
    session: Session, survey: queries.SurveyView, now: datetime, *, may_remind: bool
) -> Iterator[Todo]:
    """How far it has come; and the villages that are behind, with a reminder to copy."""
    url = url_for("fieldwork.page", survey_id=survey.id)
    title = _("%(number)s · %(form)s", number=survey.id, form=_called(survey))
    found = following.progress(session, survey, frames.frame(session, survey.id), now)
    days = wording.days_left(survey, found)
    goal = wording.goal(survey, found.goal) if found.goal else ""
    said = [wording.answered(found), goal, days, wording.doors(found)]
    yield Todo(title, " · ".join(filter(None, said)), url, section=Section.RUNNING)
    if found.behind and may_remind and survey.state is State.OPEN:
        yield Todo(
            _(
                "%(villages)s: fewer than half of the households, %(days)s",
                villages=wording.names(found.behind),
                days=days,
            ),
            "",
            url,
            message=wording.to_village_heads(survey, found),
        )


def _keying(survey: queries.SurveyView) -> Todo:
    """Paper to key; urgent once the phones are closed."""
    ends = survey.counting_ends_at
    until = (
        _("Counting ends at the end of %(day)s.", day=day(calendar.last_day(ends)))
        if ends
        else _("Slips that come back can be keyed from now on.")
    )
    return Todo(
        _("Key in the paper slips of survey %(number)s", number=survey.id),
        f"{_called(survey)}. {until}",
        f"/can-bo/nhap-phieu/{survey.id}",
        urgent=ends is not None,
    )


def _corrected(session: Session, survey: queries.SurveyView, person: Identity) -> Iterator[Todo]:
    """Numbers of households that somebody else changed after both bodies had agreed to them, until the seal."""
    if survey.state not in IN_THE_FIELD:
        return
    for line in frames.frame(session, survey.id):
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
    """Meetings of villages today and tomorrow; and those that are over and whose households nobody counted yet."""
    if survey.state not in IN_THE_FIELD:
        return
    listed = meetings.meetings(session, survey.id)
    soon, uncounted = meetings.soon(listed, now), meetings.uncounted(listed, now)
    if not soon and not uncounted:
        return
    names = {line.unit.id: line.unit.full_name for line in frames.frame(session, survey.id)}
    for meeting in uncounted:
        yield Todo(
            _("Meeting of %(village)s: how many households were present?", village=names[meeting.unit_id]),
            _("%(day)s, %(place)s. Paper of the meeting is keyed under this number.",
              day=day(meeting.starts_at), place=meeting.place),
            f"/can-bo/dot/{survey.id}/hop",
        )  # fmt: skip
    for meeting in soon if survey.state is not State.COUNTING else ():
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


def _villages_without_slips(session: Session, survey: queries.SurveyView) -> Sequence[UnitView]:
    made = queries.batches(session, survey.id)
    waiting = [line.unit for line in frames.frame(session, survey.id)]
    if survey.state is State.COUNTING:
        # Only a village that is asked again still gets slips then.
        again = {annulment.unit.id for annulment in rounds.annulments(session, survey.id)}
        waiting = [unit for unit in waiting if unit.id in again]
    return [unit for unit in waiting if queries.live_slips(made, unit.id) == 0]
