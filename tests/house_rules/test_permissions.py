"""A new role opens nothing but its own account; who may do what stands in `access` alone, by name."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.applications import put_keys
from tests.source import nodes

_ROOT = Path(__file__).parents[2]
_APP = _ROOT / "survey_app"

#: Of somebody's own account: no figure, no survey, nobody else.
_OWN_ACCOUNT = {
    "accounts.home", "accounts.password", "accounts.again", "accounts.list_sessions",
    "accounts.end_session", "accounts.end_sessions", "accounts.new_phone", "accounts.new_codes",
    "accounts.throw_away", "accounts.own_telephone",
    # What one took over oneself; another one's is not found.
    "accounts.handed_over",
}  # fmt: skip

#: What gives each role something of its own, and what that is.
_OF_ROLES = {
    "templating.py": "its name",
    "accounts/letters.py": "its letter",
    "accounts/lists/columns.py": "what offices write for it in lists",
    "accounts/management.py": "whose accounts it makes, and of which units",
    "demo/accounts.py": "its sample account",
    "demo/year.py": "the sample account that opens the year",
    "manual/chapters.py": "its chapter",
    "setting_up/commands.py": "the option with the address of its first account",
}

#: Runs the application with a role more, and prints every route with the status that an account of it gets.
_WITH_A_NEW_ROLE = """
import importlib.util, re, sys, types
from pathlib import Path

spec = importlib.util.find_spec("survey_app.access")
source = Path(spec.origin).read_text(encoding="utf-8")
wider = source.replace('    CLERK = "clerk"\\n', '    CLERK = "clerk"\\n    INVENTED = "invented"\\n')
assert wider != source
access = types.ModuleType("survey_app.access")
sys.modules["survey_app.access"] = access
exec(compile(wider, spec.origin, "exec"), access.__dict__)
import survey_app
survey_app.access = access

from survey_app.app import create_app
from survey_app.config import load_settings

app = create_app(load_settings(Path(sys.argv[1])))
app.config["WTF_CSRF_ENABLED"] = False
access.supply_identity(app, lambda: access.Identity(1, "Ai", access.Role("invented"), 1, "/1/"))
client = app.test_client()
for rule in app.url_map.iter_rules():
    if getattr(app.view_functions[rule.endpoint], "access_roles", ()):
        address = re.sub(r"<[^<>]+>", "1", rule.rule)
        for method in sorted(rule.methods & {"GET", "POST"}):
            named = "invented" in app.view_functions[rule.endpoint].access_roles
            status = "open" if named else client.open(address, method=method).status_code
            print("ROUTE", rule.endpoint, method, status)
"""


def test_a_new_role_is_shut_out_of_everything_but_its_own_account(tmp_path, copied):
    put_keys(tmp_path / "keys")
    shutil.copyfile(copied.template, tmp_path / "survey.sqlite3")
    script = tmp_path / "with_a_new_role.py"
    script.write_text(_WITH_A_NEW_ROLE, encoding="utf-8")

    done = subprocess.run(
        [sys.executable, script, tmp_path], cwd=_ROOT, env={"PYTHONPATH": str(_ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr[-2000:]
    routes = [line.split()[1:] for line in done.stdout.splitlines() if line.startswith("ROUTE ")]
    assert len(routes) > 100
    assert {endpoint for endpoint, _method, status in routes if status == "open"} == _OWN_ACCOUNT
    assert {status for _endpoint, _method, status in routes} <= {"open", "403", "404"}


def _collected(tree: tuple[ast.AST, ...]) -> list[int]:
    """Lines of collections that name roles, and of rules of views that name one."""
    found = []
    for node in tree:
        if isinstance(node, ast.Tuple | ast.Set | ast.List) and any(map(_is_role, node.elts)):
            found.append(node.lineno)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "roles":
            found += [node.lineno] if any(map(_is_role, node.args)) else []
    return found


def _is_role(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Role"


def test_no_room_makes_a_list_of_roles_of_its_own():
    # A table from each role to something else is a dict with every role in it; demo's accounts are no permission.
    own = [
        f"{path.relative_to(_ROOT)}:{line}"
        for path in sorted(_APP.rglob("*.py"))
        if path.name != "access.py" and "demo" not in path.parts and path.name != "management.py"
        for line in _collected(nodes(path))
    ]
    templates = [
        str(path.relative_to(_ROOT))
        for path in sorted(_APP.rglob("*.html"))
        if re.search(r"\bRole\.|\.role (?:==|!=|in|not in)", path.read_text(encoding="utf-8"))
    ]

    assert own == []
    assert templates == []


def test_a_role_is_named_where_roles_have_a_meaning_of_their_own_and_nowhere_else():
    """Who may do or is told what is a set of `access`: a comparison with one role is a permission without a name."""
    naming = {
        str(path.relative_to(_APP)) for path in sorted(_APP.rglob("*.py")) if any(map(_is_role, nodes(path)))
    }

    assert naming == {"access.py", *_OF_ROLES}


def test_views_of_every_room_find_the_survey_and_the_commune_of_an_address_at_one_place_each():
    """What lies outside the reader's subtree is refused there, so no view may look it up by itself."""
    look_ups = {"scoped_survey": "fieldwork/scope.py", "scoped_unit": "units/scope.py"}
    elsewhere = {
        name: [
            str(path.relative_to(_APP))
            for path in sorted(_APP.rglob("*.py"))
            if re.search(rf"\b(queries|surveys|units)\.{name}\(", path.read_text(encoding="utf-8"))
        ]
        for name in look_ups
    }
    by_purpose = [
        f"{path.relative_to(_APP)}"
        for path in sorted(_APP.rglob("*views.py"))
        if re.search(r"purpose is not Purpose\.DECISION[^\n]*\n\s+(abort|raise)", path.read_text("utf-8"))
    ]

    assert elsewhere == {name: [place] for name, place in look_ups.items()}
    assert by_purpose == []
