"""This room's acts, and what it notes of acts of other rooms, as the audit log says it to readers."""

from survey_app.audit import Words
from survey_app.i18n import lazy_gettext as _l

WORDS = Words(
    acts={
        "campaigns.open": _l("Opened a campaign"),
        "campaigns.appraise": _l("Appraised a result"),
        "campaigns.answer_appraisal": _l("Answered an appraisal"),
        "campaigns.enter_outside": _l("Entered a consultation held on paper outside"),
        "campaigns.change_days": _l("Changed the days of a campaign"),
    },
    details={
        "step": _l("what was said"),
        "together": _l("several accepted together"),
        "coverage": _l("coverage not reached"),
        "not_compared": _l("nothing compared"),
        "flags": _l("flags"),
        "communes": _l("communes"),
        "document": _l("document"),
        "answered": _l("households that answered"),
        "valid": _l("valid slips"),
        "day_households": _l("last day for villages and households"),
        "day_approved": _l("last day for approval"),
        "day_printed": _l("last day for printing"),
        "day_sealed": _l("last day for counting and sealing"),
        "day_signed": _l("last day for signing"),
        "day_posted": _l("last day for posting"),
    },
    values={
        "step": {
            "accepted": _l("accepted"),
            "changes": _l("change requested"),
            "answered": _l("answered by the commune"),
        },
        "form": {"ranking": _l("table of communes")},
    },
)
