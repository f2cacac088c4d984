"""Words of the audit log for erasing, written opinions and requests on personal data."""

from survey_app.audit import Words
from survey_app.i18n import lazy_gettext as _l

WORDS = Words(
    acts={
        "results.texts": _l("Read written opinions"),
        "results.moderate": _l("Decided which written opinions the commune may read"),
        "results.erased": _l("Erased what removed rows left on the disk"),
        "results.raw_removed": _l("Removed raw answers after their time"),
        "results.retain": _l("Removed old invitations"),
        "results.redact": _l("Took a written opinion out of an answer"),
        "results.request_received": _l("Recorded a request on personal data"),
        "results.request_answered": _l("Answered a request on personal data"),
    },
    details={
        "question": _l("question"),
        "decisions": _l("decisions"),
        "tags": _l("tags"),
        "submission": _l("answer"),
        "invitations": _l("invitations"),
        "kind": _l("kind"),
        "tables": _l("tables"),
        "upto": _l("up to act"),
    },
)
