"""Form of the page that takes a written opinion out."""

from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from survey_app.forms import StaffForm, clean
from survey_app.i18n import lazy_gettext


class RedactionForm(StaffForm):
    reason = TextAreaField(
        lazy_gettext("Why the text is taken out; please do not repeat the name or the text"),
        filters=[clean],
        validators=[DataRequired(), Length(max=500)],
    )
