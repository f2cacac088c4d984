"""Every command, given what operators mistype, answers in a sentence: never a traceback, never the database's words."""

import json
import re

import click
import pytest

from survey_app import command_line, db
from tests import commands as begun
from tests.conftest import make_app

#: Wrongs of which programs are told too: however it is wrong, they are told by the same few lines.
_FOR_PROGRAMS = {"absent", "strange", "unmigrated"}

#: Words that only a program's inside says.
_INSIDE = re.compile(
    r"Traceback|sqlalchemy|sqlite3|psycopg|OperationalError|IntegrityError|no such table|UndefinedTable|SELECT |INSERT ",
)


def commands(app):
    """The commands of the rooms as they are typed, with their click commands."""

    def below(group, words):
        for name, command in sorted(group.commands.items()):
            if isinstance(command, click.Group):
                yield from below(command, (*words, name))
            else:
                yield (*words, name), command

    return [found for found in below(app.cli, ()) if found[0][0] != "db"]


def typed(command, folder, wrong):
    """Arguments for everything the command takes, all of them wrong in one way."""
    for param in command.params:
        if param.name in {"as_json", "loop"} or (param.is_flag if isinstance(param, click.Option) else False):
            continue
        value = _value(param, folder, wrong)
        if value is not None:
            yield from ([param.opts[0], value] if isinstance(param, click.Option) else [value])


def _value(param, folder, wrong):
    if isinstance(param.type, click.Choice):
        return str(param.type.choices[-1]) if param.required else None
    if isinstance(param.type, click.types.IntParamType | click.IntRange):
        return "2026" if wrong != "numbers" else "99999999999999999999"
    if isinstance(param.type, click.Path):
        return str(folder / wrong) if param.name != "out" else str(folder / wrong / "ra.pdf")
    if param.type.name == "date":
        return {"absent": "31/02/2026", "numbers": "2026-13-45"}.get(wrong, "2026-01-01")
    return {"absent": "9999", "numbers": "-1", "strange": "ệ'\";--" + "x" * 300}.get(wrong, "khong-co")


@pytest.fixture
def files(tmp_path):
    """A folder of files that cannot be used, by name."""
    folder = tmp_path / "tep"
    (folder / "folder").mkdir(parents=True)
    (folder / "bytes").write_bytes(bytes(range(256)) * 40)
    (folder / "empty").write_bytes(b"")
    (folder / "strange").write_text('{"a": [', encoding="utf-8")
    (folder / "json").write_text("[1]", encoding="utf-8")
    return folder


def answers(app, folder, wrongs):
    """What every command said, plain and for programs, wherever it is no sentence."""
    bad = []
    for words, command in commands(app):
        has_json = any(param.name == "as_json" for param in command.params)
        for wrong in wrongs:
            for mode in ([], ["--json"]) if has_json and wrong in _FOR_PROGRAMS else ([],):
                arguments = [*words, *typed(command, folder, wrong), *mode]
                if words == ("demo", "load"):
                    arguments = [*words, "--size", "x", *mode] if wrong != "unmigrated" else [*words, *mode]
                if words == ("demo", "prepare") and wrong != "unmigrated":
                    continue  # it would load the whole sample
                done = app.test_cli_runner().invoke(args=arguments)
                db.session().rollback()
                if fault := _fault(done, mode):
                    bad.append((" ".join(arguments)[:120], fault, done.output[-300:], repr(done.exception)))
    return bad


def _fault(done, mode):
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        return "traceback"
    if _INSIDE.search(done.output):
        return "words of the inside"
    # A command that reports, for programs, tells what is wrong in its JSON.
    if done.exit_code and not done.stderr.strip() and '"reasons": ["' not in done.stdout:
        return "no sentence"
    if mode and done.stdout.strip():
        try:
            json.loads(done.stdout)
        except ValueError:
            return "something besides JSON"
    return None


def test_every_command_answers_wrong_input_in_a_sentence(app, files):
    wrongs = ["absent", "numbers", "strange", "folder", "bytes", "empty", "json"]

    assert len(commands(app)) > 20
    assert answers(app, files, wrongs) == []


@pytest.fixture
def unmigrated(request, tmp_path, cluster):
    """An application on a database that has no tables yet, on one that is not there, and on one of another version."""

    def make(kind, engine):
        if engine == "postgresql":
            name = f"empty_{kind}"
            with cluster.admin() as connection:
                connection.execute(f"DROP DATABASE IF EXISTS {name}")
                if kind != "absent":
                    connection.execute(f"CREATE DATABASE {name}")
            url = cluster.url(name)
        else:
            (tmp_path / "leer").mkdir(exist_ok=True)
            url = f"sqlite:///{tmp_path / ('leer' if kind != 'absent' else 'nirgends')}/khao-sat.db"
            if kind != "absent":
                (tmp_path / "leer" / "khao-sat.db").touch()
        app = make_app(tmp_path, url)
        if kind == "newer":
            with app.app_context(), db.database.engine.begin() as connection:
                connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
                connection.exec_driver_sql("INSERT INTO alembic_version VALUES ('9999')")
        return app

    return make


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
@pytest.mark.parametrize(
    ("kind", "sentence"),
    [("empty", "flask --app wsgi db upgrade"), ("absent", "database_url"), ("newer", "phiên bản mới hơn")],
)
def test_every_command_says_what_is_wrong_with_the_database(unmigrated, files, engine, kind, sentence):
    app = unmigrated(kind, engine)
    with app.app_context():
        bad = answers(app, files, ["unmigrated"])
        told = app.test_cli_runner().invoke(args=["fieldwork", "progress", "--survey", "1", "--json"])
        db.session().close()
        db.database.engine.dispose()

    assert bad == []
    assert sentence in told.stderr
    assert (told.exit_code, told.stdout) == (1, "")


