"""What is wrong with a rule book, in the words of the person who writes it."""

from collections.abc import Mapping

from survey_app.i18n import gettext as _
from survey_app.questions.problems import Problem


def problem_text(problem: Problem) -> str:
    """One mistake in a rule book, for the person who wrote the file."""
    text = _problems()[problem.code] % dict(problem.params)
    return f"{problem.where}: {text}" if problem.where else text


def _problems() -> Mapping[str, str]:
    return {
        "no_title": _("the Vietnamese title is missing"),
        "period_ends_before_it_begins": _("the period ends before it begins"),
        "no_period": _("the period (period_from, period_to) is missing"),
        "duplicate_key": _("this key is used more than once"),
        "event_with_threshold": _("a consultation event and a back-check have no threshold"),
        "back_check_needs_source": _(
            "a back-check needs the number, date and article of the document that asks for it"
        ),
        "event_needs_phone_slips": _(
            "a consultation event names how many valid slips by phone it needs (phone_slips: least, source)"
        ),
        "share_of_all_or_nobody": _("0 %% is reached by everybody, and more than 100 %% by nobody"),
        "ward_in_indicator": _("wards (phuong) are outside the programme and meet no indicator of it"),
        "phone_slips_without_event": _("only a consultation event names slips by phone (phone_slips)"),
        "threshold_needs_days": _("the threshold of posting is given in days"),
        "threshold_needs_basis_points": _("the threshold of a rate is given in basis points (9000 = 90 %%)"),
        "target_needs_basis_points": _("the goal is given in basis points (5000 = 50 %%)"),
        "bad_version": _("the version is a whole number from 1"),
        "source_needs_number_date_and_article": _(
            "a figure needs the number, date and article of its document"
        ),
        "out_of_range": _("the number in “%(field)s” is out of range"),
        "unknown_value": _("the value of “%(field)s” is not one of those allowed"),
        "bad_date": _("the date in “%(field)s” is not of the form 2026-02-15"),
        "wrong_type": _("“%(field)s” has the wrong type"),
        "unknown_field": _("nobody reads the field “%(field)s”; is it misspelt?"),
        "too_many": _("“%(field)s” has more than %(limit)s entries"),
        "too_long": _("“%(field)s” is longer than %(limit)s characters"),
        "forbidden_character": _("“%(field)s” holds a character that cannot be shown"),
        "bad_key": _("“%(field)s” must be a short key of letters, digits and dashes"),
    }
