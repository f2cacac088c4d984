"""The forms on which a remark of the public is entered, read and answered, and the words of what the Front decides."""

from datetime import date

from wtforms import DateField, HiddenField, SelectChoice, SelectField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length

from survey_app.forms import StaffForm, clean
from survey_app.i18n import gettext as _
from survey_app.i18n import lazy_gettext
from survey_app.privacy import text_wording
from survey_app.privacy.retention import TAKEN_OUT
from survey_app.results.public_remarks import LONGEST
from survey_app.scoring.texts import RELEASED, WITHHELD
from survey_app.units.queries import today


class EnterForm(StaffForm):
    """A remark that somebody brought to the commune."""

    page = HiddenField()
    received_on = DateField(
        lazy_gettext("Received on"), format=["%Y-%m-%d", "%d/%m/%Y"], validators=[DataRequired()]
    )
    text = TextAreaField(
        lazy_gettext("The remark in its own words, without the name of anybody"),
        filters=[clean],
        validators=[DataRequired(), Length(max=LONGEST)],
    )

    def validate_received_on(self, received_on: DateField) -> None:
        """Nothing was received tomorrow, nor before this century."""
        day: date | None = received_on.data
        if day and not date(2000, 1, 1) <= day <= today():
            raise ValidationError(_("Enter today or an earlier day."))


class ReadForm(StaffForm):
    """What the Front decides on one remark."""

    seen = HiddenField()
    decision = SelectField(lazy_gettext("What becomes of it"))

    @classmethod
    def offered(cls, **values: object) -> "ReadForm":
        """With every decision to choose from."""
        form = cls(**values)
        form.decision.choices = [SelectChoice(word, label) for word, label in decisions().items()]
        return form


class RemarkAnswerForm(StaffForm):
    """What a body answers."""

    seen = HiddenField()
    answer = TextAreaField(
        lazy_gettext("Answer of your body; everybody may read it"),
        filters=[clean],
        validators=[DataRequired(), Length(max=LONGEST)],
    )


def decisions() -> dict[str, str]:
    """The words of every decision, in the order in which they are offered."""
    withheld = text_wording.decisions()
    return {
        RELEASED: _("Show it to everybody"),
        **{word: withheld[word] for word in WITHHELD},
        TAKEN_OUT: _("Take the text out for good: it is about a person"),
    }
