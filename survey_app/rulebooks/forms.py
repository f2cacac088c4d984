"""Forms of the rule books: a file, a choice for the year, services with notes, and an earlier recognition."""

from datetime import date
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, DateField, SelectField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from survey_app.forms import StaffForm, clean
from survey_app.i18n import gettext as _
from survey_app.i18n import lazy_gettext
from survey_app.revisions import RevisedForm
from survey_app.rulebooks.queries import SERVICES, ServiceNote

_NOTE = lazy_gettext("Where people find it online (address, app or page)")
_NOTE_RULES = (Length(max=500),)


class FrameworkFileForm(StaffForm):
    file = FileField(
        lazy_gettext("Rule book (a JSON file)"), validators=[FileRequired(lazy_gettext("Choose a file."))]
    )


class YearFrameworkForm(RevisedForm):
    key = SelectField(lazy_gettext("Rule book"))


class ServicesForm(RevisedForm):
    """Each service is a tick, and a ticked one needs a note."""

    health = BooleanField(lazy_gettext("Health care"))
    health_note = StringField(_NOTE, validators=_NOTE_RULES, filters=[clean])
    education = BooleanField(lazy_gettext("Education"))
    education_note = StringField(_NOTE, validators=_NOTE_RULES, filters=[clean])
    community_supervision = BooleanField(lazy_gettext("Community supervision"))
    community_supervision_note = StringField(_NOTE, validators=_NOTE_RULES, filters=[clean])
    security = BooleanField(lazy_gettext("Security"))
    security_note = StringField(_NOTE, validators=_NOTE_RULES, filters=[clean])
    environment = BooleanField(lazy_gettext("Environment"))
    environment_note = StringField(_NOTE, validators=_NOTE_RULES, filters=[clean])
    culture = BooleanField(lazy_gettext("Culture"))
    culture_note = StringField(_NOTE, validators=_NOTE_RULES, filters=[clean])

    @classmethod
    def of(cls, notes: tuple[ServiceNote, ...], **formdata: None) -> "ServicesForm":
        """The form, filled with what is on record until something is sent; with `formdata=None` even then."""
        held: dict[str, Any] = {note.service: True for note in notes}
        return cls(data=held | {f"{note.service}_note": note.note for note in notes}, **formdata)

    def notes(self) -> dict[str, str]:
        """Where each ticked service is found."""
        return {service: self[f"{service}_note"].data for service in SERVICES if self[service].data}

    def validate(self, extra_validators: Any = None) -> bool:
        are_valid = super().validate(extra_validators)
        for service in SERVICES:
            note = self[f"{service}_note"]
            if self[service].data and not note.data:
                note.errors = [*note.errors, _("Say where people find this service online.")]
                are_valid = False
            elif not self[service].data and note.data and note.data != note.object_data:
                # What was on record goes with its tick; what was typed beside no tick would be lost.
                note.errors = [*note.errors, _("Tick this service too, or leave this empty.")]
                are_valid = False
        return are_valid


class RecognitionForm(RevisedForm):
    """A decision that found a commune to meet an indicator before this product asked anybody."""

    #: The day it is in Vietnam; set by the view. No decision can be younger.
    today: date

    unit = SelectField(lazy_gettext("Commune"))
    indicator = SelectField(lazy_gettext("Indicator"))
    decision_number = StringField(
        lazy_gettext("Number of the decision"), validators=[InputRequired(), Length(max=60)], filters=[clean]
    )
    decided_on = DateField(lazy_gettext("Date of the decision"), validators=[InputRequired()])

    def validate_decision_number(self, field: StringField) -> None:
        if not field.data:
            raise ValidationError(_("Enter the number of the decision."))

    def validate_decided_on(self, field: DateField) -> None:
        if field.data and not date(2016, 1, 1) <= field.data <= self.today:
            raise ValidationError(_("The decision must be from 2016 or later, and not from the future."))
