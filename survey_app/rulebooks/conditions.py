"""A finding as one line that every page, paper and file tells in the same words: result, need, verdict, change.

Decides nothing and hides nothing: findings come from `criteria`, after `results.verdicts` left out what is withheld.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from survey_app.criteria import gaps
from survey_app.criteria.findings import Finding, Missed, Rule
from survey_app.criteria.frameworks import Comparison, RequirementKind
from survey_app.criteria.gaps import Gap
from survey_app.i18n import gettext as _
from survey_app.rulebooks.wording import (
    count_text,
    finding_name,
    percent_text,
    rule_text,
    source_text,
    threshold_text,
)
from survey_app.scoring.rates import Rate
from survey_app.templating import wording as in_language

_NOTHING = "–"


@dataclass(frozen=True, slots=True)
class ConditionLine:
    """One condition. Texts are in the reader's language; "" where there is nothing to say."""

    key: str
    title: str
    result: str
    needed: str
    #: The verdict, or what has to happen before it can be given.
    verdict: str
    #: The verdict as a word of the code, for colours.
    is_met: bool
    is_not_met: bool
    #: What would change it, or by how much it is met.
    change: str
    rule: str
    source: str
    #: The two counts compared; None where no rate is.
    rate: Rate | None

    @property
    def concluded(self) -> str:
        """Verdict and what would change it, in one cell."""
        return f"{self.verdict}: {self.change}" if self.change else self.verdict


def lines(findings: Iterable[Finding]) -> tuple[ConditionLine, ...]:
    """The findings in their order."""
    return tuple(line(found) for found in findings)


def line(found: Finding) -> ConditionLine:
    """One finding."""
    return ConditionLine(
        key=found.requirement.key,
        title=in_language(dict(found.requirement.title)),
        result=_result(found.rule),
        needed=_needed(found),
        verdict=finding_name(found),
        is_met=found.verdict == "met",
        is_not_met=found.verdict == "not_met",
        change=_change(found),
        rule=rule_text(found),
        source=source_text(found.source),
        rate=_rate(found.rule),
    )


def _result(rule: Rule) -> str:
    rate = _rate(rule)
    if rate is not None:
        against = int(rule.params.get("basis_points", 0))
        return f"{count_text(rate.n)}/{count_text(rate.of)} = {percent_text(rate, against)}"
    match rule.code:
        case "each_item_compared":
            items = int(rule.params["items"])
            return _("%(reached)s of %(items)s items", reached=items - len(rule.missed), items=items)
        case "posting_compared":
            return _("%(days)s days", days=rule.params["posted_days"])
        case "back_checked":
            return _("on record")
        case _ if "phone_slips" in rule.params:
            return _("%(count)s valid slips by phone", count=count_text(int(rule.params["phone_slips"])))
        case _:
            return _NOTHING


def _needed(found: Finding) -> str:
    requirement = found.requirement
    if requirement.threshold is not None:
        return threshold_text(requirement.threshold)
    match requirement.kind:
        case RequirementKind.CONSULTATION_EVENT:
            least = count_text(requirement.phone_slips.least if requirement.phone_slips else 1)
            return _("signed by both bodies, at least %(least)s valid slips by phone", least=least)
        case RequirementKind.BACK_CHECK:
            return _("replies of the call-back on record")
        case _:
            return _NOTHING


def _change(found: Finding) -> str:
    """What would change the verdict, or how far it is from changing."""
    rule = found.rule
    match rule.code:
        case "rate_compared" | "coverage_so_far":
            return _gap_text(found.requirement.kind, _rate_gap(rule, Rate(*_counts(rule))))
        case "each_item_compared":
            return ", ".join(_item(rule, one) for one in rule.missed)
        case "posting_compared":
            asked, posted = int(rule.params["days"]), int(rule.params["posted_days"])
            gap = gaps.of_count(Comparison(str(rule.params["comparison"])), asked, posted)
            return _("days missing: %(count)s", count=count_text(gap.missing)) if gap.missing else ""
        case "too_few_slips_by_phone":
            least, slips = int(rule.params["least"]), int(rule.params["phone_slips"])
            short = count_text(gaps.of_count(Comparison.AT_LEAST, least, slips).missing)
            return _("valid slips by phone missing: %(count)s", count=short)
        case _:
            return _steps().get(rule.code, "")


def _steps() -> dict[str, str]:
    """What has to be done first, where no count decides."""
    return {
        "threshold_not_configured": _("waits for a figure with its document"),
        "no_sealed_decision_survey": _("hold a consultation with household codes, and sign its result"),
        "awaits_signatures": _("both bodies sign"),
        "awaits_signatures_untold": _("both bodies sign"),
        "coverage_below_floor": _("first enough households have to answer"),
        "posting_not_recorded": _("note the days of posting for every village"),
        "answered_exceeds_frame": _("correct the list of households"),
        "back_check_awaited": _("note what the households called back said"),
    }


def _item(rule: Rule, one: Missed) -> str:
    against = int(rule.params["basis_points"])
    return _(
        "%(item)s %(percent)s (%(short)s)",
        item=in_language(dict(one.text)),
        percent=percent_text(one.rate, against),
        short=_gap_text(RequirementKind.EACH_ITEM_RATE, _rate_gap(rule, one.rate)),
    )


def _gap_text(kind: RequirementKind, gap: Gap) -> str:
    """By how much a rate misses, or is above, what is asked of it."""
    if gap.missing and not gap.is_possible:
        return _("not even all of them would be enough")
    count = count_text(gap.missing or gap.spare)
    if kind is RequirementKind.POOLED_RATE:
        if gap.missing:
            return _("satisfied answers missing: %(count)s", count=count)
        return _("satisfied answers to spare: %(count)s", count=count) if gap.spare else _("just enough")
    if gap.missing:
        return _("households missing: %(count)s", count=count)
    return _("households to spare: %(count)s", count=count) if gap.spare else _("just enough")


def _rate_gap(rule: Rule, rate: Rate) -> Gap:
    return gaps.of_rate(Comparison(str(rule.params["comparison"])), int(rule.params["basis_points"]), rate)


def _rate(rule: Rule) -> Rate | None:
    return Rate(*_counts(rule)) if "of" in rule.params else None


def _counts(rule: Rule) -> tuple[int, int]:
    return int(rule.params["n"]), int(rule.params["of"])
