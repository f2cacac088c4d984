"""Rules, sources and verdicts in the reader's words. Decides nothing: the codes come from `criteria`.

Every code of `criteria` has its sentence here; an unknown one is a KeyError, which a test looks for.
"""

from collections.abc import Callable, Mapping

from babel.dates import format_date
from babel.numbers import format_decimal

from survey_app.criteria.findings import Finding, Rule, Verdict
from survey_app.criteria.frameworks import Source, Target, Threshold
from survey_app.i18n import current_language
from survey_app.i18n import gettext as _
from survey_app.questions.problems import Problem
from survey_app.rulebooks.pins import NamedBook
from survey_app.scoring.rates import Rate
from survey_app.templating import wording as in_language

Params = Mapping[str, int | str]


def verdict_name(verdict: Verdict) -> str:
    """One of the four verdicts."""
    return {
        Verdict.MET: _("met"),
        Verdict.NOT_MET: _("not met"),
        Verdict.INSUFFICIENT_EVIDENCE: _("insufficient evidence"),
        Verdict.NOT_CONFIGURED: _("not configured"),
    }[verdict]


def service_name(service: str) -> str:
    """An essential service of Decision 924/QĐ-TTg."""
    return {
        "health": _("Health care"),
        "education": _("Education"),
        "community_supervision": _("Community supervision"),
        "security": _("Security"),
        "environment": _("Environment"),
        "culture": _("Culture"),
    }[service]


def rule_text(finding: Finding) -> str:
    """The rule behind a verdict, with the figures it compared and the words of the law it rests on."""
    sentence = _RULES[finding.rule.code](finding.rule)
    quote = finding.requirement.quote
    return f"{sentence} “{quote}”" if quote else sentence


def source_text(source: Source | None) -> str:
    """Where a rule is written: number, date, article; "" for none."""
    if source is None:
        return ""
    day = format_date(source.date, "dd/MM/yyyy", locale="vi") if source.date else ""
    return ", ".join(part for part in (source.number, day, source.article) if part)


def book_text(book: NamedBook) -> str:
    """A rule book as papers name it; one that nobody had chosen is the default."""
    said = {"title": in_language(dict(book.title)), "version": book.version}
    if book.is_chosen:
        return _("%(title)s, version %(version)s", **said)
    return _("%(title)s, version %(version)s (default)", **said)


def threshold_text(threshold: Threshold) -> str:
    """What has to be reached, like "at least 90 %" or "more than 10 days"."""
    if threshold.days is not None:
        return _days(threshold.comparison, threshold.days)
    return _share(threshold.comparison, threshold.basis_points or 0)


def goal_text(target: Target) -> str:
    """The goal of a target, like "at least 50 %"."""
    return _share(target.comparison, target.basis_points)


def problem_text(problem: Problem) -> str:
    """One mistake in a rule book, for the person who wrote the file."""
    text = _problems()[problem.code] % dict(problem.params)
    return f"{problem.where}: {text}" if problem.where else text


def _share(comparison: str, basis_points: int) -> str:
    share = format_decimal(basis_points / 100, format="0.##", locale=current_language()) + "\u00a0%"
    return (
        _("more than %(share)s", share=share) if comparison == ">" else _("at least %(share)s", share=share)
    )


def _days(comparison: str, days: int) -> str:
    return (
        _("more than %(days)s days", days=days)
        if comparison == ">"
        else _("at least %(days)s days", days=days)
    )


def _percent(rate: Rate, against: int) -> str:
    hundredths = rate.hundredths((against,))
    return format_decimal(hundredths / 100, format="0.00", locale=current_language()) + "\u00a0%"


def _rate_compared(rule: Rule) -> str:
    n, of, against = int(rule.params["n"]), int(rule.params["of"]), int(rule.params["basis_points"])
    return _(
        "%(n)s of %(of)s = %(percent)s, required %(share)s.",
        n=format_decimal(n, locale=current_language()),
        of=format_decimal(of, locale=current_language()),
        percent=_percent(Rate(n, of), against),
        share=_share(str(rule.params["comparison"]), against),
    )


def _items_compared(rule: Rule) -> str:
    missed = [key for key in str(rule.params["missed"]).split(", ") if key]
    items = int(rule.params["items"])
    return _(
        "%(reached)s of %(items)s items reach the rate required of each, %(share)s.",
        reached=items - len(missed),
        items=items,
        share=_share(str(rule.params["comparison"]), int(rule.params["basis_points"])),
    )


def _posting_compared(rule: Rule) -> str:
    required = _days(str(rule.params["comparison"]), int(rule.params["days"]))
    return _(
        "Posted for %(posted)s days, required %(required)s.",
        posted=rule.params["posted_days"],
        required=required,
    )


def _exceeds_frame(rule: Rule) -> str:
    return _(
        "%(answered)s households answered, but only %(households)s are on the list: correct the list first.",
        answered=rule.params["answered"],
        households=rule.params["households"],
    )


def _consulted(rule: Rule) -> str:
    return _(
        "A sealed consultation with household codes, %(phone_answers)s answers by phone; one is enough.",
        phone_answers=rule.params["phone_answers"],
    )


_RULES: Mapping[str, Callable[[Rule], str]] = {
    "threshold_not_configured": lambda _rule: _(
        "No threshold with number, date and article has been entered."
    ),
    "earlier_decision": lambda rule: _(
        "Recognised earlier by %(decision)s.", decision=rule.params["decision"]
    ),
    "no_sealed_decision_survey": lambda _rule: _(
        "No consultation with household codes has been counted and sealed."
    ),
    "no_answer_by_phone": lambda _rule: _(
        "The sealed consultation holds no answer by phone; at least one is needed."
    ),
    "consulted_by_phone": _consulted,
    "coverage_below_floor": lambda _rule: _(
        "The condition on coverage is not met, so nothing is said about the rates."
    ),
    "no_result": lambda _rule: _("There is no sealed result yet."),
    "no_frame": lambda _rule: _("There is no list of households."),
    "no_valid_slip": lambda _rule: _("There is no valid slip."),
    "no_rate": lambda _rule: _("There is no valid slip, or the form has no such question: no rate."),
    "posting_not_recorded": lambda _rule: _(
        "The days of public posting are not on record for every village that was asked."
    ),
    "rate_compared": _rate_compared,
    "each_item_compared": _items_compared,
    "posting_compared": _posting_compared,
    "answered_exceeds_frame": _exceeds_frame,
}


def _problems() -> Mapping[str, str]:
    return {
        "no_title": _("the Vietnamese title is missing"),
        "period_ends_before_it_begins": _("the period ends before it begins"),
        "no_period": _("the period (period_from, period_to) is missing"),
        "duplicate_key": _("this key is used more than once"),
        "event_with_threshold": _("a consultation event has no threshold"),
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
