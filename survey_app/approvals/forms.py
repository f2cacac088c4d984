"""Forms of deciding, of a decision signed by hand, and of naming a deputy."""

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    DateField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length

from survey_app.forms import StaffForm, clean
from survey_app.i18n import gettext as _
from survey_app.i18n import lazy_gettext as _l

#: As date pickers send them, and as people type them where there is no picker.
_DATE_FORMATS = ["%Y-%m-%d", "%d/%m/%Y"]


class DeputyForm(StaffForm):
    """Who signs in one's place, and when; the colleagues are set by the view."""

    deputy = SelectField(_l("Who signs in your place"), coerce=int)
    starts_on = DateField(_l("From (first day)"), format=_DATE_FORMATS, validators=[InputRequired()])
    ends_on = DateField(_l("Until (last day)"), format=_DATE_FORMATS, validators=[InputRequired()])
    reason = TextAreaField(
        _l("Reason, such as leave or a business trip"),
        filters=[clean],
        validators=[DataRequired(), Length(max=500)],
    )


class DecisionForm(StaffForm):
    """Yes or no to what the other body asks."""

    decision = RadioField(
        _l("Your decision"),
        choices=[SelectChoice("approved", _l("I agree")), SelectChoice("refused", _l("I do not agree"))],
        validators=[InputRequired()],
    )
    reason = TextAreaField(
        _l("Reason (needed if you do not agree)"), filters=[clean], validators=[Length(max=500)]
    )

    def validate_reason(self, field: TextAreaField) -> None:
        """The other body has to know what to change."""
        if self.decision.data == "refused" and not field.data:
            raise ValidationError(_("Please give a reason, so that the other body knows what to change."))


class PaperForm(DecisionForm):
    """A decision that somebody signed by hand, and its scan."""

    decision = RadioField(
        _l("What the paper says"),
        choices=[SelectChoice("approved", _l("Agrees")), SelectChoice("refused", _l("Does not agree"))],
        validators=[InputRequired()],
    )
    signer = StringField(
        _l("Who signed the paper (full name, office)"),
        filters=[clean],
        validators=[DataRequired(), Length(max=120)],
    )
    signed_on = DateField(_l("Day on the paper"), format=_DATE_FORMATS, validators=[InputRequired()])
    scan = FileField(
        _l("Scan or photo of the paper (PDF, PNG or JPEG, at most 5 MB)"),
        validators=[
            FileRequired(_l("Choose the file with the scan; a file has to be chosen again each time."))
        ],
    )


class CheckForm(StaffForm):
    """What the second person says of a scan."""

    outcome = RadioField(
        _l("The scan and what is entered"),
        choices=[
            SelectChoice("confirmed", _l("Agree: I have compared them with the paper")),
            SelectChoice("rejected", _l("Do not agree")),
        ],
        validators=[InputRequired()],
    )
    remark = TextAreaField(_l("What does not agree"), filters=[clean], validators=[Length(max=500)])

    def validate_remark(self, field: TextAreaField) -> None:
        """Who uploads again has to know what to mend."""
        if self.outcome.data == "rejected" and not field.data:
            raise ValidationError(_("Please say what does not agree."))
