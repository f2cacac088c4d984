"""Forms of signing in, choosing a password, and inviting."""

from wtforms import (
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.validators import DataRequired, EqualTo, InputRequired, Length

from survey_app.access import Role
from survey_app.accounts import operations, passwords, telephones
from survey_app.accounts.refusals import AccountRefused
from survey_app.forms import StaffForm, clean
from survey_app.i18n import gettext as _
from survey_app.i18n import lazy_gettext as _l
from survey_app.office_files import Wrong
from survey_app.revisions import RevisedForm


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


class TelephoneForm(RevisedForm):
    """A telephone number as people write it."""

    telephone = StringField(_l("Telephone"), filters=[clean], validators=[Length(max=40)])

    def number(self) -> str:
        """The telephone number in digits, "" without one; only after the form was validated."""
        return telephones.normal(self.telephone.data or "")

    def validate_telephone(self, field: StringField) -> None:
        if field.data:
            try:
                telephones.parse(field.data)
            except Wrong as wrong:
                raise ValidationError(wrong.sentence) from wrong


class PersonForm(TelephoneForm):
    """Who gets an account, and how they sign in: by their telephone number where no other name is given."""

    name = StringField(_l("Full name"), filters=[clean], validators=[DataRequired(), Length(max=120)])
    email = StringField(_l("Sign-in name"), filters=[clean])

    def validate_email(self, field: StringField) -> None:
        if not field.data and not self.number():
            if self.telephone.data:
                return  # what is wrong with the number is shown beside it
            raise ValidationError(_("Give a telephone number or a sign-in name."))
        try:
            operations.sign_in_name(field.data or self.number())
        except AccountRefused as error:
            raise ValidationError(error.message) from error


class InviteForm(PersonForm):
    """Whom to invite; roles and units are filled with what the inviter manages."""

    role = SelectField(_l("Role"), coerce=Role)
    unit = SelectField(_l("Unit"), coerce=int)


class SuccessorForm(StaffForm):
    """Who takes over: a colleague who is there, or somebody new, named in a `PersonForm` beside it."""

    NEW = "new"

    successor = RadioField(_l("Who takes over?"), validators=[InputRequired()])
