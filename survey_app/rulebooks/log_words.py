"""Words of the audit log for rule books, services, declarations and recognitions."""

from survey_app.audit import Words
from survey_app.i18n import lazy_gettext as _l

WORDS = Words(
    acts={
        "rulebooks.record": _l("Recorded a rule book"),
        "rulebooks.use": _l("Chose the rule book of a year"),
        "rulebooks.declare": _l("Declared the use of information technology"),
        "rulebooks.decide": _l("Decided on what a commune declared"),
        "rulebooks.target_terms": _l("Asked for something else of a target of the plan"),
        "rulebooks.target_figure": _l("Reported a figure of a target of the plan"),
        "rulebooks.target_decided": _l("Decided on a figure of a target of the plan"),
        "rulebooks.services": _l("Recorded online services"),
        "rulebooks.recognise": _l("Recorded a recognition"),
        "rulebooks.remove_recognition": _l("Removed a recognition"),
    },
    details={
        "framework": _l("rule book"),
        "services": _l("services"),
        "what": _l("what is in use"),
        "evidence": _l("evidence"),
        "target": _l("target"),
        "file": _l("SHA-256 of the file"),
        "accepted": _l("accepted with it"),
        "goal": _l("goal"),
        "since": _l("from the year"),
        "until": _l("until the year"),
        "words": _l("words"),
        "n": _l("number met"),
        "of": _l("total"),
        "decision_number": _l("number of the decision"),
        "decided_on": _l("date of the decision"),
    },
)
