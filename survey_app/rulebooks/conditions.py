"""A finding as one line that every page, paper and file gives in the same words: result, need, verdict, change.

Decides nothing and hides nothing: findings come from `criteria`, after `results.verdicts` left out what is withheld.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import assert_never

from survey_app.criteria import gaps
from survey_app.criteria.findings import Finding, Missed, Rule
from survey_app.criteria.frameworks import Comparison, RequirementKind
from survey_app.criteria.gaps import Distance
from survey_app.i18n import gettext as _
from survey_app.rulebooks.rule_texts import rule_text
from survey_app.rulebooks.wording import (
    count_text,
    finding_name,
    percent_text,
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
    if rule.code in _RESULTS:
        return _RESULTS[rule.code](rule)
    if "phone_slips" in rule.params:
        return _("%(count)s valid slips by phone", count=count_text(int(rule.params["phone_slips"])))
    return _NOTHING


def _items(rule: Rule) -> str:
    items = int(rule.params["items"])
    return _("%(reached)s of %(items)s items", reached=items - len(rule.missed), items=items)


#: What was found, where it is no rate and no count of slips.
_RESULTS: Mapping[str, Callable[[Rule], str]] = {
    "each_item_compared": _items,
    "posting_compared": lambda rule: _("%(days)s days", days=rule.params["posted_days"]),
    "back_checked": lambda _rule: _("on record"),
    "declaration_accepted": lambda _rule: _("declared with evidence"),
    "declaration_waiting": lambda _rule: _("declared with evidence"),
}


def _needed(found: Finding) -> str:
    requirement = found.requirement
    if requirement.threshold is not None:
        return threshold_text(requirement.threshold)
    match requirement.kind:
        case RequirementKind.CONSULTATION_EVENT:
            least = count_text(requirement.phone_slips.least if requirement.phone_slips else 1)
            return _("signed by both bodies, at least %(least)s valid slips by phone", least=least)
        case RequirementKind.BACK_CHECK:
            return _("replies of the back-check on record")
        case RequirementKind.DECLARED:
            return _("declared with evidence, accepted by the province")
        case RequirementKind.COVERAGE | RequirementKind.POSTING_DAYS:
            return _NOTHING
        case RequirementKind.POOLED_RATE | RequirementKind.EACH_ITEM_RATE | RequirementKind.CLOSING_RATE:
            return _NOTHING
        case _ as unknown:
            assert_never(unknown)


def _change(found: Finding) -> str:
    """What would change the verdict, or how far it is from changing; "" where nothing has to be done or said."""
    said = _CHANGES.get(found.rule.code)
    return said(found) if said else ""


def _rate_missing(found: Finding) -> str:
    rule = found.rule
    return _gap_text(found.requirement.kind, _rate_gap(rule, Rate(*_counts(rule))))


def _items_missing(found: Finding) -> str:
    return ", ".join(_item(found.rule, one) for one in found.rule.missed)


def _days_missing(found: Finding) -> str:
    params = found.rule.params
    asked, posted = int(params["days"]), int(params["posted_days"])
    gap = gaps.of_count(Comparison(str(params["comparison"])), asked, posted)
    return _("days missing: %(count)s", count=count_text(gap.missing)) if gap.missing else ""


def _slips_missing(found: Finding) -> str:
    least, slips = int(found.rule.params["least"]), int(found.rule.params["phone_slips"])
    short = gaps.of_count(Comparison.AT_LEAST, least, slips).missing
    return _("valid slips by phone missing: %(count)s", count=count_text(short))


_CHANGES: Mapping[str, Callable[[Finding], str]] = {
    "rate_compared": _rate_missing,
    "coverage_so_far": _rate_missing,
    "each_item_compared": _items_missing,
    "posting_compared": _days_missing,
    "too_few_slips_by_phone": _slips_missing,
    # What has to be done first, where no count decides.
    "threshold_not_configured": lambda _found: _("waits for a figure with its document"),
    "no_sealed_decision_survey": lambda _found: _(
        "hold a consultation with household codes, and sign its result"
    ),
    "awaits_signatures": lambda _found: _("both bodies sign"),
    "awaits_signatures_untold": lambda _found: _("both bodies sign"),
    "coverage_below_floor": lambda _found: _("first enough households have to answer"),
    "posting_not_recorded": lambda _found: _("note the days of posting for every village"),
    "answered_exceeds_frame": lambda _found: _("correct the list of households"),
    "back_check_awaited": lambda _found: _("note what the households called back said"),
    "not_declared": lambda _found: _("the commune declares it with evidence"),
    "declaration_sent_back": lambda _found: _("the commune declares it again"),
}


def _item(rule: Rule, one: Missed) -> str:
    against = int(rule.params["basis_points"])
    return _(
        "%(item)s %(percent)s (%(short)s)",
        item=in_language(dict(one.text)),
        percent=percent_text(one.rate, against),
        short=_gap_text(RequirementKind.EACH_ITEM_RATE, _rate_gap(rule, one.rate)),
    )


def _gap_text(kind: RequirementKind, gap: Distance) -> str:
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


def _rate_gap(rule: Rule, rate: Rate) -> Distance:
    return gaps.of_rate(Comparison(str(rule.params["comparison"])), int(rule.params["basis_points"]), rate)


def _rate(rule: Rule) -> Rate | None:
    return Rate(*_counts(rule)) if "of" in rule.params else None


def _counts(rule: Rule) -> tuple[int, int]:
    return int(rule.params["n"]), int(rule.params["of"])
