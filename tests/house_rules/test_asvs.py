"""Holds `docs/security/asvs.md` to its word: each requirement once, each with an answer, each named test existing.

Run as a module it prints the figures of the summary: `python -m tests.house_rules.test_asvs`.
"""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.source import tree

PROJECT = Path(__file__).resolve().parents[2]
DOCUMENT = (PROJECT / "docs" / "security" / "asvs.md").read_text(encoding="utf-8")

#: How many requirements of levels 1 and 2 each section of ASVS 5.0.0 has, V10 and V17 left out.
#: Counted in 5.0/docs_en/OWASP_Application_Security_Verification_Standard_5.0.0_en.csv of OWASP/ASVS.
_ALL_BUT = {
    "1.1": (2, ()), "1.2": (10, (10,)), "1.3": (12, (12,)), "1.4": (3, ()), "1.5": (3, (3,)),
    "2.1": (3, ()), "2.2": (3, ()), "2.3": (5, (5,)), "2.4": (2, (2,)),
    "3.1": (1, (1,)), "3.2": (3, (3,)), "3.3": (5, (5,)), "3.4": (8, (7, 8)), "3.5": (8, (6, 7, 8)), "3.6": (1, (1,)),
    "3.7": (5, (3, 4, 5)),
    "4.1": (5, (4, 5)), "4.2": (5, (2, 3, 4, 5)), "4.3": (2, ()), "4.4": (4, ()),
    "5.1": (1, ()), "5.2": (6, (4, 5, 6)), "5.3": (3, (3,)), "5.4": (3, ()),
    "6.1": (3, ()), "6.2": (12, ()), "6.3": (8, (5, 6, 7, 8)), "6.4": (6, (5, 6)), "6.5": (8, (6, 7, 8)), "6.6": (4, (4,)),
    "6.7": (2, (1, 2)), "6.8": (4, ()),
    "7.1": (3, ()), "7.2": (4, ()), "7.3": (2, ()), "7.4": (5, ()), "7.5": (3, (3,)), "7.6": (2, ()),
    "8.1": (4, (3, 4)), "8.2": (4, (4,)), "8.3": (3, (2, 3)), "8.4": (2, (2,)),
    "9.1": (3, ()), "9.2": (4, ()),
    "11.1": (4, (3, 4)), "11.2": (5, (4, 5)), "11.3": (5, (4, 5)), "11.4": (4, ()), "11.5": (2, (2,)), "11.6": (2, (2,)),
    "11.7": (2, (1, 2)),
    "12.1": (5, (4, 5)), "12.2": (2, ()), "12.3": (5, (5,)),
    "13.1": (4, (2, 3, 4)), "13.2": (6, (6,)), "13.3": (4, (3, 4)), "13.4": (7, (6, 7)),
    "14.1": (2, ()), "14.2": (8, (5, 6, 7, 8)), "14.3": (3, ()),
    "15.1": (5, (4, 5)), "15.2": (5, (4, 5)), "15.3": (7, ()), "15.4": (4, (1, 2, 3, 4)),
    "16.1": (1, ()), "16.2": (5, ()), "16.3": (4, ()), "16.4": (3, ()), "16.5": (4, (4,)),
}  # fmt: skip
#: Of level 3, taken up besides.
_BESIDES = {"1.2.10", "2.4.2", "4.1.4", "8.3.2", "14.2.6", "14.2.7", "15.4.2"}
IN_SCOPE = _BESIDES | {
    f"{section}.{number}"
    for section, (last, of_level_3) in _ALL_BUT.items()
    for number in range(1, last + 1)
    if number not in of_level_3
}

KINDS = ("test", "evidence", "not applicable because", "deviation", "open")
ROWS = re.findall(r"^\| (\d+\.\d+\.\d+) \| ([123]) \| ([^|]+) \| ([^|]+) \|$", DOCUMENT, re.MULTILINE)


def kind_of(answer):
    return next((kind for kind in KINDS if re.match(rf"{kind}(: | )", answer)), None)


def named_tests(answer):
    return re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", answer)


def summary():
    """How many rows of each level have which answer, as the document prints it."""
    counted = Counter((level, kind_of(answer)) for _number, level, _short, answer in ROWS)
    lines = [
        f"| {level} | {sum(counted[level, kind] for kind in KINDS)} | "
        + " | ".join(str(counted[level, kind]) for kind in KINDS)
        + " |"
        for level in "123"
    ]
    proved = sum(counted[level, "test"] for level in "123")
    return [
        *lines,
        f"{proved} of {len(ROWS)} rows ({100 * proved // len(ROWS)} %) are proved by automated tests",
    ]


def test_the_scope_is_that_of_the_standard():
    of_chapter = Counter(int(number.split(".")[0]) for number in IN_SCOPE - _BESIDES)

    assert len(IN_SCOPE) == 224
    assert of_chapter == {1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7, 11: 14, 12: 9, 13: 13, 14: 9,
                          15: 13, 16: 16}  # fmt: skip


def test_every_requirement_in_scope_stands_in_the_table_once_and_in_order():
    numbers = [tuple(map(int, number.split("."))) for number, *_rest in ROWS]

    assert numbers == sorted(set(numbers))
    assert {number for number, *_rest in ROWS} == IN_SCOPE
    assert {number for number, level, *_rest in ROWS if level == "3"} == _BESIDES
    assert len(ROWS) == len(re.findall(r"^\| *\d+\.\d+\.\d+ ", DOCUMENT, re.MULTILINE))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_requirement_has_one_answer_that_holds_something(row):
    _number, _level, short, answer = row

    assert kind_of(answer), answer
    assert len(short.split()) <= 12
    assert bool(named_tests(answer)) >= (kind_of(answer) == "test")
    assert len(answer) > 30


def test_every_named_test_exists():
    missing = []
    for number, _level, _short, answer in ROWS:
        for file, name in named_tests(answer):
            path = PROJECT / file
            found = tree(path).body if path.exists() else []
            if name not in {node.name for node in found if isinstance(node, ast.FunctionDef)}:
                missing.append((number, file, name))

    assert missing == []
    assert not re.search(
        r"`tests/[^`]*`", re.sub(r"`tests/[\w/]+\.py::\w+`", "", DOCUMENT.split("\n## V1 ")[1])
    )


def test_every_file_that_an_answer_names_exists():
    named = {name for *_rest, answer in ROWS for name in re.findall(r"`((?:survey_app|docs|deploy|migrations)/[\w./-]+)`", answer)}  # fmt: skip

    assert sorted(name for name in named if not (PROJECT / name).exists()) == []


def test_the_summary_says_what_the_table_says():
    assert [line for line in summary() if line not in DOCUMENT] == []


def test_at_least_three_in_five_rows_are_proved_by_a_test():
    proved = sum(kind_of(answer) == "test" for *_rest, answer in ROWS)

    assert 10 * proved >= 6 * len(ROWS)


if __name__ == "__main__":
    print("\n".join(summary()))  # noqa: T201
