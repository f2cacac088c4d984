"""Words of the audit log for receipt lists, back-check and compared slips."""

from survey_app.audit import Words
from survey_app.i18n import lazy_gettext as _l

WORDS = Words(
    acts={
        "results.receipts": _l("Entered a receipt list"),
        "results.callback_draw": _l("Drew the back-check sample"),
        "results.callback_replies": _l("Entered the replies of the back-check"),
        "results.paper_compared": _l("Compared drawn paper slips with what was keyed"),
        "results.exact": _l("Looked at exact figures of villages"),
    },
    details={
        "issued": _l("brought to the village"),
        "voided": _l("voided"),
        "returned": _l("returned"),
        "ticked": _l("names ticked"),
        "size": _l("households of the sample"),
        "lists_missing": _l("receipt lists missing"),
        "confirmed": _l("say that they answered"),
        "denied": _l("say that they did not answer"),
        "not_reached": _l("not reached"),
        "matches": _l("match the paper"),
        "differs": _l("differ from the paper"),
        "not_found": _l("paper not found"),
    },
    values={
        "form": {
            "minutes": _l("reconciliation page"),
            "paper_draw": _l("page of drawn paper slips"),
            "comparison": _l("page of comparison"),
        },
    },
)
