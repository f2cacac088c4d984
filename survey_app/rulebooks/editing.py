"""A rule book as a form: for each condition the figure, how it is compared, and the document that it is in.

One row for every condition of the book, and an empty one for each kind of condition that it lacks: filled in, it
becomes part of the book. Every problem is named at its field, all at once, in the words of the page.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final, assert_never

from wtforms import DateField, Field, SelectChoice, SelectField, SelectMultipleField, StringField
from wtforms.validators import Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from survey_app.criteria.frameworks import (
    ALL,
    NEVER_MEETING_INDICATOR,
    PURPOSES,
    BookTarget,
    Comparison,
    Framework,
    Measure,
    PhoneSlips,
    Requirement,
    RequirementKind,
    Source,
    TargetKind,
    Threshold,
)
from survey_app.forms import clean
from survey_app.i18n import gettext as _
from survey_app.questions import numbers
from survey_app.revisions import RevisedForm
from survey_app.rulebooks import whole_book
from survey_app.rulebooks.whole_book import WholeBookForm
from survey_app.rulebooks.wording import condition_kind_name, purpose_name, target_kind_name
from survey_app.templating import wording as in_language
from survey_app.units import kinds

#: Days of posting, or slips by phone, beyond which a figure is a slip of the finger.
_MOST: Final = 100_000
_LONGEST: Final = 300


class RuleBookForm(WholeBookForm):
    """Made for one book by `form_of`; `rows` says which fields belong together."""

    rows: tuple["Row", ...] = ()

    def validate(self, extra_validators: Any = None) -> bool:
        fields_are_right = super().validate(extra_validators)
        return all([*(row.check(self) for row in self.rows), fields_are_right])


def _stays(kind: RequirementKind) -> bool:
    """Whether a condition that a book has may not be taken out on the page."""
    match kind:
        case RequirementKind.CONSULTATION_EVENT | RequirementKind.BACK_CHECK:
            return True
        case RequirementKind.COVERAGE | RequirementKind.POSTING_DAYS | RequirementKind.DECLARED:
            return False
        case RequirementKind.POOLED_RATE | RequirementKind.EACH_ITEM_RATE | RequirementKind.CLOSING_RATE:
            return False
        case _:
            assert_never(kind)


@dataclass(frozen=True, slots=True)
class Row:
    """One condition or target of the form, by the beginning of its fields' names."""

    name: str
    title: str
    part: Requirement | BookTarget
    #: Whether the book lacks it, so that an empty row means that it goes on lacking it.
    is_new: bool

    @property
    def is_target(self) -> bool:
        return isinstance(self.part, BookTarget)

    @property
    def has_figure(self) -> bool:
        """Whether there is a figure to enter; a back-check is asked for or it is not."""
        return self.is_compared or (isinstance(self.part, Requirement) and self.part.kind.counts_phone_slips)

    @property
    def is_compared(self) -> bool:
        """Whether at least and more than are told apart; slips by phone are always “at least”."""
        return self.is_target or (isinstance(self.part, Requirement) and self.part.kind.measure is not None)

    @property
    def unit(self) -> str:
        """What the figure counts."""
        if isinstance(self.part, BookTarget):
            return "%"
        match self.part.kind.measure:
            case Measure.BASIS_POINTS:
                return "%"
            case Measure.DAYS:
                return _("days")
            case None:
                return _("valid slips by phone") if self.part.kind.counts_phone_slips else ""
            case _ as unknown:
                assert_never(unknown)

    @property
    def is_share(self) -> bool:
        return isinstance(self.part, BookTarget) or self.part.kind.measure is Measure.BASIS_POINTS

    @property
    def is_required(self) -> bool:
        """Whether the row may not be emptied: the event, a back-check or a target that the book has."""
        return not self.is_new and (isinstance(self.part, BookTarget) or _stays(self.part.kind))

    def field(self, form: RevisedForm, what: str) -> Field:
        return form[f"{self.name}_{what}"]

    def is_filled(self, form: RevisedForm) -> bool:
        """Whether anything was entered: a figure, or any part of its document."""
        parts = ("source_number", "source_date", "source_article", *(("figure",) if self.has_figure else ()))
        return any(self.field(form, part).raw_data and self.field(form, part).raw_data[0] for part in parts)

    def check(self, form: RevisedForm) -> bool:
        """Put every problem of the row at its field; whether there is none."""
        if not self.is_filled(form) and not self.is_required:
            return True
        problems = dict(self._problems(form))
        for what, problem in problems.items():
            field = self.field(form, what)
            field.errors = [*field.errors, problem]
        return not problems

    def _problems(self, form: RevisedForm) -> Iterator[tuple[str, str]]:
        if self.has_figure:
            problem = self._figure_problem(form)
            if problem:
                yield "figure", problem
        missing = _("A figure without its document is not taken: enter this too, or empty the whole row.")
        if self.is_required:
            missing = _("This has to be in the rule book with its document: enter this too.")
        for what in ("source_number", "source_article"):
            if not self.field(form, what).data:
                yield what, missing
        day = self.field(form, "source_date")
        if day.data is None and not day.errors:
            yield "source_date", missing
        if self.is_target and not self.field(form, "levels").data:
            yield "levels", _("Tick at least one kind of unit.")
        if self.is_target and not self.field(form, "accepts").data:
            yield "accepts", _("Tick at least one kind of survey.")

    def _figure_problem(self, form: RevisedForm) -> str:
        try:
            figure = self.figure(form)
        except (numbers.NotANumber, numbers.TooLong, numbers.TwoMeanings):
            return _("Write a number such as 90 or 92,5.") if self.is_share else _("Write a whole number.")
        if not self.is_share:
            return "" if 1 <= figure <= _MOST else _("Write a number from 1.")
        if figure <= 0:
            return _("Zero is reached by everybody: enter the figure of the document, or empty the row.")
        if figure > ALL:
            return _("More than a hundred per cent is not possible.")
        if figure == ALL and self.comparison(form) is Comparison.ABOVE:
            return _("Nobody can have more than a hundred per cent: choose “at least”.")
        return ""

    def figure(self, form: RevisedForm) -> int:
        """The figure in basis points, days or slips. Raises what `numbers.read` raises."""
        typed = self.field(form, "figure").data or ""
        value = Decimal(numbers.read(typed.removesuffix("%").strip())) * (100 if self.is_share else 1)
        if value != value.to_integral_value():
            raise numbers.NotANumber
        return int(value)

    def comparison(self, form: RevisedForm) -> Comparison:
        return Comparison(self.field(form, "comparison").data)

    def source(self, form: RevisedForm) -> Source:
        return Source(
            self.field(form, "source_number").data or "",
            self.field(form, "source_date").data,
            self.field(form, "source_article").data or "",
        )


