"""Words of the audit log for signatures, complaints, postings and the commune's pledges."""

from survey_app.audit import Words
from survey_app.files import TABLES
from survey_app.i18n import lazy_gettext as _l

WORDS = Words(
    acts={
        "results.sign_uncompared": _l("Signed a result although something was open"),
        "results.remark_entered": _l("Entered a remark of the public"),
        "results.remark_read": _l("Decided on a remark of the public"),
        "results.remark_answered": _l("Answered a remark of the public"),
        "results.pledge": _l("Wrote what the commune will do"),
        "results.sign": _l("Signed a result"),
        "results.open_complaint": _l("Recorded a complaint"),
        "results.close_complaint": _l("Closed a complaint"),
        "results.accept": _l("Accepted the result for the province"),
        "results.destroy_pepper": _l("Destroyed the key of a survey"),
        "results.auditor_set": _l("Downloaded the auditor's files"),
        "results.posting_photo": _l("Added a photo of a posting"),
        "reporting.posting": _l("Recorded where a result is posted"),
    },
    details={
        "stand_in": _l("stands in for"),
        "complaint": _l("complaint"),
        "posting": _l("posting"),
        "replaces": _l("replaces number"),
        "posted_from": _l("posted from"),
        "posted_until": _l("posted until"),
        "drawn": _l("slips drawn"),
        "uncompared": _l("slips not compared"),
        "drawn_slips": _l("drawn slips not compared"),
        "keyed_again": _l("villages not keyed again"),
        "open_complaints": _l("complaints without an answer"),
        "remark": _l("remark"),
        "open_remarks": _l("remarks of the public without an answer"),
        "back_check": _l("back-check not recorded"),
        "contradiction": _l("contradicted by the back-check"),
    },
    values={
        "form": {
            "page": _l("result page"),
            **{table.suffix: _l("file: %(format)s", format=table.name) for table in TABLES.values()},
            "command": _l("command of the operator"),
        },
    },
)
