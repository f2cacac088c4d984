"""Forms of the comparison page: totals of a receipt list, and replies to the back-check."""

from wtforms import SelectField
from wtforms.validators import InputRequired, NumberRange, Optional

from survey_app.forms import WholeNumberField
from survey_app.i18n import lazy_gettext
from survey_app.revisions import RevisedForm

_COUNT = (InputRequired(), NumberRange(min=0, max=100_000))


class ReceiptsForm(RevisedForm):
    """Totals of one village; its choices are set by the view."""

    village = SelectField(lazy_gettext("Village"))
    issued = WholeNumberField(lazy_gettext("Slips brought to the village"), validators=_COUNT)
    ticked = WholeNumberField(lazy_gettext("Rows ticked or signed"), validators=_COUNT)
    returned = WholeNumberField(lazy_gettext("Slips returned unused"), validators=_COUNT)
    voided = WholeNumberField(lazy_gettext("Slips spoilt and replaced"), validators=_COUNT)

    brought_back = WholeNumberField(
        lazy_gettext("Filled slips brought back to be keyed (empty: not counted yet)"),
        validators=(Optional(), NumberRange(min=0, max=100_000)),
    )

    def counts(self) -> dict[str, int | None]:
        """The totals by name; call after validation."""
        fields = (self.issued, self.ticked, self.returned, self.voided)
        return {field.name: field.data or 0 for field in fields} | {"brought_back": self.brought_back.data}


class RepliesForm(RevisedForm):
    """What the households of the sample said."""

    confirmed = WholeNumberField(lazy_gettext("Say that they answered"), validators=_COUNT)
    denied = WholeNumberField(lazy_gettext("Say that they did not answer or got no slip"), validators=_COUNT)
    not_reached = WholeNumberField(lazy_gettext("Not reached"), validators=_COUNT)
