"""What the script of the respondents' pages says, in the language of this request; what it does is in `web/`."""

from survey_app.collecting import replies
from survey_app.i18n import gettext as _


def words() -> dict[str, str]:
    """What the script says, in the language of this request."""
    return {
        "review": _("Look over my answers"),
        "press": _("Press a line to change it. Sending is below."),
        "blank": _("Left blank"),
        "others": _("Other answers"),
        "once": _("Like dropping a slip into the ballot box: once sent, it cannot be changed."),
        "send": _("Send my answers"),
        "sending": _("Sending…"),
        "empty": _("You have not answered any question."),
        "emptyMeans": _(
            "If you send it like this, nothing that you think is counted, and it cannot be sent again."
        ),
        "answer": _("Go back and answer"),
        "meant": _("I want to send a blank slip."),
        "sendBlank": _("Send the blank slip"),
        **_words_of_keeping(),
        **_words_of_thanks(),
    }


def _words_of_keeping() -> dict[str, str]:
    """Of answers and slips that stay on the phone; in braces is what the script puts in."""
    return {
        "kept": _("This phone still has answers of this slip that were not sent."),
        "keeps": _("This phone keeps what you choose until it is sent, one day at most."),
        "use": _("Go on with them"),
        "wipe": _("Delete from this phone"),
        "surely": _("Press again to delete for good"),
        "waiting": _("Kept on this phone, not sent yet"),
        "refused": _("To be looked at"),
        "retry": _("Send again"),
        "stillHere": _("The slip is still on this phone. It was not counted."),
        "unsent": _("Unsent slips: {n}"),
        "toLookAt": _("To be looked at: {n}"),
        "open": _("Open the slip"),
        "later": _("Slips kept by a newer version of this page: {n}. Load this page again to see them."),
        "reload": _("Load this page again"),
        "before": _("Must be sent by the end of {day}."),
        "how": _(
            "As soon as there is a signal, open this page again and it is sent. Until then keep this phone and do not "
            "clear the data of its browser."
        ),
        "notKept": _(
            "This browser cannot keep the slip. Please leave this page open, go to where there is a signal, and press "
            "send again; or hand in the paper slip."
        ),
        "days": _(
            "Not sent for {n} days. Please go to where there is a signal, or hand in the paper slip at once."
        ),
        "iphone": _("An iPhone keeps the slip for 7 days only: please open this page again within 7 days."),
        "clock": _(
            "The date of this phone is wrong. The slip can be sent all the same; please set the date."
        ),
        "now": _("Send now"),
        "lost": _(
            "The browser has deleted what it kept. Scan the QR of your slip: it tells whether the slip was "
            "sent; if not, please answer again."
        ),
        "noRoom": _(
            "This phone cannot keep your answers: its memory is full, or the browser is a private one. Please send "
            "them before you close this page."
        ),
        "another": _("Give other feedback"),
        "zalo": _("Inside Zalo your answers are lost when the signal is lost."),
        "openIn": _("Open in the browser"),
        "openBy": _("Press ⋯ at the top of the screen, then choose to open the page in the browser."),
    }


def _words_of_thanks() -> dict[str, str]:
    return {
        "thanks": _("Thank you for answering!"),
        "recorded": _("The slip of your household has been recorded."),
        "recordedFeedback": _("Your feedback has been recorded."),
        "annulled": _(
            "This answer had been recorded, but the answers of your village were annulled and do not count. The "
            "village is asked again with new slips: please ask for a new one."
        ),
        "next": _("After the count, scan this same QR again to see the result of the commune."),
        "nextFeedback": _("Feedback is counted every day:"),
        "see": _("see the result"),
        "receipt": _("Receipt:"),
        "note": _(
            "Note it down if you like: with it you can check later that the slip was counted. It does not show what "
            "you answered. Show it to nobody: with it, the province Front or an auditor could find your answer."
        ),
        "proof": _("Full proof"),
        "check": _("Check a receipt"),
        "checkAt": replies.in_language("/kiem-tra"),
    }
