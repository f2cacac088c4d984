"""Holds `docs/security/rules.md` against the program: every figure, word and place it names is the one in force."""

import importlib
import re
from datetime import timedelta
from pathlib import Path

import pytest

from survey_app.accounts import passwords
from survey_app.keys import KeyStore

PROJECT = Path(__file__).resolve().parents[2]
RULES = (PROJECT / "docs" / "security" / "rules.md").read_text(encoding="utf-8")
_ROW = re.compile(
    r"^\| (?P<what>[^|]+) \| (?P<value>\d+) (?P<unit>\w+) \| `(?P<where>survey_app[\w.]+)` \|$", re.MULTILINE
)
LIMITS = [found.groupdict() for found in _ROW.finditer(RULES)]

_UNIT = {"MiB": 2**20, "KiB": 2**10}
SECTIONS = (
    "Input", "Limits of use", "Files", "Passwords and ways to sign in", "Sessions", "Who may do what", "Keys",
    "What is protected, and how", "Who talks to whom", "What takes long", "Libraries", "Logs",
)  # fmt: skip


def section(title):
    return re.split(r"^## ", RULES.split(f"\n## {title}\n")[1], maxsplit=1, flags=re.MULTILINE)[0]


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit["where"])
def test_a_limit_of_the_document_is_that_of_the_program(limit):
    module, _dot, name = limit["where"].rpartition(".")
    value = getattr(importlib.import_module(module), name)

    said = int(limit["value"])
    if isinstance(value, timedelta):
        assert value == timedelta(**{limit["unit"]: said})
    else:
        assert value == said * _UNIT.get(limit["unit"], 1)


def test_every_section_is_there_and_says_something():
    assert re.findall(r"^## (.+)$", RULES, re.MULTILINE) == list(SECTIONS)
    assert all(len(section(title)) > 200 for title in SECTIONS)
    assert len(LIMITS) >= 28


def test_the_words_that_no_password_may_be_made_of_are_those_of_the_program():
    listed = re.search(r"whatever their accents: ([\w,\s]+)\.", section("Passwords and ways to sign in"))

    assert tuple(re.split(r",\s+", listed[1])) == passwords.CONTEXT_WORDS


def test_every_kind_of_key_that_the_key_store_makes_is_in_the_table_of_keys():
    acts = {
        "create", "mark", "keep_public", "public_keys", "ensure_pepper", "destroy_pepper", "destroy_network_key",
        "surveys_with_network_key",
    }  # fmt: skip
    made = {name for name in vars(KeyStore) if not name.startswith("_")} - acts
    rows = re.findall(r"^\| (?:… )?(\w+)", section("Keys"), re.MULTILINE)

    assert made == {"session_secret", "signing_key", "pepper", "network_key"}
    assert {name.partition("_")[0] for name in made} <= set(rows)


def test_every_file_that_the_document_names_exists():
    named = re.findall(r"`(survey_app/[\w./]+)`", RULES) + re.findall(r"\]\((\.\./[\w./-]+)\)", RULES)

    assert named
    assert [name for name in named if not (PROJECT / "docs" / "security" / name).exists() and not (PROJECT / name).exists()] == []  # fmt: skip
