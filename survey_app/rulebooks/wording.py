"""Names of verdicts, conditions, targets, sources and thresholds in the reader's words. Decides nothing."""

from typing import assert_never

from babel.dates import format_date
from babel.numbers import format_decimal

from survey_app.criteria.findings import (
    ACCEPTANCE,
    BACK_CHECK,
    SEAL,
    SIGNATURES,
    Declared,
    Finding,
    Verdict,
)
from survey_app.criteria.frameworks import (
    BookTarget,
    Comparison,
    Framework,
    RequirementKind,
    Source,
    TargetKind,
    Threshold,
)
from survey_app.i18n import gettext as _
from survey_app.i18n import written_as
from survey_app.rulebooks.pins import NamedBook
from survey_app.scoring.rates import Rate
from survey_app.templating import wording as in_language


def verdict_name(verdict: Verdict) -> str:
    """One of the four verdicts."""
    match verdict:
        case Verdict.MET:
            name = _("met")
        case Verdict.NOT_MET:
            name = _("not met")
        case Verdict.INSUFFICIENT_EVIDENCE:
            name = _("insufficient evidence")
        case Verdict.NOT_CONFIGURED:
            name = _("not configured")
        case _:
            assert_never(verdict)
    return name


def finding_name(finding: Finding) -> str:
    """The verdict, or what has to happen before it can be given."""
    names = {
        SIGNATURES: _("awaits signatures"),
        SEAL: _("not counted yet"),
        BACK_CHECK: _("awaits the back-check"),
        ACCEPTANCE: _("awaits the province"),
    }
    return next((names[what] for what in finding.awaits), verdict_name(finding.verdict))


def target_name(target: BookTarget, framework: Framework) -> str:
    """What is counted towards a target, by its kind: the plan's own words may promise more than that."""
    match target.kind:
        case TargetKind.UNITS_WITH_ONLINE_FEEDBACK:
            return in_language(dict(target.title))
        case TargetKind.COMMUNES_MEETING_INDICATOR:
            indicators = (
                one.indicator
                for one in framework.requirements
                if one.kind is RequirementKind.CONSULTATION_EVENT
            )
            named = next(indicators, "")
            if not named:
                return in_language(dict(target.title))
            return _("Consultation half of %(indicator)s", indicator=named)
        case _:
            assert_never(target.kind)


def plan_words(target: BookTarget) -> str:
    """The words of the plan, where something else is counted; "" where they are the name."""
    match target.kind:
        case TargetKind.UNITS_WITH_ONLINE_FEEDBACK:
            return ""
        case TargetKind.COMMUNES_MEETING_INDICATOR:
            return in_language(dict(target.title))
        case _:
            assert_never(target.kind)


def declared_name(state: Declared) -> str:
    """The state of a declaration, in words."""
    match state:
        case Declared.WAITING:
            return _("declared, awaits the province")
        case Declared.ACCEPTED:
            return _("accepted by the province")
        case Declared.SENT_BACK:
            return _("sent back by the province")
        case _:
            assert_never(state)


def condition_kind_name(kind: RequirementKind) -> str:
    """A kind of condition, as it is called where a rule book has no title for it yet."""
    match kind:
        case RequirementKind.CONSULTATION_EVENT:
            return _("The satisfaction of the people is consulted")
        case RequirementKind.COVERAGE:
            return _("Coverage of households")
        case RequirementKind.POOLED_RATE:
            return _("Satisfaction rate of all items together")
        case RequirementKind.EACH_ITEM_RATE:
            return _("Satisfaction rate of each item")
        case RequirementKind.CLOSING_RATE:
            return _("Satisfaction rate of the closing item")
        case RequirementKind.POSTING_DAYS:
            return _("Days of public posting")
        case RequirementKind.BACK_CHECK:
            return _("Back-check of households that answered")
        case RequirementKind.DECLARED:
            return _("Use of information technology in management")
        case _:
            assert_never(kind)


def target_kind_name(kind: TargetKind) -> str:
    """A kind of target, as it is called where a rule book has no title for it yet."""
    match kind:
        case TargetKind.COMMUNES_MEETING_INDICATOR:
            return _("Communes that consulted their households")
        case TargetKind.UNITS_WITH_ONLINE_FEEDBACK:
            return _("Units that offer an essential service and collect feedback online")
        case _:
            assert_never(kind)


def purpose_name(purpose: str) -> str:
    """A kind of survey that a target can count."""
    return {"decision": _("consultation with household codes"), "feedback": _("open feedback")}[purpose]


def how_counted(target: BookTarget) -> str:
    """What counts towards a target where its source does not say; "" where the findings say it."""
    match target.kind:
        case TargetKind.UNITS_WITH_ONLINE_FEEDBACK:
            return _(
                "Counted are valid answers by phone: of a consultation once both bodies have signed it, of open "
                "feedback from its first figure on. The source names no number; a slip on which nothing is answered "
                "is no feedback."
            )
        case TargetKind.COMMUNES_MEETING_INDICATOR:
            return ""
        case _:
            assert_never(target.kind)


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
        return days_text(threshold.comparison, threshold.days)
    return share_text(threshold.comparison, threshold.basis_points or 0)


def goal_text(target: BookTarget) -> str:
    """The goal of a target, like "at least 50 %"."""
    return share_text(target.comparison, target.basis_points)


def percent_text(rate: Rate, against: int) -> str:
    """A per cent that never prints as the threshold it is held against unless it is that."""
    hundredths = rate.hundredths((against,))
    return format_decimal(hundredths / 100, format="0.00", locale=written_as()) + "\u00a0%"


def count_text(count: int) -> str:
    """A count as people write it."""
    return format_decimal(count, locale=written_as())


def share_text(comparison: Comparison, basis_points: int) -> str:
    """A share that is asked for, like "at least 50 %"."""
    share = format_decimal(basis_points / 100, format="0.##", locale=written_as()) + "\u00a0%"
    match comparison:
        case Comparison.ABOVE:
            text = _("more than %(share)s", share=share)
        case Comparison.AT_LEAST:
            text = _("at least %(share)s", share=share)
        case _:
            assert_never(comparison)
    return text


def days_text(comparison: Comparison, days: int) -> str:
    """Days that are asked for, like "more than 10 days"."""
    match comparison:
        case Comparison.ABOVE:
            text = _("more than %(days)s days", days=days)
        case Comparison.AT_LEAST:
            text = _("at least %(days)s days", days=days)
        case _:
            assert_never(comparison)
    return text
