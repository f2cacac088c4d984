"""Check a set of files of a sealed survey, offline, without the application that made it.

    python verifier/verify.py SET.json [--paper-digest FIRST20] [--key HEX] [--receipt R] [--previous OLD.json]

Prints every check as right, wrong with the place of the first difference, or not possible with this set. Exit
status 0 when nothing is wrong, else 1. Needs Python 3.11 and nothing else.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import words
from checks import Case, Outcome, run

#: An auditor set of the second has the acts of the audit log with numbers and digests; the third has names,
#: rule book and tables under the signature besides.
_FORMATS = ("survey-set/1", "survey-set/2", "survey-set/3")


#: The sentence for what a check that is right found besides.
_REMARKS = {"receipt": "annulled", "signature": "signed_with"}


class _NoSet(ValueError):
    """The file is not a set that this command can read."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit status."""
    given = _parser().parse_args(arguments)
    try:
        case = Case(
            found=_read(given.file),
            known_key=given.key,
            paper_digest=given.paper_digest,
            receipt=given.receipt,
            previous=_read(given.previous) if given.previous else {},
        )
        heading = _heading(case, given.lang)
    except (_NoSet, OSError) as error:
        print(words.say(words.SENTENCES, "no_set", given.lang, error), file=sys.stderr)
        return 1
    outcomes = tuple(run(case))
    wrong = sum(outcome.status == "fail" for outcome in outcomes)
    if given.json:
        lines = [
            {"check": o.check, "status": o.status, "where": o.where, "detail": o.detail} for o in outcomes
        ]
        print(json.dumps({"survey": case.found["survey"], "kind": case.found["kind"], "checks": lines}))
    else:
        print(heading)
        for outcome in outcomes:
            print(line(outcome, given.lang))
        print(_verdict(outcomes, given.lang))
    return 1 if wrong else 0


def line(outcome: Outcome, language: str) -> str:
    """One check as a line of text."""
    status = words.say(words.STATUS, outcome.status, language)
    more = _more(outcome, language)
    return f"[{status}] {words.say(words.CHECKS, outcome.check, language)}{f' – {more}' if more else ''}"


def _more(outcome: Outcome, language: str) -> str:
    if outcome.status == "not_possible":
        return words.say(words.REASONS, outcome.where, language, outcome.detail)
    if outcome.status == "ok":
        remark = _REMARKS.get(outcome.check, "redacted")
        return words.say(words.SENTENCES, remark, language, outcome.detail) if outcome.detail else ""
    if outcome.where == "?":
        return words.say(words.SENTENCES, "unreadable", language)
    return words.say(words.SENTENCES, "place", language, outcome.where)


def _verdict(outcomes: Sequence[Outcome], language: str) -> str:
    wrong = sum(outcome.status == "fail" for outcome in outcomes)
    if wrong:
        return words.say(words.SENTENCES, "wrong", language, wrong)
    open_ = sum(outcome.status == "not_possible" for outcome in outcomes)
    return words.say(words.SENTENCES, "sound", language, open_)


def _heading(case: Case, language: str) -> str:
    try:
        found = case.found
        return words.say(words.SENTENCES, found["kind"], language, found["survey"], found["unit"]["name"])
    except (LookupError, TypeError) as error:
        raise _NoSet(str(error)) from error


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes().decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise _NoSet(f"{path}: JSON") from error
    if not isinstance(found, dict) or found.get("format") not in _FORMATS:
        raise _NoSet(f"{path}: {_FORMATS[-1]}?")
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Kiểm chứng tệp kết quả / check a set of a sealed survey")
    parser.add_argument("file", type=Path, help="public or auditor set (JSON)")
    parser.add_argument("--receipt", default="", help="a receipt, to look for it in the list")
    parser.add_argument("--paper-digest", default="", help="the 20 characters printed on the minutes")
    parser.add_argument(
        "--key", default="", help="the server's public key, known from elsewhere (hexadecimal)"
    )
    parser.add_argument("--previous", type=Path, help="a set of the same survey kept from before")
    parser.add_argument("--lang", choices=words.LANGUAGES, default="vi")
    parser.add_argument("--json", action="store_true", help="print the outcomes as JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main())