@pytest.mark.parametrize(
    "setting",
    [{"DATABASE_URL": "nirgends"}, {"DATABASE_URL": "mysql://x/y"}, {"SURVEY_INSTANCE": "{file}/instance"}],
    ids=["no address", "a database we do not know", "a file for a folder"],
)
def test_a_start_that_cannot_be_says_why(tmp_path, setting):
    (tmp_path / "tep").write_text("x", encoding="utf-8")
    chosen = {name: value.format(file=tmp_path / "tep") for name, value in setting.items()}
    environment = {"SURVEY_INSTANCE": str(tmp_path / "instance"), **chosen}

    done = begun.flask(environment, "fieldwork", "progress", "--survey", "1")

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "Không khởi động được" in done.stderr


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("spare_percent = 1.5", "spare_percent là số nguyên từ 0 trở lên, không phải “1.5”"),
        ("https = 7", "https là true hoặc false, không phải “7”"),
        ('public_url = "x"', "public_url là http:// hoặc https:// rồi đến tên máy"),
        ("[[days_off]]\nday = 2026-09-02", "chưa phải một ngày nghỉ kèm văn bản"),
        ("https =", "tệp không viết đúng cách viết thiết lập"),
    ],
)
def test_settings_that_cannot_be_used_are_refused_in_the_operators_language(tmp_path, written, said):
    (tmp_path / "settings.toml").write_text(written, encoding="utf-8")

    done = flask(tmp_path, "ops", "check")

    assert done.returncode == 1
    assert f"Không dùng được thiết lập: {tmp_path}/settings.toml: {said}" in done.stderr


def test_help_is_given_on_an_installation_that_is_not_sound(app):
    (app.extensions["settings"].key_dir / "signing").unlink()
    run = app.test_cli_runner().invoke
    bad = []
    for words, _command in commands(app):
        done = run(args=[*words, "--help"])
        if done.exit_code or not done.stdout.startswith("Usage:"):
            bad.append(words)

    assert bad == []
    assert run(args=["results", "verify", "--survey", "1"]).exit_code == 1


@pytest.mark.parametrize(
    ("written", "environment"),
    [(b"htps = true", {}), (b"https =", {}), (b"\xff", {}), (b"", {"DATABASE_URL": "mysql://x/y"})],
    ids=["misspelt", "unreadable", "no text", "no such database"],
)
def test_help_is_given_whatever_the_settings_say_with_the_fault_in_one_line(tmp_path, written, environment):
    (tmp_path / "settings.toml").write_bytes(written)
    chosen = {"SURVEY_INSTANCE": str(tmp_path), **environment}

    whole, below = begun.flask(chosen, "--help"), begun.flask(chosen, "units", "households", "--help")
    act = begun.flask(chosen, "units", "import")
    value = begun.flask(chosen, "fieldwork", "progress", "--survey", "--help")

    for done in (whole, below):
        assert (done.returncode, len(done.stderr.splitlines())) == (0, 1)
        assert done.stderr == act.stderr
        assert done.stdout.startswith("Usage:")
    assert "fieldwork" in whole.stdout
    assert "--look" in below.stdout
    assert (act.returncode, act.stdout) == (1, "")
    assert (value.returncode, value.stdout, act.stderr.strip() in value.stderr) == (1, "", True)
    assert [file.name for file in tmp_path.iterdir()] == ["settings.toml"]


def test_a_folder_without_a_database_is_told_and_stays_without(tmp_path):
    done = flask(tmp_path / "absent", "ops", "check")
    told = flask(tmp_path / "absent", "ops", "check", "--json")

    assert done.returncode == told.returncode == 1
    assert f"Không có cơ sở dữ liệu ở {tmp_path}/absent/survey.sqlite3" in done.stderr
    assert json.loads(told.stdout)["reasons"][0] == "there is no database"
    assert list(tmp_path.iterdir()) == []


def test_the_migrations_begin_the_database_of_a_new_folder(tmp_path):
    done = flask(tmp_path / "new" / "folder", "db", "upgrade")

    assert done.returncode == 0
    assert (tmp_path / "new" / "folder" / "survey.sqlite3").stat().st_size > 0


def flask(instance, *arguments):
    """One command on the installation in that folder."""
    return begun.flask({"SURVEY_INSTANCE": str(instance)}, *arguments)


def test_no_command_stands_outside_of_the_mechanism(app):
    assert [
        command.name for command in command_line.leaves(app.cli) if not hasattr(command.callback, "answers")
    ] == []
