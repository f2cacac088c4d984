"""Words of the audit log for guessed codes and second keying."""

from survey_app.audit import Words
from survey_app.i18n import lazy_gettext as _l

WORDS = Words(
    acts={
        "collecting.codes_tried": _l("Many codes that do not exist were tried"),
        "collecting.second_keying": _l("Keyed a drawn paper slip again"),
    },
)
