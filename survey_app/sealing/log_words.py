"""Words of the audit log for sealing, and what is set aside."""

from survey_app.audit import Words
from survey_app.i18n import lazy_gettext as _l

WORDS = Words(
    acts={
        "results.set_aside": _l("Set the answers of a cancelled survey aside"),
        "results.annul_village": _l("Set the answers of a village aside"),
        "results.seal": _l("Counted and sealed a survey"),
        "results.recount_differs": _l("The night's recount does not agree with the seal"),
        "results.recount_agrees": _l("The night's recount agrees with the seal again"),
    },
    details={
        "round": _l("time of asking"),
    },
)
