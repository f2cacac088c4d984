"""Rule books as data: which conditions a consultation must meet, in whose words and by which paragraph.

A threshold names number, date and article of the document that sets it, or there is none: nothing is
defaulted here. Knows no unit and no result; `findings` compares.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any, assert_never

from survey_app.questions.instrument import Text
from survey_app.questions.problems import Checker, InvalidDocument, Problem
from survey_app.scoring.rates import Rate

PURPOSES = ("decision", "feedback")
#: Kinds of unit outside the programme: no rule book counts them as communes that meet the indicator.
NEVER_MEETING_INDICATOR = frozenset({"phuong"})
#: A hundred per cent in basis points.
ALL = 10_000


class Measure(StrEnum):
    """What a threshold is written in."""

    BASIS_POINTS = "basis_points"
    DAYS = "days"


class RequirementKind(StrEnum):
    """What a condition is about. A kind says itself what it is measured in and whether it is about satisfaction."""

    CONSULTATION_EVENT = "consultation_event"
    COVERAGE = "coverage"
    POOLED_RATE = "pooled_rate"
    EACH_ITEM_RATE = "each_item_rate"
    CLOSING_RATE = "closing_rate"
    POSTING_DAYS = "posting_days"
    BACK_CHECK = "back_check"
    #: What a commune declares with evidence and the province accepts: nothing of it is computed here.
    DECLARED = "declared"

    @property
    def measure(self) -> Measure | None:
        """What its threshold is written in; None where there is nothing to measure."""
        match self:
            case RequirementKind.CONSULTATION_EVENT | RequirementKind.BACK_CHECK | RequirementKind.DECLARED:
                return None
            case RequirementKind.POSTING_DAYS:
                return Measure.DAYS
            case RequirementKind.COVERAGE:
                return Measure.BASIS_POINTS
            case RequirementKind.POOLED_RATE | RequirementKind.EACH_ITEM_RATE | RequirementKind.CLOSING_RATE:
                return Measure.BASIS_POINTS
            case _:
                assert_never(self)

    @property
    def counts_phone_slips(self) -> bool:
        """Whether it may ask for a number of valid slips by phone, which is no threshold of its own."""
        match self:
            case RequirementKind.CONSULTATION_EVENT:
                return True
            case RequirementKind.COVERAGE | RequirementKind.POSTING_DAYS:
                return False
            case RequirementKind.POOLED_RATE | RequirementKind.EACH_ITEM_RATE | RequirementKind.CLOSING_RATE:
                return False
            case RequirementKind.BACK_CHECK | RequirementKind.DECLARED:
                return False
            case _:
                assert_never(self)

    @property
    def tells_satisfaction(self) -> bool:
        """Whether its verdict says how satisfied people are."""
        match self:
            case RequirementKind.POOLED_RATE | RequirementKind.EACH_ITEM_RATE | RequirementKind.CLOSING_RATE:
                return True
            case RequirementKind.CONSULTATION_EVENT | RequirementKind.COVERAGE:
                return False
            case RequirementKind.POSTING_DAYS | RequirementKind.BACK_CHECK | RequirementKind.DECLARED:
                return False
            case _:
                assert_never(self)

    @property
    def measures_result(self) -> bool:
        """Whether its verdict compares counts of the sealed result, and not what was done about it."""
        match self:
            case RequirementKind.POOLED_RATE | RequirementKind.EACH_ITEM_RATE | RequirementKind.CLOSING_RATE:
                return True
            case RequirementKind.COVERAGE:
                return True
            case RequirementKind.CONSULTATION_EVENT | RequirementKind.POSTING_DAYS:
                return False
            case RequirementKind.BACK_CHECK | RequirementKind.DECLARED:
                return False
            case _:
                assert_never(self)


class TargetKind(StrEnum):
    """What a unit must do to count for a target."""

    COMMUNES_MEETING_INDICATOR = "communes_meeting_indicator"
    UNITS_WITH_ONLINE_FEEDBACK = "units_with_online_feedback"


class Comparison(StrEnum):
    """How a figure is held against what is asked of it, always in whole numbers."""

    AT_LEAST = ">="
    ABOVE = ">"

    def holds(self, figure: int, asked: int) -> bool:
        """Whether the figure reaches what is asked."""
        match self:
            case Comparison.AT_LEAST:
                return figure >= asked
            case Comparison.ABOVE:
                return figure > asked
            case _:
                assert_never(self)

    def reached_by(self, rate: Rate, basis_points: int) -> bool:
        """Whether the rate reaches the share that is asked."""
        match self:
            case Comparison.AT_LEAST:
                return rate.at_least(basis_points)
            case Comparison.ABOVE:
                return rate.above(basis_points)
            case _:
                assert_never(self)


@dataclass(frozen=True, slots=True)
class Source:
    """A document of law. Its date and article may be unknown for a quotation, never for a figure."""

    number: str
    date: date | None
    article: str

    @property
    def complete(self) -> bool:
        """Whether somebody can look the rule up: number, date and article are all given."""
        return bool(self.number and self.date and self.article)


@dataclass(frozen=True, slots=True)
class Threshold:
    """What has to be reached: `basis_points` of a rate or `days` of posting, the other being None."""

    basis_points: int | None
    comparison: Comparison
    source: Source
    days: int | None = None


@dataclass(frozen=True, slots=True)
class PhoneSlips:
    """How many valid slips by phone make a consultation one that was held online, and who says so."""

    least: int
    source: Source


@dataclass(frozen=True, slots=True)
class Requirement:
    """One condition. `threshold` None means not configured, but for what has none: an event, which has `phone_slips`,
    and a back-check, which is asked for by standing in the book.
    """

    key: str
    indicator: str
    kind: RequirementKind
    title: Text
    #: The words of the law, kept in Vietnamese.
    quote: str
    threshold: Threshold | None = None
    source: Source | None = None
    #: Figures seen elsewhere, to stand beside an empty field; never compared with anything.
    seen_elsewhere: tuple[str, ...] = ()
    #: Of an event alone. None in books recorded before they could name it; `findings` says how those are read.
    phone_slips: PhoneSlips | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """A share of units to be reached."""

    key: str
    title: Text
    kind: TargetKind
    basis_points: int
    comparison: Comparison
    source: Source
    #: Kinds of unit that count, such as "xa".
    in_scope_levels: tuple[str, ...]
    #: Purposes of survey that count: "decision", "feedback" or both.
    accepts: tuple[str, ...] = ("decision",)


@dataclass(frozen=True, slots=True)
class Framework:
    """One dated rule book. `demo` marks an invented one, which is shown as such wherever its verdicts are."""

    key: str
    version: int
    title: Text
    period_from: date
    period_to: date
    demo: bool
    requirements: tuple[Requirement, ...]
    targets: tuple[Target, ...]


class InvalidFramework(InvalidDocument):
    """A document that is no usable rule book; each problem's `where` is a requirement's or target's key."""


