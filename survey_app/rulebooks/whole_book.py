"""What a rule book says of itself, on the page where it is edited: its title and its period."""

from dataclasses import replace
from typing import Any

from wtforms import DateField, Field, StringField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length

from survey_app.criteria.frameworks import Framework
from survey_app.forms import clean
from survey_app.i18n import gettext as _
from survey_app.i18n import lazy_gettext as _l
from survey_app.revisions import RevisedForm
from survey_app.rulebooks.queries import YEARS

_LONGEST = 300
_DAYS = ["%Y-%m-%d", "%d/%m/%Y"]


class WholeBookForm(RevisedForm):
    """Title and period; the form of a book has these before its conditions."""

    title_vi = StringField(
        _l("Title of the rule book"), filters=[clean], validators=[DataRequired(), Length(max=_LONGEST)]
    )
    title_en = StringField(
        _l("Title in English (may stay empty)"), filters=[clean], validators=[Length(max=_LONGEST)]
    )
    period_from = DateField(_l("First day of its period"), format=_DAYS, validators=[InputRequired()])
    period_to = DateField(_l("Last day of its period"), format=_DAYS, validators=[InputRequired()])

    def validate_period_from(self, field: Field) -> None:
        """A year that reports can be about."""
        if field.data and field.data.year not in YEARS:
            raise ValidationError(
                _("Enter a day of the years %(first)s to %(last)s.", first=YEARS[0], last=YEARS[-1])
            )

    def validate_period_to(self, field: Field) -> None:
        """Days in order, in years that reports can be about."""
        self.validate_period_from(field)
        if field.data and self.period_from.data and field.data < self.period_from.data:
            raise ValidationError(_("The last day lies before the first day."))


def held(book: Framework) -> dict[str, Any]:
    """What the book says, by field."""
    return {
        "title_vi": book.title["vi"],
        "title_en": book.title.get("en", ""),
        "period_from": book.period_from,
        "period_to": book.period_to,
    }


def edited(book: Framework, form: WholeBookForm) -> Framework:
    """The book with title and period of the form; call after validation."""
    others = {tag: words for tag, words in book.title.items() if tag not in {"vi", "en"}}
    english = {"en": form.title_en.data} if form.title_en.data else {}
    return replace(
        book,
        title={**english, **others, "vi": form.title_vi.data},
        period_from=form.period_from.data,
        period_to=form.period_to.data,
    )
