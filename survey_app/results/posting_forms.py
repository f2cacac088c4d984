"""Forms of the page on which postings are recorded."""

from wtforms import BooleanField, DateField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from survey_app.forms import StaffForm, clean
from survey_app.i18n import lazy_gettext as _l
from survey_app.results.postings import Noted
from survey_app.revisions import RevisedForm

#: As date pickers send them, and as people type them where there is no picker.
_DATE_FORMATS = ["%Y-%m-%d", "%d/%m/%Y"]


class PostingForm(StaffForm):
    """Where a notice hangs and since when; the choices of units are set by the view."""

    unit = SelectField(_l("Village or commune"), coerce=int)
    place = StringField(
        _l("Place, like the hall of the village"),
        filters=[clean],
        validators=[DataRequired(), Length(max=200)],
    )
    posted_from = DateField(_l("Posted on"), format=_DATE_FORMATS, validators=[InputRequired()])
    posted_until = DateField(
        _l("Taken down on, or last seen hanging on; empty while nobody has looked"),
        format=_DATE_FORMATS,
        validators=[Optional()],
    )

    def noted(self) -> Noted:
        """What was typed; call after validation."""
        assert self.posted_from.data is not None
        return Noted(self.unit.data, self.place.data, self.posted_from.data, self.posted_until.data)


class PostingEverywhereForm(StaffForm):
    """One posting for many places at once; the choices of units are set by the view."""

    units = SelectMultipleField(
        _l("Where it hangs"),
        coerce=int,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validators=[InputRequired()],
    )
    place = StringField(
        _l("Place in each, like the hall of the village"),
        filters=[clean],
        validators=[DataRequired(), Length(max=200)],
    )
    posted_from = DateField(_l("Posted on"), format=_DATE_FORMATS, validators=[InputRequired()])

    def noted(self) -> tuple[Noted, ...]:
        """What was typed, for each place; call after validation."""
        assert self.posted_from.data is not None
        return tuple(
            Noted(unit, self.place.data or "", self.posted_from.data, None) for unit in self.units.data or ()
        )


class PostingEndForm(StaffForm):
    """The last day of everything that hangs."""

    last_day = DateField(
        _l("Taken down on, or last seen hanging on"), format=_DATE_FORMATS, validators=[InputRequired()]
    )


class PostingCorrectionForm(PostingForm, RevisedForm):
    """What is known now of a posting on record."""

    APART = frozenset({"reason"})

    is_withdrawn = BooleanField(_l("It was recorded by mistake: there was no such posting"))
    reason = TextAreaField(
        _l("What is new or was wrong, like “taken down today”"),
        filters=[clean],
        validators=[DataRequired(), Length(max=500)],
    )
