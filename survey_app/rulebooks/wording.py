"""Rules, sources and verdicts in the reader's words. Decides nothing: the codes come from `criteria`.

Every code of `criteria` has its sentence here; an unknown one is a KeyError, which a test looks for.
"""

from collections.abc import Callable, Mapping
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
    Missed,
    Rule,
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

Params = Mapping[str, int | str]


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
    """Where a declaration stands."""
    match state:
        case Declared.WAITING:
            return _("declared, awaits the province")
        case Declared.ACCEPTED:
            return _("accepted by the province")
        case Declared.SENT_BACK:
            return _("sent back by the province")
        case _:
            assert_never(state)


def kind_name(kind: RequirementKind) -> str:
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


def rule_text(finding: Finding) -> str:
    """The rule behind a verdict, with the figures it compared and the words of the law it rests on."""
    requirement = finding.requirement
    sentences = [_RULES[finding.rule.code](finding.rule)]
    if requirement.phone_slips and "least" in finding.rule.params:
        sentences.append(
            _("Where the number is found: %(source)s.", source=source_text(requirement.phone_slips.source))
        )
    if requirement.quote:
        sentences.append(f"“{requirement.quote}”")
    return " ".join(sentences)


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


def goal_text(target: BookTarget) -> str:
    """The goal of a target, like "at least 50 %"."""
    return _share(target.comparison, target.basis_points)


def percent_text(rate: Rate, against: int) -> str:
    """A per cent that never prints as the threshold it is held against unless it is that."""
    hundredths = rate.hundredths((against,))
    return format_decimal(hundredths / 100, format="0.00", locale=written_as()) + "\u00a0%"


def count_text(count: int) -> str:
    """A count as people write it."""
    return format_decimal(count, locale=written_as())


def _share(comparison: Comparison, basis_points: int) -> str:
    share = format_decimal(basis_points / 100, format="0.##", locale=written_as()) + "\u00a0%"
    match comparison:
        case Comparison.ABOVE:
            text = _("more than %(share)s", share=share)
        case Comparison.AT_LEAST:
            text = _("at least %(share)s", share=share)
        case _:
            assert_never(comparison)
    return text


def _days(comparison: Comparison, days: int) -> str:
    match comparison:
        case Comparison.ABOVE:
            text = _("more than %(days)s days", days=days)
        case Comparison.AT_LEAST:
            text = _("at least %(days)s days", days=days)
        case _:
            assert_never(comparison)
    return text


def _rate_compared(rule: Rule) -> str:
    n, of, against = int(rule.params["n"]), int(rule.params["of"]), int(rule.params["basis_points"])
    return _(
        "%(n)s of %(of)s = %(percent)s, required %(share)s.",
        n=count_text(n),
        of=count_text(of),
        percent=percent_text(Rate(n, of), against),
        share=_share(Comparison(str(rule.params["comparison"])), against),
    )


def _items_compared(rule: Rule) -> str:
    items, against = int(rule.params["items"]), int(rule.params["basis_points"])
    sentence = _(
        "%(reached)s of %(items)s items reach the rate required of each, %(share)s.",
        reached=items - len(rule.missed),
        items=items,
        share=_share(Comparison(str(rule.params["comparison"])), against),
    )
    if not rule.missed:
        return sentence
    missed = "; ".join(_missed(one, against) for one in rule.missed)
    return " ".join((sentence, _("Not reached: %(items)s.", items=missed)))


def _missed(one: Missed, against: int) -> str:
    return _(
        "(%(place)s) %(item)s %(percent)s, %(n)s of %(of)s",
        place=one.place,
        item=in_language(dict(one.text)),
        percent=percent_text(one.rate, against),
        n=count_text(one.rate.n),
        of=count_text(one.rate.of),
    )


def _posting_compared(rule: Rule) -> str:
    required = _days(Comparison(str(rule.params["comparison"])), int(rule.params["days"]))
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
        "Consultation with household codes %(survey)s, sealed and signed: %(slips)s valid slips by phone, "
        "needed %(least)s.",
        **_slips(rule),
    )


def _consulted_earlier(rule: Rule) -> str:
    return _(
        "The earlier consultation %(survey)s of the same year, sealed and signed, held it: %(slips)s valid slips by "
        "phone, needed %(least)s. For everything else survey %(newest)s speaks.",
        newest=rule.params["newest"],
        **_slips(rule),
    )


def _awaits_signatures(rule: Rule) -> str:
    return _(
        "Consultation %(survey)s is sealed and not signed by both bodies: until then it counts nowhere. "
        "%(slips)s valid slips by phone, needed %(least)s.",
        **_slips(rule),
    )


def _too_few_by_phone(rule: Rule) -> str:
    return _(
        "Consultation %(survey)s is sealed and signed, with %(slips)s valid slips by phone; needed %(least)s. "
        "A slip without a readable answer is not valid.",
        **_slips(rule),
    )


def _so_far(rule: Rule) -> str:
    return _("As of the last full hour: %(compared)s", compared=_rate_compared(rule))


def _slips(rule: Rule) -> dict[str, str]:
    return {
        "survey": str(rule.params["survey"]),
        "slips": count_text(int(rule.params["phone_slips"])),
        "least": count_text(int(rule.params["least"])),
    }


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
    "consulted_by_phone": _consulted,
    "consulted_earlier": _consulted_earlier,
    "awaits_signatures": _awaits_signatures,
    "too_few_slips_by_phone": _too_few_by_phone,
    "consulted_by_phone_untold": lambda rule: _(
        "Consultation with household codes %(survey)s, sealed and signed, with enough valid slips by phone. So few "
        "slips are valid that their number is not shown.",
        survey=rule.params["survey"],
    ),
    "consulted_earlier_untold": lambda rule: _(
        "The earlier consultation %(survey)s of the same year, sealed and signed, held it. For everything else survey "
        "%(newest)s speaks.",
        survey=rule.params["survey"],
        newest=rule.params["newest"],
    ),
    "awaits_signatures_untold": lambda rule: _(
        "Consultation %(survey)s is sealed and not signed by both bodies: until then it counts nowhere.",
        survey=rule.params["survey"],
    ),
    "too_few_slips_by_phone_untold": lambda rule: _(
        "Consultation %(survey)s is sealed and signed, with too few valid slips by phone. So few slips are valid that "
        "their number is not shown.",
        survey=rule.params["survey"],
    ),
    "survey_not_sealed": lambda _rule: _("The consultation is not counted and sealed yet."),
    "coverage_so_far": _so_far,
    "back_checked": lambda _rule: _("Replies of a back-check are on record."),
    "not_declared": lambda _rule: _("The commune has declared nothing for the year."),
    "declaration_waiting": lambda _rule: _("Declared with evidence; the province has not decided yet."),
    "declaration_sent_back": lambda _rule: _("The province sent the declaration back."),
    "declaration_accepted": lambda _rule: _("Declared with evidence, and accepted by the province."),
    "back_check_awaited": lambda _rule: _("No reply of a back-check is on record yet."),
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