def rows_of(book: Framework) -> tuple[Row, ...]:
    """Every condition and target of the book, then an empty row for each kind that it lacks."""
    indicator = next((one.indicator for one in book.requirements), "")
    lacking = [kind for kind in RequirementKind if kind not in {one.kind for one in book.requirements}]
    unaimed = [kind for kind in TargetKind if kind not in {one.kind for one in book.targets}]
    found = [
        *(
            Row(f"c{n}", in_language(dict(one.title)), one, False)
            for n, one in enumerate(book.requirements)
            if one.kind is not RequirementKind.DECLARED  # The quotation of the law alone; there is no figure.
        ),
        *(Row(kind, condition_kind_name(kind), _new_condition(kind, indicator), True) for kind in lacking),
        *(Row(f"t{n}", in_language(dict(one.title)), one, False) for n, one in enumerate(book.targets)),
        *(Row(kind, target_kind_name(kind), _new_target(kind), True) for kind in unaimed),
    ]
    return tuple(found)


def form_of(book: Framework, **formdata: None) -> RuleBookForm:
    """The form of a book, filled with what it says until something is sent; with `formdata=None` even then."""
    rows = rows_of(book)
    fields = {f"{row.name}_{what}": made for row in rows for what, made in _fields(row).items()}
    made = type("RuleBookFormOfBook", (RuleBookForm,), {**fields, "rows": rows})
    data = {f"{row.name}_{what}": value for row in rows for what, value in _held(row).items()}
    data |= whole_book.held(book)
    form: RuleBookForm = made(data=data, **formdata)
    return form


def edited(book: Framework, form: RuleBookForm) -> Framework:
    """The book as the form says it; call after validation."""
    kept = [row for row in form.rows if not row.is_new or row.is_filled(form)]
    changed = {
        row.part.key: _condition(row, row.part, form) for row in kept if isinstance(row.part, Requirement)
    }
    untouched = {one.key: one for one in book.requirements}
    return replace(
        whole_book.edited(book, form),
        requirements=tuple((untouched | changed).values()),
        targets=tuple(_target(row, row.part, form) for row in kept if isinstance(row.part, BookTarget)),
    )


