"""Rules of the source itself: what pure rooms import, what nobody writes, what every view declares."""

import ast
import configparser
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from survey_app.access import Role
from tests.source import nodes, tree

PROJECT = Path(__file__).resolve().parents[2]
CODE = sorted((PROJECT / "survey_app").rglob("*.py"))
TEMPLATES = sorted((PROJECT / "survey_app").rglob("*.html"))
PURE_ROOMS = ("questions", "scoring", "criteria")

FORBIDDEN_IN_CODE = {
    "markup that skips escaping": r"\bMarkup\(",
    "SQL put together from values": r"\btext\(f[\"']|\bexecute\(f[\"']",
    "a shell": r"shell\s*=\s*True|os\.system\(",
    "a loader that runs what it reads": r"yaml\.load\(|\bpickle\b|\bmarshal\b",
    "code made of text": r"(?<![\w.])(eval|exec)\(",
    "a unique id that carries the time": r"uuid[16]\(|uuid7\(",
    "a note to oneself": r"\b(TODO|FIXME|XXX)\b",
}
FORBIDDEN_IN_TEMPLATES = {
    "markup that skips escaping": r"\|\s*safe\b|autoescape\s+false",
    "a style on an element": r"\sstyle\s*=",
    "a script on an element": r"\son[a-z]+\s*=\s*[\"']",
    "something from elsewhere": r"(src|href)\s*=\s*[\"']https?://",
}
#: Templates that are printed, never served: papers carry their style inside and show no page of a browser.
PRINTED = ("/print/", "/papers/", "_print.html")


def imports(path):
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def served():
    return [path for path in TEMPLATES if not any(part in f"/{path}" for part in PRINTED)]


#: Where large libraries are loaded when they are first needed.
LOADS_AT_FIRST_USE = {"heavy.py"}


@pytest.mark.parametrize("room", PURE_ROOMS)
def test_a_pure_room_imports_the_standard_library_and_itself_alone(room):
    pure = tuple(f"survey_app.{name}" for name in PURE_ROOMS)
    foreign = {
        f"{path.name}: {name}"
        for path in (PROJECT / "survey_app" / room).rglob("*.py")
        for name in imports(path)
        if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith(pure)
    }

    assert foreign == set()


