"""What officers fill in on a survey: its draft, other days, corrected households, meetings."""

from datetime import UTC, date, datetime
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from survey_app.config import VIETNAM
from survey_app.fieldwork import calendar, quick
from survey_app.fieldwork.contact import has_number
from survey_app.fieldwork.models import Purpose
from survey_app.forms import StaffForm, WholeNumberField, clean
from survey_app.i18n import gettext as _
from survey_app.i18n import lazy_gettext
from survey_app.revisions import RevisedForm

#: As date pickers send them, and as people type them where there is no picker.
_DATE_FORMATS = ["%Y-%m-%d", "%d/%m/%Y"]
_TIME_FORMATS = ["%H:%M", "%Hh%M", "%H:%M:%S"]


#: Letters of a place's name, which is on posters.
LONGEST_PLACE = 120


def refuse_without_number(_form: Any, field: Any) -> None:
    """Raise ValidationError where nobody can be called."""
    if not has_number(field.data):
        raise ValidationError(_("Please add a phone number, like 0269 123 456: villagers call it."))


# Asked alike of one survey and of a campaign of many. Each call makes a field, so that it has its place in a form.


def last_day() -> DateField:
    """The last day for answers, which is not before the first."""
    return DateField(
        lazy_gettext("Last day"), format=_DATE_FORMATS, validators=[InputRequired(), _refuse_before_first_day]
    )


def _refuse_before_first_day(form: Any, field: Any) -> None:
    if form.opens_on.data and field.data and field.data < form.opens_on.data:
        raise ValidationError(_("The last day lies before the first day."))


def date_of_plan() -> Any:
    """The day of the Front's plan, which may be missing."""
    return DateField(lazy_gettext("Date of the plan"), format=_DATE_FORMATS, validators=[Optional()])


def goal() -> Any:
    """The round's own goal, which may be missing."""
    return WholeNumberField(
        lazy_gettext("Goal of this round, in per cent of the households (may stay empty)"),
        validators=[Optional(), NumberRange(min=1, max=100)],
    )


def aim_in_words() -> Any:
    """What villagers read first."""
    return TextAreaField(
        lazy_gettext("What it is for, in one or two sentences villagers read first"),
        filters=[clean],
        validators=[DataRequired(), Length(max=500)],
    )


def whom_to_call() -> Any:
    """Somebody with a number."""
    return StringField(
        lazy_gettext("Whom villagers may call (name, phone)"),
        filters=[clean],
        validators=[DataRequired(), Length(max=120), refuse_without_number],
    )


#: The choice that leaves the form to what the commune aims at.
BY_LEVEL = 0


