"""What is read over the loudspeaker of a result: whole sentences, true to the letter, of what everybody may know."""

from survey_app.fieldwork.models import State
from survey_app.i18n import gettext as _
from survey_app.results import wording
from survey_app.results.disclosed import DisclosedResult
from survey_app.templating import day
from survey_app.templating import wording as in_language


def text(result: DisclosedResult, pledge: str, public_url: str, *, hangs: bool) -> tuple[str, ...]:
    """Its paragraphs; `pledge` is what the commune will do, or ""; `hangs` says that by the record it is posted now."""
    survey = result.survey
    dates = {"first": day(survey.first_day), "last": day(survey.last_day)}
    where = f"{public_url}/ket-qua/{survey.id}".partition("://")[2]
    return (
        _("To all people of %(unit)s.", unit=survey.unit.running_name),
        _(
            "From %(first)s to %(last)s the Vietnam Fatherland Front asked households about: %(form)s.",
            form=in_language(survey.instrument.title),
            **dates,
        ),
        *((said,) if (said := wording.sentence(result)) else ()),
        *_lowest(result),
        *((_("What the commune will do: %(pledge)s", pledge=" ".join(pledge.split())),) if pledge else ()),
        *_warning(result),
        _("The whole result is posted in the commune and is at %(address)s.", address=where)
        if hangs and not survey.rehearsal
        else _("The whole result is at %(address)s.", address=where),
        *(
            (_("Questions or complaints: %(contact)s", contact=survey.whom_to_call),)
            if survey.whom_to_call
            else ()
        ),
    )


def _warning(result: DisclosedResult) -> tuple[str, ...]:
    """What nobody may hear the figures without; the other remarks are on the page and the notice."""
    if result.survey.rehearsal:
        return (_("REHEARSAL: these figures count for nothing."),)
    if not result.survey.purpose.is_scored:
        return (_("Feedback, not used for scoring."),)
    if result.survey.state is State.SEALED:
        return (_("Both bodies have not signed yet: until they have, this result counts nowhere."),)
    return ()


def _lowest(result: DisclosedResult) -> tuple[str, ...]:
    words = wording.items_in_short(result.survey.instrument)
    names = [words[line.tally.key] for line in result.lowest if line.tally.dissatisfied]
    return (_("People were least satisfied with: %(items)s.", items="; ".join(names)),) if names else ()
