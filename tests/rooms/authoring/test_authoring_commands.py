"""The `authoring` commands on a database that nobody has opened yet."""

import json

import pytest

from survey_app.questions import document


@pytest.fixture
def run(app):
    runner = app.test_cli_runner()
    return lambda *words: runner.invoke(args=["authoring", *words])


@pytest.fixture
def file_of(tmp_path):
    def write(content: object) -> str:
        file = tmp_path / "phieu.json"
        file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return str(file)

    return write


def make_document(**changes: object) -> dict[str, object]:
    two_way = [{"code": c, "label": {"vi": c}, "counts": c} for c in ("satisfied", "dissatisfied")]
    roads = {"key": "roads", "kind": "satisfaction", "text": {"vi": "Đường?"}, "options": two_way}
    base = {"key": "phieu-xa", "version": 1, "title": {"vi": "Phiếu xã"}, "languages": ["vi"], "level": "xa"}
    return {**base, "questions": [roads], **changes}


def test_list_shows_the_shipped_templates_on_a_fresh_database(run):
    listed = json.loads(run("list", "--json").output)["instruments"]

    official = {"xa-ntm", "xa-ntm-nang-cao", "xa-ntm-2026"}
    assert {line["key"] for line in listed if not line["key"].startswith("gop-y-")} == official
    assert {type(line["title"]) for line in listed} == {str}
    assert {line["version"] for line in listed} == {1}


def test_show_gives_digest_questions_and_codes(run):
    shown = json.loads(run("show", "xa-ntm", "--json").output)

    assert shown["version"] == 1
    assert len(shown["digest"]) == 64
    assert [question["scored"] for question in shown["questions"]].count(True) == 19
    assert shown["questions"][-1]["closing"] is True
    assert set(shown["questions"][0]) == {"key", "kind", "required", "scored", "closing", "options"}
    assert shown["questions"][0]["options"] == ["satisfied", "dissatisfied"]


def test_import_and_freeze_make_a_version_with_the_digest_of_the_document(run, file_of):
    imported = run("import", file_of(make_document()), "--json")
    frozen = run("freeze", "phieu-xa", "--json")

    assert json.loads(imported.output) == {"key": "phieu-xa", "version": 1, "frozen": False}
    shown = json.loads(run("show", "phieu-xa", "--json").output)
    assert shown["digest"] == json.loads(frozen.output)["digest"]
    assert shown["digest"] == document.digest(document.load(make_document()))


def test_importing_a_frozen_key_again_makes_the_next_version(run, file_of):
    run("import", file_of(make_document()))
    run("freeze", "phieu-xa")

    again = run("import", file_of(make_document(title={"vi": "Phiếu xã, sửa"})), "--json")

    assert json.loads(again.output)["version"] == 2


def test_importing_a_changed_file_before_freezing_replaces_the_draft(run, file_of):
    run("import", file_of(make_document()))

    again = run("import", file_of(make_document(title={"vi": "Phiếu xã, sửa"})), "--json")

    assert json.loads(again.output)["version"] == 1
    assert json.loads(run("show", "phieu-xa", "--json").output)["title"] == "Phiếu xã, sửa"


def test_a_document_with_problems_is_refused_with_all_of_them(run, file_of):
    wrong = make_document(title={}, questions=[{"key": "why", "kind": "essay"}])

    refused = run("import", file_of(wrong))

    assert refused.exit_code == 1
    assert refused.stderr.count("\n- ") >= 3
    assert run("show", "phieu-xa").exit_code == 1


@pytest.mark.parametrize("content", ["{", "[]", '"text"', "[" * 100_000])
def test_what_is_no_json_object_is_refused(run, file_of, content):
    assert run("import", file_of(content)).exit_code == 1


def test_a_key_too_long_for_copies_is_refused(run, file_of):
    assert run("import", file_of(make_document(key="k" * 50))).exit_code == 1


def test_freezing_what_has_no_draft_is_refused(run):
    refused = run("freeze", "xa-ntm")

    assert refused.exit_code == 1
    assert "xa-ntm" in refused.stderr
