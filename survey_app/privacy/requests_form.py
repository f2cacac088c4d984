"""Forms of the log of requests on personal data."""

from datetime import date

from wtforms import DateField, SelectChoice, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length

from survey_app.forms import StaffForm, clean
from survey_app.i18n import gettext as _
from survey_app.i18n import lazy_gettext as _l
from survey_app.privacy.requests import RequestKind
from survey_app.units.queries import today

KINDS = {
    RequestKind.ACCESS: _l("To know what is stored"),
    RequestKind.CORRECTION: _l("To correct"),
    RequestKind.ERASURE: _l("To erase"),
    RequestKind.OBJECTION: _l("To object"),
}


class RequestForm(StaffForm):
    """A request of somebody about their own data: when it came, what is asked, where its letter lies."""

    received_on = DateField(_l("Received on"), format=["%Y-%m-%d", "%d/%m/%Y"], validators=[DataRequired()])
    kind = SelectField(
        _l("What is asked"), choices=[SelectChoice(kind.value, label) for kind, label in KINDS.items()]
    )
    reference = StringField(
        _l("Reference, such as the number in your incoming mail"),
        filters=[clean],
        validators=[DataRequired(), Length(max=200)],
    )

    def validate_received_on(self, received_on: DateField) -> None:
        """A request cannot come tomorrow, nor have come before the year 2000."""
        day: date | None = received_on.data
        if day and not date(2000, 1, 1) <= day <= today():
            raise ValidationError(_("Enter today or an earlier day."))


class AnswerForm(StaffForm):
    answer = TextAreaField(
        _l("What was answered"), filters=[clean], validators=[DataRequired(), Length(max=1000)]
    )
