"""This room's acts as the audit log says them to readers."""

from survey_app.audit import Words
from survey_app.i18n import lazy_gettext as _l

WORDS = Words(
    acts={
        "fieldwork.draft": _l("Drafted a survey"),
        "fieldwork.change": _l("Changed a draft"),
        "fieldwork.change_frame": _l("Changed the villages of a draft"),
        "fieldwork.discard": _l("Threw a draft away"),
        "fieldwork.publish": _l("Published a survey"),
        "fieldwork.open": _l("Phones opened"),
        "fieldwork.close_phones": _l("Phones closed"),
        "fieldwork.extend": _l("Kept the phones open longer"),
        "fieldwork.shorten": _l("Let the phones close earlier"),
        "fieldwork.extend_counting": _l("Gave more time to key paper"),
        "fieldwork.reopen": _l("Opened the phones again"),
        "fieldwork.annul": _l("Cancelled a survey"),
        "fieldwork.correct_frame": _l("Corrected the households of a village"),
        "fieldwork.note_absences": _l("Noted households that are away"),
        "fieldwork.slips": _l("Made slips"),
        "fieldwork.void_batch": _l("Voided a batch of slips"),
        "fieldwork.announce_meeting": _l("Announced a meeting"),
        "fieldwork.tell_meeting_late": _l("Reported a meeting afterwards"),
        "fieldwork.withdraw_meeting": _l("Withdrew the announcement of a meeting"),
    },
    details={
        "batch": _l("batch"),
        "state": _l("state"),
        "rulebook": _l("rule book"),
        "chosen": _l("chosen by the province"),
        "plan_number": _l("number of the plan"),
        "plan_date": _l("date of the plan"),
        "aim": _l("aim"),
        "contact": _l("contact"),
        "opens_at": _l("opens"),
        "closes_at": _l("closes"),
        "starts_at": _l("begins"),
        "ends_at": _l("ends"),
        "purpose": _l("purpose"),
        "rehearsal": _l("rehearsal"),
        "keyed_twice": _l("every paper slip keyed twice"),
        "absent": _l("households away"),
        "instrument_id": _l("form"),
    },
    values={
        "purpose": {"decision": _l("decision survey"), "feedback": _l("feedback survey")},
    },
)
