"""What the first pages say to somebody who picks this up is so: settings, paths, commands, pictures."""

import configparser
import re
from dataclasses import fields
from pathlib import Path

import pytest

from bench import mutations
from survey_app.config import Settings, load_settings

PROJECT = Path(__file__).resolve().parents[2]
CODE = PROJECT / "survey_app"
DOORS = ("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "docs/release.md")


def text(name):
    return (PROJECT / name).read_text(encoding="utf-8")


def rows(document, heading):
    """The cells of the table under a heading, without its head."""
    section = document.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


@pytest.fixture
def settings_told():
    """Default and meaning by the name of the setting, as README tells them."""
    return {name.strip("`[]"): default for name, default, _what in rows(text("README.md"), "Settings")}


def test_readme_names_every_setting_and_none_that_does_not_exist(settings_told):
    assert set(settings_told) == {field.name for field in fields(Settings)} - {"instance"}


def test_readme_tells_the_defaults_that_hold(settings_told, tmp_path, monkeypatch):
    for field in fields(Settings):
        monkeypatch.delenv(field.name.upper(), raising=False)
    monkeypatch.delenv("PORT", raising=False)
    settings = load_settings(tmp_path)

    wrong = {}
    for name, told in settings_told.items():
        holds = getattr(settings, name)
        if told in {"not set", "none"}:
            agrees = not holds and holds is not False
        elif told.startswith("as "):
            agrees = holds == getattr(settings, told.removeprefix("as ").strip("`"))
        elif "instance/" in told:
            agrees = str(tmp_path) in str(holds)
        else:
            agrees = told.strip("`") == str(holds).lower()
        if not agrees:
            wrong[name] = (told, holds)

    assert wrong == {}


def test_the_table_of_where_to_change_things_names_files_that_exist():
    """A path is one of the code or of the project; a bare name is one that rooms have."""
    told = [
        name for cells in rows(text("ARCHITECTURE.md"), "Where do I change …?") for name in names(cells[1])
    ]
    missing = [
        name
        for name in told
        if not any(list(CODE.glob(place)) for place in (name, f"*/{name}")) and not list(PROJECT.glob(name))
    ]

    assert len(told) > 80
    assert missing == []


def names(cell):
    """What stands in backticks and reads as a file or a folder."""
    return [name for name in re.findall(r"`([^`\s]+)`", cell) if re.search(r"/|\.(py|html|css|js)$", name)]


def test_each_subject_stands_once_in_that_table():
    subjects = [cells[0] for cells in rows(text("ARCHITECTURE.md"), "Where do I change …?")]

    assert [subject for subject in subjects if subjects.count(subject) > 1] == []


def test_the_map_names_every_room_and_module_of_the_code():
    """`setup.cfg` orders them, and a linter holds it complete."""
    setup = configparser.ConfigParser()
    setup.read(PROJECT / "setup.cfg", encoding="utf-8")
    ordered = set(re.findall(r"\w+", setup["importlinter:contract:rooms"]["layers"]))
    told = text("ARCHITECTURE.md").split("\n## ")[1]

    assert {name for name in ordered if not re.search(rf"\b{name}\b", told)} == set()


@pytest.mark.parametrize("name", DOORS)
def test_every_command_link_and_picture_leads_somewhere(name):
    told = text(name)
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), flags=re.MULTILINE))
    links = [link for link in re.findall(r"\]\(([^)#\s]+)", told) if "://" not in link]
    tests = re.findall(r"\btests/[\w/.]+", told)

    assert set(re.findall(r"`make ([a-z-]+)", told)) - targets == set()
    assert [link for link in links if not ((PROJECT / name).parent / link).exists()] == []
    assert [path for path in tests if not (PROJECT / path).exists()] == []


def test_the_newest_version_of_the_changelog_is_that_of_the_program():
    setup = configparser.ConfigParser()
    setup.read(PROJECT / "setup.cfg", encoding="utf-8")
    headings = re.findall(r"^## (.*)$", text("CHANGELOG.md"), flags=re.MULTILINE)

    assert headings[0] == "Unreleased"
    assert all(re.fullmatch(r"\d{4}\.\d+ – \d{1,2} \w+ \d{4}", heading) for heading in headings[1:])
    assert headings[1].split()[0] == setup["metadata"]["version"]


def test_the_hooks_of_a_commit_fetch_nothing_and_run_tools_of_the_environment():
    config = text(".pre-commit-config.yaml")

    assert set(re.findall(r"- repo: (\S+)", config)) == {"local"}
    assert set(re.findall(r"language: (\S+)", config)) == {"system"}
    assert all(entry.startswith(".venv/bin/") for entry in re.findall(r"entry: (\S+)", config))


def test_every_pattern_of_the_mutation_run_finds_a_file():
    """A module or a test that was renamed is otherwise left out without a word."""
    rooms = mutations.ROOMS.values()
    patterns = [("survey_app", one) for room in rooms for one in room.modules]
    patterns += [("tests", one) for room in rooms for one in room.tests]
    lost = [pattern for folder, pattern in patterns if not list((PROJECT / folder).glob(pattern))]
    names = {name for room in rooms for name in room.without}

    assert lost == []
    assert names <= {path.stem for path in (PROJECT / "survey_app").rglob("*.py")}
