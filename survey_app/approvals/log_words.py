"""Words of the audit log for requests between two bodies, deputies, decisions on paper."""

from survey_app.audit import Words
from survey_app.i18n import lazy_gettext as _l

WORDS = Words(
    acts={
        "accounts.request_approval": _l("Asked the other body"),
        "accounts.withdraw_request": _l("Withdrew a request"),
        "accounts.decide": _l("Decided what the other body asked"),
        "accounts.name_deputy": _l("Named a deputy"),
        "accounts.end_deputy": _l("Ended a deputyship"),
        "accounts.paper_uploaded": _l("Uploaded the scan of a decision signed on paper"),
        "accounts.paper_confirmed": _l("Confirmed a decision signed on paper"),
        "accounts.paper_rejected": _l("Did not confirm a decision signed on paper"),
        "accounts.paper_lapsed": _l("A decision signed on paper was not confirmed in time"),
        "accounts.paper_read": _l("Downloaded the scan of a decision signed on paper"),
    },
    details={
        "asked": _l("asked for"),
        "decision": _l("decision"),
        "acted_for": _l("in place of"),
        "unanswered_since": _l("no answer of the commune since"),
        "comment": _l("the commune's comment"),
    },
)
