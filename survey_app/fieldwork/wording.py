"""What is said of a running survey, in sentences that pages and the list of today share."""

from collections.abc import Iterable
from typing import assert_never

from survey_app import config
from survey_app.accounts.todo import Message
from survey_app.fieldwork import way_in
from survey_app.fieldwork.following import FieldProgress, Goal
from survey_app.fieldwork.models import Purpose, State
from survey_app.fieldwork.queries import SurveyView
from survey_app.i18n import force_locale, ngettext
from survey_app.i18n import gettext as _
from survey_app.templating import day, number, percent
from survey_app.templating import wording as in_words
from survey_app.units.queries import UnitView

#: Most names that one sentence has before it counts the rest.
_MOST_NAMES = 5


def survey_state_name(state: State) -> str:
    """The state of a survey, in the words of every page, paper and file."""
    return {
        State.DRAFT: _("being drafted"),
        State.PUBLISHED: _("approved, not open yet"),
        State.OPEN: _("collecting answers"),
        State.COUNTING: _("counting paper slips"),
        State.SEALED: _("counted and sealed"),
        State.SIGNED: _("signed"),
        State.ANNULLED: _("cancelled"),
    }[state]


def purpose_name(purpose: Purpose) -> str:
    """What a survey is asked for, and by which way in."""
    match purpose:
        case Purpose.DECISION:
            return _("Decision: scored, one slip with a code for each household")
        case Purpose.FEEDBACK:
            return _("Feedback: an open link, never scored")
    assert_never(purpose)


def names(units: Iterable[UnitView]) -> str:
    """Names in order, the first of them where there are many: "Làng Kép, Thôn 7 và 3 thôn khác"."""
    found = [unit.full_name for unit in units]
    if len(found) <= _MOST_NAMES:
        return ", ".join(found)
    rest = len(found) - _MOST_NAMES
    listed = ", ".join(found[:_MOST_NAMES])
    return ngettext("%(names)s and %(num)d other", "%(names)s and %(num)d others", rest, names=listed)


def answered(progress: FieldProgress) -> str:
    """Households that answered, of all, with the share."""
    total = progress.total
    if total.answered is None:
        return _("The first count appears at the next full hour.")
    figures = _(
        "%(answered)s/%(households)s households",
        answered=number(total.answered),
        households=number(total.households),
    )
    return f"{figures} ({percent(total.rate)})" if total.rate else figures


def days_left(survey: SurveyView, progress: FieldProgress) -> str:
    """The days that are left for phones, or for keying once they are closed."""
    left = progress.days_left
    if survey.on_paper_only:
        if not left:
            return _("last day to key paper")
        return ngettext("%(num)d day left to key paper", "%(num)d days left to key paper", left)
    return ngettext("%(num)d day left", "%(num)d days left", left) if left else _("today is the last day")


def goal(survey: SurveyView, found: Goal) -> str:
    """The goal of the plan, followed and not judged."""
    if not found.left:
        return _(
            "%(percent)s %% of the households have answered, the goal of plan %(plan)s",
            percent=found.percent,
            plan=survey.plan_number,
        )
    return ngettext(
        "%(left)s household more is %(percent)s %%, the goal of plan %(plan)s",
        "%(left)s households more are %(percent)s %%, the goal of plan %(plan)s",
        found.left,
        left=number(found.left),
        percent=found.percent,
        plan=survey.plan_number,
    )


def doors(progress: FieldProgress) -> str:
    """By phone, on paper, and what came back and is not keyed, where it was counted."""
    said = _(
        "by phone %(phone)s · paper slips keyed %(paper)s",
        phone=number(progress.by_phone),
        paper=number(progress.on_paper),
    )
    if progress.unkeyed is None:
        return said
    unkeyed = _("came back, not keyed yet %(slips)s", slips=number(progress.unkeyed))
    return f"{said} · {unkeyed}"


def to_everybody(survey: SurveyView) -> Message:
    """What a group of neighbours is sent with the open link of a feedback survey."""
    with force_locale("vi"):
        text = _(
            "%(place)s asks for your views: %(form)s. Open: %(address)s – nobody asks your name; until the end of "
            "%(day)s.",
            place=survey.place or survey.unit.full_name,
            form=in_words(survey.instrument.title),
            address=way_in.door(survey, config.settings().public_url).qr,
            day=day(survey.last_day),
        )
    return Message(text, label=_("Copy link and text (for Zalo)"))


def to_village_heads(survey: SurveyView, progress: FieldProgress) -> Message:
    """What village heads are sent: how many of their households are missing. It goes to all of them alike."""
    public_url = config.settings().public_url
    with force_locale("vi"):
        lines = [
            _("Survey %(number)s of %(unit)s:", number=survey.id, unit=survey.unit.running_name),
            *(
                _("%(village)s: %(answered)s/%(households)s households have answered.",
                  village=unit.full_name, answered=number(village.answered or 0),
                  households=number(village.households))
                for unit, village in progress.villages
                if unit in progress.behind
            ),
            _("Please remind every household: scan the QR of the slip or hand in the paper slip until the end of "
              "%(day)s.", day=day(survey.last_day)),
            _("Type the code here: %(address)s", address=way_in.door(survey, public_url).qr),
            survey.whom_to_call,
        ]  # fmt: skip
    return Message("\n".join(filter(None, lines)), label=_("Copy the reminder for village heads"))