def load(document: Mapping[str, object]) -> Framework:
    """The rule book described. Raises InvalidFramework, and nothing else, with all problems at once."""
    checker = Checker()
    framework = _read_framework(checker, checker.mapping(document, "document"))
    problems = (*checker.problems, *_rule_problems(framework))
    if problems:
        raise InvalidFramework(problems)
    return framework


def dump(framework: Framework) -> dict[str, Any]:
    """The rule book as JSON; `load` gives the same one back."""
    return {
        "key": framework.key,
        "version": framework.version,
        "title": dict(framework.title),
        "period_from": framework.period_from.isoformat(),
        "period_to": framework.period_to.isoformat(),
        "demo": framework.demo,
        "requirements": [_dump_requirement(requirement) for requirement in framework.requirements],
        "targets": [_dump_target(target) for target in framework.targets],
    }


def unnamed(framework: Framework) -> tuple[Problem, ...]:
    """What a rule book put on record from now on has to name besides; older ones on record may lack it."""
    slips = (
        Problem("event_needs_phone_slips", requirement.key)
        for requirement in framework.requirements
        if requirement.kind is RequirementKind.CONSULTATION_EVENT and requirement.phone_slips is None
    )
    sources = (
        Problem("back_check_needs_source", requirement.key)
        for requirement in framework.requirements
        if requirement.kind is RequirementKind.BACK_CHECK
        and not (requirement.source and requirement.source.complete)
    )
    return (*slips, *sources, *_meaningless(framework))


def _meaningless(framework: Framework) -> Iterator[Problem]:
    """Shares that everybody or nobody reaches, and kinds of unit that the programme does not have."""
    compared = [
        (one.key, one.threshold.basis_points, one.threshold.comparison)
        for one in framework.requirements
        if one.threshold
    ]
    aimed = [(one.key, one.basis_points, one.comparison) for one in framework.targets]
    for key, share, comparison in (*compared, *aimed):
        if share == 0 or (share == ALL and comparison is Comparison.ABOVE):
            yield Problem("share_of_all_or_nobody", key)
    for target in framework.targets:
        is_of_indicator = target.kind is TargetKind.COMMUNES_MEETING_INDICATOR
        if is_of_indicator and not NEVER_MEETING_INDICATOR.isdisjoint(target.in_scope_levels):
            yield Problem("ward_in_indicator", target.key)


