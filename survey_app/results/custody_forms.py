"""Forms of the province's page on complaints."""

from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from survey_app.forms import StaffForm, clean
from survey_app.i18n import lazy_gettext


class ComplaintForm(StaffForm):
    note = TextAreaField(
        lazy_gettext("What the complaint is about; please write no name of a household"),
        filters=[clean],
        validators=[DataRequired(), Length(max=500)],
    )


class OutcomeForm(StaffForm):
    outcome = TextAreaField(
        lazy_gettext("How it was settled"), filters=[clean], validators=[DataRequired(), Length(max=500)]
    )
