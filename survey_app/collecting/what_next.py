"""What a household does next where its slip cannot be answered: whom it calls, until when, when to look again.

Knows no page; the refusal itself says what happened.
"""

from datetime import timedelta

from survey_app.collecting.refusals import (
    AlreadySealed,
    Annulled,
    CodeUsed,
    CodeVoid,
    NotOpenYet,
    OtherContent,
    PhonesClosed,
    SetAside,
    UnknownCode,
)
from survey_app.errors import DomainError
from survey_app.fieldwork import calendar
from survey_app.fieldwork.codes import MistypedCode
from survey_app.fieldwork.queries import SurveyNotFound, SurveyView
from survey_app.i18n import gettext as _
from survey_app.templating import day

#: Refusals after which somebody has to be asked.
_TO_ASK = (UnknownCode, MistypedCode, CodeVoid, Annulled, NotOpenYet)


def is_good(refusal: DomainError, *, was_sent: bool) -> bool:
    """Whether it is good news: who only opens a slip that is used learns that its answer is safe."""
    return isinstance(refusal, CodeUsed) and not isinstance(refusal, SetAside) and not was_sent


def what_happened(refusal: DomainError, *, was_sent: bool) -> str:
    """The refusal in words. Who only opens a slip that is used is told first that nothing is lost."""
    if is_good(refusal, was_sent=was_sent):
        return _("The slip of your household was sent and is stored. You need do nothing more.")
    if isinstance(refusal, SurveyNotFound):
        return _("This link leads to no survey. A letter of it may be missing.")
    if isinstance(refusal, PhonesClosed) and not was_sent:
        return _(
            "Survey %(number)s ended on %(day)s and no longer takes answers by phone.",
            number=refusal.number,
            day=refusal.last_day,
        )
    return refusal.message


def steps(refusal: DomainError, survey: SurveyView | None) -> tuple[str, ...]:
    """One sentence for each thing that can be done; `survey` is that of the code, where it is known."""
    found = []
    if isinstance(refusal, CodeUsed) and not isinstance(refusal, SetAside):
        found += [_("After the count, scan this same QR again to see the result of the commune.")]
        found += [_("If nobody in your household answered: %(call)s", call=_call(survey))]
    if isinstance(refusal, OtherContent):
        found += [_("If the first answers are not those of your household: %(call)s", call=_call(survey))]
    if isinstance(refusal, PhonesClosed):
        found += _until_when(survey)
    if isinstance(refusal, AlreadySealed):
        found += [_("Scan this same QR again to see the result of the commune.")]
    if isinstance(refusal, SurveyNotFound):
        found += [_("Scan the QR once more, or ask who gave you the link.")]
    if isinstance(refusal, _TO_ASK):
        found += [_("If that does not help: %(call)s", call=_call(survey))]
    return tuple(found)


def _until_when(survey: SurveyView | None) -> list[str]:
    """Paper and result of a survey whose phones are closed."""
    if survey is None:
        return []
    if survey.link or survey.counting_ends_at is None:
        return [_("Questions: %(call)s", call=_call(survey))] if survey.whom_to_call else []
    last = calendar.last_day(survey.counting_ends_at)
    return [
        _("Paper slips are still taken until the end of %(day)s.", day=day(last)),
        _(
            "The result comes on %(day)s at the earliest: scan this same QR again to see it.",
            day=day(last + timedelta(days=1)),
        ),
        _("Questions: %(call)s", call=_call(survey)),
    ]


def _call(survey: SurveyView | None) -> str:
    if survey is None or not survey.whom_to_call:
        return _("call the number printed on your slip, or ask the head of your village.")
    return _("call %(contact)s.", contact=survey.whom_to_call)