def digest(framework: Framework) -> str:
    """SHA-256 in hexadecimal over the canonical JSON of the rule book as it is written today."""
    return document_digest(dump(framework))


def document_digest(document: Mapping[str, object]) -> str:
    """SHA-256 in hexadecimal over the canonical JSON of a document on record, by which a survey pins it.

    Over what was written then: a later release may write the same rules with a field more.
    """
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()


def _rule_problems(framework: Framework) -> Iterator[Problem]:
    if "vi" not in framework.title:
        yield Problem("no_title")
    if framework.period_from > framework.period_to:
        yield Problem("period_ends_before_it_begins")
    parts: tuple[Requirement | Target, ...] = (*framework.requirements, *framework.targets)
    for key, times in Counter(part.key for part in parts).items():
        if times > 1:
            yield Problem("duplicate_key", key)
    for part in parts:
        if "vi" not in part.title:
            yield Problem("no_title", part.key)
    for requirement in framework.requirements:
        yield from _threshold_problems(requirement)
        if requirement.phone_slips and requirement.kind is not RequirementKind.CONSULTATION_EVENT:
            yield Problem("phone_slips_without_event", requirement.key)


def _threshold_problems(requirement: Requirement) -> Iterator[Problem]:
    threshold = requirement.threshold
    if threshold is None:
        return
    match requirement.kind.measure:
        case None:
            yield Problem("event_with_threshold", requirement.key)
        case Measure.DAYS:
            if threshold.days is None or threshold.basis_points is not None:
                yield Problem("threshold_needs_days", requirement.key)
        case Measure.BASIS_POINTS:
            if threshold.basis_points is None or threshold.days is not None:
                yield Problem("threshold_needs_basis_points", requirement.key)
        case _ as unknown:
            assert_never(unknown)


def _read_framework(checker: Checker, document: Mapping[str, object]) -> Framework:
    checker.known_fields(document, _names(Framework))
    version = checker.integer(document.get("version"), "version")
    if version is None or version < 1:
        checker.report("bad_version")
    head = Framework(
        key=checker.key(document.get("key"), "key"),
        version=version or 0,
        title=checker.texts(document.get("title"), "title"),
        period_from=_read_day(checker, document.get("period_from"), "period_from") or date.min,
        period_to=_read_day(checker, document.get("period_to"), "period_to") or date.max,
        demo=checker.flag(document.get("demo"), "demo"),
        requirements=(),
        targets=(),
    )
    if document.get("period_from") is None or document.get("period_to") is None:
        checker.report("no_period")
    requirements = enumerate(checker.items(document.get("requirements"), "requirements"), start=1)
    targets = enumerate(checker.items(document.get("targets"), "targets"), start=1)
    return replace(
        head,
        requirements=tuple(_read_requirement(checker, item, n) for n, item in requirements),
        targets=tuple(_read_target(checker, item, n) for n, item in targets),
    )


def _read_requirement(checker: Checker, value: object, number: int) -> Requirement:
    checker.where = f"requirement #{number}"
    document = checker.mapping(value, "requirement")
    checker.where = checker.key(document.get("key"), "key") or checker.where
    checker.known_fields(document, _names(Requirement))
    seen = checker.items(document.get("seen_elsewhere"), "seen_elsewhere")
    return Requirement(
        key=checker.where,
        indicator=checker.string(document.get("indicator"), "indicator"),
        kind=RequirementKind(_one_of(checker, document.get("kind"), "kind", tuple(RequirementKind))),
        title=checker.texts(document.get("title"), "title"),
        quote=checker.string(document.get("quote"), "quote"),
        threshold=_read_threshold(checker, document.get("threshold")),
        source=_read_source(checker, document.get("source")),
        seen_elsewhere=tuple(checker.string(item, "seen_elsewhere") for item in seen),
        phone_slips=_read_phone_slips(checker, document.get("phone_slips")),
    )


def _read_phone_slips(checker: Checker, value: object) -> PhoneSlips | None:
    if value is None:
        return None
    document = checker.mapping(value, "phone_slips")
    checker.known_fields(document, _names(PhoneSlips))
    least = checker.integer(document.get("least"), "least")
    if least is None or least < 1:
        checker.report("out_of_range", field="least", minimum=1)
    return PhoneSlips(least or 1, _read_full_source(checker, document.get("source")))