def _condition(row: Row, part: Requirement, form: RuleBookForm) -> Requirement:
    if not row.is_filled(form):
        return replace(part, threshold=None)
    source = row.source(form)
    if part.kind.counts_phone_slips:
        return replace(part, phone_slips=PhoneSlips(row.figure(form), source))
    if not row.has_figure:
        return replace(part, source=source)
    figure, comparison = row.figure(form), row.comparison(form)
    if part.kind.measure is Measure.DAYS:
        return replace(part, threshold=Threshold(None, comparison, source, days=figure))
    return replace(part, threshold=Threshold(figure, comparison, source))


def _target(row: Row, part: BookTarget, form: RuleBookForm) -> BookTarget:
    return replace(
        part,
        basis_points=row.figure(form),
        comparison=row.comparison(form),
        source=row.source(form),
        in_scope_kinds=tuple(row.field(form, "levels").data),
        accepts=tuple(row.field(form, "accepts").data),
    )


def _new_condition(kind: RequirementKind, indicator: str) -> Requirement:
    return Requirement(
        kind.value.replace("_", "-"), indicator, kind, {"vi": condition_kind_name(kind)}, "", None
    )


def _new_target(kind: TargetKind) -> BookTarget:
    title = {"vi": target_kind_name(kind)}
    return BookTarget(kind.value, title, kind, 0, Comparison.AT_LEAST, Source("", None, ""), ("xa",))


class Ticks(SelectMultipleField):
    """Several of a few, each with a box of its own."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _fields(row: Row) -> Mapping[str, Any]:
    def said(what: str) -> str:
        return f"{row.title} – {what}"

    def text(label: str) -> StringField:
        return StringField(said(label), filters=[clean], validators=[Length(max=_LONGEST)])

    fields: dict[str, Any] = {}
    if row.has_figure:
        fields["figure"] = text(_("figure (%(unit)s)", unit=row.unit))
    if row.is_compared:
        fields["comparison"] = SelectField(
            said(_("compared")),
            choices=[
                SelectChoice(Comparison.AT_LEAST.value, _("at least (≥)")),
                SelectChoice(Comparison.ABOVE.value, _("more than (>)")),
            ],
        )
    fields["source_number"] = text(_("number of the document"))
    fields["source_date"] = DateField(said(_("date of the document")), validators=[Optional()])
    fields["source_article"] = text(_("article"))
    if isinstance(row.part, BookTarget):
        never = NEVER_MEETING_INDICATOR if row.part.kind is TargetKind.COMMUNES_MEETING_INDICATOR else ()
        offered = [kind for kind in kinds.all_kinds().values() if kind.is_commune and kind.key not in never]
        fields["levels"] = Ticks(
            said(_("counted are")), choices=[SelectChoice(kind.key, kind.word.lower()) for kind in offered]
        )
        fields["accepts"] = Ticks(
            said(_("kinds of survey that count")),
            choices=[SelectChoice(word, purpose_name(word)) for word in PURPOSES],
        )
    return fields


def _held(row: Row) -> Mapping[str, Any]:
    part = row.part
    if isinstance(part, BookTarget):
        values = {
            "figure": _share(part.basis_points),
            "comparison": part.comparison.value,
            **_document(part.source),
        }
        return {**values, "levels": list(part.in_scope_kinds), "accepts": list(part.accepts)}
    if part.phone_slips:
        return {"figure": str(part.phone_slips.least), **_document(part.phone_slips.source)}
    if not row.has_figure:
        return _document(part.source)
    if part.threshold is None:
        return {"comparison": Comparison.AT_LEAST.value}
    figure = _share(part.threshold.basis_points or 0) if row.is_share else str(part.threshold.days)
    return {
        "figure": figure,
        "comparison": part.threshold.comparison.value,
        **_document(part.threshold.source),
    }


def _document(source: Source | None) -> dict[str, str | date | None]:
    if source is None:
        return {}
    return {
        "source_number": source.number,
        "source_date": source.date,
        "source_article": source.article,
    }


def _share(basis_points: int) -> str:
    """As people type it: 92,5 for 9250; "" for none.

    >>> _share(9250), _share(9000), _share(0)
    ('92,5', '90', '')
    """
    if not basis_points:
        return ""
    return f"{Decimal(basis_points) / 100:f}".replace(".", ",")
