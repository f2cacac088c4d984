"""Forms of signing in, choosing a password, inviting, naming a deputy, and deciding."""

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    DateField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, EqualTo, InputRequired, Length

from survey_app.access import Role
from survey_app.accounts import operations, passwords
from survey_app.accounts.refusals import AccountRefused
from survey_app.forms import StaffForm, clean
from survey_app.i18n import gettext as _
from survey_app.i18n import lazy_gettext as _l

#: As date pickers send them, and as people type them where there is no picker.
_DATE_FORMATS = ["%Y-%m-%d", "%d/%m/%Y"]


class SignInForm(StaffForm):
    email = StringField(_l("Sign-in name"), filters=[clean], validators=[DataRequired(), Length(max=254)])
    password = PasswordField(_l("Password"), validators=[DataRequired(), Length(max=passwords.MAX_LENGTH)])
    next = HiddenField()


class NewPasswordForm(StaffForm):
    """A password chosen twice; its strength is judged by `passwords.check`."""

    password = PasswordField(_l("New password"), validators=[DataRequired()])
    again = PasswordField(
        _l("New password again"),
        validators=[DataRequired(), EqualTo("password", message=_l("The two passwords are not the same."))],
    )


class ChangePasswordForm(NewPasswordForm):
    current = PasswordField(
        _l("Current password"), validators=[DataRequired(), Length(max=passwords.MAX_LENGTH)]
    )


class CodeForm(StaffForm):
    """The phone's digits or a recovery code."""

    code = StringField(_l("Second-factor code"), filters=[clean], validators=[DataRequired(), Length(max=40)])


class EnrolForm(CodeForm):
    """The first code of a phone, with the secret that was shown to it, encrypted."""

    offer = HiddenField()


class AgainForm(StaffForm):
    """Password, and code of those who have a second factor, typed again before an act that counts."""

    class Meta(StaffForm.Meta):
        csrf = False  # the page around it carries the token

    password = PasswordField(_l("Password"), validators=[DataRequired(), Length(max=passwords.MAX_LENGTH)])
    code = StringField(_l("Second-factor code"), filters=[clean], validators=[Length(max=40)])


class InviteForm(StaffForm):
    """Whom to invite; roles and units are filled with what the inviter manages."""

    name = StringField(_l("Full name"), filters=[clean], validators=[DataRequired(), Length(max=120)])
    email = StringField(_l("Sign-in name"), filters=[clean], validators=[DataRequired()])
    role = SelectField(_l("Role"), coerce=Role)
    unit = SelectField(_l("Unit"), coerce=int)

    def validate_email(self, field: StringField) -> None:
        try:
            operations.sign_in_name(field.data)
        except AccountRefused as error:
            raise ValidationError(error.message) from error


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
            FileRequired(_l("Choose the file with the scan; a file has to be chosen anew each time."))
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
        """Whoever uploads again has to know what to mend."""
        if self.outcome.data == "rejected" and not field.data:
            raise ValidationError(_("Please say what does not agree."))