def _read_threshold(checker: Checker, value: object) -> Threshold | None:
    if value is None:
        return None
    document = checker.mapping(value, "threshold")
    checker.known_fields(document, _names(Threshold))
    return Threshold(
        basis_points=_read_share(checker, document.get("basis_points")),
        comparison=_read_comparison(checker, document.get("comparison")),
        source=_read_full_source(checker, document.get("source")),
        days=_read_days(checker, document.get("days")),
    )


def _read_target(checker: Checker, value: object, number: int) -> Target:
    checker.where = f"target #{number}"
    document = checker.mapping(value, "target")
    checker.where = checker.key(document.get("key"), "key") or checker.where
    checker.known_fields(document, _names(Target))
    share = _read_share(checker, document.get("basis_points"))
    if share is None:
        checker.report("target_needs_basis_points")
    accepts = checker.keys(document.get("accepts"), "accepts")
    return Target(
        key=checker.where,
        title=checker.texts(document.get("title"), "title"),
        kind=TargetKind(_one_of(checker, document.get("kind"), "kind", tuple(TargetKind))),
        basis_points=share or 0,
        comparison=_read_comparison(checker, document.get("comparison")),
        source=_read_full_source(checker, document.get("source")),
        in_scope_levels=checker.keys(document.get("in_scope_levels"), "in_scope_levels"),
        accepts=tuple(_one_of(checker, purpose, "accepts", PURPOSES) for purpose in accepts) or ("decision",),
    )


def _read_source(checker: Checker, value: object) -> Source | None:
    if value is None:
        return None
    document = checker.mapping(value, "source")
    checker.known_fields(document, _names(Source))
    return Source(
        number=checker.string(document.get("number"), "number"),
        date=_read_day(checker, document.get("date"), "date"),
        article=checker.string(document.get("article"), "article"),
    )


def _read_full_source(checker: Checker, value: object) -> Source:
    """The source of a figure, which must say where the figure can be looked up."""
    source = _read_source(checker, value) or Source("", None, "")
    if not source.complete:
        checker.report("source_needs_number_date_and_article")
    return source


def _read_share(checker: Checker, value: object) -> int | None:
    share = checker.integer(value, "basis_points")
    if share is not None and not 0 <= share <= ALL:
        checker.report("out_of_range", field="basis_points", minimum=0, maximum=ALL)
    return share


def _read_days(checker: Checker, value: object) -> int | None:
    days = checker.integer(value, "days")
    if days is not None and days < 1:
        checker.report("out_of_range", field="days", minimum=1)
    return days


def _read_comparison(checker: Checker, value: object) -> Comparison:
    return Comparison(_one_of(checker, value, "comparison", tuple(Comparison)))


def _one_of(checker: Checker, value: object, name: str, allowed: tuple[str, ...]) -> str:
    """One of the words; a refused one is reported and the first stands in for it."""
    text = checker.string(value, name)
    if text in allowed:
        return text
    checker.report("unknown_value", field=name)
    return allowed[0]


def _read_day(checker: Checker, value: object, name: str) -> date | None:
    text = checker.string(value, name)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        checker.report("bad_date", field=name)
        return None


def _names(of: type[Framework | Requirement | Threshold | PhoneSlips | Target | Source]) -> frozenset[str]:
    return frozenset(field.name for field in fields(of))


def _dump_requirement(requirement: Requirement) -> dict[str, Any]:
    threshold, source, slips = requirement.threshold, requirement.source, requirement.phone_slips
    # Only where there is one: the digest of a book recorded before stays what it was.
    named = {"phone_slips": {"least": slips.least, "source": _dump_source(slips.source)}} if slips else {}
    return {
        "key": requirement.key,
        "indicator": requirement.indicator,
        "kind": requirement.kind,
        "title": dict(requirement.title),
        "quote": requirement.quote,
        "threshold": _dump_threshold(threshold) if threshold else None,
        "source": _dump_source(source) if source else None,
        "seen_elsewhere": list(requirement.seen_elsewhere),
        **named,
    }


def _dump_threshold(threshold: Threshold) -> dict[str, Any]:
    return {
        "basis_points": threshold.basis_points,
        "comparison": threshold.comparison,
        "source": _dump_source(threshold.source),
        "days": threshold.days,
    }


def _dump_target(target: Target) -> dict[str, Any]:
    return {
        "key": target.key,
        "title": dict(target.title),
        "kind": target.kind,
        "basis_points": target.basis_points,
        "comparison": target.comparison,
        "source": _dump_source(target.source),
        "in_scope_levels": list(target.in_scope_levels),
        "accepts": list(target.accepts),
    }


def _dump_source(source: Source) -> dict[str, Any]:
    return {
        "number": source.number,
        "date": source.date.isoformat() if source.date else None,
        "article": source.article,
    }
