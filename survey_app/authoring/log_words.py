"""Words of the audit log for forms, their questions and the Front's confirmation."""

from survey_app.audit import Words
from survey_app.i18n import lazy_gettext as _l

WORDS = Words(
    acts={
        "authoring.start": _l("Began a form"),
        "authoring.edit": _l("Changed the wording of a form"),
        "authoring.unlock": _l("Let a form go of its template"),
        "authoring.freeze": _l("Froze a form"),
        "authoring.confirm": _l("Recorded the Front's confirmation of a form"),
        "authoring.unconfirm": _l("Took the Front's confirmation of a form back"),
        "authoring.discard": _l("Threw a draft of a form away"),
    },
    details={
        "on": _l("date"),
        "template": _l("template"),
        "title": _l("title"),
        "text": _l("wording"),
        "options": _l("answers to choose"),
        "label": _l("wording of an answer"),
        "order": _l("order of the questions"),
    },
)
