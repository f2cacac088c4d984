"""How the rule behind a verdict reads, with the figures it compared. Decides nothing: the codes come from `criteria`.

Every code of `criteria` has its sentence here; an unknown one is a KeyError, which a test looks for.
"""

from collections.abc import Callable, Mapping

from survey_app.criteria.findings import Finding, Missed, Rule
from survey_app.criteria.frameworks import Comparison
from survey_app.i18n import gettext as _
from survey_app.rulebooks.wording import count_text, days_text, percent_text, share_text, source_text
from survey_app.scoring.rates import Rate
from survey_app.templating import wording as in_language


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


def _rate_compared(rule: Rule) -> str:
    n, of, against = int(rule.params["n"]), int(rule.params["of"]), int(rule.params["basis_points"])
    return _(
        "%(n)s of %(of)s = %(percent)s, required %(share)s.",
        n=count_text(n),
        of=count_text(of),
        percent=percent_text(Rate(n, of), against),
        share=share_text(Comparison(str(rule.params["comparison"])), against),
    )


def _items_compared(rule: Rule) -> str:
    items, against = int(rule.params["items"]), int(rule.params["basis_points"])
    sentence = _(
        "%(reached)s of %(items)s items reach the rate required of each, %(share)s.",
        reached=items - len(rule.missed),
        items=items,
        share=share_text(Comparison(str(rule.params["comparison"])), against),
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
    required = days_text(Comparison(str(rule.params["comparison"])), int(rule.params["days"]))
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
