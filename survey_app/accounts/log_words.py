"""Words of the audit log for accounts, sign-ins, handovers."""

from survey_app.audit import Words
from survey_app.i18n import lazy_gettext as _l

WORDS = Words(
    acts={
        "accounts.create": _l("Made an account"),
        "accounts.invite": _l("Made a new invitation letter"),
        "accounts.accept": _l("Accepted an invitation"),
        "accounts.password": _l("Changed the password"),
        "accounts.telephone": _l("Changed a telephone number"),
        "accounts.sign_in": _l("Signed in"),
        "accounts.sign_in_failed": _l("Sign-in with a wrong password"),
        "accounts.wrong_code": _l("Sign-in with a wrong code of the phone"),
        "accounts.locked_out": _l("Made to wait after too many wrong attempts"),
        "accounts.refused": _l("Refused: no such page for this account"),
        "accounts.suspected": _l("Refused: not sent by a page of this site, or codes were guessed"),
        "accounts.end_session": _l("Signed out one device"),
        "accounts.end_sessions": _l("Signed out on every device"),
        "accounts.enrol_factor": _l("Set up the code of the phone"),
        "accounts.recovery_codes": _l("Made new recovery codes"),
        "accounts.recovery_code_used": _l("Signed in with a recovery code"),
        "accounts.ask_factor_reset": _l("Asked to remove a lost phone"),
        "accounts.factor_reset": _l("Removed a lost phone"),
        "accounts.hand_over": _l("Handed a person's work over to a successor, and closed the account"),
        "accounts.close": _l("Closed an account"),
        "accounts.reopen": _l("Reopened an account"),
    },
    details={
        "role": _l("role"),
        "successor": _l("successor"),
        "status": _l("status"),
        "suspicion": _l("what was tried"),
    },
    values={
        "suspicion": {
            "forged_form": _l("a form that did not come from its page"),
            "other_site": _l("an answer sent by another site"),
            "guessing": _l("guessing of codes of slips"),
        },
    },
)
