"""What every template may use: Vietnamese numbers, dates in Vietnamese time, and no silent undefined names."""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import assert_never

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from flask import Flask
from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader, StrictUndefined

from survey_app import files
from survey_app.access import Role, current_identity, may
from survey_app.config import LANGUAGES, VIETNAM
from survey_app.files import Percent
from survey_app.i18n import address_in, current_language, own_language_name, written_as
from survey_app.i18n import gettext as _
from survey_app.questions.instrument import Question, Text
from survey_app.scoring.rates import Rate


def init_app(app: Flask) -> None:
    """Strict names, and the filters and globals of all pages."""
    app.jinja_env.undefined = StrictUndefined
    # The respondents' page carries its style and script inside, so templates can include static files.
    static = PrefixLoader({"static": FileSystemLoader(str(app.static_folder))})
    app.jinja_loader = ChoiceLoader([FileSystemLoader(str(Path(app.root_path) / "templates")), static])
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        percent=percent,
        number=number,
        decimal=decimal,
        day=day,
        long_day=long_day,
        moment=moment,
        clock=clock,
        clock_to_the_second=clock_to_the_second,
        wording=wording,
        answers_in_words=answers_in_words,
        role_name=role_name,
    )
    app.jinja_env.globals.update(
        current_language=current_language,
        own_language_name=own_language_name,
        current_identity=current_identity,
        LANGUAGES=LANGUAGES,
        address_in=address_in,
        may=may,
        PAPER_FORMATS=tuple(files.PAPERS.values()),
        TABLE_FORMATS=tuple(files.TABLES.values()),
    )


def percent(rate: Rate) -> str:
    """A rate as people read it: 98,61 % (vi), 98.61 % (en)."""
    value = Fraction(rate.hundredths(), 100)
    return format_decimal(float(value), format="0.00", locale=written_as()) + "\u00a0%"


def percent_cell(rate: Rate | None) -> Percent | None:
    """A rate as a cell of a table file; none stays empty."""
    return Percent(rate.hundredths(), percent(rate)) if rate else None


def number(count: int) -> str:
    """A count with the separators of the reader's language."""
    return format_decimal(count, locale=written_as())


def decimal(value: str) -> str:
    """An exact decimal string as people read it: "1500.5" is 1.500,5 (vi), 1,500.5 (en)."""
    return format_decimal(Decimal(value), format="#,##0.################", locale=written_as())


def decimal_cell(value: str) -> files.Decimal:
    """An exact decimal string as a cell of a table file."""
    return files.Decimal(
        float(value), format_decimal(Decimal(value), format="0.################", locale=written_as())
    )


def day(value: date | datetime) -> str:
    """A civil day in Vietnam, as 25/11/2026 in both languages: papers use one form."""
    civil = value.astimezone(VIETNAM).date() if isinstance(value, datetime) else value
    return format_date(civil, "dd/MM/yyyy", locale="vi")


def long_day(value: date) -> str:
    """A day with its name in the reader's language, in Vietnamese as within a sentence.

    >>> long_day(date(2026, 12, 14)), long_day(date(2026, 11, 29))
    ('thứ Hai 14/12/2026', 'chủ nhật 29/11/2026')
    """
    name = format_date(value, "EEEE", locale=written_as())
    if written_as() == "vi":
        name = name.lower() if value.isoweekday() == 7 else f"{name[:1].lower()}{name[1:]}"
    return f"{name} {day(value)}"


def since(moment: datetime, now: datetime) -> str:
    """Since which day something waits: its name within the last six days, else its date."""
    first = moment.astimezone(VIETNAM).date()
    if (now.astimezone(VIETNAM).date() - first).days < 7:
        return long_day(first)
    return day(first)


def moment(value: datetime) -> str:
    """A moment in Vietnam, as 17:05 25/11/2026."""
    return format_datetime(value.astimezone(VIETNAM), "HH:mm dd/MM/yyyy", locale="vi")


def clock(value: datetime) -> str:
    """The time of the day in Vietnam, as 17:05."""
    return format_datetime(value.astimezone(VIETNAM), "HH:mm", locale="vi")


def clock_to_the_second(value: datetime) -> str:
    """The time of the day in Vietnam, as 17:05:09."""
    return format_datetime(value.astimezone(VIETNAM), "HH:mm:ss", locale="vi")


def in_groups(text: str) -> str:
    """A digest or secret in groups of four, which people read off and type without losing their place.

    >>> in_groups("JBSWY3DPEHPK3PXP")
    'JBSW Y3DP EHPK 3PXP'
    """
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def wording(text: Text) -> str:
    """The wording of a questionnaire in the reader's language, or in Vietnamese where it has none."""
    return text.get(current_language()) or text["vi"]


def answers_in_words(question: Question) -> tuple[tuple[str, str], ...]:
    """Each answer of a closed question with its words, in the order of the cards and of every list.

    Those that the kind itself brings are best first.
    """
    fixed = question.kind.row.fixed
    if fixed:
        return tuple((code, _(words)) for code, words in reversed(fixed.items()))
    return tuple((option.code, wording(option.label)) for option in question.options)


def role_name(role: Role) -> str:
    """What the role is called on screen."""
    match role:
        case Role.PROVINCE:
            name = _("Province officer")
        case Role.FRONT_PROVINCE:
            name = _("Province Front officer")
        case Role.FRONT_COMMUNE:
            name = _("Commune Front officer")
        case Role.COMMUNE:
            name = _("Commune officer")
        case Role.VIEWER:
            name = _("Viewer")
        case Role.AUDITOR:
            name = _("Auditor")
        case Role.DIGITAL_TEAM:
            name = _("Community digital team")
        case Role.CLERK:
            name = _("Paper-entry clerk")
        case _:
            assert_never(role)
    return name