class SurveyForm(RevisedForm):
    """What people decide when they draft a survey. Choices of levels, forms and villages are set by the view."""

    #: Why level and form do not fit, as the view found, or "".
    wrong_with_level = ""

    level = SelectField(lazy_gettext("What the commune aims at"), default="")
    instrument = SelectField(lazy_gettext("Form"), coerce=int)
    purpose = RadioField(
        lazy_gettext("What the answers are for"),
        choices=[
            SelectChoice(
                Purpose.DECISION.value,
                lazy_gettext("Decision: scored, one slip with a code for each household"),
            ),
            SelectChoice(Purpose.FEEDBACK.value, lazy_gettext("Feedback: an open link, never scored")),
        ],
        default=Purpose.DECISION.value,
    )
    rehearsal = BooleanField(lazy_gettext("Rehearsal: marked THỬ everywhere and never counted"))
    plan_number = StringField(
        lazy_gettext("Number of the Front's plan"), filters=[clean], validators=[Length(max=60)]
    )
    plan_date = date_of_plan()
    keyed_twice = BooleanField(
        lazy_gettext("Every paper slip is keyed by two persons, instead of one in ten")
    )
    goal_percent = goal()
    aim = aim_in_words()
    contact = whom_to_call()
    opens_on = DateField(lazy_gettext("First day"), format=_DATE_FORMATS, validators=[InputRequired()])
    closes_on = last_day()
    villages = SelectMultipleField(
        lazy_gettext("Villages that are asked"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def validate_instrument(self, _field: Any) -> None:
        """A form that serves what the commune aims at."""
        if self.wrong_with_level:
            raise ValidationError(self.wrong_with_level)

    def validate_goal_percent(self, field: Any) -> None:
        """A goal is in a plan, which is printed beside it."""
        if field.data and not self.plan_number.data:
            raise ValidationError(_("Enter the number of the Front's plan that names this goal."))

    def validate_villages(self, field: Any) -> None:
        """A decision survey without villages has no coverage."""
        if self.purpose.data == Purpose.DECISION and not field.data:
            raise ValidationError(
                _("Choose at least one village. Villages and households are entered under “Villages”.")
            )


class QuickForm(StaffForm):
    """What people decide for quick feedback. Choices of forms and places are set by the view."""

    #: The page's own name, so that a second press of it is known.
    page = HiddenField(validators=[Regexp(r"[0-9a-f-]{36}\Z")])
    instrument = RadioField(lazy_gettext("What people give their views on"), coerce=int)
    places = SelectMultipleField(
        lazy_gettext("Where a QR hangs, each with results of its own"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    others = TextAreaField(lazy_gettext("Other places, one a line (may stay empty)"), filters=[clean])
    contact = whom_to_call()
    aim = StringField(
        lazy_gettext("One sentence that people read first"),
        filters=[clean],
        validators=[DataRequired(), Length(max=300)],
    )
    closes_on = DateField(lazy_gettext("Last day"), format=_DATE_FORMATS, validators=[InputRequired()])

    def __init__(self, today: date, **values: Any) -> None:
        super().__init__(**values)
        self._today = today

    def validate_closes_on(self, field: Any) -> None:
        """A day to come."""
        if field.data and field.data < self._today:
            raise ValidationError(_("The last day has passed."))

    def validate_others(self, field: Any) -> None:
        """Some places, not too many, each a name."""
        places = quick.places_typed(self.places.data or (), field.data or "")
        if not places:
            raise ValidationError(_("Tick or write at least one place."))
        if len(places) > quick.MOST_PLACES:
            raise ValidationError(_("Please make at most %(most)s places at once.", most=quick.MOST_PLACES))
        if max(map(len, places)) > LONGEST_PLACE:
            raise ValidationError(_("A place has at most %(most)s letters.", most=LONGEST_PLACE))


class ReasonForm(StaffForm):
    """A reason that is printed."""

    reason = TextAreaField(
        lazy_gettext("Reason (printed on the papers)"),
        filters=[clean],
        validators=[DataRequired(), Length(max=500)],
    )


class PublicReasonForm(StaffForm):
    """A reason that everybody reads."""

    reason = TextAreaField(
        lazy_gettext("Reason (everybody reads it on the result page: name nobody)"),
        filters=[clean],
        validators=[DataRequired(), Length(max=500)],
    )


class ExtendForm(PublicReasonForm):
    closes_on = DateField(lazy_gettext("New last day"), format=_DATE_FORMATS, validators=[InputRequired()])


class KeyingForm(PublicReasonForm):
    """A longer window for keying paper."""

    closes_on = DateField(
        lazy_gettext("New last day of keying"), format=_DATE_FORMATS, validators=[InputRequired()]
    )


class ReopenForm(PublicReasonForm):
    """Until when the phones are open again."""

    closes_on = DateField(
        lazy_gettext("Open until (day)"), format=_DATE_FORMATS, validators=[InputRequired()]
    )
    hour = TimeField(
        lazy_gettext("Hour (empty: the end of that day)"), format=_TIME_FORMATS, validators=[Optional()]
    )

    def closes_at(self) -> datetime:
        """The moment chosen, of Vietnam; call after validation."""
        if self.hour.data is None:
            return calendar.closing(self.closes_on.data)
        return datetime.combine(self.closes_on.data, self.hour.data, VIETNAM).astimezone(UTC)


class ClockForm(StaffForm):
    """That the server's clock is right, as it was shown."""

    shown = HiddenField(validators=[DataRequired()])

    def validate_shown(self, field: Any) -> None:
        """A moment as the page wrote it."""
        try:
            aware = datetime.fromisoformat(field.data).tzinfo is not None
        except ValueError:
            aware = False
        if not aware:
            raise ValidationError(_("Open the page again."))


class FrameCorrectionForm(ReasonForm, RevisedForm):
    """Another number of households of one village after publishing, with the reason that papers print."""

    APART = frozenset({"reason"})

    households = WholeNumberField(
        lazy_gettext("Correct number of households"),
        validators=[InputRequired(), NumberRange(min=1, max=100000)],
    )


class MeetingForm(StaffForm):
    """A meeting of one village on one day; its choices are set by the view."""

    village = SelectField(lazy_gettext("Village"))
    on = DateField(lazy_gettext("Day"), format=_DATE_FORMATS, validators=[InputRequired()])
    starts = TimeField(lazy_gettext("Begins at"), format=_TIME_FORMATS, validators=[InputRequired()])
    ends = TimeField(lazy_gettext("Ends at"), format=_TIME_FORMATS, validators=[InputRequired()])
    place = StringField(lazy_gettext("Place"), filters=[clean], validators=[DataRequired(), Length(max=200)])

    def validate_ends(self, field: Any) -> None:
        """Hours in order."""
        if self.starts.data and field.data and field.data <= self.starts.data:
            raise ValidationError(_("The meeting ends before it begins."))


class PresentForm(RevisedForm):
    """How many households were present at a meeting."""

    present = WholeNumberField(
        lazy_gettext("Households present"),
        validators=[InputRequired(), NumberRange(min=1, max=100000)],
    )


def suggested_dates(today: date) -> tuple[date, date]:
    """A first and last day to start from: two weeks from tomorrow on. Only a suggestion; no rule sets a length."""
    return date.fromordinal(today.toordinal() + 1), date.fromordinal(today.toordinal() + 14)
