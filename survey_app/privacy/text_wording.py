"""What the Front may decide on a written opinion, in words."""

from survey_app.i18n import gettext as _
from survey_app.scoring.texts import RELEASED


def decisions() -> dict[str, str]:
    """The words of every decision, in the order in which they are offered."""
    return {
        RELEASED: _("The commune may read it"),
        "names_person": _("Withheld: it names somebody"),
        "recognisable": _("Withheld: one can tell who wrote it"),
        "insulting": _("Withheld: it insults somebody"),
        "no_opinion": _("Withheld: it says nothing on the question"),
    }
