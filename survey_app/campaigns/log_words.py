"""What this room notes of acts of other rooms, as the audit log says it to readers."""

from survey_app.audit import Words
from survey_app.i18n import lazy_gettext as _l

WORDS = Words(
    values={
        "form": {"ranking": _l("table of communes")},
    },
)
