"""Words of the audit log for papers, tables and the evidence pack."""

from survey_app.audit import Words
from survey_app.i18n import lazy_gettext as _l

WORDS = Words(
    acts={
        "reporting.export": _l("Downloaded the province's tables"),
        "reporting.release": _l("Released a paper with exact counts"),
        "reporting.signed": _l("Put a signed paper on record"),
        "reporting.notes": _l("Wrote in the report"),
        "reporting.style": _l("Changed heads and closing sentences of papers"),
        "reporting.pack": _l("Downloaded the evidence pack"),
    },
    details={
        "rows": _l("rows"),
        "paper": _l("paper"),
        "letters": _l("letters"),
        "manifest": _l("digest of the manifest"),
    },
)
