"""What the first page asks besides the two people."""

from wtforms import HiddenField, SelectField
from wtforms.validators import InputRequired

from survey_app.forms import StaffForm
from survey_app.i18n import lazy_gettext as _l


class BeginningForm(StaffForm):
    """The province; or, where both were invited already, that new letters are wanted."""

    unit = SelectField(_l("Province"), validators=[InputRequired()])
    again = HiddenField()
