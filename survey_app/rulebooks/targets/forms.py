"""Forms on the targets of the plan: a unit's figure, what is decided on it, a list of figures, and what is asked."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from flask_wtf.file import FileField
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, ValidationError

from survey_app.criteria.frameworks import Comparison, Source
from survey_app.criteria.targets import Figure, PlanTarget, Terms
from survey_app.forms import StaffForm, WholeNumberField, clean
from survey_app.i18n import gettext as _
from survey_app.i18n import lazy_gettext as _l
from survey_app.list_pages import ListForm, UploadForm
from survey_app.questions import numbers
from survey_app.revisions import RevisedForm, mark
from survey_app.rulebooks.queries import YEARS
from survey_app.rulebooks.targets.plans import UnderThePlan
from survey_app.templating import wording

_EVIDENCE = _l("Evidence: an address, or number and date of a document")
_MOST = 2_000_000_000
#: Letters of a document's number that are kept.
_LONGEST_NUMBER = 100


class FigureForm(StaffForm):
    """What one unit reports: a number, a number of a number, or yes or no; and where it can be looked up."""

    seen = HiddenField()
    n = WholeNumberField(_l("Number met"))
    whole = WholeNumberField(_l("Total"))
    answer = RadioField(_l("Met"), choices=[SelectChoice("1", _l("yes")), SelectChoice("0", _l("no"))])
    evidence = StringField(_EVIDENCE, filters=[clean], validators=[Length(max=500)])
    file = FileField(_l("Or a file, up to 5 MB (PDF, PNG or JPEG)"))

    @classmethod
    def of(cls, target: PlanTarget, **values: Any) -> "FigureForm":
        """With the fields that this kind of target has, called by what is counted."""
        form = cls(**values)
        if target.kind.is_yes_or_no:
            del form.n, form.whole
            form.answer.validators = [InputRequired()]
            return form
        del form.answer
        form.n.validators = [InputRequired()]
        form.n.label.text = wording(dict(target.counted)) or form.n.label.text
        if target.kind.has_whole:
            form.whole.validators = [InputRequired()]
            form.whole.label.text = wording(dict(target.whole)) or form.whole.label.text
        else:
            del form.whole
        return form

    def figure(self) -> Figure:
        """What the form says; only after it was validated."""
        if "answer" in self:
            return Figure(int(self.answer.data))
        return Figure(self.n.data, self.whole.data if "whole" in self else None)

    def validate_n(self, field: IntegerField) -> None:
        _small(field)

    def validate_whole(self, field: IntegerField) -> None:
        _small(field)


class FigureDecisionForm(StaffForm):
    """What the province says to one figure."""

    number = HiddenField()
    reason = StringField(
        _l("What has to be changed, where it is sent back"), filters=[clean], validators=[Length(max=500)]
    )


class FigureUploadForm(UploadForm):
    """A list of figures, and the document it comes from."""

    source = StringField(
        _l("Document of the list: number, date and office"),
        filters=[clean],
        validators=[InputRequired(), Length(max=200)],
    )


class FigureListForm(ListForm):
    """A list of figures that was looked at."""

    source = HiddenField(validators=[InputRequired(), Length(max=200)])


class DocumentForm(RevisedForm):
    """For which years a plan asks, and its document."""

    since = WholeNumberField(_l("From the year"), validators=[InputRequired()])
    until = WholeNumberField(_l("To the end of the year"), validators=[InputRequired()])
    source_number = StringField(
        _l("Number of the document"), filters=[clean], validators=[InputRequired(), Length(max=100)]
    )
    source_date = DateField(
        _l("Date of the document"), format=["%Y-%m-%d", "%d/%m/%Y"], validators=[InputRequired()]
    )
    source_article = StringField(
        _l("Article or section"), filters=[clean], validators=[InputRequired(), Length(max=100)]
    )

    def validate_since(self, field: IntegerField) -> None:
        _year(field)

    def validate_until(self, field: IntegerField) -> None:
        _year(field)
        if field.data is not None and self.since.data is not None and field.data < self.since.data:
            raise ValidationError(_("The last year is not before the first one."))

    def validate_source_date(self, field: DateField) -> None:
        day: date | None = field.data
        if day and day.year not in YEARS:
            raise ValidationError(_("Enter the date of the document."))


class PlanDocumentForm(DocumentForm):
    """The document of the whole plan, with the body that issued it; goals stay what they are."""

    source_body = StringField(
        _l("Issuing body"), filters=[clean], validators=[InputRequired(), Length(max=100)]
    )

    first_year = YEARS.start

    @classmethod
    def of(cls, found: UnderThePlan, year: int) -> "PlanDocumentForm":
        """Filled with the document that the plan has now; empty where that was never read."""
        form = cls._filled(found.terms, year)
        form.beside = repr(found)
        form.seen.data = mark(form)
        return form

    @classmethod
    def sent(cls, year: int) -> "PlanDocumentForm":
        """As it comes back from the page of that year, before which it changes nothing."""
        form = cls()
        form.first_year = year
        return form

    @classmethod
    def _filled(cls, terms: Terms, year: int) -> "PlanDocumentForm":
        source = terms.source
        if not source.complete:
            return cls(formdata=None)
        number, _bracket, body = source.number.partition(" (")
        return cls(
            formdata=None,
            source_number=number,
            source_body=body.removesuffix(")"),
            source_date=source.date,
            source_article=source.article,
            since=max(terms.since, year),
            until=terms.until,
        )

    def validate_since(self, field: IntegerField) -> None:
        super().validate_since(field)
        if field.data is not None and field.data < self.first_year:
            raise ValidationError(
                _("Not before %(year)s: open the page of the earlier year.", year=self.first_year)
            )

    def validate_source_body(self, field: StringField) -> None:
        if len(self.number_and_body) > _LONGEST_NUMBER:
            raise ValidationError(
                _("Number and body together have at most %(most)s letters.", most=_LONGEST_NUMBER)
            )

    @property
    def number_and_body(self) -> str:
        """As papers and pages quote it: "99/KH-UBND (UBND tỉnh Gia Lai)"."""
        return f"{self.source_number.data} ({self.source_body.data})"

    def under(self, terms: Terms) -> Terms:
        """The same goal by this document and for its years; only after it was validated."""
        source = Source(self.number_and_body, self.source_date.data, self.source_article.data)
        return replace(terms, source=source, since=self.since.data, until=self.until.data)


class TermsForm(DocumentForm):
    """What a plan asks from a year on, with its document."""

    words = TextAreaField(_l("Words of the plan"), filters=[clean], validators=[Length(max=500)])
    goal = StringField(filters=[clean], validators=[InputRequired(), Length(max=20)])
    comparison = SelectField(
        _l("Compared"),
        choices=[
            SelectChoice(Comparison.AT_LEAST.value, _l("at least (≥)")),
            SelectChoice(Comparison.ABOVE.value, _l("more than (>)")),
        ],
    )

    @classmethod
    def of(cls, target: PlanTarget, *, stored: bool = False) -> "TermsForm":
        """The form of a target; `stored` fills it with what is asked now."""
        terms, is_share = target.terms, target.kind.is_share
        goal = f"{Decimal(terms.goal) / 100:f}".replace(".", ",") if is_share else str(terms.goal)
        form = cls() if not stored else cls(
            formdata=None,
            words=terms.words,
            goal=goal,
            comparison=terms.comparison.value,
            since=terms.since or None,
            until=terms.until,
            source_number=terms.source.number if terms.source.complete else "",
            source_date=terms.source.date,
            source_article=terms.source.article if terms.source.complete else "",
        )  # fmt: skip
        form.goal.label.text = _("Goal in per cent") if is_share else _("Goal as a number")
        form.is_share = is_share
        return form

    is_share = True

    def terms(self) -> Terms:
        """What the form says; only after it was validated."""
        source = Source(self.source_number.data, self.source_date.data, self.source_article.data)
        comparison = Comparison(self.comparison.data)
        return Terms(
            self.words.data or "", self._goal(), comparison, source, self.since.data, self.until.data
        )

    def validate_goal(self, field: StringField) -> None:
        try:
            found = self._goal()
        except ValueError as error:
            raise ValidationError(
                _("Write a number such as 90 or 92,5.") if self.is_share else _("Write a whole number.")
            ) from error
        if not 0 < found <= _MOST:
            raise ValidationError(_("The goal is more than 0, and a share at most 100 %."))

    def _goal(self) -> int:
        value = Decimal(numbers.read((self.goal.data or "").removesuffix("%").strip()))
        value *= 100 if self.is_share else 1
        if value != value.to_integral_value():
            raise numbers.NotANumber
        return int(value)


def _small(field: IntegerField) -> None:
    if field.data is not None and not 0 <= field.data <= _MOST:
        raise ValidationError(_("Write a whole number from 0."))


def _year(field: IntegerField) -> None:
    if field.data is not None and field.data not in YEARS:
        raise ValidationError(_("Write a year, like 2030."))
