"""Rule books as JSON: reading a document with all its problems at once, writing it, and the digest that pins it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from typing import Any

from survey_app.criteria import frameworks
from survey_app.criteria.frameworks import (
    ALL,
    PURPOSES,
    BookTarget,
    Comparison,
    Framework,
    InvalidFramework,
    PhoneSlips,
    Requirement,
    RequirementKind,
    Source,
    TargetKind,
    Threshold,
)
from survey_app.questions.problems import Checker


def load(document: Mapping[str, object]) -> Framework:
    """The rule book described. Raises InvalidFramework, and nothing else, with all problems at once."""
    checker = Checker()
    framework = _read_framework(checker, checker.mapping(document, "document"))
    problems = (*checker.problems, *frameworks.rule_problems(framework))
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


def digest(framework: Framework) -> str:
    """SHA-256 in hexadecimal over the canonical JSON of the rule book as it is written today."""
    return document_digest(dump(framework))


def document_digest(document: Mapping[str, object]) -> str:
    """SHA-256 in hexadecimal over the canonical JSON of a document on record, by which a survey pins it.

    Over what was written then: a later release may write the same rules with a field more.
    """
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()


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


def _read_target(checker: Checker, value: object, number: int) -> BookTarget:
    checker.where = f"target #{number}"
    document = checker.mapping(value, "target")
    checker.where = checker.key(document.get("key"), "key") or checker.where
    # Kinds of unit are called levels in files on record, whose digests would change with the word.
    checker.known_fields(document, _names(BookTarget) - {"in_scope_kinds"} | {"in_scope_levels"})
    share = _read_share(checker, document.get("basis_points"))
    if share is None:
        checker.report("target_needs_basis_points")
    accepts = checker.keys(document.get("accepts"), "accepts")
    return BookTarget(
        key=checker.where,
        title=checker.texts(document.get("title"), "title"),
        kind=TargetKind(_one_of(checker, document.get("kind"), "kind", tuple(TargetKind))),
        basis_points=share or 0,
        comparison=_read_comparison(checker, document.get("comparison")),
        source=_read_full_source(checker, document.get("source")),
        in_scope_kinds=checker.keys(document.get("in_scope_levels"), "in_scope_levels"),
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


def _names(
    of: type[Framework | Requirement | Threshold | PhoneSlips | BookTarget | Source],
) -> frozenset[str]:
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


def _dump_target(target: BookTarget) -> dict[str, Any]:
    return {
        "key": target.key,
        "title": dict(target.title),
        "kind": target.kind,
        "basis_points": target.basis_points,
        "comparison": target.comparison,
        "source": _dump_source(target.source),
        "in_scope_levels": list(target.in_scope_kinds),
        "accepts": list(target.accepts),
    }


def _dump_source(source: Source) -> dict[str, Any]:
    return {
        "number": source.number,
        "date": source.date.isoformat() if source.date else None,
        "article": source.article,
    }
