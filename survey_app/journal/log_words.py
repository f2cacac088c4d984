"""What several rooms note of their acts, as the audit log says it to readers."""

from survey_app.audit import Words
from survey_app.i18n import lazy_gettext as _l

WORDS = Words(
    details={
        "reason": _l("reason"),
        "unit": _l("unit"),
        "unit_id": _l("unit"),
        "village": _l("village"),
        "number": _l("number"),
        "slips": _l("slips"),
        "before": _l("before"),
        "after": _l("after"),
        "approval": _l("request"),
        "digest": _l("digest"),
        "answers": _l("answers"),
        "form": _l("form"),
        "files": _l("files"),
        "year": _l("year"),
        "key": _l("code"),
        "version": _l("version"),
        "page": _l("page"),
        "place": _l("place"),
    },
)
