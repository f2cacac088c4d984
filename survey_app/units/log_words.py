"""Words of the audit log for the register of units and households of villages."""

from survey_app.audit import Words
from survey_app.i18n import lazy_gettext as _l

WORDS = Words(
    acts={
        "units.import": _l("Imported the register of units"),
        "units.record_households": _l("Entered households of villages"),
        "units.change_village": _l("Corrected a village"),
        "units.end_village": _l("Ended a village"),
        "units.take_back": _l("Took back the last change of a list of villages"),
    },
    details={
        "last_day": _l("last day"),
        "name": _l("name"),
        "old_unit": _l("former commune"),
        "valid_to": _l("in force until"),
        "households": _l("households"),
        "source": _l("source"),
        "as_of": _l("as of"),
        "added": _l("units added"),
        "changed": _l("units changed"),
        "linked": _l("units linked to those before"),
        "new": _l("new villages"),
        "updated": _l("villages updated"),
        "taken_back": _l("number of the act taken back"),
    },
)
