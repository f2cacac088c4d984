"""This room's acts, and what it notes of acts of other rooms, as the audit log says it to readers."""

from survey_app.audit import Words
from survey_app.i18n import lazy_gettext as _l

WORDS = Words(
    acts={
        "campaigns.open": _l("Opened a campaign"),
        "campaigns.change_days": _l("Changed the days of a campaign"),
    },
    details={
        "communes": _l("communes"),
        "day_households": _l("last day for villages and households"),
        "day_approved": _l("last day for approval"),
        "day_printed": _l("last day for printing"),
        "day_sealed": _l("last day for counting and sealing"),
        "day_signed": _l("last day for signing"),
        "day_posted": _l("last day for posting"),
    },
    values={
        "form": {"ranking": _l("table of communes")},
    },
)
