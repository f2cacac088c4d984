"""What the product does not have, so that nothing has to guard it: an import or a call that brings it in fails here.

Named by `docs/security/asvs.md` where a requirement is about an interpreter, a service or a cipher of that kind.
"""

import ast
import re
import sys
from pathlib import Path

from tests.source import nodes

PROJECT = Path(__file__).resolve().parents[2]
CODE = sorted((PROJECT / "survey_app").rglob("*.py"))
SCRIPTS = [*sorted((PROJECT / "survey_app" / "static").glob("*.js")), PROJECT / "verifier" / "verifier.html"]

#: Everything from elsewhere that the product imports. None speaks LDAP, XPath, JNDI, memcache, GraphQL or WebSocket,
#: sends mail, or calls another server.
LIBRARIES = {
    "PIL", "alembic", "argon2", "babel", "brotli", "click", "cryptography", "docx", "flask", "flask_babel", "fontTools",
    "flask_login", "flask_migrate", "flask_sqlalchemy", "flask_wtf", "itsdangerous", "jinja2", "lxml", "matplotlib",
    "num2words", "numpy", "openpyxl", "pydyf", "pyotp", "pypdfium2", "python_calamine", "qrcode", "rfc8785",
    "sqlalchemy", "stdnum", "weasyprint", "werkzeug", "wtforms", "xlsxwriter", "zipstream", "zxingcpp",
}  # fmt: skip
#: Of the standard library: what starts programs, calls servers, reads XML, runs what it reads or touches raw memory.
NEVER = {
    "asyncio", "code", "codeop", "ctypes", "dbm", "ftplib", "http.client", "http.server", "imaplib", "marshal", "mmap",
    "multiprocessing", "nntplib", "pickle", "poplib", "pty", "runpy", "shelve", "smtplib", "socket", "socketserver",
    "ssl", "subprocess", "telnetlib", "urllib.request", "webbrowser", "xml", "xmlrpc",
}  # fmt: skip
#: All that is used of `cryptography`: authenticated AES-256-GCM and SIV, Ed25519, HKDF with SHA-256, and how a key is written.
PRIMITIVES = {
    "AESGCM", "AESSIV", "Ed25519PrivateKey", "Ed25519PublicKey", "Encoding", "HKDF", "InvalidSignature", "InvalidTag",
    "NoEncryption", "PrivateFormat", "PublicFormat", "SHA256",
}  # fmt: skip


def trees():
    return [(path, nodes(path)) for path in CODE]


def imported(tree):
    for node in tree:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def calls(tree):
    return [node for node in tree if isinstance(node, ast.Call)]


def test_only_these_libraries_are_imported():
    found = {name.split(".")[0] for _path, tree in trees() for name in imported(tree)}

    assert found - set(sys.stdlib_module_names) - {"survey_app"} == LIBRARIES


def test_nothing_starts_a_program_calls_a_server_reads_xml_or_runs_what_it_reads():
    found = [
        (path.name, name)
        for path, tree in trees()
        for name in imported(tree)
        for never in NEVER
        if name == never or name.startswith(f"{never}.")
        # Uploaded files are opened by a program of our own, with limits.
        if (path.name, name) != ("uploads.py", "subprocess")
    ]
    system = [
        path.name
        for path, _tree in trees()
        if re.search(r"\bos\.(system|popen|exec|spawn)", path.read_text())
    ]

    assert found == []
    assert system == []


def test_only_these_primitives_of_cryptography_are_used():
    found = {
        name.rpartition(".")[2]
        for _path, tree in trees()
        for name in imported(tree)
        if name.startswith("cryptography.")
    }

    assert found <= PRIMITIVES


def test_every_hash_is_sha_256():
    named = {
        node.attr
        for _path, tree in trees()
        for node in tree
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "hashlib"
    }
    spelt = {
        word
        for path in CODE
        for word in re.findall(r"[\"'](md5|sha\d+|blake2\w)[\"'][,)]", path.read_text("utf-8"))
    }

    assert named == spelt == {"sha256"}


def test_what_nobody_may_guess_comes_from_the_system_and_is_long_enough():
    careless = [
        path.name
        for path, tree in trees()
        if "demo" not in path.parts
        for name in imported(tree)
        if name == "random" or (name.startswith("random.") and name != "random.SystemRandom")
    ]
    short = [
        f"{path.name}:{call.lineno}"
        for path, tree in trees()
        if "demo" not in path.parts
        for call in calls(tree)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in {"token_bytes", "token_urlsafe", "token_hex"}
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and call.args[0].value < 16
        # The name of a temporary file of `keys`; the link of a feedback survey stands on posters.
        and (path.name, call.args[0].value) not in {("keys.py", 8), ("drafting.py", 9)}
    ]

    assert careless == []
    assert short == []


def test_no_pattern_holds_what_somebody_typed():
    """A regular expression is written out in the code, or what is put into it is escaped."""
    built = [
        f"{path.name}:{call.lineno}"
        for path, tree in trees()
        for call in calls(tree)
        if isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "re"
        and call.func.attr != "escape"
        and not isinstance(call.args[0], ast.Constant)
        and "re.escape(" not in ast.unparse(call.args[0])
    ]

    # The alphabet of former codes, and the two spellings of a day.
    assert [place.split(":")[0] for place in built] == ["former_codes.py", "lines.py"]


def test_no_text_from_outside_is_a_template_or_a_format():
    built = [
        f"{path.name}:{call.lineno}"
        for path, tree in trees()
        for call in calls(tree)
        if (ast.unparse(call.func).endswith(("render_template_string", "from_string")))
        or (
            isinstance(call.func, ast.Attribute)
            and call.func.attr in {"format", "format_map"}
            and not isinstance(call.func.value, ast.Constant)
        )
    ]

    assert {place.split(":")[0] for place in built} == {
        "triggers.py"
    }  # names of tables in a text of the code


def test_scripts_put_text_in_as_text_and_listen_to_no_other_window():
    forbidden = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|postMessage|"
        r"addEventListener\(\"message\"|__proto__|\.prototype\.\w+\s*=|window\.open|document\.domain|import\("
    )

    # The worker is our sources and a library that listens to the pages of the worker, which are ours.
    ours = [path for path in SCRIPTS if path.name != "sw.js"] + sorted((PROJECT / "web" / "src").glob("*.js"))

    found = {path.name: forbidden.findall(path.read_text(encoding="utf-8")) for path in ours}

    assert {name: words for name, words in found.items() if words} == {}
    assert len(found) > 4


def test_a_browser_keeps_nothing_but_drafts_of_questions_and_the_slips_of_a_household():
    keeping = {path.name for path in SCRIPTS if re.search(r"(local|session)Storage\.setItem|indexedDB|document\.cookie|caches\.open", path.read_text("utf-8"))}  # fmt: skip

    assert keeping == {"authoring.js", "villager.js", "sw.js"}
    assert 'PREFIX = "mau-phieu/"' in (PROJECT / "survey_app" / "static" / "authoring.js").read_text("utf-8")


def test_no_page_uses_a_plug_in_or_takes_html_or_pictures_from_people():
    pages = [path.read_text(encoding="utf-8") for path in (PROJECT / "survey_app").rglob("*.html")]
    editors = re.compile(
        r"<(applet|embed|object)\b|contenteditable|accept=\"[^\"]*(image|svg|html)", re.IGNORECASE
    )

    assert [found for page in pages for found in editors.findall(page)] == []