def test_imports_stand_at_the_top_and_are_absolute():
    inside = [
        f"{path}:{node.lineno}"
        for path in CODE
        if path.name not in LOADS_AT_FIRST_USE
        for function in nodes(path)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    relative = [str(path) for path in CODE if any(name.startswith(".") for name in imports(path))]

    assert inside == relative == []


@pytest.mark.parametrize("rule", FORBIDDEN_IN_CODE)
def test_nobody_writes_in_code(rule):
    pattern = re.compile(FORBIDDEN_IN_CODE[rule])

    assert [str(path) for path in CODE if pattern.search(path.read_text(encoding="utf-8"))] == []


#: Older words, and what is written for them: code, tests and documents are read by people who learnt English.
OLD_WORDS = {"anew": "again", "whoever": "who"}


@pytest.mark.parametrize("word", OLD_WORDS)
def test_nobody_writes_an_older_word(word):
    pattern = re.compile(rf"(?<![a-z]){word}(?![a-z])", re.IGNORECASE)  # in names as well
    written = [
        path
        for folder, endings in (
            ("survey_app", "py html js css"),
            ("web/src", "js"),
            ("tests", "py"),
            ("docs", "md"),
        )
        for ending in endings.split()
        for path in (PROJECT / folder).rglob(f"*.{ending}")
    ]
    written += [*PROJECT.glob("*.md")]
    here = Path(__file__)

    assert [str(p) for p in written if p != here and pattern.search(p.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("rule", FORBIDDEN_IN_TEMPLATES)
def test_nobody_writes_in_templates(rule):
    pattern = re.compile(FORBIDDEN_IN_TEMPLATES[rule])

    assert [str(path) for path in served() if pattern.search(path.read_text(encoding="utf-8"))] == []


def test_every_module_says_why_it_exists():
    silent = [str(path) for path in CODE if path.stat().st_size and ast.get_docstring(tree(path)) is None]

    assert silent == []


def test_no_database_puts_names_in_order():
    """What people read is sorted by `alphabet`: a database has Thôn 10 before Thôn 2, and Đ behind Z."""
    by_name = re.compile(r"order_by\([^\n]*\b(?:Unit|SealedUnit|User|Account)\.(?:name|printed)\b")

    assert [str(path) for path in CODE if by_name.search(path.read_text(encoding="utf-8"))] == []


def test_only_the_transaction_commits_and_only_views_commands_and_jobs_open_one():
    commits = [path.name for path in CODE if ".commit()" in path.read_text(encoding="utf-8")]
    openers = {path.name for path in CODE if "transaction()" in path.read_text(encoding="utf-8")}

    assert commits == ["standby.py"]
    assert openers.isdisjoint({"operations.py", "queries.py", "models.py"})


def test_rows_are_held_by_the_database_module_alone():
    """So that a held row is read as it is now, and is held in a transaction on both databases."""
    holders = [path.name for path in CODE if "with_for_update" in path.read_text(encoding="utf-8")]

    assert holders == ["db.py"]


def test_every_route_declares_who_may_open_it(app):
    undeclared = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
        and getattr(app.view_functions[rule.endpoint], "access_roles", None) is None
    ]

    assert undeclared == []


def test_every_rule_names_roles_that_exist(app):
    named = {role for view in app.view_functions.values() for role in getattr(view, "access_roles", ())}

    assert named <= set(Role)


def test_the_public_side_is_what_the_design_lists_and_nothing_else(app):
    public = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if getattr(app.view_functions[rule.endpoint], "access_roles", None) == ()
        and rule.endpoint != "static"
    }

    lawful = re.compile(
        r"/|/healthz|/ready|/[kK](/<typed>)?|/g/<link>(/anh\.png)?|/kiem-tra(/phieu)?|/phieu/.*|/sw\.js|/bia/.*|/ket-qua(/.*)?|/mau/phieu|/tiep-can|/huong-dan(/.*)?"
        r"|/dang-nhap(/ma)?|/dang-xuat|/can-bo/ma-xac-thuc|/can-bo/ngon-ngu|/loi-moi/.*|/moi/.*|/bat-dau/.*|/mat-khau/.*|/api/v1/(openapi\.json|submissions)"
    )
    assert {rule for rule in public if not lawful.fullmatch(rule)} == set()


LOCKS = ("requirements.lock", "requirements-test.lock")


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_names_a_hash_for_everything_and_no_host(name):
    lock = (PROJECT / name).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", re.sub(r"^\s*#.*\n", "", lock, flags=re.MULTILINE).strip())

    assert len(entries) > 50
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert [entry.split()[0] for entry in entries if not re.match(r"[\w.-]+(\[\w+\])?==", entry)] == []
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links|--trusted-host", lock)


def locked(name):
    return set(
        re.findall(r"^([\w.-]+)(?:\[\w+\])?==(\S+)", (PROJECT / name).read_text("utf-8"), flags=re.MULTILINE)
    )


def test_the_lock_files_hold_every_direct_dependency_and_running_installs_no_tool_of_the_tests():
    setup = configparser.ConfigParser()
    setup.read(PROJECT / "setup.cfg", encoding="utf-8")
    run, test = (
        {line.split("[")[0] for line in setup[section][name].split()}
        for section, name in (("options", "install_requires"), ("options.extras_require", "test"))
    )
    for_running, for_testing = map(locked, LOCKS)

    assert run - {name for name, _version in for_running} == set()
    assert (run | test) - {name for name, _version in for_testing} == set()
    assert {"pytest", "playwright", "mypy"} & {name for name, _version in for_running} == set()
    assert for_running - for_testing == set()
    assert len(run) <= 40


def test_ci_runs_the_test_command_of_the_readme():
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    (command,) = re.findall(r"## Test\n\n    (.+)\n", readme)
    script = (PROJECT / ".ci" / "run").read_text(encoding="utf-8")

    assert script.rstrip().splitlines()[-1] == command
    assert subprocess.run(["bash", "-n", PROJECT / ".ci" / "run"], check=False).returncode == 0


def test_no_file_of_the_instance_is_in_the_project():
    ignored = (PROJECT / ".gitignore").read_text(encoding="utf-8")

    assert "instance/" in ignored


def test_the_web_server_keeps_no_access_log():
    settings: dict[str, object] = {}
    exec(compile((PROJECT / "gunicorn.conf.py").read_text("utf-8"), "gunicorn.conf.py", "exec"), settings)  # noqa: S102

    assert settings["accesslog"] is None
    assert settings["loglevel"] == "error"  # a warning quotes the address of a request that cannot be read


def test_decisions_are_numbered_without_a_gap_or_a_double_and_say_their_number():
    pages = sorted((PROJECT / "docs" / "adr").glob("*.md"))

    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    assert [
        page.name for page in pages if not page.read_text("utf-8").startswith(f"# {int(page.name[:4])}. ")
    ] == []


def test_no_room_has_grown_above_a_tenth_of_the_code():
    """A room that holds more holds more than one subject: a part of it moves out."""
    lines = Counter()
    for path in CODE:
        lines[path.relative_to(PROJECT / "survey_app").parts[0]] += len(path.read_text("utf-8").splitlines())
    tenth = lines.total() / 10

    assert {room: count for room, count in lines.items() if count > tenth} == {}


def test_every_test_of_a_room_names_its_room_so_that_a_change_finds_it():
    """`make quick` runs by name what was touched; a folder below `tests/rooms` holds what one room is tested by."""
    rooms = {path.parent.name for path in CODE if path.parent.parent.name == "survey_app"} | {"ground"}
    folder = PROJECT / "tests" / "rooms"
    strayed = []
    for path in folder.rglob("test_*.py"):
        above = path.relative_to(folder).parts[:-1]
        named = rooms.intersection(above) if above else rooms
        if not any(path.stem == f"test_{room}" or path.stem.startswith(f"test_{room}_") for room in named):
            strayed.append(str(path.relative_to(folder)))

    assert strayed == []


def test_what_differs_from_main_names_the_tests_that_a_change_calls_for(tmp_path):
    """The script that `make quick` asks, in a project of its own with one change in each place."""
    wanted = {
        "survey_app/units/views.py": {"units/test_units_lists.py", "test_units_pages.py"},
        "survey_app/menu.py": {"test_ground_menu.py"},
        "survey_app/static/staff.css": {"test_ground_menu.py"},
        "survey_app/questions/kinds.py": {"test_questions_every_kind.py", "test_sealing_every_kind.py"},
        "survey_app/demo/commands.py": {"test_demo.py"},
    }
    script = tmp_path / "scripts" / "tests-of-changes"
    script.parent.mkdir()
    script.write_text(
        (PROJECT / "scripts" / "tests-of-changes").read_text(encoding="utf-8"), encoding="utf-8"
    )
    for name in (*wanted, *(f"tests/rooms/{test}" for tests in wanted.values() for test in tests)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    def git(*words):
        subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x@y", *words], cwd=tmp_path, check=True)

    git("init", "--quiet", "--initial-branch=main")
    git("add", ".")
    git("commit", "--quiet", "--no-verify", "--message=All")
    found = {}
    for name in wanted:
        (tmp_path / name).write_text("# changed\n", encoding="utf-8")
        printed = subprocess.run(["bash", script], capture_output=True, text=True, check=True).stdout
        found[name] = {line.removeprefix("tests/rooms/") for line in printed.split()}
        git("checkout", "--quiet", ".")

    assert found == wanted


def test_no_class_is_called_like_another():
    """So that who looks for one finds one; forms and views of different rooms included."""
    places = {}
    for path in CODE:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(str(path.relative_to(PROJECT)))

    assert {name: where for name, where in places.items() if len(where) > 1} == {}


#: Terms of the field, each with a module whose first line names its subject by it.
TERMS = {
    "flags": "scoring/flags.py",
    "paradata": "scoring/paradata.py",
    "speeders": "collecting/paradata.py",
    "near-duplicates": "scoring/near_duplicates.py",
    "mode": "collecting/paper_views.py",
    "back-check": "quality/back_checks.py",
    "double entry": "collecting/second_keying.py",
    "disclosure control": "scoring/disclosure.py",
    "secondary suppression": "scoring/subtraction.py",
    "open-ended answer": "scoring/texts.py",
}


@pytest.mark.parametrize("term", TERMS)
def test_the_field_finds_its_terms_in_the_first_line_of_a_module_and_in_the_glossary(term):
    module = (PROJECT / "survey_app" / TERMS[term]).read_text(encoding="utf-8")
    first_line = ast.get_docstring(ast.parse(module)).partition("\n")[0]
    glossary = (PROJECT / "docs" / "glossary.md").read_text(encoding="utf-8")

    assert term in first_line.lower()
    assert re.search(rf"^\|[^|]*\b{term.removesuffix('s')}", glossary, re.MULTILINE)
