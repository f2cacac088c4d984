"""Meaning belongs to the enum: a new member is met by the type checker, never by a silent "else"."""

import ast
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

from survey_app.access import Role
from survey_app.accounts import management
from survey_app.accounts.lists import columns
from survey_app.fieldwork.models import IN_THE_FIELD, WITH_SEAL, State
from tests.source import nodes

_ROOT = Path(__file__).parents[2]
_APP = _ROOT / "survey_app"

#: One more member for each enum on which law, counts or permissions depend, and the files that say what it means.
_MORE = {
    ("criteria/frameworks.py", "RequirementKind"): {
        "criteria/frameworks.py", "criteria/findings.py", "rulebooks/conditions.py",
    },
    ("criteria/frameworks.py", "Measure"): {"criteria/frameworks.py"},
    ("criteria/frameworks.py", "Comparison"): {"criteria/frameworks.py", "criteria/gaps.py"},
    ("scoring/disclosure.py", "Audience"): {"scoring/disclosure.py", "scoring/texts.py"},
    ("scoring/disclosure.py", "Withheld"): {"results/wording.py"},
    ("fieldwork/models.py", "Channel"): {"fieldwork/models.py"},
    ("scoring/paradata.py", "Mode"): {"fieldwork/models.py", "api/views.py"},
    ("fieldwork/models.py", "Purpose"): {"fieldwork/models.py"},
    ("questions/kinds.py", "Result"): {"results/wording.py"},
    ("fieldwork/agreed.py", "Until"): {"fieldwork/agreed.py"},
    ("criteria/frameworks.py", "TargetKind"): {"rulebooks/wording.py", "campaigns/book_targets.py"},
    ("criteria/targets.py", "PlanKind"): {"criteria/targets.py", "rulebooks/targets/wording.py"},
    ("campaigns/waits.py", "Reason"): {"campaigns/reminding.py"},
    ("access.py", "Role"): {"access.py", "accounts/management.py", "templating.py"},
}  # fmt: skip
#: Modules through which one of them reaches the file that says what it means.
_BETWEEN = {"questions/instrument.py", "results/disclosed.py"}


def test_a_new_member_of_an_enum_of_law_fails_the_type_check_wherever_it_has_no_meaning(tmp_path):
    shutil.copytree(
        _APP, tmp_path / "survey_app", ignore=shutil.ignore_patterns("static", "templates", "data")
    )
    shutil.copy(_ROOT / "setup.cfg", tmp_path)
    for file, name in _MORE:
        source = (tmp_path / "survey_app" / file).read_text(encoding="utf-8")
        wider = re.sub(
            rf'(class {name}\(StrEnum\):\n    """.*?"""\n)',
            r'\1\n    INVENTED = "invented"',
            source,
            flags=re.S,
        )
        assert wider != source
        (tmp_path / "survey_app" / file).write_text(wider, encoding="utf-8")
    files = {file for file, _name in _MORE}.union(_BETWEEN, *_MORE.values())

    # Everything else is left out: to check the whole program again takes fifteen times as long.
    told = subprocess.run(
        [sys.executable, "-m", "mypy", "--follow-imports=skip", "--ignore-missing-imports", "--cache-dir", tmp_path / "cache",
         *(f"survey_app/{file}" for file in sorted(files))],
        cwd=tmp_path, capture_output=True, text=True, timeout=300,
    ).stdout  # fmt: skip

    missing = re.findall(
        r'survey_app/(\S+\.py):\d+: error: Argument 1 to "assert_never".*?\[?(\w+)\.INVENTED', told
    )
    found = {name: {file for file, enum in missing if enum == name} for _file, name in _MORE}
    unsaid = {name: files - found[name] for (_file, name), files in _MORE.items() if files - found[name]}
    assert unsaid == {}


def _is_exhaustive(match: ast.Match) -> bool:
    """Whether the type checker would meet a member that no case names.

    Either the last case says that nothing is left, or every case returns, so that a missing one is a missing return.
    """
    last = match.cases[-1]
    if "assert_never(" in ast.unparse(last.body[-1]):
        return True
    is_wildcard = isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None
    returns = all(isinstance(case.body[-1], ast.Return | ast.Raise) for case in match.cases)
    return returns and not is_wildcard


def test_every_match_is_exhaustive_for_the_type_checker():
    open_ended = [
        f"{path.relative_to(_ROOT)}:{node.lineno}"
        for path in sorted(_APP.rglob("*.py"))
        for node in nodes(path)
        if isinstance(node, ast.Match) and not _is_exhaustive(node)
    ]

    assert open_ended == []


def test_a_table_from_roles_has_a_row_for_every_role():
    """A dictionary cannot be completed by the type checker."""
    assert set(columns.WORDS) == set(management.MANAGED) == set(Role)


def test_no_page_and_no_rule_names_one_channel():
    """Medium and mode are said by the channel, so a new one is counted and flagged; doors may name the one they are."""
    texts = r"""get\("(?:self_online|assisted|paper_entry|meeting)"|\[["'](?:self_online|paper_entry)["']\]"""
    naming = sorted(
        str(path.relative_to(_APP))
        for path in (*_APP.rglob("*.py"), *_APP.rglob("*.html"))
        if path != _APP / "fieldwork" / "models.py"
        and re.search(
            rf"(?:==|!=|is|is not|in|case) Channel\.|get\(Channel\.|{texts}", path.read_text(encoding="utf-8")
        )
    )

    assert naming == []


def test_every_state_of_a_survey_is_in_one_set_and_rooms_ask_for_the_sets():
    """A list of states that a room writes itself is forgotten when a state is added."""
    alone = (State.DRAFT, State.ANNULLED)
    listed = [
        str(path.relative_to(_APP))
        for path in (*_APP.rglob("*.py"), *_APP.rglob("*.html"))
        if path != _APP / "fieldwork" / "models.py"
        and re.search(
            r"State\.SEALED,\s*State\.SIGNED|State\.(?:PUBLISHED|COUNTING),\s*State\.OPEN|State\.OPEN,\s*State\.COUNTING"
            r'|state (?:not )?in \("|purpose [!=]= "',
            path.read_text(encoding="utf-8"),
        )
    ]

    assert Counter((*alone, *IN_THE_FIELD, *WITH_SEAL)) == Counter(State)
    assert listed == []
