"""Figures as papers say them, and the parts that several papers share: in digits, in words, as a per cent.

Takes figures whose disclosure is decided; hides and counts nothing.
"""

from survey_app import heavy
from survey_app.authoring.wording import level_name
from survey_app.fieldwork.models import Channel
from survey_app.fieldwork.queries import SurveyView
from survey_app.i18n import gettext as _
from survey_app.quality.comparison_wording import contradicted
from survey_app.questions.instrument import Instrument
from survey_app.reporting.blocks import Block, Facts, Listing, Paragraph, PartTitle, Table, Tone
from survey_app.results import exports, wording
from survey_app.results.disclosed import DisclosedResult
from survey_app.rulebooks.pins import NamedBook
from survey_app.rulebooks.wording import book_text
from survey_app.scoring.back_check import Contradiction
from survey_app.scoring.rates import Rate
from survey_app.templating import day, decimal, moment, number, percent
from survey_app.templating import wording as in_language


def in_words(count: int) -> str:
    """A count in digits and, in brackets, in Vietnamese words, which nobody changes with one stroke of a pen.

    >>> in_words(72)
    '72 (bảy mươi hai)'
    """
    return f"{number(count)} ({heavy.num2words().num2words(count, lang='vi')})"


def known(count: int | None) -> str:
    """A count that may not be known."""
    return "–" if count is None else number(count)


def known_in_words(count: int | None) -> str:
    """The same with words, where it is known."""
    return "–" if count is None else in_words(count)


def rate(value: Rate | None) -> str:
    """The per cent with its two counts."""
    return _("no rate") if value is None else f"{percent(value)} ({number(value.n)}/{number(value.of)})"


def per_cent(value: Rate | None) -> str:
    """The per cent alone, for a cell of a table."""
    return "–" if value is None else percent(value)


def pair(value: Rate | None) -> str:
    """The two counts alone."""
    return "–" if value is None else f"{number(value.n)}/{number(value.of)}"


def warnings(result: DisclosedResult, found: Contradiction | None = None) -> tuple[Block, ...]:
    """What must be read beside any figure of this result."""
    beside = (_("To be compared with the papers.") + " " + contradicted(found),) if found else ()
    return tuple(Paragraph(text, Tone.WARNING) for text in (*exports.footnotes(result), *beside))


def how_items_read(form: Instrument) -> Paragraph:
    """What is above a table of items."""
    return Paragraph(wording.how_items_read(form), Tone.NOTE)


def plan_of(survey: SurveyView) -> str:
    """The plan of the Front with its day, as far as they are known."""
    if survey.plan_number in {"", "–"}:
        return "–"
    if survey.plan_date is None:
        return _("Plan %(number)s", number=survey.plan_number)
    return _("Plan %(number)s of %(date)s", number=survey.plan_number, date=day(survey.plan_date))


def about(result: DisclosedResult, book: NamedBook) -> Facts:
    """By which plan, with which form, under which rule book and when."""
    survey = result.survey
    form = survey.instrument
    version = _("version %(n)s", n=form.version)
    rows = (
        *(((_("What the commune aims at"), level_name(survey.level)),) if survey.level else ()),
        (_("Plan of the Front"), plan_of(survey)),
        (_("Form"), f"{in_language(form.title)} ({form.key}, {version})"),
        (_("Rule book"), book_text(book)),
        (_("Phones open"), f"{day(survey.first_day)} – {day(survey.last_day)}"),
        (_("Counted and sealed"), moment(result.sealed_at) if result.sealed_at else "–"),
    )
    return Facts(rows)


def how_answered(result: DisclosedResult, helped: int = 0) -> str:
    """By which doors, in one line."""
    phone, paper = result.doors
    said = [_("%(phone)s by phone, %(paper)s on paper", phone=number(phone), paper=number(paper))]
    if helped:
        said.append(_("by phone with help: %(count)s", count=number(helped)))
    meeting = sum(n for channel, n in result.commune.channels.items() if Channel(channel).is_of_meeting)
    if meeting:
        said.append(_("at a meeting: %(count)s", count=number(meeting)))
    return "; ".join(said)


def others(result: DisclosedResult) -> tuple[Block, ...]:
    """Questions beside the items: what was counted, or why nothing is said."""
    made: list[Block] = []
    for line in result.other_lines:
        question, answers = in_language(line.question.text), wording.answers(line)
        if answers:
            rows = tuple((label, decimal(value)) for label, value in answers)
            made.append(Table((question, _("Number")), rows, name="others", widths=(70, 30)))
        else:
            made.append(Paragraph(f"{question} – {wording.no_answers(line)}"))
    return (PartTitle(_("Other questions")), *made) if made else ()


def corrections(result: DisclosedResult) -> tuple[Block, ...]:
    """Old and new household numbers."""
    said = tuple(
        _(
            "%(village)s: %(before)s → %(after)s households on %(day)s. Reason: %(reason)s",
            village=line.unit.full_name,
            before=number(one.households_before),
            after=number(one.households),
            day=day(one.corrected_at),
            reason=one.reason,
        )
        for line in result.corrected
        for one in line.corrections
    )
    return (PartTitle(_("Corrected numbers of households")), Listing(said)) if said else ()


def dissatisfied(count: int, share: Rate | None) -> str:
    """How many were dissatisfied, never without the per cent of the valid slips."""
    return f"{number(count)} ({percent(share)})" if share else number(count)
